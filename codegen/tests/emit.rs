//! One folder of `tests/emit` for each construct: what is generated for it must be `expected.rs`, must compile, and
//! must do what the documents beside it say: a `valid*.xml` is read strictly and written back equal, an
//! `invalid*.xml` is refused with the text of its first line, `<!-- expect: … -->`; `valid.txt` and `invalid.txt` have
//! one such document a line, the latter after the text and ` | `. A `check.rs` with a function
//! `check` tests what documents cannot show.
//!
//! What strict reading says of damaged copies of the documents is compared with what xmllint says
//! (`emit/differential.rs`).
//!
//! All folders become modules of one crate, which is built and run once (`emit/runner.rs` is its main file).
//! Without a `manifest.toml` in the folder, the manifest is one protocol with the folder's only WSDL and all its
//! schemas. `shown.txt` lists the files that `expected.rs` shows, when not the usual ones;
//! `notes.txt` has what the generator remarks, if it does. `UPDATE_EXPECT=1` rewrites the expectations.

#[path = "support/covers.rs"]
mod covers;
#[path = "emit/differential.rs"]
mod differential;
#[path = "emit/mutate.rs"]
mod mutate;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};
use oxws_codegen::emit::Config;
use oxws_codegen::{Inputs, Output, generate};

/// A golden has at most so many lines: a fixture shows one thing.
const LONGEST: usize = 200;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit");
    let fixtures: Vec<Fixture> = match Fixture::all(&root) {
        Ok(fixtures) => fixtures,
        Err(error) => {
            eprintln!("{}: {error}", root.display());
            return ExitCode::FAILURE;
        }
    };
    let fixtures = Arc::new(fixtures);
    let outcomes: Arc<OnceLock<Result<BTreeMap<String, String>, String>>> = Arc::default();
    let mut trials = Vec::new();
    for (at, fixture) in fixtures.iter().enumerate() {
        let all = fixtures.clone();
        trials.push(Trial::test(fixture.name.clone(), move || golden(&all[at])));
        for case in fixture.cases() {
            let (all, outcomes, name) = (fixtures.clone(), outcomes.clone(), case.clone());
            trials.push(Trial::test(case, move || {
                let Ok(outcomes) = outcomes.get_or_init(|| build_and_run(&all)) else {
                    return Err("see the_crate_builds".into());
                };
                match outcomes.get(&name).map(String::as_str) {
                    Some("") => Ok(()),
                    Some(problem) => Err(problem.into()),
                    None => Err("the crate of the fixtures did not say".into()),
                }
            }));
        }
    }
    let (all, built) = (fixtures.clone(), outcomes.clone());
    trials.push(Trial::test("strict_reading_agrees_with_xmllint", move || {
        let built = built.get_or_init(|| build_and_run(&all));
        if built.is_err() { Err("see the_crate_builds".into()) } else { differential::check(&all) }
    }));
    trials.push(Trial::test("the_crate_builds", move || {
        match outcomes.get_or_init(|| build_and_run(&fixtures)) {
            Ok(_) => Ok(()),
            Err(problem) => Err(problem.into()),
        }
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A folder of `tests/emit`.
struct Fixture {
    name: String,
    folder: PathBuf,
    inputs: Inputs,
    /// The documents and the check.
    documents: BTreeMap<String, String>,
}

impl Fixture {
    fn all(root: &Path) -> std::io::Result<Vec<Fixture>> {
        let mut fixtures = Vec::new();
        for entry in fs::read_dir(root)? {
            let folder = entry?.path();
            if folder.is_dir() {
                fixtures.push(Fixture::new(folder));
            }
        }
        fixtures.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(fixtures)
    }

    fn new(folder: PathBuf) -> Fixture {
        let mut inputs = support::folder(&folder);
        let mut documents = BTreeMap::new();
        let own: Vec<String> =
            inputs.0.keys().filter(|f| f.ends_with(".xml") || f.ends_with(".rs")).cloned().collect();
        for name in own {
            let text = inputs.0.remove(&name).unwrap_or_default();
            documents.insert(name, String::from_utf8_lossy(&text).into_owned());
        }
        for list in ["valid", "invalid"] {
            let text = inputs.0.remove(&format!("{list}.txt")).unwrap_or_default();
            for (at, line) in String::from_utf8_lossy(&text).lines().enumerate() {
                let document = match line.split_once(" | ") {
                    Some((expected, document)) => format!("<!-- expect: {expected} -->\n{document}"),
                    None => line.to_owned(),
                };
                documents.insert(format!("{list}-line-{}.xml", at + 1), document);
            }
        }
        if !inputs.0.contains_key("manifest.toml") {
            let named =
                |end: &str| inputs.0.keys().filter(|f| f.ends_with(end)).cloned().collect::<Vec<String>>();
            let mut manifest = "[[protocol]]\nname = \"Test\"\nmodule = \"test\"\n".to_owned();
            let (wsdls, schemas) = (named(".wsdl"), named(".xsd"));
            wsdls.iter().for_each(|wsdl| manifest += &format!("wsdl = {wsdl:?}\n"));
            manifest += &format!("files = {schemas:?}\n[prefixes]\nt = \"urn:t\"\n");
            inputs.0.insert("manifest.toml".to_owned(), manifest.into_bytes());
        }
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Fixture { name, folder, inputs, documents }
    }

    /// Names of the tests that the crate of the fixtures runs.
    fn cases(&self) -> Vec<String> {
        let cases = self.documents.keys().filter(|name| *name != "expected.rs");
        cases.map(|name| format!("{}/{name}", self.name)).collect()
    }

    fn module(&self) -> String {
        self.name.replace('-', "_")
    }

    fn generated(&self) -> Result<Output, String> {
        let config = Config {
            runtime: "oxws::rt".to_owned(),
            soap: "oxws::soap".to_owned(),
            protocols: format!("crate::{}", self.module()),
            ..Config::default()
        };
        let (output, diagnostics) = generate(&self.inputs, &config);
        let notes = self.inputs.0.get("notes.txt").map(|text| String::from_utf8_lossy(text));
        let report = if diagnostics.is_empty() { String::new() } else { diagnostics.render() };
        if report == notes.unwrap_or_default() {
            return Ok(output);
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() && !diagnostics.has_errors() {
            fs::write(self.folder.join("notes.txt"), &report).map_err(|error| error.to_string())?;
            return Ok(output);
        }
        Err(report)
    }
}

/// Compares what is generated with what is expected.
fn golden(fixture: &Fixture) -> Result<(), Failed> {
    let output = fixture.generated()?;
    let shown = fixture.inputs.0.get("shown.txt").map(|text| String::from_utf8_lossy(text));
    let mut actual = "//! What the generator writes for the schema in this folder.\n".to_owned();
    for (path, text) in &output.files {
        // These look the same for all; a fixture whose point they are lists what it shows.
        let usual =
            ["names.rs", "modules.rs", "mod.rs", "element.rs"].iter().any(|name| path.ends_with(name));
        if shown.as_ref().map_or(!usual, |shown| shown.lines().any(|line| line == path)) {
            let _ = write!(actual, "\n// ==== {path}\n{text}");
        }
    }
    let path = fixture.folder.join("expected.rs");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &actual)?;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if actual != expected {
        let different = expected.lines().zip(actual.lines()).position(|(a, b)| a != b);
        let at = different.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
        let excerpt =
            |text: &str| text.lines().skip(at.saturating_sub(2)).take(8).collect::<Vec<_>>().join("\n");
        let help = "UPDATE_EXPECT=1 cargo test -p oxws-codegen --test emit rewrites it";
        let (old, new) = (excerpt(&expected), excerpt(&actual));
        return Err(format!("line {}, expected:\n{old}\nactual:\n{new}\n{help}", at + 1).into());
    }
    match actual.lines().count() {
        lines if lines > LONGEST => {
            Err(format!("{lines} lines, the most is {LONGEST}: show less at once").into())
        }
        _ => Ok(()),
    }
}

/// Folder of the crate that the fixtures are built into.
fn crate_root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("emit-fixtures")
}

/// Outcome of each case: empty, or what is wrong.
fn build_and_run(fixtures: &[Fixture]) -> Result<BTreeMap<String, String>, String> {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = crate_root();
    let problem = |error: std::io::Error| format!("{}: {error}", root.display());
    write_crate(&root, manifest_dir, fixtures)?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--offline"]).current_dir(&root);
    // The crate has a build folder of its own, so that the lock of the outer one is not waited for.
    cargo
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    let output = cargo.output().map_err(problem)?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(format!("the crate of the fixtures ({}) failed:\n{stderr}{stdout}", root.display()));
    }
    if !stderr.is_empty() {
        return Err(format!("the crate of the fixtures ({}) has warnings:\n{stderr}", root.display()));
    }
    // One line per case: name, a tab, the problem with its line breaks escaped.
    let lines = stdout.lines().filter_map(|line| line.split_once('\t'));
    Ok(lines.map(|(name, problem)| (name.to_owned(), problem.replace("\\n", "\n"))).collect())
}

fn write_crate(root: &Path, manifest_dir: &Path, fixtures: &[Fixture]) -> Result<(), String> {
    let source = root.join("src");
    // Files that are not written again must go; those that do not change keep their time for cargo's sake.
    let mut wanted: BTreeMap<PathBuf, String> = BTreeMap::new();
    let oxws = manifest_dir.join("../generated").display().to_string();
    wanted.insert(
        root.join("Cargo.toml"),
        format!(
            "# Written by codegen/tests/emit.rs.\n[package]\nname = \"emit-fixtures\"\nversion = \"0.0.0\"\n\
             edition = \"2024\"\n\n[dependencies]\noxws = {{ path = {oxws:?} }}\nquick-xml = \"0.42\"\n\n[features]\nserde = []\n\n\
             [profile.dev]\ndebug = false\n\n[workspace]\n"
        ),
    );
    let (mut modules, mut cases, mut judges) = (String::new(), String::new(), String::new());
    for fixture in fixtures {
        let module = fixture.module();
        let folder = source.join(&module);
        let output = fixture.generated().map_err(|report| format!("{}:\n{report}", fixture.name))?;
        for (path, text) in &output.files {
            wanted.insert(folder.join(path), text.clone());
        }
        let mut own = "#![allow(unused_imports, reason = \"as in a library\")]\npub(crate) mod modules;\npub(crate) mod names;\npub(crate) use modules::*;\n".to_owned();
        let _ = writeln!(modules, "mod {module};");
        let _ = writeln!(judges, "        {:?} => strict::<{module}::test::Element>(&text),", fixture.name);
        for (name, text) in &fixture.documents {
            let case = format!("{}/{name}", fixture.name);
            if name == "check.rs" {
                own += "pub(crate) mod check;\n";
                wanted.insert(folder.join(name), text.clone());
                let _ = writeln!(cases, "    report({case:?}, {module}::check::check());");
            } else if name.ends_with(".xml") {
                let function = if name.starts_with("invalid") { "invalid" } else { "valid" };
                let element = format!("{module}::test::Element");
                let _ = writeln!(cases, "    report({case:?}, {function}::<{element}>({text:?}));");
            }
        }
        wanted.insert(folder.join("mod.rs"), own);
    }
    let runner = include_str!("emit/runner.rs");
    wanted.insert(
        source.join("main.rs"),
        runner
            .replace("    // CASES\n", &cases)
            .replace("        // JUDGES\n", &judges)
            .replace("// MODULES\n", &modules),
    );
    for path in present(&source) {
        if !wanted.contains_key(&path) {
            fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    for (path, text) in wanted {
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            continue;
        }
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    // The versions are those of the workspace, so that nothing need be fetched.
    let lock = root.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(manifest_dir.join("../Cargo.lock"), &lock)
            .map_err(|error| format!("Cargo.lock: {error}"))?;
    }
    Ok(())
}

/// All files below a folder that may not exist.
fn present(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(present(&path)) } else { found.push(path) }
    }
    found
}
