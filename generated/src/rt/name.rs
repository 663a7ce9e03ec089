//! Names: namespaces as small integers, element names with their tags ready to write, type names.

use std::fmt;

use super::known::{Known, KnownAttribute, KnownElements, KnownType};
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
        let own = self.own.iter().position(|(_, known)| *known == uri);
        let index = match own {
            Some(at) => at + COMMON.len(),
            None => COMMON.iter().position(|(_, known)| *known == uri)?,
        };
        u16::try_from(index).ok().map(Ns)
    }

    /// The vocabulary's own namespaces, without the common ones.
    pub fn own(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        self.own.iter().copied()
    }
}

/// The name of an element, with the tags that the writer copies.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Namespace.
    pub ns: Ns,
    /// Local name.
    pub local: &'static str,
    /// Start tag without attributes: `<t:DisplayName>`.
    pub open: &'static str,
    /// End tag: `</t:DisplayName>`.
    pub close: &'static str,
    /// The first bytes of the local name, and which bits of them count.
    head: (u64, u64),
}

impl Name {
    /// A name with its tags. Generated crates have a macro for each namespace that writes the call: there are thousands,
    /// which the compiler evaluates one by one, so that nothing is computed here that the macro can say.
    pub const fn new(ns: Ns, local: &'static str, open: &'static str, close: &'static str) -> Name {
        Name { ns, local, open, close, head: words::head(local.as_bytes()) }
    }

    /// Whether a local name that begins with these eight bytes can be this one.
    #[inline]
    pub(crate) fn can_begin(&self, word: u64) -> bool {
        word & self.head.1 == self.head.0
    }

    /// Whether this is the name `local` in `ns`.
    #[inline]
    pub fn is(&self, ns: Ns, local: &str) -> bool {
        self.ns == ns && words::same(self.local.as_bytes(), local.as_bytes())
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

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uri, self.local)
    }
}
