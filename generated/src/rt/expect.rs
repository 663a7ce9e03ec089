//! The start tag that is expected: compared with the names that may come next, instead of being read, resolved and
//! looked up. Most tags of most documents are found here; all others are left to `Reader::next`.

use super::content::Cursor;
use super::error::Result;
use super::name::{Name, Ns};
use super::reader::{Mode, Reader};
use super::shape::{Model, Shape, Term};
use super::words::{self, word};

/// How the element read last began, which the next one mostly repeats: `<t:`, and what its prefix is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    word: u64,
    mask: u64,
    len: usize,
    ns: Ns,
}

impl Beginning {
    /// None that a tag could have.
    pub(crate) const NONE: Beginning = Beginning { word: 0, mask: u64::MAX, len: 0, ns: Ns::NONE };

    /// That of a tag with this prefix, colon and all.
    #[inline]
    pub(crate) fn new(tag: &[u8], len: usize, ns: Ns) -> Beginning {
        match tag.get(..len) {
            Some(beginning) if len <= 8 => {
                let (word, mask) = words::head(beginning);
                Beginning { word, mask, len, ns }
            }
            _ => Beginning::NONE,
        }
    }
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
        let Beginning { word: beginning, mask, len, ns } = self.beginning;
        if word(rest).is_none_or(|word| word & mask != beginning) {
            return Ok(None);
        }
        let rest = &rest[len..];
        let Some(start) = word(rest) else { return Ok(None) };
        let strict = self.mode == Mode::Strict;
        let mut disordered = false;
        let mut at = cursor.index;
        loop {
            // Most are optional children that are not there.
            while shape.particles.get(at).is_some_and(|particle| particle.is_passed_over(ns, start)) {
                at += 1;
            }
            let Some(particle) = shape.particles.get(at) else { return Ok(None) };
            let name = match &particle.term {
                Term::Element(name) => name,
                Term::Group(group) => match alternative(group, ns, start) {
                    Some(name) => name,
                    None => return Ok(None),
                },
                Term::Any(_) => return Ok(None),
            };
            if name.ns == ns && name.can_begin(start) {
                let (local, after) = rest.split_at_checked(name.local.len()).unwrap_or_default();
                let ends = matches!(after.first(), Some(b'>' | b' ' | b'/'));
                if ends && (local.len() <= 8 || words::same(local, name.local.as_bytes())) {
                    let room = match strict {
                        true => at > cursor.index || cursor.count < particle.max,
                        false => particle.max != 1 || !cursor.seen.contains(at),
                    };
                    if !room || !self.expected_tag(offset, len, name.local, ns)? {
                        return Ok(None);
                    }
                    if !strict {
                        cursor.seen.insert(at);
                        cursor.disordered |= disordered;
                    }
                    cursor.count = if at == cursor.index { cursor.count.saturating_add(1) } else { 1 };
                    cursor.index = at;
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

/// The first alternative of a choice whose name can begin with these bytes. Which one it is in the end, the choice finds
/// out.
#[inline(never)]
fn alternative(group: &'static Shape, ns: Ns, start: u64) -> Option<&'static Name> {
    let alternatives = if group.model == Model::Choice { group.particles } else { &[] };
    alternatives.iter().find_map(|particle| match &particle.term {
        Term::Element(name) if name.ns == ns && name.can_begin(start) => Some(name),
        _ => None,
    })
}
