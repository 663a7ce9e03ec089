//! Damage to documents: one change each, which most often makes them invalid.

use fastrand::Rng;

use super::make::{Item, Node};
use super::simple::{Form, Value, White, marked};
use super::tree::{Name, XSI};

/// Texts that are values of some types and not of others.
const VALUES: &[&str] = &[
    "",
    " ",
    "x",
    "-1",
    "0",
    "1",
    "true",
    "TRUE",
    "99999999999999999999",
    "1.50",
    "-0.5e3",
    "INF",
    "2020-02-30",
    "2020-02-29",
    "24:00:00",
    "2020-01-01T24:00:00",
    "2020-01-01T00:00:00Z",
    "12:00:00",
    "a b",
    "a:b",
    "é",
    "P1D",
    "P",
    "AA==",
    "A===",
    "0F",
    "0",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "--02-29",
    "1e400",
];

/// A document with a change.
pub(super) struct Damaged {
    pub(super) node: Node,
    /// What was done.
    pub(super) what: String,
    /// It is in what is kept as it is written.
    pub(super) opaque: bool,
}

/// A copy with a change.
pub(super) fn damaged(document: &Node, types: &[Name], rng: &mut Rng) -> Option<Damaged> {
    let mut copy = document.clone();
    let count = size(&copy);
    let mut at = rng.usize(..count);
    let node = nth(&mut copy, &mut at)?;
    let opaque = node.opaque;
    let what = change(node, types, rng)?;
    let what = format!("{what} in {}", node.name.1);
    Some(Damaged { node: copy, what, opaque })
}

fn size(node: &Node) -> usize {
    1 + elements(node).map(size).sum::<usize>()
}

fn elements(node: &Node) -> impl Iterator<Item = &Node> {
    node.children.iter().filter_map(|child| match child {
        Item::Node(node) => Some(node),
        Item::Text(_) => None,
    })
}

fn nth<'n>(node: &'n mut Node, at: &mut usize) -> Option<&'n mut Node> {
    if *at == 0 {
        return Some(node);
    }
    *at -= 1;
    for child in &mut node.children {
        if let Item::Node(child) = child {
            let size = size(child);
            if *at < size {
                return nth(child, at);
            }
            *at -= size;
        }
    }
    None
}

fn change(node: &mut Node, types: &[Name], rng: &mut Rng) -> Option<String> {
    let children: Vec<usize> =
        (0..node.children.len()).filter(|at| matches!(node.children[*at], Item::Node(_))).collect();
    let child = if children.is_empty() { None } else { Some(children[rng.usize(..children.len())]) };
    let attribute = if node.attributes.is_empty() { None } else { Some(rng.usize(..node.attributes.len())) };
    let text = Value::plain(VALUES[rng.usize(..VALUES.len())]);
    let other = || Node {
        name: ("urn:example:damage".to_owned(), "stray".to_owned()),
        attributes: Vec::new(),
        children: Vec::new(),
        elements_only: false,
        opaque: true,
        unordered: false,
    };
    Some(match rng.usize(..15) {
        0 => {
            node.children.remove(child?);
            "child dropped".to_owned()
        }
        1 => {
            let copy = node.children[child?].clone();
            node.children.insert(child?, copy);
            "child doubled".to_owned()
        }
        2 => {
            let [first, .., last] = children.as_slice() else { return None };
            let one = children[rng.usize(..children.len() - 1)];
            let next = *children.iter().find(|at| **at > one)?;
            let (a, b) = if rng.bool() { (*first, *last) } else { (one, next) };
            node.children.swap(a, b);
            "children swapped".to_owned()
        }
        3 => {
            node.name.1.push('X');
            "element renamed".to_owned()
        }
        4 => {
            node.name.0 = if node.name.0.is_empty() || rng.bool() {
                "urn:example:damage".to_owned()
            } else {
                String::new()
            };
            "element in another namespace".to_owned()
        }
        5 => {
            let (name, _) = node.attributes.remove(attribute?);
            format!("attribute {} dropped", name.1)
        }
        6 => {
            let (name, value) = node.attributes.get_mut(attribute?)?;
            *value = text;
            format!("attribute {} is {:?}", name.1, value.text)
        }
        7 => {
            let namespace = ["", "urn:example:damage", &node.name.0.clone()][rng.usize(..3)].to_owned();
            let name = (namespace, "stray".to_owned());
            node.attributes.push((name, text));
            "attribute added".to_owned()
        }
        8 => {
            let (name, _) = node.attributes.get_mut(attribute?)?;
            name.0 = if name.0.is_empty() { node.name.0.clone() } else { String::new() };
            let name = name.clone();
            let same = node.attributes.iter().filter(|(known, _)| *known == name).count();
            if same > 1 {
                return None;
            }
            format!("attribute {} in another namespace", name.1)
        }
        9 | 10 => {
            if !children.is_empty() {
                return None;
            }
            let what = format!("text is {:?}", text.text);
            node.children = vec![Item::Text(text)];
            what
        }
        11 => {
            let at = rng.usize(..=node.children.len());
            node.children.insert(at, Item::Text(Value::plain("stray text")));
            node.elements_only = false;
            "text added".to_owned()
        }
        12 => {
            let at = rng.usize(..=node.children.len());
            node.children.insert(at, Item::Node(other()));
            "child added".to_owned()
        }
        13 => {
            node.children.clear();
            if node.attributes.iter().all(|(name, _)| name.0 != XSI) && rng.bool() {
                node.attributes.push(((XSI.to_owned(), "nil".to_owned()), Value::plain("true")));
                return Some("emptied and nil".to_owned());
            }
            "emptied".to_owned()
        }
        _ => {
            if types.is_empty()
                || node.attributes.iter().any(|(name, _)| *name == (XSI.to_owned(), "type".to_owned()))
            {
                return None;
            }
            let name = &types[rng.usize(..types.len())];
            let value = Value { text: marked(name), form: Form::Names, white: White::Collapse };
            node.attributes.push(((XSI.to_owned(), "type".to_owned()), value));
            format!("type {}", name.1)
        }
    })
}
