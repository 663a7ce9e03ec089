//! First phase: which schema documents take part, under which target namespace, and the table of their global
//! components by (symbol space, namespace, name), redefinitions applied.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::{ReferenceKind, XSD};
use crate::parse::{Documents, Item, NameRef, Schema};
use crate::schema::QName;
use crate::span::Span;

/// Symbol spaces: the same name may stand for one component in each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Space {
    Type,
    Element,
    Attribute,
    Group,
    AttributeGroup,
}

impl Space {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Element => "element",
            Self::Attribute => "attribute",
            Self::Group => "group",
            Self::AttributeGroup => "attribute group",
        }
    }
}

/// A schema document with the namespace that its components are in: its own, or that of the document which
/// includes it when it has none.
#[derive(Clone, Debug)]
pub(super) struct Instance<'a> {
    pub(super) schema: &'a Schema,
    pub(super) target: Rc<str>,
}

impl Instance<'_> {
    /// The name that a reference in this document means.
    pub(super) fn name(&self, reference: &NameRef) -> QName {
        let chameleon = self.schema.target.is_none() && reference.name.namespace.is_empty();
        if chameleon {
            QName { namespace: self.target.clone(), local: reference.name.local.clone() }
        } else {
            reference.name.clone()
        }
    }
}

/// A global component, and the instance whose defaults apply to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component<'a> {
    pub(super) item: &'a Item,
    pub(super) instance: usize,
}

impl<'a> Component<'a> {
    pub(super) fn span(&self) -> &'a Span {
        match self.item {
            Item::Element(node) => &node.span,
            Item::Attribute(node) => &node.span,
            Item::Group(node) => &node.span,
            Item::AttributeGroup(node) => &node.span,
            Item::Complex(node) => &node.span,
            Item::Simple(node) => &node.span,
        }
    }
}

/// What the first phase finds.
#[derive(Default, Debug)]
pub(super) struct Table<'a> {
    pub(super) instances: Vec<Instance<'a>>,
    /// For each name the definitions in the order in which they redefine each other: the last one counts.
    pub(super) components: BTreeMap<(Space, QName), Vec<Component<'a>>>,
}

impl<'a> Table<'a> {
    /// Definition of a name, or one that a later one redefines.
    pub(super) fn get(&self, space: Space, name: &QName) -> Option<&[Component<'a>]> {
        self.components.get(&(space, name.clone())).map(Vec::as_slice)
    }

    /// Names declared in one space.
    pub(super) fn names(&self, space: Space) -> impl Iterator<Item = &QName> {
        self.components.keys().filter(move |key| key.0 == space).map(|key| &key.1)
    }
}

/// Runs the phase.
pub(super) fn collect<'a>(documents: &'a Documents, diagnostics: &mut Diagnostics) -> Table<'a> {
    let mut collector = Collector::new(documents);
    for root in &documents.roots {
        collector.visit_file(root);
    }
    for (index, schema) in documents.schemas.iter().enumerate().filter(|(_, s)| s.built_in) {
        collector.visit(index, schema.target.clone().unwrap_or_default());
    }
    for schema in documents.schemas.iter().filter(|s| !s.built_in && s.target.as_deref() == Some(XSD)) {
        if !schema.items.is_empty() {
            let message = "components are declared in the namespace of XML Schema itself";
            let diagnostic = Diagnostic::warning(Code::SchemaNamespace, &schema.span, message);
            let help =
                "it has names of its own: give them a targetNamespace of yours; they are taken as they are";
            collector.problems.push(diagnostic.help(help));
        }
    }
    // Reports in the order of the files, whatever the order of the visits.
    for diagnostic in std::mem::take(&mut collector.problems) {
        diagnostics.push(diagnostic);
    }
    collector.table(diagnostics)
}

struct Collector<'a> {
    documents: &'a Documents,
    /// Schemas of each file, by index.
    by_file: BTreeMap<&'a str, Vec<usize>>,
    wsdl_imports: BTreeMap<&'a str, Vec<&'a str>>,
    /// Key: index of the schema and target namespace.
    seen: BTreeSet<(usize, Rc<str>)>,
    seen_wsdls: BTreeSet<&'a str>,
    /// Instances, each behind those that it refers to, but for cycles.
    finished: Vec<(usize, Rc<str>)>,
    problems: Vec<Diagnostic>,
}

impl<'a> Collector<'a> {
    fn new(documents: &'a Documents) -> Self {
        let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, schema) in documents.schemas.iter().enumerate() {
            by_file.entry(&schema.file).or_default().push(index);
        }
        let wsdl_imports = documents
            .wsdls
            .iter()
            .map(|w| (&*w.file, w.imports.iter().filter_map(|i| i.target.as_deref()).collect()))
            .collect();
        Self {
            documents,
            by_file,
            wsdl_imports,
            seen: BTreeSet::new(),
            seen_wsdls: BTreeSet::new(),
            finished: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// All schemas of a file under their own namespaces, and of what it imports as a WSDL.
    fn visit_file(&mut self, file: &'a str) {
        let mut pending = vec![file];
        while let Some(file) = pending.pop() {
            for index in self.by_file.get(file).cloned().unwrap_or_default() {
                let target = self.documents.schemas[index].target.clone().unwrap_or_default();
                self.visit(index, target);
            }
            if self.seen_wsdls.insert(file) {
                pending.extend(self.wsdl_imports.get(file).into_iter().flatten());
            }
        }
    }

    /// One schema and all that it refers to, depth first, without recursion.
    fn visit(&mut self, index: usize, target: Rc<str>) {
        if !self.seen.insert((index, target.clone())) {
            return;
        }
        let next = self.referenced(index, &target);
        let mut stack = vec![((index, target), next)];
        while let Some((instance, pending)) = stack.last_mut() {
            match pending.pop() {
                None => {
                    self.finished.push(instance.clone());
                    stack.pop();
                }
                Some((index, target)) => {
                    if self.seen.insert((index, target.clone())) {
                        let next = self.referenced(index, &target);
                        stack.push(((index, target), next));
                    }
                }
            }
        }
    }

    /// The instances that a schema refers to.
    fn referenced(&mut self, index: usize, target: &Rc<str>) -> Vec<(usize, Rc<str>)> {
        let mut found = Vec::new();
        for reference in self.documents.schemas[index].references.iter().map(|r| &r.reference) {
            let Some(file) = &reference.target else { continue };
            for other in self.by_file.get(&**file).into_iter().flatten() {
                let schema = &self.documents.schemas[*other];
                let own = schema.target.clone();
                let wanted = match reference.kind {
                    ReferenceKind::Import => reference.namespace.clone(),
                    _ => Some(target.clone()).filter(|t| !t.is_empty()),
                };
                let import = reference.kind == ReferenceKind::Import;
                if own == wanted {
                    found.push((*other, own.unwrap_or_default()));
                } else if own.is_none() && !import {
                    found.push((*other, target.clone()));
                } else if !schema.embedded {
                    let namespace = |n: &Option<Rc<str>>| {
                        n.as_ref()
                            .map_or("no target namespace".to_owned(), |n| format!("target namespace `{n}`"))
                    };
                    let word = reference.kind.word();
                    let message =
                        format!("{file} has {}, this {word} expects {}", namespace(&own), namespace(&wanted));
                    let help = match &own {
                        Some(own) => format!("write <import namespace=\"{own}\" schemaLocation=\"…\"/>"),
                        None => {
                            "leave `namespace` out to import a schema without target namespace".to_owned()
                        }
                    };
                    let span = &reference.span;
                    self.problems.push(Diagnostic::error(Code::WrongNamespace, span, message).help(help));
                    found.push((*other, own.unwrap_or_default()));
                }
            }
        }
        found.reverse();
        found
    }

    /// The table of components.
    fn table(self, diagnostics: &mut Diagnostics) -> Table<'a> {
        let mut table = Table::default();
        let mut order = self.finished.clone();
        order.sort();
        let ids: BTreeMap<_, usize> = order.iter().enumerate().map(|(id, key)| (key.clone(), id)).collect();
        for (index, target) in order {
            table.instances.push(Instance { schema: &self.documents.schemas[index], target });
        }
        // Declarations of the inputs go first: the built-in ones give way.
        for built_in in [false, true] {
            for instance in 0..table.instances.len() {
                let schema = table.instances[instance].schema;
                if schema.built_in == built_in {
                    for item in &schema.items {
                        declare(&mut table, Component { item, instance }, built_in, diagnostics);
                    }
                }
            }
        }
        // A document that is redefined comes before the one that redefines it.
        for key in &self.finished {
            let references = &self.documents.schemas[key.0].references;
            // That a file is missing was said; what it would have had redefined is missing, too.
            for reference in references.iter().filter(|known| known.reference.target.is_some()) {
                for item in &reference.redefined {
                    redefine(&mut table, Component { item, instance: ids[key] }, diagnostics);
                }
            }
        }
        table
    }
}

/// Space and name of a component.
fn key(table: &Table<'_>, component: &Component<'_>) -> (Space, QName) {
    let (space, local) = match component.item {
        Item::Element(node) => (Space::Element, node.name.clone()),
        Item::Attribute(node) => (Space::Attribute, node.name.clone()),
        Item::Group(node) => (Space::Group, Some(node.name.clone())),
        Item::AttributeGroup(node) => (Space::AttributeGroup, Some(node.name.clone())),
        Item::Complex(node) => (Space::Type, node.name.clone()),
        Item::Simple(node) => (Space::Type, node.name.clone()),
    };
    let namespace = table.instances[component.instance].target.clone();
    // The parser drops global components without a name.
    (space, QName { namespace, local: local.unwrap_or_default() })
}

fn declare<'a>(table: &mut Table<'a>, new: Component<'a>, built_in: bool, diagnostics: &mut Diagnostics) {
    let key = key(table, &new);
    // The schema of XML Schema itself may be among the inputs: its types are built in.
    if &*key.1.namespace == XSD && key.0 == Space::Type && super::builtin::named(&key.1.local).is_some() {
        return;
    }
    match table.components.get(&key) {
        None => {
            table.components.insert(key, vec![new]);
        }
        Some(known) if built_in || known.iter().any(|c| c.span() == new.span()) => {}
        Some(known) => {
            let message = format!("{} `{}` is declared twice", key.0.word(), key.1.local);
            let first = known.first().map(Component::span);
            let diagnostic = Diagnostic::error(Code::Duplicate, new.span(), message)
                .note(first, "the first declaration is here; it is the one that counts")
                .help("keep one of them; a document may be included any number of times under one name");
            diagnostics.push(diagnostic);
        }
    }
}

fn redefine<'a>(table: &mut Table<'a>, new: Component<'a>, diagnostics: &mut Diagnostics) {
    let key = key(table, &new);
    let redefinable = !matches!(new.item, Item::Element(_) | Item::Attribute(_));
    match table.components.get_mut(&key) {
        Some(known) if redefinable => {
            if !known.iter().any(|c| c.span() == new.span()) {
                known.push(new);
            }
        }
        _ => {
            let (word, name) = (key.0.word(), &key.1.local);
            let message = match redefinable {
                true => format!("redefine: there is no {word} `{name}` to redefine"),
                false => format!("redefine: {word} `{name}` cannot be redefined"),
            };
            let help = "only types, groups and attribute groups of the redefined document can be redefined";
            diagnostics.push(Diagnostic::error(Code::BadRedefine, new.span(), message).help(help));
        }
    }
}
