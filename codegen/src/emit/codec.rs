//! Emission of the codec of structs: one line per attribute and child, which the runtime's macros expand.

use super::Emit;
use super::print::{File, line};
use super::structs::Part;
use super::types::{declared, wildcard};
use crate::model::{Content, Field, Item, ItemId, Struct, Term, Ty};

impl Emit<'_> {
    /// The macro call that makes a struct's shape and both sides of its codec.
    pub(super) fn codec(
        &self,
        id: ItemId,
        item: &Item,
        inner: &Struct,
        parts: &[Part<'_>],
        file: &mut File,
    ) -> String {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = self.names.ident(id);
        let (shape, capitals) = &self.statics[id.0];
        let allow = if *capitals { "" } else { "#[allow(non_upper_case_globals)] " };
        let public = if inner.nested || self.is_member(id, inner) { "pub(crate) " } else { "" };
        let sparse = parts.iter().any(|part| part.sparse);
        let wide = if sparse { format!("[{name}Field]") } else { String::new() };
        let model = match inner.model {
            Content::Empty => "Empty",
            Content::Text => "Text",
            Content::Sequence => "Sequence",
            Content::All => "All",
            Content::Mixed => "Mixed",
        };
        let type_name = line(&self.type_name_macro(&item.wire, file));
        let order: Vec<String> =
            inner.order.iter().map(|part| self.order(part, &type_name, 8, file)).collect();
        let order = match order.as_slice() {
            [] => String::new(),
            order => format!(
                ", [\n{}    ]",
                order.iter().map(|part| format!("        {part},\n")).collect::<String>()
            ),
        };
        let nested = if inner.nested { ".nested()" } else { "" };
        let head = format!("{allow}{public}{shape}: {name}{wide}");
        let mut text = match inner.base {
            Some(base) => {
                let base = line(&self.wrapper_static(base, file, &module, &own));
                format!("rt::extended_fields! {{\n    {head} = {base}, {type_name};\n")
            }
            None => {
                let codec = if inner.wide { "wide_fields" } else { "fields" };
                format!("rt::{codec}! {{\n    {head} = {model}({type_name}{order}){nested};\n")
            }
        };
        let attributes = parts.partition_point(|part| part.field.is_attribute());
        for part in &parts[..attributes] {
            text.push_str(&self.codec_line(name, part, file, &module, &own));
        }
        text.push_str(&self.open_line(inner, parts));
        for part in &parts[attributes..] {
            text.push_str(&self.codec_line(name, part, file, &module, &own));
        }
        text.push_str("}\n");
        text
    }

    /// The line for the attributes that a struct admits and its base type keeps.
    fn open_line(&self, inner: &Struct, parts: &[Part<'_>]) -> String {
        let Some(namespaces) = &inner.open else { return String::new() };
        let members = self.members(inner);
        let held: Vec<Part<'_>> = members.iter().flat_map(|(id, inner)| self.parts(*id, inner)).collect();
        let is_any = |part: &&Part<'_>| matches!(part.field.term, Term::AnyAttribute(_));
        let Some(any) = held.iter().find(is_any) else { return String::new() };
        let declared = |part: &&Part<'_>| matches!(part.field.term, Term::Attribute(_));
        let at = held.iter().chain(parts).filter(declared).count();
        format!("    @open {at} {} = {};\n", any.ident, line(&wildcard(namespaces)))
    }

    /// The line of an attribute or child.
    fn codec_line(&self, name: &str, part: &Part<'_>, file: &mut File, module: &str, own: &str) -> String {
        let (at, field) = (part.at, part.field);
        match &field.term {
            Term::Attribute(attribute) => {
                let call = if field.min == 1 { "attribute" } else { "opt_attribute" };
                let definition = line(&self.attribute(field, attribute));
                format!("    @{at} {call} {} = {definition};\n", part.ident)
            }
            Term::AnyAttribute(namespaces) => {
                format!("    @any {at} {} = {};\n", part.ident, line(&wildcard(namespaces)))
            }
            Term::Text => format!("    text {};\n", part.ident),
            Term::Mixed => format!("    mixed {};\n", part.ident),
            Term::Element(_) | Term::Any(_) | Term::Group => {
                let particle = line(&self.particle(field, file, module, own));
                let declared = declared(&field.ty, field.default.as_deref(), field.fixed.as_deref());
                let list = match &field.ty {
                    Ty::Wrapped(wrapper) => Some(line(&self.wrapper_static(*wrapper, file, module, own))),
                    _ => None,
                };
                if part.sparse {
                    let call = match &list {
                        Some(_) => "field_list",
                        None if field.boxed => "field_boxed",
                        None => "field",
                    };
                    let variant = super::wide_variant(&part.ident.to_string());
                    let list = list.map(|list| format!("[{list}]")).unwrap_or_default();
                    format!("    {at} {call} {variant} in {name}Field{list}{declared} = {particle};\n")
                } else {
                    let list = list.map(|list| format!("({list})")).unwrap_or_default();
                    format!("    {at} {}{list} {}{declared} = {particle};\n", call(field), part.ident)
                }
            }
        }
    }
}

/// The method of reader and writer for a child.
fn call(field: &Field) -> &'static str {
    let (many, optional) = (field.is_many(), field.min == 0);
    match (&field.ty, many, optional, field.boxed) {
        (Ty::Wrapped(_), true, _, _) => "many_lists",
        (Ty::Wrapped(_), _, true, _) => "opt_list",
        (Ty::Wrapped(_), _, _, _) => "list",
        (_, true, _, _) => "many",
        (_, _, true, true) => "opt_boxed",
        (_, _, true, false) => "opt",
        (_, _, _, true) => "boxed",
        _ => "one",
    }
}
