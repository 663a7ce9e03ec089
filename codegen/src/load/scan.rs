//! The quick-xml pass over one document: place, prefixes and attributes of every start tag in document order
//! (what the tree of xmltree does not keep), the depth limit, and the references to other documents.

use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::doctype::{self, Entities};
use super::{Reference, ReferenceKind, Source, WSDL, XML, XSD};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

/// Elements may be nested so deep: published documents stay below 20, and later stages recurse.
const MAX_DEPTH: usize = 200;

/// Namespace bindings of an element, innermost first.
#[derive(Debug)]
pub struct Scope {
    parent: Option<Rc<Scope>>,
    bindings: Vec<(Rc<str>, Rc<str>)>,
}

impl Scope {
    /// The namespace that `prefix` (empty for the default) is bound to.
    pub fn get(&self, prefix: &str) -> Option<&Rc<str>> {
        let mut scope = self;
        loop {
            if let Some((_, uri)) = scope.bindings.iter().rev().find(|(p, _)| **p == *prefix) {
                return Some(uri);
            }
            scope = scope.parent.as_deref()?;
        }
    }

    /// The bindings that this element itself makes, as (prefix, URI).
    pub fn own(&self) -> &[(Rc<str>, Rc<str>)] {
        &self.bindings
    }
}

/// One start tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Local name.
    pub local: Rc<str>,
    /// Where its `<` stands.
    pub span: Span,
    /// Attributes in order, without namespace declarations.
    pub attributes: Vec<TagAttribute>,
    /// Namespace bindings in force.
    pub scope: Rc<Scope>,
}

/// One attribute of a start tag.
#[derive(Clone, Debug)]
pub struct TagAttribute {
    /// Prefix, if any.
    pub prefix: Option<Rc<str>>,
    /// Local name.
    pub local: Rc<str>,
    /// Value.
    pub value: Rc<str>,
}

/// What the pass finds.
pub(super) struct Scanned {
    pub(super) tags: Vec<Tag>,
    pub(super) references: Vec<Reference>,
}

/// Runs the pass; the error says why the document is refused.
pub(super) fn scan(source: &Source) -> Result<Scanned, Diagnostic> {
    let mut lines =
        Lines { body: &source.body, offset: 0, line: source.start.0 + 1, column: source.start.1 + 1 };
    let mut reader = Reader::from_str(&source.body);
    let root = Rc::new(Scope { parent: None, bindings: vec![("xml".into(), XML.into())] });
    let mut open: Vec<Rc<Scope>> = Vec::new();
    let mut entities = Entities::new();
    let mut scanned = Scanned { tags: Vec::new(), references: Vec::new() };
    loop {
        let offset = to_usize(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let span = lines.span(&source.name, to_usize(reader.error_position()).max(lines.offset));
                return Err(malformed(&span, &error.to_string()));
            }
        };
        match event {
            Event::Start(start) | Event::Empty(start) if open.len() >= MAX_DEPTH => {
                let span = lines.span(&source.name, offset);
                let name = start.name();
                let message = format!("`{}` is nested deeper than {MAX_DEPTH} elements", name.0);
                let help = "published schemas are nested a dozen deep; check how this file came about";
                return Err(Diagnostic::error(Code::TooDeep, &span, message).help(help));
            }
            Event::Start(start) => {
                let tag =
                    tag(&start, open.last().unwrap_or(&root), lines.span(&source.name, offset), &entities)?;
                open.push(tag.scope.clone());
                add(tag, &start, &mut scanned);
            }
            Event::Empty(start) => {
                let tag =
                    tag(&start, open.last().unwrap_or(&root), lines.span(&source.name, offset), &entities)?;
                add(tag, &start, &mut scanned);
            }
            Event::End(_) => {
                open.pop();
            }
            Event::DocType(doctype) => {
                let Some(declared) = doctype::entities(&doctype) else {
                    let span = lines.span(&source.name, offset);
                    let message = "an entity of the document type declaration contains markup";
                    return Err(Diagnostic::error(Code::Unsupported, &span, message)
                        .help("replace the references to the entity by its text"));
                };
                entities = declared;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !open.is_empty() || scanned.tags.is_empty() {
        let span = lines.span(&source.name, source.body.len());
        let message = if open.is_empty() { "it has no element" } else { "it ends within an element" };
        return Err(malformed(&span, message));
    }
    Ok(scanned)
}

fn malformed(span: &Span, what: &str) -> Diagnostic {
    let help = "correct the document at this place";
    Diagnostic::error(Code::MalformedXml, span, format!("not well-formed XML: {what}")).help(help)
}

/// Keeps a tag, and the reference it makes.
fn add(tag: Tag, start: &BytesStart<'_>, scanned: &mut Scanned) {
    let prefix = start.name().prefix().map_or("", |p| p.into_inner());
    let kind = match (tag.scope.get(prefix).map(|uri| &**uri), &*tag.local) {
        (Some(XSD), "include") => Some(ReferenceKind::Include),
        (Some(XSD), "import") => Some(ReferenceKind::Import),
        (Some(XSD), "redefine") => Some(ReferenceKind::Redefine),
        (Some(WSDL), "import") => Some(ReferenceKind::WsdlImport),
        _ => None,
    };
    if let Some(kind) = kind {
        let get = |name: &str| {
            tag.attributes.iter().find(|a| a.prefix.is_none() && &*a.local == name).map(|a| a.value.clone())
        };
        scanned.references.push(Reference {
            kind,
            location: get(if kind == ReferenceKind::WsdlImport { "location" } else { "schemaLocation" }),
            namespace: get("namespace"),
            target: None,
            span: tag.span.clone(),
        });
    }
    scanned.tags.push(tag);
}

/// Reads name, attributes and namespace declarations of one start tag.
fn tag(
    start: &BytesStart<'_>,
    outer: &Rc<Scope>,
    span: Span,
    entities: &Entities,
) -> Result<Tag, Diagnostic> {
    let mut attributes = Vec::new();
    let mut bindings: Vec<(Rc<str>, Rc<str>)> = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| malformed(&span, &error.to_string()))?;
        // A value with an unknown entity is left as it stands: xmltree refuses the document.
        let known = |name: &str| {
            entities
                .get(name)
                .map(String::as_str)
                .or_else(|| quick_xml::escape::resolve_predefined_entity(name))
        };
        let value: Rc<str> = match attribute.normalized_value_with(XmlVersion::Implicit1_0, 2, known) {
            Ok(value) => value.into(),
            Err(_) => (&*attribute.value).into(),
        };
        let (local, prefix) = attribute.key.decompose();
        let prefix = prefix.map(|p| p.into_inner());
        match (prefix, local.into_inner()) {
            (None, "xmlns") => bindings.push(("".into(), value)),
            (Some("xmlns"), name) => bindings.push((name.into(), value)),
            (prefix, name) => {
                attributes.push(TagAttribute { prefix: prefix.map(Rc::from), local: name.into(), value });
            }
        }
    }
    let scope = if bindings.is_empty() {
        outer.clone()
    } else {
        Rc::new(Scope { parent: Some(outer.clone()), bindings })
    };
    Ok(Tag { local: start.local_name().into_inner().into(), span, attributes, scope })
}

/// Turns ascending byte offsets into lines and columns.
struct Lines<'a> {
    body: &'a str,
    offset: usize,
    line: u32,
    column: u32,
}

impl Lines<'_> {
    fn span(&mut self, file: &Rc<str>, offset: usize) -> Span {
        let mut offset = offset.min(self.body.len());
        while !self.body.is_char_boundary(offset) {
            offset -= 1;
        }
        for c in self.body.get(self.offset..offset).unwrap_or("").chars() {
            if c == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.offset = self.offset.max(offset);
        Span { file: file.clone(), line: self.line, column: self.column }
    }
}

fn to_usize(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
