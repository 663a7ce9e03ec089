//! Content that a wildcard admits: elements kept as XML with the namespaces they need, attributes kept
//! with their namespace. Written back as they were read.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use super::contract::{Blank, Content};
use super::document::ReadOptions;
use super::error::Result;
use super::escape;
use super::name::{Ns, Vocabulary};
use super::prefixes;
use super::reader::{Binding, Limits, Mode, Reader};
use super::shape::{Contents, Particle};
use super::space::{self, is_space};
use super::words;
use super::writer::Writer;

/// An element of any name, kept as XML text that stands for itself: every namespace prefix that occurs
/// in it is declared in it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AnyElement {
    xml: String,
}

/// The vocabulary of nothing in particular.
static NO_VOCABULARY: Vocabulary = Vocabulary::new(&[]);

impl AnyElement {
    /// Takes one element as XML text.
    ///
    /// # Errors
    /// When the text is not exactly one well-formed element with all its prefixes declared.
    #[inline]
    pub fn parse(xml: &str) -> Result<AnyElement> {
        let mut r = Reader::new(xml, &NO_VOCABULARY, Mode::Lenient, Limits::default())?;
        r.root()?;
        let element = r.item()?;
        r.finish()?;
        Ok(element)
    }

    /// An element that holds just text. `None` when the text cannot be written as XML.
    #[inline]
    pub fn of_text(namespace: &str, prefix: &str, local: &str, text: &str) -> Option<AnyElement> {
        let (mut uri, mut content) = (Vec::new(), Vec::new());
        escape::write_attribute(namespace, &mut uri).ok()?;
        escape::write_text(text, &mut content).ok()?;
        let (uri, content) = (String::from_utf8(uri).ok()?, String::from_utf8(content).ok()?);
        AnyElement::parse(&format!("<{prefix}:{local} xmlns:{prefix}=\"{uri}\">{content}</{prefix}:{local}>"))
            .ok()
    }

    /// The element as XML.
    pub fn as_xml(&self) -> &str {
        &self.xml
    }

    /// Local name.
    #[inline]
    pub fn local_name(&self) -> &str {
        let qname = self.qname();
        qname.split_once(':').map_or(qname, |(_, local)| local)
    }

    /// Namespace URI; empty for none.
    #[inline]
    pub fn namespace(&self) -> String {
        // The text was checked when the element was built, so reading it again succeeds.
        let Ok(mut r) = Reader::new(&self.xml, &NO_VOCABULARY, Mode::Lenient, Limits::default()) else {
            return String::new();
        };
        match r.root() {
            Ok(()) => r.current().1.to_owned(),
            Err(_) => String::new(),
        }
    }

    #[inline]
    fn qname(&self) -> &str {
        let rest = &self.xml[1..];
        match rest.bytes().position(|b| is_space(b) || matches!(b, b'/' | b'>')) {
            Some(at) => &rest[..at],
            None => rest,
        }
    }

    /// Text of the element and its descendants, references replaced.
    #[inline]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let Ok(mut r) = Reader::new(&self.xml, &NO_VOCABULARY, Mode::Lenient, Limits::default()) else {
            return text;
        };
        // As above: reading succeeds.
        let _ = r.root().and_then(|()| r.collect_text(&mut text));
        text
    }

    /// Reads the element as a document of its own.
    ///
    /// # Errors
    /// When it is not that document.
    pub fn read<T: super::Document>(&self, options: &ReadOptions) -> Result<T> {
        super::document::read(self.xml.as_bytes(), options).map(|read| read.value)
    }

    /// The innermost open element, whatever it is.
    #[inline]
    pub(crate) fn as_it_is(r: &mut Reader<'_>) -> Result<AnyElement> {
        r.contents = Some(Contents::Skip);
        AnyElement::take(r)
    }

    /// The innermost open element, with the declarations in force outside of it that its text names.
    fn take(r: &mut Reader<'_>) -> Result<AnyElement> {
        let Some(open) = r.open.last().copied() else { return Ok(AnyElement::blank()) };
        let contents = r.contents.take();
        if r.checking {
            return r.pass(contents).map(|()| AnyElement::blank());
        }
        let own = r.own_prefixes();
        r.pass(contents)?;
        let source = &r.src[open.offset..r.pos];
        let (head, tail) = source.split_at(1 + open.len);
        let plain = without_references(source);
        // Its own declarations are no longer in force. Innermost first.
        let bound = |prefix: &&str| r.bindings.iter().rposition(|binding| binding.prefix == *prefix);
        let outer = |prefix: &&str| *prefix != "xml" && !own.contains(prefix);
        let mut used: Vec<usize> =
            used_prefixes(&plain).iter().filter(|prefix| outer(prefix)).filter_map(bound).collect();
        used.sort_unstable_by(|a, b| b.cmp(a));
        let mut xml = String::with_capacity(source.len());
        xml.push_str(head);
        for at in used {
            let (prefix, uri) = (r.bindings[at].prefix, &*r.bindings[at].uri);
            if prefix.is_empty() && uri.is_empty() {
                continue;
            }
            let mut escaped = Vec::new();
            // A URI that was read holds nothing that cannot be written.
            let _ = escape::write_attribute(uri, &mut escaped);
            let colon = if prefix.is_empty() { "" } else { ":" };
            // Writing to memory cannot fail.
            let _ = write!(xml, " xmlns{colon}{prefix}=\"{}\"", String::from_utf8_lossy(&escaped));
        }
        xml.push_str(tail);
        Ok(AnyElement { xml })
    }
}

/// The text with numeric references replaced: part of a name, or the colon in it, may be one.
fn without_references(source: &str) -> Cow<'_, str> {
    if words::find(source.as_bytes(), b"&#").is_none() {
        return Cow::Borrowed(source);
    }
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = words::find(rest.as_bytes(), b"&#") {
        plain.push_str(&rest[..at]);
        // None when it stands in a comment or a CDATA section.
        let len = escape::reference(&rest[at..]).map_or(2, |(c, len)| {
            plain.push(c);
            len
        });
        rest = &rest[at + len..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// The prefixes that the text may use: in a name, or before a colon in text that may be a QName. Any element without a
/// prefix uses the default namespace, and an `xsi:type` may.
fn used_prefixes(source: &str) -> BTreeSet<&str> {
    let mut used: BTreeSet<&str> = prefixes::before_colons(source).collect();
    if words::find(source.as_bytes(), b":type").is_some() || has_bare_element(source) {
        used.insert("");
    }
    used
}

/// Whether the text has an element whose name has no prefix.
fn has_bare_element(source: &str) -> bool {
    let mut rest = source.as_bytes();
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        let mut len = 0;
        // Neither are comments and the like, nor end tags.
        while rest.get(len).is_some_and(|b| !is_space(*b) && !matches!(b, b'/' | b'>' | b':' | b'!' | b'?')) {
            len += 1;
        }
        if len > 0 && !matches!(rest.get(len), Some(b':' | b'!' | b'?')) {
            return true;
        }
    }
    false
}

impl Blank for AnyElement {
    fn blank() -> AnyElement {
        AnyElement { xml: "<_/>".to_owned() }
    }
}

impl Content for AnyElement {
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        if let Some(declared) = r.declared.take() {
            r.check_declared_text(declared)?;
        }
        *self = AnyElement::take(r)?;
        Ok(())
    }

    fn write(&self, _particle: &'static Particle, w: &mut Writer) {
        w.raw(&self.xml);
    }
}

/// An attribute that a wildcard admitted. Equal are those with the same name and value, whatever the prefix.
#[derive(Clone, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AnyAttribute {
    /// Namespace URI; empty for none.
    pub namespace: String,
    /// Prefix to write it with, unless that stands for something else there; empty for none.
    pub prefix: String,
    /// Local name.
    pub local: String,
    /// Value.
    pub value: String,
    /// Prefixes that the value may use, as a name does that stands in it, and their namespaces.
    pub names: Vec<(String, String)>,
}

impl PartialEq for AnyAttribute {
    fn eq(&self, other: &AnyAttribute) -> bool {
        self.namespace == other.namespace
            && self.local == other.local
            && self.value == other.value
            && self.names == other.names
    }
}

impl Hash for AnyAttribute {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.namespace, &self.local, &self.value, &self.names).hash(state);
    }
}

impl AnyAttribute {
    /// The attribute that the reader is at.
    pub(crate) fn take(r: &mut Reader<'_>) -> AnyAttribute {
        let attribute = r.attributes[r.attribute_index];
        let mut value = std::mem::take(&mut r.value).into_owned();
        let (namespace, prefix) = match attribute.ns {
            Ns::NONE => (String::new(), String::new()),
            _ => {
                let prefix = prefixes::prefix(attribute.qname);
                (r.uri_of(attribute.qname).to_owned(), prefix.to_owned())
            }
        };
        let mut names = prefixes::used_in(&value, &r.bindings);
        // The default namespace of where it will be written may be another.
        let (bare, default) = (!value.as_bytes().contains(&b':'), r.prefix_uri("").unwrap_or_default());
        if attribute.ns == Ns::XSI && attribute.local == "type" && bare && !default.is_empty() {
            let same = |binding: &&Binding<'_>| !binding.prefix.is_empty() && binding.uri == default;
            let prefix = r.bindings.iter().rev().find(same).map_or("n1", |binding| binding.prefix);
            names.push((prefix.to_owned(), default.to_owned()));
            value = format!("{prefix}:{}", space::trim(&value));
        }
        AnyAttribute { namespace, prefix, local: attribute.local.to_owned(), value, names }
    }

    /// All attributes of the element just opened, as they are.
    #[inline]
    pub(crate) fn take_all(r: &mut Reader<'_>) -> Result<Vec<AnyAttribute>> {
        let mut all = Vec::new();
        for index in 0..r.attributes.len() {
            r.value = r.unescape_attribute(r.attributes[index].raw)?;
            r.attribute_index = index;
            all.push(AnyAttribute::take(r));
        }
        Ok(all)
    }

    /// Writes it, with a declaration of its prefix unless the tag has it: the surroundings may not have one.
    pub(crate) fn write(&self, w: &mut Writer) {
        for (prefix, uri) in &self.names {
            w.declare_once(prefix, uri);
        }
        if self.namespace.is_empty() {
            w.attribute_text(&format!(" {}=\"", self.local), &self.value);
            return;
        }
        let mut prefix = self.prefix.clone();
        if prefix != "xml" {
            let mut uri = Vec::new();
            // A URI that cannot be written is reported when it is written below.
            let _ = escape::write_attribute(&self.namespace, &mut uri);
            let uri = String::from_utf8_lossy(&uri);
            let mut number = 0;
            // A prefix that stands for something else is replaced, whether the tag says so or the document, by whose
            // prefixes the tag and its other attributes are called; so is none at all.
            while prefix.is_empty()
                || w.stands_for_another(&prefix, &self.namespace)
                || w.open_tag_has(&format!(" xmlns:{prefix}=\""))
            {
                if w.open_tag_has(&format!(" xmlns:{prefix}=\"{uri}\"")) {
                    break;
                }
                number += 1;
                prefix = format!("n{number}");
            }
            let declaration = format!(" xmlns:{prefix}=\"");
            if !w.open_tag_has(&declaration) {
                w.attribute_text(&declaration, &self.namespace);
            }
        }
        w.attribute_text(&format!(" {prefix}:{}=\"", self.local), &self.value);
    }
}
