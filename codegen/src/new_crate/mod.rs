//! `new_crate`: a complete crate for any WSDL and XSD set, on the `oxws` runtime. Inputs are the files by name,
//! those that were asked for and what they refer to; the output is every file of the crate. Published sets are taken
//! as they are: what can be worked around is a warning, and costs an operation or a type at most.

mod files;
mod select;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::Config;
use crate::generate::{Output, generate_set};
use crate::load::Inputs;
use crate::manifest::{Manifest, Protocol};
use crate::span::Span;
use crate::{load, parse, prune, resolve};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Name of the crate.
    pub name: String,
    /// WSDL files, by their names among the inputs.
    pub wsdl: Vec<String>,
    /// Schema files.
    pub xsd: Vec<String>,
    /// Only these operations; empty for all.
    pub operations: Vec<String>,
    /// Only these global elements: `local`, or `{namespace}local`. With neither operations nor elements, everything.
    pub elements: Vec<String>,
    /// Where the runtime comes from.
    pub runtime: Runtime,
    /// The command line that makes the crate, for its README.
    pub command: String,
}

/// Where the crate `oxws` comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Runtime {
    /// A folder.
    Path(String),
    /// A version in the registry.
    Version(String),
}

/// The command that regenerates, for the headers of the files.
const COMMAND: &str = "cargo xtask new-crate";

/// Problems of published sets that are worked around, and how where it is not plain: what cannot be resolved is kept as
/// XML, or left out.
const TOLERATED: &[(Code, &str)] = &[
    (Code::MissingInclude, ""),
    (Code::UnknownType, ""),
    (Code::UnknownElement, ""),
    (Code::UnknownAttribute, ""),
    (Code::UnknownGroup, ""),
    (Code::NeededImport, ""),
    (Code::WrongNamespace, ""),
    // Files that were not written for one another: the first declaration counts.
    (Code::Duplicate, ""),
    // Mistakes that other tools pass over.
    (Code::BadFacet, "the crate is made without it"),
    (Code::BadOccurrence, "the crate is made with the occurrence that allows more"),
    (Code::BadValue, "the crate is made as if it were not there"),
    (Code::UnknownPrefix, "the crate is made as if it were not there"),
    (Code::BadStructure, "the crate is made with what can be understood of it"),
    (Code::BadDerivation, "the crate is made with what can be understood of it"),
    // Of SOAP encoding; operations are left out by themselves.
    (Code::UnsupportedStyle, "the crate keeps it as XML"),
];

/// Generates a crate. Its files are those of the output, by path below the crate's folder; `names.lock` among the
/// inputs settles names, and the new one is among the files.
pub fn new_crate(inputs: &Inputs, request: &Request) -> (Output, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    check_name(&request.name, &mut diagnostics);
    let mut manifest = manifest(request);
    let sources = load::load(&manifest, inputs, &mut diagnostics);
    let documents = parse::parse(&sources, &mut diagnostics);
    select::operations(&mut manifest, request, &documents, &mut diagnostics);
    let set = resolve::resolve(&documents, &manifest, &mut diagnostics);
    diagnostics.tolerate(TOLERATED);
    select::lost(request, &set, &mut diagnostics);
    select::elements(&mut manifest, request, &set, &mut diagnostics);
    let set = prune::prune(&set, &manifest, &mut diagnostics);
    if diagnostics.has_errors() {
        return (Output::default(), diagnostics);
    }
    let config = Config {
        runtime: "::oxws::rt".to_owned(),
        soap: "::oxws::soap".to_owned(),
        command: COMMAND.to_owned(),
        has_manifest: false,
        ..Config::default()
    };
    let mut output = generate_set(&set, &manifest, inputs, &config, &mut diagnostics);
    let made = output.summary;
    // A set may have types, yet none that is a type of Rust: lists are `Vec` where they are used.
    if made.protocols == 0 {
        let span = Span { file: "the set".into(), line: 0, column: 0 };
        let message = "there is nothing to generate: no type of its own, no global element and no operation that is supported";
        let help = "the warnings say what was left out; without any, give other files with --wsdl or --xsd";
        diagnostics.push(Diagnostic::error(Code::NotGenerated, &span, message).help(help));
    }
    if diagnostics.has_errors() {
        return (Output::default(), diagnostics);
    }
    files::complete(&mut output, request, &set);
    (output, diagnostics)
}

/// The manifest of a set that has none: each file a protocol of its own, placed by namespaces.
fn manifest(request: &Request) -> Manifest {
    let wsdl = request.wsdl.iter().map(|path| Protocol::of_file(path, true));
    let xsd = request.xsd.iter().map(|path| Protocol::of_file(path, false));
    Manifest {
        protocols: wsdl.chain(xsd).collect(),
        everything: request.operations.is_empty() && request.elements.is_empty(),
        ..Manifest::default()
    }
}

/// A crate's name: what cargo takes, and what can be written after `use`.
fn check_name(name: &str, diagnostics: &mut Diagnostics) {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let reserved = matches!(name, "oxws" | "std" | "core" | "alloc" | "test" | "serde");
    let module = name.replace('-', "_");
    if letters
        && !reserved
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && crate::name::is_plain(&module)
    {
        return;
    }
    let span = Span { file: "--name".into(), line: 0, column: 0 };
    let message = format!("`{name}` cannot name a crate");
    let help = "use letters, digits, `-` and `_`, a letter first; no keyword, and neither `oxws` nor `std`";
    diagnostics.push(Diagnostic::error(Code::ManifestName, &span, message).help(help));
}
