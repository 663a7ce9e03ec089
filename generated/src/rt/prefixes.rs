//! Prefixes within values: names in text and attributes mean what their prefixes are bound to, so they are resolved
//! when they are read, and their namespaces declared when they are written.

use super::error::Invalid;
use super::escape;
use super::lexical::QName;
use super::reader::Binding;
use super::simple::Simple;
use super::value::Value;
use super::words;
use super::writer::Writer;

/// Gives the names of a value their namespaces.
///
/// # Errors
/// When a prefix is not bound.
pub(crate) fn resolve(value: &mut dyn Value, bindings: &[Binding<'_>]) -> Result<(), Invalid> {
    let mut unbound = None;
    value.each_name(&mut |name| {
        let prefix = name.prefix().unwrap_or_default();
        match bound(bindings, prefix) {
            Some(binding) => name.bind(&binding.uri),
            None => unbound = Some(name.to_string()),
        }
    });
    match unbound {
        None => value.check_bound(),
        Some(name) => Err(Invalid::literal(&name, "QName")),
    }
}

/// Whether two values have the same names but for the prefixes of these.
pub(crate) fn same_locals<T: Simple>(a: &T, b: &T) -> bool {
    let bare = |value: &T| {
        let mut value = value.clone();
        value.names(&mut QName::forget_prefix);
        value
    };
    bare(a) == bare(b)
}

/// The prefixes that a text may use, of those that are in force: names before a colon.
pub(crate) fn used_in(text: &str, bindings: &[Binding<'_>]) -> Vec<(String, String)> {
    let mut used: Vec<(String, String)> = Vec::new();
    for prefix in before_colons(text) {
        if prefix != "xml"
            && let Some(binding) = bound(bindings, prefix)
            && !has_prefix(&used, prefix)
        {
            used.push((prefix.to_owned(), binding.uri.to_string()));
        }
    }
    used
}

/// What may be prefixes in a text: names with a colon behind and none before.
pub(crate) fn before_colons(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    memchr::memchr_iter(b':', text.as_bytes()).filter_map(move |at| {
        let part = &text[from..at];
        let name = &part[part.trim_end_matches(escape::is_name_char).len()..];
        let follows_colon = from > 0 && name.len() == part.len();
        from = at + 1;
        (!name.is_empty() && !follows_colon).then_some(name)
    })
}

/// Whether one of these prefixes and their namespaces has the prefix.
pub(crate) fn has_prefix(known: &[(String, String)], prefix: &str) -> bool {
    for (known, _) in known {
        if known == prefix {
            return true;
        }
    }
    false
}

/// The prefix of a name as written; empty when it has none.
pub(crate) fn prefix(qname: &str) -> &str {
    match qname.split_once(':') {
        Some((prefix, _)) => prefix,
        None => "",
    }
}

/// The innermost of these bindings that is of the prefix.
pub(crate) fn bound<'b, 'a>(bindings: &'b [Binding<'a>], prefix: &str) -> Option<&'b Binding<'a>> {
    let mut rest = bindings;
    while let [before @ .., binding] = rest {
        if words::same(binding.prefix.as_bytes(), prefix.as_bytes()) {
            return Some(binding);
        }
        rest = before;
    }
    None
}

impl Writer {
    /// Gives the names of a value prefixes that are declared for them on the start tag written last. With `text_only`,
    /// nothing but the value stands in the element, whose default namespace may then be changed.
    #[inline]
    pub(crate) fn declare_prefixes(&mut self, value: &mut dyn Value, text_only: bool) {
        value.each_name(&mut |name| {
            let Some(uri) = name.namespace().map(str::to_owned) else { return };
            let chosen = self.prefix_for(name.prefix(), &uri, text_only);
            name.set_prefix(chosen);
        });
    }

    /// The prefix for a name in a namespace, declared: the one that it has, if that can be.
    #[inline]
    fn prefix_for(&mut self, wanted: Option<&str>, uri: &str, text_only: bool) -> Option<String> {
        if uri.is_empty() || (wanted == Some("xml")) {
            return wanted.filter(|_| !uri.is_empty()).map(str::to_owned);
        }
        let Some(wanted) = wanted else {
            // The name of the element must not change with its default namespace.
            if text_only && self.open_tag_is_prefixed() && self.declare_once("", uri) {
                return None;
            }
            return Some(self.any_prefix(uri));
        };
        match self.declare_once(wanted, uri) {
            true => Some(wanted.to_owned()),
            false => Some(self.any_prefix(uri)),
        }
    }

    #[inline]
    fn any_prefix(&mut self, uri: &str) -> String {
        let mut number = 0;
        loop {
            number += 1;
            let prefix = format!("n{number}");
            if self.declare_once(&prefix, uri) {
                return prefix;
            }
        }
    }

    /// Binds a prefix on the start tag written last, unless it is; answers whether it now is.
    pub(crate) fn declare_once(&mut self, prefix: &str, uri: &str) -> bool {
        let open = if prefix.is_empty() { " xmlns=\"".to_owned() } else { format!(" xmlns:{prefix}=\"") };
        if let Some(bound) = self.open_tag_value(&open) {
            return bound == uri;
        }
        match self.vocabulary.and_then(|vocabulary| vocabulary.own().find(|(known, _)| *known == prefix)) {
            Some((_, bound)) if !prefix.is_empty() => bound == uri,
            _ => {
                self.attribute_text(&open, uri);
                true
            }
        }
    }
}
