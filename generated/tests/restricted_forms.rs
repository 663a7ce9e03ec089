//! Numbers and truth values that patterns want written otherwise than usual: they are, and can be built.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "types of a test")]

use oxws::rt::prelude as rt;

macro_rules! t {
    (type $local:literal) => {
        rt::TypeName { uri: "urn:t", local: $local }
    };
}

#[derive(Clone, Debug, PartialEq)]
pub struct Flag(bool);
rt::restricted!(Flag(bool), t!(type "Flag"), [rt::Facet::Pattern(rt::Pattern::plain("0|1"))]);

#[derive(Clone, Debug, PartialEq)]
pub struct Code(i32);
rt::restricted!(Code(i32), t!(type "Code"), [rt::Facet::Pattern(rt::Pattern::plain("-?[0-9]{3}"))]);

/// Of a patterned type, and narrower.
#[derive(Clone, Debug, PartialEq)]
pub struct Narrow(Code);
rt::restricted!(Narrow(Code), t!(type "Narrow"), [rt::Facet::MaxInclusive("99")]);

#[derive(Clone, Debug, PartialEq)]
pub struct Price(f64);
rt::restricted!(Price(f64), t!(type "Price"), [rt::Facet::Pattern(rt::Pattern::plain("[0-9]+\\.[0-9]{2}"))]);

#[test]
fn what_was_read_is_written_as_its_pattern_wants() {
    for text in ["0", "1"] {
        assert_eq!(text.parse::<Flag>().unwrap().to_string(), text);
    }
    for text in ["007", "-007", "123"] {
        assert_eq!(text.parse::<Code>().unwrap().to_string(), text);
    }
    assert_eq!("042".parse::<Narrow>().unwrap().to_string(), "042");
    assert_eq!("12.50".parse::<Price>().unwrap().to_string(), "12.50");
    assert!(
        "true".parse::<Flag>().is_err() && "7".parse::<Code>().is_err() && "100".parse::<Narrow>().is_err()
    );
}

#[test]
fn values_can_be_built() {
    assert_eq!(Flag::new(true).unwrap().to_string(), "1");
    assert_eq!(Code::new(7).unwrap().to_string(), "007");
    assert_eq!(Narrow::new(Code::new(7).unwrap()).unwrap().to_string(), "007");
    assert_eq!(Price::new(3.0).unwrap().to_string(), "3.00");
    assert!(Code::new(1234).is_err() && Price::new(0.125).is_err() && Price::new(f64::NAN).is_err());
}
