//! `Documents`: syntax trees of XML Schema, as written. Names in attribute values are expanded to namespace
//! and local name, but nothing is looked up. The trees of WSDL are in `wsdl_syntax`.

use std::rc::Rc;

use super::wsdl_syntax::Definitions;
use crate::load::Reference;
use crate::schema::{Block, Derivation, FacetKind, Process, QName, Usage};
use crate::span::Span;

/// Every document, parsed.
#[derive(Clone, Default, Debug)]
pub struct Documents {
    /// Schema documents, and schemas embedded in WSDL documents, sorted by file and line.
    pub schemas: Vec<Schema>,
    /// WSDL documents, sorted by file.
    pub wsdls: Vec<Definitions>,
    /// Files that the manifest names itself.
    pub roots: Vec<Rc<str>>,
    /// Prefixes that documents bind, as (prefix, URI), most used first.
    pub prefixes: Vec<(Rc<str>, Rc<str>)>,
    /// Imports whose file is missing or not said: what may be to blame for an unknown name.
    pub fileless_imports: Vec<Reference>,
}

/// One `xs:schema`.
#[derive(Clone, Debug)]
pub struct Schema {
    /// File that holds it.
    pub file: Rc<str>,
    /// Where it starts.
    pub span: Span,
    /// Stands within a WSDL document.
    pub embedded: bool,
    /// Supplied by the generator: gives way to declarations of the inputs.
    pub built_in: bool,
    /// targetNamespace.
    pub target: Option<Rc<str>>,
    /// elementFormDefault="qualified"
    pub elements_qualified: bool,
    /// attributeFormDefault="qualified"
    pub attributes_qualified: bool,
    /// Includes, imports, redefinitions.
    pub references: Vec<SchemaReference>,
    /// Global components.
    pub items: Vec<Item>,
}

/// An include, import or redefine with what it redefines.
#[derive(Clone, Debug)]
pub struct SchemaReference {
    /// The reference, with the file that load found.
    pub reference: Reference,
    /// Children of a redefine.
    pub redefined: Vec<Item>,
}

/// A global component.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are those of the elements")]
pub enum Item {
    Element(Element),
    Attribute(Attribute),
    Group(Group),
    AttributeGroup(AttributeGroup),
    Complex(Complex),
    Simple(Simple),
}

/// A name in an attribute value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameRef {
    /// Expanded.
    pub name: QName,
    /// As written, for messages.
    pub text: Rc<str>,
    /// The element that has the attribute.
    pub span: Span,
}

/// Occurrence of a particle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Occurs {
    /// minOccurs
    pub min: u32,
    /// maxOccurs, `None` for unbounded.
    pub max: Option<u32>,
}

/// Where a type comes from: a name, or a definition in place.
#[derive(Clone, Debug)]
pub enum TypeRef {
    /// `type="…"`
    Named(NameRef),
    /// A simpleType child.
    Simple(Box<Simple>),
    /// A complexType child.
    Complex(Box<Complex>),
}

/// `xs:element`, global or local.
#[derive(Clone, Debug)]
pub struct Element {
    /// Where.
    pub span: Span,
    /// Documentation.
    pub docs: Option<String>,
    /// Name, of a declaration.
    pub name: Option<Rc<str>>,
    /// `ref`.
    pub reference: Option<NameRef>,
    /// Its type, when it says one.
    pub ty: Option<TypeRef>,
    /// nillable
    pub nillable: bool,
    /// abstract
    pub is_abstract: bool,
    /// block, or the schema's blockDefault.
    pub block: Block,
    /// default
    pub default: Option<String>,
    /// fixed
    pub fixed: Option<String>,
    /// substitutionGroup
    pub substitutes: Option<NameRef>,
    /// `form`, when given: qualified or not.
    pub qualified: Option<bool>,
}

/// `xs:attribute`, global or local.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Where.
    pub span: Span,
    /// Documentation.
    pub docs: Option<String>,
    /// Name, of a declaration.
    pub name: Option<Rc<str>>,
    /// `ref`.
    pub reference: Option<NameRef>,
    /// Its type, when it says one.
    pub ty: Option<TypeRef>,
    /// use
    pub usage: Usage,
    /// default
    pub default: Option<String>,
    /// fixed
    pub fixed: Option<String>,
    /// `form`, when given: qualified or not.
    pub qualified: Option<bool>,
}

/// Attribute declarations of a complex type or attribute group.
#[derive(Clone, Default, Debug)]
pub struct Attributes {
    /// In document order.
    pub uses: Vec<AttributeItem>,
    /// anyAttribute
    pub any: Option<Any>,
}

/// An attribute or a reference to a group of them.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are those of the elements")]
pub enum AttributeItem {
    Attribute(Attribute),
    Group(NameRef),
}

/// `xs:group` with a name.
#[derive(Clone, Debug)]
pub struct Group {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// Its model group.
    pub model: Option<Particle>,
}

/// `xs:attributeGroup` with a name.
#[derive(Clone, Debug)]
pub struct AttributeGroup {
    /// Where.
    pub span: Span,
    /// Name.
    pub name: Rc<str>,
    /// What it holds.
    pub attributes: Attributes,
}

/// A particle.
#[derive(Clone, Debug)]
pub struct Particle {
    /// Where.
    pub span: Span,
    /// How often.
    pub occurs: Occurs,
    /// What.
    pub term: Term,
}

/// What a particle repeats.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are those of the elements")]
pub enum Term {
    Element(Box<Element>),
    Group(NameRef),
    Any(Any),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    All(Vec<Particle>),
}

/// `xs:any` or `xs:anyAttribute`.
#[derive(Clone, Debug)]
pub struct Any {
    /// `namespace` as written, split at blanks.
    pub namespaces: Vec<Rc<str>>,
    /// processContents
    pub process: Process,
}

/// `xs:complexType`.
#[derive(Clone, Debug)]
pub struct Complex {
    /// Where.
    pub span: Span,
    /// Name, of a global one.
    pub name: Option<Rc<str>>,
    /// Documentation.
    pub docs: Option<String>,
    /// abstract
    pub is_abstract: bool,
    /// mixed, from the type or its complexContent.
    pub mixed: bool,
    /// block, or the schema's blockDefault.
    pub block: Block,
    /// What it holds.
    pub content: ComplexContent,
    /// Attributes.
    pub attributes: Attributes,
}

/// The three forms of a complex type's content.
#[derive(Clone, Debug)]
pub enum ComplexContent {
    /// Particles, no base.
    Plain(Option<Particle>),
    /// complexContent.
    Derived {
        /// How.
        derivation: Derivation,
        /// From what.
        base: NameRef,
        /// Particles.
        particle: Option<Particle>,
    },
    /// simpleContent.
    Simple {
        /// How.
        derivation: Derivation,
        /// From what.
        base: NameRef,
        /// A simpleType child of a restriction.
        inline: Option<Box<Simple>>,
        /// Facets of a restriction.
        facets: Vec<Facet>,
    },
}

/// `xs:simpleType`.
#[derive(Clone, Debug)]
pub struct Simple {
    /// Where.
    pub span: Span,
    /// Name, of a global one.
    pub name: Option<Rc<str>>,
    /// Documentation.
    pub docs: Option<String>,
    /// What it is.
    pub body: SimpleBody,
}

/// The three forms of a simple type.
#[derive(Clone, Debug)]
pub enum SimpleBody {
    /// restriction
    Restriction {
        /// From what.
        base: TypeRef,
        /// In document order.
        facets: Vec<Facet>,
    },
    /// list
    List(TypeRef),
    /// union; named members first, then those in place.
    Union(Vec<TypeRef>),
}

/// One facet, its value unchecked.
#[derive(Clone, Debug)]
pub struct Facet {
    /// Which.
    pub kind: FacetKind,
    /// value
    pub value: String,
    /// What the words of the value are as names, if all can be names: their prefixes mean something here alone.
    pub names: Vec<QName>,
    /// Documentation.
    pub docs: Option<String>,
    /// Where.
    pub span: Span,
}
