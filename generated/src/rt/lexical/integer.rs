//! `Integer` and the four types that limit its sign.

use super::decimal::number;
use crate::rt::error::Invalid;
use crate::rt::simple::{Simple, trim};
use crate::rt::words::is_digits;

/// A whole number of any size: xs:integer.
///
/// Valid literals: `-1`, `0`, `12678967543233`, `+100000`, `007`. Invalid: `1.0`, `1.`, `1e5`, `- 1`, `+` and
/// the empty text.
///
/// Keeps the digits as written; compares by value: `7`, `+7` and `007` are equal.
#[derive(Clone)]
pub struct Integer(String);

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && is_digits(digits)
}

number!(Integer, "integer", is_integer, [i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize]);

impl Integer {
    #[inline]
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

macro_rules! to_rust {
    ($($int:ty, $kind:literal;)*) => {$(
        impl TryFrom<&Integer> for $int {
            type Error = Invalid;

            /// # Errors
            /// When it does not fit.
            #[inline]
            fn try_from(value: &Integer) -> Result<$int, Invalid> {
                let digits = value.digits();
                let number = match digits.negative {
                    true => digits.to_i128().and_then(|number| <$int>::try_from(number).ok()),
                    false => digits.size().and_then(|number| <$int>::try_from(number).ok()),
                };
                number.ok_or_else(|| super::literal(&value.0, $kind))
            }
        }
    )*};
}

to_rust! {
    i8, "SByte";
    i16, "Int16";
    i32, "Int32";
    i64, "Int64";
    i128, "Int128";
    u8, "Byte";
    u16, "UInt16";
    u32, "UInt32";
    u64, "UInt64";
    u128, "UInt128";
}

/// A number for which `valid` answers `true`.
fn kept(value: Integer, valid: fn(&Integer) -> bool, kind: &str) -> Result<Integer, Invalid> {
    if valid(&value) { Ok(value) } else { Err(super::literal(&value.0, kind)) }
}

/// Such a number from its text.
fn limited(text: &str, valid: fn(&Integer) -> bool, kind: &str) -> Result<Integer, Invalid> {
    match Integer::parse(text) {
        Ok(value) => kept(value, valid, kind),
        Err(_) => Err(super::literal(trim(text), kind)),
    }
}

/// An integer whose sign is limited.
macro_rules! limited {
    ($($(#[$doc:meta])* $type:ident, $local:literal, $blank:literal, |$value:ident| $valid:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(Integer);

        impl $type {
            /// Checks and wraps a number.
            ///
            /// # Errors
            /// When it is outside the type's range.
            #[inline]
            pub fn new(value: impl Into<Integer>) -> Result<$type, Invalid> {
                kept(value.into(), $type::valid, stringify!($type)).map($type)
            }

            fn valid($value: &Integer) -> bool {
                $valid
            }

            /// The number.
            #[inline]
            pub fn get(&self) -> &Integer {
                &self.0
            }

            /// The number by itself.
            #[inline]
            pub fn into_inner(self) -> Integer {
                self.0
            }
        }

        impl crate::rt::Simple for $type {
            const TYPE: crate::rt::TypeName = crate::rt::simple::builtin($local);

            #[inline]
            fn parse(text: &str) -> Result<$type, Invalid> {
                limited(text, $type::valid, stringify!($type)).map($type)
            }

            fn check(text: &str) -> Result<(), Invalid> {
                match limited(text, $type::valid, stringify!($type)) {
                    Ok(_) => Ok(()),
                    Err(invalid) => Err(invalid),
                }
            }

            #[inline]
            fn write(&self, out: &mut crate::rt::Text<'_>) {
                self.0.write(out);
            }
        }

        impl std::ops::Deref for $type {
            type Target = Integer;

            #[inline]
            fn deref(&self) -> &Integer {
                &self.0
            }
        }

        impl From<$type> for Integer {
            #[inline]
            fn from(value: $type) -> Integer {
                value.0
            }
        }

        impl TryFrom<Integer> for $type {
            type Error = Invalid;

            #[inline]
            fn try_from(value: Integer) -> Result<$type, Invalid> {
                $type::new(value)
            }
        }

        impl std::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl crate::rt::Blank for $type {
            #[inline]
            fn blank() -> $type {
                $type(Integer::from($blank))
            }
        }

        super::shown_by_text!($type);
        super::ordered!($type);
        super::from_text!($type);
    )*};
}

limited! {
    /// An integer from 0: xs:nonNegativeInteger.
    ///
    /// Valid literals: `0`, `-0`, `+5`, `12678967543233`. Invalid: `-1`, `1.0`.
    NonNegativeInteger, "nonNegativeInteger", 0, |value| !value.is_negative();

    /// An integer from 1: xs:positiveInteger.
    ///
    /// Valid literals: `1`, `+5`, `12678967543233`. Invalid: `0`, `-1`, `1.0`.
    PositiveInteger, "positiveInteger", 1, |value| !value.is_negative() && !value.is_zero();

    /// An integer up to 0: xs:nonPositiveInteger.
    ///
    /// Valid literals: `0`, `+0`, `-5`, `-12678967543233`. Invalid: `1`, `-1.0`.
    NonPositiveInteger, "nonPositiveInteger", 0, |value| value.is_negative() || value.is_zero();

    /// An integer up to -1: xs:negativeInteger.
    ///
    /// Valid literals: `-1`, `-12678967543233`. Invalid: `0`, `-0`, `1`, `-1.0`.
    NegativeInteger, "negativeInteger", -1, |value| value.is_negative();
}
