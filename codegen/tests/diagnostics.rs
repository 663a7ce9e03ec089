//! One test per folder of `tests/diagnostics`: its files go through the generator, and what is reported must
//! be `expected.txt`. A folder is named after the code that it shows; every code must have one.
//! `UPDATE_EXPECT=1` rewrites the expectations.
//!
//! Without a `manifest.toml` in the folder, the manifest is one protocol with the folder's only WSDL, or else
//! all its schemas.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use oxws_codegen::diagnostic::{Code, Diagnostics};
use oxws_codegen::emit::Config;
use oxws_codegen::{Inputs, generate};

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut folders: Vec<PathBuf> = match fs::read_dir(&root) {
        Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_dir()).collect(),
        Err(error) => {
            eprintln!("{}: {error}", root.display());
            return ExitCode::FAILURE;
        }
    };
    folders.sort();
    let names: Vec<String> = folders.iter().map(|f| name(f)).collect();
    let mut trials: Vec<Trial> = Vec::new();
    for folder in folders {
        trials.push(Trial::test(name(&folder), move || fixture(&folder)));
    }
    trials.push(Trial::test("every_code_has_a_fixture", move || every_code(&names)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn name(folder: &Path) -> String {
    folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What the stages say about the inputs.
fn run(inputs: &Inputs) -> Diagnostics {
    generate(inputs, &Config::default()).1
}

fn fixture(folder: &Path) -> Result<(), Failed> {
    let mut inputs = support::folder(folder);
    inputs.0.remove("expected.txt");
    if !inputs.0.contains_key("manifest.toml") {
        let wsdl = inputs.0.keys().find(|f| f.ends_with(".wsdl"));
        let files = match wsdl {
            Some(wsdl) => format!("wsdl = {wsdl:?}"),
            None => {
                format!("files = {:?}", inputs.0.keys().filter(|f| f.ends_with(".xsd")).collect::<Vec<_>>())
            }
        };
        let manifest = format!("[[protocol]]\nname = \"Test\"\nmodule = \"test\"\n{files}\n");
        inputs.0.insert("manifest.toml".to_owned(), manifest.into_bytes());
    }
    let actual = run(&inputs).render();
    let path = folder.join("expected.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &actual)?;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if actual != expected {
        let help = "UPDATE_EXPECT=1 cargo test -p oxws-codegen --test diagnostics rewrites it";
        return Err(format!("expected:\n{expected}\nactual:\n{actual}\n{help}").into());
    }
    let name = name(folder);
    let code = name.split('-').next().unwrap_or_default();
    if actual.contains(&format!("[{code}]")) { Ok(()) } else { Err(format!("{code} is not reported").into()) }
}

fn every_code(names: &[String]) -> Result<(), Failed> {
    let missing: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.id())
        .filter(|id| !names.iter().any(|n| n.starts_with(id)))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no fixture for {}", missing.join(", ")).into()) }
}
