//! Emission of choices, of abstract types, of wrappers' shapes, and of base types' traits.

use proc_macro2::TokenStream;
use quote::quote;

use super::print::{File, line};
use super::structs::{answer, held_getter};
use super::types::{declared, ident};
use super::{Emit, docs};
use crate::model::{Base, Choice, Family, Field, Item, ItemId, ItemKind, Term, Ty};

impl Emit<'_> {
    pub(super) fn choice(&self, id: ItemId, item: &Item, inner: &Choice, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        if let Some(first) = self.alike.get(&id) {
            let first = self.item_path(*first, file, &module, &own);
            let text = docs::attributes(&self.type_docs(item));
            return file.items(quote!(#text pub type #name = #first;));
        }
        let shape = self.statics[id.0].0.clone();
        let text = docs::attributes(&self.type_docs(item));
        let (mut variants, mut lines) = (Vec::new(), String::new());
        for (at, (field, part)) in inner.variants.iter().zip(&self.names.parts[id.0]).enumerate() {
            let variant = ident(part);
            let docs = docs::attributes(&docs::field(&as_alternative(field), &self.field_wire(field)));
            let ty = self.field_ty(&as_alternative(field), file, &module, &own);
            variants.push(quote!(#docs #variant(#ty),));
            if matches!(field.term, Term::Text) {
                lines.push_str(&format!("    text {at} {part};\n"));
                continue;
            }
            let kind = match &field.ty {
                _ if field.is_many() => "many".to_owned(),
                Ty::Wrapped(wrapper) => {
                    format!("list({})", line(&self.wrapper_static(*wrapper, file, &module, &own)))
                }
                _ if field.boxed => "boxed".to_owned(),
                _ => "one".to_owned(),
            };
            let particle = line(&self.particle(field, file, &module, &own));
            let declared = declared(&field.ty, field.default.as_deref(), field.fixed.as_deref());
            lines.push_str(&format!("    {at} {kind} {part}{declared} = {particle};\n"));
        }
        let type_name = line(&self.type_name_macro(&item.wire, file));
        // A piece of mixed content is no element of its own.
        let blank = match inner.mixed {
            true => String::new(),
            false => format!(", {}", line(&self.smallest(inner, &name, id))),
        };
        let nested = if inner.nested { "; .nested()" } else { "" };
        let allow = if self.statics[id.0].1 { "" } else { "#[allow(non_upper_case_globals)] " };
        file.items(quote! {
            #text
            #[derive(Clone, Debug, PartialEq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            pub enum #name { #(#variants)* }
        });
        file.text(format!(
            "rt::choice! {{\n    {allow}{shape}: {name} = {type_name}{blank}{nested};\n{lines}}}\n"
        ));
        for base in &inner.bases {
            let path = self.item_path(*base, file, &module, &own);
            file.items(quote!(impl #path for #name {}));
        }
    }

    /// The value that a reader starts from: the variant whose required content nests least.
    fn smallest(&self, inner: &Choice, name: &proc_macro2::Ident, id: ItemId) -> TokenStream {
        let rank = |field: &Field| match &field.ty {
            _ if field.is_many() => Some(0),
            Ty::Item(to) => self.ranks[to.0],
            _ => Some(0),
        };
        let best =
            inner.variants.iter().enumerate().filter_map(|(at, v)| rank(v).map(|rank| (rank, at))).min();
        let at = best.map_or(0, |(_, at)| at);
        let (Some(field), Some(part)) = (inner.variants.get(at), self.names.parts[id.0].get(at)) else {
            return TokenStream::new();
        };
        let variant = ident(part);
        if field.is_many() {
            quote!(#name::#variant(Vec::new()))
        } else if field.boxed {
            quote!(#name::#variant(Box::new(rt::value())))
        } else {
            quote!(#name::#variant(rt::value()))
        }
    }

    /// The enum of a type and its descendants.
    pub(super) fn family(&self, id: ItemId, item: &Item, family: &Family, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = self.names.ident(id);
        let text = docs::attributes(&self.type_docs(item));
        let ranked = family.members.iter().enumerate().filter_map(|(at, (_, ty))| match ty {
            Ty::Item(to) => self.ranks[to.0].map(|rank| (rank, at)),
            _ => Some((0, at)),
        });
        let Some((_, first)) = ranked.min() else {
            // Nothing can stand for it, so nothing can be read: the element is kept as XML.
            let name = ident(name);
            file.items(quote!(#text pub type #name = rt::AnyElement;));
            return;
        };
        let (mut variants, mut lines, mut from) = (Vec::new(), String::new(), Vec::new());
        for (at, ((wire, ty), part)) in family.members.iter().zip(&self.names.parts[id.0]).enumerate() {
            let variant = ident(part);
            let shown = self.wire(wire);
            let docs = match family.own && at == 0 {
                true => "The declared type itself, without `xsi:type`.".to_owned(),
                false => format!("`xsi:type=\"{shown}\"`."),
            };
            let docs = docs::attributes(&docs);
            let rust = self.ty(ty, file, &module, &own);
            let type_name = line(&self.type_name_macro(wire, file));
            let written = if family.own && at == 0 { String::new() } else { shown };
            lines.push_str(&format!("    {at} {part}({}) {type_name}, {written:?};\n", line(&rust)));
            // Of types that add nothing to their base, the base is the one that is meant.
            let known = family.members[..at].iter().any(|(_, known)| known == ty);
            if let (Ty::Item(_), false) = (ty, known) {
                from.push(quote!(#variant(#rust)));
            }
            variants.push(match family.own && at == 0 {
                true => quote!(#docs #variant(#rust),),
                false => quote!(#docs #variant(Box<#rust>),),
            });
        }
        let enum_name = ident(name);
        let allow = family.own.then(
            || quote!(#[allow(clippy::large_enum_variant, reason = "the declared type is the usual one")]),
        );
        file.items(quote! {
            #text
            #[derive(Clone, Debug, PartialEq)]
            #allow
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            pub enum #enum_name { #(#variants)* }
        });
        let type_name = line(&self.type_name_macro(&item.wire, file));
        let first_type = line(&self.ty(&family.members[first].1, file, &module, &own));
        let first = &self.names.parts[id.0][first];
        file.text(format!(
            "rt::family! {{\n    {name}, {type_name}, {}, {first}({first_type});\n{lines}}}\n",
            family.own
        ));
        file.items(quote!(rt::family_from!(#enum_name, [#(#from),*]);));
    }

    /// The shape of a type that only wraps a list.
    pub(super) fn wrapper(&self, id: ItemId, item: &Item, field: &Field, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let particle = line(&self.particle(field, file, &module, &own));
        let type_name = line(&self.type_name_macro(&item.wire, file));
        let (shape, capitals) = &self.statics[id.0];
        let allow = if *capitals { "" } else { "#[allow(non_upper_case_globals)] " };
        file.text(format!(
            "// `{}`: a list, which is a `Vec` where it is used.\n\
             rt::list!({allow}{shape}: {type_name}, {particle});\n",
            item.key
        ));
    }

    /// The trait of a base type.
    pub(super) fn base_trait(&self, id: ItemId, item: &Item, inner: &Base, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        let text = docs::attributes(&self.type_docs(item));
        let struct_of = inner.own.and_then(|id| match &self.item(id).kind {
            ItemKind::Struct(held) => Some((self.item_path(id, file, &module, &own), self.parts(id, held))),
            _ => None,
        });
        let parent = inner.parent.map(|parent| self.item_path(parent, file, &module, &own));
        let held = struct_of.as_ref().map(|(path, _)| quote!(AsRef<#path> + AsMut<#path>));
        let bounds: Vec<TokenStream> = parent.into_iter().chain(held).collect();
        let bounds = (!bounds.is_empty()).then(|| quote!(: #(#bounds)+*));
        let mut methods = TokenStream::new();
        for (field, method) in inner.fields.iter().zip(&self.names.parts[id.0]) {
            let method = ident(method);
            let docs = docs::attributes(&docs::field(field, &self.field_wire(field)));
            let ty = self.ty(&field.ty, file, &module, &own);
            let part = struct_of
                .as_ref()
                .and_then(|(path, parts)| Some((path, parts.iter().find(|part| part.field.answers(field))?)));
            methods.extend(match part {
                Some((path, part)) => {
                    let (answer, body) = held_getter(part, &ty, path);
                    quote!(#docs fn #method(&self) -> #answer { #body })
                }
                None => {
                    let answer = answer(field, &ty);
                    quote!(#docs fn #method(&self) -> #answer;)
                }
            });
        }
        file.items(quote!(#text pub trait #name #bounds { #methods }));
    }
}

/// A variant holds what its alternative has when it is there.
fn as_alternative(field: &Field) -> Field {
    let mut field = field.clone();
    if field.max == Some(1) {
        field.min = 1;
    }
    field
}
