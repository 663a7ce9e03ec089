//! Open enumerations: a const hash table from text to variant, built by the compiler.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use super::contract::Blank;
use super::error::Invalid;
use super::name::TypeName;
use super::restricted::Measured;
use super::simple::{Simple, Text};

/// What generated code implements for an open enumeration.
pub trait Enumerated: Blank + Clone + PartialEq + for<'t> From<&'t str> {
    /// Name of the schema type.
    const TYPE: TypeName;
    /// What becomes of white space before a text is looked up.
    const SPACE: for<'t> fn(&'t str) -> Cow<'t, str>;

    /// The value as it stands in a document.
    fn text(&self) -> &str;

    /// Whether the schema lists it.
    fn is_listed(&self) -> bool;
}

impl<T: Enumerated> Simple for T {
    const TYPE: TypeName = <T as Enumerated>::TYPE;

    fn parse(text: &str) -> Result<T, Invalid> {
        Ok(T::from(&*T::SPACE(text)))
    }

    fn is_known(&self) -> bool {
        self.is_listed()
    }

    fn write(&self, out: &mut Text<'_>) {
        out.push(self.text());
    }
}

impl<T: Enumerated> Measured for T {
    fn length(&self) -> usize {
        self.text().chars().count()
    }

    fn order(&self, _bound: &str) -> Option<Ordering> {
        None
    }

    fn normalized<'t>(&'t self, _text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(self.text())
    }
}

/// Shows a value for programmers: its text, or that it is another one.
#[doc(hidden)]
pub fn show<T: Enumerated>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value.is_listed() {
        true => f.write_str(value.text()),
        false => f.debug_tuple("Other").field(&value.text()).finish(),
    }
}

/// Index from the texts of an enumeration to their positions: open addressing, filled at compile time.
#[derive(Debug)]
pub struct TextIndex<const VALUES: usize, const SLOTS: usize> {
    texts: [&'static str; VALUES],
    slots: [u16; SLOTS],
}

/// Number of slots for this many values: a power of two, at least twice as many.
pub const fn slots(values: usize) -> usize {
    (values * 2).next_power_of_two()
}

/// Hash of a text: a few multiplications for eight bytes at a time.
const fn hash(text: &[u8]) -> usize {
    let mut state = text.len() as u64;
    let mut rest = text;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        state = mix(state, u64::from_le_bytes(*word));
        rest = tail;
    }
    let mut last = 0;
    while let [byte, tail @ ..] = rest {
        last = (last << 8) | *byte as u64;
        rest = tail;
    }
    state = mix(state, last);
    (state ^ (state >> 32)) as usize
}

const fn mix(state: u64, word: u64) -> u64 {
    let product = ((state ^ word) as u128) * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ ((product >> 64) as u64)
}

const EMPTY: u16 = u16::MAX;

impl<const VALUES: usize, const SLOTS: usize> TextIndex<VALUES, SLOTS> {
    /// The index of these texts, which are all different.
    pub const fn new(texts: [&'static str; VALUES]) -> TextIndex<VALUES, SLOTS> {
        let mut slots = [EMPTY; SLOTS];
        let mut at = 0;
        while at < VALUES {
            let mut slot = hash(texts[at].as_bytes()) & (SLOTS - 1);
            while slots[slot] != EMPTY {
                slot = (slot + 1) & (SLOTS - 1);
            }
            slots[slot] = at as u16;
            at += 1;
        }
        TextIndex { texts, slots }
    }

    /// Position of a text among those that the index was built from.
    #[inline]
    pub fn find(&self, text: &str) -> Option<usize> {
        let mut slot = hash(text.as_bytes()) & (SLOTS - 1);
        loop {
            let at = usize::from(self.slots[slot]);
            if *self.texts.get(at)? == text {
                return Some(at);
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
    }
}

/// An open enumeration: the enum and what it needs.
///
/// The values are given once, each with its text where that is not the variant's name, and with that text as documentation
/// shows it where it is not the text between backticks. `Other(String)` is added. Behind the name of the schema type
/// stands what becomes of white space, `replace` or `collapse`, unless it is kept.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_enumeration {
    ($(#[doc = $doc:literal])* $name:ident: $type_name:expr; $($values:tt)*) => {
        $crate::rt::prelude::enumeration! { $(#[doc = $doc])* $name: $type_name, preserve; $($values)* }
    };
    (
        $(#[doc = $doc:literal])* $name:ident: $type_name:expr, $space:ident;
        $($(#[doc = $value_doc:literal])* $variant:ident $(= $text:literal $(=> $shown:literal)?)?),* $(,)?
    ) => {
        $(#[doc = $doc])*
        ///
        /// A variant stands for the text that is its name, where it says no other.
        #[derive(Clone, PartialEq, Hash)]
        #[allow(missing_docs, reason = "most variants are the texts that they stand for")]
        pub enum $name {
            $(
                $(#[doc = $crate::rt::prelude::shown!($text $(, $shown)?)])?
                $(#[doc = $value_doc])*
                $variant,
            )*
            /// A value that the schema does not list, as a newer server may send it.
            Other(::std::string::String),
        }

        impl $name {
            /// The values the schema lists, in its order.
            pub const VALUES: &'static [$name] = &[$($name::$variant),*];

            /// The value as it stands in a document.
            pub const fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $crate::rt::prelude::text_of!($variant $(, $text)?),)*
                    $name::Other(other) => other.as_str(),
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> $name {
                const COUNT: usize = $name::VALUES.len();
                static INDEX: $crate::rt::prelude::TextIndex<COUNT, { $crate::rt::prelude::slots(COUNT) }> =
                    $crate::rt::prelude::TextIndex::new({
                        let mut texts = [""; COUNT];
                        let mut at = 0;
                        while at < COUNT {
                            texts[at] = $name::VALUES[at].as_str();
                            at += 1;
                        }
                        texts
                    });
                match INDEX.find(text) {
                    ::core::option::Option::Some(at) => $name::VALUES[at].clone(),
                    ::core::option::Option::None => $name::Other(text.into()),
                }
            }
        }

        impl ::core::cmp::Eq for $name {}

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::rt::prelude::show(self, f)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::rt::Blank for $name {
            fn blank() -> $name {
                $name::Other(::std::string::String::new())
            }
        }

        impl $crate::rt::prelude::Enumerated for $name {
            const TYPE: $crate::rt::TypeName = $type_name;
            const SPACE: for<'t> fn(&'t str) -> ::std::borrow::Cow<'t, str> = $crate::rt::prelude::space::$space;

            fn text(&self) -> &str {
                self.as_str()
            }

            fn is_listed(&self) -> bool {
                match self {
                    $name::Other(_) => false,
                    _ => true,
                }
            }
        }

        $crate::rt::prelude::simple_content!($name);
        $crate::rt::prelude::serde_text!($name);
    };
}
pub use crate::__oxws_enumeration as enumeration;

/// The text of an enumeration value: given, or the variant's own name.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_text_of {
    ($variant:ident) => {
        ::core::stringify!($variant)
    };
    ($variant:ident, $text:literal) => {
        $text
    };
}
pub use crate::__oxws_text_of as text_of;

/// The text of an enumeration value for documentation.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_shown {
    ($text:literal) => {
        ::core::concat!("`", $text, "`\n\n")
    };
    ($text:literal, $shown:literal) => {
        ::core::concat!($shown, "\n\n")
    };
}
pub use crate::__oxws_shown as shown;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_found_and_others_are_not() {
        const TEXTS: [&str; 7] =
            ["NoError", "ErrorAccessDenied", "a", "", "ErrorAccessDenieD", "12345678", "123456789"];
        static INDEX: TextIndex<7, { slots(TEXTS.len()) }> = TextIndex::new(TEXTS);
        for (at, text) in TEXTS.iter().enumerate() {
            assert_eq!(INDEX.find(text), Some(at), "{text}");
        }
        for text in ["noerror", "ErrorAccessDenie", "b", "1234567", "ErrorAccessDenied "] {
            assert_eq!(INDEX.find(text), None, "{text}");
        }
    }
}
