//! Open enumerations: from text to variant, by a hash table where there are many, made when it is first asked.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::OnceLock;

use super::contract::Blank;
use super::error::Invalid;
use super::name::TypeName;
use super::restricted::Measured;
use super::simple::{Simple, Text};
use super::words;

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

/// Index from the texts of an enumeration to their positions: open addressing. The compiler takes 0.2 s
/// to fill that of 470 texts, so that it is done when a text is first looked up.
#[derive(Debug)]
pub struct TextIndex {
    texts: &'static [&'static str],
    /// Empty for the few texts that are found as quickly one after the other.
    slots: OnceLock<Vec<u32>>,
}

/// Up to how many texts are compared one after the other.
const FEW: usize = 6;

/// Hash of a text: a few multiplications for eight bytes at a time.
fn hash(text: &[u8]) -> usize {
    let mut state = text.len() as u64;
    let mut rest = text;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        state = mix(state, u64::from_le_bytes(*word));
        rest = tail;
    }
    let mut last = 0;
    while let [byte, tail @ ..] = rest {
        last = (last << 8) | u64::from(*byte);
        rest = tail;
    }
    state = mix(state, last);
    (state ^ (state >> 32)) as usize
}

fn mix(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word) * 0x9E37_79B9_7F4A_7C15_u128;
    (product as u64) ^ ((product >> 64) as u64)
}

const EMPTY: u32 = u32::MAX;

impl TextIndex {
    /// The index of these texts, which are all different.
    pub const fn new(texts: &'static [&'static str]) -> TextIndex {
        TextIndex { texts, slots: OnceLock::new() }
    }

    /// Position of a text among those that the index was built from.
    pub fn find(&self, text: &str) -> Option<usize> {
        let same = |known: &str| words::same(known.as_bytes(), text.as_bytes());
        if self.texts.len() <= FEW {
            for (at, known) in self.texts.iter().enumerate() {
                if same(known) {
                    return Some(at);
                }
            }
            return None;
        }
        let slots = self.slots.get_or_init(|| self.fill());
        let mut slot = hash(text.as_bytes()) & (slots.len() - 1);
        loop {
            let at = slots[slot] as usize;
            if same(self.texts.get(at)?) {
                return Some(at);
            }
            slot = (slot + 1) & (slots.len() - 1);
        }
    }

    /// A power of two of slots, at least twice as many as texts.
    fn fill(&self) -> Vec<u32> {
        let count = (self.texts.len() * 2).next_power_of_two();
        let mut slots = Vec::with_capacity(count);
        while slots.len() < count {
            slots.push(EMPTY);
        }
        for (at, text) in (0..EMPTY).zip(self.texts) {
            let mut slot = hash(text.as_bytes()) & (count - 1);
            while slots[slot] != EMPTY {
                slot = (slot + 1) & (count - 1);
            }
            slots[slot] = at;
        }
        slots
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
        #[derive(PartialEq, Hash)]
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

            const TEXTS: &'static [&'static str] = &[$($crate::rt::prelude::text_of!($variant $(, $text)?)),*];

            /// The value as it stands in a document.
            pub const fn as_str(&self) -> &str {
                // The compiler sees that these are the numbers that it has for the variants itself.
                enum Place {
                    $($variant,)*
                    Other,
                }
                let place = match self {
                    $($name::$variant => Place::$variant as usize,)*
                    $name::Other(_) => Place::Other as usize,
                };
                match self {
                    $name::Other(other) => other.as_str(),
                    _ => $name::TEXTS[place],
                }
            }

            /// The same value, which the schema lists. What comes of others is of no use, but keeps this a copy of a
            /// number for the compiler.
            fn listed(&self) -> $name {
                match self {
                    $($name::$variant => $name::$variant,)*
                    $name::Other(_) => $crate::rt::prelude::first!($($name::$variant),*),
                }
            }
        }

        impl ::core::clone::Clone for $name {
            #[inline]
            fn clone(&self) -> $name {
                match self {
                    $name::Other(other) => $name::Other(other.clone()),
                    _ => self.listed(),
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> $name {
                static INDEX: $crate::rt::prelude::TextIndex = $crate::rt::prelude::TextIndex::new($name::TEXTS);
                match INDEX.find(text) {
                    ::core::option::Option::Some(at) => $name::VALUES[at].listed(),
                    ::core::option::Option::None => $name::Other(text.into()),
                }
            }
        }

        impl ::core::cmp::Eq for $name {}

        impl ::core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::rt::prelude::show(self, f)
            }
        }

        impl ::core::fmt::Display for $name {
            #[inline]
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

/// The first of several values.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_first {
    ($first:expr $(, $others:expr)*) => {
        $first
    };
}
pub use crate::__oxws_first as first;

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
        static TEXTS: [&str; 7] =
            ["NoError", "ErrorAccessDenied", "a", "", "ErrorAccessDenieD", "12345678", "123456789"];
        for count in 0..=TEXTS.len() {
            let index = TextIndex::new(&TEXTS[..count]);
            for (at, text) in TEXTS.iter().enumerate() {
                assert_eq!(index.find(text), (at < count).then_some(at), "{text} of {count}");
            }
            for text in ["noerror", "ErrorAccessDenie", "b", "1234567", "ErrorAccessDenied "] {
                assert_eq!(index.find(text), None, "{text} of {count}");
            }
        }
    }

    #[test]
    fn thousands_of_texts_are_found() {
        let texts: Vec<&'static str> = (0..5000).map(|n| &*format!("Value{n}").leak()).collect();
        let index = TextIndex::new(texts.leak());
        for n in 0..5000 {
            assert_eq!(index.find(&format!("Value{n}")), Some(n));
        }
        assert_eq!(index.find("Value5000"), None);
    }
}
