//! The name stage: a `Model` and `names.lock` in, `Names` out: one Rust path per item, one identifier per
//! field, variant and operation. May assume nothing of the names on the wire. A collision that the rules do
//! not settle is an error with the line to add to `names.lock`; there are no counters in names.

mod ident;
mod lock;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Inputs;
use crate::lower::strip_type;
use crate::manifest::Manifest;
use crate::model::{Field, Item, ItemId, ItemKind, Model, Term};

pub use ident::{camel, snake};
pub use lock::FILE;
use lock::Lock;

/// The Rust names of everything in a model.
#[derive(Clone, Default, Debug)]
pub struct Names {
    /// Module and identifier of each item, by its id.
    pub items: Vec<(String, String)>,
    /// Identifiers of the fields, variants or union members of each item, in their order.
    pub parts: Vec<Vec<String>>,
    /// Module of each root.
    pub roots: Vec<String>,
    /// Variant of each root in its module's enum of elements.
    pub root_variants: Vec<String>,
    /// Methods of each service.
    pub operations: Vec<Vec<String>>,
    /// The text of `names.lock`.
    pub lock: String,
}

impl Names {
    /// Identifier of an item.
    pub fn ident(&self, id: ItemId) -> &str {
        &self.items[id.0].1
    }

    /// Module of an item.
    pub fn module(&self, id: ItemId) -> &str {
        &self.items[id.0].0
    }
}

/// Names that an item must not have: the emitted code uses them for what Rust means by them.
const RESERVED: &[&str] = &[
    "Option", "Vec", "String", "Box", "Result", "Some", "None", "Ok", "Err", "Self", "Default", "Clone", "Debug",
    "PartialEq", "Into", "From", "Send", "Sync", "Future", "Element",
];

/// Names everything.
pub fn name(model: &Model, manifest: &Manifest, inputs: &Inputs, diagnostics: &mut Diagnostics) -> Names {
    let lock = Lock::read(inputs, diagnostics);
    let mut naming = Naming { model, manifest, lock, lines: BTreeMap::new(), diagnostics, names: Names::default() };
    naming.items();
    naming.parts();
    naming.roots();
    naming.services();
    let Naming { mut names, lines, .. } = naming;
    names.lock = lock::render(&lines);
    names
}

struct Naming<'m> {
    model: &'m Model,
    manifest: &'m Manifest,
    lock: Lock,
    /// The new lock: kind and key to name.
    lines: BTreeMap<String, String>,
    diagnostics: &'m mut Diagnostics,
    names: Names,
}

impl Naming<'_> {
    /// Module of a component defined in this file and namespace.
    fn module(&self, file: &str, namespace: &str) -> String {
        let protocols = &self.manifest.protocols;
        let listed = protocols.iter().find(|p| p.files.iter().any(|known| known.path == file));
        let described = protocols.iter().find(|p| p.wsdl.as_ref().is_some_and(|wsdl| wsdl.path == file));
        match listed.or(described).map(|p| p.module.as_str()) {
            Some(module) if !module.is_empty() => module.to_owned(),
            _ => ident::module_of_namespace(namespace),
        }
    }

    /// Wrappers have no Rust type; everything else has a name.
    fn items(&mut self) {
        let model = self.model;
        let modules: Vec<String> =
            model.items.iter().map(|item| self.module(&item.span.file, &item.wire.namespace)).collect();
        let mut chosen: Vec<Option<String>> = vec![None; model.items.len()];
        let mut taken: BTreeMap<(String, String), usize> = BTreeMap::new();
        // Locked names first, then in rounds: each round gives the names that are still free to those who ask
        // alone, then the less preferred ones.
        let mut open: Vec<usize> = Vec::new();
        for (at, item) in model.items.iter().enumerate() {
            let key = format!("type {}", item.key);
            match self.lock.path(&key) {
                Some((module, ident)) if module == modules[at] => {
                    self.take(&mut taken, at, &module, &ident);
                    chosen[at] = Some(ident);
                }
                _ => open.push(at),
            }
        }
        for round in 0..3 {
            let mut wishes: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
            for &at in &open {
                let wish = wish(&model.items[at], round);
                wishes.entry((modules[at].clone(), wish)).or_default().push(at);
            }
            for ((module, ident), mut who) in wishes {
                if RESERVED.contains(&ident.as_str()) || taken.contains_key(&(module.clone(), ident.clone())) {
                    continue;
                }
                // Elements come before types, types before traits and groups.
                who.sort_by_key(|at| rank(model, *at));
                let alone = who.len() == 1 || rank(model, who[0]) < rank(model, who[1]);
                if alone {
                    taken.insert((module, ident.clone()), who[0]);
                    chosen[who[0]] = Some(ident);
                }
            }
            open.retain(|at| chosen[*at].is_none());
        }
        for at in open {
            let item = &model.items[at];
            let ident = wish(item, 0);
            let other = taken.get(&(modules[at].clone(), ident.clone())).map(|other| &model.items[*other]);
            let why = match other {
                Some(other) => format!("which is the name of `{}`", other.key),
                None if RESERVED.contains(&ident.as_str()) => "which emitted code needs for something else".to_owned(),
                None => "and so would another component".to_owned(),
            };
            let message = format!("`{}` would be `{}::{ident}`, {why}", item.key, modules[at]);
            let help = format!("add to names.lock: type {} = {}::{ident}Value", item.key, modules[at]);
            let note = other.map(|o| o.span.clone());
            let diagnostic = Diagnostic::error(Code::NameCollision, &item.span, message).help(help);
            self.diagnostics.push(match &note {
                Some(span) => diagnostic.note(Some(span), "the other one"),
                None => diagnostic,
            });
            chosen[at] = Some(ident);
        }
        for (at, (module, ident)) in modules.into_iter().zip(chosen).enumerate() {
            let ident = ident.unwrap_or_default();
            self.lines.insert(format!("type {}", model.items[at].key), format!("{module}::{ident}"));
            self.names.items.push((module, ident));
        }
    }

    fn take(&mut self, taken: &mut BTreeMap<(String, String), usize>, at: usize, module: &str, ident: &str) {
        let before = taken.insert((module.to_owned(), ident.to_owned()), at);
        if let Some(before) = before {
            let (item, other) = (&self.model.items[at], &self.model.items[before]);
            let message = format!("names.lock gives `{}` and `{}` the same name `{module}::{ident}`", other.key, item.key);
            let help = "change one of the two lines";
            self.diagnostics.push(Diagnostic::error(Code::NameCollision, &item.span, message).help(help));
        }
    }

    fn parts(&mut self) {
        for item in &self.model.items {
            let parts = match &item.kind {
                ItemKind::Struct(inner) => self.fields(item, &inner.fields, snake, inner.wide),
                ItemKind::Trait(inner) => self.fields(item, &inner.fields, snake, false),
                ItemKind::Wrapper(field) => vec![snake(&field.hint)],
                ItemKind::Choice(inner) => self.fields(item, &inner.variants, camel, false),
                ItemKind::Enumeration(facets) => {
                    let values = facets.iter().map(|f| (format!("#{}", f.value), ident::variant(&f.value), false));
                    self.distinct(item, "variant", &values.collect::<Vec<_>>(), &["Other"])
                }
                ItemKind::Union(members) => {
                    let values = members.iter().map(|(words, _)| (format!("#{words}"), camel(words), false));
                    self.distinct(item, "variant", &values.collect::<Vec<_>>(), &[])
                }
                ItemKind::Abstract(variants) => {
                    // The variants are types, which are distinct in a module, and told apart by module otherwise.
                    let idents = variants.iter().map(|id| (format!("#{}", self.model.items[id.0].key), self.names.ident(*id).to_owned(), false));
                    let idents: Vec<_> = idents.collect();
                    self.distinct(item, "variant", &idents, &[])
                }
                ItemKind::Restricted { .. } => Vec::new(),
            };
            self.names.parts.push(parts);
        }
    }

    fn fields(&mut self, item: &Item, fields: &[Field], style: fn(&str) -> String, wide: bool) -> Vec<String> {
        let wishes: Vec<_> = fields
            .iter()
            .map(|field| (format!("/{}", field.step), style(&field.hint), matches!(field.term, Term::Attribute(_))))
            .collect();
        let kind = if matches!(item.kind, ItemKind::Choice(_)) { "variant" } else { "field" };
        let reserved: &[&str] = if wide { &["fields", "new"] } else { &[] };
        self.distinct(item, kind, &wishes, reserved)
    }

    /// Makes the parts of one item distinct: (step of the key, wish, is an attribute).
    fn distinct(&mut self, item: &Item, kind: &str, wishes: &[(String, String, bool)], reserved: &[&str]) -> Vec<String> {
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        let mut chosen = Vec::new();
        let elements: BTreeSet<&str> = wishes.iter().filter(|(_, _, a)| !a).map(|(_, wish, _)| wish.as_str()).collect();
        for (step, wish, attribute) in wishes {
            let key = format!("{kind} {}{step}", item.key);
            let mut ident = wish.clone();
            if *attribute && elements.contains(wish.as_str()) {
                ident = format!("{}_attribute", wish.trim_start_matches("r#"));
            } else if reserved.contains(&wish.as_str()) {
                ident = if kind == "variant" { format!("{wish}Value") } else { format!("{wish}_value") };
            }
            if let Some(locked) = self.lock.ident(&key) {
                ident = locked;
            }
            if let Some(other) = taken.insert(ident.clone(), step.clone()) {
                let (other, step) = (other.trim_start_matches(['/', '#']), step.trim_start_matches(['/', '#']));
                let message = format!("`{other}` and `{step}` of `{}` would both be `{ident}`", item.key);
                let separator = if kind == "variant" { "Value" } else { "_value" };
                let help = format!("add to names.lock: {key} = {ident}{separator}");
                self.diagnostics.push(Diagnostic::error(Code::NameCollision, &item.span, message).help(help));
            }
            self.lines.insert(key, ident.clone());
            chosen.push(ident);
        }
        chosen
    }

    fn roots(&mut self) {
        let mut taken: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (at, root) in self.model.roots.iter().enumerate() {
            let module = self.module(&root.span.file, &root.name.namespace);
            let key = format!("element {{{}}}{}", root.name.namespace, root.name.local);
            let ident = self.lock.ident(&key).unwrap_or_else(|| camel(&root.name.local));
            if let Some(other) = taken.insert((module.clone(), ident.clone()), at) {
                let other = &self.model.roots[other];
                let message = format!("elements `{}` and `{}` would both be `{module}::Element::{ident}`", other.name.local, root.name.local);
                let help = format!("add to names.lock: {key} = {ident}Element");
                let diagnostic = Diagnostic::error(Code::NameCollision, &root.span, message).help(help);
                self.diagnostics.push(diagnostic.note(Some(&other.span), "the other one"));
            }
            self.lines.insert(key, ident.clone());
            self.names.roots.push(module);
            self.names.root_variants.push(ident);
        }
    }

    fn services(&mut self) {
        for service in &self.model.services {
            let mut methods: Vec<String> = Vec::new();
            for operation in &service.operations {
                let key = format!("operation {}/{}", service.key, operation.name);
                let ident = self.lock.ident(&key).unwrap_or_else(|| snake(&operation.name));
                if methods.contains(&ident) {
                    let message = format!("two operations of `{}` would be the method `{ident}`", service.name);
                    let help = format!("add to names.lock: {key} = {ident}_operation");
                    self.diagnostics.push(Diagnostic::error(Code::NameCollision, &operation.span, message).help(help));
                }
                self.lines.insert(key, ident.clone());
                methods.push(ident);
            }
            self.names.operations.push(methods);
        }
    }
}

/// What an item would like to be called: without the suffix `Type`, then with it, then told apart by kind.
fn wish(item: &Item, round: usize) -> String {
    let bare = if item.hint.contains(' ') { item.hint.as_str() } else { strip_type(&item.hint) };
    if let (true, Some((owner, step))) = (round > 0 && item.hint.contains(' '), item.key.rsplit_once('/')) {
        // Part of a named type: all of that name, then the part.
        let owner = owner.rsplit_once(':').map_or(owner, |(_, name)| name);
        let owner: Vec<&str> = owner.split('/').filter(|step| *step != "entry").map(strip_type).collect();
        return camel(&format!("{} {step}", owner.join(" ")));
    }
    let suffix = match (&item.kind, round) {
        (_, 0) => "",
        (ItemKind::Trait(_), 1) => "Like",
        (ItemKind::Wrapper(_), _) => "List",
        (ItemKind::Choice(_), 2) => "Choice",
        (_, 1) => "Type",
        _ => "Value",
    };
    camel(&format!("{bare} {suffix}"))
}

/// Who comes first when several want one name.
fn rank(model: &Model, at: usize) -> usize {
    let item = &model.items[at];
    if model.roots.iter().any(|root| root.own && root.ty == crate::model::Ty::Item(ItemId(at))) {
        return 0;
    }
    match &item.kind {
        ItemKind::Wrapper(_) => 4,
        ItemKind::Trait(_) => 3,
        _ if item.key.contains('/') => 2,
        _ => 1,
    }
}
