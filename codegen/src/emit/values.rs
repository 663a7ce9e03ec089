//! Emission of simple types: open enumerations, newtypes with facets, unions.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::print::{File, filled, line};
use super::types::{facet_ident, ident};
use super::{Emit, docs};
use crate::model::{Item, ItemId, ItemKind, Ty, WhiteSpace};
use crate::resolve::is_plain_pattern;
use crate::schema::{Builtin, Facet, FacetKind};

impl Emit<'_> {
    /// An enumeration: its values, as many to a line as fit; one with documentation of its own has a line for itself.
    pub(super) fn enumeration(
        &self,
        id: ItemId,
        item: &Item,
        values: &[Facet],
        space: WhiteSpace,
        file: &mut File,
    ) {
        let name = self.names.ident(id);
        let type_name = line(&self.type_name_macro(&item.wire, file));
        let docs = docs::comments(&self.type_docs(item), "    ");
        let space = match space {
            WhiteSpace::Preserve => String::new(),
            space => format!(", {}", space.word()),
        };
        let mut text = format!("rt::enumeration! {{\n{docs}    {name}: {type_name}{space};\n");
        let mut plain = Vec::new();
        for (facet, variant) in values.iter().zip(&self.names.parts[id.0]) {
            let (value, shown) = (Literal::string(&facet.value), docs::code(&facet.value));
            let usual = shown == format!("`{}`", facet.value);
            let value = match (*variant == facet.value, usual) {
                (true, _) => variant.clone(),
                (false, true) => format!("{variant} = {value}"),
                (false, false) => {
                    format!("{variant} = {value} => {}", Literal::string(&docs::capital(&shown)))
                }
            };
            match &facet.docs {
                None => plain.push(value),
                Some(docs) => {
                    text.push_str(&filled(&std::mem::take(&mut plain)));
                    text.push_str(&docs::comments(&docs::prose(docs), "    "));
                    text.push_str(&format!("    {value},\n"));
                }
            }
        }
        text.push_str(&filled(&plain));
        text.push_str("}\n");
        file.text(text);
    }

    /// A newtype with facets.
    pub(super) fn restricted(
        &self,
        id: ItemId,
        item: &Item,
        (base, facets, space): (&Ty, &[Facet], WhiteSpace),
        file: &mut File,
    ) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        let text = docs::attributes(&self.type_docs(item));
        let eq = self.is_eq(base).then(|| quote!(, Eq, Hash));
        let base_ty = self.ty(base, file, &module, &own);
        let mut checks: Vec<TokenStream> = Vec::new();
        for facet in facets {
            let value = facet.value.trim();
            if let Some((kind, number)) = facet_ident(facet.kind) {
                let kind = ident(kind);
                checks.push(match value.parse::<usize>() {
                    Ok(length) if number => {
                        let length = Literal::usize_unsuffixed(length);
                        quote!(rt::Facet::#kind(#length))
                    }
                    _ => quote!(rt::Facet::#kind(#value)),
                });
            }
        }
        // Patterns of one restriction step are alternatives.
        let patterns = facets.iter().filter(|facet| facet.kind == FacetKind::Pattern);
        let patterns: Vec<&str> = patterns.map(|facet| facet.value.as_str()).collect();
        if !patterns.is_empty() {
            let joined = patterns.join("|");
            let new = ident(if is_plain_pattern(&joined) { "plain" } else { "new" });
            checks.push(quote!(rt::Facet::Pattern(rt::Pattern::#new(#joined))));
        }
        let listed: Vec<&Facet> =
            facets.iter().filter(|facet| facet.kind == FacetKind::Enumeration).collect();
        if !listed.is_empty() {
            checks.push(self.listed(base, &listed));
        }
        let type_name = self.type_name_macro(&item.wire, file);
        let space = (space != WhiteSpace::Preserve).then(|| ident(space.word())).map(|space| quote!(#space,));
        file.items(quote! {
            #text
            #[derive(Clone, Debug, PartialEq #eq)]
            pub struct #name(#base_ty);
            rt::restricted!(#name(#base_ty), #type_name, #space [#(#checks),*]);
        });
    }

    /// The facet of values that are listed.
    fn listed(&self, base: &Ty, listed: &[&Facet]) -> TokenStream {
        let values = listed.iter().map(|facet| facet.value.as_str());
        if self.is_name(base) && listed.iter().all(|facet| facet.names.len() == 1) {
            let names = listed.iter().flat_map(|facet| &facet.names).map(|name| {
                let (uri, local) = (&*name.namespace, &*name.local);
                quote!((#uri, #local))
            });
            quote!(rt::Facet::Names(&[#(#names),*]))
        } else if self.has_names(base) {
            let values = values.zip(listed).map(|(value, facet)| {
                let uris = facet.names.iter().map(|name| &*name.namespace);
                quote!((#value, &[#(#uris),*]))
            });
            quote!(rt::Facet::Bound(&[#(#values),*]))
        } else {
            quote!(rt::Facet::OneOf(&[#(#values),*]))
        }
    }

    /// Whether values of a type are names with a namespace.
    fn is_name<'t>(&'t self, mut ty: &'t Ty) -> bool {
        while let Ty::Item(id) = ty
            && let ItemKind::Restricted { base, .. } = &self.item(*id).kind
        {
            ty = base;
        }
        matches!(ty, Ty::Builtin(Builtin::QName | Builtin::Notation))
    }

    /// Whether values of a type may hold names with a namespace.
    fn has_names(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Builtin(builtin) => matches!(builtin, Builtin::QName | Builtin::Notation),
            Ty::List(item) => self.has_names(item),
            Ty::Item(id) => match &self.item(*id).kind {
                ItemKind::Restricted { base, .. } => self.has_names(base),
                ItemKind::Union(members) => members.iter().any(|(_, member)| self.has_names(member)),
                _ => false,
            },
            _ => false,
        }
    }

    /// A union of member types.
    pub(super) fn union(&self, id: ItemId, item: &Item, members: &[(String, Ty)], file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        let text = docs::attributes(&self.type_docs(item));
        let (mut variants, mut list) = (Vec::new(), Vec::new());
        for ((_, ty), part) in members.iter().zip(&self.names.parts[id.0]) {
            let variant = ident(part);
            let ty = self.ty(ty, file, &module, &own);
            let shown = ty.to_string().replace(' ', "");
            let docs = docs::attributes(&format!("A value of [`{shown}`]."));
            variants.push(quote!(#docs #variant(#ty),));
            list.push(quote!(#variant(#ty)));
        }
        let type_name = self.type_name_macro(&item.wire, file);
        file.items(quote! {
            #text
            #[derive(Clone, Debug, PartialEq)]
            pub enum #name { #(#variants)* }
            rt::union!(#name, #type_name, [#(#list),*]);
        });
    }
}
