//! xs:ID and xs:IDREF within a document: each ID is given once, each reference names one that is given.

use std::collections::HashMap;

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
    ids: Option<HashMap<String, Id>>,
    /// Something was not looked into that may give IDs.
    unseen: bool,
}

/// An ID of the document.
#[derive(Default, Debug)]
struct Id {
    given: bool,
    /// Where it is named first.
    named: Option<usize>,
}

impl Reader<'_> {
    /// Takes a valid value of xs:ID, xs:IDREF or xs:IDREFS.
    #[cold]
    pub(crate) fn identify(&mut self, identity: Identity, text: &str, offset: usize) -> Result<()> {
        if self.mode == Mode::Lenient {
            return Ok(());
        }
        let mut rest = text;
        while let Some(name) = next_word(&mut rest) {
            let id = self.identities.ids.get_or_insert_default().entry(name.to_owned()).or_default();
            match identity {
                Identity::Named => id.named = id.named.or(Some(offset)),
                Identity::Given if id.given => return Err(self.violation(offset, wording::given_twice(name))),
                Identity::Given => id.given = true,
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
        let mut missing: Option<(usize, &str)> = None;
        let mut none = true;
        for (name, id) in ids {
            none &= !id.given;
            if let (Some(offset), false) = (id.named, id.given)
                && missing.is_none_or(|first| (offset, &**name) < first)
            {
                missing = Some((offset, name));
            }
        }
        match missing {
            Some((offset, name)) if !self.identities.unseen && !none => {
                Err(self.violation(offset, wording::not_given(name)))
            }
            _ => Ok(()),
        }
    }
}
