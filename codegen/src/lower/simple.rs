//! Lowering of simple types: enumerations, facet newtypes, unions, lists; a restriction without facets is
//! its base.

use super::Lower;
use crate::model::{Item, ItemKind, Ty};
use crate::schema::{FacetKind, SimpleType, TypeBody, TypeId};

impl Lower<'_> {
    pub(super) fn simple(&mut self, id: TypeId, simple: &SimpleType) -> Ty {
        let ty = match simple {
            SimpleType::List { item } => Ty::List(Box::new(self.ty(*item))),
            SimpleType::Union { members } => {
                let mut variants = Vec::new();
                for (at, member) in members.iter().enumerate() {
                    let words = self.member_words(*member, at);
                    if self.set.types[member.0].name.is_none() {
                        let hint = format!("{} {words}", super::strip_type(&self.hint(id)));
                        self.member_hints.insert(*member, hint);
                    }
                    variants.push((words, self.ty(*member)));
                }
                self.simple_item(id, ItemKind::Union(variants))
            }
            SimpleType::Restriction { base, facets } => {
                let base_ty = self.ty(*base);
                let enumerated = facets.iter().any(|f| f.kind == FacetKind::Enumeration);
                let checked: Vec<_> = facets.iter().filter(|f| f.kind != FacetKind::WhiteSpace).cloned().collect();
                if enumerated && self.is_text(*base) {
                    // Published schemas list a value twice now and then; it is one value.
                    let mut values: Vec<crate::schema::Facet> = Vec::new();
                    for facet in checked.into_iter().filter(|f| f.kind == FacetKind::Enumeration) {
                        if !values.iter().any(|known| known.value == facet.value) {
                            values.push(facet);
                        }
                    }
                    self.simple_item(id, ItemKind::Enumeration(values))
                } else if checked.is_empty() {
                    base_ty
                } else {
                    self.simple_item(id, ItemKind::Restricted { base: base_ty, facets: checked })
                }
            }
        };
        self.done.insert(id, ty.clone());
        ty
    }

    fn simple_item(&mut self, id: TypeId, kind: ItemKind) -> Ty {
        let ty = &self.set.types[id.0];
        Ty::Item(self.add(Item {
            key: self.type_key(id),
            hint: self.hint(id),
            wire: self.wire(id),
            span: ty.span.clone(),
            docs: ty.docs.clone(),
            kind,
        }))
    }

    /// Words for a union member: the name of its type, or how it is told apart.
    fn member_words(&self, id: TypeId, at: usize) -> String {
        let ty = &self.set.types[id.0];
        if let Some(name) = &ty.name {
            return super::strip_type(&name.local).to_owned();
        }
        match &ty.body {
            TypeBody::Simple(SimpleType::Restriction { facets, .. }) => {
                let value = |kinds: [FacetKind; 2]| facets.iter().find(|f| kinds.contains(&f.kind)).map(|f| &*f.value);
                let least = value([FacetKind::MinInclusive, FacetKind::MinExclusive]);
                let most = value([FacetKind::MaxInclusive, FacetKind::MaxExclusive]);
                match (least, most) {
                    _ if facets.iter().any(|f| f.kind == FacetKind::Enumeration) => "listed".to_owned(),
                    _ if facets.iter().any(|f| f.kind == FacetKind::Pattern) => "patterned".to_owned(),
                    (Some(least), Some(most)) => format!("from {least} to {most}"),
                    (Some(least), None) => format!("from {least}"),
                    (None, Some(most)) => format!("up to {most}"),
                    (None, None) => "restricted".to_owned(),
                }
            }
            TypeBody::Simple(SimpleType::List { .. }) => "list".to_owned(),
            _ if at == 0 => "first".to_owned(),
            _ => "other".to_owned(),
        }
    }

    /// Whether values of the type are text, so that an enumeration of them is one of names.
    fn is_text(&self, id: TypeId) -> bool {
        use crate::schema::Builtin::*;
        match &self.set.types[id.0].body {
            TypeBody::Builtin(builtin) => {
                matches!(
                    builtin,
                    AnySimpleType | String | NormalizedString | Token | Language | NmToken | Name | NcName | Id | IdRef
                        | Entity | AnyUri | QName | Notation
                )
            }
            TypeBody::Simple(SimpleType::Restriction { base, .. }) => self.is_text(*base),
            _ => false,
        }
    }
}
