//! Mixed content: one list of texts and children in the order of the document. Which children may stand where is kept
//! beside it, for the reader to check.

use super::Lower;
use super::content::{Node, NodeTerm};
use crate::model::{Choice, Field, Item, ItemKind, Part, PartTerm, Term, Ty};
use crate::name::camel;
use crate::schema::{Builtin, QName};

impl Lower<'_> {
    /// The field that holds mixed content, and the order of the children.
    pub(super) fn mixed(&mut self, node: &Node, key: &str, hint: &str, wire: &QName) -> (Field, Vec<Part>) {
        let mut leaves: Vec<Node> = Vec::new();
        self.leaves(node, &mut leaves);
        // An element goes before a wildcard that admits it too.
        leaves.sort_by_key(|leaf| matches!(leaf.term, NodeTerm::Any(_)));
        let (entry, words) = (format!("{key}/content"), format!("{hint} content"));
        let mut variants = self.fields(&leaves, &entry, &words, wire);
        let text = if variants.iter().any(|v| camel(&v.hint) == "Text") { "Characters" } else { "Text" };
        let field = |step: &str, hint: &str, term, ty, max, docs: &str| Field {
            step: step.to_owned(),
            hint: hint.to_owned(),
            term,
            ty,
            min: u32::from(max == Some(1)),
            max,
            boxed: false,
            fixed: None,
            default: None,
            docs: Some(docs.to_owned()),
            span: node.span.clone(),
        };
        let string = Ty::Builtin(Builtin::String);
        variants.push(field(".text", text, Term::Text, string, Some(1), "Text between children."));
        let item = self.add(Item {
            key: entry,
            hint: words,
            wire: wire.clone(),
            span: node.span.clone(),
            docs: Some("A piece of mixed content.".to_owned()),
            kind: ItemKind::Choice(Choice { variants, nested: true, mixed: true, bases: Vec::new() }),
        });
        let docs = "Texts and children in the order of the document.";
        let content = field("content", "content", Term::Mixed, Ty::Item(item), None, docs);
        (content, if is_free(node) { Vec::new() } else { vec![self.part(node)] })
    }

    /// The elements and wildcards of a content model, each once.
    fn leaves(&self, node: &Node, leaves: &mut Vec<Node>) {
        let same = |a: &Node, b: &Node| match (&a.term, &b.term) {
            (NodeTerm::Element(a), NodeTerm::Element(b)) => {
                self.set.elements[a.0].name == self.set.elements[b.0].name
            }
            (NodeTerm::Any(a), NodeTerm::Any(b)) => a == b,
            _ => false,
        };
        match &node.term {
            NodeTerm::Sequence(nodes) | NodeTerm::Choice(nodes) | NodeTerm::All(nodes) => {
                nodes.iter().for_each(|inner| self.leaves(inner, leaves));
            }
            NodeTerm::Element(_) | NodeTerm::Any(_) => {
                if !leaves.iter().any(|known| same(known, node)) {
                    leaves.push(Node { min: 1, max: Some(1), ..node.clone() });
                }
            }
        }
    }

    fn part(&self, node: &Node) -> Part {
        let term = match &node.term {
            NodeTerm::Element(id) => PartTerm::Element(self.set.elements[id.0].name.clone()),
            NodeTerm::Any(wildcard) => PartTerm::Any(wildcard.clone()),
            NodeTerm::Sequence(_) => PartTerm::Sequence(self.parts(node)),
            NodeTerm::Choice(_) => PartTerm::Choice(self.parts(node)),
            NodeTerm::All(nodes) => PartTerm::All(nodes.iter().map(|inner| self.part(inner)).collect()),
        };
        Part { min: node.min, max: node.max, term }
    }

    /// What a sequence or a choice consists of, with what such groups consist of that stand in it once.
    fn parts(&self, node: &Node) -> Vec<Part> {
        let (NodeTerm::Sequence(nodes) | NodeTerm::Choice(nodes) | NodeTerm::All(nodes)) = &node.term else {
            return Vec::new();
        };
        let inner = nodes.iter().flat_map(|inner| match (&node.term, &inner.term) {
            (NodeTerm::Sequence(_), NodeTerm::Sequence(_)) | (NodeTerm::Choice(_), NodeTerm::Choice(_))
                if inner.once() =>
            {
                self.parts(inner)
            }
            _ => vec![self.part(inner)],
        });
        inner.collect()
    }
}

/// Whether any of the children may stand anywhere, any number of times.
fn is_free(node: &Node) -> bool {
    node.emptiable() && node.max.is_none() && each_alone(&node.term)
}

/// Whether each of the children may be the only one.
fn each_alone(term: &NodeTerm) -> bool {
    let alone = |inner: &Node| inner.min <= 1 && inner.max != Some(0) && each_alone(&inner.term);
    match term {
        NodeTerm::Element(_) | NodeTerm::Any(_) => true,
        NodeTerm::Choice(nodes) => nodes.iter().all(alone),
        NodeTerm::Sequence(nodes) | NodeTerm::All(nodes) => {
            nodes.iter().all(|inner| alone(inner) && (nodes.len() == 1 || inner.emptiable()))
        }
    }
}
