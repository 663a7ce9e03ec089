//! Header parts without their message: told apart by type, looked up, and filled in where a message has none.

use std::any::{Any, TypeId};
use std::fmt;
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::{Headers, Version, envelope};
use crate::rt::{Shape, Vocabulary};

/// The header parts of a message one by one, whatever message it is.
pub trait HeaderParts: Send {
    /// Calls `visit` with each part, a `&mut Option<P>`, in the order of the binding.
    fn each_part(&mut self, visit: &mut dyn FnMut(&mut dyn Any));
}

/// The header part of type `P`, if the message has one and it is there.
pub fn part<P: Clone + 'static>(headers: &mut dyn HeaderParts) -> Option<P> {
    let mut found = None;
    headers.each_part(&mut |slot| {
        if let Some(slot) = slot.downcast_ref::<Option<P>>() {
            found.clone_from(slot);
        }
    });
    found
}

/// Whether the message has a header part of type `P`, be it absent or there.
pub fn has_part<P: 'static>(headers: &mut dyn HeaderParts) -> bool {
    let mut found = false;
    headers.each_part(&mut |slot| found |= slot.is::<Option<P>>());
    found
}

/// Header parts for messages that lack them: one for each type, for every message that has a part of that type.
#[derive(Clone, Default)]
pub struct DefaultParts {
    parts: Vec<(TypeId, Fill)>,
    /// What messages have as their Header that have no parts of their own, for the first few kinds of messages.
    alone: [OnceLock<Alone>; 4],
}

type Fill = Arc<dyn Fn(&mut dyn Any) + Send + Sync>;

/// The Header of messages whose parts are all by default.
#[derive(Clone)]
struct Alone {
    shape: &'static Shape,
    vocabulary: &'static Vocabulary,
    version: Version,
    /// `None` if it cannot be written.
    text: Option<String>,
}

impl DefaultParts {
    /// None.
    #[inline]
    pub fn new() -> DefaultParts {
        DefaultParts::default()
    }

    /// Adds a part; it replaces one of the same type.
    pub fn insert<P: Clone + Send + Sync + 'static>(&mut self, part: P) {
        let fill: Fill = Arc::new(move |slot| {
            if let Some(slot @ None) = slot.downcast_mut::<Option<P>>() {
                *slot = Some(part.clone());
            }
        });
        self.parts.retain(|(id, _)| *id != TypeId::of::<P>());
        self.parts.push((TypeId::of::<P>(), fill));
        self.alone = Default::default();
    }

    /// Fills in what is absent in `headers`.
    #[inline]
    pub fn fill(&self, headers: &mut dyn HeaderParts) {
        if !self.parts.is_empty() {
            headers.each_part(&mut |slot| self.parts.iter().for_each(|(_, fill)| fill(slot)));
        }
    }

    /// The Header of a message that has no parts but these, if there are any: written once, as it is the same for all
    /// such messages.
    pub(super) fn alone<H: Headers>(
        &self,
        vocabulary: &'static Vocabulary,
        version: Version,
    ) -> Option<&str> {
        if self.parts.is_empty() {
            return None;
        }
        let written = || {
            let mut headers = H::default();
            self.fill(&mut headers);
            let text = envelope::header(&headers, vocabulary, version);
            Alone { shape: H::SHAPE, vocabulary, version, text }
        };
        let mut all = self.alone.iter().map(|slot| slot.get_or_init(written));
        let alone = all.find(|alone| {
            ptr::eq(alone.shape, H::SHAPE)
                && ptr::eq(alone.vocabulary, vocabulary)
                && alone.version == version
        });
        alone?.text.as_deref()
    }
}

impl fmt::Debug for DefaultParts {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be secrets, such as tokens.
        write!(f, "DefaultParts({})", self.parts.len())
    }
}

#[cfg(all(test, feature = "oxwscos"))]
mod tests {
    use crate::oxwscdata::{ResponseClass, ServerVersionInfo};
    use crate::oxwscos::{AddImGroupResponse, ResponseHeaders};
    use crate::soap::{DefaultParts, Envelope};

    fn version(text: &str) -> ServerVersionInfo {
        ServerVersionInfo { version: Some(text.to_owned()), ..ServerVersionInfo::default() }
    }

    #[test]
    fn a_header_of_default_parts_alone_is_as_if_they_were_filled_in() {
        let reply = || Envelope::new(AddImGroupResponse::new(ResponseClass::Success));
        let with = |text| reply().with_headers(ResponseHeaders { server_version: Some(version(text)) });
        let mut parts = DefaultParts::new();
        assert_eq!(reply().xml_with(&parts), reply().to_xml());
        for text in ["one", "two & more"] {
            parts.insert(version(text));
            for _ in 0..2 {
                assert_eq!(reply().xml_with(&parts), with(text).to_xml());
            }
            // Those that are given stay.
            assert_eq!(with("own").xml_with(&parts), with("own").to_xml());
        }
        parts.insert(version("\u{0}"));
        assert!(reply().xml_with(&parts).is_err());
    }
}
