//! The XML of a description as a tree: elements of XML Schema, attributes in order, names not yet prefixed.

use std::borrow::Cow;

use crate::schema::QName;

/// An element in the namespace of XML Schema.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) attributes: Vec<(Cow<'static, str>, Value)>,
    /// Text of its annotation, which stands before the children.
    pub(super) docs: Option<String>,
    pub(super) children: Vec<Node>,
}

/// Value of an attribute.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    /// As it is.
    Text(String),
    /// Names of components, with prefixes in the text.
    Names(Vec<QName>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<QName> for Value {
    fn from(name: QName) -> Value {
        Value::Names(vec![name])
    }
}

impl Node {
    pub(super) fn new(name: &'static str) -> Node {
        Node { name, attributes: Vec::new(), docs: None, children: Vec::new() }
    }

    pub(super) fn attribute(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Node {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// An attribute that is only there when it has a value.
    pub(super) fn optional(self, name: &'static str, value: Option<&str>) -> Node {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// A boolean attribute that is `false` when it is absent.
    pub(super) fn flag(self, name: &'static str, value: bool) -> Node {
        self.optional(name, value.then_some("true"))
    }

    /// An attribute that stands before all others.
    pub(super) fn named(mut self, name: &str) -> Node {
        self.attributes.insert(0, ("name".into(), name.into()));
        self
    }

    pub(super) fn docs(mut self, docs: Option<&str>) -> Node {
        self.docs = docs.filter(|text| !text.trim().is_empty()).map(str::to_owned);
        self
    }

    pub(super) fn child(mut self, child: Node) -> Node {
        self.children.push(child);
        self
    }

    pub(super) fn children(mut self, children: impl IntoIterator<Item = Node>) -> Node {
        self.children.extend(children);
        self
    }

    /// minOccurs and maxOccurs, where they are not 1.
    pub(super) fn occurs(mut self, min: u32, max: Option<u32>) -> Node {
        if min != 1 {
            self = self.attribute("minOccurs", &*min.to_string());
        }
        match max {
            Some(1) => self,
            Some(max) => self.attribute("maxOccurs", &*max.to_string()),
            None => self.attribute("maxOccurs", "unbounded"),
        }
    }

    /// Calls `visit` for this element and all within.
    pub(super) fn walk<'n>(&'n self, visit: &mut impl FnMut(&'n Node)) {
        visit(self);
        self.children.iter().for_each(|child| child.walk(visit));
    }
}
