//! The lower stage: a pruned `SchemaSet` in, a Rust-shaped `Model` out. May assume that every id is valid
//! and that derivation does not go in circles. Structure is decided here, names are not.

mod bases;
mod boxes;
pub(crate) use endless::ranks;
mod complex;
mod content;
mod endless;
mod family;
mod known;
mod mixed;
mod prefixes;
mod service;
mod shared;
mod simple;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::diagnostic::Diagnostics;
use crate::manifest::Manifest;
use crate::model::{Item, ItemId, ItemKind, Model, Root, Ty};
use crate::schema::{Builtin, ElementId, QName, SchemaSet, TypeBody, TypeId};

/// Optional children from which on a struct keeps them sparsely.
pub const WIDE: usize = 24;

/// Lowers everything that `set` holds.
pub fn lower(set: &SchemaSet, manifest: &Manifest, diagnostics: &mut Diagnostics) -> Model {
    let mut lower = Lower::new(set, manifest, diagnostics);
    lower.repeated_alternatives();
    lower.roots();
    lower.contents();
    lower.remaining();
    lower.contents();
    let services = lower.services();
    let (types, admitted) = (lower.known_types(), lower.admitted());
    lower.settle_members();
    let Lower { mut items, roots, prefixes, .. } = lower;
    bases::settle(&mut items);
    endless::settle(&mut items, manifest.is_made_up(), diagnostics);
    boxes::box_fields(&mut items);
    let mut model =
        Model { items, roots, services, types, all_types: set.all_types, admitted, ..Model::default() };
    prefixes::declare(&mut model, &prefixes);
    model
}

/// What is still to be done for a type.
enum Pending {
    /// Fields of a struct, or variants of a choice.
    Content(TypeId, ItemId, complex::Flat),
    /// Entries of a list.
    Entries(ItemId, content::Node),
}

/// State of the stage.
struct Lower<'s> {
    set: &'s SchemaSet,
    manifest: &'s Manifest,
    diagnostics: &'s mut Diagnostics,
    items: Vec<Item>,
    /// Type of the values of each schema type that was lowered.
    done: BTreeMap<TypeId, Ty>,
    /// Complex types whose content is still to be lowered: a type may lead to any number of others, so this is a
    /// list and not a recursion.
    pending: Vec<Pending>,
    /// Traits of base types.
    traits: BTreeMap<TypeId, ItemId>,
    /// Enums of concrete types with their descendants.
    families: BTreeMap<(TypeId, Vec<TypeId>), ItemId>,
    /// Item of the groups with each key, and what is in them.
    groups: BTreeMap<String, (content::NodeTerm, Ty)>,
    /// Whether a type is held as a member by those that extend it, where that was asked.
    shared: BTreeMap<TypeId, bool>,
    /// Types that another type is derived from, with the direct descendants.
    descendants: BTreeMap<TypeId, Vec<TypeId>>,
    /// Global elements of each type.
    declared_by: BTreeMap<TypeId, Vec<ElementId>>,
    /// Types that local elements, attributes, lists or unions use.
    used_locally: BTreeSet<TypeId>,
    /// Types that stay when they only wrap a list: those of nillable elements and of repeated alternatives.
    unwrapped: BTreeSet<TypeId>,
    /// Prefix of each namespace.
    prefixes: BTreeMap<Rc<str>, Rc<str>>,
    /// Words for anonymous members of unions.
    member_hints: BTreeMap<TypeId, String>,
    roots: Vec<Root>,
    /// Index in `roots` of each global element.
    root_of: BTreeMap<ElementId, usize>,
}

impl<'s> Lower<'s> {
    fn new(set: &'s SchemaSet, manifest: &'s Manifest, diagnostics: &'s mut Diagnostics) -> Lower<'s> {
        let mut descendants: BTreeMap<TypeId, Vec<TypeId>> = BTreeMap::new();
        let mut used_locally = BTreeSet::new();
        let mut declared_by: BTreeMap<TypeId, Vec<ElementId>> = BTreeMap::new();
        for (at, ty) in set.types.iter().enumerate() {
            if let TypeBody::Complex(complex) = &ty.body
                && let Some((_, base)) = complex.derivation
                && matches!(set.types[base.0].body, TypeBody::Complex(_))
            {
                descendants.entry(base).or_default().push(TypeId(at));
            }
        }
        for (at, element) in set.elements.iter().enumerate() {
            if element.global {
                declared_by.entry(element.ty).or_default().push(ElementId(at));
            } else {
                used_locally.insert(element.ty);
            }
        }
        let nillable =
            set.elements.iter().filter(|element| element.nillable).map(|element| element.ty).collect();
        Lower {
            unwrapped: nillable,
            prefixes: prefixes::choose(set, manifest),
            set,
            manifest,
            diagnostics,
            items: Vec::new(),
            done: BTreeMap::new(),
            pending: Vec::new(),
            traits: BTreeMap::new(),
            families: BTreeMap::new(),
            groups: BTreeMap::new(),
            shared: BTreeMap::new(),
            descendants,
            declared_by,
            used_locally,
            member_hints: BTreeMap::new(),
            roots: Vec::new(),
            root_of: BTreeMap::new(),
        }
    }

    fn add(&mut self, item: Item) -> ItemId {
        self.items.push(item);
        ItemId(self.items.len() - 1)
    }

    /// `t:Name` with the prefix of the manifest or the inputs.
    fn display(&self, name: &QName) -> String {
        match self.prefixes.get(&name.namespace) {
            Some(prefix) => format!("{prefix}:{}", name.local),
            None => self.manifest.display(&name.namespace, &name.local),
        }
    }

    /// Key of a type: its name, or the names that lead to it. That of no other.
    fn type_key(&self, id: TypeId) -> String {
        let ty = &self.set.types[id.0];
        match &ty.name {
            Some(name) => self.display(name),
            None => {
                let path: Vec<&str> = ty.path.iter().map(|step| &**step).collect();
                let key =
                    self.display(&QName { namespace: ty.namespace.clone(), local: path.join("/").into() });
                if ty.holder.is_empty() { key } else { format!("{} {key}", ty.holder) }
            }
        }
    }

    /// The global element that lends its name to the type: the only one of that type, used for nothing else.
    fn owner(&self, id: TypeId) -> Option<ElementId> {
        match self.declared_by.get(&id).map(Vec::as_slice) {
            Some([only]) if !self.used_locally.contains(&id) && !self.descendants.contains_key(&id) => {
                Some(*only)
            }
            _ => None,
        }
    }

    /// Words to make the Rust name of a type.
    fn hint(&self, id: TypeId) -> String {
        if let Some(words) = self.member_hints.get(&id) {
            return words.clone();
        }
        if let Some(owner) = self.owner(id) {
            return self.set.elements[owner.0].name.local.to_string();
        }
        let ty = &self.set.types[id.0];
        match &ty.name {
            Some(name) => name.local.to_string(),
            None => {
                let words: Vec<&str> = ty.path.iter().map(|step| strip_type(step)).collect();
                words.join(" ")
            }
        }
    }

    /// Name on the wire of a type; the local part of an anonymous one is empty.
    fn wire(&self, id: TypeId) -> QName {
        let ty = &self.set.types[id.0];
        let anonymous = || QName { namespace: ty.namespace.clone(), local: "".into() };
        ty.name.clone().unwrap_or_else(anonymous)
    }

    fn roots(&mut self) {
        let set = self.set;
        for (at, element) in set.elements.iter().enumerate() {
            if !element.global || element.is_abstract {
                continue;
            }
            let ty = self.element_ty(ElementId(at));
            let own = self.owner(element.ty) == Some(ElementId(at)) && self.is_own(&ty);
            self.root_of.insert(ElementId(at), self.roots.len());
            self.roots.push(Root {
                name: element.name.clone(),
                span: element.span.clone(),
                ty,
                default: element.default.clone(),
                fixed: element.fixed.clone(),
                docs: element.docs.clone(),
                own,
                document: own,
            });
        }
    }

    /// Whether values of a type are of a type of this crate: those of an abstract type that nothing concrete is derived
    /// from are not.
    fn is_own(&self, ty: &Ty) -> bool {
        let Ty::Item(id) = ty else { return false };
        !matches!(&self.items[id.0].kind, ItemKind::Family(family) if family.members.is_empty())
    }

    /// Types that no element led to yet: reachable only as descendants that xsi:type can name, be it of a simple type.
    fn remaining(&mut self) {
        for at in 0..self.set.types.len() {
            let id = TypeId(at);
            let TypeBody::Complex(complex) = &self.set.types[at].body else { continue };
            let concrete = !complex.is_abstract;
            let base_only = self.descendants.contains_key(&id)
                && !self.used_locally.contains(&id)
                && !self.extends_text(complex);
            if concrete && self.set.types[at].name.is_some() && !base_only && !self.is_wrapper(id) {
                self.ty(id);
            }
        }
    }

    /// Type of an element's value.
    fn element_ty(&mut self, id: ElementId) -> Ty {
        let element = &self.set.elements[id.0];
        let (ty, nillable, block) = (element.ty, element.nillable, element.block);
        let mut value = match self.declared(ty, block) {
            Ty::Builtin(Builtin::AnySimpleType) => Ty::AnySimple,
            value => value,
        };
        if self.is_defaulted(id) {
            value = Ty::Defaulted(Box::new(value));
        }
        if nillable { Ty::Nillable(Box::new(value)) } else { value }
    }

    /// Whether an element has a default or fixed value, which only those with text can make use of.
    fn is_defaulted(&self, id: ElementId) -> bool {
        let element = &self.set.elements[id.0];
        let text = match &self.set.types[element.ty.0].body {
            TypeBody::Complex(complex) => {
                matches!(complex.content, crate::schema::Content::Simple(_)) || self.flatten(complex).mixed
            }
            // The XML of an element of any type stays as it is; a fixed value is only checked.
            TypeBody::Builtin(Builtin::AnyType) => element.fixed.is_some(),
            TypeBody::Builtin(_) | TypeBody::Simple(_) => true,
        };
        text && (element.default.is_some() || element.fixed.is_some())
    }

    /// Type of the values of a schema type.
    fn ty(&mut self, id: TypeId) -> Ty {
        if let Some(done) = self.done.get(&id) {
            return done.clone();
        }
        match &self.set.types[id.0].body {
            TypeBody::Builtin(Builtin::AnyType) => Ty::Any,
            TypeBody::Builtin(builtin) => Ty::Builtin(*builtin),
            TypeBody::Simple(_) => self.simple_with_parts(id),
            TypeBody::Complex(complex) => {
                let complex = complex.clone();
                self.complex(id, &complex)
            }
        }
    }
}

/// A name without the suffix `Type`, unless that is all there is.
pub(crate) fn strip_type(name: &str) -> &str {
    match name.strip_suffix("Type") {
        Some(rest) if !rest.is_empty() => rest,
        _ => name,
    }
}
