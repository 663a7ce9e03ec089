//! `diff`: structural comparison of the global components of one `SchemaSet` with those of the same names in
//! another. Anonymous types and local elements are compared in place; documentation does not count.

use std::collections::BTreeMap;
use std::fmt;

use crate::resolve::facet_word;
use crate::schema::{
    AttributeUse, ComplexType, Content, Derivation, ElementDecl, Facet, NamespaceConstraint, Particle,
    Process, QName, SchemaSet, SimpleType, Term, TypeBody, TypeDef, TypeId, Usage, Wildcard,
};
use crate::span::Span;

/// One difference. Displayed as one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Where in the component: `type t:EmailAddressType / Name`.
    pub path: String,
    /// What differs: `minOccurs`.
    pub aspect: &'static str,
    /// What the first set says.
    pub ours: String,
    /// What the second set says.
    pub theirs: String,
    /// Place in the first set.
    pub our_span: Span,
    /// Place in the second set, when it has the component at all.
    pub their_span: Option<Span>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |span: &Span| format!("{}:{}:{}", span.file, span.line, span.column);
        let theirs = self.their_span.as_ref().map_or("nowhere".to_owned(), place);
        let Self { path, aspect, ours, .. } = self;
        write!(
            f,
            "{path}: {aspect}: ours {ours}, theirs {} ({}, {theirs})",
            self.theirs,
            place(&self.our_span)
        )
    }
}

/// Compares every global component of `ours` with that of the same name in `theirs`. Empty when all are
/// equal.
pub fn diff(ours: &SchemaSet, theirs: &SchemaSet) -> Vec<Difference> {
    let mut differ = Differ { ours, theirs, out: Vec::new() };
    let named = |t: &&TypeDef| t.name.is_some() && !matches!(t.body, TypeBody::Builtin(_));
    let their_types: BTreeMap<_, _> =
        theirs.types.iter().filter(named).map(|t| (t.name.as_ref(), t)).collect();
    for ty in ours.types.iter().filter(named) {
        let Some(name) = &ty.name else { continue };
        let path = format!("type {}", qname(ours, name));
        match their_types.get(&Some(name)) {
            Some(other) => differ.types(&path, ty, other),
            None => differ.missing(&path, &ty.span),
        }
    }
    let their_elements: BTreeMap<_, _> =
        theirs.elements.iter().filter(|e| e.global).map(|e| (&e.name, e)).collect();
    for element in ours.elements.iter().filter(|e| e.global) {
        let path = format!("element {}", qname(ours, &element.name));
        match their_elements.get(&element.name) {
            Some(other) => differ.elements(&path, element, other),
            None => differ.missing(&path, &element.span),
        }
    }
    differ.out
}

/// Prefix and local name, where the documents of the set bind a prefix.
fn qname(set: &SchemaSet, name: &QName) -> String {
    match set.prefixes.iter().find(|(_, uri)| *uri == name.namespace) {
        Some((prefix, _)) => format!("{prefix}:{}", name.local),
        None if name.namespace.is_empty() => name.local.to_string(),
        None => format!("{{{}}}{}", name.namespace, name.local),
    }
}

/// A name that does not depend on prefixes.
fn expanded(name: &QName) -> String {
    if name.namespace.is_empty() {
        name.local.to_string()
    } else {
        format!("{{{}}}{}", name.namespace, name.local)
    }
}

struct Differ<'a> {
    ours: &'a SchemaSet,
    theirs: &'a SchemaSet,
    out: Vec<Difference>,
}

impl<'a> Differ<'a> {
    fn missing(&mut self, path: &str, span: &Span) {
        self.out.push(Difference {
            path: path.to_owned(),
            aspect: "declaration",
            ours: "present".to_owned(),
            theirs: "missing".to_owned(),
            our_span: span.clone(),
            their_span: None,
        });
    }

    /// Adds a difference when two texts differ.
    fn text(&mut self, path: &str, aspect: &'static str, pair: (String, String), spans: (&Span, &Span)) {
        let (ours, theirs) = pair;
        if ours != theirs {
            let (our_span, their_span) = (spans.0.clone(), Some(spans.1.clone()));
            self.out.push(Difference { path: path.to_owned(), aspect, ours, theirs, our_span, their_span });
        }
    }

    /// Compares the types that two components refer to: by name, or in place when both are anonymous.
    fn type_refs(&mut self, path: &str, aspect: &'static str, ids: (TypeId, TypeId), spans: (&Span, &Span)) {
        let (ours, theirs) = (&self.ours.types[ids.0.0], &self.theirs.types[ids.1.0]);
        if ours.name.is_none() && theirs.name.is_none() {
            self.types(path, ours, theirs);
        } else {
            let label = |ty: &TypeDef| ty.name.as_ref().map_or("(anonymous)".to_owned(), expanded);
            self.text(path, aspect, (label(ours), label(theirs)), spans);
        }
    }

    fn types(&mut self, path: &str, ours: &'a TypeDef, theirs: &'a TypeDef) {
        let spans = (&ours.span, &theirs.span);
        match (&ours.body, &theirs.body) {
            (TypeBody::Builtin(a), TypeBody::Builtin(b)) => {
                self.text(path, "type", (format!("{a:?}"), format!("{b:?}")), spans);
            }
            (TypeBody::Simple(a), TypeBody::Simple(b)) => self.simple(path, a, b, spans),
            (TypeBody::Complex(a), TypeBody::Complex(b)) => self.complex(path, a, b, spans),
            (a, b) => {
                let kind = |body: &TypeBody| match body {
                    TypeBody::Builtin(_) => "a built-in type".to_owned(),
                    TypeBody::Simple(_) => "a simpleType".to_owned(),
                    TypeBody::Complex(_) => "a complexType".to_owned(),
                };
                self.text(path, "kind", (kind(a), kind(b)), spans);
            }
        }
    }

    fn simple(&mut self, path: &str, ours: &'a SimpleType, theirs: &'a SimpleType, spans: (&Span, &Span)) {
        match (ours, theirs) {
            (
                SimpleType::Restriction { base: a, facets: ours },
                SimpleType::Restriction { base: b, facets: theirs },
            ) => {
                self.type_refs(path, "base", (*a, *b), spans);
                self.facets(path, ours, theirs, spans);
            }
            (SimpleType::List { item: a }, SimpleType::List { item: b }) => {
                self.type_refs(path, "item type", (*a, *b), spans);
            }
            (SimpleType::Union { members: ours }, SimpleType::Union { members: theirs }) => {
                let count = (ours.len().to_string(), theirs.len().to_string());
                self.text(path, "number of members", count, spans);
                for (a, b) in ours.iter().zip(theirs) {
                    self.type_refs(path, "member type", (*a, *b), spans);
                }
            }
            _ => {
                let variety = |ty: &SimpleType| match ty {
                    SimpleType::Restriction { .. } => "a restriction".to_owned(),
                    SimpleType::List { .. } => "a list".to_owned(),
                    SimpleType::Union { .. } => "a union".to_owned(),
                };
                self.text(path, "variety", (variety(ours), variety(theirs)), spans);
            }
        }
    }

    fn facets(&mut self, path: &str, ours: &[Facet], theirs: &[Facet], spans: (&Span, &Span)) {
        let label = |facet: &Facet| format!("{}={:?}", facet_word(facet.kind), facet.value);
        let (ours, theirs): (Vec<_>, Vec<_>) =
            (ours.iter().map(label).collect(), theirs.iter().map(label).collect());
        self.lists(path, ("facets", "order of facets"), &ours, &theirs, spans);
    }

    /// Compares two lists of labels: what only one has, else the order.
    fn lists(
        &mut self,
        path: &str,
        aspects: (&'static str, &'static str),
        ours: &[String],
        theirs: &[String],
        spans: (&Span, &Span),
    ) -> bool {
        if ours == theirs {
            return true;
        }
        let only = |these: &[String], those: &[String]| -> String {
            let mut counts: BTreeMap<&str, isize> = BTreeMap::new();
            for label in those {
                *counts.entry(label).or_default() += 1;
            }
            let mut only = Vec::new();
            for label in these {
                let count = counts.entry(label).or_default();
                *count -= 1;
                if *count < 0 {
                    only.push(label.as_str());
                }
            }
            if only.is_empty() { "no others".to_owned() } else { format!("also {}", only.join(", ")) }
        };
        let pair = (only(ours, theirs), only(theirs, ours));
        if pair.0 == pair.1 {
            self.text(path, aspects.1, (ours.join(", "), theirs.join(", ")), spans);
        } else {
            self.text(path, aspects.0, pair, spans);
        }
        false
    }

    fn complex(&mut self, path: &str, ours: &'a ComplexType, theirs: &'a ComplexType, spans: (&Span, &Span)) {
        self.text(path, "abstract", (ours.is_abstract.to_string(), theirs.is_abstract.to_string()), spans);
        self.text(path, "mixed", (ours.mixed.to_string(), theirs.mixed.to_string()), spans);
        match (ours.derivation, theirs.derivation) {
            (Some((a, base_a)), Some((b, base_b))) => {
                self.text(path, "derivation", (derivation(Some(a)), derivation(Some(b))), spans);
                self.type_refs(path, "base", (base_a, base_b), spans);
            }
            (a, b) => {
                let pair = (derivation(a.map(|d| d.0)), derivation(b.map(|d| d.0)));
                self.text(path, "derivation", pair, spans);
            }
        }
        match (&ours.content, &theirs.content) {
            (Content::Simple(a), Content::Simple(b)) => self.type_refs(path, "text type", (*a, *b), spans),
            (Content::Particles(a), Content::Particles(b)) => self.particles(path, a, b),
            (a, b) => {
                let kind = |content: &Content| match content {
                    Content::Empty => "nothing".to_owned(),
                    Content::Simple(_) => "text".to_owned(),
                    Content::Particles(_) => "child elements".to_owned(),
                };
                self.text(path, "content", (kind(a), kind(b)), spans);
            }
        }
        let label = |list: &[AttributeUse]| -> Vec<String> {
            let mut names: Vec<String> = list.iter().map(|a| format!("@{}", expanded(&a.name))).collect();
            names.sort();
            names
        };
        let aspects = ("attributes", "attributes");
        self.lists(path, aspects, &label(&ours.attributes), &label(&theirs.attributes), spans);
        for attribute in &ours.attributes {
            if let Some(other) = theirs.attributes.iter().find(|a| a.name == attribute.name) {
                self.attributes(&format!("{path} / @{}", attribute.name.local), attribute, other);
            }
        }
        let wildcards = (any(ours.any_attribute.as_ref()), any(theirs.any_attribute.as_ref()));
        self.text(path, "anyAttribute", wildcards, spans);
    }

    fn attributes(&mut self, path: &str, ours: &'a AttributeUse, theirs: &'a AttributeUse) {
        let spans = (&ours.span, &theirs.span);
        let usage = |usage: Usage| format!("{usage:?}").to_lowercase();
        self.type_refs(path, "type", (ours.ty, theirs.ty), spans);
        self.text(path, "use", (usage(ours.usage), usage(theirs.usage)), spans);
        self.text(path, "default", (value(&ours.default), value(&theirs.default)), spans);
        self.text(path, "fixed", (value(&ours.fixed), value(&theirs.fixed)), spans);
    }

    fn particles(&mut self, path: &str, ours: &'a Particle, theirs: &'a Particle) {
        let spans = (&ours.span, &theirs.span);
        let path = match &ours.term {
            Term::Element(id) => &format!("{path} / {}", self.ours.elements[id.0].name.local),
            _ => path,
        };
        let max = |max: Option<u32>| max.map_or("unbounded".to_owned(), |n| n.to_string());
        self.text(path, "minOccurs", (ours.min.to_string(), theirs.min.to_string()), spans);
        self.text(path, "maxOccurs", (max(ours.max), max(theirs.max)), spans);
        match (&ours.term, &theirs.term) {
            (Term::Element(a), Term::Element(b)) => {
                let (a, b) = (&self.ours.elements[a.0], &self.theirs.elements[b.0]);
                self.text(path, "name", (expanded(&a.name), expanded(&b.name)), spans);
                let reference =
                    |global: bool| if global { "a reference" } else { "a local declaration" }.to_owned();
                self.text(path, "kind", (reference(a.global), reference(b.global)), spans);
                // Global elements are compared on their own.
                if !a.global && !b.global {
                    self.elements(path, a, b);
                }
            }
            (Term::Any(a), Term::Any(b)) => self.text(path, "any", (any(Some(a)), any(Some(b))), spans),
            (Term::Sequence(ours), Term::Sequence(theirs))
            | (Term::Choice(ours), Term::Choice(theirs))
            | (Term::All(ours), Term::All(theirs)) => self.children(path, ours, theirs, spans),
            (a, b) => self.text(path, "compositor", (label(self.ours, a), label(self.theirs, b)), spans),
        }
    }

    fn children(&mut self, path: &str, ours: &'a [Particle], theirs: &'a [Particle], spans: (&Span, &Span)) {
        let labels = |set: &SchemaSet, list: &[Particle]| -> Vec<String> {
            list.iter().map(|p| label(set, &p.term)).collect()
        };
        let (our_labels, their_labels) = (labels(self.ours, ours), labels(self.theirs, theirs));
        if self.lists(path, ("children", "order of children"), &our_labels, &their_labels, spans) {
            for (a, b) in ours.iter().zip(theirs) {
                self.particles(path, a, b);
            }
            return;
        }
        // What both have is compared all the same, the first of a name with the first.
        let mut first: BTreeMap<&str, &Particle> = BTreeMap::new();
        for (name, particle) in their_labels.iter().zip(theirs) {
            first.entry(name).or_insert(particle);
        }
        for (name, particle) in our_labels.iter().zip(ours) {
            if let Some(other) = first.remove(name.as_str()) {
                self.particles(path, particle, other);
            }
        }
    }

    fn elements(&mut self, path: &str, ours: &'a ElementDecl, theirs: &'a ElementDecl) {
        let spans = (&ours.span, &theirs.span);
        self.type_refs(path, "type", (ours.ty, theirs.ty), spans);
        self.text(path, "nillable", (ours.nillable.to_string(), theirs.nillable.to_string()), spans);
        self.text(path, "abstract", (ours.is_abstract.to_string(), theirs.is_abstract.to_string()), spans);
        self.text(path, "default", (value(&ours.default), value(&theirs.default)), spans);
        self.text(path, "fixed", (value(&ours.fixed), value(&theirs.fixed)), spans);
        let head = |set: &SchemaSet, element: &ElementDecl| {
            element.substitutes.map_or("none".to_owned(), |id| expanded(&set.elements[id.0].name))
        };
        let heads = (head(self.ours, ours), head(self.theirs, theirs));
        self.text(path, "substitutionGroup", heads, spans);
    }
}

fn derivation(derivation: Option<Derivation>) -> String {
    match derivation {
        None => "none",
        Some(Derivation::Extension) => "extension",
        Some(Derivation::Restriction) => "restriction",
    }
    .to_owned()
}

fn value(value: &Option<String>) -> String {
    value.as_ref().map_or("none".to_owned(), |v| format!("{v:?}"))
}

fn any(wildcard: Option<&Wildcard>) -> String {
    let Some(Wildcard { namespaces, process }) = wildcard else { return "none".to_owned() };
    let namespaces = match namespaces {
        NamespaceConstraint::Any => "##any".to_owned(),
        NamespaceConstraint::Other(uri) => format!("other than `{uri}`"),
        NamespaceConstraint::List(list) => format!("`{}`", list.join(" ")),
    };
    let process = match process {
        Process::Strict => "strict",
        Process::Lax => "lax",
        Process::Skip => "skip",
    };
    format!("{namespaces} {process}")
}

/// Name or kind of a term.
fn label(set: &SchemaSet, term: &Term) -> String {
    match term {
        Term::Element(id) => expanded(&set.elements[id.0].name),
        Term::Any(_) => "(any)".to_owned(),
        Term::Sequence(_) => "(sequence)".to_owned(),
        Term::Choice(_) => "(choice)".to_owned(),
        Term::All(_) => "(all)".to_owned(),
    }
}
