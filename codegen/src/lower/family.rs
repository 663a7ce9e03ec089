//! Families: the enum of the types that xsi:type can put in place of a declared one. An abstract type is the enum of
//! its concrete descendants; a concrete type that has any is, where it is the type of an element, the enum of itself
//! and them.

use super::{Lower, strip_type};
use crate::model::{Family, Item, ItemId, ItemKind, Ty};
use crate::schema::{Block, TypeBody, TypeId};

impl Lower<'_> {
    /// Type of an element that is declared to have this type, and blocks some that are derived from it.
    pub(super) fn declared(&mut self, id: TypeId, block: Block) -> Ty {
        let TypeBody::Complex(complex) = &self.set.types[id.0].body else { return self.ty(id) };
        let (concrete, of_type) = (!complex.is_abstract, complex.block);
        let members = self.concrete_descendants(id, of_type.and(block));
        // What blocks all that could stand for an abstract type would leave nothing to write.
        if members.is_empty() {
            return self.ty(id);
        }
        let all = members == self.concrete_descendants(id, of_type);
        if all && !concrete {
            return self.ty(id);
        }
        if let Some(family) = self.families.get(&(id, members.clone())) {
            return Ty::Item(*family);
        }
        let (way, words) = match (all, block.extension) {
            (true, _) => ("", ""),
            (false, true) => ("restricted ", "Restricted "),
            (false, false) => ("extended ", "Extended "),
        };
        let key = format!("any {way}{}", self.type_key(id));
        let hint = format!("Any {words}{}", strip_type(&self.hint(id)));
        let family = self.family(id, key, hint);
        self.families.insert((id, members.clone()), family);
        let own = if concrete { Some(self.ty(id)) } else { None };
        self.members(id, family, own, members);
        Ty::Item(family)
    }

    /// The enum of an abstract type's concrete descendants.
    pub(super) fn abstract_type(&mut self, id: TypeId) -> Ty {
        let family = self.family(id, self.type_key(id), self.hint(id));
        self.done.insert(id, Ty::Item(family));
        let TypeBody::Complex(complex) = &self.set.types[id.0].body else { return Ty::Item(family) };
        self.members(id, family, None, self.concrete_descendants(id, complex.block));
        Ty::Item(family)
    }

    fn family(&mut self, id: TypeId, key: String, hint: String) -> ItemId {
        let span = self.set.types[id.0].span.clone();
        let (wire, docs) = (self.wire(id), self.docs_of(id));
        self.add(Item { key, hint, wire, span, docs, kind: ItemKind::Family(Family::default()) })
    }

    fn members(&mut self, id: TypeId, family: ItemId, own: Option<Ty>, descendants: Vec<TypeId>) {
        let mut members = Vec::new();
        let is_own = own.is_some();
        members.extend(own.map(|ty| (self.wire(id), ty)));
        for descendant in descendants {
            members.push((self.wire(descendant), self.ty(descendant)));
        }
        self.items[family.0].kind = ItemKind::Family(Family { own: is_own, members });
    }

    /// What is derived from a type in ways that are not blocked.
    fn concrete_descendants(&self, id: TypeId, block: Block) -> Vec<TypeId> {
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
