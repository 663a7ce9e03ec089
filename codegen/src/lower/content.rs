//! Lowering of content models: particles are simplified to the fewest nested groups, then become fields,
//! nested choices and nested sequences.

use std::rc::Rc;

use super::Lower;
use crate::model::{Choice, Content, Field, Item, ItemKind, Struct, Term, Ty};
use crate::schema::{self, ElementId, QName, Wildcard};
use crate::span::Span;

/// A simplified particle.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) term: NodeTerm,
    pub(super) span: Span,
    /// Name of the model group that a reference was replaced by.
    pub(super) group: Option<Rc<str>>,
}

#[derive(Clone, Debug)]
pub(super) enum NodeTerm {
    Element(ElementId),
    Any(Wildcard),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    All(Vec<Node>),
}

impl Node {
    pub(super) fn once(&self) -> bool {
        self.min == 1 && self.max == Some(1)
    }

    pub(super) fn emptiable(&self) -> bool {
        self.min == 0
            || match &self.term {
                NodeTerm::Element(_) | NodeTerm::Any(_) => false,
                NodeTerm::Sequence(nodes) | NodeTerm::All(nodes) => nodes.iter().all(Node::emptiable),
                NodeTerm::Choice(nodes) => nodes.is_empty() || nodes.iter().any(Node::emptiable),
            }
    }

    /// The same node inside a group that occurs so many times, where that is one occurrence range, or none and one.
    fn within(mut self, min: u32, max: Option<u32>) -> Option<Node> {
        // From k times to k + 1 times nothing may be passed over, or a reader would have to know where a time ends:
        // (a{1,1}){m,n} is a{m,n}; (a{0,n})? is a{0,n}; (a+)* is a*; (a{2,3}){2,4} is a{4,12}; (a{2,3})* is (a{2,})?.
        let least = self.min;
        let more = self.max.map(|most| most.saturating_sub(least));
        let joins =
            |times: u32| more.is_none_or(|more| times.saturating_mul(more) >= least.saturating_sub(1));
        let most = match (self.max, max) {
            (Some(inner), Some(outer)) => Some(inner.checked_mul(outer)?),
            _ => None,
        };
        let (one, none) = (max == Some(min), min == 0 && least > 1);
        if none && max != Some(1) && joins(1) {
            self.max = most;
            let (span, group) = (self.span.clone(), self.group.clone());
            let term = NodeTerm::Sequence(vec![self]);
            return Some(Node { min, max: Some(1), term, span, group });
        }
        if !one && (none || !joins(min)) {
            return None;
        }
        self.min = least.checked_mul(min)?;
        self.max = most;
        Some(self)
    }
}

/// Last step of the key under which the entries of a list are lowered.
pub(super) const ENTRY: &str = "/entry";

impl NodeTerm {
    /// Whether the same children may stand in the same places.
    fn is_same(&self, other: &NodeTerm) -> bool {
        match (self, other) {
            (NodeTerm::Element(a), NodeTerm::Element(b)) => a == b,
            (NodeTerm::Any(a), NodeTerm::Any(b)) => a == b,
            (NodeTerm::Sequence(a), NodeTerm::Sequence(b))
            | (NodeTerm::Choice(a), NodeTerm::Choice(b))
            | (NodeTerm::All(a), NodeTerm::All(b)) => {
                let same =
                    |(a, b): (&Node, &Node)| (a.min, a.max) == (b.min, b.max) && a.term.is_same(&b.term);
                a.len() == b.len() && a.iter().zip(b).all(same)
            }
            _ => false,
        }
    }
}

/// Words of everything in a nested group, in order: names and types of alternatives and fields begin with them.
fn group_words(node: &Node, lower: &Lower<'_>, words: &mut Vec<String>) {
    match &node.term {
        NodeTerm::Element(id) => words.push(lower.set.elements[id.0].name.local.to_string()),
        NodeTerm::Any(_) => words.push("Any".to_owned()),
        NodeTerm::Sequence(nodes) | NodeTerm::Choice(nodes) | NodeTerm::All(nodes) => {
            nodes.iter().for_each(|node| group_words(node, lower, words));
        }
    }
}

impl Lower<'_> {
    /// Adds the types of repeated alternatives of choices to those that stay.
    pub(super) fn repeated_alternatives(&mut self) {
        let mut pending: Vec<Node> = Vec::new();
        for ty in &self.set.types {
            if let schema::TypeBody::Complex(complex) = &ty.body
                && let schema::Content::Particles(particle) = &complex.content
            {
                pending.extend(self.simplify(particle));
            }
        }
        while let Some(node) = pending.pop() {
            let (NodeTerm::Sequence(nodes) | NodeTerm::All(nodes) | NodeTerm::Choice(nodes)) = &node.term
            else {
                continue;
            };
            for inner in nodes {
                if let (NodeTerm::Choice(_), NodeTerm::Element(id)) = (&node.term, &inner.term)
                    && inner.max != Some(1)
                {
                    self.unwrapped.insert(self.set.elements[id.0].ty);
                }
            }
            pending.extend(nodes.iter().cloned());
        }
    }

    /// Simplifies a particle; `None` when nothing of it can occur.
    pub(super) fn simplify(&self, particle: &schema::Particle) -> Option<Node> {
        if particle.max == Some(0) {
            return None;
        }
        let node = |term| Node {
            min: particle.min,
            max: particle.max,
            term,
            span: particle.span.clone(),
            group: particle.group.clone(),
        };
        let simplified =
            |parts: &[schema::Particle]| parts.iter().filter_map(|part| self.simplify(part)).collect();
        match &particle.term {
            schema::Term::Element(id) => Some(node(self.element_term(*id, particle))),
            schema::Term::Any(wildcard) => Some(node(NodeTerm::Any(wildcard.clone()))),
            schema::Term::All(parts) => {
                let parts: Vec<Node> = simplified(parts);
                (!parts.is_empty()).then(|| node(NodeTerm::All(parts)))
            }
            schema::Term::Sequence(parts) => {
                sequence(simplified(parts), node(NodeTerm::Sequence(Vec::new())))
            }
            schema::Term::Choice(parts) => {
                let mut outer = node(NodeTerm::Choice(Vec::new()));
                // (a | ()){2,3} is a{0,3}.
                if parts.iter().any(is_void) {
                    outer.min = 0;
                }
                choice(simplified(parts), outer)
            }
        }
    }

    /// An element, or the choice among the members of its substitution group.
    fn element_term(&self, id: ElementId, particle: &schema::Particle) -> NodeTerm {
        let element = &self.set.elements[id.0];
        if element.members.is_empty() {
            return NodeTerm::Element(id);
        }
        let own = (!element.is_abstract).then_some(id);
        let members = element.members.iter().copied().filter(|m| !self.set.elements[m.0].is_abstract);
        let nodes = own.into_iter().chain(members).map(|id| Node {
            min: 1,
            max: Some(1),
            term: NodeTerm::Element(id),
            span: particle.span.clone(),
            group: None,
        });
        NodeTerm::Choice(nodes.collect())
    }

    /// Fields of a content model that is a sequence of nodes. `key` and `hint` are those of the holder.
    pub(super) fn fields(&mut self, nodes: &[Node], key: &str, hint: &str, wire: &QName) -> Vec<Field> {
        let groups = nodes.iter().filter(|n| self.is_group(n)).count();
        nodes.iter().map(|node| self.field(node, key, hint, wire, groups > 1)).collect()
    }

    fn is_group(&self, node: &Node) -> bool {
        !matches!(node.term, NodeTerm::Element(_) | NodeTerm::Any(_))
    }

    fn field(&mut self, node: &Node, key: &str, hint: &str, wire: &QName, several: bool) -> Field {
        let mut field = Field {
            step: String::new(),
            hint: String::new(),
            term: Term::Group,
            ty: Ty::Any,
            min: node.min,
            max: node.max,
            boxed: false,
            fixed: None,
            default: None,
            docs: None,
            span: node.span.clone(),
        };
        match &node.term {
            NodeTerm::Element(id) => {
                let element = self.set.elements[id.0].clone();
                field.step = element.name.local.to_string();
                field.hint = element.name.local.to_string();
                field.docs = element.docs.clone();
                field.default = element.default.clone();
                field.fixed = element.fixed.clone();
                field.ty = self.element_ty(*id);
                field.term = Term::Element(element.name);
            }
            NodeTerm::Any(wildcard) => {
                field.step = "any".to_owned();
                field.hint = "any".to_owned();
                field.docs = Some("Elements that the schema leaves open, kept as XML.".to_owned());
                field.term = Term::Any(wildcard.clone());
            }
            NodeTerm::Sequence(_) | NodeTerm::Choice(_) | NodeTerm::All(_) => {
                let name = self.group_name(node, key, several);
                field.docs = Some(self.group_docs(node));
                field.step = name.clone();
                field.hint = name.clone();
                field.ty = self.group_item(node, &format!("{key}/{name}"), &format!("{hint} {name}"), wire);
            }
        }
        field
    }

    /// A referenced group has a name; a substitution group is known by its head; else a lone group is the content, and
    /// one of several goes by its first member, or by so many that no other one in `key` has that name.
    fn group_name(&self, node: &Node, key: &str, several: bool) -> String {
        let mut words = Vec::new();
        group_words(node, self, &mut words);
        let of_words = |count: usize| format!("{} group", words[..count.min(words.len())].join(" "));
        let usual = match &node.group {
            Some(group) => group.to_string(),
            None if several => of_words(1),
            None if key.ends_with(ENTRY) => "choice".to_owned(),
            None => "content".to_owned(),
        };
        let free = |name: &String| {
            self.groups.get(&format!("{key}/{name}")).is_none_or(|(known, _)| known.is_same(&node.term))
        };
        let names = std::iter::once(usual).chain((2..=words.len()).map(of_words));
        // The last resort is for groups whose members are called alike throughout.
        let longer = std::iter::successors(Some(of_words(words.len())), |name| Some(format!("{name} again")));
        names.chain(longer).find(free).unwrap_or_default()
    }

    fn group_docs(&self, node: &Node) -> String {
        match &node.term {
            NodeTerm::Choice(_) => "One of the alternatives.".to_owned(),
            _ => "Children that occur together.".to_owned(),
        }
    }

    /// The item of a nested group: one for all that are the same beside each other, which is why they have one name.
    fn group_item(&mut self, node: &Node, key: &str, hint: &str, wire: &QName) -> Ty {
        if let Some((_, ty)) = self.groups.get(key) {
            return ty.clone();
        }
        let ty = self.new_group_item(node, key, hint, wire);
        self.groups.insert(key.to_owned(), (node.term.clone(), ty.clone()));
        ty
    }

    fn new_group_item(&mut self, node: &Node, key: &str, hint: &str, wire: &QName) -> Ty {
        let kind = match &node.term {
            NodeTerm::Choice(nodes) => ItemKind::Choice(Choice {
                variants: self.fields(nodes, key, hint, wire),
                nested: true,
                mixed: false,
                bases: Vec::new(),
            }),
            NodeTerm::Sequence(nodes) | NodeTerm::All(nodes) => {
                let model = match &node.term {
                    NodeTerm::All(_) => Content::All,
                    _ => Content::Sequence,
                };
                let fields = self.fields(nodes, key, hint, wire);
                ItemKind::Struct(Struct { fields, model, nested: true, ..Struct::default() })
            }
            // Not groups: `field` handles them.
            NodeTerm::Element(_) | NodeTerm::Any(_) => return Ty::Any,
        };
        let docs = match &kind {
            ItemKind::Choice(_) => "The alternatives of a choice.",
            _ => "Children that occur together.",
        };
        Ty::Item(self.add(Item {
            key: key.to_owned(),
            hint: hint.to_owned(),
            wire: wire.clone(),
            span: node.span.clone(),
            docs: Some(docs.to_owned()),
            kind,
        }))
    }
}

/// Whether a particle is there and holds nothing, which is a way to leave a choice empty.
fn is_void(particle: &schema::Particle) -> bool {
    let out = |part: &schema::Particle| part.max == Some(0);
    !out(particle)
        && match &particle.term {
            schema::Term::Element(_) | schema::Term::Any(_) => false,
            schema::Term::Sequence(parts) | schema::Term::All(parts) => {
                parts.iter().all(|part| out(part) || is_void(part))
            }
            schema::Term::Choice(parts) => parts.iter().any(is_void),
        }
}

/// Joins nested sequences that occur once, or that may be left out as a whole without meaning.
fn sequence(parts: Vec<Node>, mut outer: Node) -> Option<Node> {
    let mut flat: Vec<Node> = Vec::new();
    for part in parts {
        match part.term {
            NodeTerm::Sequence(inner) if part.min == 1 && part.max == Some(1) => flat.extend(inner),
            _ => flat.push(part),
        }
    }
    if flat.is_empty() {
        return None;
    }
    if flat.len() == 1 {
        let single = flat[0].clone();
        if let Some(node) = single.within(outer.min, outer.max) {
            return Some(node);
        }
    }
    // (a? b?)? is a? b?.
    if outer.min == 0 && outer.max == Some(1) && flat.iter().all(Node::emptiable) {
        outer.min = 1;
    }
    outer.term = NodeTerm::Sequence(flat);
    Some(outer)
}

/// Joins nested choices that occur once; a choice of one is that one.
fn choice(parts: Vec<Node>, mut outer: Node) -> Option<Node> {
    let mut flat: Vec<Node> = Vec::new();
    for part in parts {
        match part.term {
            NodeTerm::Choice(inner) if part.min == 1 && part.max == Some(1) && part.group.is_none() => {
                flat.extend(inner);
            }
            _ => flat.push(part),
        }
    }
    if flat.is_empty() {
        return None;
    }
    if flat.len() == 1 {
        let single = flat[0].clone();
        if let Some(node) = single.within(outer.min, outer.max) {
            return Some(node);
        }
    }
    // Where one alternative may be empty, the whole may be absent, and the alternative is there when it is chosen:
    // (a* | b){2,3} is (a+ | b){0,3}. Within a choice that is repeated any number of times, alternatives occur once.
    for node in &mut flat {
        if node.emptiable() {
            outer.min = 0;
            node.min = node.min.max(1);
        }
        let repeats = outer.max.is_none() && node.min == 1;
        if repeats && matches!(node.term, NodeTerm::Element(_) | NodeTerm::Any(_)) {
            node.max = Some(1);
        }
    }
    outer.term = NodeTerm::Choice(flat);
    Some(outer)
}

/// The nodes of a content model as one list, and how they combine.
pub(super) fn top_level(node: Option<Node>) -> (Vec<Node>, Content) {
    match node {
        None => (Vec::new(), Content::Empty),
        Some(node) if node.once() => match node.term {
            NodeTerm::Sequence(nodes) => (nodes, Content::Sequence),
            NodeTerm::All(nodes) => (nodes, Content::All),
            _ => (vec![node], Content::Sequence),
        },
        Some(node) => match node.term {
            // An `all` group may be optional as a whole.
            NodeTerm::All(mut nodes) if node.max == Some(1) && nodes.iter().all(Node::emptiable) => {
                nodes.iter_mut().for_each(|n| n.min = 0);
                (nodes, Content::All)
            }
            term => (vec![Node { term, ..node }], Content::Sequence),
        },
    }
}
