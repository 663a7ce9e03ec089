//! Published sets through `cargo xtask new-crate`, set by set, and random documents through what it makes of them. They
//! lie beside the checkout on some machines only; the habits of others in `codegen/tests/inputs` are always there.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use oxws_codegen::Inputs;
use xtask::Outcome;
use xtask::new_crate::{self, Arguments};
use xtask::try_crate::{self, Options};

/// A set: its name, the folders or files of its descriptions, and those of its schemas.
type Set = (&'static str, &'static [&'static str], &'static [&'static str]);

const SETS: &[Set] = &[
    ("aws-ec2", &["wsdl/aws-ec2"], &[]),
    ("cxf-ws-trust", &["wsdl/cxf-ws-trust"], &[]),
    ("docdata", &["wsdl/docdata"], &[]),
    ("epcis", &["wsdl/epcis"], &[]),
    ("google-admanager", &["wsdl/google-admanager"], &[]),
    ("hl7-cda", &[], &["wsdl/hl7-cda/infrastructure"]),
    ("kml", &[], &["wsdl/kml-2.1"]),
    ("musicxml", &[], &["wsdl/musicxml-4"]),
    ("onvif", &["wsdl/onvif"], &["wsdl/_std"]),
    ("opc-ua", &["wsdl/opc-ua"], &["wsdl/opc-ua"]),
    ("paypal", &["wsdl/paypal"], &[]),
    ("salesforce-partner", &["wsdl/salesforce-partner"], &[]),
    ("zeep-tests", &["wsdl/zeep-tests/wsdl_files"], &[]),
    ("zeep-integration", &["wsdl/zeep-tests/integration"], &[]),
    ("ews-stack", &["ms-oxws/EWSStack.wsdl"], &[]),
    ("ews-elements", &[], &["ms-oxws"]),
];

fn corpus() -> Option<PathBuf> {
    let corpus = xtask::root().join("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: {} is not there", corpus.display());
        return None;
    }
    Some(corpus)
}

/// The files with this ending at and below these paths.
fn files(corpus: &Path, paths: &[&str], ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending: Vec<PathBuf> = paths.iter().map(|path| corpus.join(path)).collect();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|known| known == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Generates every set below `out`; returns the sets that failed.
fn generate(corpus: &Path, out: &Path, operation: &[&str]) -> Vec<String> {
    let mut failed = Vec::new();
    for (name, wsdl, xsd) in SETS {
        if !operation.is_empty() && *name != "ews-stack" {
            continue;
        }
        let arguments = Arguments {
            wsdl: files(corpus, wsdl, "wsdl"),
            xsd: files(corpus, xsd, "xsd"),
            operation: operation.iter().map(|name| (*name).to_owned()).collect(),
            element: Vec::new(),
            name: format!("set-{name}"),
            out: out.join(name),
            oxws: None,
            force: false,
        };
        let outcome = new_crate::run(&xtask::root(), &arguments);
        eprintln!("{name}: {outcome:?}");
        if !matches!(outcome, Ok(Outcome::Fine)) {
            failed.push(format!("{name}: {outcome:?}"));
        }
    }
    failed
}

#[test]
fn every_published_set_is_generated() {
    let Some(corpus) = corpus() else { return };
    let out = tempfile::tempdir().unwrap();
    assert_eq!(generate(&corpus, out.path(), &[]), Vec::<String>::new());
    let code = files(out.path(), &[""], "rs");
    let lines = |path: &PathBuf| std::fs::read_to_string(path).unwrap().lines().count();
    let long: Vec<_> =
        code.iter().map(|path| (path, lines(path))).filter(|(_, lines)| *lines >= 2_000).collect();
    assert_eq!(long, [], "files of 2,000 lines and more");
}

#[test]
fn operations_are_sliced_out_of_a_set() {
    let Some(corpus) = corpus() else { return };
    let out = tempfile::tempdir().unwrap();
    assert_eq!(generate(&corpus, out.path(), &["GetFolder", "FindItem"]), Vec::<String>::new());
    let service = out.path().join("ews-stack/src/protocol/exchange_service/service.rs");
    let text = std::fs::read_to_string(service).unwrap();
    assert!(text.contains("fn get_folder(") && text.contains("fn find_item("));
    assert!(!text.contains("fn create_item("));
    // A name that there is not is an error, and nothing is written.
    let none = tempfile::tempdir().unwrap();
    assert_eq!(generate(&corpus, none.path(), &["GetFoldr"]).len(), 1);
    assert!(!none.path().join("ews-stack").exists());
}

/// Few documents of many sets, the same every time.
const OPTIONS: Options = Options { seed: 1, count: 60, damage: 2 };

#[test]
#[ignore = "compiles every set, minutes of CPU: cargo test -p xtask --test corpus -- --ignored"]
fn every_published_set_compiles_and_round_trips() {
    let Some(corpus) = corpus() else { return };
    let out = xtask::root().join("target/corpus");
    let _ = std::fs::remove_dir_all(&out);
    assert_eq!(generate(&corpus, &out, &[]), Vec::<String>::new());
    let set = |(name, wsdl, xsd): &Set| {
        let inputs = new_crate::inputs(&files(&corpus, wsdl, "wsdl"), &files(&corpus, xsd, "xsd")).unwrap();
        ((*name).to_owned(), inputs)
    };
    let sets: Vec<_> = SETS.iter().map(set).collect();
    assert_eq!(tried(&out, &sets), Vec::<String>::new());
}

/// The habits of published sets in `codegen/tests/inputs`, and the schemas of this project.
#[test]
#[ignore = "compiles some thirty crates: cargo test -p xtask --test corpus -- --ignored"]
fn sets_of_our_own_round_trip() {
    let root = xtask::root();
    let out = root.join("target/inputs");
    let _ = std::fs::remove_dir_all(&out);
    let habits = root.join("codegen/tests/inputs");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(&habits).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.push(root.join("schemas"));
    folders.sort();
    let mut sets = Vec::new();
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let (mut wsdl, mut xsd) = (files(&folder, &[""], "wsdl"), files(&folder, &[""], "xsd"));
        if let Ok(request) = std::fs::read_to_string(folder.join("request.txt")) {
            let asked: Vec<PathBuf> = request.lines().map(|line| folder.join(line)).collect();
            wsdl.retain(|path| asked.contains(path));
            xsd.retain(|path| asked.contains(path));
        } else if !wsdl.is_empty() && name != "schemas" {
            xsd.clear();
        }
        let inputs = new_crate::inputs(&wsdl, &xsd).unwrap();
        let arguments = Arguments {
            wsdl,
            xsd,
            operation: Vec::new(),
            element: Vec::new(),
            name: format!("set-{name}"),
            out: out.join(&name),
            oxws: None,
            force: false,
        };
        // What is said of a set stands beside it: one that is refused has no crate to be tried.
        let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        let refused = expected.lines().any(|line| line.starts_with("error["));
        match new_crate::run(&root, &arguments) {
            Ok(Outcome::Fine) if !refused => sets.push((name, inputs)),
            Ok(Outcome::Findings) if refused => {}
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(tried(&out, &sets), Vec::<String>::new());
}

/// One build at a time.
static BUILDING: Mutex<()> = Mutex::new(());

/// Compiles the crates below `out` and lets them read and write random documents; returns the sets that failed.
fn tried(out: &Path, sets: &[(String, Inputs)]) -> Vec<String> {
    let root = xtask::root();
    // One workspace, so that the runtime is compiled once.
    let mut members = Vec::new();
    for (name, _) in sets {
        let manifest = out.join(name).join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        std::fs::write(&manifest, text.replace("\n[workspace]\n", "\n")).unwrap();
        members.push(format!("{name:?}"));
    }
    let text = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n[profile.dev]\ndebug = false\n",
        members.join(", ")
    );
    std::fs::write(out.join("Cargo.toml"), text).unwrap();
    std::fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).unwrap();
    let target = root.join("target/corpus-build");
    let xmllint = Command::new("xmllint").arg("--version").output().is_ok();
    let mut failed = Vec::new();
    for (name, inputs) in sets {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let package = format!("set-{name}");
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", &package]);
        // Without a global element there is no document to read, and no example that reads one.
        let documents = out.join(name).join("examples/roundtrip.rs").exists();
        if documents {
            build.args(["--example", "roundtrip", "--test", "smoke"]);
        }
        // Warnings count: generated code is clean.
        build.current_dir(out).env("RUSTFLAGS", "-Dwarnings").env("CARGO_TARGET_DIR", &target);
        // The tests share the target folder, and with it the runtime: until it is copied, the example is this set's.
        let program = out.join(format!("roundtrip-of-{name}"));
        {
            let _turn = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
            if !build.status().unwrap().success() {
                failed.push(format!("{name} does not compile"));
                continue;
            }
            if !documents {
                eprintln!("{name} compiles; no documents: it has no global element");
                continue;
            }
            std::fs::copy(target.join("debug/examples/roundtrip"), &program).unwrap();
        }
        if !xmllint {
            eprintln!("{name} compiles; no documents: there is no xmllint (Debian: libxml2-utils)");
            continue;
        }
        let report =
            try_crate::check(name, inputs, &program, &out.join("documents").join(name), OPTIONS).unwrap();
        eprintln!("{name}: {report}");
        if !report.findings.is_empty() {
            failed.push(format!("{name}: {report}"));
        }
    }
    failed
}
