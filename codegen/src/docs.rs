//! The documentation overlay, `docs.toml`: texts for components whose schema file must stay as published.
//! Applied after resolve; an entry for a component that does not exist is an error.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, closest};
use crate::load::Inputs;
use crate::manifest::Manifest;
use crate::schema::{Content, ElementId, Particle, SchemaSet, Term, TypeBody};
use crate::span::LineMap;

/// Name of the overlay among the inputs.
pub const FILE: &str = "docs.toml";

/// Reads the overlay and puts its texts where they belong.
pub fn apply(set: &mut SchemaSet, manifest: &Manifest, inputs: &Inputs, diagnostics: &mut Diagnostics) {
    let Some(bytes) = inputs.0.get(FILE) else { return };
    let text = String::from_utf8_lossy(bytes);
    diagnostics.add_source(FILE.into(), text.as_ref().into());
    let lines = LineMap::new(FILE.into(), &text);
    let entries: BTreeMap<Spanned<String>, String> = match toml::from_str(&text) {
        Ok(entries) => entries,
        Err(error) => {
            let span = lines.span(error.span().map_or(0, |span| span.start));
            let help = "docs.toml is a table of quoted keys to texts: \"t:ImGroupType/DisplayName\" = \"…\"";
            diagnostics.push(Diagnostic::error(Code::BadDocs, &span, error.message().to_owned()).help(help));
            return;
        }
    };
    for (key, docs) in entries {
        if !put(set, manifest, key.get_ref(), docs.trim()) {
            let span = lines.span(key.span().start);
            let (message, help) = explain(set, manifest, key.get_ref());
            diagnostics.push(Diagnostic::error(Code::BadDocs, &span, message).help(help));
        }
    }
}

/// Why a key names nothing, and what it may have meant.
fn explain(set: &SchemaSet, manifest: &Manifest, key: &str) -> (String, String) {
    let (kind, name) = match key.split_once(':') {
        Some((kind @ ("service" | "operation"), name)) => (kind, name),
        _ => ("type or element", key),
    };
    let holder = name.split_once('/').map_or(name, |(holder, _)| holder);
    let known: Vec<String> = match kind {
        "service" => set.services.iter().map(|service| service.name.local.to_string()).collect(),
        "operation" => {
            set.services.iter().flat_map(|s| &s.operations).map(|op| op.name.to_string()).collect()
        }
        _ => {
            let Some((namespace, _)) = manifest.expand(holder) else {
                let help = "declare it in [prefixes] of the manifest";
                return (format!("the prefix of `{holder}` is not known"), help.to_owned());
            };
            let types = set.types.iter().filter_map(|ty| ty.name.as_ref());
            let elements = set.elements.iter().filter(|element| element.global).map(|element| &element.name);
            let names = types.chain(elements).filter(|name| *name.namespace == *namespace);
            names.map(|name| manifest.display(&name.namespace, &name.local)).collect()
        }
    };
    if known.iter().any(|known| known == holder) {
        let help = "name children as `/Child` and attributes as `/@Attribute` of the type that declares them";
        return (format!("`{holder}` has no `{}` of its own", &name[holder.len()..]), help.to_owned());
    }
    let help = match closest(holder, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "correct the name, or remove the entry".to_owned(),
    };
    (format!("there is no {kind} `{holder}`"), help)
}

fn put(set: &mut SchemaSet, manifest: &Manifest, key: &str, docs: &str) -> bool {
    let docs = Some(docs.to_owned());
    if let Some(name) = key.strip_prefix("service:") {
        // Protocols that are parts of one service have port types of one name: those that say what they are keep that.
        let named = || set.services.iter().filter(|service| *service.name.local == *name);
        let (several, silent) = (named().count() > 1, named().any(|service| service.docs.is_none()));
        let found = set.services.iter_mut().filter(|service| *service.name.local == *name);
        let found = found.filter(|service| !several || !silent || service.docs.is_none());
        return found.map(|service| service.docs = docs.clone()).count() > 0;
    }
    if let Some(name) = key.strip_prefix("operation:") {
        let operations = set.services.iter_mut().flat_map(|service| &mut service.operations);
        let found = operations.filter(|operation| *operation.name == *name);
        return found.map(|operation| operation.docs = docs.clone()).count() > 0;
    }
    let (name, step) = match key.split_once('/') {
        Some((name, step)) => (name, Some(step)),
        None => (key, None),
    };
    let Some((namespace, local)) = manifest.expand(name) else { return false };
    let mut found = false;
    let mut children = Vec::new();
    for ty in &mut set.types {
        if ty.name.as_ref().is_none_or(|n| *n.namespace != *namespace || *n.local != *local) {
            continue;
        }
        let Some(step) = step else {
            ty.docs = docs.clone();
            found = true;
            continue;
        };
        let TypeBody::Complex(complex) = &mut ty.body else { continue };
        if let Some(attribute) = step.strip_prefix('@') {
            for known in complex.attributes.iter_mut().filter(|a| *a.name.local == *attribute) {
                known.docs = docs.clone();
                found = true;
            }
        } else if let Content::Particles(particle) = &complex.content {
            elements(particle, &mut children);
        }
    }
    for element in &mut set.elements {
        let same = *element.name.namespace == *namespace && *element.name.local == *local;
        if step.is_none() && element.global && same {
            element.docs = docs.clone();
            found = true;
        }
    }
    for ElementId(at) in children {
        let element = &mut set.elements[at];
        if !element.global && step.is_some_and(|step| *element.name.local == *step) {
            element.docs = docs.clone();
            found = true;
        }
    }
    found
}

fn elements(particle: &Particle, found: &mut Vec<ElementId>) {
    match &particle.term {
        Term::Element(id) => found.push(*id),
        Term::Any(_) => {}
        Term::Sequence(parts) | Term::Choice(parts) | Term::All(parts) => {
            parts.iter().for_each(|part| elements(part, found));
        }
    }
}
