//! Open enumerations: every listed value is found by its text, others are kept, and neither costs much.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};

use oxws::Document;
use oxws::oxwscdata::{
    BodyType, DistinguishedPropertySet, ExchangeVersion, MailboxType, ResponseClass, ResponseCode,
};
use oxws::oxwscos::GetImItemListResponse;
use oxws::oxwspers::LocationSource;
use oxws::oxwsxprop::MapiPropertyType;
use oxws_tests::corpus::Random;

/// The codes of the protocol and of Exchange besides, in the schema's order.
const CODES: usize = 470;

/// Every value of an enumeration goes to text and back; texts that are nearly one are not it.
fn check<T>(values: &[T], other: impl Fn(String) -> T)
where
    T: Clone + Debug + PartialEq + Display + for<'a> From<&'a str>,
{
    let texts: BTreeSet<String> = values.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), values.len(), "two values with the same text");
    for value in values {
        let text = value.to_string();
        assert_eq!(&T::from(&text), value);
        assert_ne!(other(text.clone()), *value);
        for near in near(&text) {
            let found = T::from(&near);
            if texts.contains(&near) {
                assert_eq!(found.to_string(), near);
            } else {
                assert_eq!(found, other(near));
            }
        }
    }
}

/// Texts that differ a little.
fn near(text: &str) -> Vec<String> {
    let mut near = vec![
        text.to_lowercase(),
        text.to_uppercase(),
        format!(" {text}"),
        format!("{text}\0"),
        String::new(),
    ];
    for at in 0..text.len() {
        near.push(format!("{}{}", &text[..at], &text[at + 1..]));
        near.push(format!("{}{}{}", &text[..at], "x", &text[at..]));
        near.push(format!("{}{}{}", &text[..at], "Q", &text[at + 1..]));
    }
    near.retain(|near| near != text);
    near
}

#[test]
fn every_enumeration_finds_its_values() {
    check(ResponseClass::VALUES, ResponseClass::Other);
    check(BodyType::VALUES, BodyType::Other);
    check(MailboxType::VALUES, MailboxType::Other);
    check(LocationSource::VALUES, LocationSource::Other);
    check(ExchangeVersion::VALUES, ExchangeVersion::Other);
    check(MapiPropertyType::VALUES, MapiPropertyType::Other);
    check(DistinguishedPropertySet::VALUES, DistinguishedPropertySet::Other);
}

#[test]
fn all_response_codes_and_near_misses() {
    assert_eq!(ResponseCode::VALUES.len(), CODES);
    check(ResponseCode::VALUES, ResponseCode::Other);
    assert_eq!(ResponseCode::VALUES[0], ResponseCode::NoError);
}

#[test]
fn response_codes_are_read_and_written_in_messages() {
    for code in ResponseCode::VALUES {
        let mut response = GetImItemListResponse::new(ResponseClass::Error);
        response.response_code = Some(code.clone());
        let written = response.to_xml().unwrap();
        assert!(String::from_utf8_lossy(&written).contains(&format!(">{code}<")));
        assert_eq!(GetImItemListResponse::from_xml(&written).unwrap(), response);
    }
    // The values are those of xs:string, to which white space belongs.
    let mut response = GetImItemListResponse::new(ResponseClass::Error);
    response.response_code = Some(ResponseCode::ErrorImGroupLimitReached);
    let written = String::from_utf8(response.to_xml().unwrap()).unwrap();
    let spaced = written.replace(">Error", ">\n  Error").replace("Reached<", "Reached\t<");
    let refused = GetImItemListResponse::from_xml(spaced.as_bytes()).unwrap_err();
    assert!(refused.message().ends_with("The Enumeration constraint failed."), "{refused}");
    let read = GetImItemListResponse::from_xml_lenient(spaced.as_bytes()).unwrap();
    let kept = ResponseCode::Other("\n  ErrorImGroupLimitReached\t".to_owned());
    assert_eq!((read.value.response_code, read.notes.len()), (Some(kept), 1));
}

#[test]
fn random_texts_are_kept() {
    let mut random = Random(1);
    let known: BTreeSet<&str> = ResponseCode::VALUES.iter().map(ResponseCode::as_str).collect();
    for _ in 0..20_000 {
        let length = random.below(40);
        let text: String = (0..length).map(|_| char::from(b'A' + random.below(58) as u8)).collect();
        if !known.contains(text.as_str()) {
            assert_eq!(ResponseCode::from(text.as_str()), ResponseCode::Other(text));
        }
    }
}

/// An enumeration costs no more than the text of an unknown value, and an option of it nothing on top.
#[test]
fn they_are_small() {
    assert_eq!(size_of::<ResponseCode>(), size_of::<String>());
    assert_eq!(size_of::<Option<ResponseCode>>(), size_of::<String>());
    assert_eq!(size_of::<MailboxType>(), size_of::<String>());
}
