//! The two versions of SOAP: which namespace an envelope is in, and what HTTP says of it.

use crate::rt::{Ns, SOAP_URI, SOAP12_URI};

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

    pub(crate) const fn ns(self) -> Ns {
        match self {
            Version::V11 => Ns::SOAP,
            Version::V12 => Ns::SOAP12,
        }
    }

    /// The version of an element's namespace, if it is one of SOAP.
    pub(crate) fn of_uri(uri: &str) -> Option<Version> {
        [Version::V11, Version::V12].into_iter().find(|version| version.uri() == uri)
    }

    /// The version that the root of a text, which need not be well-formed, seems to be of.
    pub(crate) fn of_text(text: &str) -> Version {
        let root = text.find("Envelope").and_then(|at| text[at..].split('>').next());
        match root {
            Some(tag) if tag.contains(SOAP12_URI) => Version::V12,
            _ => Version::V11,
        }
    }
}
