//! Mixed content: texts and children in one list, in the order of the document.

use std::borrow::Cow;

use super::contract::Choice;
use super::error::{ErrorKind, NoteKind, Result, wording};
use super::matcher::Matcher;
use super::reader::{Mode, Reader};
use super::shape::{Particle, Shape, Term};
use super::writer::Writer;

/// Reads the piece at an index: a child that was opened, or at the last index the reader's text.
type Piece<'p, 'a> = dyn FnMut(usize, &mut Reader<'a>) -> Result<()> + 'p;

impl<'a> Reader<'a> {
    /// Reads mixed content and the end tag. The particles of `T` are the children; `shape` says where they may stand.
    ///
    /// # Errors
    /// When the content does not fit.
    pub fn mixed<T: Choice>(&mut self, slot: &mut Vec<T>, shape: &'static Shape) -> Result<()> {
        self.pieces::<Matcher>(T::SHAPE, shape, &mut |at, r| {
            slot.push(T::read_variant(at, r)?);
            Ok(())
        })
    }

    /// The text between two children.
    ///
    /// # Errors
    /// None; the signature is that of the other calls.
    #[inline]
    pub fn piece(&mut self, slot: &mut String) -> Result<()> {
        *slot = std::mem::take(&mut self.value).into_owned();
        Ok(())
    }

    #[expect(
        clippy::extra_unused_type_parameters,
        reason = "compiled only in crates that call it, once in each"
    )]
    fn pieces<Unused>(
        &mut self,
        children: &'static Shape,
        shape: &'static Shape,
        each: &mut Piece<'_, 'a>,
    ) -> Result<()> {
        let depth = self.open.len();
        let declared = self.declared.take();
        // The only content there may be, whether there is any, and whether it is another.
        let fixed = declared.filter(|declared| declared.is_fixed());
        let (mut empty, mut wrong) = (true, false);
        let mut matcher = Matcher::new(shape);
        // A lenient reader does not insist on the order, nor does one for which there is none.
        let ordered = self.mode == Mode::Strict && !shape.particles.is_empty();
        loop {
            if !self.self_closed {
                let mut text = String::new();
                self.characters(&mut text)?;
                if !text.is_empty() {
                    wrong |= fixed.is_some_and(|fixed| !empty || text != fixed.text());
                    empty = false;
                    self.value = Cow::Owned(text);
                    each(children.particles.len(), self)?;
                }
            }
            if self.self_closed || self.src[self.pos..].starts_with("</") {
                if ordered && !matcher.is_complete() {
                    let expected = matcher.expected();
                    let message = wording::incomplete(self.current(), &expected, self.vocabulary);
                    return Err(self.violation(self.end_offset(), message));
                }
                if let Some(declared) = declared {
                    if empty {
                        self.value = self.stand_in(Cow::Borrowed(""), declared);
                        each(children.particles.len(), self)?;
                    } else if wrong {
                        let message = wording::fixed_element(self.current().0, declared.text());
                        self.deviation(NoteKind::UnknownValue, self.end_offset(), message)?;
                    }
                }
                return self.take_end();
            }
            (empty, wrong) = (false, fixed.is_some());
            self.start_tag()?;
            let expected = if ordered { matcher.expected() } else { Vec::new() };
            match self.child(children, &mut matcher, ordered) {
                Some(at) => {
                    if let Err(error) = each(at, self) {
                        if self.mode == Mode::Strict || error.kind() != ErrorKind::Violation {
                            return Err(error);
                        }
                        self.keep(error.into_note());
                        self.skip_to(depth)?;
                    }
                }
                None => {
                    let holder = &self.open[depth - 1];
                    let holder = self.name_of(holder);
                    let expected = match ordered {
                        true => expected,
                        false => children.particles.iter().map(|particle| &particle.term).collect(),
                    };
                    let message = wording::child(holder, self.current(), &expected, self.vocabulary);
                    self.deviation(NoteKind::UnknownElement, self.tag(), message)?;
                    self.skip_to(depth)?;
                }
            }
        }
    }

    /// Index of the piece that the element just opened is: where a wildcard takes it, not the element of its name.
    fn child(&mut self, children: &'static Shape, matcher: &mut Matcher, ordered: bool) -> Option<usize> {
        let open = self.open.last()?;
        let (ns, local, uri) = (open.ns, self.local_of(open), self.open_uri(open));
        let taken = matcher.step(ns, local, uri);
        if let Some(Term::Any(wildcard)) = taken {
            let any = |particle: &Particle| {
                matches!(particle.term, Term::Any(_)) && particle.starts_with(ns, local, uri)
            };
            let at = children.particles.iter().position(any)?;
            self.contents = Some(wildcard.contents);
            return Some(at);
        }
        if ordered && taken.is_none() {
            return None;
        }
        let at = self.position(children)?;
        self.admit(&children.particles[at]);
        Some(at)
    }
}

impl Writer {
    /// Writes mixed content.
    pub fn mixed<T: Choice>(&mut self, pieces: &[T]) {
        self.stated = false;
        if std::mem::take(&mut self.implied) {
            return;
        }
        for piece in pieces {
            piece.write_variant(self);
        }
    }
}
