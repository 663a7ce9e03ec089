//! What `xsi:type` and `xsi:nil` say: abstract types as enums of their descendants, nillable elements.

use super::contract::{Blank, Content};
use super::error::{Result, wording};
use super::name::{Ns, TypeName};
use super::reader::Reader;
use super::shape::Particle;
use super::writer::Writer;

/// What generated code implements for the enum of an abstract type's concrete descendants.
pub trait Abstract: Sized {
    /// Name of the abstract type.
    const NAME: TypeName;
    /// Names of the descendants, one for each variant.
    const TYPES: &'static [TypeName];

    /// Reads the descendant at index `at` of `TYPES`.
    ///
    /// # Errors
    /// When the content does not fit.
    fn read_as(at: usize, r: &mut Reader<'_>) -> Result<Self>;

    /// Writes the element with the `xsi:type` of its variant.
    fn write_as(&self, particle: &'static Particle, w: &mut Writer);
}

/// Makes the enum of an abstract type usable as an element.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_abstract_content {
    ($type:ty) => {
        impl $crate::rt::Content for $type {
            fn read(&mut self, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                *self = r.by_type()?;
                Ok(())
            }
            fn write(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                $crate::rt::Abstract::write_as(self, particle, w);
            }
        }
    };
}
pub use crate::__oxws_abstract_content as abstract_content;

/// The content of a nillable element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Nillable<T> {
    /// `xsi:nil="true"`: there is no value.
    Nil,
    /// A value.
    Value(T),
}

impl<T> Nillable<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Nillable::Nil => None,
            Nillable::Value(value) => Some(value),
        }
    }
}

impl<T> Blank for Nillable<T> {
    fn blank() -> Nillable<T> {
        Nillable::Nil
    }
}

impl<T: Content> Content for Nillable<T> {
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        let nil = r.attributes.iter().position(|a| a.ns == Ns::XSI && a.local == "nil");
        let is_nil = nil.is_some_and(|at| matches!(r.attributes[at].raw.trim(), "true" | "1"));
        if !is_nil {
            *self = Nillable::Value(r.item()?);
            return Ok(());
        }
        if let Some(at) = nil {
            r.attributes.remove(at);
        }
        *self = Nillable::Nil;
        r.nothing()
    }

    fn write(&self, particle: &'static Particle, w: &mut Writer) {
        match self {
            Nillable::Nil => w.nil(particle),
            Nillable::Value(value) => value.write(particle, w),
        }
    }
}

impl Reader<'_> {
    /// Reads the innermost open element as the type that its `xsi:type` names.
    ///
    /// # Errors
    /// When there is none, or it names another type.
    pub fn by_type<T: Abstract>(&mut self) -> Result<T> {
        let Some(at) = self.attributes.iter().position(|a| a.ns == Ns::XSI && a.local == "type") else {
            return Err(self.violation(self.tag(), wording::missing_type(T::NAME)));
        };
        let attribute = self.attributes[at];
        let value = self.unescape_attribute(attribute.raw)?;
        match T::TYPES.iter().position(|known| self.names_type(&value, *known)) {
            Some(at) => T::read_as(at, self),
            None => Err(self.violation(attribute.offset, wording::bad_type(&value, T::NAME))),
        }
    }
}
