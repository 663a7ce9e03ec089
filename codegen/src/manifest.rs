//! The manifest stage: `manifest.toml` in, `Manifest` out: which protocols there are, from which files, under
//! which names. May assume nothing; every problem is reported with its line and column.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Inputs;
use crate::name::{RESERVED_MODULES, is_plain};
use crate::schema::QName;
use crate::span::{LineMap, Span};

/// Name of the manifest among the inputs.
pub const FILE: &str = "manifest.toml";

/// What to generate.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Manifest {
    /// In the order of the file.
    pub protocols: Vec<Protocol>,
    /// Prefix to namespace URI, for names in the manifest, in quirks and in generated documents.
    pub prefixes: BTreeMap<String, String>,
    /// Further global elements to generate, beside those that protocols name.
    pub elements: Vec<QName>,
    /// Generate every global element that the files and what they refer to declare.
    pub everything: bool,
    /// Feature of the crate that the features of all protocols bring along.
    pub common_feature: Option<String>,
}

/// One protocol: a document of the vendor, and a module of the generated crate.
#[derive(Clone, PartialEq, Debug)]
pub struct Protocol {
    /// The vendor's name, `MS-OXWSCOS`.
    pub name: String,
    /// Name of the Rust module.
    pub module: String,
    /// One line for the documentation.
    pub title: String,
    /// WSDL file that holds the operations.
    pub wsdl: Option<FileRef>,
    /// Name of the operation trait.
    pub service: Option<String>,
    /// Restricts to one port type of the WSDL.
    pub port_type: Option<String>,
    /// Schema files that belong to this protocol.
    pub files: Vec<FileRef>,
    /// Where the protocol is described.
    pub url: Option<String>,
    /// Restricts to these operations; empty means all.
    pub operations: Vec<String>,
    /// Operations that only read, so that a client may repeat them.
    pub read_only: Vec<String>,
    /// Further global elements to generate, as prefixed names.
    pub elements: Vec<String>,
    /// Feature of the crate that the protocol is compiled with; without one, it always is.
    pub feature: Option<String>,
    /// With `false`, an operation that cannot be resolved is left out with a warning.
    pub strict: bool,
    /// Where the manifest has it.
    pub span: Span,
}

/// A file named by the manifest.
#[derive(Clone, PartialEq, Debug)]
pub struct FileRef {
    /// Name as the inputs have it.
    pub path: String,
    /// Where the manifest names it.
    pub span: Span,
}

impl Protocol {
    /// A file that is a protocol of its own, without a module: its components are placed by their namespaces.
    pub fn of_file(path: &str, wsdl: bool) -> Self {
        let span = Span { file: path.into(), line: 0, column: 0 };
        let file = FileRef { path: path.to_owned(), span: span.clone() };
        Protocol {
            name: path.to_owned(),
            module: String::new(),
            title: String::new(),
            wsdl: wsdl.then(|| file.clone()),
            service: None,
            port_type: None,
            files: if wsdl { Vec::new() } else { vec![file] },
            url: None,
            operations: Vec::new(),
            read_only: Vec::new(),
            elements: Vec::new(),
            feature: None,
            strict: false,
            span,
        }
    }
}

impl Manifest {
    /// A manifest that takes all schemas and WSDLs among `inputs`, each file a protocol of its own: for sets
    /// without a manifest.
    pub fn for_all(inputs: &Inputs) -> Self {
        let mut manifest = Self::default();
        for path in inputs.0.keys() {
            let lower = path.to_ascii_lowercase();
            let wsdl = lower.ends_with(".wsdl");
            if !wsdl && !lower.ends_with(".xsd") {
                continue;
            }
            manifest.protocols.push(Protocol::of_file(path, wsdl));
        }
        manifest
    }

    /// Whether nobody wrote it: it places no files, and what can be settled in their set is, instead of reported as an
    /// error.
    pub fn is_made_up(&self) -> bool {
        self.protocols.iter().all(|protocol| protocol.module.is_empty())
    }

    /// Expanded form of a prefixed name: `(namespace, local)`. `None` when the prefix is not in `[prefixes]`.
    pub fn expand<'a>(&'a self, name: &'a str) -> Option<(&'a str, &'a str)> {
        match name.split_once(':') {
            Some((prefix, local)) => self.prefixes.get(prefix).map(|uri| (uri.as_str(), local)),
            None => Some(("", name)),
        }
    }

    /// `{namespace}local` with the prefix of the manifest where there is one.
    pub fn display(&self, namespace: &str, local: &str) -> String {
        match self.prefixes.iter().find(|(_, uri)| *uri == namespace) {
            Some((prefix, _)) => format!("{prefix}:{local}"),
            None if namespace.is_empty() => local.to_owned(),
            None => format!("{{{namespace}}}{local}"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawManifest {
    #[serde(default)]
    protocol: Vec<Spanned<RawProtocol>>,
    #[serde(default)]
    prefixes: BTreeMap<String, String>,
    #[serde(default)]
    features: RawFeatures,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawFeatures {
    common: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProtocol {
    name: String,
    module: Spanned<String>,
    #[serde(default)]
    title: String,
    wsdl: Option<Spanned<String>>,
    service: Option<String>,
    port_type: Option<String>,
    #[serde(default)]
    files: Vec<Spanned<String>>,
    url: Option<String>,
    #[serde(default)]
    operations: Vec<String>,
    #[serde(default)]
    read_only: Vec<String>,
    #[serde(default)]
    elements: Vec<String>,
    feature: Option<String>,
    #[serde(default = "yes")]
    strict: bool,
}

fn yes() -> bool {
    true
}

/// Reads the manifest among `inputs`. `None` when there is none or it cannot be read; the reason is reported.
pub fn read(inputs: &Inputs, diagnostics: &mut Diagnostics) -> Option<Manifest> {
    let file: Rc<str> = FILE.into();
    let text = toml_text(inputs, &file, Code::BadManifest, diagnostics)?;
    let raw: RawManifest = toml_value(&file, &text, Code::BadManifest, diagnostics)?;
    let map = LineMap::new(file.clone(), &text);
    let at = |range: Range<usize>| map.span(range.start);
    let mut modules = BTreeSet::new();
    let mut manifest =
        Manifest { prefixes: raw.prefixes, common_feature: raw.features.common, ..Manifest::default() };
    if raw.protocol.is_empty() {
        let whole = Span { file: file.clone(), line: 0, column: 0 };
        diagnostics.push(
            Diagnostic::error(Code::BadManifest, &whole, "the manifest has no protocol")
                .help("add a [[protocol]] with `name`, `module` and `wsdl` or `files`"),
        );
    }
    for spanned in raw.protocol {
        let span = at(spanned.span());
        let raw = spanned.into_inner();
        let module_span = at(raw.module.span());
        let module = raw.module.into_inner();
        let identifier = module.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && module.starts_with(|c: char| c.is_ascii_lowercase())
            && is_plain(&module)
            && !RESERVED_MODULES.contains(&module.as_str());
        if !identifier {
            diagnostics.push(
                Diagnostic::error(
                    Code::BadManifest,
                    &module_span,
                    format!("`{module}` cannot name a module"),
                )
                .help("use lower-case letters, digits and underscores, a letter first; no keyword, `names` or `modules`"),
            );
        } else if !modules.insert(module.clone()) {
            let message = format!("two protocols have the module `{module}`");
            let help = "give each protocol a module of its own";
            diagnostics.push(Diagnostic::error(Code::BadManifest, &module_span, message).help(help));
        }
        if raw.wsdl.is_none() && raw.files.is_empty() {
            let message = format!("protocol {} has no files", raw.name);
            diagnostics
                .push(Diagnostic::error(Code::BadManifest, &span, message).help("give it `wsdl` or `files`"));
        }
        let file_ref = |s: Spanned<String>| FileRef { span: at(s.span()), path: s.into_inner() };
        manifest.protocols.push(Protocol {
            name: raw.name,
            module,
            title: raw.title,
            wsdl: raw.wsdl.map(file_ref),
            service: raw.service,
            port_type: raw.port_type,
            files: raw.files.into_iter().map(file_ref).collect(),
            url: raw.url,
            operations: raw.operations,
            read_only: raw.read_only,
            elements: raw.elements,
            feature: raw.feature,
            strict: raw.strict,
            span,
        });
    }
    Some(manifest)
}

/// Text of a TOML file among the inputs; also makes it known to `diagnostics`.
pub(crate) fn toml_text(
    inputs: &Inputs,
    file: &Rc<str>,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Option<Rc<str>> {
    let whole = Span { file: file.clone(), line: 0, column: 0 };
    let Some(bytes) = inputs.0.get(&**file) else {
        diagnostics.push(
            Diagnostic::error(code, &whole, format!("there is no {file} among the inputs"))
                .help(format!("put {file} beside the schemas")),
        );
        return None;
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        diagnostics
            .push(Diagnostic::error(code, &whole, "the file is not UTF-8").help("TOML is always UTF-8"));
        return None;
    };
    let text: Rc<str> = text.into();
    diagnostics.add_source(file.clone(), text.clone());
    Some(text)
}

/// Parses TOML, reporting the first problem at its place.
pub(crate) fn toml_value<T: serde::de::DeserializeOwned>(
    file: &Rc<str>,
    text: &str,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match toml::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let offset = error.span().map_or(0, |range| range.start);
            let span = LineMap::new(file.clone(), text).span(offset);
            diagnostics.push(Diagnostic::error(code, &span, error.message().trim_end().to_owned()));
            None
        }
    }
}
