//! Which file an item goes to: the file of the one operation or type that needs it, else a file of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::features::Reach;
use super::size;
use crate::model::{Item, ItemId, ItemKind, Model, Ty};
use crate::name::{Names, ascii, is_plain, snake};

/// Enumerations with more values than this have a file of their own.
const LARGE: usize = 64;

/// Names of the files within their modules, by item; `reach` says which features reach each item, and is empty
/// where there are none.
pub(super) fn files(model: &Model, names: &Names, reach: &[Reach]) -> Vec<String> {
    let count = model.items.len();
    // What a whole module needs is said once, for the module.
    let mut whole: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
    for (at, features) in reach.iter().enumerate() {
        whole.entry(names.module(ItemId(at))).or_default().extend(features.iter().flatten());
    }
    let shared = |name: &str, at: usize| match reach.get(at) {
        Some(Some(features)) if features.len() < whole[names.module(ItemId(at))].len() => {
            apart(name, features)
        }
        _ => name.to_owned(),
    };
    let mut users: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for (at, item) in model.items.iter().enumerate() {
        for to in references(model, item) {
            if to.0 != at {
                users[to.0].insert(at);
            }
        }
    }
    let mut fixed: Vec<Option<String>> = vec![None; count];
    for (service, methods) in model.services.iter().zip(&names.operations) {
        for (operation, method) in service.operations.iter().zip(methods) {
            for root in operation.messages().filter_map(|message| message.root) {
                if let (Ty::Item(id), true) = (&model.roots[root].ty, model.roots[root].own) {
                    fixed[id.0].get_or_insert_with(|| plain(method));
                }
            }
        }
    }
    let root_types: BTreeSet<usize> = model
        .roots
        .iter()
        .filter_map(|root| if let Ty::Item(id) = &root.ty { Some(id.0) } else { None })
        .collect();
    for (at, item) in model.items.iter().enumerate() {
        let own = match &item.kind {
            ItemKind::Trait(_) => Some(shared("bases", at)),
            ItemKind::Enumeration { values, .. } if values.len() > LARGE => {
                Some(plain(&snake(names.ident(ItemId(at)))))
            }
            _ => None,
        };
        if let Some(own) = own {
            fixed[at] = Some(own);
        }
    }
    let mut files = settled(names, &fixed, &root_types, &users);
    // What would be too long goes apart.
    let lengths: Vec<usize> = model.items.iter().map(size::lines).collect();
    let parts = {
        let stays = |at: usize| fixed[at].is_some() || root_types.contains(&at);
        let is_part = |at: usize| !matches!(model.items[at].kind, ItemKind::Wrapper(_));
        size::apart(names, &files, &users, &lengths, stays, is_part)
    };
    if !parts.is_empty() {
        for part in parts {
            fixed[part] = Some(plain(&snake(names.ident(ItemId(part)))));
        }
        files = settled(names, &fixed, &root_types, &users);
    }
    // What is left of simple types and wrappers are values and lists that many share.
    let mut heads: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        *heads.entry((names.module(ItemId(at)).to_owned(), file.clone())).or_default() += 1;
    }
    for (at, item) in model.items.iter().enumerate() {
        let simple = matches!(
            item.kind,
            ItemKind::Enumeration { .. } | ItemKind::Restricted { .. } | ItemKind::Union(_)
        );
        let alone = heads.get(&(names.module(ItemId(at)).to_owned(), files[at].clone())) == Some(&1);
        if alone && fixed[at].is_none() {
            match item.kind {
                _ if simple => files[at] = shared("values", at),
                ItemKind::Wrapper(_) => files[at] = shared("lists", at),
                _ => {}
            }
        }
    }
    files
}

/// Names of the files by item, where those with a name in `fixed` have that.
fn settled(
    names: &Names,
    fixed: &[Option<String>],
    root_types: &BTreeSet<usize>,
    users: &[BTreeSet<usize>],
) -> Vec<String> {
    let count = fixed.len();
    let own = |at: usize| fixed[at].clone().unwrap_or_else(|| plain(&snake(names.ident(ItemId(at)))));
    let mut files: Vec<String> = (0..count).map(own).collect();
    // An item moves to the file of its users when they share one. Each round settles at least one more level.
    for _ in 0..count {
        let mut changed = false;
        for at in 0..count {
            let movable = fixed[at].is_none() && !root_types.contains(&at) && !users[at].is_empty();
            let module = names.module(ItemId(at));
            if !movable || users[at].iter().any(|user| names.module(ItemId(*user)) != module) {
                continue;
            }
            let shared: BTreeSet<&String> = users[at].iter().map(|user| &files[*user]).collect();
            if shared.len() == 1
                && let Some(file) = shared.first()
                && **file != files[at]
                && !file.starts_with("bases")
            {
                files[at] = (*file).clone();
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    files
}

/// The file of what many share but only some features reach: a file of its own, so that the others bring nothing
/// along that they do not need.
fn apart(name: &str, features: &BTreeSet<String>) -> String {
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    format!("{name}_of_{}", features.join("_and_")).replace('-', "_")
}

/// A file name from an identifier.
fn plain(ident: &str) -> String {
    let name = ascii(ident.trim_start_matches("r#"));
    let name = name.as_str();
    // Names of files that the module has anyway, and keywords.
    let known = matches!(name, "mod" | "service" | "element")
        || ["bases", "values", "lists"].iter().any(|shared| {
            name.strip_prefix(shared).is_some_and(|rest| rest.is_empty() || rest.starts_with("_of_"))
        });
    if known || !is_plain(name) { format!("{name}_type") } else { name.to_owned() }
}

/// Items that an item names in its code.
pub(super) fn references(model: &Model, item: &Item) -> Vec<ItemId> {
    let mut found = Vec::new();
    match &item.kind {
        ItemKind::Struct(inner) => {
            inner.fields.iter().for_each(|field| in_type(model, &field.ty, &mut found));
            found.extend(&inner.bases);
            // Those that its own base holds are named, too: each is what it can be made of.
            let mut base = inner.base;
            while let Some(id) = base {
                found.push(id);
                base = match &model.items[id.0].kind {
                    ItemKind::Struct(inner) => inner.base,
                    _ => None,
                };
            }
        }
        ItemKind::Choice(inner) => {
            inner.variants.iter().for_each(|field| in_type(model, &field.ty, &mut found));
            found.extend(&inner.bases);
        }
        ItemKind::Wrapper(field) => in_type(model, &field.ty, &mut found),
        ItemKind::Family(family) => family.members.iter().for_each(|(_, ty)| in_type(model, ty, &mut found)),
        ItemKind::Restricted { base, .. } => in_type(model, base, &mut found),
        ItemKind::Union(members) => members.iter().for_each(|(_, ty)| in_type(model, ty, &mut found)),
        ItemKind::Trait(inner) => {
            inner.fields.iter().for_each(|field| in_type(model, &field.ty, &mut found));
            found.extend(inner.parent);
            found.extend(inner.own);
        }
        ItemKind::Enumeration { .. } => {}
    }
    found
}

fn in_type(model: &Model, ty: &Ty, found: &mut Vec<ItemId>) {
    match ty {
        Ty::Item(id) => found.push(*id),
        Ty::List(inner) | Ty::Nillable(inner) | Ty::Defaulted(inner) => in_type(model, inner, found),
        Ty::Wrapped(wrapper) => {
            found.push(*wrapper);
            in_type(model, model.entry(*wrapper), found);
        }
        Ty::Builtin(_) | Ty::Any | Ty::AnySimple | Ty::AnyAttribute => {}
    }
}
