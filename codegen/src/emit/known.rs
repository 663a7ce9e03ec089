//! Emission of what the vocabulary knows by name: simple types for xsi:type, global elements and attributes for wildcards.

use super::Emit;
use super::print::line;
use super::types::{builtin, macro_ident};
use crate::load::XSD;
use crate::model::{Admitted, Field, Term, Ty};
use crate::schema::QName;

impl Emit<'_> {
    /// What follows the vocabulary: the tables that it has.
    pub(super) fn knowing(&self) -> String {
        let mut text = String::new();
        if !self.model.types.is_empty() {
            text.push_str(&format!("\n.types(KNOWN_TYPES, {})", self.model.all_types));
        }
        if let Some(Admitted { all, .. }) = &self.model.admitted {
            text.push_str(&format!("\n.globals(KNOWN_ELEMENTS, KNOWN_ATTRIBUTES, {all})"));
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
        if let Some(Admitted { attributes, .. }) = &self.model.admitted {
            let modules = self.modules().into_keys().filter(|module| self.names.roots.contains(module));
            let elements = modules.map(|module| {
                let needs =
                    attribute_line(self.features.attribute(&self.features.file(&module, "element"), &None));
                format!("{needs}        rt::KnownElements::of::<own::{module}::Element>(),\n")
            });
            let docs = "The global elements, which wildcards may admit.";
            text.push_str(&self.table(docs, "KNOWN_ELEMENTS", "KnownElements", elements.collect()));
            let attributes = attributes.iter().filter_map(|attribute| {
                let Term::Attribute(name) = &attribute.term else { return None };
                let (needs, ty) = (self.needs(&attribute.ty), self.path(&attribute.ty));
                let definition = line(&self.attribute(&Field { min: 0, ..attribute.clone() }, name));
                Some(format!("{needs}        rt::KnownAttribute::of::<{ty}>({definition}),\n"))
            });
            let docs = "The global attributes, which wildcards may admit.";
            text.push_str(&self.table(docs, "KNOWN_ATTRIBUTES", "KnownAttribute", attributes.collect()));
        }
        text
    }

    /// A table of so many lines. What it imports is seen in it alone: outside, any name may be a namespace's macro.
    fn table(&self, docs: &str, name: &str, of: &str, lines: String) -> String {
        let (own, rt) = (&self.config.protocols, &self.config.runtime);
        let head = format!("\n/// {docs}\nconst {name}: &[{rt}::prelude::{of}] = ");
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

    fn type_text(&self, name: &QName) -> String {
        let local = &*name.local;
        match self.prefix(&name.namespace) {
            _ if *name.namespace == *XSD => format!("rt::xsd({local:?})"),
            Some(prefix) => format!("{}!(type {local:?})", macro_ident(prefix)),
            None => line(&self.type_name(name)),
        }
    }

    /// The Rust type of a simple type.
    fn path(&self, ty: &Ty) -> String {
        match ty {
            Ty::Item(id) => format!("own::{}::{}", self.names.module(*id), self.names.ident(*id)),
            Ty::List(item) => format!("Vec<{}>", self.path(item)),
            Ty::Builtin(known) => line(&builtin(*known)),
            _ => "String".to_owned(),
        }
    }
}

fn attribute_line(needs: Option<String>) -> String {
    needs.map(|needs| format!("        {needs}\n")).unwrap_or_default()
}
