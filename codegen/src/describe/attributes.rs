//! Trees of attributes and wildcards. An attribute in a namespace becomes a global one with references to it;
//! where several of one name differ in type, the others are local.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::schema::{
    AttributeUse, Builtin, NamespaceConstraint, Process, QName, SchemaSet, TypeBody, TypeId, Usage, Wildcard,
};

use super::tree::{Node, Value};
use super::{Describer, Kind};

/// All attribute uses of a set.
fn uses(set: &SchemaSet) -> impl Iterator<Item = &AttributeUse> {
    set.types.iter().flat_map(|ty| match &ty.body {
        TypeBody::Complex(complex) => complex.attributes.as_slice(),
        _ => &[],
    })
}

/// A global attribute.
pub(super) struct Shared<'s> {
    /// The type that most of its uses have.
    ty: TypeId,
    /// What all of these say; otherwise each says it itself.
    docs: Option<&'s str>,
}

/// The attributes to be declared globally.
pub(super) fn shared(set: &SchemaSet) -> BTreeMap<QName, Shared<'_>> {
    let mut types: BTreeMap<&QName, BTreeMap<TypeId, Vec<Option<&str>>>> = BTreeMap::new();
    for attribute in uses(set).filter(|attribute| !attribute.name.namespace.is_empty()) {
        let docs = types.entry(&attribute.name).or_default().entry(attribute.ty).or_default();
        docs.push(attribute.docs.as_deref());
    }
    types.into_iter().filter_map(|(name, types)| Some((name.clone(), most_used(types)?))).collect()
}

fn most_used(types: BTreeMap<TypeId, Vec<Option<&str>>>) -> Option<Shared<'_>> {
    let (ty, docs) = types.into_iter().max_by_key(|(id, docs)| (docs.len(), Reverse(*id)))?;
    let first = docs.first().copied().flatten();
    Some(Shared { ty, docs: first.filter(|_| docs.iter().all(|other| *other == first)) })
}

impl Describer<'_> {
    /// Adds the global attributes.
    pub(super) fn declare_attributes(&mut self) {
        let shared: Vec<_> =
            self.attributes.iter().map(|(name, shared)| (name.clone(), shared.ty, shared.docs)).collect();
        for (name, ty, docs) in shared {
            self.holder = name.local.clone();
            let node = self.attribute_type(Node::new("attribute").docs(docs), ty, &name.namespace);
            self.declare(&name, Kind::Attribute, node);
        }
    }

    /// An attribute of a type in the document of the namespace `home`.
    pub(super) fn attribute_use(&mut self, attribute: &AttributeUse, home: &Rc<str>) -> Node {
        self.source(home, &attribute.span);
        let AttributeUse { name, ty, docs, .. } = attribute;
        if let Some(shared) = self.attributes.get(name).filter(|shared| shared.ty == *ty) {
            let own = docs.as_deref().filter(|_| shared.docs.is_none());
            let node = Node::new("attribute").attribute("ref", name.clone()).docs(own);
            return self.usage(node, attribute, home);
        }
        if !name.namespace.is_empty() && name.namespace != *home {
            let group = Node::new("attributeGroup").child(self.local_attribute(attribute, &name.namespace));
            let group = self.declare_shared(&name.namespace, Kind::AttributeGroup, &name.local, group);
            return Node::new("attributeGroup").attribute("ref", group);
        }
        self.local_attribute(attribute, home)
    }

    fn local_attribute(&mut self, attribute: &AttributeUse, home: &Rc<str>) -> Node {
        let qualified = !attribute.name.namespace.is_empty();
        let node = Node::new("attribute").attribute("name", &*attribute.name.local);
        let node = self.attribute_type(node.docs(attribute.docs.as_deref()), attribute.ty, home);
        self.usage(node.optional("form", qualified.then_some("qualified")), attribute, home)
    }

    /// Adds what an attribute use says beside name and type.
    fn usage(&mut self, node: Node, attribute: &AttributeUse, home: &Rc<str>) -> Node {
        let usage = match attribute.usage {
            Usage::Required => Some("required"),
            Usage::Optional => None,
            Usage::Prohibited => Some("prohibited"),
        };
        let values = attribute.default.iter().chain(&attribute.fixed);
        self.values(attribute.ty, values.map(String::as_str), home);
        node.optional("use", usage)
            .optional("default", attribute.default.as_deref())
            .optional("fixed", attribute.fixed.as_deref())
    }

    fn attribute_type(&mut self, node: Node, id: TypeId, home: &Rc<str>) -> Node {
        match self.set.types[id.0].body {
            // What it is without a type.
            TypeBody::Builtin(Builtin::AnySimpleType) => node,
            _ => self.typed(node, "type", id, home),
        }
    }

    /// `xs:anyAttribute`, or a group of the namespace whose others it means.
    pub(super) fn any_attribute(&mut self, any: &Wildcard, home: &Rc<str>) -> Node {
        match excluded(any).filter(|namespace| *namespace != home) {
            None => wildcard("anyAttribute", any, home),
            Some(namespace) => {
                let node = Node::new("attributeGroup").child(wildcard("anyAttribute", any, namespace));
                let group = self.declare_shared(namespace, Kind::AttributeGroup, "AnyAttribute", node);
                Node::new("attributeGroup").attribute("ref", group)
            }
        }
    }
}

/// A wildcard in the document of the namespace `home`.
pub(super) fn wildcard(name: &'static str, any: &Wildcard, home: &Rc<str>) -> Node {
    let word = |uri: &Rc<str>| match &**uri {
        "" => "##local".to_owned(),
        uri if *uri == **home => "##targetNamespace".to_owned(),
        uri => uri.to_owned(),
    };
    let namespaces = match &any.namespaces {
        NamespaceConstraint::Any => None,
        NamespaceConstraint::Other(_) => Some("##other".to_owned()),
        NamespaceConstraint::List(list) => Some(list.iter().map(word).collect::<Vec<_>>().join(" ")),
    };
    let process = match any.process {
        Process::Strict => None,
        Process::Lax => Some("lax"),
        Process::Skip => Some("skip"),
    };
    let namespaces = namespaces.map(Value::Text);
    let node = Node::new(name);
    let node = match namespaces {
        Some(namespaces) => node.attribute("namespace", namespaces),
        None => node,
    };
    node.optional("processContents", process)
}

/// The target namespace of the document in which a wildcard says `##other`.
pub(super) fn excluded(any: &Wildcard) -> Option<&Rc<str>> {
    match &any.namespaces {
        NamespaceConstraint::Other(namespace) => Some(namespace),
        _ => None,
    }
}
