//! What the workspace's tests and benches share: documents to read, values to write, and ways to compare.

pub mod corpus;
pub mod run;
pub mod strategies;
pub mod wire;
pub mod xml;

/// Namespace of the messages, prefix `m`.
pub const M: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
/// Namespace of the types, prefix `t`.
pub const T: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
/// Namespace of SOAP 1.1 envelopes, prefix `soap`.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of the detail of faults, prefix `e`.
pub const E: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";

/// The protocol document's own messages, by name: `AddImGroup`, `AddImGroupResponse`, and so on.
pub const EXAMPLES: [(&str, &[u8]); 6] = [
    ("AddImContactToGroup", include_bytes!("../examples/AddImContactToGroup.xml")),
    ("AddImContactToGroupResponse", include_bytes!("../examples/AddImContactToGroupResponse.xml")),
    ("AddImGroup", include_bytes!("../examples/AddImGroup.xml")),
    ("AddImGroupResponse", include_bytes!("../examples/AddImGroupResponse.xml")),
    ("RemoveImGroup", include_bytes!("../examples/RemoveImGroup.xml")),
    ("RemoveImGroupResponse", include_bytes!("../examples/RemoveImGroupResponse.xml")),
];

/// One of [`EXAMPLES`].
///
/// # Panics
/// When there is none of that name.
pub fn example(name: &str) -> &'static [u8] {
    match EXAMPLES.iter().find(|(known, _)| *known == name) {
        Some((_, document)) => document,
        None => panic!("no example {name}"),
    }
}

/// The README's examples, which must compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
