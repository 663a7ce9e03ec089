//! Trees of types, elements and particles.

use std::rc::Rc;

use crate::resolve::facet_word;
use crate::schema::{
    Block, Builtin, ComplexType, Content, Derivation, ElementDecl, Facet, FacetKind, Particle, QName,
    SimpleType, Term, TypeBody, TypeDef, TypeId, Usage,
};

use super::tree::{Node, Value};
use super::{Describer, Kind};

impl Describer<'_> {
    /// A type without its name, in the document of the namespace `home`.
    pub(super) fn type_node(&mut self, id: TypeId, home: &Rc<str>) -> Node {
        let ty = &self.set.types[id.0];
        self.source(home, &ty.span);
        let node = match &ty.body {
            TypeBody::Complex(complex) => self.complex(complex, home),
            TypeBody::Simple(simple) => Node::new("simpleType").child(self.simple(simple, home)),
            // Built-in types have names.
            TypeBody::Builtin(_) => Node::new("simpleType"),
        };
        node.docs(ty.docs.as_deref())
    }

    /// `node` with a type: its name in `attribute`, or an anonymous type as child. One that is within itself, by way of
    /// a group that it was in, gets a name.
    pub(super) fn typed(&mut self, node: Node, attribute: &'static str, id: TypeId, home: &Rc<str>) -> Node {
        let ty = &self.set.types[id.0];
        let within = self.open.contains(&id);
        let name = ty.name.clone().or_else(|| within.then(|| self.original(id, ty)));
        if let Some(name) = name.or_else(|| self.originals.get(&id).cloned()) {
            return node.attribute(attribute, name);
        }
        self.open.push(id);
        let child = self.type_node(id, home);
        self.open.pop();
        node.child(child)
    }

    fn simple(&mut self, ty: &SimpleType, home: &Rc<str>) -> Node {
        match ty {
            SimpleType::Restriction { base, facets } => {
                let node = self.typed(Node::new("restriction"), "base", *base, home);
                self.facets(node, *base, facets, home)
            }
            SimpleType::List { item } => self.typed(Node::new("list"), "itemType", *item, home),
            SimpleType::Union { members } => self.union(members, home),
        }
    }

    fn facets(&mut self, node: Node, base: TypeId, facets: &[Facet], home: &Rc<str>) -> Node {
        let enumeration = facets.iter().filter(|facet| facet.kind == FacetKind::Enumeration);
        self.values(base, enumeration.map(|facet| &*facet.value), home);
        let facet = |facet: &Facet| {
            Node::new(facet_word(facet.kind)).attribute("value", &*facet.value).docs(facet.docs.as_deref())
        };
        node.children(facets.iter().map(facet))
    }

    /// Members with names come first.
    fn union(&mut self, members: &[TypeId], home: &Rc<str>) -> Node {
        let set = self.set;
        let name = |id: &TypeId| set.types[id.0].name.clone();
        let names: Vec<QName> = members.iter().map_while(name).collect();
        let in_place = &members[names.len()..];
        let mut node = Node::new("union");
        if !names.is_empty() {
            node = node.attribute("memberTypes", Value::Names(names));
        }
        for member in in_place {
            let child = match name(member) {
                // The order is the order of preference: this one stays behind those without names.
                Some(name) => Node::new("simpleType").child(Node::new("restriction").attribute("base", name)),
                None => self.type_node(*member, home),
            };
            node = node.child(child);
        }
        node
    }

    fn complex(&mut self, ty: &ComplexType, home: &Rc<str>) -> Node {
        let node = Node::new("complexType").flag("mixed", ty.mixed).flag("abstract", ty.is_abstract);
        let node = node.optional("block", blocked(ty.block, false));
        let prohibited = ty.attributes.iter().any(|attribute| attribute.usage == Usage::Prohibited);
        let (kind, method) = match (&ty.content, ty.derivation) {
            (Content::Simple(text), derivation) => {
                let (derivation, base) = derivation.unwrap_or((Derivation::Extension, *text));
                let method = self.method(derivation, base);
                let method = match derivation {
                    Derivation::Extension => method,
                    Derivation::Restriction => self.restricted_text(method, base, *text, home),
                };
                ("simpleContent", method)
            }
            (_, Some((derivation, base))) => ("complexContent", self.method(derivation, base)),
            // Only a restriction can have prohibited attributes.
            (_, None) if prohibited => {
                ("complexContent", Node::new("restriction").attribute("base", "xs:anyType"))
            }
            (_, None) => return self.content(node, ty, home),
        };
        node.child(Node::new(kind).child(self.content(method, ty, home)))
    }

    /// An extension or restriction with its base.
    fn method(&mut self, derivation: Derivation, base: TypeId) -> Node {
        let node = Node::new(match derivation {
            Derivation::Extension => "extension",
            Derivation::Restriction => "restriction",
        });
        let ty = &self.set.types[base.0];
        node.attribute("base", ty.name.clone().unwrap_or_else(|| self.original(base, ty)))
    }

    /// The name for a type without one: it was redefined, and is still the base of what redefines it, or is within
    /// itself.
    fn original(&mut self, id: TypeId, ty: &TypeDef) -> QName {
        if let Some(known) = self.originals.get(&id) {
            return known.clone();
        }
        let mut name = QName { namespace: ty.namespace.clone(), local: ty.path.join(".").into() };
        while !self.types.insert(name.clone()) {
            name.local = format!("{}.{}", name.local, self.holder).into();
        }
        self.originals.insert(id, name.clone());
        self.pending.push(id);
        name
    }

    /// What a simpleContent restriction restricts: facets, or another type of the text.
    fn restricted_text(&mut self, method: Node, base: TypeId, text: TypeId, home: &Rc<str>) -> Node {
        let types = &self.set.types;
        let inherited = match &types[base.0].body {
            TypeBody::Complex(ComplexType { content: Content::Simple(text), .. }) => Some(*text),
            _ => None,
        };
        if Some(text) == inherited {
            return method;
        }
        let ty = &types[text.0];
        match &ty.body {
            TypeBody::Simple(SimpleType::Restriction { base, facets })
                if Some(*base) == inherited
                    && !facets.is_empty()
                    && ty.name.is_none()
                    && ty.docs.is_none() =>
            {
                self.facets(method, *base, facets, home)
            }
            _ if ty.name.is_none() => method.child(self.type_node(text, home)),
            _ => {
                let restriction = self.typed(Node::new("restriction"), "base", text, home);
                method.child(Node::new("simpleType").child(restriction))
            }
        }
    }

    /// Adds child elements and attributes.
    fn content(&mut self, mut node: Node, ty: &ComplexType, home: &Rc<str>) -> Node {
        if let Content::Particles(particle) = &ty.content {
            node = node.child(self.particle(particle, home));
        }
        for attribute in &ty.attributes {
            node = node.child(self.attribute_use(attribute, home));
        }
        match &ty.any_attribute {
            Some(any) => node.child(self.any_attribute(any, home)),
            None => node,
        }
    }

    /// An element without its name.
    pub(super) fn element(&mut self, element: &ElementDecl, home: &Rc<str>) -> Node {
        let set = self.set;
        self.source(home, &element.span);
        let mut node = Node::new("element").docs(element.docs.as_deref());
        let head = element.substitutes.map(|id| &set.elements[id.0]);
        let any = matches!(set.types[element.ty.0].body, TypeBody::Builtin(Builtin::AnyType));
        // Without a type it is that of the head, or anyType. An anonymous one can only be had so.
        let usual = head.map_or(any, |head| head.ty == element.ty);
        if !usual {
            node = self.typed(node, "type", element.ty, home);
        }
        if let Some(head) = head {
            node = node.attribute("substitutionGroup", head.name.clone());
        }
        let values = element.default.iter().chain(&element.fixed);
        self.values(element.ty, values.map(String::as_str), home);
        node.flag("abstract", element.is_abstract)
            .optional("block", blocked(element.block, true))
            .flag("nillable", element.nillable)
            .optional("default", element.default.as_deref())
            .optional("fixed", element.fixed.as_deref())
    }

    /// A local element with its name.
    fn local(&mut self, element: &ElementDecl, home: &Rc<str>) -> Node {
        let node = self.element(element, home).named(&element.name.local);
        // Without target namespace both forms are the same.
        let form = if element.name.namespace.is_empty() { "unqualified" } else { "qualified" };
        node.optional("form", Some(form).filter(|_| !home.is_empty()))
    }

    fn particle(&mut self, particle: &Particle, home: &Rc<str>) -> Node {
        let node = match self.elsewhere(particle, home) {
            Some(namespace) => Node::new("group").attribute("ref", self.group(particle, &namespace)),
            None => self.term(&particle.term, home),
        };
        node.occurs(particle.min, particle.max)
    }

    /// A term that occurs once.
    fn term(&mut self, term: &Term, home: &Rc<str>) -> Node {
        let (name, list) = match term {
            Term::Element(id) => {
                let element = &self.set.elements[id.0];
                return match element.global {
                    true => Node::new("element").attribute("ref", element.name.clone()),
                    false => self.local(element, home),
                };
            }
            Term::Any(any) => return super::attributes::wildcard("any", any, home),
            Term::Sequence(list) => ("sequence", list),
            Term::Choice(list) => ("choice", list),
            Term::All(list) => ("all", list),
        };
        let children: Vec<Node> = list.iter().map(|particle| self.particle(particle, home)).collect();
        Node::new(name).children(children)
    }

    /// A group of the namespace that a particle belongs to.
    fn group(&mut self, particle: &Particle, namespace: &Rc<str>) -> QName {
        let model = self.term(&particle.term, namespace);
        let (name, model) = match &particle.term {
            Term::Element(id) => (&self.set.elements[id.0].name.local, Node::new("sequence").child(model)),
            Term::Any(_) => (&"Any".into(), Node::new("sequence").child(model)),
            _ => (particle.group.as_ref().unwrap_or(&self.holder), model),
        };
        let name = name.clone();
        self.declare_shared(namespace, Kind::Group, &name, Node::new("group").child(model))
    }

    /// The namespace in whose document a particle must stand, when this is not `home`. That is so for groups
    /// of another namespace, and for nothing else: there is no other way for such content into a type.
    fn elsewhere(&self, particle: &Particle, home: &Rc<str>) -> Option<Rc<str>> {
        let leaf = matches!(particle.term, Term::Element(_) | Term::Any(_));
        let namespace = if leaf || particle.group.is_some() { self.namespace(particle) } else { None };
        namespace.filter(|namespace| namespace != home)
    }

    /// The namespace that local elements and wildcards say a particle to be from, groups in it left out.
    fn namespace(&self, particle: &Particle) -> Option<Rc<str>> {
        match &particle.term {
            Term::Element(id) => {
                let element = &self.set.elements[id.0];
                let ty = &self.set.types[element.ty.0];
                match &ty.body {
                    _ if element.global => None,
                    _ if !element.name.namespace.is_empty() => Some(element.name.namespace.clone()),
                    TypeBody::Complex(ComplexType { content: Content::Particles(inner), .. })
                        if ty.name.is_none() && inner.group.is_none() =>
                    {
                        self.namespace(inner)
                    }
                    _ => None,
                }
            }
            Term::Any(any) => super::attributes::excluded(any).cloned(),
            Term::Sequence(list) | Term::Choice(list) | Term::All(list) => {
                let mut own = list.iter().filter(|inner| inner.group.is_none());
                own.find_map(|inner| self.namespace(inner))
            }
        }
    }
}

/// The value of `block`, of an element or a type.
fn blocked(block: Block, of_element: bool) -> Option<&'static str> {
    Some(match (block.extension, block.restriction, block.substitution && of_element) {
        (false, false, false) => return None,
        (true, true, true) => "#all",
        (true, true, false) if !of_element => "#all",
        (true, true, false) => "extension restriction",
        (true, false, false) => "extension",
        (true, false, true) => "extension substitution",
        (false, true, false) => "restriction",
        (false, true, true) => "restriction substitution",
        (false, false, true) => "substitution",
    })
}
