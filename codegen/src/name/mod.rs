//! The name stage: a `Model` and `names.lock` in, `Names` out: one Rust path per item, one identifier per
//! field, variant and operation. May assume nothing of the names on the wire. A collision that the rules do
//! not settle is an error with the line to add to `names.lock`; there are no counters in names.

mod ident;
mod lock;
mod modules;
mod parts;
mod settle;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Inputs;
use crate::lower::strip_type;
use crate::manifest::Manifest;
use crate::model::{Item, ItemId, ItemKind, Model, Service};

pub use ident::{RESERVED_MODULES, ascii, camel, is_plain, snake};
pub use lock::FILE;
use lock::Lock;
pub use modules::place;

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
    /// Header parts of each service, of its requests and of its replies: the root and the field.
    pub headers: Vec<[Vec<(usize, String)>; 2]>,
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

/// Names that an item must not have: emitted code uses them for what Rust means by them, or needs them in scope for
/// their methods. The last three are emitted beside the items.
const RESERVED: &[&str] = &[
    "Option",
    "Vec",
    "String",
    "Box",
    "Result",
    "Some",
    "None",
    "Ok",
    "Err",
    "Self",
    "Default",
    "Clone",
    "Debug",
    "PartialEq",
    "Into",
    "From",
    "Send",
    "Sync",
    "Sized",
    "Future",
    "Iterator",
    "IntoIterator",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "AsRef",
    "Element",
    "RequestHeaders",
    "ResponseHeaders",
];

/// Whether emitted code needs the name for something else, in whatever module.
pub(crate) fn is_needed(ident: &str) -> bool {
    RESERVED.contains(&ident)
}

/// Why a reserved name cannot be had.
const NEEDED: &str = "emitted code needs that name for something else";

/// The struct that serves an implementation of a service.
pub(crate) fn server_name(service: &str) -> String {
    format!("{service}Server")
}

/// Names everything.
pub fn name(model: &Model, manifest: &Manifest, inputs: &Inputs, diagnostics: &mut Diagnostics) -> Names {
    let lock = Lock::read(inputs, diagnostics);
    let mut naming =
        Naming { model, manifest, lock, lines: BTreeMap::new(), diagnostics, names: Names::default() };
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
        modules::of_file(self.manifest, file)
            .or_else(|| self.model.modules.get(namespace).cloned())
            .unwrap_or_else(|| modules::NO_NAMESPACE.to_owned())
    }

    /// Whether items of a module must not have this name.
    fn is_reserved(&self, module: &str, ident: &str) -> bool {
        // A service stands in its module; its messages import what they need of it by name.
        let mut services = self.model.services.iter();
        let taken = |service: &Service| service.name == ident || server_name(&service.name) == ident;
        is_needed(ident) || services.any(|service| service.module == module && taken(service))
    }

    /// The enums of wide types' fields are items of their module too: what they could be called.
    fn companions(&self, modules: &[String]) -> BTreeMap<(String, String), usize> {
        let mut companions = BTreeMap::new();
        for (at, item) in self.model.items.iter().enumerate() {
            if !matches!(&item.kind, ItemKind::Struct(inner) if inner.wide) {
                continue;
            }
            let locked = self.lock.path(&format!("type {}", item.key)).map(|(_, ident)| ident);
            let idents = locked.into_iter().chain((0..3).map(|round| wish(item, round)));
            for ident in idents {
                companions.insert((modules[at].clone(), format!("{ident}Field")), at);
            }
        }
        companions
    }

    /// Wrappers have no Rust type; everything else has a name.
    fn items(&mut self) {
        let model = self.model;
        let modules: Vec<String> =
            model.items.iter().map(|item| self.module(&item.span.file, &item.wire.namespace)).collect();
        let companions = self.companions(&modules);
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
                    if self.is_reserved(&module, &ident)
                        || companions.contains_key(&(module.clone(), ident.clone()))
                    {
                        let message = format!("`{}` cannot be `{module}::{ident}`: {NEEDED}", item.key);
                        let span = self.lock.span(&key).unwrap_or(&item.span);
                        let diagnostic = Diagnostic::error(Code::NameCollision, span, message);
                        self.diagnostics.push(diagnostic.help("choose another name, or delete the line"));
                    }
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
                let key = (module.clone(), ident.clone());
                if self.is_reserved(&module, &ident)
                    || taken.contains_key(&key)
                    || companions.contains_key(&key)
                {
                    continue;
                }
                // Elements come before types, types before traits and groups.
                who.sort_by_key(|at| rank(model, *at));
                let best = rank(model, who[0]);
                let mut alone = who.len() == 1 || best < rank(model, who[1]);
                if !alone {
                    // Of several, the one that is spelled like the name.
                    let mut spelled = (0..who.len())
                        .filter(|at| rank(model, who[*at]) == best && model.items[who[*at]].hint == ident);
                    if let (Some(only), None) = (spelled.next(), spelled.next()) {
                        who.swap(0, only);
                        alone = true;
                    }
                }
                if alone {
                    taken.insert((module, ident.clone()), who[0]);
                    chosen[who[0]] = Some(ident);
                }
            }
            open.retain(|at| chosen[*at].is_none());
        }
        if self.manifest.is_made_up() {
            for at in std::mem::take(&mut open) {
                let item = &model.items[at];
                let (module, key) = (&modules[at], format!("type {}", item.key));
                let mut idents = (0..3)
                    .flat_map(|round| settle::names(&wish(item, round), &item.hint, &key, true))
                    .collect::<Vec<_>>();
                // Spellings before marks.
                idents.sort_by_key(|ident| {
                    ident.ends_with(|c: char| c.is_ascii_hexdigit()) && ident.contains('X')
                });
                let free = |ident: &&String| {
                    let key = (module.clone(), (*ident).clone());
                    !taken.contains_key(&key)
                        && !companions.contains_key(&key)
                        && !self.is_reserved(module, ident)
                };
                let Some(ident) = idents.iter().find(free).cloned() else {
                    open.push(at);
                    continue;
                };
                self.settled(&format!("`{}`", item.key), &format!("{module}::{ident}"), &item.span, &key);
                taken.insert((module.clone(), ident.clone()), at);
                chosen[at] = Some(ident);
            }
        }
        // Nobody got these: everyone who wants one is reported, with the others as the reason.
        let mut suggested = BTreeMap::new();
        for &at in &open {
            let item = &model.items[at];
            let ident = wish(item, 0);
            let module = &modules[at];
            let rivals = open.iter().filter(|other| **other != at && modules[**other] == *module);
            let other = taken.get(&(module.clone(), ident.clone()));
            let other =
                other.or_else(|| rivals.clone().find(|rival| wish(&model.items[**rival], 0) == ident));
            let other = other.map(|other| &model.items[*other]);
            let why = match other {
                Some(other) => format!("and so would `{}`", other.key),
                None => NEEDED.to_owned(),
            };
            let message = format!("`{}` would be `{module}::{ident}`, {why}", item.key);
            let free = ["Type", "Value", "Kind", "Item"]
                .iter()
                .map(|suffix| (module.clone(), format!("{ident}{suffix}")));
            let free = free
                .into_iter()
                .find(|name| !taken.contains_key(name) && suggested.insert(name.clone(), at).is_none());
            let name = free.map_or_else(|| format!("{ident}…"), |(_, name)| name);
            let help = format!("name it in names.lock: type {} = {module}::{name}", item.key);
            let diagnostic = Diagnostic::error(Code::NameCollision, &item.span, message).help(help);
            self.diagnostics.push(match other {
                Some(other) => diagnostic.note(Some(&other.span), "the other one"),
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
            let place =
                |item: &Item| self.lock.span(&format!("type {}", item.key)).unwrap_or(&item.span).clone();
            let message =
                format!("`{}` and `{}` have the same name `{module}::{ident}`", other.key, item.key);
            let diagnostic = Diagnostic::error(Code::NameCollision, &place(item), message);
            let diagnostic =
                diagnostic.note(Some(&place(other)), "the other line").help("change one of the two lines");
            self.diagnostics.push(diagnostic);
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
