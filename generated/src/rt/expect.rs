//! The start tag that is expected: compared with the names that may come next, instead of being read, resolved and
//! looked up. Most tags of most documents are found here; all others are left to `Reader::next`.

use std::ptr;

use super::content::Cursor;
use super::error::Result;
use super::name::{Name, Ns};
use super::reader::{Mode, Reader};
use super::shape::{Model, Shape, Term};
use super::words::{self, Head, word};

/// How an element that was read began, which the next one mostly repeats: `<t:`, and what its prefix is bound to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Beginning {
    head: Head,
    len: usize,
    ns: Ns,
}

impl Beginning {
    /// None that a tag could have.
    pub(crate) const NONE: Beginning = Beginning { head: Head::NONE, len: 0, ns: Ns::NONE };

    /// That of a tag with this prefix, colon and all.
    #[inline]
    pub(crate) fn new(tag: &[u8], len: usize, ns: Ns) -> Beginning {
        match tag.get(..len) {
            Some(beginning) if len <= 8 => Beginning { head: Head::of(beginning), len, ns },
            _ => Beginning::NONE,
        }
    }

    /// Whether these bytes are it.
    #[inline]
    fn is(&self, word: u64) -> bool {
        self.head.begins(word)
    }
}

/// The alternative of a choice that an element was recognized as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen {
    choice: &'static Shape,
    at: usize,
    /// Where its tag begins.
    offset: usize,
}

impl Reader<'_> {
    /// Reads the start tag at `pos` if it is one that the content model expects, and returns the index of its
    /// particle. Whatever else stands there is untouched: white space apart, nothing has happened then.
    #[inline]
    pub(crate) fn expected(&mut self, shape: &'static Shape, cursor: &mut Cursor) -> Result<Option<usize>> {
        if self.pending || self.self_closed || shape.model != Model::Sequence {
            return Ok(None);
        }
        self.skip_space();
        let offset = self.pos;
        let rest = self.src.as_bytes().get(offset..).unwrap_or_default();
        let Some(first) = word(rest) else { return Ok(None) };
        if !self.beginnings[0].is(first) {
            if !self.beginnings[1].is(first) {
                return Ok(None);
            }
            self.beginnings.swap(0, 1);
        }
        let Beginning { len, ns, .. } = self.beginnings[0];
        let rest = &rest[len..];
        let Some(start) = word(rest) else { return Ok(None) };
        let strict = self.mode == Mode::Strict;
        let mut disordered = false;
        let mut at = cursor.index;
        loop {
            // Most are optional children that are not there.
            while shape.particles.get(at).is_some_and(|particle| particle.is_passed_over(start)) {
                at += 1;
            }
            let Some(particle) = shape.particles.get(at) else { return Ok(None) };
            let (name, chosen) = match &particle.term {
                Term::Element(name) => (name, None),
                Term::Group(choice) => match alternative(choice, ns, start) {
                    Some((at, name)) => (name, Some(Chosen { choice, at, offset })),
                    None => return Ok(None),
                },
                Term::Any(_) => return Ok(None),
            };
            if name.ns == ns && (chosen.is_some() || particle.can_begin(start)) {
                let (local, after) = rest.split_at_checked(name.local_len()).unwrap_or_default();
                let ends = matches!(after.first(), Some(b'>' | b' ' | b'/'));
                if ends && (local.len() <= 8 || words::same(local, name.local_bytes())) {
                    let room = match strict || particle.max != 1 {
                        true => at > cursor.index || cursor.count < particle.max,
                        false => !cursor.seen.contains(at),
                    };
                    if !room || !self.expected_tag(offset, len, local.len(), ns)? {
                        return Ok(None);
                    }
                    if !strict {
                        cursor.seen.insert(at);
                        cursor.disordered |= disordered;
                    }
                    cursor.count = if at == cursor.index { cursor.count.saturating_add(1) } else { 1 };
                    cursor.index = at;
                    if chosen.is_some() {
                        self.chosen = chosen;
                    }
                    return Ok(Some(at));
                }
            }
            // What else a group can begin with is not looked at here.
            if matches!(particle.term, Term::Group(_)) {
                return Ok(None);
            }
            let satisfied = particle.min == 0 || (at == cursor.index && cursor.count >= particle.min);
            if !satisfied {
                if strict {
                    return Ok(None);
                }
                disordered = true;
            }
            at += 1;
        }
    }
}

impl Reader<'_> {
    /// Keeps how the element just read began.
    pub(crate) fn keep_beginning(&mut self, beginning: Beginning) {
        if self.beginnings[0] != beginning {
            self.beginnings[1] = self.beginnings[0];
            self.beginnings[0] = beginning;
        }
    }

    /// The alternative that the innermost open element was recognized as, if it is one of this choice.
    #[inline]
    pub(crate) fn chosen(&mut self, choice: &'static Shape) -> Option<usize> {
        let chosen = self.chosen.take()?;
        let open = self.open.last()?;
        (ptr::eq(chosen.choice, choice) && chosen.offset == open.offset).then_some(chosen.at)
    }
}

/// The first alternative of a choice whose name can begin with these bytes, if all before it are elements too. Whether it
/// is the name is left to the caller.
#[inline(never)]
fn alternative(choice: &'static Shape, ns: Ns, start: u64) -> Option<(usize, &'static Name)> {
    let alternatives = if choice.model == Model::Choice { choice.particles } else { &[] };
    for (at, particle) in alternatives.iter().enumerate() {
        match &particle.term {
            Term::Element(name) if name.ns == ns && particle.can_begin(start) => return Some((at, name)),
            Term::Element(_) => {}
            Term::Any(_) | Term::Group(_) => return None,
        }
    }
    None
}
