//! Describes a `SchemaSet` as XML Schema 1.0: one document for each target namespace, which says what the
//! set says, after quirks, documentation and prune. Reading the documents gives an equal set. May assume that
//! all ids are valid; the same set gives the same bytes.
//!
//! `components`, `attributes` and `values` make trees of the components, `tree` is what these are made of,
//! `print` makes text of them, `files` names the documents.

mod attributes;
mod components;
pub(crate) mod files;
mod print;
mod tree;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::load::XSD;
use crate::parse::BUILT_IN;
use crate::schema::{QName, SchemaSet, TypeBody, TypeId};
use crate::span::Span;
use print::Printer;
use tree::{Node, Value};

/// One schema document.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Description {
    /// File name, under which the others import it: the end of the namespace, and `.xsd`.
    pub file: String,
    /// Its target namespace; empty for none.
    pub namespace: String,
    /// The document.
    pub text: String,
}

/// Describes everything in `set`, sorted by file name.
///
/// `prefixes` holds pairs of prefix and namespace, such as [`crate::model::Model::namespaces`]; a namespace
/// that is not among them has the name of its file as prefix. `command` is what regenerates, for the headers.
///
/// Groups are in place, as the set has them. Only what can stand in no other document than that of its
/// namespace is put there as a group: local elements and wildcards from a group of another namespace. The
/// original of a redefined complex type gets a name, and so does a type without one that is within itself.
pub fn describe(set: &SchemaSet, prefixes: &[(Rc<str>, Rc<str>)], command: &str) -> Vec<Description> {
    let mut describer = Describer {
        set,
        attributes: attributes::shared(set),
        types: set.types.iter().filter_map(|ty| ty.name.clone()).collect(),
        originals: BTreeMap::new(),
        pending: Vec::new(),
        open: Vec::new(),
        holder: "".into(),
        documents: BTreeMap::new(),
    };
    describer.run();
    let documents = describer.documents;
    let stems = files::stems(&documents.keys().cloned().collect());
    let prefixes = print::prefixes(&stems, prefixes);
    let mut descriptions: Vec<Description> = documents
        .iter()
        .map(|(namespace, document)| Description {
            file: file(&stems, namespace),
            namespace: namespace.to_string(),
            text: document.text(namespace, &stems, &prefixes, command),
        })
        .collect();
    descriptions.sort();
    descriptions
}

fn file(stems: &BTreeMap<Rc<str>, String>, namespace: &str) -> String {
    format!("{}.xsd", stems.get(namespace).map_or("", String::as_str))
}

/// Kinds of global components, in the order in which a document has them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Element,
    Complex,
    Simple,
    Group,
    AttributeGroup,
    Attribute,
}

struct Describer<'s> {
    set: &'s SchemaSet,
    /// The attributes that are global.
    attributes: BTreeMap<QName, attributes::Shared<'s>>,
    /// Names that types have.
    types: BTreeSet<QName>,
    /// Types that have no name and need one.
    originals: BTreeMap<TypeId, QName>,
    /// Those of them that are still to be described.
    pending: Vec<TypeId>,
    /// Types without a name that are being described, each within the one before.
    open: Vec<TypeId>,
    /// Name of the global component that is being described.
    holder: Rc<str>,
    documents: BTreeMap<Rc<str>, Document>,
}

impl Describer<'_> {
    fn run(&mut self) {
        let set = self.set;
        for (at, ty) in set.types.iter().enumerate() {
            if let (Some(name), false) = (&ty.name, matches!(ty.body, TypeBody::Builtin(_))) {
                self.global_type(TypeId(at), name);
            }
        }
        for element in set.elements.iter().filter(|element| element.global) {
            self.holder = element.name.local.clone();
            let node = self.element(element, &element.name.namespace);
            self.declare(&element.name, Kind::Element, node);
        }
        self.declare_attributes();
        while let Some(id) = self.pending.pop() {
            if let Some(name) = self.originals.get(&id).cloned() {
                self.global_type(id, &name);
            }
        }
    }

    fn global_type(&mut self, id: TypeId, name: &QName) {
        self.holder = name.local.clone();
        let kind = match self.set.types[id.0].body {
            TypeBody::Complex(_) => Kind::Complex,
            _ => Kind::Simple,
        };
        let node = self.type_node(id, &name.namespace);
        self.declare(name, kind, node);
    }

    fn document(&mut self, namespace: &Rc<str>) -> &mut Document {
        self.documents.entry(namespace.clone()).or_default()
    }

    /// Adds a global component, described without its name.
    fn declare(&mut self, name: &QName, kind: Kind, node: Node) {
        self.document(&name.namespace).components.insert((kind, name.local.clone()), node);
    }

    /// Adds a component that the set has no name for: under `local`, or with the name of its holder when
    /// something else is called so.
    fn declare_shared(&mut self, namespace: &Rc<str>, kind: Kind, local: &str, node: Node) -> QName {
        let mut local: Rc<str> = local.into();
        let holder = self.holder.clone();
        let components = &mut self.document(namespace).components;
        while components.get(&(kind, local.clone())).is_some_and(|known| *known != node) {
            local = format!("{local}.{holder}").into();
        }
        components.insert((kind, local.clone()), node);
        QName { namespace: namespace.clone(), local }
    }

    /// Notes which input a document is made from.
    fn source(&mut self, namespace: &Rc<str>, span: &Span) {
        if *span.file != *BUILT_IN {
            self.document(namespace).sources.insert(span.file.clone());
        }
    }
}

/// A document to be.
#[derive(Default)]
struct Document {
    components: BTreeMap<(Kind, Rc<str>), Node>,
    sources: BTreeSet<Rc<str>>,
    /// Prefixes that values in it use, and their namespaces.
    prefixes: BTreeMap<Rc<str>, Rc<str>>,
}

impl Document {
    fn text(
        &self,
        namespace: &Rc<str>,
        stems: &BTreeMap<Rc<str>, String>,
        prefixes: &BTreeMap<Rc<str>, String>,
        command: &str,
    ) -> String {
        let (mut used, qualified) = self.survey();
        // XML Schema's own types are in no document.
        used.retain(|uri| stems.contains_key(*uri));
        let mut bound: BTreeMap<String, &str> =
            self.prefixes.iter().map(|(prefix, uri)| (prefix.to_string(), &**uri)).collect();
        let mut own: BTreeMap<Rc<str>, String> = BTreeMap::new();
        for uri in &used {
            let Some(mut prefix) = prefixes.get(*uri).cloned() else { continue };
            while bound.get(&prefix).is_some_and(|other| **other != ***uri) {
                prefix.insert_str(0, "ns-");
            }
            bound.insert(prefix.clone(), uri);
            own.insert((*uri).clone(), prefix);
        }
        let mut root = Node::new("schema").attribute("xmlns:xs", XSD);
        for (prefix, uri) in bound {
            root = root.attribute(format!("xmlns:{prefix}"), uri);
        }
        let target = Some(&**namespace).filter(|uri| !uri.is_empty());
        root = root
            .optional("targetNamespace", target)
            .optional("elementFormDefault", qualified.then_some("qualified"));
        let printer = Printer { prefixes: &own, qualified };
        let mut out = print::header(command, &self.sources);
        printer.open(&root, 0, &mut out);
        out.push_str(">\n");
        let imports = used.into_iter().filter(|uri| *uri != namespace).map(|uri| {
            Node::new("import")
                .optional("namespace", Some(&**uri).filter(|uri| !uri.is_empty()))
                .attribute("schemaLocation", &*file(stems, uri))
        });
        let components = self.components.iter().map(|((_, local), node)| node.clone().named(local));
        printer.blocks(imports.chain(components), &mut out);
        out.push_str("</xs:schema>\n");
        out
    }

    /// Namespaces of the names in this document, and whether most of its local elements are qualified.
    fn survey(&self) -> (BTreeSet<&Rc<str>>, bool) {
        let mut used = BTreeSet::new();
        let mut balance = 0isize;
        for node in self.components.values() {
            node.walk(&mut |node| {
                for (name, value) in &node.attributes {
                    match value {
                        Value::Names(names) => used.extend(names.iter().map(|name| &name.namespace)),
                        Value::Text(text) if *name == "form" && node.name == "element" => {
                            balance += if text == "qualified" { 1 } else { -1 };
                        }
                        Value::Text(_) => {}
                    }
                }
            });
        }
        (used, balance > 0)
    }
}
