//! Emission of what the vocabulary knows by name: simple types for xsi:type, global elements and attributes for wildcards.

use std::collections::BTreeMap;

use super::Emit;
use super::print::line;
use super::types::{builtin, macro_ident};
use crate::load::XSD;
use crate::model::{Admitted, Field, ItemId, ItemKind, KnownComplex, Term, Ty};
use crate::schema::QName;

impl Emit<'_> {
    /// What follows the vocabulary: the tables that it has.
    pub(super) fn knowing(&self) -> String {
        let mut text = String::new();
        if !self.model.types.is_empty() {
            text.push_str(&format!("\n.types(KNOWN_TYPES, {})", self.model.all_types));
        }
        if let Some(Admitted { all, all_types, .. }) = &self.model.admitted {
            text.push_str(&format!("\n.globals(KNOWN_ELEMENTS, KNOWN_ATTRIBUTES, {all})"));
            text.push_str(&format!("\n.complex(KNOWN_COMPLEX, {all_types})"));
        }
        text
    }

    /// The tables themselves. They stand behind the macros of the namespaces.
    pub(super) fn known(&self) -> String {
        let mut text = String::new();
        if !self.model.types.is_empty() {
            let types = self.model.types.iter().map(|known| {
                let (name, base) = (self.type_text(&known.name), self.type_text(&known.base));
                let ty = self.path(&known.ty);
                let (needs, with) = match known.holder.map(Ty::Item) {
                    Some(holder) => (self.needs(&holder), format!(".with::<{}>()", self.path(&holder))),
                    None => (self.needs(&known.ty), String::new()),
                };
                format!("{needs}        rt::KnownType::of::<{ty}>({name}, {base}){with},\n")
            });
            let docs = "The types of text that `xsi:type` may name, each with one that it is derived from.";
            text.push_str(&self.table(docs, "KNOWN_TYPES", "KnownType", types.collect()));
        }
        if let Some(Admitted { attributes, complex, abstract_elements, .. }) = &self.model.admitted {
            let modules = self.modules().into_keys().filter(|module| self.names.roots.contains(module));
            let elements = modules.map(|module| {
                let needs =
                    attribute_line(self.features.attribute(&self.features.file(&module, "element"), &None));
                format!("{needs}        rt::KnownElements::of::<own::{module}::Element>(),\n")
            });
            let docs = "The global elements, which wildcards may admit.";
            let elements = elements.chain(self.refused(abstract_elements));
            text.push_str(&self.table(docs, "KNOWN_ELEMENTS", "KnownElements", elements.collect()));
            let attributes = attributes.iter().filter_map(|attribute| {
                let Term::Attribute(name) = &attribute.term else { return None };
                let (needs, ty) = (self.needs(&attribute.ty), self.path(&attribute.ty));
                let definition = line(&self.attribute(&Field { min: 0, ..attribute.clone() }, name));
                Some(format!("{needs}        rt::KnownAttribute::of::<{ty}>({definition}),\n"))
            });
            let docs = "The global attributes, which wildcards may admit.";
            text.push_str(&self.table(docs, "KNOWN_ATTRIBUTES", "KnownAttribute", attributes.collect()));
            let docs =
                "The complex types that `xsi:type` may name where nothing else says what stands there.";
            text.push_str(&self.table(docs, "KNOWN_COMPLEX", "&[KnownComplex]", self.complex_types(complex)));
        }
        text
    }

    /// The lines of abstract elements.
    fn refused(&self, names: &[QName]) -> Option<String> {
        let particles = names.iter().map(|name| format!("rt::Particle::one({})", self.element_text(name)));
        let all = packed(&particles.collect::<Vec<String>>().join(", "));
        let lines = format!("        rt::KnownElements::refused(&rt::Shape::roots(&[\n{all}        ])),\n");
        (!names.is_empty()).then_some(lines)
    }

    /// Lines of complex types, by module and by the features that they need.
    fn complex_types(&self, known: &[KnownComplex]) -> String {
        let mut groups: BTreeMap<(&str, String), [Vec<String>; 4]> = BTreeMap::new();
        let mut others = [("unseen", Vec::new()), ("refused", Vec::new())];
        for KnownComplex { name, item, is_abstract } in known {
            let Some((place, entry, id)) = item.and_then(|id| self.complex_type(id)) else {
                others[usize::from(*is_abstract)].1.push(self.type_text(name));
                continue;
            };
            let group = (self.names.module(id), self.needs(&Ty::Item(id)));
            groups.entry(group).or_default()[place].push(entry);
        }
        let mut text = String::new();
        for ((module, needs), lists) in groups {
            let kinds = lists
                .iter()
                .zip(["types", "choices", "lists", "lists_of"])
                .filter(|(list, _)| !list.is_empty());
            let kinds = kinds.map(|(list, kind)| format!("{kind}: {}", list.join(", ")));
            let all = packed(&format!("own::{module}; {}", kinds.collect::<Vec<String>>().join("; ")));
            text.push_str(&format!("{needs}        rt::complex_types!(\n{all}        ),\n"));
        }
        for (kind, names) in others.iter().filter(|(_, names)| !names.is_empty()) {
            let all = packed(&format!("{kind}; {}", names.join(", ")));
            text.push_str(&format!("        rt::complex_types!(\n{all}        ),\n"));
        }
        text
    }

    /// Which list of its module a complex type stands in, how, and its item.
    fn complex_type(&self, id: ItemId) -> Option<(usize, String, ItemId)> {
        let name = || self.names.ident(id).to_owned();
        match &self.item(id).kind {
            ItemKind::Struct(_) => Some((0, name(), id)),
            ItemKind::Choice(_) => Some((1, name(), id)),
            ItemKind::Wrapper(entry) if !matches!(entry.ty, Ty::Wrapped(_) | Ty::Defaulted(_)) => {
                let (file, shape) = (&self.files[id.0], &self.statics[id.0].0);
                let (place, item) = match &entry.ty {
                    Ty::Item(entry) if self.names.module(*entry) == self.names.module(id) => {
                        (2, self.names.ident(*entry).to_owned())
                    }
                    other => (3, self.path(other)),
                };
                Some((place, format!("{item} = {file}::{shape}"), id))
            }
            _ => None,
        }
    }

    /// A table of so many lines. What it imports is seen in it alone: outside, any name may be a namespace's macro.
    fn table(&self, docs: &str, name: &str, of: &str, lines: String) -> String {
        let (own, rt) = (&self.config.protocols, &self.config.runtime);
        let of = match of.strip_prefix("&[") {
            Some(of) => format!("&[{rt}::prelude::{of}"),
            None => format!("{rt}::prelude::{of}"),
        };
        let head = format!("\n/// {docs}\nconst {name}: &[{of}] = ");
        if lines.is_empty() {
            return format!("{head}&[];\n");
        }
        let own = if lines.contains("own::") { format!("    use {own} as own;\n") } else { String::new() };
        format!("{head}{{\n{own}    use {rt}::prelude as rt;\n    &[\n{lines}    ]\n}};\n")
    }

    /// The line that leaves out what the features at hand do not have.
    fn needs(&self, ty: &Ty) -> String {
        let needs = self.features.root(ty, self.names, &self.files);
        attribute_line(self.features.attribute(&needs, &None))
    }

    fn element_text(&self, name: &QName) -> String {
        let local = &*name.local;
        match self.prefix(&name.namespace) {
            Some(prefix) => format!("{}!({local:?})", macro_ident(prefix)),
            None => format!("rt::Name::new(rt::Ns::NONE, {local:?}, {:?})", format!("<{local}></{local}>")),
        }
    }

    fn type_text(&self, name: &QName) -> String {
        let local = &*name.local;
        match self.prefix(&name.namespace) {
            _ if *name.namespace == *XSD => format!("rt::xsd({local:?})"),
            Some(prefix) => format!("{}!(type {local:?})", macro_ident(prefix)),
            None => line(&self.type_name(name)),
        }
    }

    /// The Rust type of a value.
    fn path(&self, ty: &Ty) -> String {
        match ty {
            Ty::Item(id) => format!("own::{}::{}", self.names.module(*id), self.names.ident(*id)),
            Ty::List(item) => format!("Vec<{}>", self.path(item)),
            Ty::Builtin(known) => line(&builtin(*known)),
            Ty::Any => "rt::AnyElement".to_owned(),
            Ty::AnySimple => "rt::AnySimple".to_owned(),
            Ty::Nillable(inner) => format!("rt::Nillable<{}>", self.path(inner)),
            _ => "String".to_owned(),
        }
    }
}

/// A list on as few lines as it fits on.
fn packed(list: &str) -> String {
    let mut text = String::new();
    let mut length = 0;
    for entry in list.split_inclusive([',', ';']).map(str::trim) {
        if length > 0 && length + entry.len() < 104 {
            text.push(' ');
        } else {
            text.push_str(if length > 0 { "\n            " } else { "            " });
            length = 0;
        }
        text.push_str(entry);
        length += entry.len() + 1;
    }
    text.push('\n');
    text
}

fn attribute_line(needs: Option<String>) -> String {
    needs.map(|needs| format!("        {needs}\n")).unwrap_or_default()
}
