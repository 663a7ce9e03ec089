//! What generated types implement for the runtime, and the macros that fill in the rest.

use super::error::Result;
use super::reader::Reader;
use super::shape::{Particle, Shape};
use super::writer::Writer;

/// What generated code implements for a struct: one line per attribute and child in each method.
///
/// Attributes and children share the methods: what is one function here is one for every type of a crate.
pub trait Fields {
    /// Reads the child at index `at` of the shape, or the attribute at index `at - ATTRIBUTES`, with one of the
    /// reader's calls.
    ///
    /// # Errors
    /// When the content does not fit.
    fn field(&mut self, at: usize, r: &mut Reader<'_>) -> Result<()> {
        r.no_such_field(at)
    }

    /// Writes the attributes, then text or children.
    fn write_fields(&self, w: &mut Writer) {
        let _ = w;
    }
}

/// Where the indices of attributes begin for [`Fields::field`].
pub const ATTRIBUTES: usize = 1 << 16;

/// The shape of a struct.
pub trait Shaped: Fields {
    /// Description of the type.
    const SHAPE: &'static Shape;
}

/// What a struct implements that others hold as their base: these put their own attributes between.
pub trait Held: Fields {
    /// Writes the attributes.
    fn write_attributes(&self, w: &mut Writer);

    /// Writes the children.
    fn write_children(&self, w: &mut Writer);
}

/// A value whose required fields hold placeholders: where the reader begins. It hands a value out only
/// after every required field was read.
#[doc(hidden)]
pub trait Blank {
    fn blank() -> Self;
}

impl<T> Blank for Option<T> {
    fn blank() -> Option<T> {
        None
    }
}

impl<T: Blank> Blank for Box<T> {
    fn blank() -> Box<T> {
        Box::new(T::blank())
    }
}

/// A blank value of the type that is asked for.
#[doc(hidden)]
pub fn value<T: Blank>() -> T {
    T::blank()
}

/// A variant that holds a blank value. A function of its own for each: without optimization, one for all would have room
/// for the values of every variant at once.
///
/// # Errors
/// None: this is where reading begins.
#[doc(hidden)]
pub fn begun<T: Blank, E>(variant: fn(T) -> E) -> Result<E> {
    Ok(variant(T::blank()))
}

/// Implements `Blank` by an expression.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_blank {
    ($type:ty, $value:expr) => {
        impl $crate::rt::Blank for $type {
            fn blank() -> Self {
                $value
            }
        }
    };
}
pub use crate::__oxws_blank as blank;

/// What a particle can hold: elements of complex and simple types, nested groups, any element.
pub trait Content: Blank + Sized {
    /// Reads the reader's innermost open element up to and with its end tag; for a nested group, reads
    /// that element and those after it that belong to the group.
    ///
    /// # Errors
    /// When the content does not fit.
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()>;

    /// Writes the element, or the elements of a nested group.
    fn write(&self, particle: &'static Particle, w: &mut Writer);

    /// Checks the attributes of the innermost open element, which is nil; `xsi:nil` itself is taken already.
    ///
    /// # Errors
    /// When the type does not have them.
    #[doc(hidden)]
    fn read_nil(r: &mut Reader<'_>) -> Result<()> {
        let _ = r;
        Ok(())
    }
}

impl<T: Shaped + Blank> Content for T {
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        r.complex(T::SHAPE, self)
    }

    fn read_nil(r: &mut Reader<'_>) -> Result<()> {
        r.attributes(T::SHAPE, &mut T::blank())
    }

    fn write(&self, particle: &'static Particle, w: &mut Writer) {
        w.complex(particle, self);
    }
}

/// What generated code implements for the enum of a choice.
pub trait Choice: Sized {
    /// The alternatives, one particle each.
    const SHAPE: &'static Shape;

    /// Reads the alternative at index `at` of the shape.
    ///
    /// # Errors
    /// When the content does not fit.
    fn read_variant(at: usize, r: &mut Reader<'_>) -> Result<Self>;

    /// Writes the elements of the alternative.
    fn write_variant(&self, w: &mut Writer);
}

/// Makes the enum of a choice usable as an element or nested group.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_choice_content {
    ($type:ty) => {
        impl $crate::rt::Content for $type {
            fn read(&mut self, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                r.choice(self)
            }
            fn write(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                w.choice(particle, self);
            }
        }
    };
}
pub use crate::__oxws_choice_content as choice_content;
