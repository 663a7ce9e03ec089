//! Unions of simple types: an enum with one variant for each member type, tried in order.

use super::simple::Simple;

/// Implements what a union needs.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_union {
    ($name:ident, $type_name:expr, [$($variant:ident($member:ty)),* $(,)?]) => {
        $(
            impl ::core::convert::From<$member> for $name {
                fn from(value: $member) -> $name {
                    $name::$variant(value)
                }
            }
        )*

        impl $crate::rt::Blank for $name {
            fn blank() -> $name {
                // The first member: a reader replaces it.
                let first: [fn() -> $name; 0 $(+ { let _ = ::core::stringify!($variant); 1 })*] =
                    [$(|| $name::$variant(<$member as $crate::rt::Blank>::blank())),*];
                first[0]()
            }
        }

        impl $crate::rt::Simple for $name {
            const TYPE: $crate::rt::TypeName = $type_name;

            fn parse(text: &str) -> ::core::result::Result<$name, $crate::rt::Invalid> {
                let mut problem = $crate::rt::Invalid::facet("Union");
                $(
                    match <$member as $crate::rt::Simple>::parse(text) {
                        ::core::result::Result::Ok(value) if $crate::rt::Simple::is_known(&value) => {
                            return ::core::result::Result::Ok($name::$variant(value));
                        }
                        ::core::result::Result::Ok(_) => {}
                        ::core::result::Result::Err(invalid) => problem = invalid,
                    }
                )*
                // A value of an open enumeration that its schema does not list comes last.
                $(
                    if let ::core::result::Result::Ok(value) = <$member as $crate::rt::Simple>::parse(text) {
                        return ::core::result::Result::Ok($name::$variant(value));
                    }
                )*
                ::core::result::Result::Err(problem)
            }

            const NAMES: bool = false $(|| <$member as $crate::rt::Simple>::NAMES)*;

            fn names(&mut self, each: &mut dyn ::core::ops::FnMut(&mut $crate::rt::QName)) {
                match self {
                    $($name::$variant(value) => $crate::rt::Simple::names(value, each),)*
                }
            }

            fn bound(&self) -> ::core::result::Result<(), $crate::rt::Invalid> {
                if !<$name as $crate::rt::Simple>::NAMES {
                    return ::core::result::Result::Ok(());
                }
                match self {
                    $($name::$variant(value) => $crate::rt::Simple::bound(value),)*
                }
            }

            // A closure of a constant is compiled where that is used, which is for unions of names alone.
            const OTHERS: ::core::option::Option<fn(&str, usize) -> ::core::option::Option<$name>> =
                if <$name as $crate::rt::Simple>::NAMES {
                    ::core::option::Option::Some(|text, behind| {
                        let members: &[fn(&str) -> ::core::option::Option<$name>] =
                            &[$(|text| $crate::rt::prelude::known(text).map(|member: $member| $name::$variant(member))),*];
                        members.iter().filter_map(|member| member(text)).nth(behind)
                    })
                } else {
                    ::core::option::Option::None
                };

            fn is_known(&self) -> bool {
                match self {
                    $($name::$variant(value) => $crate::rt::Simple::is_known(value),)*
                }
            }

            fn write(&self, out: &mut $crate::rt::Text<'_>) {
                match self {
                    $($name::$variant(value) => $crate::rt::Simple::write(value, out),)*
                }
            }
        }

        impl $crate::rt::prelude::Measured for $name {
            fn length(&self) -> usize {
                $crate::rt::to_text(self).chars().count()
            }
            fn order(&self, _bound: &str) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::None
            }
            // Each member treats white space in its own way.
            fn normalized<'t>(&'t self, text: &'t str) -> ::std::borrow::Cow<'t, str> {
                match self {
                    $($name::$variant(value) => $crate::rt::prelude::Measured::normalized(value, text),)*
                }
            }
        }

        $crate::rt::prelude::simple_content!($name);
        $crate::rt::prelude::serde_text!($name);
    };
}
pub use crate::__oxws_union as union;

/// The value of a text that is one, and one that the schema lists.
#[doc(hidden)]
pub fn known<T: Simple>(text: &str) -> Option<T> {
    T::parse(text).ok().filter(T::is_known)
}
