//! The loop over children: places each in the type's `Shape`, checks order, occurrence and unknown content,
//! and hands it to the generated `Fields`. Written once, not per type.

use super::attributes::Seen;
use super::contract::{Choice, Fields};
use super::error::{ErrorKind, NoteKind, Result, wording};
use super::name::{Datatype, Ns};
use super::reader::{Mode, Next, Reader};
use super::shape::{Model, Particle, Shape, Term};
use super::space::is_space;

/// A choice that is the whole content of an element, while it is read; and whether it was.
struct Only<'t, T>(&'t mut T, bool);

impl<T: Choice> Fields for Only<'_, T> {
    fn field(&mut self, at: usize, r: &mut Reader<'_>) -> Result<()> {
        let read = r.alternative_at(at, self.0);
        self.1 |= read.is_ok();
        read
    }
}

/// Where a content model stands.
pub(crate) struct Cursor {
    /// Particle that matched last (sequence).
    pub(crate) index: usize,
    /// How often it has matched.
    pub(crate) count: u32,
    /// Which particles have matched at all, for the models without order.
    pub(crate) seen: Seen,
    /// A lenient reader has met a particle out of its order, or passed over one that is required.
    pub(crate) disordered: bool,
    /// The group may occur once more, so that what begins it need not stand out of order.
    repeats: bool,
}

/// Where a child belongs.
enum Place {
    /// To the particle with this index.
    At(usize),
    /// To none, or to one that cannot take it any more (`repeated`).
    Nowhere { repeated: bool },
}

impl<'a> Reader<'a> {
    /// Reads attributes and content of the innermost open element up to and with its end tag.
    ///
    /// # Errors
    /// Whatever is wrong with the content.
    pub fn complex(&mut self, shape: &'static Shape, fields: &mut dyn Fields) -> Result<()> {
        if shape.nested {
            return self.children(shape, fields, true);
        }
        if !self.attributes.is_empty() || !shape.attributes.is_empty() {
            self.attributes(shape, fields)?;
        }
        match shape.model {
            Model::Text | Model::Mixed => fields.field(0, self),
            Model::Empty => self.nothing(),
            Model::Sequence | Model::All | Model::Choice => self.children(shape, fields, false),
        }
    }

    /// An error for a strict reader, a note for a lenient one.
    #[cold]
    pub(crate) fn deviation(&mut self, kind: NoteKind, offset: usize, message: String) -> Result<()> {
        match self.mode {
            Mode::Strict => Err(self.violation(offset, message)),
            Mode::Lenient => {
                self.note(kind, offset, message);
                Ok(())
            }
        }
    }

    /// Reads the end of an element that must hold nothing: to a strict reader white space is something.
    pub(crate) fn nothing(&mut self) -> Result<()> {
        let depth = self.open.len();
        if self.mode == Mode::Strict && !self.self_closed {
            let (at, mut text) = (self.pos, String::new());
            self.characters(&mut text)?;
            if !text.is_empty() {
                let holder = &self.open[depth - 1];
                let message = wording::no_content(self.name_of(holder));
                return Err(self.violation(at, message));
            }
        }
        loop {
            let (kind, at) = match self.next()? {
                Next::End => return self.take_end(),
                Next::Start => (NoteKind::UnknownElement, self.tag()),
                Next::Text => (NoteKind::UnexpectedText, self.pos),
            };
            let holder = &self.open[depth - 1];
            let message = wording::no_content(self.name_of(holder));
            self.deviation(kind, at, message)?;
            match kind {
                NoteKind::UnknownElement => self.skip_to(depth)?,
                _ => self.skip_text()?,
            }
        }
    }

    /// Reads children by `shape`. With `nested`, the first child is already open, and the element that
    /// no particle takes, or the end, is left to the caller.
    pub(crate) fn children(
        &mut self,
        shape: &'static Shape,
        fields: &mut dyn Fields,
        nested: bool,
    ) -> Result<()> {
        let repeats = std::mem::take(&mut self.repeats) && nested;
        let mut cursor = Cursor { index: 0, count: 0, seen: Seen::default(), disordered: false, repeats };
        if nested {
            self.pending = true;
        }
        let depth = self.open.len() - usize::from(nested);
        let mut begun = false;
        loop {
            let place = match self.expected(shape, &mut cursor)? {
                Some(index) => Place::At(index),
                None => match self.next()? {
                    Next::Start => self.place(shape, &mut cursor)?,
                    Next::Text => {
                        self.unexpected_text(shape, &cursor)?;
                        continue;
                    }
                    Next::End => {
                        self.check_end(shape, &cursor, depth, self.end_offset())?;
                        return if nested { Ok(()) } else { self.take_end() };
                    }
                },
            };
            match place {
                Place::At(index) => {
                    if self.mode == Mode::Lenient {
                        self.repeats = shape.particles[index].max != 1;
                    }
                    match fields.field(index, self) {
                        Ok(()) => {}
                        Err(error) => self.recover(error, &shape.particles[index], depth)?,
                    }
                }
                Place::Nowhere { .. } if nested && !begun => return self.no_such_field(0),
                Place::Nowhere { .. } if nested => {
                    self.check_end(shape, &cursor, depth, self.tag())?;
                    self.pending = true;
                    return Ok(());
                }
                Place::Nowhere { repeated } => self.unknown(shape, &cursor, repeated, depth)?,
            }
            begun = true;
        }
    }

    /// A lenient reader passes over an optional element whose content does not fit.
    #[cold]
    fn recover(&mut self, error: super::Error, particle: &Particle, depth: usize) -> Result<()> {
        let harmless = self.mode == Mode::Lenient && error.kind() == ErrorKind::Violation;
        if !harmless || particle.min > 0 {
            return Err(error);
        }
        self.keep(error.into_note());
        self.skip_to(depth)
    }

    /// Text between children, which is fine where references and CDATA sections stand for white space.
    #[cold]
    fn unexpected_text(&mut self, shape: &'static Shape, cursor: &Cursor) -> Result<()> {
        let (at, mut text) = (self.pos, String::new());
        self.characters(&mut text)?;
        if text.bytes().all(is_space) {
            return Ok(());
        }
        let message = wording::text(self.current(), &expected(shape, cursor), self.vocabulary);
        self.deviation(NoteKind::UnexpectedText, at, message)
    }

    /// A child that has no place in the content model.
    #[cold]
    fn unknown(
        &mut self,
        shape: &'static Shape,
        cursor: &Cursor,
        repeated: bool,
        depth: usize,
    ) -> Result<()> {
        let holder = &self.open[depth - 1];
        let holder = self.name_of(holder);
        let message = wording::child(holder, self.current(), &expected(shape, cursor), self.vocabulary);
        let kind = if repeated { NoteKind::Repeated } else { NoteKind::UnknownElement };
        self.deviation(kind, self.tag(), message)?;
        self.skip_to(depth)
    }

    /// Reads the enum of a choice: as the content of the innermost open element, or as a nested group.
    ///
    /// # Errors
    /// When the content does not fit.
    pub fn choice<T: Choice>(&mut self, slot: &mut T) -> Result<()> {
        if T::SHAPE.nested {
            return match self.alternative(T::SHAPE) {
                Ok(at) => self.alternative_at(at, slot),
                Err(error) => Err(error),
            };
        }
        let mut only = Only(slot, false);
        match self.only(T::SHAPE, &mut only) {
            Ok(()) if !only.1 => self.no_such_field(0),
            read => read,
        }
    }

    /// Reads the alternative at that index.
    fn alternative_at<T: Choice>(&mut self, at: usize, slot: &mut T) -> Result<()> {
        match T::read_variant(at, self) {
            Ok(value) => {
                *slot = value;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Reads an element whose content is a choice.
    fn only(&mut self, shape: &'static Shape, fields: &mut dyn Fields) -> Result<()> {
        if !self.attributes.is_empty() {
            self.no_attributes(Datatype::named(shape.name))?;
        }
        self.children(shape, fields, false)
    }

    /// Index of the alternative that the element just opened begins.
    #[inline]
    pub(crate) fn alternative(&mut self, shape: &'static Shape) -> Result<usize> {
        if let Some(at) = self.chosen(shape) {
            return Ok(at);
        }
        self.other_alternative(shape)
    }

    /// The same for an element that was not recognized.
    fn other_alternative(&mut self, shape: &'static Shape) -> Result<usize> {
        let Some(open) = self.open.last() else { return self.no_such_field(0) };
        let uri = self.open_uri(open);
        let local = self.local_of(open);
        let mut found = shape.begun_by(open.ns, local, uri);
        if found.is_none() && self.mode == Mode::Lenient {
            found = shape.particles.iter().position(|p| p.contains(open.ns, local, uri));
        }
        match found {
            Some(at) => {
                self.admit(&shape.particles[at]);
                Ok(at)
            }
            None => self.no_such_field(0),
        }
    }

    /// The answer to an index that is not in the shape: generated code and shape disagree.
    #[cold]
    pub fn no_such_field<T>(&self, at: usize) -> Result<T> {
        Err(self.no_field(at))
    }

    /// The same, once for all types.
    #[cold]
    fn no_field(&self, at: usize) -> super::Error {
        let message = format!("the generated code has no field {at} here; regenerate it");
        self.violation(self.tag(), message)
    }

    /// Finds the particle for the element just opened.
    #[inline]
    fn place(&mut self, shape: &'static Shape, cursor: &mut Cursor) -> Result<Place> {
        let Some(open) = self.open.last() else { return Ok(Place::Nowhere { repeated: false }) };
        let (ns, local) = (open.ns, self.local_of(open));
        if shape.model == Model::Choice {
            return Ok(self.place_choice(shape, cursor, ns, local));
        }
        if self.mode == Mode::Lenient || shape.model == Model::All {
            return Ok(self.place_anywhere(shape, cursor, ns, local));
        }
        // The expected place: the same particle again, or the next.
        let mut index = cursor.index;
        while let Some(particle) = shape.particles.get(index) {
            let room = index > cursor.index || cursor.count < particle.max;
            let fits = match &particle.term {
                Term::Element(name) => name.is(ns, local),
                _ => self.wide_fit(particle, ns, local, false),
            };
            if fits && room {
                self.admit(particle);
                cursor.count = if index == cursor.index { cursor.count + 1 } else { 1 };
                cursor.index = index;
                return Ok(Place::At(index));
            }
            let satisfied = particle.emptiable() || (index == cursor.index && cursor.count >= particle.min);
            if !satisfied {
                break;
            }
            index += 1;
        }
        Ok(Place::Nowhere { repeated: false })
    }

    fn wide_fit(&self, particle: &Particle, ns: Ns, local: &str, anywhere: bool) -> bool {
        let uri = self.open.last().map_or("", |open| self.open_uri(open));
        if anywhere { particle.contains(ns, local, uri) } else { particle.starts_with(ns, local, uri) }
    }

    fn place_choice(&mut self, shape: &'static Shape, cursor: &mut Cursor, ns: Ns, local: &str) -> Place {
        let uri = self.open.last().map_or("", |open| self.open_uri(open));
        match shape.begun_by(ns, local, uri) {
            Some(index) if cursor.count == 0 => {
                (cursor.index, cursor.count) = (index, 1);
                self.admit(&shape.particles[index]);
                Place::At(index)
            }
            found => Place::Nowhere { repeated: found.is_some() },
        }
    }

    /// Placing without order: the expected place first, then any. A list that is full takes more only where nothing behind
    /// it does: `a{2}, a{3}`, or a wildcard before what it admits too.
    fn place_anywhere(&mut self, shape: &'static Shape, cursor: &mut Cursor, ns: Ns, local: &str) -> Place {
        let mut repeated = false;
        for index in (cursor.index..shape.particles.len()).chain(0..cursor.index) {
            let particle = &shape.particles[index];
            let fits = match &particle.term {
                Term::Element(name) => name.is(ns, local),
                _ => self.wide_fit(particle, ns, local, self.mode == Mode::Lenient),
            };
            if !fits {
                continue;
            }
            // In order it begins the group once more.
            let begins = || shape.particles[..index].iter().all(Particle::emptiable);
            let full = index == cursor.index && cursor.count >= particle.max;
            let again = full || index < cursor.index;
            if cursor.repeats && again && shape.can_end(cursor.index, cursor.count) && begins() {
                return Place::Nowhere { repeated: false };
            }
            if particle.max == 1 && cursor.seen.contains(index) {
                repeated = true;
                continue;
            }
            if full && self.is_taken_behind(shape, index) {
                continue;
            }
            self.admit(particle);
            cursor.seen.insert(index);
            // What was passed over is looked for at the end.
            cursor.disordered |= index != cursor.index;
            cursor.count = if index == cursor.index { cursor.count.saturating_add(1) } else { 1 };
            cursor.index = index;
            return Place::At(index);
        }
        Place::Nowhere { repeated }
    }

    /// Whether a particle behind that one can take the element just opened.
    #[cold]
    fn is_taken_behind(&self, shape: &'static Shape, index: usize) -> bool {
        let Some(open) = self.open.last() else { return false };
        let (uri, local) = (self.open_uri(open), self.local_of(open));
        shape.particles.iter().skip(index + 1).any(|particle| particle.contains(open.ns, local, uri))
    }

    /// Checks that nothing required is missing when the content ends at `offset`.
    #[inline]
    fn check_end(&self, shape: &'static Shape, cursor: &Cursor, depth: usize, offset: usize) -> Result<()> {
        let in_order = shape.model == Model::Sequence && !cursor.disordered;
        if in_order && shape.can_end(cursor.index, cursor.count) {
            return Ok(());
        }
        self.check_rest(shape, cursor, depth, offset)
    }

    fn check_rest(&self, shape: &'static Shape, cursor: &Cursor, depth: usize, offset: usize) -> Result<()> {
        let complete = if shape.model == Model::Choice {
            cursor.count > 0 || shape.emptiable()
        } else if self.mode == Mode::Lenient || shape.model == Model::All {
            missing(shape, cursor).is_empty()
        } else {
            let rest = shape.particles.get(cursor.index..).unwrap_or_default();
            match rest.split_first() {
                Some((p, rest)) => {
                    (p.emptiable() || cursor.count >= p.min) && rest.iter().all(Particle::emptiable)
                }
                None => true,
            }
        };
        if complete { Ok(()) } else { Err(self.incomplete(shape, cursor, depth, offset)) }
    }

    #[cold]
    fn incomplete(
        &self,
        shape: &'static Shape,
        cursor: &Cursor,
        depth: usize,
        offset: usize,
    ) -> super::Error {
        let missing = if self.mode == Mode::Lenient && shape.model != Model::Choice {
            missing(shape, cursor)
        } else {
            expected(shape, cursor)
        };
        let holder = &self.open[depth - 1];
        let message = wording::incomplete(self.name_of(holder), &missing, self.vocabulary);
        self.violation(offset, message)
    }
}

/// What must stand somewhere and was not seen.
fn missing(shape: &'static Shape, cursor: &Cursor) -> Vec<&'static Term> {
    let mut terms = Vec::new();
    for (at, particle) in shape.particles.iter().enumerate() {
        if particle.min > 0 && !cursor.seen.contains(at) && !particle.emptiable() {
            terms.push(&particle.term);
        }
    }
    terms
}

/// What may stand next.
fn expected(shape: &'static Shape, cursor: &Cursor) -> Vec<&'static Term> {
    let mut terms = Vec::new();
    let mut add = |term: &'static Term| terms.push(term);
    match shape.model {
        Model::Empty | Model::Text | Model::Mixed => {}
        Model::Choice if cursor.count > 0 => {}
        Model::Choice => shape.first(0, &mut add),
        Model::All => {
            for (at, particle) in shape.particles.iter().enumerate() {
                if !cursor.seen.contains(at) {
                    particle.first(&mut add);
                }
            }
        }
        Model::Sequence => {
            let Some(current) = shape.particles.get(cursor.index) else { return terms };
            if cursor.count < current.max {
                current.first(&mut add);
            }
            if current.emptiable() || cursor.count >= current.min {
                shape.first(cursor.index + 1, &mut add);
            }
        }
    }
    terms
}
