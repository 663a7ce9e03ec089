//! xs:ID and xs:IDREF within a document: each ID is given once, each reference names one that is given.

use std::collections::HashMap;
use std::fmt;

use super::error::{Result, wording};
use super::reader::{Mode, Reader};
use super::space::next_word;

/// What a value is for the others of its document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Identity {
    /// It is given to an element.
    Given,
    /// It names an element that it is given to, or several.
    Named,
}

/// The IDs of a document, as far as it was read.
#[derive(Default, Debug)]
pub(crate) struct Identities {
    /// Made for the first: hardly any document has one.
    ids: Option<Box<dyn Ids>>,
    /// Something was not looked into that may give IDs.
    unseen: bool,
}

/// The IDs that a document gives and names. What is behind this is compiled only in crates whose types have them.
pub(crate) trait Ids: fmt::Debug {
    /// Takes one, unless it is given to an element and was given before.
    fn take(&mut self, identity: Identity, name: &str, offset: usize) -> bool;

    /// The first that is named and not given, and where; `None` also when none at all is given.
    fn missing(&self) -> Option<(usize, &str)>;
}

/// No IDs yet, for the type of a value that has one.
#[expect(clippy::extra_unused_type_parameters, reason = "compiled only in crates that call it")]
pub(crate) fn none<T>() -> Box<dyn Ids> {
    Box::new(Table::default())
}

/// IDs by their names.
#[derive(Default)]
struct Table(HashMap<String, Id>);

/// An ID of the document.
#[derive(Default)]
struct Id {
    given: bool,
    /// Where it is named first.
    named: Option<usize>,
}

impl Ids for Table {
    #[inline]
    fn take(&mut self, identity: Identity, name: &str, offset: usize) -> bool {
        let id = self.0.entry(name.to_owned()).or_default();
        match identity {
            Identity::Named => id.named = id.named.or(Some(offset)),
            Identity::Given if id.given => return false,
            Identity::Given => id.given = true,
        }
        true
    }

    #[inline]
    fn missing(&self) -> Option<(usize, &str)> {
        let mut missing: Option<(usize, &str)> = None;
        let mut none = true;
        for (name, id) in &self.0 {
            none &= !id.given;
            if let (Some(offset), false) = (id.named, id.given)
                && missing.is_none_or(|first| (offset, &**name) < first)
            {
                missing = Some((offset, name));
            }
        }
        missing.filter(|_| !none)
    }
}

impl fmt::Debug for Table {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Reader<'_> {
    /// Takes a valid value of xs:ID, xs:IDREF or xs:IDREFS; `none` is that function for its type.
    #[cold]
    pub(crate) fn identify(
        &mut self,
        identity: Identity,
        none: fn() -> Box<dyn Ids>,
        text: &str,
        offset: usize,
    ) -> Result<()> {
        if self.mode == Mode::Lenient {
            return Ok(());
        }
        let mut rest = text;
        while let Some(name) = next_word(&mut rest) {
            if !self.identities.ids.get_or_insert_with(none).take(identity, name, offset) {
                return Err(self.violation(offset, wording::given_twice(name)));
            }
        }
        Ok(())
    }

    /// Says that elements were passed over that may be valid and give IDs.
    pub(crate) fn pass_unseen(&mut self) {
        self.identities.unseen = true;
    }

    /// Checks that every ID that is named was given, at the end of the document. One that gives none at all may be a part
    /// of another.
    pub(crate) fn check_identities(&self) -> Result<()> {
        let Some(ids) = &self.identities.ids else { return Ok(()) };
        match ids.missing() {
            Some((offset, name)) if !self.identities.unseen => {
                Err(self.violation(offset, wording::not_given(name)))
            }
            _ => Ok(()),
        }
    }
}
