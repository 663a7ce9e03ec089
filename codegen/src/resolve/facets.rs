//! Checks facets: each value against its kind, the facets of one restriction against each other, and both
//! against the type they restrict. A facet that fails is reported and dropped; of two that contradict each other, both.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::schema::{Facet, FacetKind, SchemaSet, SimpleType, TypeBody, TypeDef, TypeId};
use crate::span::Span;

use super::builtin::{Family, family};
use super::numbers::{Decimal, float};
use super::patterns;

/// Runs the check over all simple types.
pub(super) fn check(set: &mut SchemaSet, diagnostics: &mut Diagnostics) {
    let families = families(&set.types);
    for ty in &mut set.types {
        if let TypeBody::Simple(SimpleType::Restriction { base, facets }) = &mut ty.body {
            let family = families.get(base.0).copied().unwrap_or(Family::Any);
            facets.retain(|facet| match problem(facet, family) {
                None => {
                    if facet.kind == FacetKind::Pattern && patterns::has_anchors(&facet.value) {
                        let message = format!(
                            "pattern `{}` begins with `^` and ends with `$`, and so must values",
                            facet.value
                        );
                        let help = "take them out of the generator's copy of the schema if they are to mean the ends \
                                    of the value: a pattern of XML Schema always means the whole value";
                        let diagnostic = Diagnostic::warning(Code::BadFacet, &facet.span, message);
                        diagnostics.push(diagnostic.help(help));
                    }
                    true
                }
                Some((message, help)) => {
                    diagnostics.push(Diagnostic::error(Code::BadFacet, &facet.span, message).help(help));
                    false
                }
            });
            // The patterns of one step are alternatives: without one of them the others would refuse what it admits.
            let mut doubtful = false;
            for facet in facets.iter().filter(|facet| facet.kind == FacetKind::Pattern) {
                let Some(what) = patterns::doubt(&facet.value) else { continue };
                let message = format!("pattern `{}` {what}; values are not checked by it", facet.value);
                let warning = Diagnostic::warning(Code::BadFacet, &facet.span, message);
                diagnostics.push(warning.help("correct the regular expression"));
                doubtful = true;
            }
            facets.retain(|facet| !doubtful || facet.kind != FacetKind::Pattern);
            let dropped = contradictions(facets, family, diagnostics);
            facets.retain(|facet| !dropped.contains(&facet.span));
        }
    }
}

/// The family of every type, bases before what derives from them. There are no circles.
pub(super) fn families(types: &[TypeDef]) -> Vec<Family> {
    let mut families: Vec<Option<Family>> = vec![None; types.len()];
    for start in 0..types.len() {
        let mut chain = Vec::new();
        let mut at = TypeId(start);
        let found = loop {
            if let Some(known) = families[at.0] {
                break known;
            }
            chain.push(at);
            match &types[at.0].body {
                TypeBody::Builtin(builtin) => break family(*builtin),
                TypeBody::Simple(SimpleType::Restriction { base, .. }) => at = *base,
                TypeBody::Simple(SimpleType::List { .. }) => break Family::List,
                TypeBody::Simple(SimpleType::Union { .. }) => break Family::Union,
                TypeBody::Complex(_) => break Family::Any,
            }
        };
        for id in chain {
            families[id.0] = Some(found);
        }
    }
    families.into_iter().map(|f| f.unwrap_or(Family::Any)).collect()
}

/// The element name of a facet.
pub(crate) fn word(kind: FacetKind) -> &'static str {
    match kind {
        FacetKind::Enumeration => "enumeration",
        FacetKind::Pattern => "pattern",
        FacetKind::Length => "length",
        FacetKind::MinLength => "minLength",
        FacetKind::MaxLength => "maxLength",
        FacetKind::WhiteSpace => "whiteSpace",
        FacetKind::MinInclusive => "minInclusive",
        FacetKind::MaxInclusive => "maxInclusive",
        FacetKind::MinExclusive => "minExclusive",
        FacetKind::MaxExclusive => "maxExclusive",
        FacetKind::TotalDigits => "totalDigits",
        FacetKind::FractionDigits => "fractionDigits",
    }
}

/// What is wrong with one facet of a type of that family, and what to do.
fn problem(facet: &Facet, family: Family) -> Option<(String, &'static str)> {
    use FacetKind::*;
    let applies = match facet.kind {
        Enumeration => family != Family::Boolean,
        Pattern => true,
        WhiteSpace => family != Family::Union,
        Length | MinLength | MaxLength => matches!(family, Family::Text | Family::List | Family::Any),
        MinInclusive | MaxInclusive | MinExclusive | MaxExclusive => {
            matches!(family, Family::Decimal(_) | Family::Float | Family::Time | Family::Any)
        }
        TotalDigits | FractionDigits => matches!(family, Family::Decimal(_) | Family::Any),
    };
    let (name, value) = (word(facet.kind), facet.value.as_str());
    if !applies {
        let help = "remove it, or derive the type from one that has such values";
        return Some((format!("{name} does not apply to values of this type"), help));
    }
    let trimmed = value.trim();
    match facet.kind {
        Length | MinLength | MaxLength | TotalDigits | FractionDigits => {
            let number: Option<u32> = trimmed.parse().ok();
            let zero = facet.kind == TotalDigits && number == Some(0);
            (number.is_none() || zero)
                .then(|| (format!("{name} `{value}` is not a count"), "write a whole number"))
        }
        WhiteSpace => (!["preserve", "replace", "collapse"].contains(&trimmed))
            .then(|| (format!("whiteSpace `{value}` is unknown"), "it is preserve, replace or collapse")),
        Pattern => patterns::problem(value)
            .map(|what| (format!("pattern `{value}` {what}"), "correct the regular expression")),
        Enumeration | MinInclusive | MaxInclusive | MinExclusive | MaxExclusive => (!fits(value, family))
            .then(|| {
                (
                    format!("{name} `{value}` is not a value of the type"),
                    "every value must be one of the base type",
                )
            }),
    }
}

/// Whether a value belongs to a family, as far as that can be told here.
pub(super) fn fits(value: &str, family: Family) -> bool {
    match family {
        Family::Boolean => matches!(value.trim(), "true" | "false" | "1" | "0"),
        Family::Decimal(integer) => {
            Decimal::parse(value).is_some_and(|d| !integer || (d.is_integer() && !value.contains('.')))
        }
        Family::Float => float(value).is_some(),
        Family::Time => value.contains(|c: char| c.is_ascii_digit()),
        _ => true,
    }
}

/// Reports pairs of facets that leave no value, or exclude each other; the places of those that cannot stay.
fn contradictions(facets: &[Facet], family: Family, diagnostics: &mut Diagnostics) -> Vec<Span> {
    use FacetKind::*;
    let mut dropped = Vec::new();
    let get = |kind: FacetKind| facets.iter().find(|f| f.kind == kind);
    let mut report = |facet: &Facet, other: &Facet, what: &str| {
        let (name, other_name) = (word(facet.kind), word(other.kind));
        let message = format!("{name} `{}` {what} {other_name} `{}`", facet.value, other.value);
        let diagnostic = Diagnostic::error(Code::BadFacet, &facet.span, message)
            .note(Some(&other.span), "the other facet is here")
            .help("correct one of them");
        diagnostics.push(diagnostic);
    };
    for (low, high) in [
        (MinLength, MaxLength),
        (MinInclusive, MaxInclusive),
        (MinInclusive, MaxExclusive),
        (MinExclusive, MaxInclusive),
        (MinExclusive, MaxExclusive),
        (FractionDigits, TotalDigits),
    ] {
        if let (Some(low), Some(high)) = (get(low), get(high)) {
            let above = match family {
                Family::Float => {
                    float(&low.value).partial_cmp(&float(&high.value)).is_some_and(|o| o.is_gt())
                }
                _ => match (Decimal::parse(&low.value), Decimal::parse(&high.value)) {
                    (Some(low), Some(high)) => low > high,
                    _ => false,
                },
            };
            if above {
                report(low, high, "is greater than");
                dropped.extend([low.span.clone(), high.span.clone()]);
            }
        }
    }
    for (a, b) in [(MinInclusive, MinExclusive), (MaxInclusive, MaxExclusive)] {
        if let (Some(a), Some(b)) = (get(a), get(b)) {
            report(a, b, "excludes");
            dropped.push(b.span.clone());
        }
    }
    for facet in facets.iter().filter(|f| !matches!(f.kind, Enumeration | Pattern)) {
        if let Some(first) = get(facet.kind).filter(|first| first.span != facet.span) {
            report(facet, first, "repeats");
            dropped.push(facet.span.clone());
        }
    }
    dropped
}
