//! Tests of all types: literals of each, their order, arbitrary input.

mod arbitrary;
mod literals;
mod moments;
mod values;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use crate::rt::{Invalid, Simple, to_text};

/// Reads each literal and writes it again: as given, or as after the arrow.
fn reads<T: Simple + Debug + Display + PartialEq + FromStr<Err = Invalid>>(literals: &[&str]) {
    for literal in literals {
        let (given, written) = literal.split_once('→').unwrap_or((literal, literal));
        let value = T::parse(given).unwrap_or_else(|invalid| panic!("{given}: {invalid}"));
        assert_eq!(to_text(&value), written, "{given}");
        assert_eq!(value.to_string(), written, "{given}");
        assert_eq!(T::parse(&format!(" \t\r\n{written} \n")).unwrap(), value, "{given} in white space");
        assert_eq!(given.parse::<T>().unwrap(), value, "{given}");
    }
}

/// Refuses each text, whichever way it is read, and says so.
fn refuses<T: Simple + Debug>(kind: &str, texts: &[&str]) {
    for text in texts {
        let invalid = T::parse(text).expect_err(text);
        let reason = format!("The string '{text}' is not a valid {kind} value.");
        assert_eq!(invalid.reason(), reason);
    }
}

fn parse<T: Simple>(text: &str) -> T {
    T::parse(text).unwrap_or_else(|invalid| panic!("{text}: {invalid}"))
}
