//! Modules: those of the manifest's protocols; one for each namespace that no protocol has; one for each service
//! that has none of a protocol. A name depends on the set of namespaces and services only, and has no counter.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{RESERVED_MODULES, ascii, is_plain, snake};
use crate::describe::files::stems;
use crate::manifest::Manifest;
use crate::model::Model;

/// Module of components without a namespace, where they come from several files.
pub(super) const NO_NAMESPACE: &str = "no_namespace";

/// Module that the manifest gives to the components of a file.
pub(super) fn of_file(manifest: &Manifest, file: &str) -> Option<String> {
    let protocols = &manifest.protocols;
    let listed = protocols.iter().find(|p| p.files.iter().any(|known| known.path == file));
    let described = protocols.iter().find(|p| p.wsdl.as_ref().is_some_and(|wsdl| wsdl.path == file));
    listed.or(described).map(|p| p.module.clone()).filter(|module| !module.is_empty())
}

/// Gives a module to every namespace and every service that the manifest gives none.
pub fn place(model: &mut Model, manifest: &Manifest) {
    let mut files: BTreeMap<Rc<str>, BTreeSet<Rc<str>>> = BTreeMap::new();
    let items = model.items.iter().map(|item| (&item.span.file, &item.wire.namespace));
    let roots = model.roots.iter().map(|root| (&root.span.file, &root.name.namespace));
    for (file, namespace) in items.chain(roots) {
        if of_file(manifest, file).is_none() {
            files.entry(namespace.clone()).or_default().insert(file.clone());
        }
    }
    let mut taken: BTreeSet<String> = manifest.protocols.iter().map(|p| p.module.clone()).collect();
    let namespaces: BTreeSet<Rc<str>> = files.keys().cloned().collect();
    let named = stems(&namespaces);
    for (namespace, files) in &files {
        let stem = match (&**namespace, files.first()) {
            ("", Some(file)) if files.len() == 1 => stem(file),
            ("", _) => NO_NAMESPACE,
            _ => named.get(namespace).map_or(NO_NAMESPACE, String::as_str),
        };
        let whole = snake(namespace);
        let module = free([module(stem), module(&whole), format!("{}_schema", module(&whole))], &mut taken);
        model.modules.insert(namespace.clone(), module);
    }
    for service in model.services.iter_mut().filter(|service| service.module.is_empty()) {
        let file = stem(&service.file);
        let names = [
            module(&service.name),
            format!("{}_service", module(&service.name)),
            module(&format!("{file} {}", service.name)),
            module(&snake(&format!("{} {}", service.file, service.key))),
        ];
        service.module = free(names, &mut taken);
    }
}

/// The first name that is free. The last one is most likely like no other, and gets longer where it is not.
fn free<const N: usize>(names: [String; N], taken: &mut BTreeSet<String>) -> String {
    let found = names.iter().find(|name| !taken.contains(*name)).or(names.last());
    let mut name = found.cloned().unwrap_or_default();
    while taken.contains(&name) {
        name += "_schema";
    }
    taken.insert(name.clone());
    name
}

/// Name of a file without folder and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// A module name of words.
fn module(words: &str) -> String {
    let name = ascii(&snake(words).to_lowercase());
    let plain = name.trim_start_matches("r#");
    let reserved = RESERVED_MODULES.contains(&plain) || !is_plain(plain);
    if reserved { format!("{plain}_schema") } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_identifiers() {
        assert_eq!(module("messages"), "messages");
        assert_eq!(module("device-wsdl"), "device_wsdl");
        assert_eq!(module("names"), "names_schema");
        assert_eq!(module("type"), "type_schema");
        assert_eq!(module("2006"), "n2006");
        assert_eq!(module("Größe"), "groesse");
        assert_eq!(stem("a/b/Types.1.xsd"), "Types");
    }
}
