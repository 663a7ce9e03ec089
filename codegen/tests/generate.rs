//! The whole generator on real schemas: the same bytes whatever the order of the inputs, the same crate from the
//! published set, and the budgets of what it writes.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use oxws_codegen::emit::{Config, FileSet};
use oxws_codegen::{Inputs, Output, generate, pipeline};
use proc_macro2::TokenTree;
use quick_xml::events::Event;
use support::{Random, folder, generated, published, schemas, shared};

// ---- order -------------------------------------------------------------------------------------------------

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (first, second) = (generated(&schemas()), generated(&schemas()));
    same(&first, &second, "a second run");
}

/// Includes, components, the manifest's file lists and its protocols without operations, in other orders.
#[test]
fn the_order_of_the_inputs_does_not_matter() {
    let inputs = schemas();
    let expected = generated(&inputs);
    let mut random = Random(0x5EED);
    for round in 0..2 {
        let mut shuffled = inputs.clone();
        for (name, bytes) in &mut shuffled.0 {
            if name.ends_with(".xsd") {
                *bytes = shuffle_components(bytes, &mut random);
            }
        }
        let manifest = String::from_utf8(inputs.0["manifest.toml"].clone()).unwrap();
        shuffled.0.insert("manifest.toml".to_owned(), shuffle_manifest(&manifest, &mut random).into_bytes());
        assert_ne!(shuffled.0, inputs.0);
        same(&expected, &generated(&shuffled), &format!("shuffle {round}"));
    }
}

/// The lock of a run is the input of the next one, and gives the same again. Without a lock there are the same
/// components, under names of their own.
#[test]
fn the_lock_settles_nothing_by_accident() {
    let mut inputs = schemas();
    let with = generated(&inputs);
    inputs.0.insert("names.lock".to_owned(), with.lock.clone().into_bytes());
    same(&with, &generated(&inputs), "its own lock");
    inputs.0.remove("names.lock");
    let without = generated(&inputs);
    let keys =
        |lock: &str| lock.lines().map(|l| l.rsplit_once(" = ").map(|l| l.0.to_owned())).collect::<Vec<_>>();
    assert_eq!(keys(&with.lock), keys(&without.lock));
}

/// A line that is edited holds; one that names nothing goes; the new name is everywhere.
#[test]
fn the_lock_keeps_what_is_edited() {
    let mut inputs = schemas();
    let before = generated(&inputs);
    let old = "type t:ImGroupType = oxwscos::ImGroup\n";
    assert!(before.lock.contains(old));
    let lock =
        before.lock.replace(old, "type t:ImGroupType = oxwscos::ContactGroup\ntype t:Gone = oxwscos::Gone\n");
    inputs.0.insert("names.lock".to_owned(), lock.into_bytes());
    let after = generated(&inputs);
    assert!(after.lock.contains("type t:ImGroupType = oxwscos::ContactGroup\n"));
    assert!(!after.lock.contains("Gone"));
    assert_eq!(before.lock.lines().count(), after.lock.lines().count());
    let words = |files: &FileSet, word: &str| -> usize {
        let code = rust(files)
            .flat_map(|(_, text)| text.lines())
            .filter(|line| !line.trim_start().starts_with("//"));
        code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
            .filter(|w| *w == word)
            .count()
    };
    // What is left of the old name is the element on the wire: `m!("ImGroup")`.
    let on_the_wire =
        rust(&before.files).map(|(_, text)| text.matches("!(\"ImGroup\")").count()).sum::<usize>();
    let moved = words(&before.files, "ImGroup") - on_the_wire;
    assert_eq!((words(&after.files, "ImGroup"), words(&after.files, "ContactGroup")), (on_the_wire, moved));
    assert!(moved > 5, "{moved}");
}

/// The files of Rust; the others are schemas for servers to hand out, on which `describe.rs` has its tests.
fn rust(files: &FileSet) -> impl Iterator<Item = (&String, &String)> {
    files.iter().filter(|(path, _)| path.ends_with(".rs"))
}

fn same(expected: &Output, actual: &Output, what: &str) {
    let paths = |output: &Output| output.files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(expected), paths(actual), "{what}");
    for (path, text) in &expected.files {
        assert!(
            *text == actual.files[path],
            "{what} changes {path}:\n{}",
            first_difference(text, &actual.files[path])
        );
    }
    assert!(expected.lock == actual.lock, "{what}:\n{}", first_difference(&expected.lock, &actual.lock));
}

fn first_difference(expected: &str, actual: &str) -> String {
    let pairs = expected.lines().zip(actual.lines()).enumerate();
    let different = pairs.filter(|(_, (a, b))| a != b).take(3);
    different.map(|(at, (a, b))| format!("{}\n- {a}\n+ {b}\n", at + 1)).collect()
}

/// The children of a schema's root in another order, which stay behind the includes and imports.
fn shuffle_components(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut depth, mut start, mut ranges) = (0, 0, Vec::new());
    let mut local = String::new();
    loop {
        let at = reader.buffer_position() as usize;
        let event = reader.read_event().unwrap();
        let end = reader.buffer_position() as usize;
        match &event {
            Event::Start(tag) | Event::Empty(tag) if depth == 1 => {
                start = at;
                local = tag.local_name().as_ref().to_owned();
            }
            _ => {}
        }
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
        if depth == 1 && start > 0 && matches!(event, Event::End(_) | Event::Empty(_)) {
            ranges.push((local == "include" || local == "import", start..end));
        }
    }
    let mut out = Vec::new();
    let mut copied = 0;
    let mut kinds = [Vec::new(), Vec::new()];
    ranges.iter().for_each(|(include, range)| kinds[usize::from(*include)].push(range.clone()));
    kinds.iter_mut().for_each(|kind| random.shuffle(kind));
    for (include, range) in ranges {
        out.extend_from_slice(&bytes[copied..range.start]);
        out.extend_from_slice(&bytes[kinds[usize::from(include)].pop().unwrap()]);
        copied = range.end;
    }
    out.extend_from_slice(&bytes[copied..]);
    assert_eq!(out.len(), bytes.len());
    out
}

/// The protocols of a manifest and the files of each in another order.
fn shuffle_manifest(text: &str, random: &mut Random) -> String {
    let mut table: toml::Table = toml::from_str(text).unwrap();
    let protocols = table["protocol"].as_array_mut().unwrap();
    random.shuffle(protocols);
    for protocol in protocols {
        random.shuffle(protocol["files"].as_array_mut().unwrap());
    }
    toml::to_string(&table).unwrap()
}

// ---- the published set -------------------------------------------------------------------------------------

#[test]
fn the_published_set_gives_the_same_crate() {
    let Some(inputs) = published() else { return };
    let (own, theirs) = (generated(&schemas()), generated(&inputs));
    // Word by word: values of an enumeration share lines unless they have documentation.
    let code = |files: &FileSet| -> BTreeMap<String, Vec<String>> {
        let code = |text: &String| text.lines().filter(|line| is_code(line)).collect::<Vec<_>>().join(" ");
        let words = |text: &String| code(text).split_whitespace().map(str::to_owned).collect();
        rust(files).map(|(path, text)| (path.clone(), words(text))).collect()
    };
    let (own_code, their_code) = (code(&own.files), code(&theirs.files));
    assert_eq!(own_code.keys().collect::<Vec<_>>(), their_code.keys().collect::<Vec<_>>());
    for (path, words) in own_code {
        assert_eq!(words, their_code[&path], "{path}");
    }
    assert_eq!(own.lock, theirs.lock);
}

/// Every protocol of the published set, all of its elements, and the operations of the stack's WSDL.
#[test]
fn the_whole_published_set_within_its_budget() {
    let Some(path) = shared("corpus/ms-oxws") else { return };
    let inputs = everything(folder(&path));
    let (output, diagnostics) = generate(&inputs, &Config::default());
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    let bytes: usize = output.files.values().map(String::len).sum();
    let summary = output.summary;
    eprintln!("{}{summary:?}, {bytes} bytes", diagnostics.render());
    assert!(summary.types > 700 && summary.elements > 200 && summary.operations >= 39, "{summary:?}");
    assert!(summary.lines <= 60_000, "{} lines", summary.lines);
    assert!(bytes <= 4_000_000, "{bytes} bytes");
    assert!(summary.longest < 2_000, "the longest file has {} lines", summary.longest);
    per_particle(&output.files, 4.1);
    documented(&output.files);
}

/// The inputs with a manifest of one protocol for each prefix of the file names.
fn everything(mut inputs: Inputs) -> Inputs {
    let (set, _) = pipeline::resolved_all(&inputs);
    let mut protocols: BTreeMap<String, (Vec<String>, BTreeSet<String>)> = BTreeMap::new();
    for path in inputs.0.keys().filter(|path| path.ends_with(".xsd")) {
        let name = path.rsplit_once('-').unwrap().0.to_owned();
        protocols.entry(name).or_default().0.push(path.clone());
    }
    for element in set.elements.iter().filter(|element| element.global) {
        let file = element.span.file.rsplit_once('-').unwrap().0;
        let prefix = if element.name.namespace.ends_with("messages") { "m" } else { "t" };
        protocols.get_mut(file).unwrap().1.insert(format!("{prefix}:{}", element.name.local));
    }
    let mut manifest = String::new();
    for (name, (files, elements)) in protocols {
        let module = name.trim_start_matches("MS-").to_lowercase();
        manifest += &format!(
            "[[protocol]]\nname = {name:?}\nmodule = {module:?}\nfiles = {files:?}\nelements = {:?}\n",
            elements.iter().collect::<Vec<_>>()
        );
    }
    manifest += "[[protocol]]\nname = 'EWS'\nmodule = 'ews'\nwsdl = 'EWSStack.wsdl'\nstrict = false\n";
    let uri = "http://schemas.microsoft.com/exchange/services/2006";
    manifest += &format!("[prefixes]\nm = '{uri}/messages'\nt = '{uri}/types'\n");
    inputs.0.insert("manifest.toml".to_owned(), manifest.into_bytes());
    inputs
}

// ---- what is written ---------------------------------------------------------------------------------------

#[test]
fn the_contact_store_within_its_budget() {
    let output = generated(&schemas());
    let summary = output.summary;
    assert_eq!((summary.types, summary.elements, summary.operations), (140, 51, 15));
    // The budget is that of the contact store's 13 operations; the other protocol counts apart.
    let (store, personas) = (output.features["oxwscos"], output.features["oxwspers"]);
    eprintln!("{store} lines with oxwscos, {personas} with oxwspers, {} in all", summary.lines);
    assert!(store <= 8_000, "{store} lines with oxwscos alone");
    assert!(personas < summary.lines, "{personas} lines with oxwspers alone");
    assert!(summary.longest < 2_000, "the longest file has {} lines", summary.longest);
    per_particle(&output.files, 2.7);
    documented(&output.files);
}

/// Lines of code, without documentation, for each field and variant.
fn per_particle(files: &FileSet, most: f64) {
    let lines: usize = rust(files).map(|(_, text)| text.lines().filter(|line| is_code(line)).count()).sum();
    let mut particles = 0;
    for (_, text) in rust(files) {
        for item in syn::parse_file(text).unwrap().items {
            particles += match item {
                syn::Item::Struct(item) => item.fields.len(),
                syn::Item::Enum(item) => item.variants.len(),
                syn::Item::Macro(item) if is_enumeration(&item.mac) => {
                    let tokens = item.mac.tokens.into_iter();
                    let commas =
                        |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
                    tokens.filter(commas).count()
                }
                _ => 0,
            };
        }
        particles += text.lines().filter(|line| is_sparse(line)).count();
    }
    let each = lines as f64 / particles as f64;
    eprintln!("{lines} lines of code for {particles} fields and variants: {each:.2} each");
    assert!(each <= most, "{each:.2} lines of code for each field and variant, the budget is {most}");
}

fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("///") && !line.starts_with("//!")
}

/// Whether a macro call makes an enumeration, each of whose values ends with a comma.
fn is_enumeration(call: &syn::Macro) -> bool {
    call.path.segments.last().is_some_and(|segment| segment.ident == "enumeration")
}

/// Whether a line declares one field of a wide type.
fn is_sparse(line: &str) -> bool {
    line.ends_with(';') && line.contains(" set_") && line.contains(" with_")
}

/// Every file says where it comes from, and everything public has documentation.
fn documented(files: &FileSet) {
    let mut missing = Vec::new();
    for (path, text) in rust(files) {
        assert!(text.starts_with("//! ") && text.contains("@generated by `cargo xtask regen`"), "{path}");
        let mut check = |attributes: &[syn::Attribute], public: bool, what: &dyn std::fmt::Display| {
            if public && !attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
                missing.push(format!("{path}: {what}"));
            }
        };
        let is_pub = |visibility: &syn::Visibility| matches!(visibility, syn::Visibility::Public(_));
        for item in syn::parse_file(text).unwrap().items {
            match &item {
                syn::Item::Struct(item) => {
                    check(&item.attrs, is_pub(&item.vis), &item.ident);
                    for field in &item.fields {
                        let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                        check(&field.attrs, is_pub(&field.vis), &format!("{}::{name}", item.ident));
                    }
                }
                syn::Item::Enum(item) => {
                    check(&item.attrs, is_pub(&item.vis), &item.ident);
                    for variant in &item.variants {
                        check(
                            &variant.attrs,
                            is_pub(&item.vis),
                            &format!("{}::{}", item.ident, variant.ident),
                        );
                    }
                }
                syn::Item::Trait(item) => {
                    check(&item.attrs, is_pub(&item.vis), &item.ident);
                    for method in &item.items {
                        if let syn::TraitItem::Fn(method) = method {
                            check(&method.attrs, true, &format!("{}::{}", item.ident, method.sig.ident));
                        }
                    }
                }
                syn::Item::Impl(item) if item.trait_.is_none() => {
                    for method in &item.items {
                        if let syn::ImplItem::Fn(method) = method {
                            check(&method.attrs, is_pub(&method.vis), &method.sig.ident);
                        }
                    }
                }
                // The values' documentation is made from their texts.
                syn::Item::Macro(item) if is_enumeration(&item.mac) => {
                    let tokens = item.mac.tokens.to_string();
                    assert!(tokens.trim_start().starts_with(['#', '/']), "{path}: {tokens}");
                }
                syn::Item::Type(item) => check(&item.attrs, is_pub(&item.vis), &item.ident),
                syn::Item::Fn(item) => check(&item.attrs, is_pub(&item.vis), &item.sig.ident),
                syn::Item::Static(item) => check(&item.attrs, is_pub(&item.vis), &item.ident),
                syn::Item::Const(item) => check(&item.attrs, is_pub(&item.vis), &item.ident),
                _ => {}
            }
        }
        let lines: Vec<&str> = text.lines().collect();
        for (before, line) in lines.iter().zip(&lines[1..]) {
            if is_sparse(line) && !before.trim_start().starts_with("///") {
                missing.push(format!("{path}: {line}"));
            }
        }
    }
    assert!(missing.is_empty(), "without documentation:\n{}", missing.join("\n"));
}
