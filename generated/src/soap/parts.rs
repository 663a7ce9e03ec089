//! Header parts without their message: told apart by type, looked up, and filled in where a message has none.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

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
pub struct DefaultParts(Vec<(TypeId, Fill)>);

type Fill = Arc<dyn Fn(&mut dyn Any) + Send + Sync>;

impl DefaultParts {
    /// None.
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
        self.0.retain(|(id, _)| *id != TypeId::of::<P>());
        self.0.push((TypeId::of::<P>(), fill));
    }

    /// Fills in what is absent in `headers`.
    pub fn fill(&self, headers: &mut dyn HeaderParts) {
        if !self.0.is_empty() {
            headers.each_part(&mut |slot| self.0.iter().for_each(|(_, fill)| fill(slot)));
        }
    }
}

impl fmt::Debug for DefaultParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be secrets, such as tokens.
        write!(f, "DefaultParts({})", self.0.len())
    }
}
