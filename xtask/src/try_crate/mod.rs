//! `cargo xtask try-crate`: random documents through the crate of a set, against xmllint and against what they were
//! made of. The documents are made from the schemas themselves, without the generator's reading of them.

mod compare;
#[path = "../../../codegen/tests/support/covers.rs"]
mod covers;
mod damage;
mod invent;
mod judge;
mod known;
mod literals;
mod make;
mod pattern;
mod print;
mod schemas;
mod simple;
mod tree;
mod types;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use oxws_codegen::Inputs;

use crate::new_crate;
use crate::{Outcome, count};
use make::{Maker, Node};
use schemas::{Schemas, Space};
use tree::Name;

/// Try the crate that new-crate makes of a set: write random documents, valid and damaged ones, read them strictly and
/// write them back.
///
/// What the crate accepts and refuses is compared with what xmllint says (Debian: libxml2-utils), and what it writes with
/// what was to be read. The same seed gives the same documents.
///
/// Exit codes: 0 no finding, 1 findings, 2 wrong usage, or the crate cannot be made or built.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("input").required(true).multiple(true).args(["wsdl", "xsd", "invent"])))]
pub struct Arguments {
    /// WSDL 1.1 description
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub wsdl: Vec<PathBuf>,

    /// XML Schema 1.0 document
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub xsd: Vec<PathBuf>,

    /// Invent a set for each of these numbers, with every construct there is, and try it
    #[arg(long, value_name = "NUMBER", num_args = 1.., conflicts_with_all = ["wsdl", "xsd"])]
    pub invent: Vec<u64>,

    /// Folder for the crate, the schemas and the documents
    #[arg(long, value_name = "DIR", default_value = "target/try-crate")]
    pub out: PathBuf,

    /// How many documents
    #[command(flatten)]
    pub options: Options,
}

/// How many documents.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Options {
    /// What the documents depend on, beside the schemas
    #[arg(long, default_value_t = 1)]
    pub seed: u64,

    /// Valid documents, spread over the global elements
    #[arg(long, value_name = "NUMBER", default_value_t = 300)]
    pub count: usize,

    /// Damaged copies of each
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    pub damage: usize,
}

/// The command.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    if arguments.invent.is_empty() {
        return try_set(root, &arguments.wsdl, &arguments.xsd, &arguments.out, arguments.options);
    }
    let mut bad = Vec::new();
    for number in &arguments.invent {
        let tried = try_invented(root, *number, &arguments.out.join(number.to_string()), arguments.options);
        let fine = tried.map(|outcome| outcome == Outcome::Fine).unwrap_or_else(|error| {
            eprintln!("{error:#}");
            false
        });
        if !fine {
            bad.push(*number);
        }
    }
    if !bad.is_empty() {
        eprintln!("findings in {}: {bad:?}", count(bad.len(), "set"));
    }
    Ok(Outcome::of(&bad))
}

/// Invents a set, tries it, and then the slice of one of its operations.
fn try_invented(root: &Path, number: u64, out: &Path, options: Options) -> Result<Outcome> {
    // Names of what was there before would be kept.
    let _ = fs::remove_dir_all(out);
    let set = out.join("set");
    for (file, text) in invent::invent(number) {
        crate::files::write(&set.join(file), &text)?;
    }
    eprintln!("set {number}, in {}", set.display());
    let (wsdl, xsd) = (vec![set.join("service.wsdl")], vec![set.join("main.xsd")]);
    let outcome = try_set(root, &wsdl, &xsd, out, options)?;
    let operation = invent::operation(usize::try_from(number).unwrap_or_default());
    build(root, &wsdl, &[], vec![operation], &out.join("slice"))?;
    Ok(outcome)
}

/// Makes the crate of these files, and tries it.
fn try_set(root: &Path, wsdl: &[PathBuf], xsd: &[PathBuf], out: &Path, options: Options) -> Result<Outcome> {
    let Some(program) = build(root, wsdl, xsd, Vec::new(), &out.join("crate"))? else {
        eprintln!("the schemas have no global elements, so that there are no documents");
        return Ok(Outcome::Fine);
    };
    let inputs = new_crate::inputs(wsdl, xsd)?;
    let report = check("set", &inputs, &program, &out.join("documents"), options)?;
    eprintln!("{report}");
    Ok(Outcome::of(&report.findings))
}

/// Makes and builds a crate of these operations, all if there are none; returns its example, if it has one.
fn build(
    root: &Path,
    wsdl: &[PathBuf],
    xsd: &[PathBuf],
    operation: Vec<String>,
    folder: &Path,
) -> Result<Option<PathBuf>> {
    let made = new_crate::run(
        root,
        &new_crate::Arguments {
            wsdl: wsdl.to_vec(),
            xsd: xsd.to_vec(),
            operation,
            element: Vec::new(),
            name: "tried".to_owned(),
            out: folder.to_owned(),
            oxws: None,
            force: false,
        },
    )?;
    if made == Outcome::Findings {
        bail!("no crate can be made of this set");
    }
    // One for all sets, so that the runtime is compiled once.
    let target = std::path::absolute(root)?.join("target/try-crate-build");
    let built = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["build", "--quiet", "--lib", "--examples"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target)
        .status()
        .context("cannot run cargo")?;
    if !built.success() {
        bail!("the crate in {} does not build", folder.display());
    }
    let has_example = folder.join("examples/roundtrip.rs").is_file();
    Ok(has_example.then(|| target.join("debug/examples/roundtrip")))
}

/// A document on the disk.
struct Case {
    /// Only for those that are valid.
    node: Option<Node>,
    /// What was done to it; empty for nothing.
    what: String,
    /// What xmllint refuses may be right: it does not know all of XML Schema, and we do not look into what is kept as it
    /// is written.
    excused: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Documents that were made to be valid, and damaged copies.
    pub documents: [usize; 2],
    /// Global elements with a document.
    pub elements: usize,
    /// Global elements of which none can be made, abstract ones left out.
    pub without: Vec<String>,
    /// Documents that xmllint refuses although they were made to be valid, as does the crate.
    pub misfits: usize,
    /// Why xmllint cannot be asked.
    pub unread: Option<String>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// A difference.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which: `refused`, `accepted`, `changed`, `invalid`, `unstable`, `lenient`.
    pub kind: &'static str,
    /// The document.
    pub path: PathBuf,
    /// What was done to it, if anything.
    pub what: String,
    /// What is said of it.
    pub message: String,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [valid, damaged] = self.documents;
        let findings = count(self.findings.len(), "finding");
        let elements = count(self.elements, "element");
        write!(f, "{valid} valid and {damaged} damaged documents of {elements}: {findings}")?;
        if self.misfits > 0 {
            write!(f, "; {} not made right", self.misfits)?;
        }
        if !self.without.is_empty() {
            write!(f, "; no document for {}", self.without.join(", "))?;
        }
        if let Some(problem) = &self.unread {
            write!(f, "; xmllint cannot read the schemas: {problem}")?;
        }
        // Few of a kind say as much as all.
        let mut shown: BTreeMap<String, usize> = BTreeMap::new();
        for finding in &self.findings {
            let key: String = finding.message.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
            let times = shown.entry(format!("{} {key}", finding.kind)).or_default();
            *times += 1;
            if *times > 2 {
                continue;
            }
            let what = if finding.what.is_empty() { String::new() } else { format!(" ({})", finding.what) };
            write!(f, "\n  {}: {}{what}\n      {}", finding.kind, finding.path.display(), finding.message)?;
        }
        Ok(())
    }
}

/// Makes documents below `folder`, and lets the program and xmllint read them.
///
/// # Errors
/// When the folder cannot be written to, or a program cannot be run.
pub fn check(name: &str, inputs: &Inputs, program: &Path, folder: &Path, options: Options) -> Result<Report> {
    let set = Schemas::read(inputs);
    let _ = fs::remove_dir_all(folder);
    let schemas = folder.join("schemas");
    for (file, text) in &set.files {
        crate::files::write(&schemas.join(file), text)?;
    }
    let mut report = Report::default();
    let cases = make(&set, folder, options, &mut report)?;
    let paths: Vec<PathBuf> = cases.keys().cloned().collect();
    let (written, again) = (folder.join("written"), folder.join("again"));
    let ours = judge::crate_says(program, true, &written, &paths)?;
    let theirs = match judge::xmllint(&schemas.join("main.xsd"), &paths)? {
        Ok(verdicts) => Some(verdicts),
        Err(problem) => {
            report.unread = Some(problem);
            None
        }
    };
    let mut accepted = Vec::new();
    for (path, case) in &cases {
        let ours = ours.get(path).cloned().flatten();
        let theirs = theirs.as_ref().and_then(|all| all.get(path)).cloned();
        let mut find = |kind, message: String| {
            let finding = Finding { kind, path: path.clone(), what: case.what.clone(), message };
            if !known::is_known(name, &finding) {
                report.findings.push(finding);
            }
        };
        match (ours, theirs) {
            // Without a validator, what was made to be valid is so.
            (Some(problem), None) if case.node.is_some() => find("refused", problem),
            (Some(problem), Some(None)) => find("refused", problem),
            (Some(_), Some(Some(_))) if case.node.is_some() => report.misfits += 1,
            (Some(problem), _) if problem.starts_with("no answer") => find("refused", problem),
            (None, Some(Some(problem))) if !case.excused => find("accepted", problem),
            (None, theirs) => {
                accepted.push((path.clone(), theirs.is_some_and(|problem| problem.is_none())));
                let Some(node) = &case.node else { continue };
                let file = written.join(path.file_name().unwrap_or_default());
                match tree::read(&file) {
                    Ok(tag) => {
                        if let Some(found) = compare::difference(node, &tag, "") {
                            find("changed", found);
                        }
                    }
                    Err(error) => find("changed", error.to_string()),
                }
            }
            _ => {}
        }
    }
    second(&written, &again, &accepted, program, &schemas, &mut report, name)?;
    lenient(&written, &folder.join("lenient"), &accepted, program, &mut report)?;
    Ok(report)
}

/// What a strict reader accepts, a lenient one reads alike, and has nothing to note about.
fn lenient(
    written: &Path,
    lenient: &Path,
    accepted: &[(PathBuf, bool)],
    program: &Path,
    report: &mut Report,
) -> Result<()> {
    let paths: Vec<PathBuf> = accepted.iter().map(|(path, _)| path.clone()).collect();
    let verdicts = judge::crate_says(program, false, lenient, &paths)?;
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        let message = match verdicts.get(&path).cloned().flatten() {
            Some(note) => note,
            None if fs::read(written.join(name))? == fs::read(lenient.join(name))? => continue,
            None => "written another way after a lenient read".to_owned(),
        };
        report.findings.push(Finding { kind: "lenient", path, what: String::new(), message });
    }
    Ok(())
}

/// What was written is valid where what was read is, and is written again alike.
fn second(
    written: &Path,
    again: &Path,
    accepted: &[(PathBuf, bool)],
    program: &Path,
    schemas: &Path,
    report: &mut Report,
    name: &str,
) -> Result<()> {
    let file = |folder: &Path, path: &Path| folder.join(path.file_name().unwrap_or_default());
    let paths: Vec<PathBuf> = accepted.iter().map(|(path, _)| file(written, path)).collect();
    let ours = judge::crate_says(program, true, again, &paths)?;
    let valid: Vec<PathBuf> =
        accepted.iter().filter(|(_, valid)| *valid).map(|(path, _)| file(written, path)).collect();
    let theirs = judge::xmllint(&schemas.join("main.xsd"), &valid)?.unwrap_or_default();
    let mut find = |kind, path: &Path, message: String| {
        let finding = Finding { kind, path: path.to_owned(), what: String::new(), message };
        if !known::is_known(name, &finding) {
            report.findings.push(finding);
        }
    };
    for (path, _) in accepted {
        let target = file(written, path);
        if let Some(problem) = ours.get(&target).cloned().flatten() {
            find("unstable", path, problem);
        } else if !compare::equal(&*tree::read(&target)?, &*tree::read(&file(again, path))?) {
            find("unstable", path, "written another way the second time".to_owned());
        }
        if let Some(problem) = theirs.get(&target).cloned().flatten() {
            find("invalid", path, problem);
        }
    }
    Ok(())
}

/// Writes the documents.
fn make(
    set: &Schemas,
    folder: &Path,
    options: Options,
    report: &mut Report,
) -> Result<BTreeMap<PathBuf, Case>> {
    let mut maker = Maker::new(set, options.seed);
    let all = set
        .all(Space::Element)
        .filter(|(_, def)| def.tag.get("abstract").is_none_or(|text| text.trim() == "false"));
    let all: Vec<Name> = all.map(|(name, _)| name.clone()).collect();
    let (possible, without): (Vec<Name>, Vec<Name>) =
        all.into_iter().partition(|name| maker.depth(name).is_some());
    report.without = without.into_iter().map(|(_, local)| local).collect();
    let types: Vec<Name> = set.all(Space::Type).map(|(name, _)| name.clone()).collect();
    let mut cases = BTreeMap::new();
    let mut add = |kind: &str,
                   at: usize,
                   node: &Node,
                   what: String,
                   opaque: bool,
                   rng: &mut Rng,
                   local: &str|
     -> Result<()> {
        let printed = print::print(node, rng);
        let plain: String = local.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
        let path = folder.join(kind).join(format!("{}{at:05}-{plain}.xml", &kind[..1]));
        crate::files::write(&path, &printed.text)?;
        let node = what.is_empty().then(|| node.clone());
        cases.insert(path, Case { node, what, excused: printed.padded || opaque });
        Ok(())
    };
    let mut used = std::collections::BTreeSet::new();
    // Elements are taken in an order of their own where there are more than documents.
    let mut order = possible;
    Rng::with_seed(options.seed).shuffle(&mut order);
    for at in 0..options.count {
        let Some(name) = order.get(at % order.len().max(1)) else { break };
        let seed = options.seed.wrapping_mul(1_000_003).wrapping_add(at as u64);
        let Some(document) = maker.document(name, seed) else { continue };
        used.insert(name.clone());
        report.documents[0] += 1;
        let mut rng = Rng::with_seed(seed);
        add("valid", at, &document, String::new(), false, &mut rng, &name.1)?;
        for copy in 0..options.damage {
            let Some(done) = damage::damaged(&document, &types, &mut rng) else { continue };
            report.documents[1] += 1;
            let at = at * options.damage + copy;
            add("damaged", at, &done.node, done.what, done.opaque, &mut rng, &name.1)?;
        }
    }
    report.elements = used.len();
    Ok(cases)
}
