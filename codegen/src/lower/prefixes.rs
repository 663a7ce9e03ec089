//! Prefixes of namespaces, for keys, documentation and the writer: each namespace has one, and no two the same.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::manifest::Manifest;
use crate::model::{ItemKind, Model, Term};
use crate::name::snake;
use crate::schema::{SchemaSet, TypeBody};

/// Prefixes that the writer uses itself, and names of macros and constants that emitted code has beside those of the
/// namespaces.
const RESERVED: &[&str] = &[
    "xml",
    "xmlns",
    "xsi",
    "xsd",
    "soap",
    "concat",
    "vocabulary",
    "known_types",
    "known_elements",
    "known_attributes",
];

/// The prefix of every namespace that has names: that of the manifest, else the one that the inputs use most, else
/// one made of the words of the URI.
pub(super) fn choose(set: &SchemaSet, manifest: &Manifest) -> BTreeMap<Rc<str>, Rc<str>> {
    let mut uris: BTreeSet<Rc<str>> = BTreeSet::new();
    for ty in &set.types {
        uris.insert(ty.namespace.clone());
        if let TypeBody::Complex(complex) = &ty.body {
            uris.extend(complex.attributes.iter().map(|attribute| attribute.name.namespace.clone()));
        }
    }
    uris.extend(set.elements.iter().map(|element| element.name.namespace.clone()));
    uris.retain(|uri| !uri.is_empty() && **uri != *"http://www.w3.org/XML/1998/namespace");
    let mut chosen: BTreeMap<Rc<str>, Rc<str>> = BTreeMap::new();
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let mut give = |uri: &Rc<str>, prefix: &str, chosen: &mut BTreeMap<Rc<str>, Rc<str>>| {
        // Macros and constants are made of it: two must differ by more than case.
        let free = is_ncname(prefix) && !chosen.contains_key(uri) && taken.insert(snake(prefix));
        if free {
            chosen.insert(uri.clone(), prefix.into());
        }
    };
    for (prefix, uri) in &manifest.prefixes {
        if let Some(uri) = uris.get(uri.as_str()) {
            give(uri, prefix, &mut chosen);
        }
    }
    for (prefix, uri) in &set.prefixes {
        if uris.contains(uri) {
            give(uri, prefix, &mut chosen);
        }
    }
    for uri in &uris {
        let words = uri.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        let starts =
            (0..words.len()).rev().filter(|at| words[*at].starts_with(|c: char| c.is_ascii_alphabetic()));
        for start in starts {
            give(uri, &words[start..].join("-"), &mut chosen);
        }
        // Only a URI without words of its own, or whose words others have used up, comes to this.
        for number in 1..=uris.len() {
            give(uri, &format!("ns{number}"), &mut chosen);
        }
    }
    chosen
}

fn is_ncname(prefix: &str) -> bool {
    let mut chars = prefix.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    starts && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Declares the namespaces that names of the model are in.
pub(super) fn declare(model: &mut Model, prefixes: &BTreeMap<Rc<str>, Rc<str>>) {
    let mut uris: BTreeSet<Rc<str>> = BTreeSet::new();
    for item in &model.items {
        uris.insert(item.wire.namespace.clone());
        let fields: &[_] = match &item.kind {
            ItemKind::Struct(item) => &item.fields,
            ItemKind::Choice(item) => &item.variants,
            ItemKind::Wrapper(field) => std::slice::from_ref(field),
            _ => &[],
        };
        for field in fields {
            if let Term::Element(name) | Term::Attribute(name) = &field.term {
                uris.insert(name.namespace.clone());
            }
        }
    }
    uris.extend(model.roots.iter().map(|root| root.name.namespace.clone()));
    let used = uris.into_iter().filter_map(|uri| Some((prefixes.get(&uri)?.clone(), uri)));
    model.namespaces = used.collect();
    model.namespaces.sort();
}
