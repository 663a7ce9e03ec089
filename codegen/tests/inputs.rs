//! Inputs as they are found: one folder of `tests/inputs` for each habit of published sets that breaks other tools. What
//! `new_crate` says of it must be `expected.txt`, the same files must come out with the `names.lock` of a first run, and
//! the crates must compile, warnings counted, and be formatted. `plain` is read in several encodings besides. A
//! `request.txt` names the files that are asked for, when not all WSDL files, else all schemas. `UPDATE_EXPECT=1`
//! rewrites the expectations.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use oxws_codegen::new_crate::{Request, Runtime, new_crate};
use oxws_codegen::{Inputs, Output};

/// An encoding of a file.
type Encoding = (&'static str, fn(&str) -> Vec<u8>);

const ENCODINGS: &[Encoding] = &[
    ("plain-utf-16-le", |text| [&[0xFF, 0xFE][..], &units(text, u16::to_le_bytes)].concat()),
    ("plain-utf-16-be", |text| [&[0xFE, 0xFF][..], &units(text, u16::to_be_bytes)].concat()),
    ("plain-byte-order-mark", |text| [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat()),
    ("plain-crlf", |text| text.replace('\n', "\r\n").into_bytes()),
    ("plain-cr", |text| text.replace('\n', "\r").into_bytes()),
    ("plain-latin-1", |text| {
        let text = text.replace("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>");
        text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect()
    }),
];

fn units(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs");
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(&root).into_iter().flatten().flatten() {
        let case = Case::of_folder(&entry.path());
        if case.name == "plain" {
            for encoded in ENCODINGS.iter().map(|encoding| case.encoded(encoding)) {
                cases.insert(encoded.name.clone(), encoded);
            }
        }
        cases.insert(case.name.clone(), case);
    }
    let mut trials: Vec<Trial> = Vec::new();
    for (name, case) in &cases {
        let case = case.clone();
        trials.push(Trial::test(name.clone(), move || case.is_as_expected()));
    }
    trials.push(Trial::test("every_crate_compiles", move || compiles(&cases)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

#[derive(Clone)]
struct Case {
    name: String,
    inputs: Inputs,
    request: Vec<String>,
    expected: PathBuf,
}

impl Case {
    fn of_folder(folder: &Path) -> Case {
        let mut inputs = support::folder(folder);
        inputs.0.remove("expected.txt");
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = |ending: &str| inputs.0.keys().filter(|file| file.ends_with(ending)).cloned().collect();
        let wsdl: Vec<String> = ending(".wsdl");
        let all = if wsdl.is_empty() { ending(".xsd") } else { wsdl };
        let request = match inputs.0.remove("request.txt") {
            Some(text) => String::from_utf8_lossy(&text).lines().map(str::to_owned).collect(),
            None => all,
        };
        Case { name, inputs, request, expected: folder.join("expected.txt") }
    }

    /// The same files in another encoding, of which the same is said.
    fn encoded(&self, (name, encode): &Encoding) -> Case {
        let encode = |bytes: &Vec<u8>| encode(&String::from_utf8_lossy(bytes));
        let inputs = self.inputs.0.iter().map(|(file, bytes)| (file.clone(), encode(bytes))).collect();
        Case { name: (*name).to_owned(), inputs: Inputs(inputs), ..self.clone() }
    }

    fn generated(&self) -> (Output, String) {
        let (wsdl, xsd) = self.request.iter().cloned().partition(|file| file.ends_with(".wsdl"));
        let request = Request {
            name: format!("input-{}", self.name),
            wsdl,
            xsd,
            operations: Vec::new(),
            elements: Vec::new(),
            runtime: Runtime::Path(
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated").display().to_string(),
            ),
            command: "cargo xtask new-crate".to_owned(),
        };
        let (output, diagnostics) = new_crate(&self.inputs, &request);
        (output, if diagnostics.is_empty() { String::new() } else { diagnostics.render() })
    }

    fn is_as_expected(&self) -> Result<(), Failed> {
        let (output, report) = self.generated();
        if std::env::var_os("UPDATE_EXPECT").is_some() && !self.name.starts_with("plain-") {
            fs::write(&self.expected, &report)?;
        }
        let expected = fs::read_to_string(&self.expected).unwrap_or_default();
        if report != expected {
            return Err(format!("expected:\n{expected}\nactual:\n{report}").into());
        }
        if output.files.is_empty() {
            return match report.contains("error[") {
                true => Ok(()),
                false => Err("nothing was generated".into()),
            };
        }
        // The names that a first run settled are those of the next.
        let mut again = self.clone();
        let lock = output.files.get("names.lock").ok_or("no names.lock")?;
        again.inputs.0.insert("names.lock".to_owned(), lock.clone().into_bytes());
        let (output_again, report) = again.generated();
        if output_again.files == output.files {
            Ok(())
        } else {
            Err(format!("not the same again:\n{report}").into())
        }
    }
}

/// All crates in one workspace, so that the runtime is compiled once.
fn compiles(cases: &BTreeMap<String, Case>) -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inputs");
    let _ = fs::remove_dir_all(root.join("crates"));
    // What is generated from the other encodings is the same.
    for case in cases.values().filter(|case| !case.name.starts_with("plain-")) {
        let folder = root.join("crates").join(&case.name);
        for (path, text) in case.generated().0.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            fs::write(path, text.replace("\n[workspace]\n", "\n"))?;
        }
    }
    let plain = cases.get("plain").ok_or("there is no plain case")?.generated().0;
    for (name, _) in ENCODINGS {
        let encoded = cases.get(*name).ok_or("an encoding is missing")?.generated().0;
        let own = |output: &Output| -> Vec<(String, String)> {
            let files = output.files.iter().filter(|(path, _)| path.starts_with("src/protocol/"));
            files.map(|(path, text)| (path.clone(), text.clone())).collect()
        };
        if own(&plain) != own(&encoded) {
            return Err(format!("{name} gives other code than plain").into());
        }
    }
    fs::write(root.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
    let lock = root.join("Cargo.lock");
    if !lock.exists() {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), &lock)?;
    }
    // What the features add must not clash with names either.
    for which in [&["--workspace"][..], &["--package", "input-letter-names", "--features", "serde"]] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["check", "--quiet", "--offline"]).args(which).current_dir(&root);
        cargo
            .env("CARGO_TARGET_DIR", root.join("target"))
            .env("RUSTFLAGS", "-Dwarnings")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        let output = cargo.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
    }
    formatted(&root)
}

/// By the defaults of rustfmt, where there is one: who keeps such a crate formats it with the rest.
fn formatted(root: &Path) -> Result<(), Failed> {
    let cargo = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.arg("fmt").current_dir(root);
        cargo
    };
    if !cargo().arg("--version").output()?.status.success() {
        println!("there is no rustfmt: whether the crates are formatted is not looked at");
        return Ok(());
    }
    fs::write(root.join("rustfmt.toml"), "# The defaults, not those of a folder above.\n")?;
    let output = cargo().args(["--all", "--check"]).output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stdout).into_owned().into()),
    }
}
