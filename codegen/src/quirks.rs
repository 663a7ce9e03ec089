//! The quirks stage: `SchemaSet` and `quirks.toml` in, corrected `SchemaSet` out. A quirk is data with a
//! reason; one that changes nothing is an error, unless it says that it may.

use std::rc::Rc;

use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::Inputs;
use crate::manifest::{Manifest, toml_text, toml_value};
use crate::schema::{
    Block, Content, Derivation, ElementId, Particle, SchemaSet, Term, TypeBody, TypeId, Usage,
};
use crate::span::{LineMap, Span};

/// Name of the quirks file among the inputs.
pub const FILE: &str = "quirks.toml";

/// One correction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quirk {
    /// `prefix:Name` of a global element or named type, then `/Child` steps, then perhaps `/@attribute`.
    pub component: String,
    /// What to do there.
    pub action: Action,
    /// Why the schema is wrong.
    pub why: String,
    /// What shows it.
    pub evidence: String,
    /// When the quirk can go.
    pub remove_when: String,
    /// It may change nothing.
    pub optional: bool,
    /// Where the quirks file has it.
    pub span: Span,
}

/// What a quirk does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Removes `fixed`.
    DropFixed,
    /// Removes `default`.
    DropDefault,
    /// minOccurs="0", or use="optional".
    MakeOptional,
    /// maxOccurs="unbounded".
    MakeRepeated,
    /// nillable="true".
    MakeNillable,
    /// block="#all": xsi:type puts no other type in the place of this one.
    BlockDerived,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuirks {
    #[serde(default)]
    quirk: Vec<Spanned<RawQuirk>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuirk {
    component: String,
    action: Action,
    why: String,
    evidence: String,
    remove_when: String,
    #[serde(default)]
    optional: bool,
}

/// Reads the quirks among `inputs`; no file means none.
pub fn read(inputs: &Inputs, diagnostics: &mut Diagnostics) -> Vec<Quirk> {
    if !inputs.0.contains_key(FILE) {
        return Vec::new();
    }
    let file: Rc<str> = FILE.into();
    let Some(text) = toml_text(inputs, &file, Code::BadQuirks, diagnostics) else { return Vec::new() };
    let raw: Option<RawQuirks> = toml_value(&file, &text, Code::BadQuirks, diagnostics);
    let quirks = raw.map(|raw| raw.quirk).unwrap_or_default();
    let map = LineMap::new(file.clone(), &text);
    let convert = |spanned: Spanned<RawQuirk>| {
        let span = map.span(spanned.span().start);
        let RawQuirk { component, action, why, evidence, remove_when, optional } = spanned.into_inner();
        Quirk { component, action, why, evidence, remove_when, optional, span }
    };
    quirks.into_iter().map(convert).collect()
}

/// Applies all quirks, in order.
pub fn apply(set: &mut SchemaSet, quirks: &[Quirk], manifest: &Manifest, diagnostics: &mut Diagnostics) {
    for quirk in quirks {
        let unused = match select(set, &quirk.component, manifest) {
            Err(why) => Some(why),
            Ok(targets) => {
                let mut changed = false;
                for target in targets {
                    changed |= change(set, target, quirk.action);
                }
                (!changed).then(|| "what it would change is not there".to_owned())
            }
        };
        if let Some(why) = unused.filter(|_| !quirk.optional) {
            let message = format!("the quirk for `{}` changes nothing: {why}", quirk.component);
            let help = "remove it, or say `optional = true` if only some versions of the schema need it";
            diagnostics.push(Diagnostic::error(Code::UnusedQuirk, &quirk.span, message).help(help));
        }
    }
}

/// Lets nothing stand for it. `false` when that is so already.
fn close(block: &mut Block) -> bool {
    let open = !(block.blocks(Derivation::Extension) && block.blocks(Derivation::Restriction));
    block.closed = true;
    open
}

/// What a quirk selects.
#[derive(Clone, Copy)]
enum Target {
    Element(ElementId),
    /// A named type.
    Type(TypeId),
    /// An attribute use of a type, by index.
    Attribute(TypeId, usize),
}

/// Finds what a selector names; the error says which step finds nothing.
fn select(set: &SchemaSet, selector: &str, manifest: &Manifest) -> Result<Vec<Target>, String> {
    let mut steps = selector.split('/');
    let first = steps.next().unwrap_or_default();
    let Some((namespace, local)) = manifest.expand(first) else {
        return Err(format!("the prefix of `{first}` is not in [prefixes] of the manifest"));
    };
    let is = |name: &crate::schema::QName| *name.namespace == *namespace && *name.local == *local;
    let element = set.elements.iter().position(|e| e.global && is(&e.name)).map(ElementId);
    let named_type = set.types.iter().position(|t| t.name.as_ref().is_some_and(is)).map(TypeId);
    let mut elements: Vec<ElementId> = element.into_iter().collect();
    let mut types: Vec<TypeId> = match (element, named_type) {
        (Some(id), _) => vec![set.elements[id.0].ty],
        (None, Some(id)) => vec![id],
        (None, None) => return Err(format!("there is no element or type `{first}`")),
    };
    for step in steps {
        if let Some(name) = step.strip_prefix('@') {
            let mut targets = Vec::new();
            for ty in &types {
                if let TypeBody::Complex(complex) = &set.types[ty.0].body {
                    let found = complex.attributes.iter().position(|a| *a.name.local == *name);
                    targets.extend(found.map(|index| Target::Attribute(*ty, index)));
                }
            }
            return if targets.is_empty() {
                Err(format!("there is no attribute `{name}`"))
            } else {
                Ok(targets)
            };
        }
        elements = types
            .iter()
            .flat_map(|ty| children(set, *ty))
            .filter(|id| *set.elements[id.0].name.local == *step)
            .collect();
        if elements.is_empty() {
            return Err(format!("there is no child `{step}`"));
        }
        types = elements.iter().map(|id| set.elements[id.0].ty).collect();
    }
    match (elements.is_empty(), named_type) {
        (true, Some(id)) => Ok(vec![Target::Type(id)]),
        _ => Ok(elements.into_iter().map(Target::Element).collect()),
    }
}

/// The elements in a type's own content.
fn children(set: &SchemaSet, ty: TypeId) -> Vec<ElementId> {
    fn walk(particle: &Particle, out: &mut Vec<ElementId>) {
        match &particle.term {
            Term::Element(id) => out.push(*id),
            Term::Any(_) => {}
            Term::Sequence(list) | Term::Choice(list) | Term::All(list) => {
                list.iter().for_each(|p| walk(p, out))
            }
        }
    }
    let mut out = Vec::new();
    if let TypeBody::Complex(complex) = &set.types[ty.0].body
        && let Content::Particles(particle) = &complex.content
    {
        walk(particle, &mut out);
    }
    out
}

/// Does what the quirk says; whether that changed anything.
fn change(set: &mut SchemaSet, target: Target, action: Action) -> bool {
    match target {
        Target::Attribute(ty, index) => {
            let TypeBody::Complex(complex) = &mut set.types[ty.0].body else { return false };
            let Some(attribute) = complex.attributes.get_mut(index) else { return false };
            match action {
                Action::DropFixed => attribute.fixed.take().is_some(),
                Action::DropDefault => attribute.default.take().is_some(),
                Action::MakeOptional => {
                    std::mem::replace(&mut attribute.usage, Usage::Optional) != Usage::Optional
                }
                Action::MakeRepeated | Action::MakeNillable | Action::BlockDerived => false,
            }
        }
        Target::Type(id) => match &mut set.types[id.0].body {
            TypeBody::Complex(complex) if action == Action::BlockDerived => close(&mut complex.block),
            _ => false,
        },
        Target::Element(id) => {
            let element = &mut set.elements[id.0];
            match action {
                Action::BlockDerived => close(&mut element.block),
                Action::DropFixed => element.fixed.take().is_some(),
                Action::DropDefault => element.default.take().is_some(),
                Action::MakeNillable => !std::mem::replace(&mut element.nillable, true),
                Action::MakeOptional | Action::MakeRepeated => {
                    let mut changed = false;
                    for ty in &mut set.types {
                        if let TypeBody::Complex(complex) = &mut ty.body
                            && let Content::Particles(particle) = &mut complex.content
                        {
                            changed |= occurrence(particle, id, action);
                        }
                    }
                    changed
                }
            }
        }
    }
}

/// Changes the occurrence of an element wherever it stands.
fn occurrence(particle: &mut Particle, id: ElementId, action: Action) -> bool {
    match &mut particle.term {
        Term::Element(element) if *element == id => match action {
            Action::MakeOptional => std::mem::replace(&mut particle.min, 0) != 0,
            _ => particle.max.take().is_some(),
        },
        Term::Element(_) | Term::Any(_) => false,
        Term::Sequence(list) | Term::Choice(list) | Term::All(list) => {
            list.iter_mut().map(|inner| occurrence(inner, id, action)).filter(|changed| *changed).count() > 0
        }
    }
}
