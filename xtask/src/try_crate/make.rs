//! Documents that are valid: elements with what their types allow, at random.

use std::cell::RefCell;
use std::collections::BTreeMap;

use fastrand::Rng;

use super::schemas::{Def, Schemas, Space};
use super::simple::{Form, Simple, Value, White, marked};
use super::tree::{Name, XML, XSI};
use super::types::{self, Complex, Element, Particle, Term, Type, allows};

/// An element of a document.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: Name,
    pub(super) attributes: Vec<(Name, Value)>,
    pub(super) children: Vec<Item>,
    /// White space, comments and line ends between the children say nothing.
    pub(super) elements_only: bool,
    /// Kept as it is written.
    pub(super) opaque: bool,
    /// The children may be in any order.
    pub(super) unordered: bool,
}

/// What stands between tags.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Node(Node),
    Text(Value),
}

/// A namespace that no schema has.
const OTHER: &str = "urn:example:other";
/// Enough repetitions.
const MANY: usize = 600;

/// Makes documents.
pub(super) struct Maker<'s> {
    set: &'s Schemas,
    pub(super) rng: Rng,
    /// Elements that may still be made beyond what must be there.
    left: isize,
    /// Whether an element can be made so many levels deep.
    possible: RefCell<BTreeMap<(usize, Name, usize), bool>>,
    names: Vec<Name>,
}

/// Elements in a document are so many levels deep at most, beyond what is needed.
const DEEPEST: usize = 24;

impl<'s> Maker<'s> {
    pub(super) fn new(set: &'s Schemas, seed: u64) -> Self {
        let names = set.all(Space::Element).map(|(name, _)| name.clone()).filter(|name| !name.0.is_empty());
        let names = names.take(20).chain([(OTHER.to_owned(), "n".to_owned())]).collect();
        Maker { set, rng: Rng::with_seed(seed), left: 0, possible: RefCell::default(), names }
    }

    /// The least depth at which a global element can be made.
    pub(super) fn depth(&self, name: &Name) -> Option<usize> {
        let element = Element::global(self.set, name)?;
        (1..=DEEPEST).find(|depth| self.can_itself(&element, *depth))
    }

    /// A document with this root.
    pub(super) fn document(&mut self, name: &Name, seed: u64) -> Option<Node> {
        self.rng.seed(seed);
        let depth = self.depth(name)? + self.rng.usize(..5);
        self.left = [8, 40, 150, 700][self.rng.usize(..4)];
        let element = Element::global(self.set, name)?;
        self.node(&element, depth)
    }

    // What can be made.

    fn can_itself(&self, element: &Element, depth: usize) -> bool {
        if depth == 0 || is_true(&element.def, "abstract") {
            return false;
        }
        let key = (std::rc::Rc::as_ptr(&element.def.tag).addr(), element.name.clone(), depth);
        if let Some(known) = self.possible.borrow().get(&key) {
            return *known;
        }
        let can = match element.ty(self.set) {
            None => false,
            Some(Type::Any) => true,
            Some(Type::Simple(_)) => true,
            Some(Type::Complex(def)) => self.can_type(&def, depth) || !self.types(element, depth).is_empty(),
        };
        self.possible.borrow_mut().insert(key, can);
        can
    }

    fn can_type(&self, def: &Def, depth: usize) -> bool {
        let complex = types::complex(self.set, def).filter(|complex| !complex.is_abstract);
        complex.is_some_and(|complex| complex.content.iter().all(|particle| self.can(particle, depth)))
    }

    fn can(&self, particle: &Particle, depth: usize) -> bool {
        particle.min == 0 || self.can_term(&particle.term, depth)
    }

    fn can_term(&self, term: &Term, depth: usize) -> bool {
        match term {
            Term::Element(element) => !self.stand_ins(element, depth - 1).is_empty(),
            Term::Any(def) => depth > 1 && !self.wild(def, depth - 1).is_empty(),
            Term::Sequence(parts) | Term::All(parts) => parts.iter().all(|part| self.can(part, depth)),
            Term::Choice(parts) => parts.is_empty() || parts.iter().any(|part| self.can(part, depth)),
        }
    }

    /// The element and those of its substitution group, as far as they can be made.
    fn stand_ins(&self, element: &Element, depth: usize) -> Vec<Element> {
        let mut all = vec![element.clone()];
        let block = element.def.block();
        if element.global && block.split_whitespace().all(|word| word != "substitution" && word != "#all") {
            let members = self.set.members(&element.name);
            let members = members.iter().filter_map(|name| Element::global(self.set, name));
            // How a member's type derives is looked at by the validator only.
            all.extend(members);
        }
        all.retain(|element| self.can_itself(element, depth));
        all
    }

    /// Types that `xsi:type` may name.
    fn types(&self, element: &Element, depth: usize) -> Vec<Name> {
        let Some(name) = element.type_name(self.set) else { return Vec::new() };
        let own = self.set.get(Space::Type, &name);
        let block =
            format!("{} {}", element.def.block(), own.map(|def| def.block().to_owned()).unwrap_or_default());
        let mut derived = self.set.derived(&name, &block);
        derived.retain(|name| {
            self.set
                .get(Space::Type, name)
                .is_some_and(|def| def.tag.name.1 == "complexType" && self.can_type(&def, depth))
        });
        derived
    }

    /// What a wildcard may hold: global elements, or `None` for one that nobody knows.
    fn wild(&self, def: &Def, depth: usize) -> Vec<Option<Name>> {
        let strict = def.tag.get("processContents").is_none_or(|process| process == "strict");
        let mut all = Vec::new();
        if !strict {
            all.push(None);
        }
        let known = self.set.all(Space::Element).filter(|(name, _)| allows(def, &name.0));
        let known = known.filter(|(name, _)| {
            Element::global(self.set, name).is_some_and(|it| self.can_itself(&it, depth))
        });
        all.extend(known.take(30).map(|(name, _)| Some(name.clone())));
        all
    }

    // What is made.

    fn chance(&mut self, of: usize) -> bool {
        self.rng.usize(..of) == 0
    }

    fn choose<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.rng.usize(..from.len())].clone()) }
    }

    fn node(&mut self, element: &Element, depth: usize) -> Option<Node> {
        self.left -= 1;
        let mut node = blank(&element.name);
        let declared = element.ty(self.set)?;
        let mut ty = declared.clone();
        if let Type::Complex(def) = &declared {
            let derived = self.types(element, depth);
            let needed = !self.can_type(def, depth);
            if !derived.is_empty() && (needed || self.chance(3)) {
                let name = self.choose(&derived)?;
                ty = Type::Complex(self.set.get(Space::Type, &name)?);
                let value = Value { text: marked(&name), form: Form::Names, white: White::Collapse };
                node.attributes.push(((XSI.to_owned(), "type".to_owned()), value));
            }
        }
        let fixed = element.def.tag.get("fixed").or_else(|| element.def.tag.get("default"));
        let nil =
            is_true(&element.def, "nillable") && element.def.tag.get("fixed").is_none() && self.chance(4);
        if nil {
            let mut value = Value::plain(["true", "1"][self.rng.usize(..2)]);
            value.form = Form::Boolean;
            node.attributes.push(((XSI.to_owned(), "nil".to_owned()), value));
        }
        match ty {
            Type::Any => {
                self.anything(&mut node, depth);
                if nil {
                    node.children.clear();
                }
            }
            Type::Simple(simple) => {
                if !nil {
                    self.simple_content(&mut node, &simple, element, fixed)?;
                }
            }
            Type::Complex(def) => {
                let complex = types::complex(self.set, &def)?;
                self.attributes(&mut node, &complex)?;
                if nil {
                } else if let Some(simple) = &complex.simple {
                    self.simple_content(&mut node, simple, element, fixed)?;
                } else if fixed.is_some() {
                    // Mixed content with a value of its own is text only.
                    if element.def.tag.get("fixed").is_none() && !complex.content.is_empty() {
                        node.children.push(Item::Text(Value::plain("text")));
                    }
                    if complex.content.iter().any(|particle| particle.min > 0) {
                        return None;
                    }
                } else {
                    for particle in &complex.content {
                        self.particle(&mut node, particle, depth)?;
                    }
                    if complex.mixed {
                        self.mix(&mut node);
                    } else {
                        node.elements_only = true;
                    }
                }
            }
        }
        self.rng.shuffle(&mut node.attributes);
        Some(node)
    }

    fn simple_content(
        &mut self,
        node: &mut Node,
        simple: &Simple,
        element: &Element,
        fixed: Option<&str>,
    ) -> Option<()> {
        let is_fixed = element.def.tag.get("fixed").is_some();
        let value = match fixed {
            Some(_) if self.chance(2) => return Some(()),
            Some(text) if is_fixed => constant(simple, &element.def, text),
            _ => simple.value(&mut self.rng, &self.names)?,
        };
        if !value.text.is_empty() {
            node.children.push(Item::Text(value));
        }
        Some(())
    }

    fn attributes(&mut self, node: &mut Node, complex: &Complex) -> Option<()> {
        // Half of the elements have all, or none, of what they may have.
        let share = self.rng.usize(..4);
        for attribute in &complex.attributes {
            let wanted = attribute.required
                || match share {
                    0 => false,
                    1 => true,
                    _ => self.rng.bool(),
                };
            if attribute.prohibited || !wanted {
                continue;
            }
            let simple = attribute.simple(self.set);
            let value = match (attribute.fixed(), simple) {
                (Some(text), Some(simple)) => {
                    Some(constant(&simple, attribute.reference.as_ref().unwrap_or(&attribute.def), text))
                }
                (None, Some(simple)) => simple.value(&mut self.rng, &self.names),
                _ => None,
            };
            match value {
                Some(value) => node.attributes.push((attribute.name.clone(), value)),
                None if attribute.required => return None,
                None => {}
            }
        }
        for wildcards in &complex.any_attribute {
            let strict = wildcards
                .iter()
                .any(|def| def.tag.get("processContents").is_none_or(|process| process == "strict"));
            let name = [(OTHER, "extra"), ("", "extra"), (XML, "lang")].into_iter().find(|(namespace, _)| {
                wildcards.iter().all(|def| allows(def, namespace)) && (*namespace == XML || !strict)
            });
            let Some((namespace, local)) = name.filter(|_| self.rng.usize(..3) == 0) else { continue };
            let name = (namespace.to_owned(), local.to_owned());
            if !node.attributes.iter().any(|(known, _)| *known == name) {
                node.attributes
                    .push((name, Value::plain(if namespace == XML { "de-AT" } else { "any <value>" })));
            }
        }
        Some(())
    }

    fn particle(&mut self, node: &mut Node, particle: &Particle, depth: usize) -> Option<()> {
        let least = particle.min;
        let most = particle.max.unwrap_or(least.max(1) + 3);
        let times = if most <= least || self.left <= 0 || !self.can_term(&particle.term, depth) {
            least
        } else {
            match self.rng.usize(..6) {
                0 | 1 => least,
                2 if most <= MANY && self.left > isize::try_from(most).unwrap_or(isize::MAX) / 2 => most,
                2 | 3 => least + 1,
                _ => self.rng.usize(least..=most.min(least + 3)),
            }
        };
        for _ in 0..times {
            self.term(node, &particle.term, depth)?;
        }
        Some(())
    }

    fn term(&mut self, node: &mut Node, term: &Term, depth: usize) -> Option<()> {
        match term {
            Term::Element(element) => {
                let all = self.stand_ins(element, depth - 1);
                let chosen = self.choose(&all)?;
                let child = self.node(&chosen, depth - 1)?;
                node.children.push(Item::Node(child));
            }
            Term::Any(def) => {
                let all = self.wild(def, depth - 1);
                // Rather what nobody knows, where that may be.
                let chosen =
                    if all.first() == Some(&None) && self.chance(2) { None } else { self.choose(&all)? };
                let mut child = match &chosen {
                    Some(name) => {
                        let element = Element::global(self.set, name)?;
                        self.node(&element, depth - 1)?
                    }
                    None => {
                        let own = def.document.target.as_str();
                        let namespace = [OTHER, "", own].into_iter().find(|namespace| allows(def, namespace));
                        let uri = def
                            .tag
                            .get("namespace")
                            .and_then(|list| list.split_whitespace().find(|word| !word.starts_with("##")));
                        let mut child = blank(&(namespace.or(uri)?.to_owned(), "unknownElement".to_owned()));
                        self.anything(&mut child, depth);
                        child
                    }
                };
                opaque(&mut child);
                node.children.push(Item::Node(child));
            }
            Term::Sequence(parts) => {
                for part in parts {
                    self.particle(node, part, depth)?;
                }
            }
            Term::All(parts) => {
                node.unordered = true;
                let mut parts: Vec<&Particle> = parts.iter().collect();
                self.rng.shuffle(&mut parts);
                for part in parts {
                    self.particle(node, part, depth)?;
                }
            }
            Term::Choice(parts) => {
                let possible: Vec<&Particle> = parts.iter().filter(|part| self.can(part, depth)).collect();
                let good: Vec<&Particle> =
                    possible.iter().copied().filter(|part| self.can_term(&part.term, depth)).collect();
                let Some(part) = self.choose(if good.is_empty() { &possible } else { &good }) else {
                    return parts.is_empty().then_some(());
                };
                self.particle(node, part, depth)?;
            }
        }
        Some(())
    }

    /// What an element of type anyType may hold.
    fn anything(&mut self, node: &mut Node, depth: usize) {
        node.opaque = true;
        if self.chance(2) {
            node.attributes.push(((OTHER.to_owned(), "about".to_owned()), Value::plain("x & y")));
        }
        match self.rng.usize(..4) {
            0 => {}
            1 => node.children.push(Item::Text(Value::plain(" some <text> "))),
            _ => {
                for at in 0..self.rng.usize(1..3) {
                    let mut child =
                        blank(&(["", OTHER][self.rng.usize(..2)].to_owned(), format!("part{at}")));
                    child.opaque = true;
                    if depth > 2 && self.left > 0 {
                        self.left -= 1;
                        self.anything(&mut child, depth - 1);
                    }
                    node.children.push(Item::Node(child));
                }
                if self.chance(2) {
                    node.children.push(Item::Text(Value::plain("tail")));
                }
            }
        }
    }

    /// Puts text between the children.
    fn mix(&mut self, node: &mut Node) {
        let children = std::mem::take(&mut node.children);
        let texts = ["text", " ", "a & b", "\n  two\n  lines ", "]]>", "Zoë "];
        for child in children.into_iter().map(Some).chain([None]) {
            if self.chance(2) {
                let text = texts[self.rng.usize(..texts.len())];
                node.children.push(Item::Text(Value::plain(text)));
            }
            node.children.extend(child);
        }
    }
}

fn blank(name: &Name) -> Node {
    Node {
        name: name.clone(),
        attributes: Vec::new(),
        children: Vec::new(),
        elements_only: false,
        opaque: false,
        unordered: false,
    }
}

/// Everything in it is kept as it is written.
fn opaque(node: &mut Node) {
    node.opaque = true;
    for child in &mut node.children {
        if let Item::Node(child) = child {
            opaque(child);
        }
    }
}

fn is_true(def: &Def, attribute: &str) -> bool {
    def.tag.get(attribute).is_some_and(|text| matches!(text.trim(), "true" | "1"))
}

/// A fixed value.
fn constant(simple: &Simple, def: &Def, text: &str) -> Value {
    let form = simple.form();
    let name = if form == Form::Names { def.resolve(text) } else { None };
    let text = name.map_or_else(|| text.to_owned(), |name| marked(&name));
    Value { text, form, white: simple.white }
}
