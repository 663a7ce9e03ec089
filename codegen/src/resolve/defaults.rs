//! Checks the default and fixed values of elements and attributes: values of their types, as far as that can be told
//! without reading them. Warnings: documents that give a value of their own are read all the same.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::schema::{Content, FacetKind, SchemaSet, SimpleType, TypeBody, TypeId};
use crate::span::Span;

use super::builtin::Family;
use super::cycles::label;
use super::facets::{families, fits};
use super::numbers::Decimal;

/// Runs the check over all elements and attributes.
pub(super) fn check(set: &SchemaSet, diagnostics: &mut Diagnostics) {
    let families = families(&set.types);
    // An attribute of a group stands in every type that uses the group.
    let mut seen = BTreeSet::new();
    let mut report = |what: &str,
                      name: &str,
                      default: Option<&String>,
                      fixed: Option<&String>,
                      ty: TypeId,
                      span: &Span| {
        let values =
            default.map(|value| ("default", value)).into_iter().chain(fixed.map(|value| ("fixed", value)));
        for (word, value) in values {
            if is_value(set, &families, ty, value) || !seen.insert(span.clone()) {
                continue;
            }
            let message = format!(
                "{word} `{value}` of {what} `{name}` is not a value of its type `{}`",
                label(&set.types[ty.0])
            );
            let help = match (word, what) {
                ("fixed", _) => "correct it: no document can have that value",
                (_, "element") => "correct it: an empty element stands for a value that cannot be read",
                _ => "correct it: documents without the attribute mean a value that there is not",
            };
            diagnostics.push(Diagnostic::warning(Code::BadValue, span, message).help(help));
        }
    };
    for element in &set.elements {
        if let Some(ty) = simple(set, element.ty) {
            let (default, fixed) = (element.default.as_ref(), element.fixed.as_ref());
            report("element", &element.name.local, default, fixed, ty, &element.span);
        }
    }
    for ty in &set.types {
        let TypeBody::Complex(complex) = &ty.body else { continue };
        for attribute in &complex.attributes {
            let (default, fixed) = (attribute.default.as_ref(), attribute.fixed.as_ref());
            report("attribute", &attribute.name.local, default, fixed, attribute.ty, &attribute.span);
        }
    }
}

/// The type of the text of an element, if it has text only.
fn simple(set: &SchemaSet, ty: TypeId) -> Option<TypeId> {
    match &set.types[ty.0].body {
        TypeBody::Complex(complex) => match complex.content {
            Content::Simple(inner) => Some(inner),
            _ => None,
        },
        _ => Some(ty),
    }
}

/// Whether a text may be a value of a type. `true` where that is not known.
fn is_value(set: &SchemaSet, families: &[Family], ty: TypeId, value: &str) -> bool {
    let family = families.get(ty.0).copied().unwrap_or(Family::Any);
    if matches!(family, Family::Any | Family::List | Family::Union) {
        return true;
    }
    fits(value, family) && is_listed(set, family, ty, value)
}

/// Whether the nearest enumeration has it.
fn is_listed(set: &SchemaSet, family: Family, ty: TypeId, value: &str) -> bool {
    let mut at = ty;
    while let TypeBody::Simple(SimpleType::Restriction { base, facets }) = &set.types[at.0].body {
        let mut listed = facets.iter().filter(|facet| facet.kind == FacetKind::Enumeration).peekable();
        if listed.peek().is_some() {
            return listed.any(|facet| same(&facet.value, value, family));
        }
        at = *base;
    }
    true
}

/// Whether two texts may stand for one value.
fn same(one: &str, two: &str, family: Family) -> bool {
    match family {
        Family::Decimal(_) => Decimal::parse(one) == Decimal::parse(two),
        // White space may be collapsed, and a name may have another prefix.
        Family::Text => {
            let local = |text: &str| {
                text.rsplit(':').next().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            };
            local(one) == local(two)
        }
        _ => true,
    }
}
