//! What is known by name: the types of text that xsi:type may name where one is declared that they are derived from, and
//! the global attributes that a wildcard may admit.

use std::collections::BTreeMap;

use super::Lower;
use crate::load::XSD;
use crate::model::{Admitted, ItemId, ItemKind, KnownComplex, KnownType, Ty};
use crate::schema::{ComplexType, ElementDecl, QName, SimpleType, TypeBody, TypeId};

impl Lower<'_> {
    /// The simple types of the schemas that have a name, and complex types whose content is a text, each with those that
    /// it is derived from.
    pub(super) fn known_types(&mut self) -> Vec<KnownType> {
        let set = self.set;
        let mut known = Vec::new();
        let mut unions: BTreeMap<TypeId, Vec<QName>> = BTreeMap::new();
        for ty in &set.types {
            let Some(name) = &ty.name else { continue };
            if let TypeBody::Simple(SimpleType::Union { members }) = &ty.body {
                members.iter().for_each(|member| unions.entry(*member).or_default().push(name.clone()));
            }
        }
        self.lend_names();
        for (at, ty) in set.types.iter().enumerate() {
            let Some(name) = &ty.name else { continue };
            let id = TypeId(at);
            let in_unions = || unions.get(&id).into_iter().flatten().cloned();
            if let TypeBody::Builtin(builtin) = ty.body {
                // What they derive from else is known without.
                let member =
                    |base| KnownType { name: name.clone(), base, ty: Ty::Builtin(builtin), holder: None };
                known.extend(in_unions().map(member));
                continue;
            }
            let value = self.value_of(id).map(|value| (value, None));
            let Some((value, holder)) = value.or_else(|| self.text_in(id)) else { continue };
            let mut bases = Vec::new();
            bases.extend(self.named_base(id));
            bases.extend(in_unions());
            bases.retain(|base| base != name);
            bases.dedup();
            if bases.is_empty() {
                bases.push(QName { namespace: XSD.into(), local: "anySimpleType".into() });
            }
            let known_type = |base| KnownType { name: name.clone(), base, ty: value.clone(), holder };
            known.extend(bases.into_iter().map(known_type));
        }
        known
    }

    /// Type of the values of a simple type, or of a complex type that is no more than a text and is in use.
    fn value_of(&mut self, id: TypeId) -> Option<Ty> {
        match self.set.types[id.0].body {
            TypeBody::Simple(_) => Some(self.ty(id)),
            TypeBody::Complex(_) => self.done.get(&id).filter(|done| self.is_simple(done)).cloned(),
            TypeBody::Builtin(_) => None,
        }
    }

    /// Type of the text that is the content of a complex type, and the item that has the attributes beside it, if there is
    /// one: of types that are only bases of others there may be none.
    fn text_in(&mut self, id: TypeId) -> Option<(Ty, Option<ItemId>)> {
        let TypeBody::Complex(complex) = &self.set.types[id.0].body else { return None };
        let text =
            self.flatten(complex).text.filter(|_| !complex.is_abstract && self.extends_text(complex))?;
        let holder = match self.done.get(&id) {
            Some(Ty::Item(item)) => Some(*item),
            _ => None,
        };
        Some((self.ty(text), holder))
    }

    /// Whether a complex type is derived from a simple one, and not from one with mixed content.
    pub(super) fn extends_text(&self, complex: &ComplexType) -> bool {
        let mut derived = complex.derivation;
        while let Some((_, base)) = derived {
            match &self.set.types[base.0].body {
                TypeBody::Complex(complex) => derived = complex.derivation,
                TypeBody::Simple(_) | TypeBody::Builtin(_) => return true,
            }
        }
        false
    }

    /// Gives types without a name that of a type which is no more than they are, or than a list of them: documents
    /// may say it where that is declared.
    fn lend_names(&mut self) {
        let set = self.set;
        for (at, ty) in set.types.iter().enumerate() {
            let Some(name) = &ty.name else { continue };
            let Some(value) = self.value_of(TypeId(at)) else { continue };
            let mut inner = &value;
            while let Ty::List(item) = inner {
                inner = item;
            }
            let Ty::Item(id) = inner else { continue };
            let wire = &mut self.items[id.0].wire;
            // One of another namespace would take it to another module.
            if wire.local.is_empty() && wire.namespace == name.namespace {
                *wire = name.clone();
            }
        }
    }

    /// The nearest type with a name that a simple type restricts, or the text of a complex one has.
    fn named_base(&self, id: TypeId) -> Option<QName> {
        let mut at = id;
        if let TypeBody::Complex(complex) = &self.set.types[id.0].body {
            at = self.flatten(complex).text?;
            if let Some(name) = &self.set.types[at.0].name {
                return Some(name.clone());
            }
        }
        while let TypeBody::Simple(SimpleType::Restriction { base, .. }) = &self.set.types[at.0].body {
            at = *base;
            if let Some(name) = &self.set.types[at.0].name {
                return Some(name.clone());
            }
        }
        None
    }

    fn is_simple(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Builtin(_) | Ty::List(_) => true,
            Ty::Item(id) => matches!(
                self.items[id.0].kind,
                ItemKind::Enumeration { .. } | ItemKind::Restricted { .. } | ItemKind::Union(_)
            ),
            _ => false,
        }
    }

    /// The complex types that are no text, which is known otherwise.
    fn known_complex(&self) -> Vec<KnownComplex> {
        let mut known = Vec::new();
        for (at, ty) in self.set.types.iter().enumerate() {
            let (Some(name), TypeBody::Complex(complex)) = (&ty.name, &ty.body) else { continue };
            let is_abstract = complex.is_abstract;
            let done = self.done.get(&TypeId(at)).filter(|_| !is_abstract);
            let text = self.extends_text(complex) || done.is_some_and(|done| self.is_simple(done));
            let item = match done {
                _ if text && !is_abstract => continue,
                Some(Ty::Item(id) | Ty::Wrapped(id)) => Some(*id),
                _ => None,
            };
            known.push(KnownComplex { name: name.clone(), item, is_abstract });
        }
        known
    }

    /// What wildcards may admit, if any of them asks.
    pub(super) fn admitted(&mut self) -> Option<Admitted> {
        let set = self.set;
        let is_abstract = |element: &&ElementDecl| element.global && element.is_abstract;
        set.open.then(|| Admitted {
            abstract_elements: set
                .elements
                .iter()
                .filter(is_abstract)
                .map(|element| element.name.clone())
                .collect(),
            complex: self.known_complex(),
            all_types: set.all_types && set.all_complex,
            attributes: set.attributes.iter().map(|attribute| self.attribute(attribute)).collect(),
            all: set.all_globals,
        })
    }
}
