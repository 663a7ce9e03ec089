//! Simple types with facets: newtypes that check on construction and on decoding, so that an invalid
//! value cannot be built.

use std::borrow::Cow;

use super::error::Invalid;
use super::lexical::QName;
use super::pattern::Pattern;
use super::prefixes;
use super::simple::{Simple, to_text};
use super::space;

/// One facet to check.
#[derive(Debug)]
pub enum Facet {
    /// Exact number of characters (bytes for binary, items for lists).
    Length(usize),
    /// Least number.
    MinLength(usize),
    /// Greatest number.
    MaxLength(usize),
    /// Regular expression over the whole text.
    Pattern(Pattern),
    /// Least value.
    MinInclusive(&'static str),
    /// Greatest value.
    MaxInclusive(&'static str),
    /// Value that must be exceeded.
    MinExclusive(&'static str),
    /// Value that must not be reached.
    MaxExclusive(&'static str),
    /// Greatest number of digits.
    TotalDigits(usize),
    /// Greatest number of digits after the point.
    FractionDigits(usize),
    /// One of these names, by namespace and local part.
    Names(&'static [(&'static str, &'static str)]),
    /// One of these values, compared in the value space of the base type.
    OneOf(&'static [&'static str]),
    /// The same where values may hold names: each with the namespaces of its own.
    Bound(&'static [(&'static str, &'static [&'static str])]),
}

/// What facets measure: implemented for the types that a restriction can have as its base.
pub trait Measured {
    /// Length in the sense of the length facets.
    fn length(&self) -> usize;

    /// Whether the length is one of these.
    #[inline]
    fn has_length(&self, least: usize, most: usize) -> bool {
        (least..=most).contains(&self.length())
    }

    /// Order against a bound given as text; `None` when they cannot be compared.
    fn order(&self, bound: &str) -> Option<std::cmp::Ordering>;

    /// Whether a value can be written in several ways of which the type keeps none.
    const FORMS: bool = false;

    /// Other ways to write the value than the usual one, counted; `None` when there are no more.
    fn form(&self, number: usize) -> Option<String> {
        let _ = number;
        None
    }

    /// What patterns look at: the text, white space treated as the type treats it.
    fn normalized<'t>(&'t self, text: &'t str) -> Cow<'t, str> {
        space::collapse(text)
    }
}

impl Facet {
    fn name(&self) -> &'static str {
        match self {
            Facet::Length(_) => "Length",
            Facet::MinLength(_) => "MinLength",
            Facet::MaxLength(_) => "MaxLength",
            Facet::Pattern(_) => "Pattern",
            Facet::MinInclusive(_) => "MinInclusive",
            Facet::MaxInclusive(_) => "MaxInclusive",
            Facet::MinExclusive(_) => "MinExclusive",
            Facet::MaxExclusive(_) => "MaxExclusive",
            Facet::TotalDigits(_) => "TotalDigits",
            Facet::FractionDigits(_) => "FractionDigits",
            Facet::OneOf(_) | Facet::Names(_) | Facet::Bound(_) => "Enumeration",
        }
    }

    fn holds<T: Measured + Simple>(&self, value: &T, text: &str) -> bool {
        match self {
            Facet::Length(n) => value.has_length(*n, *n),
            Facet::MinLength(n) => value.has_length(*n, usize::MAX),
            Facet::MaxLength(n) => value.has_length(0, *n),
            Facet::Pattern(pattern) => pattern.matches(&value.normalized(text)),
            Facet::MinInclusive(bound) => value.order(bound).is_some_and(|o| o.is_ge()),
            Facet::MaxInclusive(bound) => value.order(bound).is_some_and(|o| o.is_le()),
            Facet::MinExclusive(bound) => value.order(bound).is_some_and(|o| o.is_gt()),
            Facet::MaxExclusive(bound) => value.order(bound).is_some_and(|o| o.is_lt()),
            Facet::TotalDigits(n) => digits(text).iter().sum::<usize>() <= *n,
            Facet::OneOf(values) => {
                values.iter().any(|known| T::parse(known).is_ok_and(|known| same(&known, value, T::NAMES)))
            }
            Facet::Names(names) => {
                let mut listed = true;
                let is = |name: &QName, (uri, local): &(&str, &str)| {
                    // The namespace is known once the prefix was looked up; then this is asked again.
                    name.local() == *local && name.namespace().is_none_or(|known| known == *uri)
                };
                value.clone().names(&mut |name| listed &= names.iter().any(|known| is(name, known)));
                listed
            }
            Facet::Bound(values) => {
                // As above.
                let mut open = false;
                value.clone().names(&mut |name| open |= name.namespace().is_none());
                values.iter().any(|(known, uris)| {
                    let mut uris = uris.iter();
                    let bound = T::parse(known).map(|mut known| {
                        known.names(&mut |name| uris.next().into_iter().for_each(|uri| name.bind(uri)));
                        known
                    });
                    bound.is_ok_and(|known| same(&known, value, open))
                })
            }
            Facet::FractionDigits(n) => digits(text)[1] <= *n,
        }
    }
}

/// Whether two values are the same in the value space, where NaN is equal to itself; with `open`, but for the namespaces of
/// the names that they hold.
fn same<T: Simple>(known: &T, value: &T, open: bool) -> bool {
    // What is not equal to itself is NaN.
    let neither = |value: &T| *value != value.clone();
    known == value
        || (open && prefixes::same_locals(known, value))
        || (neither(known) && neither(value) && to_text(known) == to_text(value))
}

/// How many digits of a decimal count before and after the point: leading and trailing zeros do not.
fn digits(text: &str) -> [usize; 2] {
    let text = space::trim(text).trim_start_matches(['-', '+']);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    [whole.trim_start_matches('0').len(), fraction.trim_end_matches('0').len()]
}

/// Checks a value and its text against facets.
///
/// # Errors
/// The first facet that does not hold.
pub fn check<T: Measured + Simple>(facets: &[Facet], value: &T, text: &str) -> Result<(), Invalid> {
    match facets.iter().find(|facet| !facet.holds(value, text)) {
        None => Ok(()),
        Some(facet) => Err(Invalid::facet(facet.name())),
    }
}

/// Checks a value that was not read from a text: some way to write it must be right.
///
/// # Errors
/// The first facet that does not hold for the usual way to write it.
pub fn check_value<T: Measured + Simple>(facets: &[Facet], value: &T, text: &str) -> Result<(), Invalid> {
    check(facets, value, text).or_else(|invalid| match other_form(facets, value) {
        Some(_) => Ok(()),
        None => Err(invalid),
    })
}

/// The way to write a value where its patterns do not match the usual one, as `[0-9]{3}` does not match `7`.
#[inline]
pub fn other_form<T: Measured + Simple>(facets: &[Facet], value: &T) -> Option<String> {
    if !T::FORMS {
        return None;
    }
    patterned_form(facets, value)
}

fn patterned_form<T: Measured + Simple>(facets: &[Facet], value: &T) -> Option<String> {
    let has_patterns = facets.iter().any(|facet| matches!(facet, Facet::Pattern(_)));
    if !has_patterns || check(facets, value, &to_text(value)).is_ok() {
        return None;
    }
    let forms = (0..).map_while(|number| value.form(number));
    let is_right =
        |text: &String| T::parse(text).is_ok_and(|same| same == *value) && check(facets, value, text).is_ok();
    forms.into_iter().find(is_right)
}

/// The value that a text is once `space` has treated its white space, checked against facets.
///
/// # Errors
/// When it is no value of the base type, or the first facet that does not hold.
pub fn checked<'t, T: Measured + Simple>(
    text: &'t str,
    space: fn(&'t str) -> Cow<'t, str>,
    facets: &[Facet],
) -> Result<T, Invalid> {
    let text = space(text);
    let value = T::parse(&text)?;
    check(facets, &value, &text)?;
    Ok(value)
}

impl Measured for String {
    #[inline]
    fn length(&self) -> usize {
        self.chars().count()
    }

    #[inline]
    fn has_length(&self, least: usize, most: usize) -> bool {
        // A character has one byte to four, so that most need not be counted.
        let bytes = self.len();
        (bytes.div_ceil(4) >= least && bytes <= most) || (least..=most).contains(&self.length())
    }

    fn normalized<'t>(&'t self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }

    #[inline]
    fn order(&self, _bound: &str) -> Option<std::cmp::Ordering> {
        None
    }
}

/// Digits are put before and after a number up to so many.
const MOST_DIGITS: usize = 40;

/// A whole number with leading zeros, `number` and one more.
fn with_zeros(text: &str, number: usize) -> Option<String> {
    let (sign, digits) = text.split_at(usize::from(text.starts_with('-')));
    let zeros = Some(number + 1).filter(|zeros| zeros + digits.len() <= MOST_DIGITS)?;
    Some(format!("{sign}{}{digits}", "0".repeat(zeros)))
}

/// A number with so many digits after the point.
fn with_fraction(value: &dyn std::fmt::Display, number: usize) -> Option<String> {
    (number < MOST_DIGITS).then(|| format!("{value:.number$}"))
}

macro_rules! measured {
    ($($type:ty),*: $form:expr) => {$(
        impl Measured for $type {
            const FORMS: bool = true;

            fn form(&self, number: usize) -> Option<String> {
                let form: fn(&$type, usize) -> Option<String> = $form;
                form(self, number)
            }

            #[inline]
            fn length(&self) -> usize {
                0
            }

            #[inline]
            fn order(&self, bound: &str) -> Option<std::cmp::Ordering> {
                let bound = <$type as super::Simple>::parse(bound).ok()?;
                self.partial_cmp(&bound)
            }
        }
    )*};
}

measured!(i8, i16, i32, i64, u8, u16, u32, u64: |value, number| with_zeros(&value.to_string(), number));
measured!(f32, f64: |value, number| with_fraction(value, number));
measured!(bool: |value, number| (number == 0).then(|| if *value { "1" } else { "0" }.to_owned()));

impl<T> Measured for Vec<T> {
    #[inline]
    fn length(&self) -> usize {
        self.len()
    }

    #[inline]
    fn order(&self, _bound: &str) -> Option<std::cmp::Ordering> {
        None
    }
}

/// Implements the newtype of a restricted simple type: `Name(Base)` with a private field. Before the facets stands what
/// becomes of white space, `replace` or `collapse`, unless that is what the base does.
#[doc(hidden)]
#[macro_export]
macro_rules! __oxws_restricted {
    ($name:ident($base:ty), $type_name:expr, [$($facets:tt)*]) => {
        $crate::rt::prelude::restricted!($name($base), $type_name, preserve, [$($facets)*]);
    };
    ($name:ident($base:ty), $type_name:expr, $space:ident, [$($facet:expr),* $(,)?]) => {
        impl $name {
            fn facets() -> &'static [$crate::rt::prelude::Facet] {
                const COUNT: usize = { let names: &[&str] = &[$(::core::stringify!($facet)),*]; names.len() };
                static FACETS: [$crate::rt::prelude::Facet; COUNT] = [$($facet),*];
                &FACETS
            }

            /// Checks and wraps a value, its white space handled as the schema says.
            ///
            /// # Errors
            /// The facet of the schema that the value breaks.
            pub fn new(value: impl ::core::convert::Into<$base>) -> ::core::result::Result<$name, $crate::rt::Invalid> {
                let value = value.into();
                let text = $crate::rt::to_text(&value);
                let spaced = $crate::rt::prelude::space::$space(&text);
                if *spaced != *text {
                    return <$name as $crate::rt::Simple>::parse(&spaced);
                }
                $crate::rt::prelude::check_value($name::facets(), &value, &text)?;
                ::core::result::Result::Ok($name(value))
            }

            /// The value.
            pub fn get(&self) -> &$base {
                &self.0
            }

            /// The value by itself.
            pub fn into_inner(self) -> $base {
                self.0
            }
        }

        impl ::core::ops::Deref for $name {
            type Target = $base;
            fn deref(&self) -> &$base {
                &self.0
            }
        }

        impl ::core::convert::From<$name> for $base {
            fn from(value: $name) -> $base {
                value.0
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::rt::Invalid;
            fn from_str(text: &str) -> ::core::result::Result<$name, $crate::rt::Invalid> {
                <$name as $crate::rt::Simple>::parse(text)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(&$crate::rt::to_text(self))
            }
        }

        impl $crate::rt::Blank for $name {
            fn blank() -> $name {
                $name(<$base as $crate::rt::Blank>::blank())
            }
        }

        impl $crate::rt::prelude::Measured for $name {
            #[inline]
            fn length(&self) -> usize {
                $crate::rt::prelude::Measured::length(&self.0)
            }
            #[inline]
            fn has_length(&self, least: usize, most: usize) -> bool {
                $crate::rt::prelude::Measured::has_length(&self.0, least, most)
            }
            #[inline]
            fn order(&self, bound: &str) -> ::core::option::Option<::core::cmp::Ordering> {
                $crate::rt::prelude::Measured::order(&self.0, bound)
            }
            fn normalized<'t>(&'t self, text: &'t str) -> ::std::borrow::Cow<'t, str> {
                $crate::rt::prelude::Measured::normalized(&self.0, text)
            }
            const FORMS: bool = <$base as $crate::rt::prelude::Measured>::FORMS;
            fn form(&self, number: usize) -> ::core::option::Option<::std::string::String> {
                $crate::rt::prelude::Measured::form(&self.0, number)
            }
        }

        impl $crate::rt::Simple for $name {
            const TYPE: $crate::rt::TypeName = $type_name;

            fn parse(text: &str) -> ::core::result::Result<$name, $crate::rt::Invalid> {
                match $crate::rt::prelude::checked(text, $crate::rt::prelude::space::$space, $name::facets()) {
                    ::core::result::Result::Ok(value) => ::core::result::Result::Ok($name(value)),
                    ::core::result::Result::Err(invalid) => ::core::result::Result::Err(invalid),
                }
            }

            const NAMES: bool = <$base as $crate::rt::Simple>::NAMES;
            const IDENTITY: ::core::option::Option<$crate::rt::Identity> = <$base as $crate::rt::Simple>::IDENTITY;

            fn names(&mut self, each: &mut dyn ::core::ops::FnMut(&mut $crate::rt::QName)) {
                $crate::rt::Simple::names(&mut self.0, each);
            }

            fn bound(&self) -> ::core::result::Result<(), $crate::rt::Invalid> {
                if <$name as $crate::rt::Simple>::NAMES {
                    $crate::rt::Simple::bound(&self.0)?;
                    $crate::rt::prelude::check($name::facets(), &self.0, &$crate::rt::to_text(&self.0))?;
                }
                ::core::result::Result::Ok(())
            }

            fn is_known(&self) -> bool {
                $crate::rt::Simple::is_known(&self.0)
            }

            fn write(&self, out: &mut $crate::rt::Text<'_>) {
                match $crate::rt::prelude::other_form($name::facets(), &self.0) {
                    ::core::option::Option::None => $crate::rt::Simple::write(&self.0, out),
                    ::core::option::Option::Some(text) => out.push(&text),
                }
            }
        }

        $crate::rt::prelude::simple_content!($name);
        $crate::rt::prelude::serde_text!($name);
    };
}
pub use crate::__oxws_restricted as restricted;

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn digits_count_in_the_value() {
        for (text, expected) in
            [("1.500", [1, 1]), (".50", [0, 1]), ("-007", [1, 0]), ("+0.0", [0, 0]), ("10", [2, 0])]
        {
            assert_eq!(digits(text), expected, "{text}");
        }
    }
}
