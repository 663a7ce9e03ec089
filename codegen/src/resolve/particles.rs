//! Converts particles and element declarations; replaces references to groups by their model groups.

use std::rc::Rc;

use crate::diagnostic::Code;
use crate::parse::{self, Item};
use crate::schema::{Builtin, ElementId, NamespaceConstraint, Particle, QName, Term, TypeId, Wildcard};
use crate::span::Span;

use super::collect::Space;
use super::{Place, Resolver, new_element};

/// Expanded groups may make so many particles in all: EWS has 3,000.
const MAX_EXPANDED: usize = 500_000;
/// Expanded groups may nest so deep: later stages recurse.
const MAX_DEPTH: usize = 250;

/// A model group with the groups in it expanded.
#[derive(Clone, Debug)]
pub(super) struct Expansion {
    /// `None` for a group without content, and after an error.
    particle: Option<Particle>,
    size: usize,
    depth: usize,
}

impl Resolver<'_, '_> {
    /// A particle of a type. `None` when it cannot occur.
    pub(super) fn particle(&mut self, node: &parse::Particle, place: &Place) -> Option<Particle> {
        let expansion = self.expand(node, place);
        if expansion.depth > MAX_DEPTH {
            let help = "simplify the groups that refer to groups";
            self.error(Code::TooLarge, &node.span, "its groups nest too deep to follow", help);
            return None;
        }
        expansion.particle
    }

    /// A particle, its groups replaced.
    fn expand(&mut self, node: &parse::Particle, place: &Place) -> Expansion {
        let mut size = 1;
        let mut depth = 0;
        let mut list = |resolver: &mut Self, nodes: &[parse::Particle]| -> Vec<Particle> {
            let mut particles = Vec::with_capacity(nodes.len());
            for node in nodes {
                let inner = resolver.expand(node, place);
                size += inner.size;
                depth = depth.max(inner.depth);
                particles.extend(inner.particle);
            }
            particles
        };
        let term = match &node.term {
            parse::Term::Element(element) => self.element(element, place).map(Term::Element),
            parse::Term::Any(any) => Some(Term::Any(self.wildcard(any, place))),
            parse::Term::Sequence(nodes) => Some(Term::Sequence(list(self, nodes))),
            parse::Term::Choice(nodes) => Some(Term::Choice(list(self, nodes))),
            parse::Term::All(nodes) => Some(Term::All(list(self, nodes))),
            parse::Term::Group(reference) => {
                let expansion = self.group_named(reference, place);
                size = expansion.size;
                depth = expansion.depth;
                self.expanded += expansion.size;
                // The model group of a group occurs once: its own occurrence takes the place.
                match expansion.particle {
                    Some(Particle { min: 1, max: Some(1), term, .. }) => Some(term),
                    Some(particle) => Some(Term::Sequence(vec![particle])),
                    None => None,
                }
            }
        };
        let (min, max) = (node.occurs.min, node.occurs.max);
        let particle = term.filter(|_| max != Some(0));
        let group = match &node.term {
            parse::Term::Group(reference) => Some(reference.name.local.clone()),
            _ => None,
        };
        let particle = particle.map(|term| Particle { min, max, term, span: node.span.clone(), group });
        Expansion { particle, size, depth: depth + 1 }
    }

    fn group_named(&mut self, reference: &parse::NameRef, place: &Place) -> Expansion {
        let nothing = Expansion { particle: None, size: 0, depth: 0 };
        let name = self.table.instances[place.instance].name(reference);
        let Some(index) = self.definition(Space::Group, &name, place) else {
            self.unknown(Space::Group, reference, &name);
            return nothing;
        };
        self.check_import(reference, &name, place);
        if self.is_open(Space::Group, &name, index, &reference.span) || self.too_large(&reference.span) {
            return nothing;
        }
        self.group(&name, index)
    }

    /// Reports a group that is being expanded already.
    pub(super) fn is_open(&mut self, space: Space, name: &QName, index: usize, span: &Span) -> bool {
        let open = self.open.iter().position(|(s, n, i)| (*s, n, *i) == (space, name, index));
        let deep = self.open.len() >= MAX_DEPTH;
        if let Some(start) = open {
            let names: Vec<&str> = self.open[start..].iter().map(|(_, n, _)| &*n.local).collect();
            let message = format!(
                "{} `{}` contains itself: {} → {}",
                space.word(),
                name.local,
                names.join(" → "),
                name.local
            );
            let help = "a group that contains itself has no end; put the recursion into an element";
            self.error(Code::Circular, span, message, help);
        } else if deep {
            self.error(
                Code::TooLarge,
                span,
                "groups refer to groups too deep to follow",
                "simplify the groups",
            );
        }
        open.is_some() || deep
    }

    fn too_large(&mut self, span: &Span) -> bool {
        let too_large = self.expanded > MAX_EXPANDED;
        if too_large {
            let message = format!("expanded groups have more than {MAX_EXPANDED} particles in all");
            self.error(Code::TooLarge, span, message, "simplify the groups that refer to groups");
        }
        too_large
    }

    /// A definition of a group, expanded once: all its uses share elements and types.
    pub(super) fn group(&mut self, name: &QName, index: usize) -> Expansion {
        let key = (name.clone(), index);
        if let Some(known) = self.groups.get(&key) {
            return known.clone();
        }
        let mut expansion = Expansion { particle: None, size: 0, depth: 0 };
        let component = self.table.get(Space::Group, name).and_then(|list| list.get(index)).copied();
        if let Some(component) = component
            && let Item::Group(node) = component.item
        {
            self.open.push((Space::Group, name.clone(), index));
            let redefines = index.checked_sub(1).map(|before| (Space::Group, name.clone(), before));
            let place = self.place(Space::Group, name, component.instance, redefines);
            if let Some(model) = &node.model {
                expansion = self.expand(model, &place);
                if expansion.depth > MAX_DEPTH {
                    let help = "simplify the groups that refer to groups";
                    self.error(Code::TooLarge, &node.span, "its groups nest too deep to follow", help);
                    expansion = Expansion { particle: None, size: 0, depth: 0 };
                }
            }
            self.open.pop();
        }
        self.groups.insert(key, expansion.clone());
        if self.open.is_empty() {
            self.convert_deferred();
        }
        expansion
    }

    /// An element within a model group: a reference, or a declaration of its own.
    fn element(&mut self, node: &parse::Element, place: &Place) -> Option<ElementId> {
        if let Some(reference) = &node.reference {
            let found = self.element_named(reference, place);
            return found.or_else(|| Some(self.undeclared(reference, place)));
        }
        let local: Rc<str> = node.name.clone()?;
        let instance = &self.table.instances[place.instance];
        let qualified = node.qualified.unwrap_or(instance.schema.elements_qualified);
        let namespace = if qualified { instance.target.clone() } else { "".into() };
        let id = ElementId(self.set.elements.len());
        let name = QName { namespace, local: local.clone() };
        self.set.elements.push(new_element(name, false, TypeId(Builtin::AnyType as usize), &node.span));
        self.element_owners.push(self.owner);
        self.element_decl(node, id, &place.within(&local));
        Some(id)
    }

    /// What stands for an element that is declared nowhere: one of its name with any content.
    fn undeclared(&mut self, reference: &parse::NameRef, place: &Place) -> ElementId {
        let name = self.table.instances[place.instance].name(reference);
        let id = ElementId(self.set.elements.len());
        let mut element = new_element(name, false, TypeId(Builtin::AnyType as usize), &reference.span);
        element.docs = Some("Declared by no schema that the generator was given.".to_owned());
        self.set.elements.push(element);
        self.element_owners.push(self.owner);
        id
    }

    /// Fills in an element declaration; `place` leads to the element itself.
    pub(super) fn element_decl(&mut self, node: &parse::Element, id: ElementId, place: &Place) {
        let ty = match &node.ty {
            Some(ty) => self.type_of(ty, place),
            None => TypeId(Builtin::AnyType as usize),
        };
        let substitutes = node.substitutes.as_ref().and_then(|head| self.element_named(head, place));
        if node.ty.is_none() && substitutes.is_some() {
            self.pending_heads.push(id);
        }
        let element = &mut self.set.elements[id.0];
        element.ty = ty;
        element.nillable = node.nillable;
        element.is_abstract = node.is_abstract;
        element.block = node.block;
        element.default.clone_from(&node.default);
        element.fixed.clone_from(&node.fixed);
        element.substitutes = substitutes;
        element.docs.clone_from(&node.docs);
    }

    /// A wildcard with the target namespace filled in.
    pub(super) fn wildcard(&self, node: &parse::Any, place: &Place) -> Wildcard {
        let target = &self.table.instances[place.instance].target;
        let first = node.namespaces.first().map_or("", |n| n);
        let namespaces = match first {
            "##any" => NamespaceConstraint::Any,
            "##other" => NamespaceConstraint::Other(target.clone()),
            _ => {
                let mut list: Vec<Rc<str>> = Vec::new();
                for namespace in &node.namespaces {
                    let uri = match &**namespace {
                        "##targetNamespace" => target.clone(),
                        "##local" => "".into(),
                        _ => namespace.clone(),
                    };
                    if !list.contains(&uri) {
                        list.push(uri);
                    }
                }
                NamespaceConstraint::List(list)
            }
        };
        Wildcard { namespaces, process: node.process }
    }
}
