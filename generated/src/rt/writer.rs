//! `Writer`: static tags and escaped text into one buffer. Namespaces are declared once, on the root.

use super::any::AnyAttribute;
use super::contract::{Choice, Content, Fields};
use super::error::{Error, ErrorKind, Place, Result};
use super::name::{Name, Vocabulary, XSI_URI};
use super::shape::{Attribute, Particle, Shape, Term, UNBOUNDED};
use super::simple::{Form, Simple, Text};
use super::value::{Value, text_of};

/// Writes one document; generated code calls its field methods.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    /// The start tag written last has no `>` yet.
    tag_open: bool,
    /// First problem met, reported at the end: a field call has no result to carry it.
    problem: Option<Error>,
    /// Where in `out` the document begins.
    start: usize,
    /// Something of the next element is not as usual: one of the four that follow.
    unusual: bool,
    /// Vocabulary to declare on the next element.
    declare: Option<&'static Vocabulary>,
    /// `xsi:type` to put on the next element.
    typed: Option<&'static str>,
    /// The text of the next element is left out: it has that value anyhow.
    pub(crate) implied: bool,
    /// The next element would have another value if it were empty.
    pub(crate) stated: bool,
    /// The vocabulary that the root declares.
    pub(crate) vocabulary: Option<&'static Vocabulary>,
    /// Lists are written as long as they are.
    any_number: bool,
}

impl Writer {
    /// A writer that appends to `out`.
    pub fn new(out: Vec<u8>) -> Writer {
        Writer {
            start: out.len(),
            out,
            tag_open: false,
            problem: None,
            unusual: false,
            declare: None,
            typed: None,
            implied: false,
            stated: false,
            vocabulary: None,
            any_number: false,
        }
    }

    /// The same writer, which accepts lists that are shorter or longer than the schema asks for: for documents that were
    /// read leniently.
    pub(crate) fn any_number(mut self) -> Writer {
        self.any_number = true;
        self
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
    pub(crate) fn undo(&mut self, mark: usize) {
        self.out.truncate(mark);
    }

    /// Whether the document's vocabulary has a prefix for another namespace than this one.
    pub(super) fn stands_for_another(&self, prefix: &str, uri: &str) -> bool {
        let another = |vocabulary: &Vocabulary| vocabulary.own().any(|(own, of)| own == prefix && of != uri);
        self.vocabulary.is_some_and(another)
    }

    /// The document so far.
    pub(super) fn written(&self) -> &[u8] {
        self.out.get(self.start..).unwrap_or_default()
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
        let tag = name.open();
        self.out.extend_from_slice(&tag[..tag.len() - 1]);
        self.tag_open = true;
        if self.unusual {
            self.declare();
        }
    }

    /// Ends the element begun last.
    #[inline]
    pub fn end(&mut self, name: &'static Name) {
        if self.tag_open {
            self.out.extend_from_slice(b"/>");
            self.tag_open = false;
        } else {
            self.out.extend_from_slice(name.close());
        }
    }

    /// Declares the namespaces of a vocabulary on the element that is written next.
    pub(crate) fn declare_on_next(&mut self, vocabulary: &'static Vocabulary) {
        (self.declare, self.unusual) = (Some(vocabulary), true);
        self.vocabulary = Some(vocabulary);
    }

    #[cold]
    fn declare(&mut self) {
        self.unusual = self.implied | self.stated;
        if let Some(vocabulary) = self.declare.take() {
            for (prefix, uri) in vocabulary.own() {
                if !prefix.is_empty() {
                    self.declare_prefix(prefix, uri);
                }
            }
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
    pub(crate) fn nil(&mut self, particle: &'static Particle, attributes: &[AnyAttribute]) {
        if let Term::Element(name) = &particle.term {
            self.begin(name);
            self.attribute_text(" xmlns:xsi=\"", XSI_URI);
            self.attribute_text(" xsi:nil=\"", "true");
            self.any_attributes(attributes);
            self.end(name);
        }
    }

    /// Writes an element with `xsi:type`, unless the name is empty.
    pub fn typed<T: Content>(&mut self, name: &'static str, particle: &'static Particle, value: &T) {
        if !name.is_empty() {
            (self.typed, self.unusual) = (Some(name), true);
        }
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

    /// Writes an element with its text left out.
    pub(crate) fn imply<T: Content>(&mut self, particle: &'static Particle, value: &T) {
        (self.implied, self.unusual) = (true, true);
        value.write(particle, self);
        self.implied = false;
    }

    /// Writes an element that has a default or fixed value, or else this one.
    pub(crate) fn state<T: Content>(&mut self, particle: &'static Particle, value: &T) {
        (self.stated, self.unusual) = (true, true);
        value.write(particle, self);
        self.stated = false;
    }

    #[inline]
    fn check(&mut self, bad: Option<char>) {
        if let Some(c) = bad {
            self.unwritable(c);
        }
    }

    /// Checks how often a particle occurs.
    #[inline]
    fn count(&mut self, particle: &'static Particle, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count < particle.min || count > particle.max {
            self.miscounted(particle, count);
        }
    }

    #[cold]
    fn miscounted(&mut self, particle: &'static Particle, count: u32) {
        if self.any_number || (count < particle.min && particle.emptiable()) {
            return;
        }
        let mut first = None;
        particle.first(&mut |term| {
            if let (None, Term::Element(name)) = (&first, term) {
                first = Some(name);
            }
        });
        let what = match first {
            Some(name) => format!("`{}`", name.qname()),
            None => "an element that a wildcard admits".to_owned(),
        };
        let most = match particle.max {
            UNBOUNDED => "any number".to_owned(),
            max => max.to_string(),
        };
        let message = format!(
            "{what} occurs {count} times; the schema asks for {} to {most}: fill or shorten the list",
            particle.min
        );
        self.refuse(message);
    }

    #[cold]
    fn unwritable(&mut self, c: char) {
        self.refuse(format!("XML 1.0 cannot carry the character U+{:04X}", u32::from(c)));
    }

    fn refuse(&mut self, message: String) {
        if self.problem.is_none() {
            let path = self.path();
            self.problem = Some(Error::new(ErrorKind::Unwritable, message, Place::default(), path));
        }
    }

    // ---- what generated code calls ------------------------------------------------------------------

    /// Writes an element of simple type.
    #[inline]
    pub fn simple<T: Simple>(&mut self, particle: &'static Particle, value: &T) {
        if T::NAMES {
            let Term::Element(name) = &particle.term else { return };
            self.begin(name);
            self.value(value);
            return self.end(name);
        }
        self.element(particle, value);
    }

    fn element(&mut self, particle: &'static Particle, value: &dyn Value) {
        let Term::Element(name) = &particle.term else { return };
        if self.unusual {
            self.begin(name);
            self.content(value);
            return self.end(name);
        }
        self.close_tag();
        self.out.extend_from_slice(name.open());
        let mut text = Text::new(&mut self.out, Form::Element);
        value.put(&mut text);
        let bad = text.bad();
        self.out.extend_from_slice(name.close());
        self.check(bad);
    }

    /// Writes the text of the element begun last.
    pub fn value<T: Simple>(&mut self, value: &T) {
        if T::NAMES && self.tag_open && !self.implied {
            let mut value = value.clone();
            self.declare_prefixes(&mut value, true);
            return self.content(&value);
        }
        self.content(value);
    }

    fn content(&mut self, value: &dyn Value) {
        if self.unusual {
            return self.unusual_content(value);
        }
        self.close_tag();
        let mut text = Text::new(&mut self.out, Form::Element);
        value.put(&mut text);
        let bad = text.bad();
        self.check(bad);
    }

    /// The same where it may be left out, or must not be empty.
    #[cold]
    fn unusual_content(&mut self, value: &dyn Value) {
        self.unusual = false;
        if std::mem::take(&mut self.implied) {
            return;
        }
        if std::mem::take(&mut self.stated) && text_of(value).is_empty() && value.differs(" ").is_none() {
            // What the type collapses keeps the element from being empty.
            self.close_tag();
            self.out.push(b' ');
            return;
        }
        self.content(value);
    }

    /// Writes an element of complex type, or the members of a nested group.
    pub fn complex(&mut self, particle: &'static Particle, fields: &dyn Fields) {
        match &particle.term {
            Term::Element(name) => {
                self.begin(name);
                fields.write_fields(self);
                self.end(name);
            }
            _ => fields.write_fields(self),
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
    #[inline]
    pub fn attribute<T: Simple>(&mut self, attribute: &'static Attribute, value: &T) {
        if T::NAMES {
            let mut value = value.clone();
            self.declare_prefixes(&mut value, false);
            return self.attribute_value(attribute, &value);
        }
        self.attribute_value(attribute, value);
    }

    fn attribute_value(&mut self, attribute: &'static Attribute, value: &dyn Value) {
        self.out.extend_from_slice(attribute.name.open.as_bytes());
        let mut text = Text::new(&mut self.out, Form::Attribute);
        value.put(&mut text);
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
        self.count(particle, values.len());
        let mut rest = values;
        while let [value, others @ ..] = rest {
            value.write(particle, self);
            rest = others;
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
        self.count(particle, values.len());
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
