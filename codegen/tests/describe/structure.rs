//! A schema set as text, to compare two: every global component with all that it holds, names instead of ids,
//! places left out.

use std::collections::BTreeMap;

use oxws_codegen::schema::{
    AttributeUse, ComplexType, Content, ElementDecl, Particle, QName, SchemaSet, SimpleType, Term, TypeBody,
    TypeId,
};

/// Kind and name of each global component to its text.
pub(crate) fn structure(set: &SchemaSet) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (at, ty) in set.types.iter().enumerate() {
        if let (Some(name), false) = (&ty.name, matches!(ty.body, TypeBody::Builtin(_))) {
            out.insert(format!("type {}", show(name)), body(set, TypeId(at)));
        }
    }
    for declared in set.elements.iter().filter(|element| element.global) {
        out.insert(format!("element {}", show(&declared.name)), element(set, declared));
    }
    out
}

fn show(name: &QName) -> String {
    format!("{{{}}}{}", name.namespace, name.local)
}

fn docs(docs: &Option<String>) -> String {
    let text = docs.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { text } else { format!(" /*{text}*/") }
}

fn ty(set: &SchemaSet, id: TypeId) -> String {
    match &set.types[id.0].name {
        Some(name) => show(name),
        None => body(set, id),
    }
}

fn body(set: &SchemaSet, id: TypeId) -> String {
    let def = &set.types[id.0];
    let text = match &def.body {
        TypeBody::Builtin(builtin) => format!("{builtin:?}"),
        TypeBody::Simple(SimpleType::List { item }) => format!("list of {}", ty(set, *item)),
        TypeBody::Simple(SimpleType::Union { members }) => {
            let members: Vec<String> = members.iter().map(|member| ty(set, *member)).collect();
            format!("union of {}", members.join(" | "))
        }
        TypeBody::Simple(SimpleType::Restriction { base, facets }) => {
            let facets = facets.iter().map(|f| format!("{:?} {:?}{}", f.kind, f.value, docs(&f.docs)));
            format!("{} with [{}]", ty(set, *base), facets.collect::<Vec<_>>().join(", "))
        }
        TypeBody::Complex(inner) => complex(set, inner),
    };
    format!("({text}{})", docs(&def.docs))
}

fn complex(set: &SchemaSet, complex: &ComplexType) -> String {
    let content = match &complex.content {
        Content::Empty => "empty".to_owned(),
        Content::Simple(text) => format!("text {}", ty(set, *text)),
        Content::Particles(inner) => particle(set, inner),
    };
    let attributes: Vec<String> = complex.attributes.iter().map(|a| attribute(set, a)).collect();
    format!(
        "abstract {} mixed {} {:?} {content} [{}] {:?}",
        complex.is_abstract,
        complex.mixed,
        complex.derivation.map(|(method, base)| (method, ty(set, base))),
        attributes.join(", "),
        complex.any_attribute
    )
}

fn attribute(set: &SchemaSet, attribute: &AttributeUse) -> String {
    let AttributeUse { name, usage, default, fixed, .. } = attribute;
    let ty = ty(set, attribute.ty);
    format!("@{} {ty} {usage:?} {default:?} {fixed:?}{}", show(name), docs(&attribute.docs))
}

fn particle(set: &SchemaSet, outer: &Particle) -> String {
    let list = |word: &str, list: &[Particle]| {
        let list: Vec<String> = list.iter().map(|inner| particle(set, inner)).collect();
        format!("{word}({})", list.join(", "))
    };
    let term = match &outer.term {
        Term::Element(id) => match &set.elements[id.0] {
            global if global.global => format!("ref {}", show(&global.name)),
            local => element(set, local),
        },
        Term::Any(any) => format!("{any:?}"),
        Term::Sequence(inner) => list("sequence", inner),
        Term::Choice(inner) => list("choice", inner),
        Term::All(inner) => list("all", inner),
    };
    format!("{term} {}..{:?}", outer.min, outer.max)
}

fn element(set: &SchemaSet, element: &ElementDecl) -> String {
    let ElementDecl { name, nillable, is_abstract, default, fixed, substitutes, members, .. } = element;
    let head = substitutes.map(|id| &set.elements[id.0]);
    let head = head.map(|head| format!("{} same type {}", show(&head.name), head.ty == element.ty));
    let members: Vec<String> = members.iter().map(|id| show(&set.elements[id.0].name)).collect();
    format!(
        "{} {} nillable {nillable} abstract {is_abstract} {default:?} {fixed:?} {head:?} {members:?}{}",
        show(name),
        ty(set, element.ty),
        docs(&element.docs)
    )
}
