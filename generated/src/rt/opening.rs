//! How documents begin: the declaration and the start tag of the root, with all its namespaces. Those of one sender
//! begin alike, so the last few beginnings that a thread has read are kept, and are not read again.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::ptr;

use super::expect::Beginning;
use super::name::{Ns, Vocabulary};
use super::reader::{Binding, Open, Reader};

/// Beginnings that are kept.
const MOST: usize = 4;
/// Bytes of the longest.
const LONGEST: usize = 1024;

/// How a document began, and what the reader made of that.
struct Opening {
    /// From the first byte to the end of the start tag.
    text: String,
    vocabulary: &'static Vocabulary,
    open: Open,
    beginning: Beginning,
    declared: Vec<Declared>,
}

/// A namespace declaration: where prefix and URI stand in the text.
struct Declared {
    prefix: Range<usize>,
    uri: Range<usize>,
    ns: Ns,
}

/// What a thread keeps, and which one gives way next.
struct Kept {
    openings: Vec<Opening>,
    next: usize,
}

thread_local! {
    static KEPT: RefCell<Kept> = const { RefCell::new(Kept { openings: Vec::new(), next: 0 }) };
}

impl Reader<'_> {
    /// Takes the start tag of the root, and what stands before it, as one that was read before. `false` when there was none
    /// like it: nothing has happened then.
    pub(crate) fn known_opening(&mut self) -> bool {
        let take = |kept: &RefCell<Kept>| {
            let kept = kept.borrow();
            let known = kept.openings.iter().find(|opening| opening.fits(self));
            known.is_some_and(|opening| {
                self.take_opening(opening);
                true
            })
        };
        // A thread that ends keeps none.
        KEPT.try_with(take).unwrap_or(false)
    }

    fn take_opening(&mut self, opening: &Opening) {
        let src = self.src;
        let text = |range: &Range<usize>| src.get(range.clone()).unwrap_or_default();
        for Declared { prefix, uri, ns } in &opening.declared {
            self.bindings.push(Binding { prefix: text(prefix), uri: Cow::Borrowed(text(uri)), ns: *ns });
        }
        self.pos = opening.text.len();
        self.open.push(opening.open);
        self.keep_beginning(opening.beginning);
    }

    /// Keeps how the document began, whose root has just been opened.
    pub(crate) fn keep_opening(&self) {
        let _ = KEPT.try_with(|kept| {
            let (Some(opening), mut kept) = (self.opening(), kept.borrow_mut()) else { return };
            let at = kept.next;
            kept.next = (at + 1) % MOST;
            match kept.openings.get_mut(at) {
                Some(old) => *old = opening,
                None => kept.openings.push(opening),
            }
        });
    }

    /// How the document began, if that is all told by bindings.
    fn opening(&self) -> Option<Opening> {
        let [open] = *self.open else { return None };
        if self.self_closed || !self.attributes.is_empty() || self.pos > LONGEST {
            return None;
        }
        let declared = self.bindings[open.bindings..].iter().map(|binding| {
            let uri = self.part_place(&binding.uri).filter(|_| matches!(binding.uri, Cow::Borrowed(_)))?;
            Some(Declared { prefix: self.part_place(binding.prefix)?, uri, ns: binding.ns })
        });
        Some(Opening {
            text: self.src[..self.pos].to_owned(),
            vocabulary: self.vocabulary,
            open,
            beginning: self.beginnings[0],
            declared: declared.collect::<Option<_>>()?,
        })
    }

    /// Where a part of the document is.
    fn part_place(&self, part: &str) -> Option<Range<usize>> {
        if part.is_empty() {
            return Some(0..0);
        }
        let start = (part.as_ptr() as usize).checked_sub(self.src.as_ptr() as usize)?;
        let place = start..start + part.len();
        (self.src.get(place.clone()) == Some(part)).then_some(place)
    }
}

impl Opening {
    /// Whether the document of a reader begins so, and may, by the limits of that reader.
    fn fits(&self, reader: &Reader<'_>) -> bool {
        let limits = &reader.limits;
        ptr::eq(self.vocabulary, reader.vocabulary)
            && reader.src.as_bytes().starts_with(self.text.as_bytes())
            && limits.attributes >= self.declared.len()
            && limits.text >= self.text.len()
            && limits.depth > 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Limits, Mode};
    use super::*;

    static ONE: Vocabulary = Vocabulary::new(&[("a", "urn:a")]);
    static OTHER: Vocabulary = Vocabulary::new(&[("x", "urn:x"), ("a", "urn:a")]);

    /// What is known after the root has been opened, and whether it was taken as known.
    fn opened(text: &str, vocabulary: &'static Vocabulary, limits: Limits) -> (bool, Result<String, String>) {
        let known = Reader::new(text, vocabulary, Mode::Strict, limits).unwrap().known_opening();
        let mut reader = Reader::new(text, vocabulary, Mode::Strict, limits).unwrap();
        let opened = reader.root().map_err(|error| error.to_string());
        let state = format!(
            "{} {:?} {:?} {:?} {:?} {}",
            reader.pos,
            reader.open,
            reader.bindings,
            reader.beginnings,
            reader.attributes,
            reader.self_closed
        );
        (known, opened.map(|()| state))
    }

    fn usual(text: &str, vocabulary: &'static Vocabulary) -> (bool, Result<String, String>) {
        opened(text, vocabulary, Limits::default())
    }

    #[test]
    fn a_beginning_is_taken_as_it_was_read() {
        for start in [
            "<a:A xmlns:a='urn:a' xmlns:b=\"urn:b\">",
            "<?xml version=\"1.0\"?>\n<!-- x -->\n<A xmlns='urn:a' xmlns:a='urn:a'\n>",
            "<A>",
        ] {
            let (known, read) = usual(&format!("{start}one"), &ONE);
            assert!(!known && read.is_ok(), "{read:?}");
            assert_eq!(usual(&format!("{start}<other/>"), &ONE), (true, read.clone()));
            // The namespaces of another vocabulary have other numbers.
            let (known, other) = usual(start, &OTHER);
            assert!(!known && other.is_ok());
            assert_eq!(usual(start, &OTHER), (true, other));
        }
    }

    #[test]
    fn what_is_not_told_by_bindings_is_read_each_time() {
        for start in [
            "<a:A xmlns:a='urn:a' b='c'>",
            "<a:A xmlns:a='urn:a'/>",
            "<a:A xmlns:a='urn:&#97;'>",
            "<a:A xmlns:b='urn:a'>",
            "<a:A xmlns:a='urn:a'",
            &format!("<!--{}--><A>", "x".repeat(LONGEST)),
        ] {
            let (_, first) = usual(start, &ONE);
            assert_eq!(usual(start, &ONE), (false, first), "{start}");
        }
    }

    #[test]
    fn limits_hold_for_what_is_known_too() {
        let text = "<a:A xmlns:a='urn:a' xmlns:c='urn:c'>";
        let (_, read) = usual(text, &ONE);
        assert!(read.is_ok() && usual(text, &ONE).0);
        for limits in [
            Limits { attributes: 1, ..Limits::default() },
            Limits { text: 4, ..Limits::default() },
            Limits { depth: 0, ..Limits::default() },
        ] {
            let (known, read) = opened(text, &ONE, limits);
            assert!(!known && read.is_err(), "{limits:?}");
        }
    }

    #[test]
    fn as_many_are_kept_as_there_is_room_for() {
        let text = |at: usize| format!("<A xmlns='urn:{at}'>");
        for at in 0..=MOST {
            assert!(!usual(&text(at), &ONE).0);
        }
        // The first has given way to the last.
        assert!((1..=MOST).all(|at| usual(&text(at), &ONE).0));
        assert!(!usual(&text(0), &ONE).0);
    }
}
