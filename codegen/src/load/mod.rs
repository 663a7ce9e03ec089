//! The load stage: manifest and bytes in, `SourceSet` out. Every file that the manifest needs is found by
//! following includes and imports, decoded and indexed; what is missing is reported. May assume a manifest
//! that was read.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, closest};
use crate::manifest::Manifest;
use crate::span::Span;

mod decode;
mod doctype;
mod locate;
mod scan;

pub(crate) use locate::is_same;
pub use locate::{last_segment, saved_names, unescaped};
pub use scan::{Scope, Tag, TagAttribute};

/// Namespace of XML Schema.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";
/// Namespace of WSDL 1.1.
pub const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
/// Namespace of `xml:lang` and its like, which is built in.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// All inputs by path: schemas, WSDLs, `manifest.toml`, `quirks.toml`. Nothing else is read.
#[derive(Clone, Default, Debug)]
pub struct Inputs(pub BTreeMap<String, Vec<u8>>);

/// Every document that the manifest needs.
#[derive(Clone, Default, Debug)]
pub struct SourceSet {
    /// By name, as the inputs have it.
    pub sources: BTreeMap<Rc<str>, Source>,
    /// Files that the manifest itself names, sorted: WSDLs and schemas.
    pub roots: Vec<Rc<str>>,
}

/// One decoded document.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name, as the inputs have it.
    pub name: Rc<str>,
    /// The document after its XML declaration.
    pub body: Rc<str>,
    /// Lines that the XML declaration takes, and characters on the last of them: where `body` starts.
    pub start: (u32, u32),
    /// Every start tag in document order, with its place and attributes. `None` when the document is not
    /// well-formed, which was reported.
    pub tags: Option<Vec<Tag>>,
    /// The references to other documents, in document order.
    pub references: Vec<Reference>,
}

/// An include, import or redefine.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Which kind.
    pub kind: ReferenceKind,
    /// `schemaLocation` or `location`.
    pub location: Option<Rc<str>>,
    /// `namespace`, of imports.
    pub namespace: Option<Rc<str>>,
    /// The document that was found.
    pub target: Option<Rc<str>>,
    /// Where the reference stands.
    pub span: Span,
}

/// Kind of a reference to another document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "the names are those of the elements")]
pub enum ReferenceKind {
    Include,
    Import,
    Redefine,
    WsdlImport,
}

impl ReferenceKind {
    /// The word for it in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Import | Self::WsdlImport => "import",
            Self::Redefine => "redefine",
        }
    }
}

/// The locations of the other documents that a document names, with those of imports of WSDLs; empty when it cannot
/// be read, which loading it reports.
pub fn locations(bytes: &[u8]) -> Vec<String> {
    let source = decode::source(&"".into(), bytes, &mut Diagnostics::new());
    let references = source.map(|source| source.references).unwrap_or_default();
    references.into_iter().filter_map(|reference| Some(reference.location?.to_string())).collect()
}

/// Runs the stage.
pub fn load(manifest: &Manifest, inputs: &Inputs, diagnostics: &mut Diagnostics) -> SourceSet {
    let files = locate::Files::new(inputs);
    let mut set = SourceSet::default();
    let mut pending: Vec<Rc<str>> = Vec::new();
    for protocol in &manifest.protocols {
        for file in protocol.wsdl.iter().chain(&protocol.files) {
            match files.find("", &file.path) {
                Some(found) => pending.push(found.path),
                None => diagnostics.push(
                    Diagnostic::error(
                        Code::ManifestName,
                        &file.span,
                        format!("there is no file {} among the inputs", file.path),
                    )
                    .help(suggest_file(&file.path, inputs)),
                ),
            }
        }
    }
    pending.sort();
    pending.dedup();
    set.roots = pending.clone();
    pending.reverse();
    let mut said = BTreeSet::new();
    while let Some(path) = pending.pop() {
        if set.sources.contains_key(&path) {
            continue;
        }
        // A path that was found is a key of the inputs.
        let Some(bytes) = inputs.0.get(&*path) else { continue };
        let Some(mut source) = decode::source(&path, bytes, diagnostics) else { continue };
        for reference in &mut source.references {
            follow(reference, &path, &files, inputs, &mut said, diagnostics);
            pending.extend(reference.target.iter().cloned());
        }
        set.sources.insert(path, source);
    }
    set
}

/// Finds the document of a reference, or reports that it is missing.
fn follow(
    reference: &mut Reference,
    from: &str,
    files: &locate::Files,
    inputs: &Inputs,
    said: &mut BTreeSet<(Rc<str>, Rc<str>)>,
    diagnostics: &mut Diagnostics,
) {
    let word = reference.kind.word();
    // What is empty names nothing.
    reference.location = reference.location.take().filter(|location| !location.trim().is_empty());
    let Some(location) = reference.location.as_deref() else {
        if matches!(reference.kind, ReferenceKind::Include | ReferenceKind::Redefine) {
            diagnostics.push(
                Diagnostic::error(
                    Code::MissingInclude,
                    &reference.span,
                    format!("{word} without a schemaLocation"),
                )
                .help("say which file it means: schemaLocation=\"file.xsd\""),
            );
        }
        return;
    };
    if let Some(found) = files.find(from, location) {
        // Files of one service name each other in all of them: once says it.
        let inexact = found.inexact.filter(|_| said.insert((location.into(), found.path.clone())));
        if let Some(how) = inexact {
            let message = format!("{word} of `{location}` was found as {}, {how}", found.path);
            let attribute = match reference.kind {
                ReferenceKind::WsdlImport => "location",
                _ => "schemaLocation",
            };
            let help = format!("write {attribute}=\"{}\"", found.path);
            diagnostics.push(Diagnostic::warning(Code::InexactLocation, &reference.span, message).help(help));
        }
        reference.target = Some(found.path);
        return;
    }
    let built_in = reference.namespace.as_deref() == Some(XML) && reference.kind == ReferenceKind::Import;
    if built_in {
        return;
    }
    let remote = if locate::is_remote(location) { " (nothing is fetched from a network)" } else { "" };
    let message = format!("{word} of `{}`: there is no such file among the inputs{remote}", location.trim());
    let diagnostic = match reference.kind {
        ReferenceKind::Import => Diagnostic::warning(Code::MissingImport, &reference.span, message),
        _ => Diagnostic::error(Code::MissingInclude, &reference.span, message),
    };
    diagnostics.push(diagnostic.help(suggest_file(location, inputs)));
}

/// Advice for a file that is missing.
fn suggest_file(wanted: &str, inputs: &Inputs) -> String {
    let name = wanted.trim().rsplit(['/', '\\']).find(|name| !name.is_empty()).unwrap_or(wanted);
    let documents = inputs.0.keys().map(String::as_str).filter(|f| !f.ends_with(".toml"));
    match closest(name, documents) {
        Some(near) => format!("did you mean `{near}`? Otherwise add `{name}` to the inputs"),
        None => format!("add `{name}` to the inputs"),
    }
}

/// A document that the generator supplies itself.
pub(crate) fn built_in_source(name: &str, text: &'static str, diagnostics: &mut Diagnostics) -> Source {
    let name: Rc<str> = name.into();
    let empty =
        Source { name: name.clone(), body: text.into(), start: (0, 0), tags: None, references: Vec::new() };
    decode::source(&name, text.as_bytes(), diagnostics).unwrap_or(empty)
}
