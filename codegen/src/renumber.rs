//! Takes chosen types and elements of a `SchemaSet`, in a chosen order, into a new one with new ids. Shared
//! by resolve (which orders) and prune (which selects).

use crate::schema::{
    AttributeUse, ComplexType, Content, ElementDecl, ElementId, HeaderPart, Message, Particle, SchemaSet,
    SimpleType, Term, TypeBody, TypeDef, TypeId,
};

/// The chosen components under new ids. What they refer to must be among them, but for heads and members of
/// substitution groups: those that are not are forgotten.
pub(crate) fn renumber(set: &SchemaSet, types: &[TypeId], elements: &[ElementId]) -> SchemaSet {
    let mut map = Map { types: vec![None; set.types.len()], elements: vec![None; set.elements.len()] };
    for (new, old) in types.iter().enumerate() {
        map.types[old.0] = Some(TypeId(new));
    }
    for (new, old) in elements.iter().enumerate() {
        map.elements[old.0] = Some(ElementId(new));
    }
    let SchemaSet { open, all_globals, all_types, all_complex, .. } = *set;
    let prefixes = set.prefixes.clone();
    let mut out = SchemaSet { prefixes, open, all_globals, all_types, all_complex, ..SchemaSet::default() };
    out.types = types.iter().map(|id| map.type_def(&set.types[id.0])).collect();
    out.elements = elements.iter().map(|id| map.element_decl(&set.elements[id.0])).collect();
    let attributes = set.attributes.iter().filter(|attribute| map.types[attribute.ty.0].is_some());
    out.attributes = attributes.map(|old| AttributeUse { ty: map.ty(old.ty), ..old.clone() }).collect();
    out.services = set.services.clone();
    for operation in out.services.iter_mut().flat_map(|s| &mut s.operations) {
        map.message(&mut operation.input);
        if let Some(output) = &mut operation.output {
            map.message(output);
        }
        for (_, element) in &mut operation.faults {
            *element = map.element(*element);
        }
    }
    out
}

struct Map {
    types: Vec<Option<TypeId>>,
    elements: Vec<Option<ElementId>>,
}

impl Map {
    fn ty(&self, old: TypeId) -> TypeId {
        let new = self.types[old.0];
        debug_assert!(new.is_some(), "a type that is still used was not chosen: {old:?}");
        new.unwrap_or(old)
    }

    fn element(&self, old: ElementId) -> ElementId {
        let new = self.elements[old.0];
        debug_assert!(new.is_some(), "an element that is still used was not chosen: {old:?}");
        new.unwrap_or(old)
    }

    fn message(&self, message: &mut Message) {
        message.body = message.body.map(|id| self.element(id));
        for HeaderPart { element, .. } in &mut message.headers {
            *element = self.element(*element);
        }
    }

    fn element_decl(&self, old: &ElementDecl) -> ElementDecl {
        let mut new = old.clone();
        new.ty = self.ty(old.ty);
        new.substitutes = old.substitutes.and_then(|id| self.elements[id.0]);
        new.members = old.members.iter().filter_map(|id| self.elements[id.0]).collect();
        new
    }

    fn type_def(&self, old: &TypeDef) -> TypeDef {
        let mut new = old.clone();
        match &mut new.body {
            TypeBody::Builtin(_) => {}
            TypeBody::Simple(SimpleType::Restriction { base, .. }) => *base = self.ty(*base),
            TypeBody::Simple(SimpleType::List { item }) => *item = self.ty(*item),
            TypeBody::Simple(SimpleType::Union { members }) => {
                for member in members {
                    *member = self.ty(*member);
                }
            }
            TypeBody::Complex(complex) => self.complex(complex),
        }
        new
    }

    fn complex(&self, complex: &mut ComplexType) {
        if let Some((_, base)) = &mut complex.derivation {
            *base = self.ty(*base);
        }
        match &mut complex.content {
            Content::Empty => {}
            Content::Simple(ty) => *ty = self.ty(*ty),
            Content::Particles(particle) => self.particle(particle),
        }
        for AttributeUse { ty, .. } in &mut complex.attributes {
            *ty = self.ty(*ty);
        }
    }

    fn particle(&self, particle: &mut Particle) {
        match &mut particle.term {
            Term::Element(id) => *id = self.element(*id),
            Term::Any(_) => {}
            Term::Sequence(list) | Term::Choice(list) | Term::All(list) => {
                for inner in list {
                    self.particle(inner);
                }
            }
        }
    }
}
