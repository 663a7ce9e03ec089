//! Schemas that use the namespace of SOAP envelopes themselves, as those whose header parts have a `mustUnderstand` of
//! their own do: envelopes are read and written all the same. The types are in the shape that the generator emits.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "types and helpers of a test")]

use oxws::rt::prelude as rt;
use oxws::rt::{Ns, ReadOptions, Vocabulary};
use oxws::soap::Envelope;

const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP: Ns = Ns::of(0);
static VOCABULARY: Vocabulary = Vocabulary::new(&[("e", ENVELOPE), ("t", "urn:t")]);

macro_rules! t {
    (type $local:literal) => {
        rt::TypeName { uri: "urn:t", local: $local }
    };
    ($local:literal) => {
        rt::Name::new(Ns::of(1), $local, concat!("<t:", $local, "></t:", $local, ">"))
    };
}

/// Declares the attribute of SOAP.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Id {
    pub must_understand: bool,
    pub value: String,
}
rt::new!(Id(must_understand: bool, value: impl Into<String>));
rt::fields! {
    ID: Id = Text(t!(type "ID"));
    @0 attribute must_understand = rt::Attribute::required("mustUnderstand", " e:mustUnderstand=\"").within(SOAP);
    text value;
}

/// Does not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Number {
    pub value: i32,
}
rt::new!(Number(value: i32));
rt::fields! {
    NUMBER: Number = Text(t!(type "Number"));
    text value;
}

rt::message! { Ask(Number), VOCABULARY, t!("Ask") }
rt::message! { Answer(Number), VOCABULARY, t!("Answer") }

#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Parts {
    pub id: Option<Id>,
    pub count: Option<Number>,
}
static PARTS: rt::Shape = rt::Shape::roots(&[rt::Particle::opt(t!("ID")), rt::Particle::opt(t!("Count"))]);
impl rt::Shaped for Parts {
    const SHAPE: &'static rt::Shape = &PARTS;
}
impl rt::Fields for Parts {
    fn field(&mut self, at: usize, r: &mut rt::Reader<'_>) -> rt::Result<()> {
        match at {
            0 => r.opt(&mut self.id),
            1 => r.opt(&mut self.count),
            _ => r.no_such_field(at),
        }
    }
    fn write_fields(&self, w: &mut rt::Writer) {
        w.opt(&PARTS.particles[0], &self.id);
        w.opt(&PARTS.particles[1], &self.count);
    }
}
oxws::soap::headers!(Parts, VOCABULARY, [id = "ID", count = "Count"]);
oxws::soap::operation!("Ask", "urn:t/Ask", Ask: Parts => Answer: Parts);

fn envelope(parts: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"{ENVELOPE}\" xmlns:t=\"urn:t\"><s:Header>{parts}</s:Header><s:Body>{body}</s:Body>\
         </s:Envelope>"
    )
}

#[test]
fn header_parts_have_the_attributes_that_they_declare() {
    let parts =
        "<t:ID s:mustUnderstand=\"1\">7</t:ID><t:Count s:mustUnderstand=\"1\" s:actor=\"\">3</t:Count>";
    let text = envelope(parts, "<t:Ask>4</t:Ask>");
    let read = Envelope::<Ask>::from_xml(text.as_bytes(), &ReadOptions::strict()).unwrap();
    let known = read.content.unwrap();
    assert_eq!(known.headers.id, Some(Id::new(true, "7")));
    assert_eq!(known.headers.count, Some(Number::new(3)));
    let written = String::from_utf8(known.to_xml().unwrap()).unwrap();
    assert!(written.contains("<t:ID e:mustUnderstand=\"true\">7</t:ID>"), "{written}");
    let again = Envelope::<Ask>::from_xml(written.as_bytes(), &ReadOptions::strict()).unwrap();
    assert_eq!(again.content.unwrap().headers, known.headers);
}

#[test]
fn within_header_parts_and_elsewhere_they_are_not_declared() {
    let strict = ReadOptions::strict();
    let missing = envelope("<t:ID>7</t:ID>", "<t:Ask>4</t:Ask>");
    assert!(Envelope::<Ask>::from_xml(missing.as_bytes(), &strict).is_err());
    let in_body = envelope("", "<t:Ask s:mustUnderstand=\"1\">4</t:Ask>");
    assert!(Envelope::<Ask>::from_xml(in_body.as_bytes(), &strict).is_err());
    let foreign = envelope("<t:Other s:mustUnderstand=\"1\"/>", "<t:Ask>4</t:Ask>");
    assert!(Envelope::<Ask>::from_xml(foreign.as_bytes(), &strict).unwrap().content.is_err());
    let fault =
        envelope("", "<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault>");
    assert!(Envelope::<Ask>::from_xml(fault.as_bytes(), &strict).unwrap().content.is_err());
}
