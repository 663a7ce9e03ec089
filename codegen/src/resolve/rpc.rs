//! Elements that no schema declares. Wrappers of rpc/literal messages (WSDL 1.1, section 3.5): named for the operation, in
//! the namespace that `soap:body` gives, with an unqualified child of the part's type for each part. And elements of
//! parts of documents that have a type only.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::parse;
use crate::schema::{
    Block, ComplexType, Content, ElementDecl, ElementId, Particle, QName, SchemaSet, Term, TypeBody, TypeDef,
    TypeId,
};
use crate::span::Span;

/// The wrappers that operations need, with ids behind those of the set.
pub(super) struct Wrappers {
    named: BTreeMap<QName, TypeId>,
    first_type: usize,
    first_element: usize,
    types: Vec<TypeDef>,
    elements: Vec<ElementDecl>,
    /// Those that there are, with the message and parts that each was made for.
    known: BTreeMap<QName, (Parts, ElementId)>,
    /// Elements of parts, with their types.
    bare: BTreeMap<QName, (TypeId, ElementId)>,
}

/// Names and types of a wrapper's children.
type Parts = Vec<(Rc<str>, TypeId)>;

impl Wrappers {
    pub(super) fn new(set: &SchemaSet) -> Wrappers {
        let named = set.types.iter().enumerate();
        let named = named.filter_map(|(at, ty)| Some((ty.name.clone()?, TypeId(at)))).collect();
        Wrappers {
            named,
            first_type: set.types.len(),
            first_element: set.elements.len(),
            types: Vec::new(),
            elements: Vec::new(),
            known: BTreeMap::new(),
            bare: BTreeMap::new(),
        }
    }

    /// The type of this name.
    pub(super) fn named(&self, name: &QName) -> Option<TypeId> {
        self.named.get(name).copied()
    }

    /// Names of the types in a namespace.
    pub(super) fn names<'n>(&'n self, namespace: &'n str) -> impl Iterator<Item = &'n str> {
        self.named.keys().filter(move |name| &*name.namespace == namespace).map(|name| &*name.local)
    }

    /// The wrapper of this name with a child for each part; `None` when there is another of the name.
    pub(super) fn wrapper(
        &mut self,
        name: QName,
        parts: &[(&parse::Part, TypeId)],
        span: &Span,
        docs: String,
    ) -> Option<ElementId> {
        let own: Parts = parts.iter().map(|(part, ty)| (part.name.clone(), *ty)).collect();
        if let Some((known, element)) = self.known.get(&name) {
            return (*known == own).then_some(*element);
        }
        if self.bare.contains_key(&name) {
            return None;
        }
        let children = parts.iter().map(|(part, ty)| {
            let local = QName { namespace: "".into(), local: part.name.clone() };
            let element = self.add_element(local, false, *ty, &part.span);
            Particle {
                min: 1,
                max: Some(1),
                term: Term::Element(element),
                span: part.span.clone(),
                group: None,
            }
        });
        let children: Vec<Particle> = children.collect();
        let ty = TypeId(self.first_type + self.types.len());
        let content = match children.is_empty() {
            true => Content::Empty,
            false => Content::Particles(Particle {
                min: 1,
                max: Some(1),
                term: Term::Sequence(children),
                span: span.clone(),
                group: None,
            }),
        };
        self.types.push(TypeDef {
            name: None,
            path: vec![name.local.clone()],
            holder: "",
            namespace: name.namespace.clone(),
            span: span.clone(),
            docs: Some(docs),
            body: TypeBody::Complex(ComplexType {
                is_abstract: false,
                mixed: false,
                block: Block::default(),
                derivation: None,
                content,
                attributes: Vec::new(),
                any_attribute: None,
            }),
        });
        let element = self.add_element(name.clone(), true, ty, span);
        self.known.insert(name, (own, element));
        Some(element)
    }

    /// The element of this name and type; `None` when there is another of the name.
    pub(super) fn bare(&mut self, name: QName, ty: TypeId, span: &Span) -> Option<ElementId> {
        if let Some((known, element)) = self.bare.get(&name) {
            return (*known == ty).then_some(*element);
        }
        if self.known.contains_key(&name) {
            return None;
        }
        let element = self.add_element(name.clone(), true, ty, span);
        self.bare.insert(name, (ty, element));
        Some(element)
    }

    fn add_element(&mut self, name: QName, global: bool, ty: TypeId, span: &Span) -> ElementId {
        self.elements.push(super::new_element(name, global, ty, span));
        ElementId(self.first_element + self.elements.len() - 1)
    }

    /// Puts them into the set, behind everything else.
    pub(super) fn add_to(self, set: &mut SchemaSet) {
        set.types.extend(self.types);
        set.elements.extend(self.elements);
    }
}
