//! Enums of mixed content that are the same: the first one is emitted, and the others are other names of it. Types of
//! documents have dozens of them.

use std::collections::{BTreeMap, BTreeSet};

use super::features::Reach;
use crate::model::{Choice, Field, ItemId, ItemKind, Model};
use crate::name::Names;

/// Module, features and alternatives.
type Key<'n> = (&'n str, Option<&'n BTreeSet<String>>, Vec<String>);

/// For each enum of mixed content that has the same alternatives by the same names as one before it in its module, and is
/// compiled with the same features: that one.
pub(super) fn find(model: &Model, names: &Names, reach: &[Reach]) -> BTreeMap<ItemId, ItemId> {
    let mut first: BTreeMap<Key<'_>, ItemId> = BTreeMap::new();
    let mut alike = BTreeMap::new();
    for (at, item) in model.items.iter().enumerate() {
        let (id, ItemKind::Choice(Choice { variants, mixed: true, .. })) = (ItemId(at), &item.kind) else {
            continue;
        };
        let variants = variants.iter().zip(&names.parts[at]).map(|(field, name)| alternative(field, name));
        let features = reach.get(at).and_then(Option::as_ref);
        let known = *first.entry((names.module(id), features, variants.collect())).or_insert(id);
        if known != id {
            alike.insert(id, known);
        }
    }
    alike
}

/// All that an alternative is, but for where it is declared.
fn alternative(field: &Field, name: &str) -> String {
    let Field { step: _, hint: _, term, ty, min, max, boxed, fixed, default, docs, span: _ } = field;
    format!("{name} {term:?} {ty:?} {min} {max:?} {boxed} {fixed:?} {default:?} {docs:?}")
}
