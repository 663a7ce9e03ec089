//! `cargo xtask new-crate`: a complete crate for any WSDL and XSD set, on the runtime of this checkout.

mod gather;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use cpu_time::ProcessTime;
use oxws_codegen::new_crate::{Request, Runtime, new_crate};

use crate::{Outcome, count, files};

/// What tells a folder that an earlier run made, in its Cargo.toml.
const MARK: &str = "generated-by = \"cargo xtask new-crate\"";
/// The names that an earlier run settled.
const LOCK: &str = "names.lock";
/// Folders in which everything is generated.
const GENERATED: &str = "src/protocol";

/// Write a complete crate for WSDL 1.1 and XML Schema 1.0 files: types, XML codecs, operation traits with client and
/// server, an example that reads and writes documents, a README.
///
/// Give the description of a service with --wsdl, schemas with --xsd; what they include and import is found beside
/// them. Nothing is fetched from a network: an address is looked for by its last segment. With neither --operation nor
/// --element the crate has all operations and all global elements. What is tolerated or left out is reported with file,
/// line and column.
///
/// Exit codes: 0 the crate is written (there may be warnings), 1 the set has errors and nothing is written, 2 wrong
/// usage or a file that cannot be read or written.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("input").required(true).multiple(true).args(["wsdl", "xsd"])))]
#[command(after_help = "\
Examples:
  cargo xtask new-crate --wsdl service.wsdl --name my-service --out ../my-service
  cargo xtask new-crate --wsdl service.wsdl --operation GetItem --name my-service --out ../my-service
  cargo xtask new-crate --xsd schemas/*.xsd --name my-documents --out ../my-documents

Then:
  cd ../my-service && cargo run --example roundtrip -- message.xml")]
pub struct Arguments {
    /// WSDL 1.1 description
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub wsdl: Vec<PathBuf>,

    /// XML Schema 1.0 document
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub xsd: Vec<PathBuf>,

    /// Generate only these operations and what they reach
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub operation: Vec<String>,

    /// Generate only these global elements (beside the operations), as `name` or `{namespace}name`
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub element: Vec<String>,

    /// Name of the crate
    #[arg(long)]
    pub name: String,

    /// Folder of the crate, made when it is not there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    /// The crate `oxws`: its folder, or a version in the registry [default: the folder in this checkout]
    #[arg(long, value_name = "PATH|VERSION")]
    pub oxws: Option<String>,

    /// Write into a folder that holds something else, too
    #[arg(long)]
    pub force: bool,
}

/// The command.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let out = &arguments.out;
    check_folder(out, arguments.force)?;
    let mut set = gather::gather(&arguments.wsdl, &arguments.xsd)?;
    eprintln!("{} read", count(set.inputs.0.len(), "file"));
    let lock = out.join(LOCK);
    if lock.is_file() {
        set.inputs.0.insert(LOCK.to_owned(), files::read(&lock)?);
    }
    let request = Request {
        name: arguments.name.clone(),
        wsdl: set.wsdl,
        xsd: set.xsd,
        operations: arguments.operation.clone(),
        elements: arguments.element.clone(),
        runtime: runtime(root, arguments.oxws.as_deref())?,
        command: command_line(arguments),
    };
    let (mut output, diagnostics) = new_crate(&set.inputs, &request);
    eprint!("{}", diagnostics.render());
    if diagnostics.has_errors() {
        eprintln!("nothing was written");
        return Ok(Outcome::Findings);
    }
    let own_lock = root.join("Cargo.lock");
    if !out.join("Cargo.lock").exists() && own_lock.is_file() {
        // The versions that the runtime is tested with; cargo drops what the crate does not use.
        let text = String::from_utf8(files::read(&own_lock)?).context("Cargo.lock is not UTF-8")?;
        output.files.insert("Cargo.lock".to_owned(), text);
    }
    let written = write(out, &output.files)?;
    let numbers = &output.summary;
    let (_, warnings) = diagnostics.counts();
    eprintln!(
        "{}, {}, {}, {}, {}, {}; {} of {} written to {}; {:.2} s, {:.2} s of CPU",
        count(numbers.types, "type"),
        count(numbers.declarations, "element declaration"),
        count(numbers.elements, "global element"),
        count(numbers.operations, "operation"),
        count(numbers.lines, "line"),
        count(warnings, "warning"),
        written,
        count(output.files.len(), "file"),
        out.display(),
        wall.elapsed().as_secs_f64(),
        cpu.elapsed().as_secs_f64(),
    );
    Ok(Outcome::Fine)
}

/// The given files and all that they refer to, as the generator takes them.
///
/// # Errors
/// When a file cannot be read.
pub fn inputs(wsdl: &[PathBuf], xsd: &[PathBuf]) -> Result<oxws_codegen::Inputs> {
    Ok(gather::gather(wsdl, xsd)?.inputs)
}

/// Refuses a folder that holds what an earlier run did not write.
fn check_folder(out: &Path, force: bool) -> Result<()> {
    if !out.exists() || force {
        return Ok(());
    }
    let mut entries =
        std::fs::read_dir(out).with_context(|| format!("cannot read the folder {}", out.display()))?;
    let made = std::fs::read_to_string(out.join("Cargo.toml")).is_ok_and(|text| text.contains(MARK));
    if entries.next().is_some() && !made {
        bail!(
            "{} is not empty, and no earlier run made it; choose another folder, or say --force",
            out.display()
        );
    }
    Ok(())
}

/// Writes the files that differ and removes generated ones that are no longer there; returns how many were written.
fn write(out: &Path, texts: &oxws_codegen::emit::FileSet) -> Result<usize> {
    let generated = out.join(GENERATED);
    if generated.is_dir() {
        for path in files::list(&generated, &|_| true)? {
            if !texts.contains_key(&format!("{GENERATED}/{path}")) {
                files::remove(&generated, &path)?;
            }
        }
    }
    let mut written = 0;
    for (path, text) in texts {
        let path = out.join(path);
        if std::fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        files::write(&path, text)?;
        written += 1;
    }
    Ok(written)
}

/// Where the runtime comes from: a version begins with a digit and has no folder of its name.
fn runtime(root: &Path, asked: Option<&str>) -> Result<Runtime> {
    let folder = match asked {
        None => root.join("generated"),
        Some(text) if text.starts_with(|c: char| c.is_ascii_digit()) && !Path::new(text).exists() => {
            return Ok(Runtime::Version(text.to_owned()));
        }
        Some(text) => PathBuf::from(text),
    };
    if !folder.join("Cargo.toml").is_file() {
        bail!("{} is not the folder of a crate", folder.display());
    }
    let folder = folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))?;
    let text = folder.to_str().with_context(|| format!("{} is not UTF-8", folder.display()))?;
    Ok(Runtime::Path(text.to_owned()))
}

/// The command line, for the README.
fn command_line(arguments: &Arguments) -> String {
    let mut line = "cargo xtask new-crate".to_owned();
    let mut add = |option: &str, values: &[String]| {
        if !values.is_empty() {
            // Writing to memory cannot fail.
            let _ = write!(line, " {option} {}", values.join(" "));
        }
    };
    let shown = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
    add("--wsdl", &shown(&arguments.wsdl));
    add("--xsd", &shown(&arguments.xsd));
    add("--operation", &arguments.operation);
    add("--element", &arguments.element);
    add("--name", std::slice::from_ref(&arguments.name));
    add("--out", &shown(std::slice::from_ref(&arguments.out)));
    add("--oxws", arguments.oxws.as_slice());
    line
}
