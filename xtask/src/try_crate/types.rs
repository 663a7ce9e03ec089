//! Complex types as they are: base types, groups and attribute groups put together.

use super::schemas::{Def, Schemas, Space, derivation};
use super::simple::{self, Simple};
use super::tree::{Name, XS};

/// What occurs, and how often.
#[derive(Clone, Debug)]
pub(super) struct Particle {
    pub(super) min: usize,
    /// `None` for unbounded.
    pub(super) max: Option<usize>,
    pub(super) term: Term,
}

/// What a particle repeats.
#[derive(Clone, Debug)]
pub(super) enum Term {
    Element(Element),
    Any(Def),
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    All(Vec<Particle>),
}

/// An element declaration.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) name: Name,
    pub(super) global: bool,
    pub(super) def: Def,
}

/// A complex type.
#[derive(Default, Debug)]
pub(super) struct Complex {
    pub(super) is_abstract: bool,
    pub(super) mixed: bool,
    pub(super) content: Vec<Particle>,
    pub(super) simple: Option<Simple>,
    pub(super) attributes: Vec<Attribute>,
    /// Wildcards for attributes: one of these, all parts of which allow it.
    pub(super) any_attribute: Vec<Vec<Def>>,
}

/// An attribute.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub(super) name: Name,
    pub(super) required: bool,
    pub(super) prohibited: bool,
    /// The declaration, and the reference to it if there is one.
    pub(super) def: Def,
    pub(super) reference: Option<Def>,
}

impl Attribute {
    /// A fixed value.
    pub(super) fn fixed(&self) -> Option<&str> {
        self.reference.as_ref().and_then(|def| def.tag.get("fixed")).or_else(|| self.def.tag.get("fixed"))
    }

    /// Its type.
    pub(super) fn simple(&self, set: &Schemas) -> Option<Simple> {
        if let Some(inner) = self.def.tag.part("simpleType") {
            return simple::of(set, &self.def.inner(inner));
        }
        match self.def.name_in("type") {
            Some(name) => simple::named(set, &self.def, &name),
            None => Some(Simple::builtin("anySimpleType")),
        }
    }
}

/// A type that an element has.
#[derive(Clone, Debug)]
pub(super) enum Type {
    /// anyType.
    Any,
    Simple(Simple),
    Complex(Def),
}

impl Element {
    /// A global element.
    pub(super) fn global(set: &Schemas, name: &Name) -> Option<Element> {
        let def = set.get(Space::Element, name)?;
        Some(Element { name: name.clone(), global: true, def })
    }

    /// Name of its type, when it has one.
    pub(super) fn type_name(&self, set: &Schemas) -> Option<Name> {
        let tag = &self.def.tag;
        if tag.part("complexType").is_some() || tag.part("simpleType").is_some() {
            return None;
        }
        match (self.def.name_in("type"), self.def.name_in("substitutionGroup")) {
            (None, Some(head)) => Element::global(set, &head)?.type_name(set),
            (name, _) => name,
        }
    }

    /// Its type; none when it cannot be found.
    pub(super) fn ty(&self, set: &Schemas) -> Option<Type> {
        for (local, complex) in [("complexType", true), ("simpleType", false)] {
            if let Some(inner) = self.def.tag.part(local) {
                let inner = self.def.inner(inner);
                return if complex {
                    Some(Type::Complex(inner))
                } else {
                    simple::of(set, &inner).map(Type::Simple)
                };
            }
        }
        if let Some(name) = self.def.name_in("type") {
            return named(set, &self.def, &name);
        }
        match self.def.name_in("substitutionGroup") {
            Some(head) => Element::global(set, &head)?.ty(set),
            None => Some(Type::Any),
        }
    }
}

/// The type that a name means.
pub(super) fn named(set: &Schemas, within: &Def, name: &Name) -> Option<Type> {
    if *name == (XS.to_owned(), "anyType".to_owned()) {
        return Some(Type::Any);
    }
    match set.find(within, Space::Type, name) {
        Some(def) if def.tag.name.1 == "complexType" => Some(Type::Complex(def)),
        _ => simple::named(set, within, name).map(Type::Simple),
    }
}

/// What a complex type is; none when something in it cannot be found.
pub(super) fn complex(set: &Schemas, def: &Def) -> Option<Complex> {
    let true_in = |text: Option<&str>| text.is_some_and(|text| matches!(text.trim(), "true" | "1"));
    let content = def.tag.part("complexContent");
    let mut own = Complex {
        is_abstract: true_in(def.tag.get("abstract")),
        mixed: true_in(content.and_then(|tag| tag.get("mixed")).or_else(|| def.tag.get("mixed"))),
        ..Complex::default()
    };
    let Some(step) = derivation(def) else {
        own.content = particles(set, def)?;
        attributes(set, def, &mut own)?;
        return Some(own);
    };
    let base = step.name_in("base")?;
    let base = match named(set, &step, &base)? {
        Type::Complex(base) => complex(set, &base)?,
        Type::Simple(simple) => Complex { simple: Some(simple), ..Complex::default() },
        Type::Any => Complex { mixed: true, any_attribute: vec![Vec::new()], ..Complex::default() },
    };
    let extends = step.tag.name.1 == "extension";
    own.content = particles(set, &step)?;
    attributes(set, &step, &mut own)?;
    if def.tag.part("simpleContent").is_some() {
        own.simple = simple::of(set, def);
        own.simple.as_ref()?;
    }
    if extends {
        own.mixed |= base.mixed;
        let added = std::mem::replace(&mut own.content, base.content);
        own.content.extend(added);
        own.any_attribute.extend(base.any_attribute);
    }
    for inherited in base.attributes {
        if !own.attributes.iter().any(|attribute| attribute.name == inherited.name) {
            own.attributes.push(inherited);
        }
    }
    Some(own)
}

fn particles(set: &Schemas, def: &Def) -> Option<Vec<Particle>> {
    let mut found = Vec::new();
    for tag in def.tag.parts() {
        if matches!(&*tag.name.1, "sequence" | "choice" | "all" | "group" | "element" | "any") {
            found.push(particle(set, &def.inner(tag))?);
        }
    }
    Some(found)
}

fn particle(set: &Schemas, def: &Def) -> Option<Particle> {
    let number = |name: &str| def.tag.get(name).map(str::trim);
    let min = number("minOccurs").map_or(Some(1), |text| text.parse().ok())?;
    let max = match number("maxOccurs") {
        None => Some(1),
        Some("unbounded") => None,
        Some(text) => Some(text.parse().ok()?),
    };
    // What never occurs need not be known.
    if max == Some(0) {
        return Some(Particle { min: 0, max, term: Term::Sequence(Vec::new()) });
    }
    let term = match &*def.tag.name.1 {
        "sequence" => Term::Sequence(particles(set, def)?),
        "choice" => Term::Choice(particles(set, def)?),
        "all" => Term::All(particles(set, def)?),
        "any" => Term::Any(def.clone()),
        "group" => {
            let group = set.find(def, Space::Group, &def.name_in("ref")?)?;
            // A group has one model group.
            particles(set, &group)?.pop()?.term
        }
        _ => Term::Element(match def.name_in("ref") {
            Some(name) => Element::global(set, &name)?,
            None => Element { name: def.instance_name(false), global: false, def: def.clone() },
        }),
    };
    Some(Particle { min, max, term })
}

fn attributes(set: &Schemas, def: &Def, into: &mut Complex) -> Option<()> {
    let mut wildcards = Vec::new();
    uses(set, def, into, &mut wildcards)?;
    if !wildcards.is_empty() {
        into.any_attribute.push(wildcards);
    }
    Some(())
}

fn uses(set: &Schemas, def: &Def, into: &mut Complex, wildcards: &mut Vec<Def>) -> Option<()> {
    for tag in def.tag.parts() {
        let inner = def.inner(tag);
        match &*tag.name.1 {
            "attribute" => {
                let usage = tag.get("use").unwrap_or_default().trim();
                let (name, def, reference) = match inner.name_in("ref") {
                    Some(name) => (name.clone(), set.get(Space::Attribute, &name)?, Some(inner.clone())),
                    None => (inner.instance_name(false), inner.clone(), None),
                };
                into.attributes.push(Attribute {
                    name,
                    required: usage == "required",
                    prohibited: usage == "prohibited",
                    def,
                    reference,
                });
            }
            "attributeGroup" => {
                let group = set.find(&inner, Space::AttributeGroup, &inner.name_in("ref")?)?;
                uses(set, &group, into, wildcards)?;
            }
            "anyAttribute" => wildcards.push(inner),
            _ => {}
        }
    }
    Some(())
}

/// Whether a wildcard allows names of a namespace.
pub(super) fn allows(wildcard: &Def, namespace: &str) -> bool {
    let target = &wildcard.document.target;
    wildcard.tag.get("namespace").unwrap_or("##any").split_whitespace().any(|word| match word {
        "##any" => true,
        "##other" => namespace != target && !namespace.is_empty(),
        "##targetNamespace" => namespace == target,
        "##local" => namespace.is_empty(),
        uri => namespace == uri,
    })
}
