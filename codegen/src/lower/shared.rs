//! Which wide types are held as one member by the types that extend them, instead of being flattened in: dozens of
//! children, repeated for each of a dozen descendants, are most of the code that there is.

use super::complex::{Flat, parts};
use super::content::{Node, NodeTerm, top_level};
use super::{Lower, WIDE};
use crate::model::{Content, ItemId, ItemKind, Struct, Ty};
use crate::schema::{self, ComplexType, Derivation, TypeBody, TypeId, Wildcard};

impl Lower<'_> {
    /// The nearest base type that `id` holds as a member, and its struct.
    pub(super) fn member(&mut self, id: TypeId) -> Option<(ItemId, TypeId)> {
        let mut current = id;
        while let Some(base) = self.extended(current) {
            if self.shares(base) {
                return match self.ty(base) {
                    Ty::Item(member) => Some((member, base)),
                    _ => None,
                };
            }
            current = base;
        }
        None
    }

    /// The struct of `id`, which holds `member`, that of its base type; `open` is what attributes it admits beside those
    /// that are declared.
    pub(super) fn extension(
        &mut self,
        id: TypeId,
        member: ItemId,
        base: TypeId,
        open: Option<Wildcard>,
        bases: Vec<ItemId>,
    ) -> Struct {
        let key = self.type_key(id);
        let (hint, wire) = (super::strip_type(&self.hint(id)).to_owned(), self.wire(id));
        let mut beside = self.beside(id, base);
        // The base keeps them all where it admits any.
        let held = matches!(&self.set.types[base.0].body,
            TypeBody::Complex(complex) if self.flatten(complex).any_attribute.is_some());
        let open = open.filter(|_| held);
        if held {
            beside.any_attribute = None;
        }
        let mut fields = self.attributes(&beside, id);
        let nodes = beside.node.map(parts).unwrap_or_default();
        fields.extend(self.fields(&nodes, &key, &hint, &wire));
        let (model, base) = (Content::Sequence, Some(member));
        Struct { fields, model, wide: true, base, open, bases, ..Struct::default() }
    }

    /// What `id` has beside what its base type `base` has, which it is derived from by extensions.
    fn beside(&self, id: TypeId, base: TypeId) -> Flat {
        let mut chain = Vec::new();
        let mut current = id;
        while current != base
            && let TypeBody::Complex(complex) = &self.set.types[current.0].body
        {
            chain.push(complex);
            let Some((_, next)) = complex.derivation else { break };
            current = next;
        }
        let mut flat = Flat::empty();
        chain.into_iter().rev().for_each(|complex| self.derive(&mut flat, complex));
        flat
    }

    /// Whether all types that extend a type hold it as a member: it is wide, a type of its own and a sequence, which
    /// they only add to.
    fn shares(&mut self, id: TypeId) -> bool {
        if let Some(known) = self.shared.get(&id) {
            return *known;
        }
        let shares = self.is_member(id);
        self.shared.insert(id, shares);
        shares
    }

    fn is_member(&self, id: TypeId) -> bool {
        let TypeBody::Complex(complex) = &self.set.types[id.0].body else { return false };
        // A type without a name is one that was redefined, and no type of its own any more.
        if complex.is_abstract || self.set.types[id.0].name.is_none() {
            return false;
        }
        let flat = self.flatten(complex);
        let (Some(Node { term: NodeTerm::Sequence(_), min: 1, max: Some(1), .. }), None, false) =
            (&flat.node, flat.text, flat.mixed)
        else {
            return false;
        };
        let (nodes, model) = top_level(flat.node.clone());
        let optional = nodes.iter().filter(|node| node.min == 0 && node.max == Some(1)).count();
        model == Content::Sequence && optional >= WIDE && self.only_added_to(id, &flat)
    }

    /// Whether those that extend a type, and those that extend them, leave what it has as it is.
    fn only_added_to(&self, id: TypeId, flat: &Flat) -> bool {
        let mut open = vec![id];
        while let Some(base) = open.pop() {
            for &derived in self.descendants.get(&base).into_iter().flatten() {
                let TypeBody::Complex(complex) = &self.set.types[derived.0].body else { continue };
                if !matches!(complex.derivation, Some((Derivation::Extension, _))) {
                    continue;
                }
                let again = |own: &schema::AttributeUse| {
                    flat.attributes.iter().any(|attribute| attribute.name == own.name)
                };
                let simple = matches!(complex.content, schema::Content::Simple(_));
                if complex.mixed || simple || complex.attributes.iter().any(again) {
                    return false;
                }
                open.push(derived);
            }
        }
        true
    }

    /// The complex type that a type extends.
    fn extended(&self, id: TypeId) -> Option<TypeId> {
        match &self.set.types[id.0].body {
            TypeBody::Complex(ComplexType { derivation: Some((Derivation::Extension, base)), .. }) => {
                matches!(self.set.types[base.0].body, TypeBody::Complex(_)).then_some(*base)
            }
            _ => None,
        }
    }

    /// Gives the traits of such types the struct that all of their implementors are or hold.
    pub(super) fn settle_members(&mut self) {
        let traits: Vec<_> = self.traits.iter().map(|(ty, item)| (*ty, *item)).collect();
        for (ty, item) in traits {
            let own = match (self.shares(ty), self.done.get(&ty)) {
                (true, Some(Ty::Item(own))) => Some(*own),
                _ => None,
            };
            if let ItemKind::Trait(base) = &mut self.items[item.0].kind {
                base.own = own;
            }
        }
    }
}
