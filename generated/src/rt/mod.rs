//! The hand-written runtime: XML reader and writer, values of simple types, errors, and the small
//! [`prelude`] that generated code uses. Everything that is the same for all types is here, once.

mod any;
mod any_simple;
mod attributes;
mod categories;
mod charset;
mod codec;
mod content;
mod contract;
mod declared;
mod decode;
mod document;
mod enumeration;
mod error;
mod escape;
mod expect;
mod extends;
mod fields;
mod identity;
mod instance;
mod known;
mod lexical;
mod matcher;
mod mixed;
mod name;
mod non_empty;
mod opening;
mod pass;
mod pattern;
mod prefixes;
mod reader;
mod restricted;
mod scratch;
mod serde_text;
mod shape;
mod simple;
#[doc(hidden)]
pub mod space;
mod tags;
mod text;
mod union;
mod value;
mod wide;
pub(crate) mod words;
mod writer;
mod written;

pub use any::{AnyAttribute, AnyElement};
pub use any_simple::AnySimple;
#[doc(hidden)]
pub use contract::Blank;
pub use contract::{ATTRIBUTES, Choice, Content, Fields, Held, Shaped};
pub use declared::Defaulted;
pub use document::{Document, ReadDocument, ReadOptions, read};
pub use error::{Error, ErrorKind, Invalid, Note, NoteKind, Place, Result};
#[doc(hidden)]
pub use identity::Identity;
pub use instance::{Family, Nillable};
pub use lexical::{
    AnyUri, Base64Binary, Date, DateTime, Decimal, Duration, Entity, GDay, GMonth, GMonthDay, GYear,
    GYearMonth, HexBinary, Id, IdRef, Integer, Language, NcName, NegativeInteger, NmToken,
    NonNegativeInteger, NonPositiveInteger, NormalizedString, Offset, PositiveInteger, QName, Time, Token,
    XmlName, Zone,
};
pub use name::{
    AttributeName, Name, Ns, SOAP_URI, SOAP12_URI, TypeName, Vocabulary, XML_URI, XSD_URI, XSI_URI,
};
pub use non_empty::NonEmpty;
pub use reader::{Limits, Mode, Reader};
pub use shape::{Attribute, Model, Particle, Shape, Term, UNBOUNDED, Wildcard};
pub use simple::{Simple, Text, to_text};
pub use writer::Writer;

#[cfg(feature = "serde")]
#[doc(hidden)]
pub use ::serde;

#[cfg(feature = "client")]
pub(crate) use charset::announced as announced_text;
pub(crate) use charset::text as any_text;
pub(crate) use decode::{allowed as is_allowed, text as decode_text};
#[doc(hidden)]
pub use document::{read_open, write_document};
pub(crate) use reader::Next;

/// What generated code imports. Not part of the public interface: it changes with the generator.
#[doc(hidden)]
pub mod prelude {
    pub use super::any_simple::AnySimple;
    pub use super::codec::{
        attribute_read, attribute_write, choice, choice_read, choice_write, field_calls, fields, list, new,
        wide_content, wide_fields, wide_read, wide_write,
    };
    pub use super::contract::{Blank, Choice, Content, Fields, Shaped, begun, blank, choice_content, value};
    pub use super::declared::Defaulted;
    pub use super::document::{Document, NO_ROOTS, RootElement, document, elements, empty, message, roots};
    pub use super::enumeration::{Enumerated, TextIndex, enumeration, first, show, shown, text_of};
    pub use super::error::{Invalid, Result};
    pub use super::extends::{extended_fields, extends, holds, joined};
    pub use super::instance::{Family, Nillable, family, family_from};
    pub use super::known::{KnownAttribute, KnownComplex, KnownElements, KnownType, complex_types};
    pub use super::lexical::*;
    pub use super::name::{Datatype, Name, Ns, TypeName, Vocabulary};
    pub use super::non_empty::NonEmpty;
    pub use super::pattern::Pattern;
    pub use super::reader::Reader;
    pub use super::restricted::{Facet, Measured, check, check_value, checked, other_form, restricted};
    pub use super::serde_text::serde_text;
    #[cfg(feature = "serde")]
    pub use super::serde_text::wide_fields;
    pub use super::shape::{Attribute, Particle, Shape, UNBOUNDED, Wildcard};
    pub use super::simple::{Simple, Text, builtin as xsd, simple_content, trim};
    pub use super::space;
    pub use super::union::{known, union};
    pub use super::wide::{Ordered, before, get, kept, put_as, set, wide};
    pub use super::writer::Writer;
    pub use super::{AnyAttribute, AnyElement};
}
