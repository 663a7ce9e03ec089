//! Emission of structs: definition, constructor, shape, and the codec with one line per field.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::types::{ident, reader, shape_static, wildcard};
use super::{Emit, docs, print::File};
use crate::model::{Content, Field, Item, ItemId, Part as Order, PartTerm, Struct, Term, Ty};
use crate::schema::Builtin;

/// A struct's field with what emission needs of it.
struct Part<'m> {
    field: &'m Field,
    ident: proc_macro2::Ident,
    /// Index among the attributes, or among the particles.
    at: usize,
    /// Kept among the sparse fields of a wide type.
    sparse: bool,
}

impl Emit<'_> {
    pub(super) fn structure(&self, id: ItemId, item: &Item, inner: &Struct, file: &mut File) {
        let (module, own) = (self.names.module(id).to_owned(), self.files[id.0].clone());
        let name = ident(self.names.ident(id));
        let shape = self.statics[id.0].0.clone();
        let parts = self.parts(id, inner);
        let required: Vec<&Part<'_>> = parts.iter().filter(|p| p.field.is_required()).collect();
        let definition =
            self.definition(item, inner, &parts, &name, required.is_empty(), file, &module, &own);
        let shape_tokens = self.shape(id, item, inner, &parts, file, &module, &own);
        let constructor = self.constructor(&parts, &required, inner.wide, &name, file, &module, &own);
        let codec = self.codec(id, inner, &parts, &name, &shape, file, &module, &own);
        file.items(quote!(#definition #constructor));
        if inner.wide {
            let text = self.wide(id, &parts, file, &module, &own);
            file.text(text);
        }
        let bases = self.base_impls(id, inner, &parts, file, &module, &own);
        file.items(quote!(#shape_tokens #codec #bases));
    }

    fn parts<'m>(&self, id: ItemId, inner: &'m Struct) -> Vec<Part<'m>> {
        let (mut attributes, mut particles) = (0, 0);
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
        let sparse = inner.wide.then(|| {
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
            pub struct #name { #(#fields)* #sparse }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "as above")]
    fn constructor(
        &self,
        parts: &[Part<'_>],
        required: &[&Part<'_>],
        wide: bool,
        name: &proc_macro2::Ident,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        if required.is_empty() {
            return quote!(rt::blank!(#name, Default::default()););
        }
        let mut params = Vec::new();
        let mut blanks = Vec::new();
        for part in required {
            let param = &part.ident;
            let ty = self.ty(&part.field.ty, file, module, own);
            if matches!(part.field.ty, Ty::Builtin(Builtin::String | Builtin::AnySimpleType)) {
                params.push(quote!(#param: impl Into<String>));
                blanks.push(quote!(String::new()));
            } else {
                params.push(quote!(#param: #ty));
                blanks.push(quote!(rt::value()));
            }
        }
        let values = parts.iter().filter(|part| !part.sparse).map(|part| {
            let name = &part.ident;
            let text = matches!(part.field.ty, Ty::Builtin(Builtin::String | Builtin::AnySimpleType));
            if part.field.is_required() {
                match (text, part.field.boxed) {
                    (true, _) => quote!(#name: #name.into(),),
                    (_, true) => quote!(#name: Box::new(#name),),
                    _ => quote!(#name,),
                }
            } else if part.field.is_many() {
                quote!(#name: Vec::new(),)
            } else {
                quote!(#name: None,)
            }
        });
        let sparse = wide.then(|| quote!(fields: Vec::new(),));
        quote! {
            impl #name {
                #[doc = " A value with its required content; everything else is absent."]
                pub fn new(#(#params),*) -> #name { #name { #(#values)* #sparse } }
            }
            rt::blank!(#name, #name::new(#(#blanks),*));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "as above")]
    fn shape(
        &self,
        id: ItemId,
        item: &Item,
        inner: &Struct,
        parts: &[Part<'_>],
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        let type_name = self.type_name_macro(&item.wire, file);
        let fields = parts.iter().filter(|part| !part.field.is_attribute()).map(|part| part.field);
        let particles: Vec<TokenStream> = match inner.model {
            Content::Empty | Content::Text => Vec::new(),
            Content::Mixed => inner.order.iter().map(|part| self.order(part, &type_name, file)).collect(),
            _ => fields.map(|field| self.particle(field, file, module, own)).collect(),
        };
        let base = match inner.model {
            Content::Empty => quote!(rt::Shape::empty(#type_name)),
            Content::Text => quote!(rt::Shape::text(#type_name)),
            Content::Sequence => quote!(rt::Shape::sequence(#type_name, &[#(#particles),*])),
            Content::All => quote!(rt::Shape::all(#type_name, &[#(#particles),*])),
            Content::Mixed => quote!(rt::Shape::mixed(#type_name, &[#(#particles),*])),
        };
        let mut attributes = Vec::new();
        let mut any = None;
        for part in parts {
            match &part.field.term {
                Term::Attribute(name) => attributes.push(self.attribute(part.field, name)),
                Term::AnyAttribute(namespaces) => {
                    let wildcard = wildcard(namespaces);
                    any = Some(quote!(.any_attribute(&#wildcard)));
                }
                _ => {}
            }
        }
        let attributes = (!attributes.is_empty()).then(|| quote!(.attributes(&[#(#attributes),*])));
        let nested = inner.nested.then(|| quote!(.nested()));
        let shape_static = shape_static(&self.statics[id.0], inner.nested);
        quote!(#shape_static = #base #attributes #any #nested;)
    }

    fn attribute(&self, field: &Field, name: &crate::schema::QName) -> TokenStream {
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

    #[expect(clippy::too_many_arguments, reason = "as above")]
    fn codec(
        &self,
        id: ItemId,
        inner: &Struct,
        parts: &[Part<'_>],
        name: &proc_macro2::Ident,
        shape: &proc_macro2::Ident,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        let (mut read_attributes, mut write_attributes) = (Vec::new(), Vec::new());
        let (mut read, mut write, mut write_sparse) = (Vec::new(), Vec::new(), Vec::new());
        // Indices of the particles that are not sparse, as far as sparse ones stand before them.
        let mut dense: Vec<(usize, usize)> = Vec::new();
        let sparse_enum = ident(&format!("{}Field", self.names.ident(id)));
        for part in parts {
            let (field, name) = (part.field, &part.ident);
            let at = Literal::usize_unsuffixed(part.at);
            match &field.term {
                Term::Attribute(_) => {
                    let call = if field.min == 1 { quote!(attribute) } else { quote!(opt_attribute) };
                    read_attributes.push(quote!(#at => r.#call(&mut self.#name),));
                    write_attributes.push(quote!(w.#call(&#shape.attributes[#at], &self.#name);));
                }
                Term::AnyAttribute(_) => {
                    read_attributes.push(quote!(#at => r.any_attribute(&mut self.#name),));
                    write_attributes.push(quote!(w.any_attributes(&self.#name);));
                }
                Term::Text => {
                    read.push(quote!(0 => r.text_value(&mut self.#name),));
                    write.push(quote!(w.value(&self.#name);));
                }
                Term::Mixed => {
                    read.push(quote!(0 => r.mixed(&mut self.#name, &#shape),));
                    write.push(quote!(w.mixed(&self.#name);));
                }
                _ if part.sparse => {
                    let variant = ident(&super::wide_variant(&name.to_string()));
                    if let Ty::Wrapped(wrapper) = &field.ty {
                        let list = self.wrapper_static(*wrapper, file, module, own);
                        read.push(
                            quote!(#at => r.field_list(&mut self.fields, #sparse_enum::#variant, &#list),),
                        );
                        write_sparse.push(quote!(#sparse_enum::#variant(v) => w.list(&p[#at], &#list, v),));
                    } else {
                        let call = if field.boxed { quote!(field_boxed) } else { quote!(field) };
                        let r = reader(&field.ty, field.default.as_deref(), field.fixed.as_deref());
                        read.push(quote!(#at => #r.#call(&mut self.fields, #sparse_enum::#variant),));
                        let v = if field.boxed { quote!(&**v) } else { quote!(v) };
                        write_sparse.push(quote!(#sparse_enum::#variant(v) => w.one(&p[#at], #v),));
                    }
                }
                _ => {
                    let (reads, writes) = self.calls(field, quote!(self.#name), file, module, own);
                    read.push(quote!(#at => #reads,));
                    dense.push((part.at, write_sparse.len()));
                    write.push(writes(quote!(p[#at])));
                }
            }
        }
        let attribute = (!read_attributes.is_empty()).then(|| {
            quote! {
                fn attribute(&mut self, at: usize, r: &mut rt::Reader<'_>) -> rt::Result<()> {
                    match at { #(#read_attributes)* _ => r.no_such_field(at), }
                }
                fn write_attributes(&self, w: &mut rt::Writer) { #(#write_attributes)* }
            }
        });
        let (write, loop_sparse) = match dense.iter().any(|(_, before)| *before > 0) {
            true => interleaved(&dense, &write, &write_sparse, &sparse_enum),
            false if write_sparse.is_empty() => (write, None),
            false => (write, Some(quote!(for field in &self.fields { match field { #(#write_sparse)* } }))),
        };
        let particles = (!matches!(inner.model, Content::Text | Content::Mixed))
            .then(|| quote!(let p = #shape.particles;));
        let child = (!read.is_empty()).then(|| {
            quote! {
                fn child(&mut self, at: usize, r: &mut rt::Reader<'_>) -> rt::Result<()> {
                    match at { #(#read)* _ => r.no_such_field(at), }
                }
                fn write_content(&self, w: &mut rt::Writer) { #particles #(#write)* #loop_sparse }
            }
        });
        quote! {
            impl rt::Fields for #name {
                fn shape(&self) -> &'static rt::Shape { &#shape }
                #attribute
                #child
            }
        }
    }

    /// The reader's and the writer's call for a child.
    pub(super) fn calls(
        &self,
        field: &Field,
        place: TokenStream,
        file: &mut File,
        module: &str,
        own: &str,
    ) -> (TokenStream, Box<dyn Fn(TokenStream) -> TokenStream>) {
        let many = field.is_many();
        let optional = field.min == 0;
        if let Ty::Wrapped(wrapper) = &field.ty {
            let list = self.wrapper_static(*wrapper, file, module, own);
            let call = match (many, optional) {
                (true, _) => quote!(many_lists),
                (_, true) => quote!(opt_list),
                _ => quote!(list),
            };
            let read = quote!(r.#call(&mut #place, &#list));
            return (read, Box::new(move |p| quote!(w.#call(&#p, &#list, &#place);)));
        }
        let call = match (many, optional, field.boxed) {
            (true, _, _) => quote!(many),
            (_, true, true) => quote!(opt_boxed),
            (_, true, false) => quote!(opt),
            _ => quote!(one),
        };
        let place = if field.boxed && !optional { quote!(*#place) } else { place };
        let r = reader(&field.ty, field.default.as_deref(), field.fixed.as_deref());
        let read = quote!(#r.#call(&mut #place));
        (read, Box::new(move |p| quote!(w.#call(&#p, &#place);)))
    }

    /// A particle of a shape.
    pub(super) fn particle(&self, field: &Field, file: &mut File, module: &str, own: &str) -> TokenStream {
        let occurrence = (field.min, field.max);
        let (base, usual) = match &field.term {
            Term::Any(namespaces) => {
                let wildcard = wildcard(namespaces);
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

    /// A particle that is only checked.
    fn order(&self, part: &Order, holder: &TokenStream, file: &mut File) -> TokenStream {
        let mut parts =
            |parts: &[Order]| parts.iter().map(|part| self.order(part, holder, file)).collect::<Vec<_>>();
        let (base, usual) = match &part.term {
            PartTerm::Element(name) => {
                let name = self.element_name(name, file);
                (quote!(rt::Particle::one(#name)), (1, Some(1)))
            }
            PartTerm::Any(namespaces) => {
                let wildcard = wildcard(namespaces);
                (quote!(rt::Particle::any(#wildcard)), (0, None))
            }
            PartTerm::Sequence(inner) => {
                let inner = parts(inner);
                (quote!(rt::Particle::group(&rt::Shape::sequence(#holder, &[#(#inner),*]))), (1, Some(1)))
            }
            PartTerm::Choice(inner) => {
                let inner = parts(inner);
                (quote!(rt::Particle::group(&rt::Shape::choice(#holder, &[#(#inner),*]))), (1, Some(1)))
            }
            PartTerm::All(inner) => {
                let inner = parts(inner);
                (quote!(rt::Particle::group(&rt::Shape::all(#holder, &[#(#inner),*]))), (1, Some(1)))
            }
        };
        times(base, (part.min, part.max), usual)
    }

    /// The macro call for a wide type's optional children.
    fn wide(&self, id: ItemId, parts: &[Part<'_>], file: &mut File, module: &str, own: &str) -> String {
        let name = self.names.ident(id);
        let mut text = format!("rt::wide! {{\n    {name}, {name}Field;\n");
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

    /// Implementations of the base types' traits.
    fn base_impls(
        &self,
        id: ItemId,
        inner: &Struct,
        parts: &[Part<'_>],
        file: &mut File,
        module: &str,
        own: &str,
    ) -> TokenStream {
        let name = ident(self.names.ident(id));
        let mut impls = TokenStream::new();
        for base in &inner.bases {
            let trait_path = self.item_path(*base, file, module, own);
            let crate::model::ItemKind::Trait(base_kind) = &self.item(*base).kind else { continue };
            let mut methods = TokenStream::new();
            for (field, method) in base_kind.fields.iter().zip(&self.names.parts[base.0]) {
                let Some(part) = parts.iter().find(|part| part.field.answers(field)) else { continue };
                let ty = self.ty(&part.field.ty, file, module, own);
                methods.extend(getter(part, &ident(method), &ty));
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

/// Writes the sparse fields of a wide type between the others, each where its particle stands. `dense` has the
/// particle of each of the others, and how many sparse ones stand before it.
fn interleaved(
    dense: &[(usize, usize)],
    write: &[TokenStream],
    write_sparse: &[TokenStream],
    sparse_enum: &proc_macro2::Ident,
) -> (Vec<TokenStream>, Option<TokenStream>) {
    let mut lines = vec![quote! {
        let write = |field: &#sparse_enum, w: &mut rt::Writer| match field { #(#write_sparse)* };
        let before = |at: u16| self.fields.partition_point(|field| rt::Ordered::order(field) < at);
    }];
    let (mut done, mut from) = (0, quote!());
    for ((at, sparse), call) in dense.iter().zip(write) {
        let at = Literal::usize_unsuffixed(*at);
        if *sparse > done {
            lines.push(quote!(self.fields[#from..before(#at)].iter().for_each(|field| write(field, w));));
            (done, from) = (*sparse, quote!(before(#at)));
        }
        lines.push(call.clone());
    }
    let rest = quote!(self.fields[#from..].iter().for_each(|field| write(field, w)););
    (lines, (done < write_sparse.len()).then_some(rest))
}

/// A trait's getter on a struct: scalars by value, texts as `&str`, lists as slices, the rest by reference.
fn getter(part: &Part<'_>, method: &proc_macro2::Ident, ty: &TokenStream) -> TokenStream {
    let (name, field) = (&part.ident, part.field);
    let answer = answer(field, ty);
    let (text, scalar) = (is_text(&field.ty), is_scalar(&field.ty));
    let body = match (part.sparse, field.is_many(), field.min == 0) {
        (_, true, _) => quote!(&self.#name),
        (true, _, _) if text => quote!(self.#name().map(String::as_str)),
        (true, _, _) if scalar => quote!(self.#name().copied()),
        (true, _, _) => quote!(self.#name()),
        (_, _, true) if scalar => quote!(self.#name),
        (_, _, true) if text || field.boxed => quote!(self.#name.as_deref()),
        (_, _, true) => quote!(self.#name.as_ref()),
        _ if scalar => quote!(self.#name),
        _ => quote!(&self.#name),
    };
    quote!(fn #method(&self) -> #answer { #body })
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

fn is_text(ty: &Ty) -> bool {
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
