//! xs:ID and xs:IDREF within a document: each ID is given once, each reference names one that is given.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{Result, wording};
use super::reader::{Mode, Reader};

/// What a value is for the others of its document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Identity {
    /// It is given to an element.
    Given,
    /// It names an element that it is given to, or several.
    Named,
}

/// The IDs of a document, as far as it was read.
#[derive(Clone, Default, Debug)]
pub(crate) struct Identities {
    given: BTreeSet<String>,
    /// Where each is named first.
    named: BTreeMap<String, usize>,
    /// Something was not looked into that may give IDs.
    unseen: bool,
}

impl Reader<'_> {
    /// Takes a valid value of xs:ID, xs:IDREF or xs:IDREFS.
    #[cold]
    pub(crate) fn identify(&mut self, identity: Identity, text: &str, offset: usize) -> Result<()> {
        if self.mode == Mode::Lenient {
            return Ok(());
        }
        for name in text.split_ascii_whitespace() {
            match identity {
                Identity::Named => {
                    self.identities.named.entry(name.to_owned()).or_insert(offset);
                }
                Identity::Given => {
                    if !self.identities.given.insert(name.to_owned()) {
                        return Err(self.violation(offset, wording::given_twice(name)));
                    }
                }
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
        let Identities { given, named, unseen } = &self.identities;
        let missing = named.iter().filter(|(name, _)| !given.contains(*name));
        match missing.min_by_key(|(_, offset)| **offset) {
            Some((name, offset)) if !unseen && !given.is_empty() => {
                Err(self.violation(*offset, wording::not_given(name)))
            }
            _ => Ok(()),
        }
    }
}
