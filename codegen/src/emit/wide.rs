//! Emission of what only wide types have: constructors, sparse fields, and the base types that they hold as a member.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::print::{File, line};
use super::structs::{Part, is_text};
use super::types::{ident, parameter};
use super::{Emit, docs};
use crate::model::{ItemId, ItemKind, Struct};

/// A parameter of a constructor.
struct Parameter {
    ident: Ident,
    /// With its type.
    text: TokenStream,
    /// The placeholder for it.
    blank: TokenStream,
    /// It is the base type itself.
    is_base: bool,
}

impl Emit<'_> {
    /// The structs that a struct holds as members of its base types, the nearest first.
    pub(super) fn members(&self, inner: &Struct) -> Vec<(ItemId, &Struct)> {
        let mut members = Vec::new();
        let mut next = inner.base;
        while let Some(id) = next
            && let ItemKind::Struct(inner) = &self.item(id).kind
        {
            members.push((id, inner));
            next = inner.base;
        }
        members
    }

    /// The parts of a struct after those of the structs that it holds.
    pub(super) fn all_parts<'m>(&'m self, id: ItemId, inner: &'m Struct) -> Vec<Part<'m>> {
        self.steps(id, inner).into_iter().rev().flat_map(|(id, inner)| self.parts(id, inner)).collect()
    }

    /// A struct and those that it holds, the nearest first.
    pub(super) fn steps<'m>(&'m self, id: ItemId, inner: &'m Struct) -> Vec<(ItemId, &'m Struct)> {
        let mut steps = self.members(inner);
        steps.insert(0, (id, inner));
        steps
    }

    /// Whether it is the struct of a base type that all types extending it hold.
    pub(super) fn is_member(&self, id: ItemId, inner: &Struct) -> bool {
        inner.bases.iter().any(|base| match &self.item(*base).kind {
            ItemKind::Trait(base) => base.own == Some(id),
            _ => false,
        })
    }

    /// The macro calls beside the codec of a wide type.
    pub(super) fn wide(
        &self,
        id: ItemId,
        inner: &Struct,
        parts: &[Part<'_>],
        file: &mut File,
        module: &str,
        own: &str,
    ) -> String {
        let name = self.names.ident(id);
        let mut text = self.extends(id, inner, file, module, own);
        if !parts.iter().any(|part| part.sparse) {
            return text;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("rt::wide! {{\n    {name}, {name}Field;\n"));
        for part in parts.iter().filter(|part| part.sparse) {
            let ty = self.ty(&part.field.ty, file, module, own).to_string().replace(' ', "");
            let docs = docs::field(part.field, &self.field_wire(part.field));
            text.push_str(&docs::comments(&docs, "    "));
            let get = part.ident.to_string();
            let plain = get.trim_start_matches("r#");
            let variant = super::wide_variant(&get);
            let kept = if part.field.boxed { ", boxed" } else { "" };
            text.push_str(&format!(
                "    {} {variant}({ty}{kept}) {get} set_{plain} with_{plain};\n",
                part.at
            ));
        }
        text.push_str("}\n");
        text
    }

    /// The lines that tie a type to the base types that it holds, and to those that hold it.
    fn extends(&self, id: ItemId, inner: &Struct, file: &mut File, module: &str, own: &str) -> String {
        let name = self.names.ident(id);
        let members = self.members(inner);
        let mut text = String::new();
        if !members.is_empty() {
            let bases: Vec<String> =
                members.iter().map(|(id, _)| line(&self.item_path(*id, file, module, own))).collect();
            // It can be made of a base type when it needs nothing else.
            let steps = std::iter::once(inner).chain(members.iter().map(|(_, inner)| *inner));
            let needs = |inner: &Struct| inner.fields.iter().any(|field| field.is_required());
            let from = match steps.zip(&bases).take_while(|(inner, _)| !needs(inner)).count() {
                0 => String::new(),
                made => format!("; from {}", bases[..made].join(", ")),
            };
            text = format!("rt::extends!({name}: {}{from});\n", bases.join(", "));
        }
        if self.is_member(id, inner) {
            text.push_str(&format!("rt::holds!({name});\n"));
        }
        text
    }

    /// The constructor of a wide type, which keeps its optional content by itself.
    pub(super) fn wide_constructor(
        &self,
        id: ItemId,
        inner: &Struct,
        parts: &[Part<'_>],
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        let name = ident(self.names.ident(id));
        let (held, required) = self.parameters(id, inner, file, module, own);
        let mut values = TokenStream::new();
        if let Some(base) = inner.base {
            let path = self.item_path(base, file, module, own);
            let names = held.iter().map(|param| &param.ident);
            values.extend(match held.as_slice() {
                [] => quote!(base: Default::default(),),
                [only] if only.is_base => quote!(base,),
                _ => quote!(base: #path::new(#(#names),*),),
            });
        }
        values.extend(parts.iter().filter(|part| !part.sparse).map(|part| {
            let name = &part.ident;
            if part.field.is_required() {
                let param = parameter(name);
                match (is_text(&part.field.ty), part.field.boxed) {
                    (true, _) => quote!(#name: #param.into(),),
                    (_, true) => quote!(#name: Box::new(#param),),
                    _ if param == *name => quote!(#name,),
                    _ => quote!(#name: #param,),
                }
            } else if part.field.is_many() {
                quote!(#name: Vec::new(),)
            } else {
                quote!(#name: None,)
            }
        }));
        if parts.iter().any(|part| part.sparse) {
            values.extend(quote!(fields: Vec::new()));
        }
        let all = || held.iter().chain(&required);
        let (params, blanks) = (all().map(|param| &param.text), all().map(|param| &param.blank));
        quote! {
            impl #name {
                #[doc = " A value with its required content; everything else is absent."]
                pub fn new(#(#params),*) -> #name { #name { #values } }
            }
            rt::blank!(#name, #name::new(#(#blanks),*));
        }
    }

    /// The parameters of a constructor: those of the base type that is held, then the own ones. Where a name would be
    /// there twice, the base type itself is one.
    fn parameters(
        &self,
        id: ItemId,
        inner: &Struct,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> (Vec<Parameter>, Vec<Parameter>) {
        let steps = self.steps(id, inner);
        let (mut held, mut last): (Vec<Parameter>, Vec<Parameter>) = (Vec::new(), Vec::new());
        for (id, inner) in steps.into_iter().rev() {
            held.append(&mut last);
            let parts = self.parts(id, inner);
            last.extend(parts.iter().filter(|part| part.field.is_required()).map(|part| {
                let param = parameter(&part.ident);
                let (text, blank) = match is_text(&part.field.ty) {
                    true => (quote!(#param: impl Into<String>), quote!(String::new())),
                    false => {
                        let ty = self.ty(&part.field.ty, file, module, own);
                        (quote!(#param: #ty), quote!(rt::value()))
                    }
                };
                Parameter { ident: param, text, blank, is_base: false }
            }));
            let twice = held.iter().any(|param| last.iter().any(|own| own.ident == param.ident));
            if let (Some(base), true) = (inner.base, twice) {
                let path = self.item_path(base, file, module, own);
                let (text, blank) = (quote!(base: #path), quote!(rt::value()));
                held = vec![Parameter { ident: ident("base"), text, blank, is_base: true }];
            }
        }
        (held, last)
    }

    /// The member that holds the base type, of a definition.
    pub(super) fn member(&self, inner: &Struct, file: &mut File, module: &str, own: &str) -> TokenStream {
        let Some(base) = inner.base else { return TokenStream::new() };
        let path = self.item_path(base, file, module, own);
        let text = format!(
            "What it has of its base type `{}`, whose fields, getters and setters are its own, too.",
            self.wire(&self.item(base).wire)
        );
        let text = docs::attributes(&text);
        quote!(#text pub base: #path,)
    }
}
