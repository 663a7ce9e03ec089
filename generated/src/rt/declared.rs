//! Default and fixed values of elements: what an empty element stands for, and the only value an element may have.

use std::borrow::Cow;
use std::ops::Deref;

use super::contract::{Blank, Content};
use super::error::{NoteKind, Result, wording};
use super::reader::Reader;
use super::shape::Particle;
use super::value::Value;
use super::writer::Writer;

/// The value of an element whose declaration has a default or fixed value: one that is empty has that value, and is
/// empty when it is written again. Equal are those whose values are.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Defaulted<T> {
    value: T,
    implied: bool,
}

impl<T> Defaulted<T> {
    /// A value that will be written.
    pub fn new(value: T) -> Defaulted<T> {
        Defaulted { value, implied: false }
    }

    /// The value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// Whether the element was empty, so that the value is that of its declaration.
    pub fn is_implied(&self) -> bool {
        self.implied
    }

    /// The value by itself.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: PartialEq> PartialEq for Defaulted<T> {
    fn eq(&self, other: &Defaulted<T>) -> bool {
        self.value == other.value
    }
}

impl<T> Deref for Defaulted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> From<T> for Defaulted<T> {
    fn from(value: T) -> Defaulted<T> {
        Defaulted::new(value)
    }
}

impl<T: Blank> Blank for Defaulted<T> {
    fn blank() -> Defaulted<T> {
        Defaulted::new(T::blank())
    }
}

impl<T: Content> Content for Defaulted<T> {
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        r.implied = false;
        let done = self.value.read(r);
        r.declared = None;
        self.implied = std::mem::take(&mut r.implied);
        done
    }

    fn write(&self, particle: &'static Particle, w: &mut Writer) {
        if self.implied {
            w.imply(particle, &self.value);
        } else {
            w.state(particle, &self.value);
        }
    }

    fn read_nil(r: &mut Reader<'_>) -> Result<()> {
        if let Some(Declared { fixed: true, .. }) = r.declared.take() {
            let message = wording::fixed_nil(r.current());
            r.deviation(NoteKind::UnknownValue, r.tag(), message)?;
        }
        T::read_nil(r)
    }
}

/// The default or fixed value of the element that is read next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared {
    text: &'static str,
    fixed: bool,
}

impl Declared {
    /// The value as the schema writes it.
    pub(crate) fn text(self) -> &'static str {
        self.text
    }

    /// Whether it is the only value.
    pub(crate) fn is_fixed(self) -> bool {
        self.fixed
    }
}

impl Reader<'_> {
    /// Says what the child that is read next stands for when it is empty.
    pub fn default(&mut self, text: &'static str) -> &mut Self {
        self.declared = Some(Declared { text, fixed: false });
        self
    }

    /// Says the only value of the child that is read next.
    pub fn fixed(&mut self, text: &'static str) -> &mut Self {
        self.declared = Some(Declared { text, fixed: true });
        self
    }

    /// The text of an element with a default or fixed value: what is there, or what that stands for when it is empty.
    #[cold]
    pub(crate) fn stand_in<'t>(&mut self, text: Cow<'t, str>, declared: Declared) -> Cow<'t, str> {
        self.implied = text.is_empty();
        if self.implied { Cow::Borrowed(declared.text) } else { text }
    }

    /// Checks the value of an element that has a fixed value.
    #[cold]
    pub(crate) fn check_declared(
        &mut self,
        value: &dyn Value,
        declared: Declared,
        local: &str,
        offset: usize,
    ) -> Result<()> {
        if !declared.fixed || self.implied || value.differs(declared.text).is_none() {
            return Ok(());
        }
        self.deviation(NoteKind::UnknownValue, offset, wording::fixed_element(local, declared.text))
    }

    /// Checks the content of an element of any type, which is still to be read.
    #[cold]
    pub(crate) fn check_declared_text(&mut self, declared: Declared) -> Result<()> {
        let text = self.peek_text();
        if !declared.fixed || text.is_some_and(|text| text.is_empty() || *text == *declared.text) {
            return Ok(());
        }
        let message = wording::fixed_element(self.local(), declared.text);
        self.deviation(NoteKind::UnknownValue, self.tag(), message)
    }

    /// Checks the value of an attribute that differs from its fixed value as text.
    #[cold]
    pub(crate) fn check_fixed(
        &mut self,
        value: &dyn Value,
        fixed: &str,
        local: &str,
        offset: usize,
    ) -> Result<()> {
        match value.differs(fixed) {
            None => Ok(()),
            Some(fixed) => {
                self.deviation(NoteKind::UnknownValue, offset, wording::fixed_attribute(local, &fixed))
            }
        }
    }
}
