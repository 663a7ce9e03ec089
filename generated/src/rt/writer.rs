//! `Writer`: static tags and escaped text into one buffer. Namespaces are declared once, on the root.

use super::any::AnyAttribute;
use super::contract::{Choice, Content, Fields};
use super::error::{Error, ErrorKind, Place, Result};
use super::name::{AttributeName, Name, Vocabulary, XSI_URI};
use super::shape::{Attribute, Particle, Shape, Term};
use super::simple::{Form, Simple, Text};

/// Writes one document; generated code calls its field methods.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    /// The start tag written last has no `>` yet.
    tag_open: bool,
    /// First problem met, reported at the end: a field call has no result to carry it.
    problem: Option<Error>,
    /// Names of the open complex elements, for the path of a problem.
    path: Vec<&'static str>,
    /// Vocabulary to declare on the next element.
    declare: Option<&'static Vocabulary>,
    /// `xsi:type` to put on the next element.
    typed: Option<&'static str>,
}

impl Writer {
    /// A writer that appends to `out`.
    pub fn new(out: Vec<u8>) -> Writer {
        Writer { out, tag_open: false, problem: None, path: Vec::new(), declare: None, typed: None }
    }

    /// The finished document.
    ///
    /// # Errors
    /// When a text held a character that XML cannot carry, such as U+0000.
    pub fn finish(self) -> Result<Vec<u8>> {
        match self.problem {
            None => Ok(self.out),
            Some(problem) => Err(problem),
        }
    }

    /// Appends markup as it is.
    pub(crate) fn raw(&mut self, markup: &str) {
        self.close_tag();
        self.out.extend_from_slice(markup.as_bytes());
    }

    /// How far writing has come.
    pub(crate) fn mark(&mut self) -> usize {
        self.close_tag();
        self.out.len()
    }

    /// Takes back the element that was begun at a mark and is still empty.
    pub(crate) fn undo(&mut self, mark: usize, name: &'static Name) {
        debug_assert_eq!(self.path.last(), Some(&name.local));
        self.path.pop();
        self.out.truncate(mark);
    }

    #[inline]
    fn close_tag(&mut self) {
        if self.tag_open {
            self.out.push(b'>');
            self.tag_open = false;
        }
    }

    /// Begins an element that may have attributes.
    #[inline]
    pub fn begin(&mut self, name: &'static Name) {
        self.close_tag();
        let tag = name.open.as_bytes();
        self.out.extend_from_slice(&tag[..tag.len() - 1]);
        self.tag_open = true;
        self.path.push(name.local);
        if self.declare.is_some() || self.typed.is_some() {
            self.declare();
        }
    }

    /// Ends the element begun last.
    #[inline]
    pub fn end(&mut self, name: &'static Name) {
        self.path.pop();
        if self.tag_open {
            self.out.extend_from_slice(b"/>");
            self.tag_open = false;
        } else {
            self.out.extend_from_slice(name.close.as_bytes());
        }
    }

    /// Declares the namespaces of a vocabulary on the element that is written next.
    pub(crate) fn declare_on_next(&mut self, vocabulary: &'static Vocabulary) {
        self.declare = Some(vocabulary);
    }

    #[cold]
    fn declare(&mut self) {
        let own = self.declare.take().map(Vocabulary::own).into_iter().flatten();
        for (prefix, uri) in own.filter(|(prefix, _)| !prefix.is_empty()) {
            self.declare_prefix(prefix, uri);
        }
        if let Some(name) = self.typed.take() {
            self.attribute_text(" xmlns:xsi=\"", XSI_URI);
            self.attribute_text(" xsi:type=\"", name);
        }
    }

    /// Declares a prefix on the element begun last.
    pub(crate) fn declare_prefix(&mut self, prefix: &str, uri: &str) {
        self.out.extend_from_slice(b" xmlns:");
        self.out.extend_from_slice(prefix.as_bytes());
        self.attribute_text("=\"", uri);
    }

    /// Writes an element that is nil.
    pub(crate) fn nil(&mut self, particle: &'static Particle) {
        if let Term::Element(name) = &particle.term {
            self.begin(name);
            self.attribute_text(" xmlns:xsi=\"", XSI_URI);
            self.attribute_text(" xsi:nil=\"", "true");
            self.end(name);
        }
    }

    /// Writes an element with `xsi:type`, unless the name is empty.
    pub fn typed<T: Content>(&mut self, name: &'static str, particle: &'static Particle, value: &T) {
        self.typed = Some(name).filter(|name| !name.is_empty());
        self.one(particle, value);
    }

    /// Writes an attribute of the element begun last; `open` is ` name="`.
    pub(crate) fn attribute_text(&mut self, open: &str, value: &str) {
        self.out.extend_from_slice(open.as_bytes());
        let mut text = Text::new(&mut self.out, Form::Attribute);
        text.push(value);
        let bad = text.bad();
        self.out.push(b'"');
        self.check(bad);
    }

    /// Whether the start tag begun last, which has no `>` yet, holds this text outside of values.
    pub(crate) fn open_tag_has(&self, text: &str) -> bool {
        // No value holds a `<`, nor the `"` that `text` has.
        let start = self.out.iter().rposition(|b| *b == b'<').unwrap_or(0);
        memchr::memmem::find(&self.out[start..], text.as_bytes()).is_some()
    }

    #[inline]
    fn check(&mut self, bad: Option<char>) {
        if let Some(c) = bad {
            self.unwritable(c);
        }
    }

    #[cold]
    fn unwritable(&mut self, c: char) {
        let path = self.path.iter().fold(String::new(), |path, name| path + "/" + name);
        let message = format!("XML 1.0 cannot carry the character U+{:04X}", u32::from(c));
        let error = Error::new(ErrorKind::Unwritable, message, Place::default(), path);
        self.problem.get_or_insert(error);
    }

    // ---- what generated code calls ------------------------------------------------------------------

    /// Writes an element of simple type.
    #[inline]
    pub fn simple<T: Simple>(&mut self, particle: &'static Particle, value: &T) {
        let Term::Element(name) = &particle.term else { return };
        if self.declare.is_some() || self.typed.is_some() {
            self.begin(name);
            self.value(value);
            return self.end(name);
        }
        self.close_tag();
        self.out.extend_from_slice(name.open.as_bytes());
        let mut text = Text::new(&mut self.out, Form::Element);
        value.write(&mut text);
        let bad = text.bad();
        self.out.extend_from_slice(name.close.as_bytes());
        self.check(bad);
    }

    /// Writes the text of the element begun last.
    pub fn value<T: Simple>(&mut self, value: &T) {
        self.close_tag();
        let mut text = Text::new(&mut self.out, Form::Element);
        value.write(&mut text);
        let bad = text.bad();
        self.check(bad);
    }

    /// Writes an element of complex type, or the members of a nested group.
    pub fn complex(&mut self, particle: &'static Particle, fields: &dyn Fields) {
        match &particle.term {
            Term::Element(name) => {
                self.begin(name);
                fields.write_attributes(self);
                fields.write_content(self);
                self.end(name);
            }
            _ => fields.write_content(self),
        }
    }

    /// Writes the alternative of a choice, within its element if it has one.
    pub fn choice<T: Choice>(&mut self, particle: &'static Particle, choice: &T) {
        match &particle.term {
            Term::Element(name) => {
                self.begin(name);
                choice.write_variant(self);
                self.end(name);
            }
            _ => choice.write_variant(self),
        }
    }

    /// Writes an attribute that is always there.
    pub fn attribute<T: Simple>(&mut self, attribute: &'static Attribute, value: &T) {
        let AttributeName { open, .. } = attribute.name;
        self.out.extend_from_slice(open.as_bytes());
        let mut text = Text::new(&mut self.out, Form::Attribute);
        value.write(&mut text);
        let bad = text.bad();
        self.out.push(b'"');
        self.check(bad);
    }

    /// Writes an attribute if it is there.
    pub fn opt_attribute<T: Simple>(&mut self, attribute: &'static Attribute, value: &Option<T>) {
        if let Some(value) = value {
            self.attribute(attribute, value);
        }
    }

    /// Writes attributes that a wildcard admitted.
    pub fn any_attributes(&mut self, attributes: &[AnyAttribute]) {
        for attribute in attributes {
            attribute.write(self);
        }
    }

    /// Writes a child.
    #[inline]
    pub fn one<T: Content>(&mut self, particle: &'static Particle, value: &T) {
        value.write(particle, self);
    }

    /// Writes a boxed child.
    #[allow(clippy::borrowed_box, reason = "what generated code has")]
    #[inline]
    pub fn boxed<T: Content>(&mut self, particle: &'static Particle, value: &Box<T>) {
        self.one(particle, &**value);
    }

    /// Writes a child if it is there.
    #[inline]
    pub fn opt<T: Content>(&mut self, particle: &'static Particle, value: &Option<T>) {
        if let Some(value) = value {
            self.one(particle, value);
        }
    }

    /// Writes a boxed child if it is there.
    pub fn opt_boxed<T: Content>(&mut self, particle: &'static Particle, value: &Option<Box<T>>) {
        if let Some(value) = value {
            self.one(particle, &**value);
        }
    }

    /// Writes a repeated child.
    pub fn many<T: Content>(&mut self, particle: &'static Particle, values: &[T]) {
        for value in values {
            self.one(particle, value);
        }
    }

    /// Writes a child that wraps a list.
    pub fn list<T: Content>(&mut self, particle: &'static Particle, wrapper: &'static Shape, values: &[T]) {
        if let (Term::Element(name), Some(item)) = (&particle.term, wrapper.particles.first()) {
            self.begin(name);
            self.many(item, values);
            self.end(name);
        }
    }

    /// Writes a child that wraps a list, if it is there.
    pub fn opt_list<T: Content>(
        &mut self,
        particle: &'static Particle,
        wrapper: &'static Shape,
        values: &Option<Vec<T>>,
    ) {
        if let Some(values) = values {
            self.list(particle, wrapper, values);
        }
    }

    /// Writes a repeated child that wraps a list.
    pub fn many_lists<T: Content>(
        &mut self,
        particle: &'static Particle,
        wrapper: &'static Shape,
        values: &[Vec<T>],
    ) {
        for values in values {
            self.list(particle, wrapper, values);
        }
    }

    // ---- fields of wide types -----------------------------------------------------------------------

    /// Writes one of the sparse fields of a wide type.
    #[inline]
    pub fn field<T: Content>(&mut self, particle: &'static Particle, value: &T) {
        self.one(particle, value);
    }

    /// Writes one of the sparse fields of a wide type that is boxed.
    #[allow(clippy::borrowed_box, reason = "what generated code has")]
    #[inline]
    pub fn field_boxed<T: Content>(&mut self, particle: &'static Particle, value: &Box<T>) {
        self.one(particle, &**value);
    }

    /// Writes one of the sparse fields of a wide type that is a list in its wrapper.
    #[inline]
    pub fn field_list<T: Content>(
        &mut self,
        particle: &'static Particle,
        wrapper: &'static Shape,
        values: &[T],
    ) {
        self.list(particle, wrapper, values);
    }
}
