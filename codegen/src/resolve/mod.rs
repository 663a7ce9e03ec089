//! The resolve stage: `Documents` in, `SchemaSet` out. Every name becomes an id, groups are expanded,
//! substitution groups and operations are linked; unknown names are reported where they are used. May assume
//! parsed documents.
//!
//! First `collect` finds all global components and gives each an id. Then they are converted, which only
//! needs the ids of others. Last come the passes over the whole: `cycles`, `contents`, `facets`,
//! `substitution`, `services`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::XSD;
use crate::manifest::Manifest;
use crate::parse::{self, BUILT_IN, Documents, Item};
use crate::renumber::renumber;
use crate::schema::{
    AttributeUse, Builtin, Derivation, ElementDecl, ElementId, Facet, QName, SchemaSet, SimpleType, TypeBody,
    TypeDef, TypeId, Wildcard,
};
use crate::span::Span;

mod attributes;
mod builtin;
mod collect;
mod contents;
mod cycles;
mod defaults;
mod facets;
mod lookup;
mod numbers;
pub(crate) mod overloads;
mod particles;
mod parts;
mod patterns;
mod rpc;
mod services;
mod substitution;
mod types;

pub(crate) use facets::word as facet_word;
pub(crate) use patterns::is_plain as is_plain_pattern;

use collect::{Component, Space, Table};

/// Runs the stage. The manifest says which WSDLs and which of their operations are wanted. The set is usable
/// even after errors: what could not be resolved has the type anyType or is left out.
pub fn resolve(documents: &Documents, manifest: &Manifest, diagnostics: &mut Diagnostics) -> SchemaSet {
    let table = collect::collect(documents, diagnostics);
    let mut resolver = Resolver::new(documents, table, diagnostics);
    resolver.assign_ids();
    resolver.convert_all();
    cycles::break_cycles(&mut resolver.set, resolver.diagnostics);
    substitution::break_cycles(&mut resolver.set, resolver.diagnostics);
    resolver.inherit_element_types();
    resolver.settle_contents();
    resolver.check_kinds();
    facets::check(&mut resolver.set, resolver.diagnostics);
    defaults::check(&resolver.set, resolver.diagnostics);
    substitution::link(&mut resolver.set);
    resolver.set.prefixes = documents.prefixes.clone();
    resolver.set.attributes = resolver.global_attributes.values().cloned().collect();
    let (types, elements) = resolver.order();
    let mut set = renumber(&resolver.set, &types, &elements);
    services::link(&mut set, documents, manifest, diagnostics);
    set
}

/// Where a definition stands while it is converted.
#[derive(Clone, Debug)]
struct Place {
    /// Its document and target namespace.
    instance: usize,
    /// Names that lead to it.
    path: Vec<Rc<str>>,
    /// As [`TypeDef::holder`].
    holder: &'static str,
    /// What it redefines: references to this name mean the definition at that index.
    redefines: Option<(Space, QName, usize)>,
}

impl Place {
    fn within(&self, name: &Rc<str>) -> Self {
        let mut inner = self.clone();
        inner.path.push(name.clone());
        inner
    }
}

/// A simpleContent whose text type is settled once all types are known.
struct PendingContent {
    ty: TypeId,
    base: TypeId,
    derivation: Derivation,
    inline: Option<TypeId>,
    facets: Vec<Facet>,
    path: Vec<Rc<str>>,
    holder: &'static str,
    span: Span,
}

/// A type without a name that waits for the group in which it is.
struct Deferred {
    node: Box<parse::Complex>,
    id: TypeId,
    place: Place,
    owner: usize,
}

struct Resolver<'a, 'd> {
    documents: &'a Documents,
    table: Table<'a>,
    diagnostics: &'d mut Diagnostics,
    set: SchemaSet,
    /// Id of each definition of a type, by name and index among its redefinitions.
    type_ids: BTreeMap<(QName, usize), TypeId>,
    element_ids: BTreeMap<QName, ElementId>,
    /// For every type and element, the global component under which it was converted.
    type_owners: Vec<usize>,
    element_owners: Vec<usize>,
    owner: usize,
    groups: BTreeMap<(QName, usize), particles::Expansion>,
    attribute_groups: BTreeMap<(QName, usize), (Vec<AttributeUse>, Option<Wildcard>)>,
    global_attributes: BTreeMap<QName, AttributeUse>,
    /// Documents, by their instances, and the namespaces that they lack an import of.
    not_imported: BTreeSet<(usize, Rc<str>)>,
    /// Groups being expanded, outermost first.
    open: Vec<(Space, QName, usize)>,
    /// Types of elements in them that are yet to be converted.
    deferred: VecDeque<Deferred>,
    /// Particles that expansions of groups have made so far.
    expanded: usize,
    pending_contents: Vec<PendingContent>,
    /// Elements without a type of their own that take the type of their head.
    pending_heads: Vec<ElementId>,
    /// Uses of a type that must be simple.
    must_be_simple: Vec<(TypeId, Span, &'static str)>,
    suggestions: usize,
}

impl<'a, 'd> Resolver<'a, 'd> {
    fn new(documents: &'a Documents, table: Table<'a>, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            documents,
            table,
            diagnostics,
            set: SchemaSet::default(),
            type_ids: BTreeMap::new(),
            element_ids: BTreeMap::new(),
            type_owners: Vec::new(),
            element_owners: Vec::new(),
            owner: 0,
            groups: BTreeMap::new(),
            attribute_groups: BTreeMap::new(),
            global_attributes: BTreeMap::new(),
            not_imported: BTreeSet::new(),
            open: Vec::new(),
            deferred: VecDeque::new(),
            expanded: 0,
            pending_contents: Vec::new(),
            pending_heads: Vec::new(),
            must_be_simple: Vec::new(),
            suggestions: 0,
        }
    }

    /// Built-in types, then every global type and element in order of their names.
    fn assign_ids(&mut self) {
        let span = Span { file: BUILT_IN.into(), line: 0, column: 0 };
        let namespace: Rc<str> = XSD.into();
        for (builtin, name, _) in builtin::ALL {
            self.add_type(TypeDef {
                name: Some(QName { namespace: namespace.clone(), local: (*name).into() }),
                path: Vec::new(),
                holder: "",
                namespace: namespace.clone(),
                span: span.clone(),
                docs: None,
                body: TypeBody::Builtin(*builtin),
            });
        }
        let mut originals = Vec::new();
        for ((space, name), definitions) in &self.table.components {
            let Some(last) = definitions.len().checked_sub(1) else { continue };
            match space {
                Space::Type => {
                    let id = TypeId(self.set.types.len());
                    self.set.types.push(placeholder(
                        Some(name.clone()),
                        &name.namespace,
                        definitions[last].span(),
                    ));
                    self.type_owners.push(self.set.types.len());
                    self.type_ids.insert((name.clone(), last), id);
                    originals.extend((0..last).map(|i| (name.clone(), i, definitions[i].span())));
                }
                Space::Element => {
                    let id = ElementId(self.set.elements.len());
                    let any = TypeId(Builtin::AnyType as usize);
                    self.set.elements.push(new_element(name.clone(), true, any, definitions[last].span()));
                    self.element_owners.push(0);
                    self.element_ids.insert(name.clone(), id);
                }
                _ => {}
            }
        }
        // What was redefined is still the base of its redefinition, but has no name any more.
        for (name, index, span) in originals {
            let mut original = placeholder(None, &name.namespace, span);
            let last = self.table.get(Space::Type, &name).map_or(0, |list| list.len() - 1);
            // What was redefined twice is the original of an original.
            original.path = vec![name.local.clone()];
            original.path.extend(std::iter::repeat_n(Rc::from("Original"), last - index));
            let owner = self.type_ids.get(&(name.clone(), last)).map_or(0, |id| self.type_owners[id.0]);
            let new = self.add_type(original);
            self.type_owners[new.0] = owner;
            self.type_ids.insert((name, index), new);
        }
    }

    fn add_type(&mut self, ty: TypeDef) -> TypeId {
        self.set.types.push(ty);
        self.type_owners.push(self.owner);
        TypeId(self.set.types.len() - 1)
    }

    /// Where a global component stands.
    fn place(
        &self,
        space: Space,
        name: &QName,
        instance: usize,
        redefines: Option<(Space, QName, usize)>,
    ) -> Place {
        let others = [Space::Type, Space::Element, Space::Attribute, Space::Group, Space::AttributeGroup];
        let mut before = others.iter().take_while(|other| **other != space);
        let shared = before.any(|other| self.table.get(*other, name).is_some());
        let holder = if shared { space.word() } else { "" };
        Place { instance, path: vec![name.local.clone()], holder, redefines }
    }

    /// Converts every global component, in order of space and name.
    fn convert_all(&mut self) {
        let components: Vec<((Space, QName), Vec<Component<'a>>)> =
            self.table.components.iter().map(|(key, list)| (key.clone(), list.clone())).collect();
        let types = self.set.types.len();
        for (position, ((space, name), definitions)) in components.into_iter().enumerate() {
            for (index, component) in definitions.iter().enumerate() {
                let redefines = index.checked_sub(1).map(|before| (space, name.clone(), before));
                let place = self.place(space, &name, component.instance, redefines);
                let type_id = self.type_ids.get(&(name.clone(), index)).copied();
                // Types come first in the table: their owner is their own number, of the others it is behind.
                self.owner = match type_id {
                    Some(id) if space == Space::Type => self.type_owners[id.0],
                    _ => types + 1 + position,
                };
                match (component.item, type_id) {
                    (Item::Complex(node), Some(id)) => self.complex(node, id, &place),
                    (Item::Simple(node), Some(id)) => self.simple(node, id, &place),
                    (Item::Element(node), _) => {
                        if let Some(id) = self.element_ids.get(&name).copied() {
                            self.element_decl(node, id, &place);
                        }
                    }
                    (Item::Attribute(node), _) => {
                        self.global_attribute(&name, node, &place);
                    }
                    (Item::Group(_), _) => {
                        self.group(&name, index);
                    }
                    (Item::AttributeGroup(_), _) => {
                        self.attribute_group(&name, index);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Types and elements in their final order: owners in order, what they hold behind them.
    fn order(&self) -> (Vec<TypeId>, Vec<ElementId>) {
        let mut types: Vec<TypeId> = (0..self.set.types.len()).map(TypeId).collect();
        types.sort_by_key(|id| (self.type_owners[id.0], id.0));
        let mut elements: Vec<ElementId> = (0..self.set.elements.len()).map(ElementId).collect();
        elements.sort_by_key(|id| (self.element_owners[id.0], id.0));
        (types, elements)
    }

    fn error(&mut self, code: Code, span: &Span, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::error(code, span, message);
        self.diagnostics.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }
}

/// A type to be filled in.
fn placeholder(name: Option<QName>, namespace: &Rc<str>, span: &Span) -> TypeDef {
    TypeDef {
        name,
        path: Vec::new(),
        holder: "",
        namespace: namespace.clone(),
        span: span.clone(),
        docs: None,
        body: TypeBody::Simple(SimpleType::Restriction {
            base: TypeId(Builtin::AnySimpleType as usize),
            facets: Vec::new(),
        }),
    }
}

/// An element to be filled in.
fn new_element(name: QName, global: bool, ty: TypeId, span: &Span) -> ElementDecl {
    ElementDecl {
        name,
        global,
        ty,
        nillable: false,
        is_abstract: false,
        block: crate::schema::Block::default(),
        default: None,
        fixed: None,
        substitutes: None,
        members: Vec::new(),
        docs: None,
        span: span.clone(),
    }
}
