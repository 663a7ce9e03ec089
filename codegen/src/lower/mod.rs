//! The lower stage: a pruned `SchemaSet` in, a Rust-shaped `Model` out. May assume that every id is valid
//! and that derivation does not go in circles. Structure is decided here, names are not.

mod boxes;
pub(crate) use boxes::ranks;
mod complex;
mod content;
mod service;
mod simple;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::manifest::Manifest;
use crate::model::{Item, ItemId, ItemKind, Model, Root, Ty};
use crate::schema::{ElementId, QName, SchemaSet, TypeBody, TypeId};

/// Optional children from which on a struct keeps them sparsely.
pub const WIDE: usize = 24;

/// Lowers everything that `set` holds.
pub fn lower(set: &SchemaSet, manifest: &Manifest, diagnostics: &mut Diagnostics) -> Model {
    let mut lower = Lower::new(set, manifest, diagnostics);
    lower.roots();
    lower.remaining();
    let services = lower.services();
    let Lower { mut items, roots, .. } = lower;
    boxes::box_recursion(&mut items, diagnostics);
    let model = Model { items, roots, services, namespaces: Vec::new() };
    with_namespaces(model, set, manifest)
}

/// State of the stage.
struct Lower<'s> {
    set: &'s SchemaSet,
    manifest: &'s Manifest,
    diagnostics: &'s mut Diagnostics,
    items: Vec<Item>,
    /// Type of the values of each schema type that was lowered.
    done: BTreeMap<TypeId, Ty>,
    /// Traits of base types.
    traits: BTreeMap<TypeId, ItemId>,
    /// Types that another type is derived from by extension, with the direct descendants.
    descendants: BTreeMap<TypeId, Vec<TypeId>>,
    /// Global elements of each type.
    declared_by: BTreeMap<TypeId, Vec<ElementId>>,
    /// Types that local elements, attributes, lists or unions use.
    used_locally: BTreeSet<TypeId>,
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
        Lower {
            set,
            manifest,
            diagnostics,
            items: Vec::new(),
            done: BTreeMap::new(),
            traits: BTreeMap::new(),
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
        prefixed(self.set, self.manifest, name)
    }

    /// Key of a type: its name, or the names that lead to it.
    fn type_key(&self, id: TypeId) -> String {
        let ty = &self.set.types[id.0];
        match &ty.name {
            Some(name) => self.display(name),
            None => {
                let path: Vec<&str> = ty.path.iter().map(|step| &**step).collect();
                self.display(&QName { namespace: ty.namespace.clone(), local: path.join("/").into() })
            }
        }
    }

    /// The global element that lends its name to the type: the only one of that type, used for nothing else.
    fn owner(&self, id: TypeId) -> Option<ElementId> {
        match self.declared_by.get(&id).map(Vec::as_slice) {
            Some([only]) if !self.used_locally.contains(&id) && !self.descendants.contains_key(&id) => Some(*only),
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
            let own = self.owner(element.ty) == Some(ElementId(at)) && matches!(ty, Ty::Item(_));
            self.root_of.insert(ElementId(at), self.roots.len());
            self.roots.push(Root {
                name: element.name.clone(),
                span: element.span.clone(),
                ty,
                docs: element.docs.clone(),
                own,
            });
        }
    }

    /// Types that no element led to yet: reachable only as descendants that xsi:type can name.
    fn remaining(&mut self) {
        for at in 0..self.set.types.len() {
            let id = TypeId(at);
            let concrete = matches!(&self.set.types[at].body, TypeBody::Complex(c) if !c.is_abstract);
            let base_only = self.descendants.contains_key(&id) && !self.used_locally.contains(&id);
            if concrete && self.set.types[at].name.is_some() && !base_only && !self.is_wrapper(id) {
                self.ty(id);
            }
        }
    }

    /// Type of an element's value.
    fn element_ty(&mut self, id: ElementId) -> Ty {
        let element = &self.set.elements[id.0];
        let (ty, nillable) = (element.ty, element.nillable);
        let value = self.ty(ty);
        if nillable { Ty::Nillable(Box::new(value)) } else { value }
    }

    /// Type of the values of a schema type.
    fn ty(&mut self, id: TypeId) -> Ty {
        if let Some(done) = self.done.get(&id) {
            return done.clone();
        }
        match &self.set.types[id.0].body {
            TypeBody::Builtin(crate::schema::Builtin::AnyType) => Ty::Any,
            TypeBody::Builtin(builtin) => Ty::Builtin(*builtin),
            TypeBody::Simple(simple) => {
                let simple = simple.clone();
                self.simple(id, &simple)
            }
            TypeBody::Complex(complex) => {
                let complex = complex.clone();
                self.complex(id, &complex)
            }
        }
    }

    #[cold]
    fn unsupported(&mut self, id: TypeId, what: &str) {
        let span = self.set.types[id.0].span.clone();
        let message = format!("{what} of `{}` is not generated yet", self.type_key(id));
        let help = "leave the operation out with `operations` in manifest.toml, or wait for the next version";
        self.diagnostics.push(Diagnostic::error(Code::NotGenerated, &span, message).help(help));
    }
}

/// A name without the suffix `Type`, unless that is all there is.
pub(crate) fn strip_type(name: &str) -> &str {
    match name.strip_suffix("Type") {
        Some(rest) if !rest.is_empty() => rest,
        _ => name,
    }
}

fn prefixed(set: &SchemaSet, manifest: &Manifest, name: &QName) -> String {
    if name.namespace.is_empty() {
        return name.local.to_string();
    }
    if manifest.prefixes.values().any(|uri| **uri == *name.namespace) {
        return manifest.display(&name.namespace, &name.local);
    }
    match set.prefixes.iter().find(|(_, uri)| *uri == name.namespace) {
        Some((prefix, _)) if !prefix.is_empty() => format!("{prefix}:{}", name.local),
        _ => manifest.display(&name.namespace, &name.local),
    }
}

/// Collects the namespaces that names of the model are in, with their prefixes.
fn with_namespaces(mut model: Model, set: &SchemaSet, manifest: &Manifest) -> Model {
    let mut uris = BTreeSet::new();
    for item in &model.items {
        uris.insert(item.wire.namespace.clone());
        let mut fields = Vec::new();
        match &item.kind {
            ItemKind::Struct(item) => fields.extend(&item.fields),
            ItemKind::Choice(item) => fields.extend(&item.variants),
            ItemKind::Wrapper(field) => fields.push(field),
            _ => {}
        }
        for field in fields {
            if let crate::model::Term::Element(name) | crate::model::Term::Attribute(name) = &field.term {
                uris.insert(name.namespace.clone());
            }
        }
    }
    uris.extend(model.roots.iter().map(|root| root.name.namespace.clone()));
    uris.remove("");
    uris.remove("http://www.w3.org/XML/1998/namespace");
    let mut namespaces = Vec::new();
    for uri in uris {
        let probe = prefixed(set, manifest, &QName { namespace: uri.clone(), local: "".into() });
        let prefix = match probe.strip_suffix(':') {
            Some(prefix) => prefix.to_owned(),
            None => derived_prefix(&uri),
        };
        namespaces.push((prefix.as_str().into(), uri));
    }
    namespaces.sort();
    model.namespaces = namespaces;
    model
}

/// A prefix made of the last word of a URI.
fn derived_prefix(uri: &str) -> String {
    let words = uri.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let named = words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    named.last().map_or_else(|| "ns".to_owned(), str::to_ascii_lowercase)
}
