//! `QName`: xs:QName and xs:NOTATION as values.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

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
/// A name that was read knows the namespace that its prefix stands for there; where it is written, the prefix is
/// declared, or another one chosen where it means something else. Names with a namespace are equal when that and the
/// local names are; others, of which only the text is known, when the texts are.
#[derive(Clone)]
pub struct QName {
    prefix: Option<String>,
    namespace: Option<String>,
    local: String,
}

impl QName {
    /// A name of prefix and local name.
    ///
    /// # Errors
    /// When one of them is no name without colon.
    #[inline]
    pub fn new(prefix: Option<&str>, local: &str) -> Result<QName, Invalid> {
        if prefix.is_none_or(is_plain_name) && is_plain_name(local) {
            return Ok(QName { prefix: prefix.map(str::to_owned), namespace: None, local: local.to_owned() });
        }
        match prefix {
            Some(prefix) => Err(literal(&format!("{prefix}:{local}"), "QName")),
            None => Err(literal(local, "QName")),
        }
    }

    /// A name in a namespace; without a prefix, one is chosen where it is written.
    ///
    /// # Errors
    /// When prefix or local name is no name without colon.
    #[inline]
    pub fn within(namespace: &str, prefix: Option<&str>, local: &str) -> Result<QName, Invalid> {
        let mut name = QName::new(prefix, local)?;
        name.bind(namespace);
        Ok(name)
    }

    /// Namespace URI, empty for none; `None` where only the text of the name is known.
    #[inline]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    #[inline]
    pub(crate) fn bind(&mut self, namespace: &str) {
        self.namespace = Some(namespace.to_owned());
    }

    #[inline]
    pub(crate) fn set_prefix(&mut self, prefix: Option<String>) {
        self.prefix = prefix;
    }

    #[inline]
    pub(crate) fn forget_prefix(&mut self) {
        (self.prefix, self.namespace) = (None, None);
    }

    /// What tells names apart.
    fn key(&self) -> (Option<&str>, Option<&str>, &str) {
        match &self.namespace {
            Some(namespace) => (Some(namespace), None, &self.local),
            None => (None, self.prefix(), &self.local),
        }
    }

    /// The prefix, if there is one.
    #[inline]
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// The name without prefix.
    #[inline]
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

    #[inline]
    fn write(&self, out: &mut Text<'_>) {
        if let Some(prefix) = &self.prefix {
            out.push(prefix);
            out.push_plain(":");
        }
        out.push(&self.local);
    }

    const NAMES: bool = true;

    fn names(&mut self, each: &mut dyn FnMut(&mut QName)) {
        each(self);
    }
}

impl PartialEq for QName {
    #[inline]
    fn eq(&self, other: &QName) -> bool {
        self.key() == other.key()
    }
}

impl Eq for QName {}

impl Hash for QName {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl Ord for QName {
    #[inline]
    fn cmp(&self, other: &QName) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for QName {
    #[inline]
    fn partial_cmp(&self, other: &QName) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for QName {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.prefix {
            Some(prefix) => f.pad(&format!("{prefix}:{}", self.local)),
            None => f.pad(&self.local),
        }
    }
}

impl Blank for QName {
    fn blank() -> QName {
        QName { prefix: None, namespace: None, local: String::new() }
    }
}

impl Measured for QName {
    #[inline]
    fn length(&self) -> usize {
        let prefix = self.prefix.as_ref().map_or(0, |prefix| prefix.chars().count() + 1);
        prefix + self.local.chars().count()
    }

    #[inline]
    fn order(&self, _bound: &str) -> Option<Ordering> {
        None
    }
}

shown_by_text!(QName);
from_text!(QName);
