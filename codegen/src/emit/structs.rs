//! Emission of structs: definition, constructor, particles, what base types ask for.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::print::{File, WIDTH, filled, line};
use super::types::{ident, parameter, wildcard};
use super::{Emit, docs};
use crate::model::{Field, Item, ItemId, Part as Order, PartTerm, Struct, Term, Ty};
use crate::schema::Builtin;

/// A struct's field with what emission needs of it.
pub(super) struct Part<'m> {
    pub(super) field: &'m Field,
    pub(super) ident: proc_macro2::Ident,
    /// Index among the attributes, or among the particles.
    pub(super) at: usize,
    /// Kept among the sparse fields of a wide type.
    pub(super) sparse: bool,
}

impl Emit<'_> {
    pub(super) fn structure(&self, id: ItemId, item: &Item, inner: &Struct, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        let parts = self.parts(id, inner);
        let all = self.all_parts(id, inner);
        let required: Vec<&Part<'_>> = all.iter().filter(|p| p.field.is_required()).collect();
        let definition =
            self.definition(item, inner, &parts, &name, required.is_empty(), file, &module, &own);
        file.items(definition);
        match (inner.wide, required.is_empty()) {
            (true, true) => file.text(format!("rt::blank!({name}, Default::default());\n")),
            (true, false) => {
                let tokens = self.wide_constructor(id, inner, &parts, file, &module, &own);
                file.items(tokens);
            }
            (false, true) => {}
            (false, false) => {
                let text = self.constructor(&required, &name, file, &module, &own);
                file.text(text);
            }
        }
        if inner.wide {
            let text = self.wide(id, inner, &parts, file, &module, &own);
            file.text(text);
        }
        let codec = self.codec(id, item, inner, &parts, file);
        file.text(codec);
        let bases = self.base_impls(id, inner, file, &module, &own);
        file.items(bases);
    }

    /// The fields of a struct, with their places after those of the base types that it holds.
    pub(super) fn parts<'m>(&self, id: ItemId, inner: &'m Struct) -> Vec<Part<'m>> {
        let declared = |field: &&Field| matches!(field.term, Term::Attribute(_));
        let (mut attributes, mut particles) = (0, 0);
        for (_, base) in self.members(inner) {
            attributes += base.fields.iter().filter(declared).count();
            particles += base.fields.iter().filter(|field| !field.is_attribute()).count();
        }
        let idents = &self.names.parts[id.0];
        let parts = inner.fields.iter().zip(idents).map(|(field, name)| {
            let counter = if field.is_attribute() { &mut attributes } else { &mut particles };
            let at = *counter;
            *counter += 1;
            let optional = !field.is_attribute() && field.min == 0 && field.max == Some(1);
            Part { field, ident: ident(name), at, sparse: inner.wide && optional }
        });
        parts.collect()
    }

    #[expect(clippy::too_many_arguments, reason = "one call; a context struct would only rename them")]
    fn definition(
        &self,
        item: &Item,
        inner: &Struct,
        parts: &[Part<'_>],
        name: &proc_macro2::Ident,
        default: bool,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        let text = docs::attributes(&self.type_docs(item));
        let default = default.then(|| quote!(Default,));
        let fields = parts.iter().filter(|part| !part.sparse).map(|part| {
            let text = docs::attributes(&docs::field(part.field, &self.field_wire(part.field)));
            let ty = self.field_ty(part.field, file, module, own);
            let name = &part.ident;
            quote!(#text pub #name: #ty,)
        });
        let fields: Vec<TokenStream> = fields.collect();
        let member = self.member(inner, file, module, own);
        let sparse = parts.iter().any(|part| part.sparse).then(|| {
            let sparse = ident(&format!("{name}Field"));
            quote! {
                #[cfg_attr(feature = "serde", serde(deserialize_with = "rt::wide_fields"))]
                fields: Vec<#sparse>,
            }
        });
        quote! {
            #text
            #[derive(Clone, Debug, #default PartialEq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            pub struct #name { #member #(#fields)* #sparse }
        }
    }

    /// The constructor, whose parameters are the required content.
    fn constructor(
        &self,
        required: &[&Part<'_>],
        name: &proc_macro2::Ident,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> String {
        let renamed = required.iter().any(|part| parameter(&part.ident) != part.ident);
        let params = required.iter().map(|part| {
            let ty = self.ty(&part.field.ty, file, module, own);
            let ty = if is_text(&part.field.ty) { "impl Into<String>".to_owned() } else { line(&ty) };
            match renamed {
                true => format!("{} = {}: {ty}", part.ident, parameter(&part.ident)),
                false => format!("{}: {ty}", part.ident),
            }
        });
        let params: Vec<String> = params.collect();
        let single = format!("rt::new!({name}({}));\n", params.join(", "));
        match single.len() <= WIDTH {
            true => single,
            false => format!("rt::new!({name}(\n{}));\n", filled(&params)),
        }
    }

    pub(super) fn attribute(&self, field: &Field, name: &crate::schema::QName) -> TokenStream {
        let local = &*name.local;
        let written = match self.attribute_prefix(&name.namespace) {
            Some(prefix) => format!(" {prefix}:{local}=\""),
            None => format!(" {local}=\""),
        };
        let make = if field.min == 1 { quote!(required) } else { quote!(optional) };
        let within = self.namespace_const(&name.namespace).map(|ns| quote!(.within(#ns)));
        let fixed = field.fixed.as_ref().map(|value| quote!(.fixed(#value)));
        quote!(rt::Attribute::#make(#local, #written) #within #fixed)
    }

    /// A particle of a shape.
    pub(super) fn particle(&self, field: &Field, file: &mut File, module: &str, own: &str) -> TokenStream {
        let occurrence = (field.min, field.max);
        let (base, usual) = match &field.term {
            Term::Any(admitted) => {
                let wildcard = wildcard(admitted);
                (quote!(rt::Particle::any(#wildcard)), (0, None))
            }
            Term::Group => {
                let Ty::Item(group) = &field.ty else { return TokenStream::new() };
                let group = self.wrapper_static(*group, file, module, own);
                (quote!(rt::Particle::group(&#group)), (1, Some(1)))
            }
            Term::Element(name) => {
                let name = self.element_name(name, file);
                match occurrence {
                    (0, Some(1)) => (quote!(rt::Particle::opt(#name)), occurrence),
                    (0, None) => (quote!(rt::Particle::many(#name)), occurrence),
                    _ => (quote!(rt::Particle::one(#name)), (1, Some(1))),
                }
            }
            Term::Attribute(_) | Term::AnyAttribute(_) | Term::Text | Term::Mixed => {
                return TokenStream::new();
            }
        };
        times(base, occurrence, usual)
    }

    /// A particle that is only checked, in one line if that is not too long, else in several; `indent` is that of the
    /// first.
    pub(super) fn order(&self, part: &Order, holder: &str, indent: usize, file: &mut File) -> String {
        let element = (1, Some(1));
        let (base, usual) = match &part.term {
            PartTerm::Element(name) => {
                let name = self.element_name(name, file);
                (line(&quote!(rt::Particle::one(#name))), element)
            }
            PartTerm::Any(admitted) => {
                let wildcard = wildcard(admitted);
                (line(&quote!(rt::Particle::any(#wildcard))), (0, None))
            }
            PartTerm::Sequence(inner) => (self.order_group("sequence", inner, holder, indent, file), element),
            PartTerm::Choice(inner) => (self.order_group("choice", inner, holder, indent, file), element),
            PartTerm::All(inner) => (self.order_group("all", inner, holder, indent, file), element),
        };
        base + &line(&times(TokenStream::new(), (part.min, part.max), usual))
    }

    fn order_group(
        &self,
        model: &str,
        inner: &[Order],
        holder: &str,
        indent: usize,
        file: &mut File,
    ) -> String {
        let inner: Vec<String> =
            inner.iter().map(|part| self.order(part, holder, indent + 4, file)).collect();
        let begin = format!("rt::Particle::group(&rt::Shape::{model}({holder}, &[");
        let single = inner.join(", ");
        if !single.contains('\n') && indent + begin.len() + single.len() <= WIDTH {
            return format!("{begin}{single}]))");
        }
        let pad = " ".repeat(indent);
        let lines: String = inner.iter().map(|part| format!("{pad}    {part},\n")).collect();
        format!("{begin}\n{lines}{pad}]))")
    }

    /// Implementations of the base types' traits.
    fn base_impls(
        &self,
        id: ItemId,
        inner: &Struct,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        let name = ident(self.names.ident(id));
        let steps = self.steps(id, inner);
        let mut impls = TokenStream::new();
        for base in &inner.bases {
            let trait_path = self.item_path(*base, file, module, own);
            let crate::model::ItemKind::Trait(base_kind) = &self.item(*base).kind else { continue };
            let mut methods = TokenStream::new();
            if base_kind.own.is_some() {
                // Answered by the trait itself, for all that are or hold the struct.
                impls.extend(quote!(impl #trait_path for #name {}));
                continue;
            }
            for (field, method) in base_kind.fields.iter().zip(&self.names.parts[base.0]) {
                let found = steps.iter().enumerate().rev().find_map(|(depth, (id, inner))| {
                    let parts = self.parts(*id, inner);
                    parts.into_iter().find(|part| part.field.answers(field)).map(|part| (depth, part))
                });
                let Some((depth, part)) = found else { continue };
                // What a base type has is asked of that: here, a method of this name is that of the trait.
                let held = std::iter::repeat_n(quote!(.base), depth);
                let value = quote!(self #(#held)*);
                let ty = self.ty(&part.field.ty, file, module, own);
                let (answer, body) = getter(&part, &ty, &value);
                let method = ident(method);
                methods.extend(quote!(fn #method(&self) -> #answer { #body }));
            }
            impls.extend(quote!(impl #trait_path for #name { #methods }));
        }
        impls
    }
}

/// A particle with its occurrence, unless that is the usual one.
fn times(base: TokenStream, occurrence: (u32, Option<u32>), usual: (u32, Option<u32>)) -> TokenStream {
    if occurrence == usual {
        return base;
    }
    let min = Literal::u32_unsuffixed(occurrence.0);
    let max = match occurrence.1 {
        None => quote!(rt::UNBOUNDED),
        Some(max) => {
            let max = Literal::u32_unsuffixed(max);
            quote!(#max)
        }
    };
    quote!(#base.times(#min, #max))
}

/// What a trait's getter answers on a struct, and how: scalars by value, texts as `&str`, lists as slices, the rest by
/// reference.
fn getter(part: &Part<'_>, ty: &TokenStream, value: &TokenStream) -> (TokenStream, TokenStream) {
    let (name, field) = (&part.ident, part.field);
    let (text, scalar) = (is_text(&field.ty), is_scalar(&field.ty));
    let body = match (part.sparse, field.is_many(), field.min == 0) {
        (_, true, _) => quote!(&#value.#name),
        (true, _, _) if text => quote!(#value.#name().map(String::as_str)),
        (true, _, _) if scalar => quote!(#value.#name().copied()),
        (true, _, _) => quote!(#value.#name()),
        (_, _, true) if scalar => quote!(#value.#name),
        (_, _, true) if text || field.boxed => quote!(#value.#name.as_deref()),
        (_, _, true) => quote!(#value.#name.as_ref()),
        _ if scalar => quote!(#value.#name),
        _ => quote!(&#value.#name),
    };
    (answer(field, ty), body)
}

/// The getter of the trait of a base type that is held as a member: what that answers itself.
pub(super) fn held_getter(
    part: &Part<'_>,
    ty: &TokenStream,
    base: &TokenStream,
) -> (TokenStream, TokenStream) {
    let value = quote!(AsRef::<#base>::as_ref(self));
    let name = &part.ident;
    match part.sparse {
        true => (quote!(Option<&#ty>), quote!(#value.#name())),
        false => getter(part, ty, &value),
    }
}

/// What a trait's getter answers.
pub(super) fn answer(field: &Field, ty: &TokenStream) -> TokenStream {
    let one = match () {
        () if is_text(&field.ty) => quote!(&str),
        () if is_scalar(&field.ty) => quote!(#ty),
        () => quote!(&#ty),
    };
    if field.is_many() {
        quote!(&[#ty])
    } else if field.min == 0 {
        quote!(Option<#one>)
    } else {
        one
    }
}

pub(super) fn is_text(ty: &Ty) -> bool {
    matches!(ty, Ty::Builtin(Builtin::String | Builtin::AnySimpleType))
}

fn is_scalar(ty: &Ty) -> bool {
    use Builtin::*;
    matches!(
        ty,
        Ty::Builtin(
            Boolean
                | Long
                | Int
                | Short
                | Byte
                | UnsignedLong
                | UnsignedInt
                | UnsignedShort
                | UnsignedByte
                | Float
                | Double
        )
    )
}
