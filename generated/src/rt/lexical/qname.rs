//! `QName`: xs:QName and xs:NOTATION as values.

use std::fmt;

use super::names::is_plain_name;
use super::{from_text, literal, shown_by_text};
use crate::rt::Blank;
use crate::rt::TypeName;
use crate::rt::error::Invalid;
use crate::rt::restricted::Measured;
use crate::rt::simple::{Simple, Text, builtin, trim};

/// A name with or without prefix in the text of an element or attribute: xs:QName, xs:NOTATION.
///
/// Valid literals: `a`, `x:a`. Invalid: `:a`, `a:`, `x:y:a`, `1a`, `x: a` and the empty text.
///
/// The prefix is as written: which namespace it stands for depends on the place in the document. So equality
/// is that of the text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QName {
    prefix: Option<String>,
    local: String,
}

impl QName {
    /// A name of prefix and local name.
    ///
    /// # Errors
    /// When one of them is no name without colon.
    pub fn new(prefix: Option<&str>, local: &str) -> Result<QName, Invalid> {
        if prefix.is_none_or(is_plain_name) && is_plain_name(local) {
            return Ok(QName { prefix: prefix.map(str::to_owned), local: local.to_owned() });
        }
        match prefix {
            Some(prefix) => Err(literal(&format!("{prefix}:{local}"), "QName")),
            None => Err(literal(local, "QName")),
        }
    }

    /// The prefix, if there is one.
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// The name without prefix.
    pub fn local(&self) -> &str {
        &self.local
    }
}

impl Simple for QName {
    const TYPE: TypeName = builtin("QName");

    fn parse(text: &str) -> Result<QName, Invalid> {
        let text = trim(text);
        match text.split_once(':') {
            Some((prefix, local)) => QName::new(Some(prefix), local),
            None => QName::new(None, text),
        }
    }

    fn write(&self, out: &mut Text<'_>) {
        if let Some(prefix) = &self.prefix {
            out.push(prefix);
            out.push_plain(":");
        }
        out.push(&self.local);
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.prefix {
            Some(prefix) => f.pad(&format!("{prefix}:{}", self.local)),
            None => f.pad(&self.local),
        }
    }
}

impl Blank for QName {
    fn blank() -> QName {
        QName { prefix: None, local: String::new() }
    }
}

impl Measured for QName {
    fn length(&self) -> usize {
        let prefix = self.prefix.as_ref().map_or(0, |prefix| prefix.chars().count() + 1);
        prefix + self.local.chars().count()
    }

    fn order(&self, _bound: &str) -> Option<std::cmp::Ordering> {
        None
    }
}

shown_by_text!(QName);
from_text!(QName);
