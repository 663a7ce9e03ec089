//! What of the set is wanted: the operations and elements that the request names, with suggestions for names that
//! there are not.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Request;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, closest};
use crate::load::is_same;
use crate::manifest::Manifest;
use crate::parse::{Definitions, Documents};
use crate::resolve::overloads;
use crate::schema::{QName, SchemaSet};
use crate::span::Span;

/// Restricts the protocols to the operations that are asked for, and leaves out those that have none of them.
pub(super) fn operations(
    manifest: &mut Manifest,
    request: &Request,
    documents: &Documents,
    diagnostics: &mut Diagnostics,
) {
    if request.operations.is_empty() && request.elements.is_empty() {
        return;
    }
    let mut known: BTreeSet<Rc<str>> = BTreeSet::new();
    manifest.protocols.retain_mut(|protocol| {
        let Some(wsdl) = &protocol.wsdl else { return true };
        let names = names(&wsdl.path, documents);
        protocol.operations = request.operations.iter().filter(|o| names.contains(&***o)).cloned().collect();
        known.extend(names);
        !protocol.operations.is_empty()
    });
    for wanted in request.operations.iter().filter(|o| !known.contains(&***o)) {
        let message = format!("no port type has an operation `{wanted}`");
        let help = match closest(wanted, known.iter().map(|name| &**name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "give a description that has operations with --wsdl".to_owned(),
            None => "name an operation of one of the port types".to_owned(),
        };
        report("--operation", message, help, diagnostics);
    }
}

/// Reports operations that were asked for and had to be left out.
pub(super) fn lost(request: &Request, set: &SchemaSet, diagnostics: &mut Diagnostics) {
    let has = |wanted: &String| {
        set.services
            .iter()
            .flat_map(|service| &service.operations)
            .any(|operation| *operation.name == **wanted)
    };
    if diagnostics.has_errors() {
        // One that no port type has was reported already.
        return;
    }
    for wanted in request.operations.iter().filter(|wanted| !has(wanted)) {
        let message = format!("operation `{wanted}` was asked for, and cannot be had");
        let help = "the warnings about it say what is missing: give the files that have it".to_owned();
        report("--operation", message, help, diagnostics);
    }
}

/// The operations that a description has, those of the ones it imports included, by what they are called.
fn names(path: &str, documents: &Documents) -> BTreeSet<Rc<str>> {
    let by_file: BTreeMap<&str, &Definitions> = documents.wsdls.iter().map(|d| (&*d.file, d)).collect();
    let mut seen = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut pending: Vec<&Definitions> = documents.wsdls.iter().filter(|d| is_same(path, &d.file)).collect();
    while let Some(definitions) = pending.pop() {
        if seen.insert(&*definitions.file) {
            names.extend(definitions.port_types.iter().flat_map(overloads::names));
            let targets = definitions.imports.iter().filter_map(|import| import.target.as_deref());
            pending.extend(targets.filter_map(|file| by_file.get(file)));
        }
    }
    names
}

/// Finds the elements that are asked for.
pub(super) fn elements(
    manifest: &mut Manifest,
    request: &Request,
    set: &SchemaSet,
    diagnostics: &mut Diagnostics,
) {
    let globals: BTreeSet<&QName> = set.elements.iter().filter(|e| e.global).map(|e| &e.name).collect();
    for wanted in &request.elements {
        let (namespace, local) = match wanted.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((namespace, local)) => (Some(namespace), local),
            None => (None, wanted.as_str()),
        };
        let found: Vec<&&QName> = globals
            .iter()
            .filter(|name| *name.local == *local && namespace.is_none_or(|uri| uri == &*name.namespace))
            .collect();
        match found.as_slice() {
            [] => {
                let message = format!("there is no global element `{wanted}`");
                let help = match closest(local, globals.iter().map(|name| &*name.local)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name a global element of the schemas".to_owned(),
                };
                report("--element", message, help, diagnostics);
            }
            [only] => manifest.elements.push((**only).clone()),
            several => {
                let spelled: Vec<String> =
                    several.iter().map(|name| format!("`{{{}}}{}`", name.namespace, name.local)).collect();
                let message = format!("there are {} global elements `{wanted}`", several.len());
                let help = format!("say which: {}", spelled.join(" or "));
                report("--element", message, help, diagnostics);
            }
        }
    }
}

fn report(option: &str, message: String, help: String, diagnostics: &mut Diagnostics) {
    let span = Span { file: option.into(), line: 0, column: 0 };
    diagnostics.push(Diagnostic::error(Code::ManifestName, &span, message).help(help));
}

#[cfg(test)]
mod tests {
    use super::super::{Runtime, new_crate};
    use super::*;
    use crate::load::Inputs;

    /// How many operations and files come of asking a description for these, and the errors.
    fn asked(wsdl: &str, operations: &[&str]) -> (usize, usize, Vec<String>) {
        let inputs = Inputs(BTreeMap::from([("service.wsdl".to_owned(), wsdl.as_bytes().to_vec())]));
        let request = Request {
            name: "sliced".to_owned(),
            wsdl: vec!["service.wsdl".to_owned()],
            xsd: Vec::new(),
            operations: operations.iter().map(|&name| name.to_owned()).collect(),
            elements: Vec::new(),
            runtime: Runtime::Version("1".to_owned()),
            command: "cargo xtask new-crate".to_owned(),
        };
        let (output, diagnostics) = new_crate(&inputs, &request);
        let errors =
            diagnostics.sorted().into_iter().filter(|d| d.severity == crate::diagnostic::Severity::Error);
        let errors = errors.map(|error| error.message.clone()).collect();
        (output.summary.operations, output.files.len(), errors)
    }

    #[test]
    fn overloaded_operations_are_asked_for_by_what_they_are_called() {
        let ask = |name| asked(include_str!("../../tests/inputs/overloads/service.wsdl"), &[name]);
        for name in ["Find", "FindByName"] {
            let (operations, _, errors) = ask(name);
            assert_eq!((operations, errors), (1, Vec::new()), "{name}");
        }
        assert_eq!(ask("FindBy").2, ["no port type has an operation `FindBy`"]);
    }

    #[test]
    fn operations_that_are_asked_for_are_there_or_reported() {
        let wsdl = include_str!("../../tests/inputs/undefined-element/service.wsdl");
        let run = |operations: &[&str]| {
            let (_, files, errors) = asked(wsdl, operations);
            (files, errors)
        };
        assert!(run(&["Ask"]).1.is_empty());
        assert_eq!(run(&["Gone"]), (0, vec!["operation `Gone` was asked for, and cannot be had".to_owned()]));
        assert_eq!(run(&["Gon"]), (0, vec!["no port type has an operation `Gon`".to_owned()]));
    }
}
