//! The parse stage: `SourceSet` in, `Documents` out: syntax trees of XSD and WSDL, each node with its place.
//! May assume that references to other documents are settled. Nothing is looked up across documents here.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, closest};
use crate::load::{ReferenceKind, Source, SourceSet, WSDL, XML, XSD};
use crate::schema::Block;

mod html;
mod node;
mod particles;
mod schema;
mod syntax;
mod types;
mod wsdl;
mod wsdl_syntax;
mod xml_namespace;

pub use syntax::*;
pub use wsdl_syntax::{
    Binding, BindingMessage, BindingOperation, Definitions, Header, Message, MessageRef, Operation, Part,
    PortType,
};

use node::{Interner, Node};

/// File name of what the generator supplies itself.
pub const BUILT_IN: &str = "(built in)";

/// Runs the stage.
pub fn parse(sources: &SourceSet, diagnostics: &mut Diagnostics) -> Documents {
    let mut documents = Documents { roots: sources.roots.clone(), ..Documents::default() };
    let mut names = Interner::default();
    let mut prefixes: BTreeMap<(Rc<str>, Rc<str>), usize> = BTreeMap::new();
    for source in sources.sources.values() {
        for tag in source.tags.iter().flatten() {
            for (prefix, uri) in tag.scope.own() {
                if !prefix.is_empty() && !uri.is_empty() {
                    *prefixes.entry((prefix.clone(), uri.clone())).or_default() += 1;
                }
            }
        }
        document(source, &mut documents, &mut names, diagnostics);
        let fileless =
            source.references.iter().filter(|r| r.kind == ReferenceKind::Import && r.target.is_none());
        documents.fileless_imports.extend(fileless.cloned());
    }
    let mut built_in = Vec::new();
    document_of_xml_namespace(&mut built_in, &mut names, diagnostics);
    documents.schemas.append(&mut built_in);
    let mut prefixes: Vec<_> = prefixes.into_iter().collect();
    prefixes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    documents.prefixes = prefixes.into_iter().map(|(pair, _)| pair).collect();
    documents
}

/// Parses one document, whatever it is.
fn document(source: &Source, documents: &mut Documents, names: &mut Interner, diagnostics: &mut Diagnostics) {
    let Some(root) = node::tree(source, names, diagnostics) else { return };
    let mut parser = Parser { source, diagnostics, block: Block::default(), target: "".into() };
    match (&*root.namespace, &*root.local) {
        (XSD, "schema") => documents.schemas.push(parser.schema(&root, false)),
        (WSDL, "definitions") => {
            let definitions = parser.definitions(&root, &mut documents.schemas);
            documents.wsdls.push(definitions);
        }
        ("http://www.w3.org/ns/wsdl", "description") => diagnostics.push(
            Diagnostic::error(Code::Unsupported, &root.span, "WSDL 2.0 is not supported")
                .help("use the WSDL 1.1 description of the service"),
        ),
        (namespace, local) => {
            let message =
                format!("`{local}` in namespace `{namespace}` is neither a schema nor a WSDL description");
            let help = format!("a schema has the root `schema` of {XSD}, a WSDL `definitions` of {WSDL}");
            diagnostics.push(Diagnostic::error(Code::UnknownDocument, &root.span, message).help(help));
        }
    }
}

/// The schema of `xml:lang` and its like, which published schemas use without saying where it is.
fn document_of_xml_namespace(out: &mut Vec<Schema>, names: &mut Interner, diagnostics: &mut Diagnostics) {
    let source = xml_namespace::source(diagnostics);
    if let Some(root) = node::tree(&source, names, diagnostics) {
        let mut schema = Parser { source: &source, diagnostics, block: Block::default(), target: "".into() }
            .schema(&root, false);
        schema.built_in = true;
        debug_assert_eq!(schema.target.as_deref(), Some(XML));
        out.push(schema);
    }
}

/// The parsers of one document; `schema`, `types`, `particles` and `wsdl` have the methods.
struct Parser<'a> {
    source: &'a Source,
    diagnostics: &'a mut Diagnostics,
    /// blockDefault of the schema that is parsed.
    block: Block,
    /// Target namespace of the description that is parsed.
    target: Rc<str>,
}

impl Parser<'_> {
    fn error(&mut self, code: Code, node: &Node, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, &node.span, message));
    }

    /// Documentation in the `annotation` child.
    fn docs(&self, node: &Node) -> Option<String> {
        let annotations = node.children.iter().filter(|c| c.is_xsd("annotation"));
        let documentation = annotations.flat_map(|a| &a.children).filter(|c| c.is_xsd("documentation"));
        let paragraphs: Vec<String> = documentation.filter_map(|d| node::dedent(&d.text)).collect();
        (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
    }

    /// Reports a child that has no business where it stands.
    fn unexpected(&mut self, child: &Node, parent: &Node) {
        if &*child.local == "annotation" && child.namespace == parent.namespace {
            return;
        }
        let modern = ["assert", "assertion", "alternative", "override", "openContent", "defaultOpenContent"];
        if &*child.namespace == XSD
            && (modern.contains(&&*child.local) || &*child.local == "explicitTimezone")
        {
            let message = format!("`{}` is XML Schema 1.1, which is not supported", child.local);
            self.diagnostics.push(
                Diagnostic::error(Code::Modern, &child.span, message).help(
                    "express it in XML Schema 1.0, or take it out of the generator's copy of the schema",
                ),
            );
            return;
        }
        let message = format!("`{}` cannot stand in `{}`; it is ignored", child.local, parent.local);
        let mut diagnostic = Diagnostic::warning(Code::UnknownSyntax, &child.span, message);
        if !ELEMENTS.contains(&&*child.local)
            && let Some(near) = closest(&child.local, ELEMENTS.iter().copied())
        {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        self.diagnostics.push(diagnostic);
    }
}

/// Elements of XML Schema and WSDL that are often misspelt.
const ELEMENTS: [&str; 33] = [
    "all",
    "annotation",
    "any",
    "anyAttribute",
    "attribute",
    "attributeGroup",
    "binding",
    "choice",
    "complexContent",
    "complexType",
    "documentation",
    "element",
    "enumeration",
    "extension",
    "group",
    "import",
    "include",
    "list",
    "message",
    "operation",
    "part",
    "pattern",
    "portType",
    "redefine",
    "restriction",
    "schema",
    "sequence",
    "service",
    "simpleContent",
    "simpleType",
    "types",
    "union",
    "unique",
];
