//! The built-in types of XML Schema 1.0 that Rust does not have: dates and times, durations, numbers of any
//! size, binary data, and texts of a certain form.
//!
//! Each has the exact lexical space of XML Schema Part 2, is checked when built, and is written as it was
//! read, except for white space that does not matter. Equality, order and hash go by the value, as in XML
//! Schema: `1.0` and `1.00` are equal decimals, though they are written differently.

mod binary;
mod calendar;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod convert;
mod date;
mod datetime;
mod decimal;
mod duration;
mod duration_math;
mod gregorian;
mod hex;
mod integer;
mod names;
mod qname;
mod scan;
mod strings;
mod system;
mod time;
mod uri;
#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;
#[cfg(feature = "time")]
mod with_time;
mod zone;

#[cfg(test)]
mod tests;

pub use binary::Base64Binary;
pub use date::Date;
pub use datetime::DateTime;
pub use decimal::Decimal;
pub use duration::Duration;
pub use gregorian::{GDay, GMonth, GMonthDay, GYear, GYearMonth};
pub use hex::HexBinary;
pub use integer::{Integer, NegativeInteger, NonNegativeInteger, NonPositiveInteger, PositiveInteger};
pub use names::{Entity, Id, IdRef, NcName, NmToken, XmlName};
pub use qname::QName;
pub use strings::{Language, NormalizedString, Token};
pub use time::Time;
pub use uri::AnyUri;
pub use zone::{Offset, Zone};

use std::fmt;

use super::error::Invalid;
use super::words;

/// The error for a text that may be long: the message shows its beginning.
#[cold]
fn literal(text: &str, kind: &str) -> Invalid {
    let shown = words::beginning(text);
    if shown.len() < text.len() {
        return Invalid::literal(&format!("{shown}…"), kind);
    }
    Invalid::literal(text, kind)
}

/// `Debug` as the type's name around the literal.
#[inline]
fn show(name: &str, value: &dyn fmt::Display, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name}({value})")
}

/// What all dates and times have, from `read`, `render`, `moment` and a field `zone`.
macro_rules! moments {
    ($type:ident, $local:literal) => {
        impl $type {
            /// The time zone, if it has one.
            #[inline]
            pub fn zone(self) -> Option<$crate::rt::lexical::Zone> {
                self.zone
            }

            /// The same in another time zone: the digits stay, so the instant changes.
            #[must_use]
            #[inline]
            pub fn with_zone(self, zone: $crate::rt::lexical::Zone) -> $type {
                $type { zone: Some(zone), ..self }
            }

            /// The same without time zone: the digits stay.
            #[must_use]
            #[inline]
            pub fn without_zone(self) -> $type {
                $type { zone: None, ..self }
            }
        }

        impl $crate::rt::Simple for $type {
            const TYPE: $crate::rt::TypeName = $crate::rt::simple::builtin($local);

            #[inline]
            fn parse(text: &str) -> Result<$type, $crate::rt::Invalid> {
                let text = $crate::rt::simple::trim(text);
                let mut scan = $crate::rt::lexical::scan::Scan::new(text);
                $type::read(&mut scan).ok_or_else(|| $crate::rt::lexical::literal(text, stringify!($type)))
            }

            #[inline]
            fn write(&self, out: &mut $crate::rt::Text<'_>) {
                let mut buffer = $crate::rt::lexical::scan::Buffer::new();
                self.render(&mut buffer);
                out.push_ascii(buffer.as_bytes());
            }
        }

        impl std::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut buffer = $crate::rt::lexical::scan::Buffer::new();
                self.render(&mut buffer);
                f.pad(buffer.as_str())
            }
        }

        /// Equal are those that begin at the same instant, and only if both or neither have a zone.
        impl PartialEq for $type {
            #[inline]
            fn eq(&self, other: &$type) -> bool {
                self.moment() == other.moment()
            }
        }

        impl Eq for $type {}

        impl std::hash::Hash for $type {
            #[inline]
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.moment().hash(state);
            }
        }

        /// By the instants at which they begin. Of two of which one has a zone and the other has not, the
        /// order is undetermined when they are within fourteen hours.
        impl PartialOrd for $type {
            #[inline]
            fn partial_cmp(&self, other: &$type) -> Option<std::cmp::Ordering> {
                self.moment().partial_cmp(&other.moment())
            }
        }

        $crate::rt::lexical::shown_by_text!($type);
        $crate::rt::lexical::ordered!($type);
        $crate::rt::lexical::from_text!($type);
    };
}
use moments;

/// `Debug` as the type's name around the literal.
macro_rules! shown_by_text {
    ($type:ident) => {
        impl std::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::rt::lexical::show(stringify!($type), self, f)
            }
        }
    };
}
use shown_by_text;

/// `Measured` by `PartialOrd`, without a length.
macro_rules! ordered {
    ($type:ident) => {
        impl $crate::rt::restricted::Measured for $type {
            #[inline]
            fn length(&self) -> usize {
                0
            }

            #[inline]
            fn order(&self, bound: &str) -> Option<std::cmp::Ordering> {
                self.partial_cmp(&<$type as $crate::rt::Simple>::parse(bound).ok()?)
            }
        }
    };
}
use ordered;

/// `FromStr` by `Simple`, and use as an element.
macro_rules! from_text {
    ($type:ident) => {
        impl std::str::FromStr for $type {
            type Err = $crate::rt::Invalid;

            #[inline]
            fn from_str(text: &str) -> Result<$type, $crate::rt::Invalid> {
                <$type as $crate::rt::Simple>::parse(text)
            }
        }

        $crate::rt::simple::simple_content!($type);
        $crate::rt::serde_text::serde_text!($type);
    };
}
use from_text;
