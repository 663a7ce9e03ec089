//! Emission of choices, of abstract types, of wrappers' shapes, and of base types' traits.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::structs::answer;
use super::types::{ident, reader, shape_static};
use super::{Emit, docs, print::File};
use crate::model::{Base, Choice, Family, Field, Item, ItemId, Term, Ty};

impl Emit<'_> {
    pub(super) fn choice(&self, id: ItemId, item: &Item, inner: &Choice, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        let shape = self.statics[id.0].0.clone();
        let text = docs::attributes(&self.type_docs(item));
        let (mut variants, mut read, mut write, mut particles) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (at, (field, part)) in inner.variants.iter().zip(&self.names.parts[id.0]).enumerate() {
            let variant = ident(part);
            let docs = docs::attributes(&docs::field(&as_alternative(field), &self.field_wire(field)));
            let ty = self.field_ty(&as_alternative(field), file, &module, &own);
            variants.push(quote!(#docs #variant(#ty),));
            if !matches!(field.term, Term::Text) {
                particles.push(self.particle(field, file, &module, &own));
            }
            let at = Literal::usize_unsuffixed(at);
            let (reads, writes) = self.variant_calls(field, &at, &shape, file, &module, &own);
            read.push(quote!(#at => #reads.map(#name::#variant),));
            write.push(quote!(#name::#variant(v) => #writes,));
        }
        let first = self.smallest(inner, &name, id);
        let type_name = self.type_name_macro(&item.wire, file);
        let nested = inner.nested.then(|| quote!(.nested()));
        // A piece of mixed content is no element of its own.
        let (blank, content) = match inner.mixed {
            true => (None, None),
            false => (Some(quote!(rt::blank!(#name, #first);)), Some(quote!(rt::choice_content!(#name);))),
        };
        let bases = inner.bases.iter().map(|base| {
            let path = self.item_path(*base, file, &module, &own);
            quote!(impl #path for #name {})
        });
        let bases: Vec<TokenStream> = bases.collect();
        let shape_static = shape_static(&self.statics[id.0], true);
        file.items(quote! {
            #text
            #[derive(Clone, Debug, PartialEq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            pub enum #name { #(#variants)* }
            #blank
            #shape_static = rt::Shape::choice(#type_name, &[#(#particles),*]) #nested;
            impl rt::Choice for #name {
                const SHAPE: &'static rt::Shape = &#shape;
                fn read_variant(at: usize, r: &mut rt::Reader<'_>) -> rt::Result<#name> {
                    match at { #(#read)* _ => r.no_such_field(at), }
                }
                fn write_variant(&self, w: &mut rt::Writer) {
                    let p = #shape.particles;
                    match self { #(#write)* }
                }
            }
            #content
            #(#bases)*
        });
    }

    fn variant_calls(
        &self,
        field: &Field,
        at: &Literal,
        shape: &proc_macro2::Ident,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> (TokenStream, TokenStream) {
        if matches!(field.term, Term::Text) {
            return (quote!(r.piece()), quote!(w.value(v)));
        }
        if let Ty::Wrapped(wrapper) = &field.ty
            && !field.is_many()
        {
            let list = self.wrapper_static(*wrapper, file, module, own);
            return (quote!(r.item_list(&#list)), quote!(w.list(&p[#at], &#list, v)));
        }
        let r = reader(&field.ty, field.default.as_deref(), field.fixed.as_deref());
        if field.is_many() {
            return (quote!(#r.run(&#shape.particles[#at])), quote!(w.many(&p[#at], v)));
        }
        if field.boxed {
            return (quote!(#r.item().map(Box::new)), quote!(w.one(&p[#at], &**v)));
        }
        (quote!(#r.item()), quote!(w.one(&p[#at], v)))
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
            let type_name = macro_text(&self.type_name_macro(wire, file));
            let written = if family.own && at == 0 { String::new() } else { shown };
            lines.push_str(&format!("    {at} {part}({}) {type_name}, {written:?};\n", type_text(&rust)));
            if let Ty::Item(_) = ty {
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
        let type_name = macro_text(&self.type_name_macro(&item.wire, file));
        let first_type = type_text(&self.ty(&family.members[first].1, file, &module, &own));
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
        let particle = self.particle(field, file, &module, &own);
        let type_name = self.type_name_macro(&item.wire, file);
        let text = format!("`{}`: a list, which is a `Vec` where it is used.", item.key);
        let text = docs::attributes(&text);
        let shape_static = shape_static(&self.statics[id.0], true);
        file.items(quote! {
            #text
            #shape_static = rt::Shape::sequence(#type_name, &[#particle]);
        });
    }

    /// The trait of a base type.
    pub(super) fn base_trait(&self, id: ItemId, item: &Item, inner: &Base, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        let text = docs::attributes(&self.type_docs(item));
        let parent = inner.parent.map(|parent| {
            let path = self.item_path(parent, file, &module, &own);
            quote!(: #path)
        });
        let mut methods = TokenStream::new();
        for (field, method) in inner.fields.iter().zip(&self.names.parts[id.0]) {
            let method = ident(method);
            let docs = docs::attributes(&docs::field(field, &self.field_wire(field)));
            let ty = self.ty(&field.ty, file, &module, &own);
            let answer = answer(field, &ty);
            methods.extend(quote!(#docs fn #method(&self) -> #answer;));
        }
        file.items(quote!(#text pub trait #name #parent { #methods }));
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

/// A macro call as source text.
fn macro_text(tokens: &TokenStream) -> String {
    tokens.to_string().replace(" ! ", "!").replace("! (", "!(").replace(" :: ", "::")
}

/// A type as source text.
fn type_text(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}
