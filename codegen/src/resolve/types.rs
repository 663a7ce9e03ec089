//! Converts simple and complex types. Only ids of other types are needed here, never their contents.

use std::rc::Rc;

use crate::parse::{self, SimpleBody, TypeRef};
use crate::schema::{
    Builtin, ComplexType, Content, Derivation, Facet, NamespaceConstraint, Particle, Process, SimpleType,
    Term, TypeBody, TypeId, Wildcard,
};
use crate::span::Span;

use super::collect::Space;
use super::{Deferred, PendingContent, Place, Resolver, placeholder};

impl Resolver<'_, '_> {
    /// The type that a reference names, or a new anonymous type for a definition in place.
    pub(super) fn type_of(&mut self, reference: &TypeRef, place: &Place) -> TypeId {
        match reference {
            TypeRef::Named(name) => self.type_named(name, place),
            TypeRef::Simple(node) => {
                let id = self.anonymous(&node.span, place);
                self.simple(node, id, place);
                id
            }
            TypeRef::Complex(node) => {
                let id = self.anonymous(&node.span, place);
                if self.open.iter().any(|(space, ..)| *space == Space::Group) {
                    // Its content may be the very group: that is known when the group is done.
                    self.deferred.push_back(Deferred {
                        node: node.clone(),
                        id,
                        place: place.clone(),
                        owner: self.owner,
                    });
                } else {
                    self.complex(node, id, place);
                }
                id
            }
        }
    }

    /// Converts the types of elements in groups, once no group is being expanded.
    pub(super) fn convert_deferred(&mut self) {
        let owner = self.owner;
        while let Some(deferred) = self.deferred.pop_front().filter(|_| self.open.is_empty()) {
            self.owner = deferred.owner;
            self.complex(&deferred.node, deferred.id, &deferred.place);
        }
        self.owner = owner;
    }

    fn anonymous(&mut self, span: &Span, place: &Place) -> TypeId {
        let namespace = self.table.instances[place.instance].target.clone();
        let mut ty = placeholder(None, &namespace, span);
        ty.path = place.path.clone();
        ty.holder = place.holder;
        self.add_type(ty)
    }

    /// A type that must be simple, which is checked when all types are known.
    pub(super) fn simple_type_of(
        &mut self,
        reference: &TypeRef,
        place: &Place,
        what: &'static str,
    ) -> TypeId {
        let id = self.type_of(reference, place);
        if let TypeRef::Named(name) = reference {
            self.must_be_simple.push((id, name.span.clone(), what));
        }
        id
    }

    /// Fills in a simple type.
    pub(super) fn simple(&mut self, node: &parse::Simple, id: TypeId, place: &Place) {
        let inner = |name: &str| {
            let mut place = place.clone();
            place.path.push(name.into());
            place
        };
        let body = match &node.body {
            SimpleBody::Restriction { base, facets } => {
                let base = self.simple_type_of(base, &inner("Base"), "the base of a simpleType");
                SimpleType::Restriction { base, facets: facets.iter().map(facet).collect() }
            }
            SimpleBody::List(item) => {
                SimpleType::List { item: self.simple_type_of(item, &inner("Item"), "the item of a list") }
            }
            SimpleBody::Union(members) => {
                let mut anonymous = 0;
                let mut ids = Vec::with_capacity(members.len());
                for member in members {
                    anonymous += usize::from(!matches!(member, TypeRef::Named(_)));
                    let name = if anonymous < 2 { "Member".to_owned() } else { format!("Member{anonymous}") };
                    ids.push(self.simple_type_of(member, &inner(&name), "the member of a union"));
                }
                SimpleType::Union { members: ids }
            }
        };
        let ty = &mut self.set.types[id.0];
        ty.docs.clone_from(&node.docs);
        ty.body = TypeBody::Simple(body);
    }

    /// Fills in a complex type.
    pub(super) fn complex(&mut self, node: &parse::Complex, id: TypeId, place: &Place) {
        let mut complex = ComplexType {
            is_abstract: node.is_abstract,
            mixed: node.mixed,
            block: node.block,
            derivation: None,
            content: Content::Empty,
            attributes: Vec::new(),
            any_attribute: None,
        };
        let mut restriction = false;
        match &node.content {
            parse::ComplexContent::Plain(particle) => {
                complex.content = self.content(particle.as_ref(), place);
            }
            parse::ComplexContent::Derived { derivation, base, particle } => {
                let base_id = self.type_named(base, place);
                restriction = *derivation == Derivation::Restriction;
                let open = base_id.0 == Builtin::AnyType as usize;
                // A base that is not known allows anything, too.
                let missing = open && !self.is_any_type(base, place);
                if !open {
                    complex.derivation = Some((*derivation, base_id));
                }
                complex.content = self.content(particle.as_ref(), place);
                if open && (!restriction || missing) {
                    extend_any_type(&mut complex, &node.span);
                }
            }
            parse::ComplexContent::Simple { derivation, base, inline, facets } => {
                let base_id = self.type_named(base, place);
                restriction = *derivation == Derivation::Restriction;
                complex.derivation = Some((*derivation, base_id));
                let value: Rc<str> = "Value".into();
                let inline = inline.as_ref().map(|node| {
                    let mut place = place.within(&value);
                    if !facets.is_empty() {
                        // The facets make another type of it.
                        place = place.within(&"Base".into());
                    }
                    let id = self.anonymous(&node.span, &place);
                    self.simple(node, id, &place);
                    id
                });
                complex.content = Content::Simple(TypeId(Builtin::AnySimpleType as usize));
                let mut path = place.path.clone();
                path.push(value);
                self.pending_contents.push(PendingContent {
                    ty: id,
                    base: base_id,
                    derivation: *derivation,
                    inline,
                    facets: facets.iter().map(facet).collect(),
                    path,
                    holder: place.holder,
                    span: base.span.clone(),
                });
            }
        }
        let (attributes, any_attribute) = self.attribute_uses(&node.attributes, place, restriction);
        complex.attributes = attributes;
        complex.any_attribute = complex.any_attribute.or(any_attribute);
        let ty = &mut self.set.types[id.0];
        ty.docs.clone_from(&node.docs);
        ty.body = TypeBody::Complex(complex);
    }

    fn content(&mut self, particle: Option<&parse::Particle>, place: &Place) -> Content {
        let particle = particle.and_then(|p| self.particle(p, place));
        match particle {
            Some(particle) if has_children(&particle) => Content::Particles(particle),
            _ => Content::Empty,
        }
    }
}

/// An extension of anyType has what is open there: text, any elements, any attributes. Where it adds elements, those are
/// all that it has, since nobody could tell them from any others.
fn extend_any_type(complex: &mut ComplexType, span: &Span) {
    let any = Wildcard { namespaces: NamespaceConstraint::Any, process: Process::Lax };
    complex.mixed = true;
    complex.any_attribute = Some(any.clone());
    if matches!(complex.content, Content::Empty) {
        let particle = |min, max, term| Particle { min, max, term, span: span.clone(), group: None };
        let any = particle(0, None, Term::Any(any));
        complex.content = Content::Particles(particle(1, Some(1), Term::Sequence(vec![any])));
    }
}

/// Whether a particle lets any element in.
fn has_children(particle: &Particle) -> bool {
    match &particle.term {
        Term::Element(_) | Term::Any(_) => true,
        Term::Sequence(list) | Term::Choice(list) | Term::All(list) => list.iter().any(has_children),
    }
}

fn facet(facet: &parse::Facet) -> Facet {
    let parse::Facet { kind, value, names, docs, span } = facet;
    Facet { kind: *kind, value: value.clone(), names: names.clone(), docs: docs.clone(), span: span.clone() }
}
