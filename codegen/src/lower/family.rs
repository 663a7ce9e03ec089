//! Families: the enum of the types that xsi:type can put in place of a declared one. An abstract type is the enum of
//! its concrete descendants; a concrete type that has any is, where it is the type of an element, the enum of itself
//! and them.

use super::{Lower, strip_type};
use crate::model::{Family, Item, ItemId, ItemKind, Ty};
use crate::schema::{Block, Derivation, TypeBody, TypeId};

impl Lower<'_> {
    /// Type of an element that is declared to have this type, and blocks some that are derived from it.
    pub(super) fn declared(&mut self, id: TypeId, block: Block) -> Ty {
        let concrete = matches!(&self.set.types[id.0].body, TypeBody::Complex(c) if !c.is_abstract);
        let closed = block.blocks(Derivation::Extension) && block.blocks(Derivation::Restriction);
        if !concrete || closed || self.concrete_descendants(id).is_empty() {
            return self.ty(id);
        }
        if let Some(family) = self.families.get(&id) {
            return Ty::Item(*family);
        }
        let key = format!("any {}", self.type_key(id));
        let hint = format!("Any {}", strip_type(&self.hint(id)));
        let family = self.family(id, key, hint);
        self.families.insert(id, family);
        let own = self.ty(id);
        self.members(id, family, Some(own));
        Ty::Item(family)
    }

    /// The enum of an abstract type's concrete descendants.
    pub(super) fn abstract_type(&mut self, id: TypeId) -> Ty {
        let family = self.family(id, self.type_key(id), self.hint(id));
        self.done.insert(id, Ty::Item(family));
        self.members(id, family, None);
        Ty::Item(family)
    }

    fn family(&mut self, id: TypeId, key: String, hint: String) -> ItemId {
        let span = self.set.types[id.0].span.clone();
        let (wire, docs) = (self.wire(id), self.docs_of(id));
        self.add(Item { key, hint, wire, span, docs, kind: ItemKind::Family(Family::default()) })
    }

    fn members(&mut self, id: TypeId, family: ItemId, own: Option<Ty>) {
        let mut members = Vec::new();
        let is_own = own.is_some();
        members.extend(own.map(|ty| (self.wire(id), ty)));
        for descendant in self.concrete_descendants(id) {
            members.push((self.wire(descendant), self.ty(descendant)));
        }
        self.items[family.0].kind = ItemKind::Family(Family { own: is_own, members });
    }

    fn concrete_descendants(&self, id: TypeId) -> Vec<TypeId> {
        let block = match &self.set.types[id.0].body {
            TypeBody::Complex(complex) => complex.block,
            _ => Block::default(),
        };
        let blocked = |id: &TypeId| match &self.set.types[id.0].body {
            TypeBody::Complex(complex) => complex.derivation.is_some_and(|(method, _)| block.blocks(method)),
            _ => false,
        };
        let children = |id: TypeId| {
            let direct = self.descendants.get(&id).into_iter().flatten();
            direct.rev().copied().filter(|id| !blocked(id))
        };
        let mut all = Vec::new();
        let mut open: Vec<TypeId> = children(id).collect();
        while let Some(next) = open.pop() {
            let concrete = matches!(&self.set.types[next.0].body, TypeBody::Complex(c) if !c.is_abstract);
            if concrete && self.set.types[next.0].name.is_some() {
                all.push(next);
            }
            open.extend(children(next));
        }
        all
    }
}
