//! The two versions of SOAP: which namespace an envelope is in, and what HTTP says of it.

use crate::rt::{SOAP_URI, SOAP12_URI, words};

/// A version of SOAP. Which one a service speaks, its description says.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Version {
    /// SOAP 1.1: `text/xml`, the action in a header of its own.
    #[default]
    V11,
    /// SOAP 1.2: `application/soap+xml`, the action as its parameter.
    V12,
}

impl Version {
    /// Namespace of the envelope.
    pub const fn uri(self) -> &'static str {
        match self {
            Version::V11 => SOAP_URI,
            Version::V12 => SOAP12_URI,
        }
    }

    /// Media type of a message.
    pub const fn media_type(self) -> &'static str {
        match self {
            Version::V11 => "text/xml",
            Version::V12 => "application/soap+xml",
        }
    }

    /// The version of an element's namespace, if it is one of SOAP.
    #[inline]
    pub(crate) fn of_uri(uri: &str) -> Option<Version> {
        [Version::V11, Version::V12].into_iter().find(|version| version.uri() == uri)
    }

    /// The version that the root of a text, which need not be well-formed, seems to be of.
    #[inline]
    pub(crate) fn of_text(text: &str) -> Version {
        let text = text.as_bytes();
        let root = words::find(text, b"Envelope").unwrap_or(text.len());
        let end = words::find(&text[root..], b">").map_or(text.len(), |len| root + len);
        match words::find(&text[root..end], SOAP12_URI.as_bytes()) {
            Some(_) => Version::V12,
            None => Version::V11,
        }
    }
}
