//! The emit stage: `Model` and `Names` in, a map of path to Rust text out. May assume that names are free
//! of collisions. The same input gives the same bytes; nothing depends on hash order or on the machine.

mod alike;
mod choices;
mod codec;
mod depth;
mod docs;
mod features;
mod known;
mod layout;
mod print;
mod roots;
mod services;
mod size;
mod structs;
mod types;
mod values;
mod wide;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use crate::describe::Description;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::manifest::Manifest;
use crate::model::{Carrier, Field, Item, ItemId, ItemKind, Model, Term, Ty};
use crate::name::{Names, camel};
use crate::schema::QName;
pub(crate) use depth::depth;
use features::Features;
use print::File;

/// Where the emitted code will live.
#[derive(Clone, Debug)]
pub struct Config {
    /// Path of the runtime as emitted code names it.
    pub runtime: String,
    /// Path of the module that holds the protocols' modules.
    pub protocols: String,
    /// Path of the SOAP types.
    pub soap: String,
    /// The command that regenerates, for the headers.
    pub command: String,
    /// Whether somebody wrote a manifest, which the headers then name.
    pub has_manifest: bool,
}

impl Config {
    /// What the files are made of that hold something of every schema.
    fn origin(&self) -> &'static str {
        if self.has_manifest { "the manifest" } else { "the schemas" }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            runtime: "crate::rt".to_owned(),
            protocols: "crate::protocol".to_owned(),
            soap: "crate::soap".to_owned(),
            command: "cargo xtask regen".to_owned(),
            has_manifest: true,
        }
    }
}

/// Emitted files: path below the protocols' folder to text.
pub type FileSet = BTreeMap<String, String>;

/// Emits everything in the model. Also gives the lines of Rust that are compiled with each feature alone.
pub fn emit(
    model: &Model,
    names: &Names,
    manifest: &Manifest,
    config: &Config,
    schemas: &[Description],
    diagnostics: &mut Diagnostics,
) -> (FileSet, BTreeMap<String, usize>) {
    let reach = features::items(model, manifest);
    let files = layout::files(model, names, &reach);
    let mut features = Features::new(model, names, manifest, &files);
    for module in &names.roots {
        let roots = model.roots.iter().zip(&names.roots).filter(|(_, home)| *home == module);
        let parts: Vec<_> = roots.map(|(root, _)| features.root(&root.ty, names, &files)).collect();
        features.add(module, "element", parts.into_iter());
    }
    let defined =
        names.items.iter().zip(&files).map(|((m, i), f)| (m.clone(), f.clone(), i.clone())).collect();
    let ranks = crate::lower::ranks(&model.items);
    let statics = types::statics(names);
    let alike = alike::find(model, names, &reach);
    let emit =
        Emit { model, names, manifest, config, schemas, files, features, defined, statics, ranks, alike };
    let set = emit.run(diagnostics);
    let lines = emit.features.lines(&set);
    (set, lines)
}

struct Emit<'m> {
    model: &'m Model,
    names: &'m Names,
    manifest: &'m Manifest,
    config: &'m Config,
    /// The schemas that a server hands out, which lie beside the modules.
    schemas: &'m [Description],
    /// File of each item within its module.
    files: Vec<String>,
    /// What each file needs.
    features: Features,
    /// (module, file, identifier) of the items.
    defined: BTreeSet<(String, String, String)>,
    /// Name of the static of each item's shape, and whether it is in capitals.
    statics: Vec<(proc_macro2::Ident, bool)>,
    /// How deep the required content of each item nests.
    ranks: Vec<Option<usize>>,
    /// Enums that are another one.
    alike: BTreeMap<ItemId, ItemId>,
}

impl Emit<'_> {
    fn run(&self, diagnostics: &mut Diagnostics) -> FileSet {
        let mut files: BTreeMap<(String, String), File> = BTreeMap::new();
        for (at, item) in self.model.items.iter().enumerate() {
            let id = ItemId(at);
            let key = (self.names.module(id).to_owned(), self.files[at].clone());
            let file = files.entry(key).or_insert_with(|| self.file());
            file.sources.insert(item.span.file.to_string());
            if file.title.is_empty() {
                file.title = self.file_title(id, &self.files[at]);
            }
            self.item_code(id, item, file);
            self.own_document(id, file);
        }
        for (module, title) in self.modules() {
            if self.names.roots.contains(&module) {
                let file = files.entry((module.clone(), "element".to_owned())).or_insert_with(|| self.file());
                file.title = format!("Global elements of {title}.");
                self.elements(&module, &title, file);
            }
        }
        for (at, service) in self.model.services.iter().enumerate() {
            let file =
                files.entry((service.module.clone(), "service".to_owned())).or_insert_with(|| self.file());
            file.title = format!("The operations of `{}`.", service.name);
            file.sources.insert(service.file.to_string());
            self.service(at, service, file);
            for operation in &service.operations {
                let own = match (operation.request.carrier, self.message_type(operation.request)) {
                    (Carrier::Type, Some(Ty::Item(id))) if self.names.module(*id) == service.module => {
                        self.files[id.0].clone()
                    }
                    _ => "service".to_owned(),
                };
                let Some(file) = files.get_mut(&(service.module.clone(), own.clone())) else { continue };
                self.operation(service, operation, file, &own);
            }
        }
        let mut set = FileSet::new();
        for ((module, name), file) in &files {
            match file.render(&self.config.command, self.config.origin()) {
                Ok(text) => {
                    set.insert(format!("{module}/{name}.rs"), text);
                }
                Err(problem) => diagnostics.push(Diagnostic::new(
                    Severity::Error,
                    Code::NotGenerated,
                    None,
                    format!("the code of {module}/{name}.rs is no Rust: {problem}"),
                )),
            }
        }
        for (module, title) in self.modules() {
            let names = files.keys().filter(|(home, _)| *home == module).map(|(_, name)| name.as_str());
            set.insert(
                format!("{module}/mod.rs"),
                self.module_file(&module, &title, &names.collect::<Vec<_>>()),
            );
        }
        set.insert("names.rs".to_owned(), self.names_file());
        set.insert("modules.rs".to_owned(), self.modules_file());
        set
    }

    fn file(&self) -> File {
        let mut file = File::default();
        file.imports.insert("rt".to_owned(), format!("{}::prelude as rt", self.config.runtime));
        file
    }

    fn file_title(&self, id: ItemId, name: &str) -> String {
        match name {
            name if name.starts_with("bases") => "Traits of the base types.".to_owned(),
            name if name.starts_with("lists") => {
                "Shapes of lists that several types share; the lists are `Vec`s.".to_owned()
            }
            name if name.starts_with("values") => "Simple types that several types share.".to_owned(),
            _ => {
                let operations = self.model.services.iter().flat_map(|service| &service.operations);
                let mut messages = operations.filter(|op| {
                    let own =
                        |root: usize| self.model.roots[root].ty == Ty::Item(id) && self.model.roots[root].own;
                    op.messages().filter_map(|message| message.root).any(own)
                });
                match messages.next_back() {
                    Some(operation) => format!("Messages of the operation `{}`.", operation.name),
                    None => format!("`{}` and what only it uses.", self.names.ident(id)),
                }
            }
        }
    }

    fn item_code(&self, id: ItemId, item: &Item, file: &mut File) {
        match &item.kind {
            ItemKind::Struct(inner) => self.structure(id, item, inner, file),
            ItemKind::Choice(inner) => self.choice(id, item, inner, file),
            ItemKind::Family(family) => self.family(id, item, family, file),
            ItemKind::Wrapper(field) => self.wrapper(id, item, field, file),
            ItemKind::Enumeration { values, space } => self.enumeration(id, item, values, *space, file),
            ItemKind::Restricted { base, facets, space } => {
                self.restricted(id, item, (base, facets, *space), file);
            }
            ItemKind::Union(members) => self.union(id, item, members, file),
            ItemKind::Trait(inner) => self.base_trait(id, item, inner, file),
        }
    }

    fn type_docs(&self, item: &Item) -> String {
        let mut text = item.docs.as_deref().map(docs::prose).unwrap_or_default();
        let protocol =
            self.manifest.protocols.iter().find(|p| p.files.iter().any(|f| f.path == *item.span.file));
        let origin = match protocol {
            Some(p) => match &p.url {
                Some(url) => format!(" of [{}]({url})", p.name),
                None => format!(" of {}", p.name),
            },
            None => String::new(),
        };
        let key = item.key.strip_prefix("trait ").unwrap_or(&item.key);
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        let what = if matches!(item.kind, ItemKind::Trait(_)) {
            "What every type derived from"
        } else {
            "Schema type"
        };
        let has = if matches!(item.kind, ItemKind::Trait(_)) { " has" } else { "" };
        match key.strip_prefix("any ") {
            Some(key) => {
                let (key, way) = match (key.strip_prefix("restricted "), key.strip_prefix("extended ")) {
                    (Some(key), _) => (key, " by restriction"),
                    (_, Some(key)) => (key, " by extension"),
                    _ => (key, ""),
                };
                text.push_str(&format!(
                    "A value of the schema type `{key}`{origin}, or of one derived from it{way}."
                ));
            }
            None => text.push_str(&format!("{what} `{key}`{origin}{has}.")),
        }
        text
    }

    fn field_wire(&self, field: &Field) -> String {
        match &field.term {
            Term::Element(name) | Term::Attribute(name) => self.wire(name),
            _ => String::new(),
        }
    }

    /// `t!(type "Name")`, or the long form for a namespace without a prefix.
    fn type_name_macro(&self, name: &QName, file: &mut File) -> TokenStream {
        let local = &*name.local;
        match self.prefix(&name.namespace) {
            None => self.type_name(name),
            Some(prefix) => {
                let macro_name = types::macro_ident(prefix);
                file.imports.insert(
                    format!("{macro_name}!"),
                    format!("{}::names::{macro_name}", self.config.protocols),
                );
                quote!(#macro_name!(type #local))
            }
        }
    }

    fn attribute_prefix(&self, uri: &str) -> Option<&str> {
        match uri {
            "" => None,
            "http://www.w3.org/XML/1998/namespace" => Some("xml"),
            uri => self.prefix(uri),
        }
    }

    /// The constant of a namespace, for attribute names.
    fn namespace_const(&self, uri: &str) -> Option<TokenStream> {
        match uri {
            "" => None,
            "http://www.w3.org/XML/1998/namespace" => Some(quote!(rt::Ns::XML)),
            uri => {
                let constant = types::namespace_ident(self.prefix(uri)?);
                let path: syn::Path =
                    syn::parse_str(&format!("{}::names::{constant}", self.config.protocols)).ok()?;
                Some(quote!(#path))
            }
        }
    }

    fn module_file(&self, module: &str, title: &str, names: &[&str]) -> String {
        let (command, origin) = (&self.config.command, self.config.origin());
        let mut text = format!("//! {}.\n//!\n", docs::capital(title));
        let protocol = self.manifest.protocols.iter().find(|p| p.module == module);
        if let Some(url) = protocol.and_then(|p| p.url.as_ref()) {
            text.push_str(&format!("//! Described at <{url}>.\n//!\n"));
        }
        text.push_str(&format!("//! @generated by `{command}` from {origin}; changes are lost.\n\n"));
        let whole = self.features.module(module);
        let line = |name: &str, line: String| {
            let needs = self.features.attribute(&self.features.file(module, name), &whole);
            needs.map_or(line.clone(), |attribute| format!("{attribute}\n{line}"))
        };
        for name in names {
            text.push_str(&line(name, format!("pub(crate) mod {name};\n")));
        }
        text.push('\n');
        for name in names {
            let items = self.public_items(module, name);
            if items {
                text.push_str(&line(name, format!("pub use {name}::*;\n")));
            }
        }
        text
    }

    /// Whether a file has anything but the shapes of wrappers.
    fn public_items(&self, module: &str, file: &str) -> bool {
        let items = self.model.items.iter().enumerate();
        let mut own =
            items.filter(|(at, _)| self.names.module(ItemId(*at)) == module && self.files[*at] == file);
        matches!(file, "element" | "service")
            || own.any(|(_, item)| !matches!(item.kind, ItemKind::Wrapper(_)))
    }

    fn modules_file(&self) -> String {
        let mut text = format!(
            "//! One module for each {}.\n//!\n//! @generated by `{}` from {}; changes are lost.\n\n",
            if self.config.has_manifest { "protocol of the manifest" } else { "namespace and each service" },
            self.config.command,
            self.config.origin()
        );
        for (module, _) in self.modules() {
            if let Some(attribute) = self.features.attribute(&self.features.module(&module), &None) {
                text.push_str(&format!("{attribute}\n"));
            }
            text.push_str(&format!("#[path = \"{module}/mod.rs\"]\npub mod {module};\n"));
        }
        text
    }
}

/// Variant of a wide type's enum for a field.
fn wide_variant(field: &str) -> String {
    camel(field.trim_start_matches("r#"))
}
