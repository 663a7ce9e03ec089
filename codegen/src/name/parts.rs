//! Names within items: fields, variants, elements, operations and header parts. Each must be distinct among its
//! siblings only.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Naming, camel, ident, settle, snake};
use crate::diagnostic::{Code, Diagnostic};
use crate::lower::strip_type;
use crate::model::{Field, Item, ItemKind, Term, Ty};
use crate::schema::QName;

/// What a wide type has as methods: those of the runtime, and those that its own code calls by name.
const WIDE_METHODS: &[&str] = &["fields", "retain_fields", "new", "default", "clone"];

/// What one part would like to be called.
struct Wish {
    /// The end of its key: `/DisplayName`, `#Value`.
    step: String,
    ident: String,
    /// Namespace of the attribute or element.
    namespace: Option<Rc<str>>,
    attribute: bool,
    /// Has a method to set it beside the one that reads it.
    sparse: bool,
}

impl Wish {
    fn variant(step: &str, ident: String) -> Wish {
        Wish { step: format!("#{step}"), ident, namespace: None, attribute: false, sparse: false }
    }
}

impl Naming<'_> {
    pub(super) fn parts(&mut self) {
        let model = self.model;
        for item in &model.items {
            let parts = match &item.kind {
                ItemKind::Struct(inner) => {
                    self.fields(item, &inner.fields, snake, inner.wide, inner.base.is_some())
                }
                ItemKind::Trait(inner) => self.fields(item, &inner.fields, snake, false, false),
                ItemKind::Wrapper(field) => vec![snake(&field.hint)],
                ItemKind::Choice(inner) => self.fields(item, &inner.variants, camel, false, false),
                ItemKind::Enumeration { values: facets, .. } => {
                    let wishes = facets.iter().map(|f| Wish::variant(&f.value, ident::variant(&f.value)));
                    self.distinct(item, "variant", wishes.collect(), &["Other"])
                }
                ItemKind::Union(members) => {
                    let wishes = members.iter().map(|(words, _)| Wish::variant(words, camel(words)));
                    self.distinct(item, "variant", wishes.collect(), &[])
                }
                ItemKind::Family(family) => {
                    // Most members are items, which are distinct in a module.
                    let alone = |name: &str| {
                        let same = |(other, _): &&(QName, Ty)| strip_type(&other.local) == strip_type(name);
                        family.members.iter().filter(same).count() == 1
                    };
                    let wishes = family.members.iter().map(|(name, ty)| match ty {
                        // The item of a type that adds nothing to its base is that of the base.
                        Ty::Item(id) if model.items[id.0].wire == *name => {
                            Wish::variant(&model.items[id.0].key, self.names.ident(*id).to_owned())
                        }
                        _ if alone(&name.local) => Wish::variant(&name.local, camel(strip_type(&name.local))),
                        _ => Wish::variant(&name.local, camel(&name.local)),
                    });
                    let wishes = wishes.collect();
                    self.distinct(item, "variant", wishes, &[])
                }
                ItemKind::Restricted { .. } => Vec::new(),
            };
            self.names.parts.push(parts);
        }
    }

    fn fields(
        &mut self,
        item: &Item,
        fields: &[Field],
        style: fn(&str) -> String,
        wide: bool,
        held: bool,
    ) -> Vec<String> {
        let wishes = fields.iter().map(|field| Wish {
            step: format!("/{}", field.step),
            ident: style(&field.hint),
            namespace: match &field.term {
                Term::Attribute(name) | Term::Element(name) => Some(name.namespace.clone()),
                _ => None,
            },
            attribute: matches!(field.term, Term::Attribute(_)),
            sparse: wide && !field.is_attribute() && field.min == 0 && field.max == Some(1),
        });
        let wishes: Vec<Wish> = wishes.collect();
        let kind = if matches!(item.kind, ItemKind::Choice(_)) { "variant" } else { "field" };
        let mut reserved: Vec<String> = Vec::new();
        if held {
            reserved.extend(["base", "with_base"].map(str::to_owned));
        }
        if wide {
            reserved.extend(WIDE_METHODS.iter().map(|name| (*name).to_owned()));
            for wish in wishes.iter().filter(|wish| wish.sparse) {
                let plain = wish.ident.trim_start_matches("r#");
                reserved.extend([format!("set_{plain}"), format!("with_{plain}")]);
            }
        }
        let reserved: Vec<&str> = reserved.iter().map(String::as_str).collect();
        self.distinct(item, kind, wishes, &reserved)
    }

    /// Makes the parts of one item distinct.
    fn distinct(&mut self, item: &Item, kind: &str, wishes: Vec<Wish>, reserved: &[&str]) -> Vec<String> {
        let (suffix, variants) = if kind == "variant" { ("Value", true) } else { ("_value", false) };
        let elements: BTreeSet<String> =
            wishes.iter().filter(|w| !w.attribute).map(|w| w.ident.clone()).collect();
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        // How often each key was asked for.
        let mut keys: BTreeMap<String, usize> = BTreeMap::new();
        let mut chosen = Vec::new();
        let settle = self.manifest.is_made_up();
        let mut before: Option<String> = None;
        let mut spaces: BTreeMap<String, Option<Rc<str>>> = BTreeMap::new();
        for Wish { step, ident: wish, namespace, attribute, sparse } in wishes {
            // The same name again, as in `a, b, a`, has a key of its own.
            let mut key = format!("{kind} {}{step}", item.key);
            let count = keys.entry(key.clone()).and_modify(|count| *count += 1).or_insert(1);
            if *count > 1 {
                key = format!("{key}[{count}]");
            }
            let plain = wish.trim_start_matches("r#").trim_end_matches('_');
            let ident = match self.lock.ident(&key) {
                Some(locked) => locked,
                None if attribute && elements.contains(&wish) => format!("{plain}_attribute"),
                None if reserved.contains(&wish.as_str()) => format!("{plain}{suffix}"),
                None => wish.clone(),
            };
            // A sparse field is a variant too, of the enum of such fields, and `a_1` and `a1` give the same.
            let variant_of = |ident: &str| sparse.then(|| camel(ident.trim_start_matches("r#")));
            let names = |ident: &String| [Some(ident.clone()), variant_of(ident)].into_iter().flatten();
            let shown = step.trim_start_matches(['/', '#']).to_owned();
            let mut ident = ident;
            if settle && names(&ident).any(|name| taken.contains_key(&name)) {
                let again = taken.get(&ident) == Some(&shown);
                // One of another namespace is told apart by the prefix of that.
                let other = spaces.get(&ident).is_some_and(|known| *known != namespace);
                let prefix =
                    namespace.as_ref().filter(|_| again && other).and_then(|space| self.prefix(space));
                let prefixed = prefix.map(|prefix| match variants {
                    true => camel(&format!("{prefix} {ident}")),
                    false => snake(&format!("{prefix} {plain}")),
                });
                // The same once more is told apart by what it follows.
                let after = before.as_ref().filter(|_| again).map(|before| match variants {
                    true => format!("{ident}After{before}"),
                    false => format!("{plain}_after_{}", before.trim_start_matches("r#")),
                });
                let further = settle::names(&ident, &shown, &key, variants);
                let mut all = prefixed.iter().cloned().chain(after).chain(further);
                let free = all.find(|ident| {
                    !names(ident).any(|name| taken.contains_key(&name)) && !reserved.contains(&ident.as_str())
                });
                if let Some(free) = free {
                    let by = match again {
                        true if prefixed.as_ref() == Some(&free) => " but for its namespace",
                        true => "",
                        false => " but for its spelling",
                    };
                    self.told_apart(&format!("`{shown}` of `{}`", item.key), by, &free, &item.span, &key);
                    ident = free;
                }
            }
            before = Some(ident.clone());
            let variant = variant_of(&ident);
            let clash =
                [Some(&ident), variant.as_ref()].into_iter().flatten().find_map(|name| taken.get(name));
            if let Some(other) = clash {
                let message = match *other == shown {
                    true => format!(
                        "`{shown}` occurs more than once in `{}`, and each would be `{ident}`",
                        item.key
                    ),
                    false => format!("`{other}` and `{shown}` of `{}` would both be `{ident}`", item.key),
                };
                let help =
                    format!("name it in names.lock: {key} = {}{suffix}", ident.trim_start_matches("r#"));
                self.diagnostics.push(Diagnostic::error(Code::NameCollision, &item.span, message).help(help));
            } else if self.lock.ident(&key).is_some()
                && (reserved.contains(&ident.as_str()) || variants && ident == "Self")
            {
                let message = format!("`{shown}` of `{}` cannot be `{ident}`: {}", item.key, super::NEEDED);
                let span = self.lock.span(&key).unwrap_or(&item.span);
                let diagnostic = Diagnostic::error(Code::NameCollision, span, message);
                self.diagnostics.push(diagnostic.help("choose another name, or delete the line"));
            }
            if let Some(variant) = variant {
                taken.insert(variant, shown.clone());
            }
            spaces.insert(ident.clone(), namespace);
            taken.insert(ident.clone(), shown);
            self.lines.insert(key, ident.clone());
            chosen.push(ident);
        }
        chosen
    }

    /// The prefix of a namespace.
    fn prefix(&self, namespace: &str) -> Option<Rc<str>> {
        let known = self.model.namespaces.iter().find(|(_, uri)| **uri == *namespace);
        known.map(|(prefix, _)| prefix.clone()).filter(|prefix| !prefix.is_empty())
    }

    pub(super) fn roots(&mut self) {
        let mut taken: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (at, root) in self.model.roots.iter().enumerate() {
            let module = self.module(&root.span.file, &root.name.namespace);
            let key = format!("element {{{}}}{}", root.name.namespace, root.name.local);
            let mut ident = self.lock.ident(&key).unwrap_or_else(|| camel(&root.name.local));
            if self.manifest.is_made_up() && taken.contains_key(&(module.clone(), ident.clone())) {
                let further = settle::names(&ident, &root.name.local, &key, true);
                let free =
                    further.into_iter().find(|ident| !taken.contains_key(&(module.clone(), ident.clone())));
                if let Some(free) = free {
                    self.settled(&format!("element `{}`", root.name.local), &free, &root.span, &key);
                    ident = free;
                }
            }
            if let Some(other) = taken.insert((module.clone(), ident.clone()), at) {
                let other = &self.model.roots[other];
                let message = format!(
                    "elements `{}` and `{}` would both be `{module}::Element::{ident}`",
                    other.name.local, root.name.local
                );
                let help = format!("name it in names.lock: {key} = {ident}Element");
                let diagnostic = Diagnostic::error(Code::NameCollision, &root.span, message).help(help);
                self.diagnostics.push(diagnostic.note(Some(&other.span), "the other one"));
            }
            self.lines.insert(key, ident.clone());
            self.names.roots.push(module);
            self.names.root_variants.push(ident);
        }
    }

    pub(super) fn services(&mut self) {
        let model = self.model;
        for service in &model.services {
            let mut methods: Vec<String> = Vec::new();
            for operation in &service.operations {
                let key = format!("operation {}/{}", service.key, operation.name);
                let mut ident = self.lock.ident(&key).unwrap_or_else(|| snake(&operation.name));
                if self.manifest.is_made_up() && methods.contains(&ident) {
                    let further = settle::names(&ident, &operation.name, &key, false);
                    if let Some(free) = further.into_iter().find(|ident| !methods.contains(ident)) {
                        self.settled(
                            &format!("operation `{}`", operation.name),
                            &free,
                            &operation.span,
                            &key,
                        );
                        ident = free;
                    }
                }
                if methods.contains(&ident) {
                    let message =
                        format!("two operations of `{}` would be the method `{ident}`", service.name);
                    let help = format!("name it in names.lock: {key} = {ident}_operation");
                    self.diagnostics
                        .push(Diagnostic::error(Code::NameCollision, &operation.span, message).help(help));
                }
                self.lines.insert(key, ident.clone());
                methods.push(ident);
            }
            self.names.operations.push(methods);
            let requests = service.operations.iter().flat_map(|op| &op.request_headers);
            let replies = service.operations.iter().flat_map(|op| &op.response_headers);
            let headers = [
                self.headers(&format!("{}/request", service.key), requests),
                self.headers(&format!("{}/reply", service.key), replies),
            ];
            self.names.headers.push(headers);
        }
    }

    /// Fields of the header parts of one direction. A part is known by its name; where operations use one name for
    /// different elements, by its element.
    fn headers<'p>(
        &mut self,
        holder: &str,
        parts: impl Iterator<Item = &'p (Rc<str>, usize)>,
    ) -> Vec<(usize, String)> {
        let mut fields: Vec<(usize, String)> = Vec::new();
        for (part, root) in parts {
            if fields.iter().any(|(known, _)| known == root) {
                continue;
            }
            let declared = &self.model.roots[*root];
            let key = format!("header {holder}/{{{}}}{}", declared.name.namespace, declared.name.local);
            let is_taken = |ident: &str| fields.iter().any(|(_, known)| known == ident);
            let by_part = Some(snake(part)).filter(|ident| !is_taken(ident));
            let mut ident = self.lock.ident(&key).or(by_part).unwrap_or_else(|| snake(&declared.name.local));
            if self.manifest.is_made_up() && is_taken(&ident) {
                let further = settle::names(&ident, &declared.name.local, &key, false);
                ident = further.into_iter().find(|ident| !is_taken(ident)).unwrap_or(ident);
            }
            if is_taken(&ident) {
                let message = format!("two header parts of `{holder}` would be the field `{ident}`");
                let help =
                    format!("name it in names.lock: {key} = {}_header", ident.trim_start_matches("r#"));
                self.diagnostics
                    .push(Diagnostic::error(Code::NameCollision, &declared.span, message).help(help));
            }
            self.lines.insert(key, ident.clone());
            fields.push((*root, ident));
        }
        fields
    }
}
