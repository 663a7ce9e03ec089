//! `SchemaSet`: what the resolve stage hands on. Every QName is an id, groups and attribute groups are
//! expanded in place, substitution groups and operations are linked.

use std::rc::Rc;

use crate::span::Span;

/// An expanded name: namespace URI (empty for no namespace) and local name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct QName {
    /// Namespace URI; empty when the name is in no namespace.
    pub namespace: Rc<str>,
    /// Local part.
    pub local: Rc<str>,
}

/// Index into [`SchemaSet::types`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(pub usize);

/// Index into [`SchemaSet::elements`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ElementId(pub usize);

/// Everything the inputs declare, resolved. Order is deterministic: global components sorted by name,
/// anonymous ones after the component that holds them.
#[derive(Clone, Default, Debug)]
pub struct SchemaSet {
    /// Built-in, global and anonymous types.
    pub types: Vec<TypeDef>,
    /// Global and local element declarations.
    pub elements: Vec<ElementDecl>,
    /// Global attribute declarations, sorted by name; after prune, those that wildcards may admit.
    pub attributes: Vec<AttributeUse>,
    /// After prune: whether there are wildcards that ask for known elements or attributes, or anyType, which does so
    /// within.
    pub open: bool,
    /// After prune: whether everything was asked for, and no global element was left out.
    pub all_globals: bool,
    /// After prune: the same for simple types with a name.
    pub all_types: bool,
    /// After prune: the same for complex types with a name.
    pub all_complex: bool,
    /// One entry per port type that a binding of SOAP 1.1 (else 1.2) document style makes callable.
    pub services: Vec<Service>,
    /// Prefixes that the inputs themselves bind to a namespace, most used first: a hint for the writer.
    pub prefixes: Vec<(Rc<str>, Rc<str>)>,
}

/// A type definition.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// `None` for an anonymous type.
    pub name: Option<QName>,
    /// For an anonymous type: the names that lead to it, outermost first (`ResponseMessageType`,
    /// `MessageXml`). Empty for a named one.
    pub path: Vec<Rc<str>>,
    /// What that path begins with, where something else has this name, too: `element`, `group`; else empty.
    pub holder: &'static str,
    /// Namespace whose schema document holds the definition.
    pub namespace: Rc<str>,
    /// Where it is defined.
    pub span: Span,
    /// Text of `xs:documentation`, dedented; paragraphs separated by an empty line.
    pub docs: Option<String>,
    /// What it is.
    pub body: TypeBody,
}

/// The three kinds of type.
#[derive(Clone, Debug)]
pub enum TypeBody {
    /// A type of the XMLSchema namespace.
    Builtin(Builtin),
    /// A simpleType.
    Simple(SimpleType),
    /// A complexType.
    Complex(ComplexType),
}

/// A simpleType definition.
#[derive(Clone, Debug)]
pub enum SimpleType {
    /// Restriction of `base` by `facets`.
    Restriction {
        /// The restricted type.
        base: TypeId,
        /// In document order.
        facets: Vec<Facet>,
    },
    /// Space-separated list of `item`.
    List {
        /// Type of one entry.
        item: TypeId,
    },
    /// One of `members`.
    Union {
        /// In order of preference.
        members: Vec<TypeId>,
    },
}

/// One constraining facet.
#[derive(Clone, PartialEq, Debug)]
pub struct Facet {
    /// Which.
    pub kind: FacetKind,
    /// Its lexical value, checked against the kind (a length is a number, a pattern compiles).
    pub value: String,
    /// What the words of an enumeration's value are as names, if all can be names.
    pub names: Vec<QName>,
    /// Documentation (enumeration values carry it).
    pub docs: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// Facets of XSD 1.0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names are those of XML Schema Part 2, section 4.3")]
pub enum FacetKind {
    Enumeration,
    Pattern,
    Length,
    MinLength,
    MaxLength,
    WhiteSpace,
    MinInclusive,
    MaxInclusive,
    MinExclusive,
    MaxExclusive,
    TotalDigits,
    FractionDigits,
}

/// A complexType definition. For an extension, `content` and `attributes` are what it adds.
#[derive(Clone, Debug)]
pub struct ComplexType {
    /// `abstract="true"`.
    pub is_abstract: bool,
    /// Mixed content.
    pub mixed: bool,
    /// Which derived types xsi:type cannot put in its place.
    pub block: Block,
    /// Base type and method, when derived from something other than anyType.
    pub derivation: Option<(Derivation, TypeId)>,
    /// What stands between the tags.
    pub content: Content,
    /// Attribute uses, attribute groups expanded, in document order.
    pub attributes: Vec<AttributeUse>,
    /// `xs:anyAttribute`.
    pub any_attribute: Option<Wildcard>,
}

/// `block` of a type or element, or the schema's `blockDefault`: what cannot be substituted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Block {
    /// Types derived by extension.
    pub extension: bool,
    /// Types derived by restriction.
    pub restriction: bool,
    /// Elements of the substitution group.
    pub substitution: bool,
    /// A quirk says that types stand for none but themselves, which no schema says.
    pub closed: bool,
}

impl Block {
    /// From the text of the attribute.
    pub fn parse(text: &str) -> Block {
        let has = |word: &str| text.split_whitespace().any(|w| w == word || w == "#all");
        Block {
            extension: has("extension"),
            restriction: has("restriction"),
            substitution: has("substitution"),
            closed: false,
        }
    }

    /// What either of two blocks.
    pub fn and(self, other: Block) -> Block {
        Block {
            extension: self.extension || other.extension,
            restriction: self.restriction || other.restriction,
            substitution: self.substitution || other.substitution,
            closed: self.closed || other.closed,
        }
    }

    /// Whether it blocks types derived by this method.
    pub fn blocks(self, derivation: Derivation) -> bool {
        match derivation {
            Derivation::Extension => self.extension || self.closed,
            Derivation::Restriction => self.restriction || self.closed,
        }
    }
}

/// Derivation method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Derivation {
    /// `xs:extension`
    Extension,
    /// `xs:restriction`
    Restriction,
}

/// Content of a complexType.
#[derive(Clone, Debug)]
pub enum Content {
    /// Nothing.
    Empty,
    /// Text of this simple type (simpleContent). For a restriction with facets an anonymous simple
    /// type holds them.
    Simple(TypeId),
    /// Child elements.
    Particles(Particle),
}

/// A term with its occurrence.
#[derive(Clone, Debug)]
pub struct Particle {
    /// minOccurs.
    pub min: u32,
    /// maxOccurs; `None` is unbounded.
    pub max: Option<u32>,
    /// What occurs.
    pub term: Term,
    /// Where it stands.
    pub span: Span,
    /// Name of the group, when this was a reference to one: a good name for what it holds.
    pub group: Option<Rc<str>>,
}

/// What a particle repeats. Group references are already replaced by their model group.
#[derive(Clone, Debug)]
pub enum Term {
    /// An element: local declaration or reference to a global one.
    Element(ElementId),
    /// `xs:any`.
    Any(Wildcard),
    /// `xs:sequence`.
    Sequence(Vec<Particle>),
    /// `xs:choice`.
    Choice(Vec<Particle>),
    /// `xs:all`.
    All(Vec<Particle>),
}

/// `xs:any` or `xs:anyAttribute`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wildcard {
    /// Which namespaces.
    pub namespaces: NamespaceConstraint,
    /// processContents.
    pub process: Process,
}

impl Wildcard {
    /// Whether what it admits must be valid, if it is known.
    pub fn asks(&self) -> bool {
        self.process != Process::Skip
    }
}

/// Namespace constraint of a wildcard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NamespaceConstraint {
    /// `##any`
    Any,
    /// `##other`: not this target namespace, and not none.
    Other(Rc<str>),
    /// A list of URIs (`##targetNamespace` replaced; empty string for `##local`).
    List(Vec<Rc<str>>),
}

/// processContents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names are those of XML Schema Part 1, section 3.10")]
pub enum Process {
    Strict,
    Lax,
    Skip,
}

/// An element declaration.
#[derive(Clone, Debug)]
pub struct ElementDecl {
    /// Its name in instances: the namespace is empty for an unqualified local element.
    pub name: QName,
    /// Declared at the top of a schema.
    pub global: bool,
    /// Its type.
    pub ty: TypeId,
    /// `nillable="true"`.
    pub nillable: bool,
    /// `abstract="true"`.
    pub is_abstract: bool,
    /// What cannot take its place, by xsi:type or substitution.
    pub block: Block,
    /// Default value.
    pub default: Option<String>,
    /// Fixed value.
    pub fixed: Option<String>,
    /// Head of its substitution group.
    pub substitutes: Option<ElementId>,
    /// Elements that may stand for this one, directly or through others, sorted by name; never itself.
    pub members: Vec<ElementId>,
    /// Documentation.
    pub docs: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// An attribute use. A prohibited use appears only in a restriction.
#[derive(Clone, Debug)]
pub struct AttributeUse {
    /// Its name in instances.
    pub name: QName,
    /// Its simple type.
    pub ty: TypeId,
    /// required, optional or prohibited.
    pub usage: Usage,
    /// Default value.
    pub default: Option<String>,
    /// Fixed value.
    pub fixed: Option<String>,
    /// Documentation.
    pub docs: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// `use` of an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names are those of XML Schema Part 1, section 3.2.2")]
pub enum Usage {
    Required,
    Optional,
    Prohibited,
}

/// A port type with the binding that makes it callable.
#[derive(Clone, Debug)]
pub struct Service {
    /// Name of the port type.
    pub name: QName,
    /// WSDL file it was read from, as named in the inputs.
    pub file: Rc<str>,
    /// SOAP version of the binding.
    pub soap: SoapVersion,
    /// Documentation of the port type.
    pub docs: Option<String>,
    /// In order of the port type.
    pub operations: Vec<Operation>,
}

/// SOAP version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SoapVersion {
    /// SOAP 1.1
    V11,
    /// SOAP 1.2
    V12,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Name.
    pub name: Rc<str>,
    /// soapAction; empty when the binding has none.
    pub soap_action: String,
    /// Documentation.
    pub docs: Option<String>,
    /// Request.
    pub input: Message,
    /// Reply; `None` for a one-way operation.
    pub output: Option<Message>,
    /// Fault details: name and element.
    pub faults: Vec<(Rc<str>, ElementId)>,
    /// Where the port type names it.
    pub span: Span,
}

/// The parts of a message as the binding places them.
#[derive(Clone, Debug)]
pub struct Message {
    /// Element that is the child of Body; `None` for an empty body.
    pub body: Option<ElementId>,
    /// Header parts in binding order, a part named twice once.
    pub headers: Vec<HeaderPart>,
}

/// One header part.
#[derive(Clone, Debug)]
pub struct HeaderPart {
    /// Name of the message part.
    pub part: Rc<str>,
    /// Its element.
    pub element: ElementId,
}

/// A built-in simple type, and the ur-types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names are those of XML Schema Part 2, section 3")]
pub enum Builtin {
    AnyType,
    AnySimpleType,
    String,
    NormalizedString,
    Token,
    Language,
    NmToken,
    NmTokens,
    Name,
    NcName,
    Id,
    IdRef,
    IdRefs,
    Entity,
    Entities,
    Boolean,
    Decimal,
    Integer,
    NonPositiveInteger,
    NegativeInteger,
    NonNegativeInteger,
    PositiveInteger,
    Long,
    Int,
    Short,
    Byte,
    UnsignedLong,
    UnsignedInt,
    UnsignedShort,
    UnsignedByte,
    Float,
    Double,
    Duration,
    DateTime,
    Time,
    Date,
    GYearMonth,
    GYear,
    GMonthDay,
    GDay,
    GMonth,
    HexBinary,
    Base64Binary,
    AnyUri,
    QName,
    Notation,
}
