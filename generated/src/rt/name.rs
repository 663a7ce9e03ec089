//! Names: namespaces as small integers, element names with their tags ready to write, type names.

use std::fmt;

use super::known::{Known, KnownAttribute, KnownComplex, KnownElements, KnownType};
use super::simple::Simple;
use super::words;

/// A namespace, as an index into the [`Vocabulary`] of the crate that owns the types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Ns(u16);

/// URI of the XML namespace, bound to `xml` in every document.
pub const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
/// URI of the namespace of `xsi:type` and `xsi:nil`.
pub const XSI_URI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// URI of the SOAP 1.1 envelope namespace.
pub const SOAP_URI: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// URI of the SOAP 1.2 envelope namespace.
pub const SOAP12_URI: &str = "http://www.w3.org/2003/05/soap-envelope";
/// URI of the XML Schema namespace.
pub const XSD_URI: &str = "http://www.w3.org/2001/XMLSchema";

/// Prefix and URI of the namespaces that every vocabulary has, in the order of their indices.
const COMMON: [(&str, &str); 6] = [
    ("", ""),
    ("xml", XML_URI),
    ("xsi", XSI_URI),
    ("soap", SOAP_URI),
    ("xsd", XSD_URI),
    ("soap", SOAP12_URI),
];

impl Ns {
    /// No namespace.
    pub const NONE: Ns = Ns(0);
    /// The XML namespace.
    pub const XML: Ns = Ns(1);
    /// The schema instance namespace.
    pub const XSI: Ns = Ns(2);
    /// The SOAP 1.1 envelope namespace.
    pub const SOAP: Ns = Ns(3);
    /// The XML Schema namespace.
    pub const XSD: Ns = Ns(4);
    /// The SOAP 1.2 envelope namespace.
    pub const SOAP12: Ns = Ns(5);
    /// A namespace that the vocabulary does not have; equal to no name of a schema.
    pub(crate) const FOREIGN: Ns = Ns(u16::MAX);

    /// The namespace at `index` of a vocabulary's own table.
    pub const fn of(index: u16) -> Ns {
        Ns(COMMON.len() as u16 + index)
    }
}

/// The namespaces a set of generated types uses, with the prefixes that the writer gives them.
#[derive(Debug)]
pub struct Vocabulary {
    own: &'static [(&'static str, &'static str)],
    /// What wildcards and `xsi:type` may mean.
    pub(crate) known: Known,
}

impl Vocabulary {
    /// A vocabulary of these (prefix, URI) pairs; [`Ns::of`] counts them.
    pub const fn new(own: &'static [(&'static str, &'static str)]) -> Vocabulary {
        Vocabulary { own, known: Known::NOTHING }
    }

    /// The same with the simple types that `xsi:type` may name; with `all`, there are no others.
    #[doc(hidden)]
    pub const fn types(mut self, types: &'static [KnownType], all: bool) -> Vocabulary {
        self.known.types = types;
        self.known.all_types = all;
        self
    }

    /// The same with the global elements and attributes that wildcards may admit; with `all`, there are no others.
    #[doc(hidden)]
    pub const fn globals(
        mut self,
        elements: &'static [KnownElements],
        attributes: &'static [KnownAttribute],
        all: bool,
    ) -> Vocabulary {
        self.known.elements = elements;
        self.known.attributes = attributes;
        self.known.all_globals = all;
        self
    }

    /// The same with the complex types that `xsi:type` may name; with `all`, there are no others, and
    /// none of text but the known ones.
    #[doc(hidden)]
    pub const fn complex(mut self, types: &'static [&'static [KnownComplex]], all: bool) -> Vocabulary {
        self.known.complex_types = types;
        self.known.all_complex = all;
        self
    }

    /// Prefix and URI of a namespace; empty for [`Ns::NONE`].
    pub fn entry(&self, ns: Ns) -> (&'static str, &'static str) {
        let index = usize::from(ns.0);
        match index.checked_sub(COMMON.len()) {
            None => COMMON[index],
            Some(own) => self.own.get(own).copied().unwrap_or(("", "")),
        }
    }

    /// URI of a namespace; empty for [`Ns::NONE`].
    pub fn uri(&self, ns: Ns) -> &'static str {
        self.entry(ns).1
    }

    /// The namespace with this URI, if the vocabulary has it.
    pub fn find(&self, uri: &str) -> Option<Ns> {
        // Own ones, which have their places behind the common ones, take precedence.
        let index = match place(self.own, uri) {
            Some(at) => at + COMMON.len(),
            None => place(&COMMON, uri)?,
        };
        u16::try_from(index).ok().map(Ns)
    }

    /// The vocabulary's own namespaces, without the common ones.
    pub fn own(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        self.own.iter().copied()
    }
}

/// The place of a URI in a list of namespaces.
fn place(list: &[(&str, &str)], uri: &str) -> Option<usize> {
    for (at, (_, known)) in list.iter().enumerate() {
        if *known == uri {
            return Some(at);
        }
    }
    None
}

/// The name of an element, with the tags that the writer copies.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Start tag and end tag, one after the other. One text in place of three: names are most of what a content model
    /// takes in memory, and a reader goes over those of all children that may be absent.
    tags: &'static str,
    /// Namespace.
    pub ns: Ns,
    /// Where the local name begins in the start tag.
    local: u16,
    /// Length of the local name.
    len: u16,
}

impl Name {
    /// A name with its tags without attributes, `<t:DisplayName></t:DisplayName>`. Generated crates have a macro for each
    /// namespace that writes the call: there are thousands, which the compiler evaluates one by one, so that nothing is
    /// computed here that the macro can say.
    pub const fn new(ns: Ns, local: &'static str, tags: &'static str) -> Name {
        let before = tags.len() / 2 - 1 - local.len();
        assert!(tags.len() <= u16::MAX as usize, "the tags are longer than 65535 bytes");
        Name { tags, ns, local: before as u16, len: local.len() as u16 }
    }

    /// Length of the start tag: that of the end tag has one byte more.
    #[inline]
    const fn middle(&self) -> usize {
        self.tags.len() / 2
    }

    /// Start tag: `<t:DisplayName>`.
    #[inline]
    pub(crate) fn open(&self) -> &'static [u8] {
        &self.tags.as_bytes()[..self.middle()]
    }

    /// End tag: `</t:DisplayName>`.
    #[inline]
    pub(crate) fn close(&self) -> &'static [u8] {
        &self.tags.as_bytes()[self.middle()..]
    }

    /// Local name.
    pub fn local(&self) -> &'static str {
        self.tags.get(usize::from(self.local)..self.middle() - 1).unwrap_or_default()
    }

    /// The name as the writer has it, with its prefix.
    pub(crate) fn qname(&self) -> &'static str {
        self.tags.get(1..self.middle() - 1).unwrap_or_default()
    }

    /// Length of the local name in bytes.
    #[inline]
    pub(crate) fn local_len(&self) -> usize {
        usize::from(self.len)
    }

    /// Bytes of the local name.
    #[inline]
    pub(crate) const fn local_bytes(&self) -> &'static [u8] {
        let (open, _) = self.tags.as_bytes().split_at(self.middle() - 1);
        open.split_at(self.local as usize).1
    }

    /// Whether this is the name `local` in `ns`.
    #[inline]
    pub fn is(&self, ns: Ns, local: &str) -> bool {
        self.ns == ns && words::same(self.local_bytes(), local.as_bytes())
    }
}

/// The name of an attribute, with the text that the writer copies before the value.
#[derive(Clone, Copy, Debug)]
pub struct AttributeName {
    /// Namespace; [`Ns::NONE`] for all but `form="qualified"` ones.
    pub ns: Ns,
    /// Local name.
    pub local: &'static str,
    /// What the writer puts before the value: ` Id="`.
    pub open: &'static str,
}

/// The name of a schema type, for messages and `xsi:type`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TypeName {
    /// Namespace URI.
    pub uri: &'static str,
    /// Local name; empty for an anonymous type.
    pub local: &'static str,
}

/// A type as far as the Rust type of its values tells it: that of this name, or a list of values of it.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Datatype {
    pub(crate) name: TypeName,
    pub(crate) list: bool,
}

impl Datatype {
    /// That of this name.
    pub(crate) const fn named(name: TypeName) -> Datatype {
        Datatype { name, list: false }
    }

    /// That of these values.
    pub const fn of<T: Simple>() -> Datatype {
        Datatype { name: T::TYPE, list: T::LIST }
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uri, self.local)
    }
}
