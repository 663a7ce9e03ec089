//! `Model`: what the lower stage hands on. Rust-shaped items: structs, choices, enumerations, newtypes,
//! base traits, operations; nothing of XML Schema is left but the names on the wire.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::schema::{Builtin, Facet, QName, SoapVersion, Wildcard};
use crate::span::Span;

/// Index into [`Model::items`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ItemId(pub usize);

/// Everything that will be emitted.
#[derive(Clone, Default, Debug)]
pub struct Model {
    /// In an order that does not depend on the order of the inputs.
    pub items: Vec<Item>,
    /// Global elements, sorted by name.
    pub roots: Vec<Root>,
    /// Services, in order of the manifest.
    pub services: Vec<Service>,
    /// Simple types that xsi:type may name, each with one that it is derived from.
    pub types: Vec<KnownType>,
    /// Whether there are no others in the schemas.
    pub all_types: bool,
    /// What wildcards may admit; `None` where there is none that asks.
    pub admitted: Option<Admitted>,
    /// (prefix, URI) of the namespaces that occur in names, sorted by prefix.
    pub namespaces: Vec<(Rc<str>, Rc<str>)>,
    /// Module of each namespace with components that the manifest gives no module.
    pub modules: BTreeMap<Rc<str>, String>,
}

/// A type whose content is text, by its name.
#[derive(Clone, Debug)]
pub struct KnownType {
    /// Its name.
    pub name: QName,
    /// Name of a type that it is derived from, or stands for.
    pub base: QName,
    /// Type of its texts.
    pub ty: Ty,
    /// For a complex type, the item that has its attributes.
    pub holder: Option<ItemId>,
}

/// A complex type by its name, for elements of which nothing else says what they are.
#[derive(Clone, Debug)]
pub struct KnownComplex {
    /// Its name.
    pub name: QName,
    /// The item that it became, if it did.
    pub item: Option<ItemId>,
    /// Whether nothing can be of it.
    pub is_abstract: bool,
}

/// What wildcards may admit beside the global elements, which are the roots.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Complex types.
    pub complex: Vec<KnownComplex>,
    /// Whether there are no types in the schemas but these and those of text.
    pub all_types: bool,
    /// Global elements that are abstract.
    pub abstract_elements: Vec<QName>,
    /// Global attributes.
    pub attributes: Vec<Field>,
    /// Whether there are no other elements and attributes in the schemas.
    pub all: bool,
}

/// One Rust item.
#[derive(Clone, Debug)]
pub struct Item {
    /// Key of the component: `t:ImGroupType`, with `/Child` for each step into an anonymous type or a
    /// nested group, and a leading `trait ` for a base trait.
    pub key: String,
    /// Words to make the Rust name of.
    pub hint: String,
    /// Name of the schema type, for messages and xsi:type.
    pub wire: QName,
    /// Where the component is defined.
    pub span: Span,
    /// Documentation.
    pub docs: Option<String>,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of item.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// A struct with attributes, text, or children.
    Struct(Struct),
    /// The enum of a choice.
    Choice(Choice),
    /// The enum of a type and its descendants, told apart by xsi:type.
    Family(Family),
    /// Only a shape: a type that wraps a list and disappears into `Vec` at its use.
    Wrapper(Field),
    /// An open enumeration.
    Enumeration {
        /// Its values.
        values: Vec<Facet>,
        /// What becomes of white space before a text is looked up.
        space: WhiteSpace,
    },
    /// A newtype with facets.
    Restricted {
        /// What it wraps.
        base: Ty,
        /// Facets other than whiteSpace.
        facets: Vec<Facet>,
        /// What becomes of white space before the base reads the text.
        space: WhiteSpace,
    },
    /// The enum of a union's member types.
    Union(Vec<(String, Ty)>),
    /// The trait of a base type: what all of its descendants have.
    Trait(Base),
}

/// What becomes of the white space of a text: the whiteSpace facet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WhiteSpace {
    /// It stays.
    Preserve,
    /// Each of it becomes a space.
    Replace,
    /// What stands between words becomes one space, the rest goes.
    Collapse,
}

impl WhiteSpace {
    /// A text with its white space treated so.
    pub fn of(self, text: &str) -> String {
        const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];
        match self {
            WhiteSpace::Preserve => text.to_owned(),
            WhiteSpace::Replace => text.replace(SPACE, " "),
            WhiteSpace::Collapse => {
                let words: Vec<&str> = text.split(SPACE).filter(|word| !word.is_empty()).collect();
                words.join(" ")
            }
        }
    }

    /// The word of the schema.
    pub fn word(self) -> &'static str {
        match self {
            WhiteSpace::Preserve => "preserve",
            WhiteSpace::Replace => "replace",
            WhiteSpace::Collapse => "collapse",
        }
    }
}

/// A struct.
#[derive(Clone, Default, Debug)]
pub struct Struct {
    /// Attributes first, then text or children, in schema order.
    pub fields: Vec<Field>,
    /// How the children combine.
    pub model: Content,
    /// Of mixed content, what children may stand where; empty when any of them may stand anywhere.
    pub order: Vec<Part>,
    /// The content of a nested group: it has no element of its own.
    pub nested: bool,
    /// Optional children are kept sparsely.
    pub wide: bool,
    /// The struct of a base type that it holds as a member, in place of that one's fields, which come before its own.
    pub base: Option<ItemId>,
    /// Which other attributes it admits, where the base has the field for them.
    pub open: Option<Wildcard>,
    /// Traits of its base types, nearest first.
    pub bases: Vec<ItemId>,
}

/// How the children of a struct combine.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Content {
    /// There are none.
    #[default]
    Empty,
    /// Text.
    Text,
    /// One after the other.
    Sequence,
    /// In any order.
    All,
    /// Text with children between.
    Mixed,
}

/// A part of a content model that is only checked: the children are values in one list.
#[derive(Clone, Debug)]
pub struct Part {
    /// minOccurs.
    pub min: u32,
    /// maxOccurs; `None` is unbounded.
    pub max: Option<u32>,
    /// What occurs.
    pub term: PartTerm,
}

/// What a [`Part`] repeats.
#[derive(Clone, Debug)]
pub enum PartTerm {
    /// An element.
    Element(QName),
    /// Elements that a wildcard admits.
    Any(Wildcard),
    /// One after the other.
    Sequence(Vec<Part>),
    /// One of them.
    Choice(Vec<Part>),
    /// In any order.
    All(Vec<Part>),
}

/// The enum of a choice.
#[derive(Clone, Default, Debug)]
pub struct Choice {
    /// Alternatives.
    pub variants: Vec<Field>,
    /// A nested group; otherwise the whole content of a type.
    pub nested: bool,
    /// One piece of mixed content; the last variant is text.
    pub mixed: bool,
    /// Traits of its base types, which have nothing that a choice would lack.
    pub bases: Vec<ItemId>,
}

/// The enum of the types that an element may have.
#[derive(Clone, Default, Debug)]
pub struct Family {
    /// Whether the first member is the declared type itself, which needs no xsi:type. An abstract type is none.
    pub own: bool,
    /// Name in xsi:type and type of the values of each.
    pub members: Vec<(QName, Ty)>,
}

/// A base type's trait.
#[derive(Clone, Default, Debug)]
pub struct Base {
    /// Attributes and children of the base type.
    pub fields: Vec<Field>,
    /// Trait of the next base type.
    pub parent: Option<ItemId>,
    /// The struct of the base type, when all implementors are it or hold it as a member.
    pub own: Option<ItemId>,
}

/// One field of a struct, variant of a choice, or item of a wrapper.
#[derive(Clone, Debug)]
pub struct Field {
    /// Last step of its key: `DisplayName`, `@Id`, `value`, `content`.
    pub step: String,
    /// Words to make the Rust name of.
    pub hint: String,
    /// Where it stands on the wire.
    pub term: Term,
    /// Type of one occurrence.
    pub ty: Ty,
    /// minOccurs; for an attribute 1 when required.
    pub min: u32,
    /// maxOccurs; `None` is unbounded.
    pub max: Option<u32>,
    /// Boxed: the type is reached from itself, or is a complex one among the sparse fields of a wide type.
    pub boxed: bool,
    /// Fixed value.
    pub fixed: Option<String>,
    /// Default value.
    pub default: Option<String>,
    /// Documentation.
    pub docs: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

/// The fields of a struct, after those of the structs that it holds as members of its base types.
pub fn all_fields(items: &[Item], id: ItemId) -> Vec<&Field> {
    let mut chain = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next
        && let ItemKind::Struct(inner) = &items[id.0].kind
    {
        chain.push(&inner.fields);
        next = inner.base;
    }
    chain.into_iter().rev().flatten().collect()
}

impl Model {
    /// Type of the entries of a wrapper.
    pub fn entry(&self, wrapper: ItemId) -> &Ty {
        match &self.items[wrapper.0].kind {
            ItemKind::Wrapper(field) => &field.ty,
            _ => &Ty::Any,
        }
    }
}

impl Field {
    /// Whether it holds a list.
    pub fn is_many(&self) -> bool {
        self.max != Some(1)
    }

    /// Whether an empty element stands for a value of its declaration.
    pub fn is_defaulted(&self) -> bool {
        self.ty.is_defaulted()
    }

    /// Whether it is exactly one.
    pub fn is_required(&self) -> bool {
        self.min == 1 && self.max == Some(1)
    }

    /// Whether it is what a base type's trait answers with `base`: the same declaration, which the way from there has
    /// not changed. Where a name occurs twice its place tells which.
    pub fn answers(&self, base: &Field) -> bool {
        let place = self.span == base.span || matches!(base.term, Term::AnyAttribute(_));
        let often = self.is_many() == base.is_many() && (self.min == 0) == (base.min == 0);
        self.step == base.step && place && often && self.ty == base.ty
    }

    /// Whether it is an attribute, declared or admitted.
    pub fn is_attribute(&self) -> bool {
        matches!(self.term, Term::Attribute(_) | Term::AnyAttribute(_))
    }
}

/// Where a field stands on the wire.
#[derive(Clone, Debug)]
pub enum Term {
    /// An element.
    Element(QName),
    /// Elements that a wildcard admits.
    Any(Wildcard),
    /// A nested group: its item is the field's type.
    Group,
    /// An attribute.
    Attribute(QName),
    /// Attributes that a wildcard admits.
    AnyAttribute(Wildcard),
    /// The element's text.
    Text,
    /// All of the element's content: text with children between.
    Mixed,
}

/// A type of one value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    /// A built-in type.
    Builtin(Builtin),
    /// A list type (xs:list).
    List(Box<Ty>),
    /// Any element, kept as XML.
    Any,
    /// An element with text of any simple type.
    AnySimple,
    /// Any attribute.
    AnyAttribute,
    /// An item.
    Item(ItemId),
    /// A list inside a wrapper element: the item is of kind [`ItemKind::Wrapper`], which knows the entries.
    Wrapped(ItemId),
    /// A nillable element of the type.
    Nillable(Box<Ty>),
    /// An element with a default or fixed value.
    Defaulted(Box<Ty>),
}

impl Ty {
    /// Whether it is that of an element with a default or fixed value.
    pub fn is_defaulted(&self) -> bool {
        match self {
            Ty::Defaulted(_) => true,
            Ty::Nillable(inner) => inner.is_defaulted(),
            _ => false,
        }
    }
}

/// A global element.
#[derive(Clone, Debug)]
pub struct Root {
    /// Its name.
    pub name: QName,
    /// Where it is declared.
    pub span: Span,
    /// Its type.
    pub ty: Ty,
    /// Default value.
    pub default: Option<String>,
    /// Fixed value.
    pub fixed: Option<String>,
    /// Documentation.
    pub docs: Option<String>,
    /// The type is this element's alone, and has its name.
    pub own: bool,
    /// The type is an item that is the document: its own, or the message of an operation that no other global
    /// element has as its type.
    pub document: bool,
}

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Key of the port type.
    pub key: String,
    /// Name that the manifest gives to the trait.
    pub name: String,
    /// Module of the protocol.
    pub module: String,
    /// WSDL file.
    pub file: Rc<str>,
    /// SOAP version.
    pub soap: SoapVersion,
    /// Documentation.
    pub docs: Option<String>,
    /// Operations in order of the port type.
    pub operations: Vec<Operation>,
}

/// A request or reply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message {
    /// Index of its element in [`Model::roots`]; `None` where the Body is empty.
    pub root: Option<usize>,
    /// What stands for it in code.
    pub carrier: Carrier,
}

/// What stands for a message in code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carrier {
    /// The type of its element, which is no other message.
    Type,
    /// The type of its element, which is also the reply of an operation before this one.
    Shared,
    /// A newtype of the operation: other elements or messages have the type.
    Newtype,
    /// A unit struct of the operation: the Body is empty.
    Empty,
}

/// An operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Name on the wire.
    pub name: Rc<str>,
    /// SOAPAction.
    pub soap_action: String,
    /// Documentation.
    pub docs: Option<String>,
    /// The request.
    pub request: Message,
    /// The reply; `None` for a one-way operation.
    pub response: Option<Message>,
    /// Header parts of the request: part name and root.
    pub request_headers: Vec<(Rc<str>, usize)>,
    /// Header parts of the reply.
    pub response_headers: Vec<(Rc<str>, usize)>,
    /// Whether the manifest says that it only reads.
    pub read_only: bool,
    /// Where it is named.
    pub span: Span,
}

impl Operation {
    /// The request, then the reply if there is one.
    pub fn messages(&self) -> impl Iterator<Item = Message> {
        [self.request].into_iter().chain(self.response)
    }
}
