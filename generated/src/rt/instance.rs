//! What `xsi:type` and `xsi:nil` say: families of types as enums, nillable elements.

use super::any::AnyAttribute;
use super::contract::{Blank, Content};
use super::error::{NoteKind, Result, wording};
use super::name::{Ns, TypeName};
use super::reader::Reader;
use super::shape::Particle;
use super::writer::Writer;

/// What generated code implements for the enum of a type and its descendants.
pub trait Family: Sized {
    /// Name of the declared type.
    const NAME: TypeName;
    /// Names of the members, one for each variant.
    const TYPES: &'static [TypeName];
    /// Whether the first member is the declared type itself, which needs no `xsi:type`; else that is abstract.
    const OWN: bool;

    /// Reads the member at index `at` of `TYPES`.
    ///
    /// # Errors
    /// When the content does not fit.
    fn read_as(at: usize, r: &mut Reader<'_>) -> Result<Self>;

    /// Writes the element with the `xsi:type` of its variant.
    fn write_as(&self, particle: &'static Particle, w: &mut Writer);
}

/// Implements what the enum of a family needs.
///
/// First the enum, the name of the declared type, whether that is a member, and the member to begin with. Then one line
/// per member: `index Variant(Type) name, "name on the wire";`, where what is written for the declared type is empty.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_family {
    ($name:ident, $declared:expr, $own:literal, $blank:ident($blank_type:ty); $($at:literal $variant:ident($member:ty) $type:expr, $written:literal;)*) => {
        impl $crate::rt::Blank for $name {
            fn blank() -> $name {
                $name::$blank(<$blank_type as $crate::rt::Blank>::blank().into())
            }
        }

        impl $crate::rt::Family for $name {
            const NAME: $crate::rt::TypeName = $declared;
            const TYPES: &'static [$crate::rt::TypeName] = &[$($type),*];
            const OWN: bool = $own;

            fn read_as(at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<$name> {
                let mut value = match at {
                    $($at => $crate::rt::prelude::begun(|member: $member| $name::$variant(member.into())),)*
                    _ => r.no_such_field(at),
                };
                let read = match &mut value {
                    $(::core::result::Result::Ok($name::$variant(v)) => {
                        r.one::<$member>(::core::borrow::BorrowMut::borrow_mut(v))
                    })*
                    ::core::result::Result::Err(_) => ::core::result::Result::Ok(()),
                };
                match read {
                    ::core::result::Result::Ok(()) => value,
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            }

            fn write_as(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                match self {
                    $($name::$variant(value) => {
                        w.typed::<$member>($written, particle, ::core::borrow::Borrow::borrow(value));
                    })*
                }
            }
        }

        impl $crate::rt::Content for $name {
            fn read(&mut self, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                *self = r.by_type()?;
                Ok(())
            }

            fn read_nil(r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                match r.member_of::<$name>()? {
                    $($at => <$member as $crate::rt::Content>::read_nil(r),)*
                    at => r.no_such_field(at),
                }
            }

            fn write(&self, particle: &'static $crate::rt::Particle, w: &mut $crate::rt::Writer) {
                $crate::rt::Family::write_as(self, particle, w);
            }
        }
    };
}
pub use crate::__oxws_family as family;

/// Makes the members of a family into values of its enum.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_family_from {
    ($name:ident, [$($variant:ident($member:ty)),* $(,)?]) => {$(
        impl ::core::convert::From<$member> for $name {
            fn from(value: $member) -> $name {
                $name::$variant(value.into())
            }
        }
    )*};
}
pub use crate::__oxws_family_from as family_from;

/// The content of a nillable element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Nillable<T> {
    /// `xsi:nil="true"`: there is no value.
    Nil,
    /// The same with attributes, which are kept as they are.
    NilWith(Vec<AnyAttribute>),
    /// A value.
    Value(T),
}

impl<T> Nillable<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Nillable::Nil | Nillable::NilWith(_) => None,
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
        if !r.is_nil() {
            r.drop_not_nil();
            *self = Nillable::Value(r.item()?);
            return Ok(());
        }
        r.attributes.retain(|a| a.ns != Ns::XSI || a.local != "nil");
        let kept = AnyAttribute::take_all(r)?;
        r.nil = true;
        let read = T::read_nil(r);
        r.nil = false;
        read?;
        *self = if kept.is_empty() { Nillable::Nil } else { Nillable::NilWith(kept) };
        r.declared = None;
        r.nothing()
    }

    fn write(&self, particle: &'static Particle, w: &mut Writer) {
        match self {
            Nillable::Nil => w.nil(particle, &[]),
            Nillable::NilWith(attributes) => w.nil(particle, attributes),
            Nillable::Value(value) => value.write(particle, w),
        }
    }
}

impl Reader<'_> {
    /// Reads the innermost open element as the type that its `xsi:type` names.
    ///
    /// # Errors
    /// When it names none of the family, or there is none where the declared type is abstract.
    pub fn by_type<T: Family>(&mut self) -> Result<T> {
        let at = self.member_of::<T>()?;
        T::read_as(at, self)
    }

    /// Index of the member of a family that the innermost open element is.
    ///
    /// # Errors
    /// As [`Reader::by_type`].
    #[doc(hidden)]
    pub fn member_of<T: Family>(&mut self) -> Result<usize> {
        self.member(T::TYPES, T::NAME, T::OWN)
    }

    /// Index of the member of a family that the innermost open element is; takes its `xsi:type`.
    #[inline]
    fn member(&mut self, types: &[TypeName], declared: TypeName, own: bool) -> Result<usize> {
        let Some(at) = self.attributes.iter().position(|a| a.ns == Ns::XSI && a.local == "type") else {
            return match own {
                true => Ok(0),
                false => Err(self.violation(self.tag(), wording::missing_type(declared))),
            };
        };
        let attribute = self.attributes.remove(at);
        let value = self.unescape_attribute(attribute.raw)?;
        let known = types.iter().position(|known| self.names_type(&value, *known));
        match known {
            Some(at) => Ok(at),
            // A lenient reader takes what the declared type has.
            None if own => {
                let message = wording::bad_type(&value, declared);
                self.deviation(NoteKind::UnknownAttribute, attribute.offset, message).map(|()| 0)
            }
            None => Err(self.violation(attribute.offset, wording::bad_type(&value, declared))),
        }
    }
}
