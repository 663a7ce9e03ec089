//! Types that hold their base type as a member: a wide type that extends a wide one has the shape of that one, then
//! its own particles, and leaves it to the member to read and write what is not its own.

use super::name::TypeName;
use super::shape::{Attribute, Particle, Shape};

/// The parts of a base type, then the own ones.
///
/// # Panics
/// While it is compiled, when `N` is not the number of both.
pub const fn joined<T: Copy, const N: usize>(base: &[T], own: &[T], first: T) -> [T; N] {
    assert!(N == base.len() + own.len(), "all of them have a place");
    let mut all = [first; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < base.len() { base[at] } else { own[at - base.len()] };
        at += 1;
    }
    all
}

impl Shape {
    /// The shape of a type that extends this one.
    pub const fn extended(
        &self,
        name: TypeName,
        attributes: &'static [Attribute],
        particles: &'static [Particle],
    ) -> Shape {
        Shape::of(name, self.model, particles).attributes(attributes)
    }
}

/// Implements the codec of a type that holds its base type, whose shape stands behind the equals sign: as [`wide_fields`],
/// with the attributes and children that it adds. `@open` is for attributes that the base has the field for.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_extended_fields {
    (
        $(#[$lint:meta])*
        $vis:vis $shape:ident: $name:ident $([$fields:ident])? = $base:path, $type:expr;
        $(@ $attr_at:literal $attr_call:ident $attr:ident = $attr_def:expr;)*
        $(@any $any_at:literal $any:ident = $wildcard:expr;)?
        $(@open $open_at:literal $open:ident = $open_wildcard:expr;)?
        $($at:literal $call:ident $(($list:path))? $field:ident $(in $wide:ident $([$wide_list:path])?)?
            $(: $declared:ident($value:literal))? = $particle:expr;)*
    ) => {
        $(#[$lint])*
        $vis static $shape: $crate::rt::Shape = {
            static PARTICLES: &[$crate::rt::Particle] = &[$($particle),*];
            static ATTRIBUTES: &[$crate::rt::Attribute] = &[$($attr_def),*];
            static ALL: [$crate::rt::Particle; $base.particles.len() + PARTICLES.len()] =
                $crate::rt::prelude::joined($base.particles, PARTICLES, $base.particles[0]);
            static ALL_ATTRIBUTES: [$crate::rt::Attribute; $base.attributes.len() + ATTRIBUTES.len()] =
                $crate::rt::prelude::joined($base.attributes, ATTRIBUTES, $crate::rt::Attribute::optional("", ""));
            $base.extended($type, &ALL_ATTRIBUTES, &ALL)
                $(.any_attribute(&$wildcard))?
                $(.any_attribute(&$open_wildcard))?
        };

        impl $crate::rt::Shaped for $name {
            const SHAPE: &'static $crate::rt::Shape = &$shape;
        }

        impl $crate::rt::Fields for $name {
            fn field(&mut self, at: usize, r: &mut $crate::rt::Reader<'_>) -> $crate::rt::Result<()> {
                match at {
                    $($at => $crate::rt::prelude::wide_read!(
                        self, [r$(.$declared($value))?], $call $(($list))? $field $(in $wide $([$wide_list])?)?
                    ),)*
                    _ => match at.wrapping_sub($crate::rt::ATTRIBUTES) {
                        $($attr_at => r.$attr_call(&mut self.$attr),)*
                        $($any_at => r.any_attribute(&mut self.$any),)?
                        $($open_at => r.any_attribute(&mut self.$open),)?
                        _ => $crate::rt::Fields::field(&mut self.base, at, r),
                    },
                }
            }
            fn write_fields(&self, w: &mut $crate::rt::Writer) {
                $crate::rt::Held::write_attributes(self, w);
                $crate::rt::Held::write_children(self, w);
            }
        }

        impl $crate::rt::Held for $name {
            fn write_attributes(&self, w: &mut $crate::rt::Writer) {
                $crate::rt::Held::write_attributes(&self.base, w);
                $(w.$attr_call(&$shape.attributes[$attr_at], &self.$attr);)*
                $(w.any_attributes(&self.$any);)?
            }
            fn write_children(&self, w: &mut $crate::rt::Writer) {
                $crate::rt::Held::write_children(&self.base, w);
                $crate::rt::prelude::wide_content!(
                    self, w, $shape $([$fields])?;
                    $($at $call $(($list))? $field $(in $wide $([$wide_list])?)?;)*
                );
            }
        }
    };
}
pub use crate::__oxws_extended_fields as extended_fields;

/// Ties a type to the base types that it holds, the nearest first: the fields and methods of each are its own, too, but
/// for those that take a value and give it back. It can be made of those behind `from`, being empty otherwise.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_extends {
    ($name:ident: $base:ty $(, $further:ty)* $(; from $($from:ty),+)?) => {
        impl ::core::ops::Deref for $name {
            type Target = $base;
            fn deref(&self) -> &$base {
                &self.base
            }
        }
        impl ::core::ops::DerefMut for $name {
            fn deref_mut(&mut self) -> &mut $base {
                &mut self.base
            }
        }
        impl $name {
            #[doc = ::core::concat!("The same value with all that it has of [`", ::core::stringify!($base), "`].")]
            #[must_use]
            pub fn with_base(mut self, base: $base) -> $name {
                self.base = base;
                self
            }
        }
        $crate::rt::prelude::holds!($name, base, $base $(, $further)*);
        $($(
            impl ::core::convert::From<$from> for $name {
                fn from(base: $from) -> $name {
                    let mut value: $name = $crate::rt::prelude::value();
                    value.base = base.into();
                    value
                }
            }
        )+)?
    };
}
pub use crate::__oxws_extends as extends;

/// References to the base types that a type holds, or is.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_holds {
    ($name:ident) => {
        impl ::core::convert::AsRef<$name> for $name {
            fn as_ref(&self) -> &$name {
                self
            }
        }
        impl ::core::convert::AsMut<$name> for $name {
            fn as_mut(&mut self) -> &mut $name {
                self
            }
        }
    };
    ($name:ident, $field:ident $(, $base:ty)+) => {$(
        impl ::core::convert::AsRef<$base> for $name {
            fn as_ref(&self) -> &$base {
                &self.$field
            }
        }
        impl ::core::convert::AsMut<$base> for $name {
            fn as_mut(&mut self) -> &mut $base {
                &mut self.$field
            }
        }
    )+};
}
pub use crate::__oxws_holds as holds;
