//! The lists that a reader keeps while it reads, kept from one document for the next one on the same thread: a small
//! message is read with no allocation but those of its value.

use std::cell::Cell;

use super::reader::{Binding, Open, RawAttribute};

/// What a reader needs that outlives no document, empty.
#[derive(Default, Debug)]
pub(crate) struct Scratch<'a> {
    pub(crate) open: Vec<Open>,
    pub(crate) bindings: Vec<Binding<'a>>,
    pub(crate) attributes: Vec<RawAttribute<'a>>,
    pub(crate) text: String,
}

/// Most entries of a list, and bytes of the text, that are kept: what a rare large document took is given back.
const ENTRIES: usize = 64;
const BYTES: usize = 4096;

thread_local! {
    static KEPT: Cell<Scratch<'static>> = const {
        Cell::new(Scratch { open: Vec::new(), bindings: Vec::new(), attributes: Vec::new(), text: String::new() })
    };
}

impl<'a> Scratch<'a> {
    /// What the last reader left, or room for a usual message.
    pub(crate) fn take() -> Scratch<'a> {
        // A thread that ends may read once more after its own has gone.
        let kept = KEPT.try_with(Cell::take).unwrap_or_default();
        let mut scratch = Scratch {
            open: kept.open,
            bindings: emptied(kept.bindings),
            attributes: emptied(kept.attributes),
            text: kept.text,
        };
        if scratch.open.capacity() == 0 {
            scratch.open.reserve_exact(16);
            scratch.bindings.reserve_exact(16);
            scratch.attributes.reserve_exact(8);
        }
        scratch
    }

    /// Leaves it for the next reader, unless it has become large.
    pub(crate) fn keep(mut self) {
        let small = self.open.capacity() <= 2 * ENTRIES
            && self.bindings.capacity() <= ENTRIES
            && self.attributes.capacity() <= ENTRIES
            && self.text.capacity() <= BYTES;
        if !small {
            return;
        }
        self.open.clear();
        self.text.clear();
        let kept = Scratch {
            open: self.open,
            bindings: emptied(self.bindings),
            attributes: emptied(self.attributes),
            text: self.text,
        };
        // As above.
        let _ = KEPT.try_with(|slot| slot.set(kept));
    }
}

/// The memory of a list for entries of another lifetime: the standard library collects a list made of another one of
/// the same layout in its place.
fn emptied<A, B>(mut list: Vec<A>) -> Vec<B> {
    list.clear();
    list.into_iter().filter_map(|_| None).collect()
}

#[cfg(test)]
mod tests {
    use super::super::name::Ns;
    use super::*;

    #[test]
    fn memory_is_kept_for_the_next_document() {
        let mut first = Scratch::take();
        let text = String::from("a");
        first.attributes.push(RawAttribute {
            qname: &text,
            local: &text,
            ns: Ns::NONE,
            raw: &text,
            offset: 0,
            plain: true,
        });
        let places = (first.open.as_ptr(), first.bindings.as_ptr().addr(), first.attributes.as_ptr().addr());
        first.keep();
        let second = Scratch::take();
        assert!(second.attributes.is_empty());
        assert_eq!(
            places,
            (second.open.as_ptr(), second.bindings.as_ptr().addr(), second.attributes.as_ptr().addr())
        );
        // Two at once have a memory each.
        let third = Scratch::take();
        assert_ne!(second.open.as_ptr(), third.open.as_ptr());
    }

    #[test]
    fn what_has_become_large_is_given_back() {
        let mut large = Scratch::take();
        large.text.reserve(BYTES + 1);
        large.keep();
        assert!(Scratch::take().text.capacity() <= BYTES);
    }
}
