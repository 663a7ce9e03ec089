//! Traits of base types keep what all of their implementors have: a restriction on the way, or content that becomes an
//! enum, can lose a field.

use std::collections::BTreeSet;

use crate::model::{Item, ItemId, ItemKind, all_fields};

/// Takes out of the traits what some implementor lacks.
pub(super) fn settle(items: &mut [Item]) {
    // (trait, index of the field)
    let mut lacking: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (at, item) in items.iter().enumerate() {
        let (bases, fields) = match &item.kind {
            ItemKind::Struct(inner) => (&inner.bases, all_fields(items, ItemId(at))),
            ItemKind::Choice(inner) => (&inner.bases, Vec::new()),
            _ => continue,
        };
        for base in bases {
            let ItemKind::Trait(inner) = &items[base.0].kind else { continue };
            if inner.own.is_some_and(|own| own.0 != at) {
                continue;
            }
            for (at, field) in inner.fields.iter().enumerate() {
                if !fields.iter().any(|own| own.answers(field)) {
                    lacking.insert((base.0, at));
                }
            }
        }
    }
    for (at, item) in items.iter_mut().enumerate() {
        if let ItemKind::Trait(inner) = &mut item.kind {
            let mut index = 0..;
            inner.fields.retain(|_| index.next().is_some_and(|index| !lacking.contains(&(at, index))));
        }
    }
}
