//! `names.lock`: the whole table of names as text, one line each, so that renames show in review. A line
//! that is edited is kept: this is how a name is changed.

use std::collections::BTreeMap;

use super::ident::is_ident;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Inputs;
use crate::span::Span;

/// Name of the lock among the inputs and in the output.
pub const FILE: &str = "names.lock";

const HEADER: &str = "\
# The Rust name of every component, written by `cargo xtask regen`. To rename one, edit the right side and run
# it again; a deleted line is derived anew. Kinds: type, field, variant, element, operation, header.
";

/// What can be named: the first word of a line.
const KINDS: &[&str] = &["type", "field", "variant", "element", "operation", "header"];

/// The names that an earlier run, or a person, has settled, with their places.
#[derive(Default)]
pub(super) struct Lock {
    names: BTreeMap<String, (String, Span)>,
}

impl Lock {
    pub(super) fn read(inputs: &Inputs, diagnostics: &mut Diagnostics) -> Lock {
        let mut lock = Lock::default();
        let Some(bytes) = inputs.0.get(FILE) else { return lock };
        let text = String::from_utf8_lossy(bytes);
        diagnostics.add_source(FILE.into(), text.as_ref().into());
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let span = Span { file: FILE.into(), line: u32::try_from(at + 1).unwrap_or(u32::MAX), column: 1 };
            let mut report = |message: String, help: &str| {
                diagnostics.push(Diagnostic::error(Code::BadLock, &span, message).help(help));
            };
            // The key may hold ` = ` (an enumeration value), the name cannot.
            let parts =
                line.rsplit_once(" = ").and_then(|(key, name)| Some((key.split_once(' ')?.0, key, name)));
            let Some((kind, key, name)) = parts.filter(|(kind, _, _)| KINDS.contains(kind)) else {
                let help = "write `kind key = name`, or delete the line: it is derived anew";
                report(format!("`{line}` is no entry: those begin with {}", KINDS.join(", ")), help);
                continue;
            };
            let steps = if kind == "type" { 2 } else { 1 };
            if name.split("::").count() != steps || !name.split("::").all(is_ident) {
                let (what, help) = match kind {
                    "type" => ("a module and a Rust identifier", "write `module::Name`"),
                    _ => (
                        "a Rust identifier",
                        "choose letters, digits and underscores; a keyword needs `r#` before it",
                    ),
                };
                report(format!("`{name}` is not {what}"), help);
                continue;
            }
            let key = unescape(key);
            match lock.names.get(&key) {
                Some((other, first)) if other != name => {
                    let message = format!("`{key}` is `{name}` here and `{other}` before");
                    let diagnostic =
                        Diagnostic::error(Code::BadLock, &span, message).help("delete one of the lines");
                    diagnostics.push(diagnostic.note(Some(first), "the other line"));
                }
                Some(_) => {}
                None => drop(lock.names.insert(key, (name.to_owned(), span))),
            }
        }
        lock
    }

    /// Locked identifier.
    pub(super) fn ident(&self, key: &str) -> Option<String> {
        self.names.get(key).map(|(name, _)| name.clone())
    }

    /// Locked module and identifier.
    pub(super) fn path(&self, key: &str) -> Option<(String, String)> {
        let (module, ident) = self.names.get(key)?.0.split_once("::")?;
        Some((module.to_owned(), ident.to_owned()))
    }

    /// Where a key stands.
    pub(super) fn span(&self, key: &str) -> Option<&Span> {
        self.names.get(key).map(|(_, span)| span)
    }
}

/// The text of the lock.
pub(super) fn render(lines: &BTreeMap<String, String>) -> String {
    let mut text = HEADER.to_owned();
    for (key, name) in lines {
        text.push_str(&format!("{} = {name}\n", escape(key)));
    }
    text
}

/// Enumeration values may hold line breaks; keys must not.
fn escape(key: &str) -> String {
    key.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    out
}
