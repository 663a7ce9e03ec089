//! Emission of the codec of structs: one line per attribute and child, which the runtime's macros expand.

use std::fmt::Write as _;

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
        let public = if inner.nested { "pub(crate) " } else { "" };
        let wide = if inner.wide { format!("[{name}Field]") } else { String::new() };
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
        let mut text = format!(
            "rt::{}! {{\n    {allow}{public}{shape}: {name}{wide} = {model}({type_name}{order}){nested};\n",
            if inner.wide { "wide_fields" } else { "fields" },
        );
        for part in parts {
            let (at, field) = (part.at, part.field);
            // Writing to a string cannot fail.
            let _ = match &field.term {
                Term::Attribute(attribute) => {
                    let call = if field.min == 1 { "attribute" } else { "opt_attribute" };
                    let definition = line(&self.attribute(field, attribute));
                    writeln!(text, "    @{at} {call} {} = {definition};", part.ident)
                }
                Term::AnyAttribute(admitted) => {
                    writeln!(text, "    @any {at} {} = {};", part.ident, line(&wildcard(admitted)))
                }
                Term::Text => writeln!(text, "    text {};", part.ident),
                Term::Mixed => writeln!(text, "    mixed {};", part.ident),
                Term::Element(_) | Term::Any(_) | Term::Group => {
                    let particle = line(&self.particle(field, file, &module, &own));
                    let declared = declared(&field.ty, field.default.as_deref(), field.fixed.as_deref());
                    let list = match &field.ty {
                        Ty::Wrapped(wrapper) => {
                            Some(line(&self.wrapper_static(*wrapper, file, &module, &own)))
                        }
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
                        writeln!(
                            text,
                            "    {at} {call} {variant} in {name}Field{list}{declared} = {particle};"
                        )
                    } else {
                        let list = list.map(|list| format!("({list})")).unwrap_or_default();
                        writeln!(
                            text,
                            "    {at} {}{list} {}{declared} = {particle};",
                            call(field),
                            part.ident
                        )
                    }
                }
            };
        }
        text.push_str("}\n");
        text
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
