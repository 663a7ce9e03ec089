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
# it again; a deleted line is derived anew. Kinds: type, field, variant, element, operation.
";

/// The names that an earlier run, or a person, has settled.
#[derive(Default)]
pub(super) struct Lock {
    names: BTreeMap<String, String>,
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
            // The key may hold ` = ` (an enumeration value), the name cannot.
            let Some((key, name)) = line.rsplit_once(" = ") else {
                let message = "a line that is not of the form `kind key = name`";
                let help = "delete the line and run `cargo xtask regen`";
                diagnostics.push(Diagnostic::error(Code::BadLock, &span, message).help(help));
                continue;
            };
            if !name.split("::").all(is_ident) {
                let message = format!("`{name}` is not a Rust identifier");
                let help = "choose a name of letters, digits and underscores that is no keyword";
                diagnostics.push(Diagnostic::error(Code::BadLock, &span, message).help(help));
                continue;
            }
            lock.names.insert(unescape(key), name.to_owned());
        }
        lock
    }

    /// Locked identifier.
    pub(super) fn ident(&self, key: &str) -> Option<String> {
        self.names.get(key).filter(|name| !name.contains("::")).cloned()
    }

    /// Locked module and identifier.
    pub(super) fn path(&self, key: &str) -> Option<(String, String)> {
        let (module, ident) = self.names.get(key)?.split_once("::")?;
        Some((module.to_owned(), ident.to_owned()))
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
