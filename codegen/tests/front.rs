//! The front half on real schemas: what it resolves, what it keeps, that order does not matter.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod support;

use std::collections::BTreeSet;

use oxws_codegen::diff::diff;
use oxws_codegen::schema::{QName, SchemaSet, TypeBody};
use oxws_codegen::{Inputs, front, pipeline};
use support::{Random, folder, schemas, shared};

const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";

fn set(inputs: &Inputs) -> SchemaSet {
    let (result, diagnostics) = front(inputs);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    result.unwrap().1
}

/// Names of the named types and of the global elements, with `m:` and `t:`.
fn names(set: &SchemaSet) -> (BTreeSet<String>, BTreeSet<String>) {
    let prefixed = |name: &QName| match &*name.namespace {
        MESSAGES => format!("m:{}", name.local),
        TYPES => format!("t:{}", name.local),
        other => format!("{{{other}}}{}", name.local),
    };
    let types = set.types.iter().filter(|t| !matches!(t.body, TypeBody::Builtin(_)));
    let elements = set.elements.iter().filter(|e| e.global);
    (
        types.filter_map(|t| t.name.as_ref()).map(prefixed).collect(),
        elements.map(|e| prefixed(&e.name)).collect(),
    )
}

fn published() -> Option<Inputs> {
    let mut inputs = folder(&shared("corpus/ms-oxws")?);
    let own = schemas();
    // The set has one WSDL for all protocols but one; ours stands for what it lacks.
    for file in ["manifest.toml", "quirks.toml", "MS-OXWSPERS.wsdl"] {
        inputs.0.insert(file.to_owned(), own.0[file].clone());
    }
    Some(inputs)
}

#[test]
fn the_contact_store_needs_94_types_and_30_elements() {
    let mut inputs = schemas();
    // Without the operations of the other protocol, and the quirk for what only they reach.
    let manifest = String::from_utf8(inputs.0["manifest.toml"].clone()).unwrap();
    let without = manifest.replace("wsdl = \"MS-OXWSPERS.wsdl\"", "");
    assert_ne!(manifest, without);
    inputs.0.insert("manifest.toml".to_owned(), without.into_bytes());
    inputs.0.remove("quirks.toml");
    let set = set(&inputs);
    let (types, elements) = names(&set);
    assert_eq!((types.len(), elements.len()), (94, 30));
    assert_eq!(set.services.len(), 1);
    assert_eq!(set.services[0].operations.len(), 13);
    for operation in &set.services[0].operations {
        assert_eq!(operation.input.headers.len(), 3, "{}", operation.name);
        assert_eq!(operation.output.as_ref().unwrap().headers.len(), 1, "{}", operation.name);
        assert!(operation.input.body.is_some() && operation.soap_action.ends_with(&*operation.name));
    }
}

#[test]
fn personas_add_what_find_people_and_get_persona_reach() {
    let set = set(&schemas());
    let (types, elements) = names(&set);
    assert_eq!((types.len(), elements.len()), (140, 51));
    let services: Vec<_> = set.services.iter().map(|service| service.operations.len()).collect();
    assert_eq!(services, [13, 2]);
    for operation in &set.services[1].operations {
        let headers = [&operation.input, operation.output.as_ref().unwrap()].map(|m| m.headers.len());
        assert_eq!(headers, [2, 1], "{}", operation.name);
    }
}

#[test]
fn the_published_set_gives_the_same() {
    let Some(inputs) = published() else { return };
    assert_eq!(names(&set(&inputs)), names(&set(&schemas())));
}

#[test]
fn it_is_what_the_facts_list() {
    let (mut types, mut elements) = (BTreeSet::new(), BTreeSet::new());
    for file in ["facts/types.csv", "facts/oxwspers/types.csv"] {
        let Some(path) = shared(file) else { return };
        listed(&std::fs::read_to_string(path).unwrap(), &mut types, &mut elements);
    }
    assert_eq!(names(&set(&schemas())), (types, elements));
}

/// Adds the names of a table of facts.
fn listed(text: &str, types: &mut BTreeSet<String>, elements: &mut BTreeSet<String>) {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
    let (ns, name, kind, anonymous) = (column("ns"), column("name"), column("kind"), column("anonymous"));
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let full = format!("{}:{}", fields[ns], fields[name]);
        match (fields[kind], fields[anonymous]) {
            ("element", _) => drop(elements.insert(full)),
            (_, "" | "0" | "false") => drop(types.insert(full)),
            _ => {}
        }
    }
}

#[test]
fn the_whole_published_set_resolves() {
    let Some(path) = shared("corpus/ms-oxws") else { return };
    let (set, diagnostics) = pipeline::resolved_all(&folder(&path));
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    let (types, elements) = names(&set);
    assert!(types.len() > 700 && elements.len() > 200, "{} {}", types.len(), elements.len());
}

#[test]
fn our_schemas_say_what_the_published_ones_say() {
    let Some(path) = shared("corpus/ms-oxws") else { return };
    let (theirs, _) = pipeline::resolved_all(&folder(&path));
    let (ours, _) = pipeline::resolved_all(&schemas());
    assert!(diff(&theirs, &theirs).is_empty());
    // The one difference that is meant is in quirks.toml.
    let differences: Vec<String> = diff(&ours, &theirs).iter().map(ToString::to_string).collect();
    assert!(
        differences.iter().all(|d| d.starts_with("element t:RequestServerVersion / @Version: fixed:")),
        "{differences:#?}"
    );
}

#[test]
fn other_published_descriptions_do_not_panic() {
    let Some(path) = shared("corpus/wsdl") else { return };
    for entry in std::fs::read_dir(path).unwrap() {
        let dir = entry.unwrap().path();
        if dir.is_dir() {
            let (set, diagnostics) = pipeline::resolved_all(&folder(&dir));
            assert!(set.types.len() > 40, "{}", dir.display());
            let _ = diagnostics.render();
        }
    }
}

#[test]
fn the_order_of_the_inputs_does_not_matter() {
    let inputs = schemas();
    let expected = format!("{:?}", set(&inputs));
    let mut random = Random(7);
    let manifest = String::from_utf8(inputs.0["manifest.toml"].clone()).unwrap();
    let mut value: toml::Table = toml::from_str(&manifest).unwrap();
    for _ in 0..5 {
        let protocols = value["protocol"].as_array_mut().unwrap();
        shuffle(protocols, &mut random);
        for protocol in protocols {
            if let Some(files) = protocol.get_mut("files").and_then(|f| f.as_array_mut()) {
                shuffle(files, &mut random);
            }
        }
        let mut shuffled = Inputs::default();
        let mut files: Vec<_> = inputs.0.iter().collect();
        shuffle(&mut files, &mut random);
        for (name, bytes) in files {
            shuffled.0.insert(name.clone(), bytes.clone());
        }
        shuffled.0.insert("manifest.toml".to_owned(), toml::to_string(&value).unwrap().into_bytes());
        assert_eq!(format!("{:?}", set(&shuffled)), expected);
    }
}

fn shuffle<T>(list: &mut [T], random: &mut Random) {
    for i in (1..list.len()).rev() {
        list.swap(i, random.below(i + 1));
    }
}
