//! `Decimal`: xs:decimal.

use std::cmp::Ordering;

use super::integer::Integer;
use crate::rt::error::Invalid;
use crate::rt::words::is_digits;

/// An exact decimal number of any size: xs:decimal.
///
/// Valid literals: `-1.23`, `12678967.543233`, `+100000.00`, `210`, `.5`, `5.`. Invalid: `.`, `1e5`, `1,5`,
/// `INF`, `- 1` and the empty text.
///
/// Keeps the digits as written; compares by value: `1`, `1.0` and `+01.` are equal.
///
/// ```
/// # use oxws::rt::Decimal;
/// let price: Decimal = "19.90".parse()?;
/// assert_eq!((price.as_str(), &price), ("19.90", &Decimal::new("19.9")?));
/// assert!(price < Decimal::from(20) && f64::try_from(&price)? == 19.9);
/// # Ok::<(), oxws::rt::Invalid>(())
/// ```
#[derive(Clone)]
pub struct Decimal(String);

/// A number's sign and digits, without zeros at the ends, which do not matter. No digits are 0, which is
/// not negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digits<'a> {
    pub(super) negative: bool,
    pub(super) whole: &'a str,
    pub(super) fraction: &'a str,
}

impl<'a> Digits<'a> {
    /// The digits of a literal.
    pub(super) fn of(text: &'a str) -> Digits<'a> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = whole.trim_start_matches(['+', '-', '0']);
        let fraction = fraction.trim_end_matches('0');
        let zero = digits.is_empty() && fraction.is_empty();
        Digits { negative: !zero && whole.starts_with('-'), whole: digits, fraction }
    }

    #[inline]
    pub(super) fn is_zero(self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    /// The size of a whole number, if it fits.
    #[inline]
    pub(super) fn size(self) -> Option<u128> {
        match (self.whole, self.fraction) {
            ("", "") => Some(0),
            (whole, "") => whole.parse().ok(),
            _ => None,
        }
    }

    /// A whole number, if it fits.
    #[inline]
    pub(super) fn to_i128(self) -> Option<i128> {
        match self.negative {
            true => 0i128.checked_sub_unsigned(self.size()?),
            false => i128::try_from(self.size()?).ok(),
        }
    }
}

impl Ord for Digits<'_> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |a: &Self, b: &Self| {
            let whole = a.whole.len().cmp(&b.whole.len()).then_with(|| a.whole.cmp(b.whole));
            whole.then_with(|| a.fraction.cmp(b.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Digits<'_> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether the text is an optional sign and digits with an optional point among or around them.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    is_digits(whole) && is_digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

/// What `Decimal` and `Integer` have alike: a text that is checked and kept, compared by its digits.
macro_rules! number {
    ($type:ident, $local:literal, $valid:path, [$($int:ty),*]) => {
        impl $type {
            /// The number of a literal.
            ///
            /// # Errors
            /// When the text is not in the type's lexical space.
            #[inline]
            pub fn new(text: impl Into<String>) -> Result<$type, $crate::rt::Invalid> {
                <$type as $crate::rt::Simple>::parse(&text.into())
            }

            /// The literal as it was written.
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it is less than 0.
            #[inline]
            pub fn is_negative(&self) -> bool {
                self.digits().negative
            }

            /// Whether it is 0.
            #[inline]
            pub fn is_zero(&self) -> bool {
                self.digits().is_zero()
            }

            #[inline]
            pub(super) fn digits(&self) -> $crate::rt::lexical::decimal::Digits<'_> {
                $crate::rt::lexical::decimal::Digits::of(&self.0)
            }
        }

        impl $crate::rt::Simple for $type {
            const TYPE: $crate::rt::TypeName = $crate::rt::simple::builtin($local);

            fn parse(text: &str) -> Result<$type, $crate::rt::Invalid> {
                match $crate::rt::simple::trim(text) {
                    text if $valid(text) => Ok($type(text.to_owned())),
                    text => Err($crate::rt::lexical::literal(text, stringify!($type))),
                }
            }

            #[inline]
            fn write(&self, out: &mut $crate::rt::Text<'_>) {
                out.push_plain(&self.0);
            }
        }

        /// By value.
        impl PartialEq for $type {
            #[inline]
            fn eq(&self, other: &$type) -> bool {
                self.digits() == other.digits()
            }
        }

        impl Eq for $type {}

        impl std::hash::Hash for $type {
            #[inline]
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.digits().hash(state);
            }
        }

        impl Ord for $type {
            #[inline]
            fn cmp(&self, other: &$type) -> std::cmp::Ordering {
                self.digits().cmp(&other.digits())
            }
        }

        impl PartialOrd for $type {
            #[inline]
            fn partial_cmp(&self, other: &$type) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl std::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl $crate::rt::Blank for $type {
            fn blank() -> $type {
                // Stands for 0 until the reader replaces it; costs no allocation.
                $type(String::new())
            }
        }

        $(
            impl From<$int> for $type {
                #[inline]
                fn from(value: $int) -> $type {
                    $type(value.to_string())
                }
            }
        )*

        $crate::rt::lexical::shown_by_text!($type);
        $crate::rt::lexical::ordered!($type);
        $crate::rt::lexical::from_text!($type);
    };
}
pub(super) use number;

number!(Decimal, "decimal", is_decimal, [i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize]);

impl From<Integer> for Decimal {
    #[inline]
    fn from(value: Integer) -> Decimal {
        Decimal(value.into_string())
    }
}

impl TryFrom<f64> for Decimal {
    type Error = Invalid;

    /// The shortest decimal that reads back to the same number.
    ///
    /// # Errors
    /// When it is infinite or not a number.
    #[inline]
    fn try_from(value: f64) -> Result<Decimal, Invalid> {
        Decimal::new(value.to_string())
    }
}

impl TryFrom<&Decimal> for i128 {
    type Error = Invalid;

    /// # Errors
    /// When it has a fraction other than 0 or does not fit.
    #[inline]
    fn try_from(value: &Decimal) -> Result<i128, Invalid> {
        value.digits().to_i128().ok_or_else(|| super::literal(&value.0, "Int128"))
    }
}

impl TryFrom<&Decimal> for f64 {
    type Error = Invalid;

    /// The nearest `f64`.
    ///
    /// # Errors
    /// When it is too large.
    #[inline]
    fn try_from(value: &Decimal) -> Result<f64, Invalid> {
        match value.0.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(super::literal(&value.0, "Double")),
        }
    }
}
