//! Wide types: dozens of optional children kept as a sorted list of those that are there, so that an
//! instance costs what it holds. Generated code lists the children once; this writes the methods.

/// Position of a field among its siblings, for keeping them in schema order.
pub trait Ordered {
    /// Index of the child in the type's shape.
    fn order(&self) -> u16;
}

/// Puts a field in its place, replacing the one that is there.
pub fn set<F: Ordered>(fields: &mut Vec<F>, field: F) {
    let order = field.order();
    // Values are set in order, mostly.
    let mut at = fields.len();
    while at > 0 && fields[at - 1].order() > order {
        at -= 1;
    }
    match at.checked_sub(1) {
        Some(before) if fields[before].order() == order => fields[before] = field,
        _ => fields.insert(at, field),
    }
}

/// The field with this order.
pub fn get<F: Ordered>(fields: &[F], order: u16) -> Option<&F> {
    fields.iter().find(|field| field.order() == order)
}

/// Sets the field with this order, or takes it out.
fn put<F: Ordered>(fields: &mut Vec<F>, order: u16, field: Option<F>) {
    match field {
        Some(field) => set(fields, field),
        None => fields.retain(|field| field.order() != order),
    }
}

/// Sets the field with this order to a value, or takes it out; `field` makes the one of the other.
pub fn put_as<T, K: From<T>, F: Ordered>(
    fields: &mut Vec<F>,
    order: u16,
    value: Option<T>,
    field: fn(K) -> F,
) {
    put(fields, order, value.map(|value| field(value.into())));
}

/// How many fields a value has room for when the first is read: growing from one costs more than the room.
const USUAL: usize = 16;

/// Adds a field that was read: at the end when it comes in schema order, else in its place.
pub(crate) fn add<F: Ordered>(fields: &mut Vec<F>, field: F) {
    if fields.capacity() == 0 {
        fields.reserve_exact(USUAL);
    }
    match fields.last() {
        Some(last) if last.order() >= field.order() => set(fields, field),
        _ => fields.push(field),
    }
}

/// Takes the fields before this order off the front of a list of them.
pub fn before<'f, F: Ordered>(rest: &mut &'f [F], order: u16) -> &'f [F] {
    let mut count = 0;
    while rest.get(count).is_some_and(|field| field.order() < order) {
        count += 1;
    }
    let (before, after) = rest.split_at(count);
    *rest = after;
    before
}

/// Implements the enum of a wide type's optional children and the methods that get and set them.
///
/// One line per child: `index Variant(Type) getter setter builder;`, documentation above it. `Variant(Type, boxed)`
/// keeps a `Box` of it: an enum is as large as its largest variant.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_wide {
    ($owner:ident, $fields:ident; $($(#[doc = $doc:literal])* $at:literal $variant:ident($type:ty $(, $boxed:ident)?) $get:ident $set:ident $with:ident;)*) => {
        #[doc = ::core::concat!("One optional child of [`", ::core::stringify!($owner), "`].")]
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum $fields {
            $($(#[doc = $doc])* $variant($crate::rt::prelude::kept!($type $(, $boxed)?)),)*
        }

        impl $crate::rt::prelude::Ordered for $fields {
            fn order(&self) -> u16 {
                match self {
                    $($fields::$variant(_) => $at,)*
                }
            }
        }

        impl $owner {
            /// The optional children that are there, in schema order.
            pub fn fields(&self) -> &[$fields] {
                &self.fields
            }

            /// Takes out the optional children for which `keep` answers `false`.
            pub fn retain_fields(&mut self, keep: impl FnMut(&$fields) -> bool) {
                self.fields.retain(keep);
            }

            $(
                $(#[doc = $doc])*
                #[inline]
                pub fn $get(&self) -> ::core::option::Option<&$type> {
                    match $crate::rt::prelude::get(&self.fields, $at) {
                        ::core::option::Option::Some($fields::$variant(value)) => {
                            ::core::option::Option::Some(::core::borrow::Borrow::borrow(value))
                        }
                        _ => ::core::option::Option::None,
                    }
                }

                /// Sets or removes what the method of this name without `set_` answers.
                pub fn $set(&mut self, value: impl ::core::convert::Into<::core::option::Option<$type>>) {
                    $crate::rt::prelude::put_as(&mut self.fields, $at, value.into(), $fields::$variant);
                }

                /// The same value with what the method of this name without `with_` answers.
                #[must_use]
                pub fn $with(mut self, value: impl ::core::convert::Into<$crate::rt::prelude::kept!($type $(, $boxed)?)>) -> Self {
                    $crate::rt::prelude::set(&mut self.fields, $fields::$variant(value.into()));
                    self
                }
            )*
        }
    };
}
pub use crate::__oxws_wide as wide;

/// What the enum of a wide type's children keeps of a child.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_kept {
    ($type:ty) => {
        $type
    };
    ($type:ty, boxed) => {
        ::std::boxed::Box<$type>
    };
}
pub use crate::__oxws_kept as kept;
