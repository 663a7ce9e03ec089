//! Rust types and literals for the model's types and names.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::{Emit, print::File};
use crate::model::{Field, Item, ItemId, ItemKind, Ty};
use crate::schema::{Builtin, FacetKind, NamespaceConstraint, Process, QName, Wildcard};

/// An identifier, raw or not.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// A constant's name.
pub(super) fn static_ident(name: &str) -> Ident {
    use heck::ToShoutySnakeCase;
    format_ident!("{}", name.to_shouty_snake_case())
}

/// The parameter for a field, of its name. Parameters must not be called like statics and tuple structs, which names in
/// scripts without small letters are.
pub(super) fn parameter(field: &Ident) -> Ident {
    let name = field.to_string();
    match name.chars().any(char::is_lowercase) {
        true => field.clone(),
        false => format_ident!("{name}_"),
    }
}

/// Statics that are emitted beside those of the items.
const STATICS: &[&str] =
    &["VOCABULARY", "ELEMENTS", "OPERATIONS", "REQUESTS", "REQUEST_HEADERS", "RESPONSE_HEADERS"];

/// Names of the statics that hold the shapes of the items, and whether each is in capitals. Two types of a module
/// whose names differ only by case keep their spelling in that of the static.
pub(super) fn statics(names: &crate::name::Names) -> Vec<(Ident, bool)> {
    let shout = |name: &str| static_ident(name.trim_start_matches("r#"));
    let mut wanted: std::collections::BTreeMap<(&str, Ident), usize> = std::collections::BTreeMap::new();
    for (module, name) in &names.items {
        *wanted.entry((module, shout(name))).or_default() += 1;
    }
    let own = names.items.iter().map(|(module, name)| {
        let usual = shout(name);
        let free = !STATICS.contains(&usual.to_string().as_str())
            && wanted.get(&(module, usual.clone())) == Some(&1);
        if free {
            (usual, true)
        } else {
            (format_ident!("SHAPE_OF_{}", name.trim_start_matches("r#")), false)
        }
    });
    own.collect()
}

/// Rust type of a built-in type, within the runtime unless Rust has it.
pub(super) fn builtin(builtin: Builtin) -> TokenStream {
    use Builtin::*;
    let own = |name: &str| {
        let name = ident(name);
        quote!(rt::#name)
    };
    match builtin {
        AnyType => own("AnyElement"),
        String | AnySimpleType => quote!(String),
        Boolean => quote!(bool),
        Long => quote!(i64),
        Int => quote!(i32),
        Short => quote!(i16),
        Byte => quote!(i8),
        UnsignedLong => quote!(u64),
        UnsignedInt => quote!(u32),
        UnsignedShort => quote!(u16),
        UnsignedByte => quote!(u8),
        Float => quote!(f32),
        Double => quote!(f64),
        NmTokens => quote!(rt::NonEmpty<rt::NmToken>),
        IdRefs => quote!(rt::NonEmpty<rt::IdRef>),
        Entities => quote!(rt::NonEmpty<rt::Entity>),
        NormalizedString => own("NormalizedString"),
        Token => own("Token"),
        Language => own("Language"),
        NmToken => own("NmToken"),
        Name => own("XmlName"),
        NcName => own("NcName"),
        Id => own("Id"),
        IdRef => own("IdRef"),
        Entity => own("Entity"),
        Decimal => own("Decimal"),
        Integer => own("Integer"),
        NonPositiveInteger => own("NonPositiveInteger"),
        NegativeInteger => own("NegativeInteger"),
        NonNegativeInteger => own("NonNegativeInteger"),
        PositiveInteger => own("PositiveInteger"),
        Duration => own("Duration"),
        DateTime => own("DateTime"),
        Time => own("Time"),
        Date => own("Date"),
        GYearMonth => own("GYearMonth"),
        GYear => own("GYear"),
        GMonthDay => own("GMonthDay"),
        GDay => own("GDay"),
        GMonth => own("GMonth"),
        HexBinary => own("HexBinary"),
        Base64Binary => own("Base64Binary"),
        AnyUri => own("AnyUri"),
        QName | Notation => own("QName"),
    }
}

impl Emit<'_> {
    /// Rust type of one value; imports what it names into `file`, which is in `module`.
    pub(super) fn ty(&self, ty: &Ty, file: &mut File, module: &str, own: &str) -> TokenStream {
        match ty {
            Ty::Builtin(b) => builtin(*b),
            Ty::Any => quote!(rt::AnyElement),
            Ty::AnySimple => quote!(rt::AnySimple),
            Ty::AnyAttribute => quote!(rt::AnyAttribute),
            Ty::List(item) => {
                let item = self.ty(item, file, module, own);
                quote!(Vec<#item>)
            }
            Ty::Wrapped(wrapper) => {
                let item = self.ty(self.model.entry(*wrapper), file, module, own);
                quote!(Vec<#item>)
            }
            Ty::Nillable(inner) => {
                let inner = self.ty(inner, file, module, own);
                quote!(rt::Nillable<#inner>)
            }
            Ty::Defaulted(inner) => {
                let inner = self.ty(inner, file, module, own);
                quote!(rt::Defaulted<#inner>)
            }
            Ty::Item(id) => self.item_path(*id, file, module, own),
        }
    }

    /// Path of an item, imported where its identifier is free.
    pub(super) fn item_path(&self, id: ItemId, file: &mut File, module: &str, own: &str) -> TokenStream {
        let name = ident(self.names.ident(id));
        let home = self.names.module(id);
        if home == module && self.files[id.0] == own {
            return quote!(#name);
        }
        let path = self.import_path(id, self.names.ident(id), module);
        // The file's own items and what it has imported keep their identifiers.
        let clash = self.defined_in(module, own, self.names.ident(id))
            || file.reserved.contains(self.names.ident(id))
            || file.imports.get(self.names.ident(id)).is_some_and(|known| *known != path);
        if clash {
            let path: syn::Path = match syn::parse_str(&path) {
                Ok(path) => path,
                Err(_) => return quote!(#name),
            };
            return quote!(#path);
        }
        file.imports.insert(self.names.ident(id).to_owned(), path);
        quote!(#name)
    }

    /// The shape of a wrapper, imported.
    pub(super) fn wrapper_static(&self, id: ItemId, file: &mut File, module: &str, own: &str) -> TokenStream {
        let name = &self.statics[id.0].0;
        if self.names.module(id) == module && self.files[id.0] == own {
            return quote!(#name);
        }
        let home = self.names.module(id);
        let in_file = &self.files[id.0];
        let path = match home == module {
            true => format!("super::{in_file}::{name}"),
            false => format!("{}::{home}::{in_file}::{name}", self.config.protocols),
        };
        // As with types: what the file has already keeps its name.
        let own_items = self.statics.iter().enumerate().filter(|(at, (other, _))| {
            other == name && self.names.module(ItemId(*at)) == module && self.files[*at] == own
        });
        let clash =
            own_items.count() > 0 || file.imports.get(&name.to_string()).is_some_and(|known| *known != path);
        if clash && let Ok(path) = syn::parse_str::<syn::Path>(&path) {
            return quote!(#path);
        }
        file.imports.insert(name.to_string(), path);
        quote!(#name)
    }

    fn import_path(&self, id: ItemId, name: &str, module: &str) -> String {
        let home = self.names.module(id);
        if home == module {
            format!("super::{name}")
        } else {
            format!("{}::{home}::{name}", self.config.protocols)
        }
    }

    fn defined_in(&self, module: &str, file: &str, name: &str) -> bool {
        self.defined.contains(&(module.to_owned(), file.to_owned(), name.to_owned()))
    }

    /// `m!("Name")`: a name with its tags.
    pub(super) fn element_name(&self, name: &QName, file: &mut File) -> TokenStream {
        let local = &*name.local;
        match self.prefix(&name.namespace) {
            None => {
                let tags = format!("<{local}></{local}>");
                quote!(rt::Name::new(rt::Ns::NONE, #local, #tags))
            }
            Some(prefix) => {
                let macro_name = macro_ident(prefix);
                file.imports.insert(
                    format!("{macro_name}!"),
                    format!("{}::names::{macro_name}", self.config.protocols),
                );
                quote!(#macro_name!(#local))
            }
        }
    }

    /// `rt::TypeName { … }` through the namespace's constant.
    pub(super) fn type_name(&self, name: &QName) -> TokenStream {
        let (uri, local) = (&*name.namespace, &*name.local);
        quote!(rt::TypeName { uri: #uri, local: #local })
    }

    /// Prefix of a namespace in names on the wire.
    pub(super) fn prefix(&self, uri: &str) -> Option<&str> {
        self.model.namespaces.iter().find(|(_, known)| **known == *uri).map(|(prefix, _)| &**prefix)
    }

    /// `t:Name` for documentation.
    pub(super) fn wire(&self, name: &QName) -> String {
        match self.prefix(&name.namespace) {
            Some(prefix) => format!("{prefix}:{}", name.local),
            None => name.local.to_string(),
        }
    }

    /// Type of a field as the struct has it.
    pub(super) fn field_ty(&self, field: &Field, file: &mut File, module: &str, own: &str) -> TokenStream {
        let one = self.ty(&field.ty, file, module, own);
        let one = if field.boxed { quote!(Box<#one>) } else { one };
        if field.is_many() {
            quote!(Vec<#one>)
        } else if field.min == 0 {
            quote!(Option<#one>)
        } else {
            one
        }
    }

    pub(super) fn item(&self, id: ItemId) -> &Item {
        &self.model.items[id.0]
    }

    /// Whether values of the type are equal exactly when they are the same (no floating point within).
    pub(super) fn is_eq(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Builtin(Builtin::Float | Builtin::Double) => false,
            Ty::Builtin(b) => matches!(
                builtin(*b).to_string().as_str(),
                "String" | "bool" | "i64" | "i32" | "i16" | "i8" | "u64" | "u32" | "u16" | "u8"
            ),
            Ty::Item(id) => match &self.item(*id).kind {
                ItemKind::Enumeration { .. } => true,
                ItemKind::Restricted { base, .. } => self.is_eq(base),
                _ => false,
            },
            Ty::List(inner) => self.is_eq(inner),
            _ => false,
        }
    }
}

/// The reader's method that takes the default or fixed value of an element, with that value.
pub(super) fn declared_value<'v>(
    ty: &Ty,
    default: Option<&'v str>,
    fixed: Option<&'v str>,
) -> Option<(&'static str, &'v str)> {
    let value = fixed.map(|fixed| ("fixed", fixed)).or(default.map(|default| ("default", default)));
    value.filter(|_| ty.is_defaulted())
}

/// What the line of an element says of the default or fixed value of its declaration.
pub(super) fn declared(ty: &Ty, default: Option<&str>, fixed: Option<&str>) -> String {
    match declared_value(ty, default, fixed) {
        Some((method, value)) => format!(": {method}({value:?})"),
        None => String::new(),
    }
}

/// The macro that makes names of a namespace.
pub(super) fn macro_ident(prefix: &str) -> Ident {
    ident(&crate::name::snake(prefix))
}

/// The constant of a namespace, by its prefix: in capitals, as long as that tells it from the macro.
pub(super) fn namespace_ident(prefix: &str) -> Ident {
    let constant = static_ident(prefix);
    if constant == macro_ident(prefix) { format_ident!("NS_{constant}") } else { constant }
}

/// A wildcard.
pub(super) fn wildcard(wildcard: &Wildcard) -> TokenStream {
    let names = match &wildcard.namespaces {
        NamespaceConstraint::Any => quote!(rt::Wildcard::any()),
        NamespaceConstraint::Other(uri) => {
            let uri = &**uri;
            quote!(rt::Wildcard::other(#uri))
        }
        NamespaceConstraint::List(uris) => {
            let uris = uris.iter().map(|uri| &**uri);
            quote!(rt::Wildcard::list(&[#(#uris),*]))
        }
    };
    match wildcard.process {
        Process::Skip => names,
        Process::Lax => quote!(#names.lax()),
        Process::Strict => quote!(#names.strict()),
    }
}

/// Name of the runtime's facet for a schema facet with a number or a text.
pub(super) fn facet_ident(kind: FacetKind) -> Option<(&'static str, bool)> {
    Some(match kind {
        FacetKind::Length => ("Length", true),
        FacetKind::MinLength => ("MinLength", true),
        FacetKind::MaxLength => ("MaxLength", true),
        FacetKind::TotalDigits => ("TotalDigits", true),
        FacetKind::FractionDigits => ("FractionDigits", true),
        FacetKind::MinInclusive => ("MinInclusive", false),
        FacetKind::MaxInclusive => ("MaxInclusive", false),
        FacetKind::MinExclusive => ("MinExclusive", false),
        FacetKind::MaxExclusive => ("MaxExclusive", false),
        FacetKind::Enumeration | FacetKind::Pattern | FacetKind::WhiteSpace => return None,
    })
}
