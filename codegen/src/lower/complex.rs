//! Lowering of complex types: base types are flattened in, wrappers of lists disappear, abstract types
//! become enums, base types become traits.

use super::content::{ENTRY, Node, NodeTerm, top_level};
use super::{Lower, Pending, WIDE};
use crate::model::{Base, Choice, Content, Field, Item, ItemId, ItemKind, Struct, Term, Ty};
use crate::schema::{self, ComplexType, Derivation, NamespaceConstraint, TypeBody, TypeId, Usage, Wildcard};

/// Attributes and content of a type with those of its base types.
pub(super) struct Flat {
    pub(super) attributes: Vec<schema::AttributeUse>,
    pub(super) any_attribute: Option<Wildcard>,
    pub(super) text: Option<TypeId>,
    pub(super) node: Option<Node>,
    pub(super) mixed: bool,
}

impl Lower<'_> {
    pub(super) fn complex(&mut self, id: TypeId, complex: &ComplexType) -> Ty {
        if complex.is_abstract {
            return self.abstract_type(id);
        }
        let flat = self.flatten(complex);
        let plain = flat.attributes.is_empty() && flat.any_attribute.is_none();
        if plain && let Some(ty) = self.text_of(&flat) {
            // The scalar itself. Its bases have nothing either, so no trait is lost.
            self.done.insert(id, ty.clone());
            return ty;
        }
        if self.is_wrapper(id)
            && let Some(node) = &flat.node
        {
            return self.wrapper(id, node);
        }
        self.struct_or_choice(id, flat)
    }

    /// A struct, or the enum of a choice that is all a type has.
    fn struct_or_choice(&mut self, id: TypeId, flat: Flat) -> Ty {
        let key = self.type_key(id);
        // The name must be known before the fields, which may lead back here.
        let item = self.add(Item {
            key,
            hint: self.hint(id),
            wire: self.wire(id),
            span: self.set.types[id.0].span.clone(),
            docs: self.docs_of(id),
            kind: ItemKind::Struct(Struct::default()),
        });
        self.done.insert(id, Ty::Item(item));
        self.pending.push(Pending::Content(id, item, flat));
        Ty::Item(item)
    }

    /// Lowers the contents of the types met so far, and of those met on the way.
    pub(super) fn contents(&mut self) {
        while let Some(pending) = self.pending.pop() {
            let before = self.pending.len();
            match pending {
                Pending::Content(id, item, flat) => self.content(id, item, flat),
                Pending::Entries(wrapper, node) => self.entries(wrapper, &node),
            }
            // The types of a content come in its order.
            self.pending[before..].reverse();
        }
    }

    fn content(&mut self, id: TypeId, item: ItemId, flat: Flat) {
        let key = self.type_key(id);
        let (hint, wire) = (super::strip_type(&self.hint(id)).to_owned(), self.wire(id));
        let bases = self.bases(id);
        if let Some((member, base)) = self.member(id) {
            let kind = self.extension(id, member, base, flat.any_attribute, bases);
            self.items[item.0].kind = ItemKind::Struct(kind);
            return;
        }
        let mut fields = self.attributes(&flat, id);
        let plain = fields.is_empty();
        let text = self.text_of(&flat);
        if let (None, true, Some(node)) = (&text, flat.mixed, &flat.node) {
            let (field, order) = self.mixed(node, &key, &hint, &wire);
            fields.push(field);
            let model = Content::Mixed;
            self.items[item.0].kind =
                ItemKind::Struct(Struct { fields, model, order, bases, ..Struct::default() });
            return;
        }
        let (nodes, model) = match text {
            Some(_) => (Vec::new(), Content::Text),
            None => top_level(flat.node),
        };
        let only = match nodes.as_slice() {
            [node] if plain && node.min == 1 && node.max == Some(1) => Some(node.clone()),
            _ => None,
        };
        if let Some(Node { term: NodeTerm::Choice(alternatives), .. }) = only {
            let variants = self.fields(&alternatives, &key, &hint, &wire);
            self.items[item.0].kind = ItemKind::Choice(Choice { variants, bases, ..Choice::default() });
            return;
        }
        if let Some(text) = text {
            fields.push(self.text_field(id, text));
        } else {
            fields.extend(self.fields(&nodes, &key, &hint, &wire));
        }
        let optional = fields.iter().filter(|f| !f.is_attribute() && f.min == 0 && f.max == Some(1)).count();
        let wide = optional >= WIDE;
        self.items[item.0].kind =
            ItemKind::Struct(Struct { fields, model, wide, bases, ..Struct::default() });
    }

    /// Type of the text that is all of the content: simple content, or mixed content without children.
    fn text_of(&mut self, flat: &Flat) -> Option<Ty> {
        match flat.text {
            Some(text) => Some(self.ty(text)),
            None if flat.mixed && flat.node.is_none() => Some(Ty::Builtin(schema::Builtin::String)),
            None => None,
        }
    }

    fn text_field(&mut self, id: TypeId, ty: Ty) -> Field {
        Field {
            step: "value".to_owned(),
            hint: "value".to_owned(),
            term: Term::Text,
            ty,
            min: 1,
            max: Some(1),
            boxed: false,
            fixed: None,
            default: None,
            docs: Some("The element's text.".to_owned()),
            span: self.set.types[id.0].span.clone(),
        }
    }

    /// The field of an attribute, of a type or global.
    pub(super) fn attribute(&mut self, attribute: &schema::AttributeUse) -> Field {
        Field {
            step: format!("@{}", attribute.name.local),
            hint: attribute.name.local.to_string(),
            term: Term::Attribute(attribute.name.clone()),
            ty: self.ty(attribute.ty),
            min: u32::from(attribute.usage == Usage::Required),
            max: Some(1),
            boxed: false,
            fixed: attribute.fixed.clone(),
            default: attribute.default.clone(),
            docs: attribute.docs.clone(),
            span: attribute.span.clone(),
        }
    }

    pub(super) fn attributes(&mut self, flat: &Flat, id: TypeId) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for attribute in &flat.attributes {
            fields.push(self.attribute(attribute));
        }
        if let Some(wildcard) = &flat.any_attribute {
            fields.push(Field {
                step: "@any".to_owned(),
                hint: "any_attributes".to_owned(),
                term: Term::AnyAttribute(wildcard.clone()),
                ty: Ty::AnyAttribute,
                min: 0,
                max: None,
                boxed: false,
                fixed: None,
                default: None,
                docs: Some("Attributes that the schema leaves open.".to_owned()),
                span: self.set.types[id.0].span.clone(),
            });
        }
        fields
    }

    /// Attributes and content with those of the base types, outermost base first.
    pub(super) fn flatten(&self, complex: &ComplexType) -> Flat {
        let mut chain = vec![complex];
        let mut flat = loop {
            let Some((_, base)) = chain.last().and_then(|complex| complex.derivation) else {
                break Flat::empty();
            };
            match &self.set.types[base.0].body {
                TypeBody::Complex(inner) => chain.push(inner),
                TypeBody::Builtin(schema::Builtin::AnyType) => break Flat::empty(),
                TypeBody::Simple(_) | TypeBody::Builtin(_) => break Flat::of_text(base),
            }
        };
        for complex in chain.into_iter().rev() {
            self.derive(&mut flat, complex);
        }
        flat
    }

    /// Adds what one step of a derivation has to what its base has.
    pub(super) fn derive(&self, flat: &mut Flat, complex: &ComplexType) {
        let restricted = matches!(complex.derivation, Some((Derivation::Restriction, _)));
        flat.mixed = complex.mixed || (flat.mixed && !restricted);
        for attribute in &complex.attributes {
            flat.attributes.retain(|known| known.name != attribute.name);
            if attribute.usage != Usage::Prohibited {
                flat.attributes.push(attribute.clone());
            }
        }
        flat.any_attribute = match (flat.any_attribute.take(), complex.any_attribute.clone()) {
            (Some(base), Some(own)) if !restricted => {
                Some(Wildcard { namespaces: union(base.namespaces, own.namespaces), process: own.process })
            }
            (base, None) if !restricted => base,
            (_, own) => own,
        };
        match &complex.content {
            schema::Content::Empty => {
                if restricted && flat.text.is_none() {
                    flat.node = None;
                }
            }
            schema::Content::Simple(text) => flat.text = Some(*text),
            schema::Content::Particles(particle) => {
                let own = self.simplify(particle);
                flat.node = match (flat.node.take(), own) {
                    (Some(base), Some(own)) if !restricted => Some(join(base, own)),
                    (Some(base), None) if !restricted => Some(base),
                    (_, own) => own,
                };
            }
        }
    }

    /// Whether a type only wraps a list, and is used only by elements that hold one. Of lists of lists every second
    /// one keeps its type, since the entries of a list must have one; so do lists that hold themselves.
    pub(super) fn is_wrapper(&self, id: TypeId) -> bool {
        let mut seen = Vec::new();
        let mut current = Some(id);
        while let Some(entry) = current.and_then(|at| Some((at, self.wrapped(at)?))) {
            if seen.contains(&entry.0) {
                return false;
            }
            seen.push(entry.0);
            current = entry.1;
        }
        seen.len() % 2 == 1
    }

    /// For a type that only wraps a list, the type of its entries if they are elements of one type.
    fn wrapped(&self, id: TypeId) -> Option<Option<TypeId>> {
        let TypeBody::Complex(complex) = &self.set.types[id.0].body else { return None };
        let plain = !complex.is_abstract
            && !complex.mixed
            && complex.derivation.is_none()
            && complex.attributes.is_empty()
            && complex.any_attribute.is_none();
        // Roots and bases need a type.
        let free = !self.descendants.contains_key(&id)
            && !self.declared_by.contains_key(&id)
            && !self.unwrapped.contains(&id);
        let schema::Content::Particles(particle) = &complex.content else { return None };
        let node = self.simplify(particle).filter(|node| plain && free && node.max != Some(1))?;
        match node.term {
            NodeTerm::Element(element) if self.is_defaulted(element) => None,
            NodeTerm::Element(element) => Some(Some(self.set.elements[element.0].ty)),
            NodeTerm::Any(_) | NodeTerm::Choice(_) => Some(None),
            NodeTerm::Sequence(_) | NodeTerm::All(_) => None,
        }
    }

    /// The shape of a wrapper, and the type of its items.
    fn wrapper(&mut self, id: TypeId, node: &Node) -> Ty {
        let key = self.type_key(id);
        let (hint, wire) = (self.hint(id), self.wire(id));
        let placeholder = ItemKind::Struct(Struct::default());
        let span = self.set.types[id.0].span.clone();
        let docs = self.docs_of(id);
        let wrapper = self.add(Item { key, hint, wire, span, docs, kind: placeholder });
        self.done.insert(id, Ty::Wrapped(wrapper));
        self.pending.push(Pending::Entries(wrapper, node.clone()));
        Ty::Wrapped(wrapper)
    }

    fn entries(&mut self, wrapper: ItemId, node: &Node) {
        let item = &self.items[wrapper.0];
        let (entry, hint, wire) = (format!("{}{ENTRY}", item.key), item_words(&item.hint), item.wire.clone());
        let mut fields = self.fields(std::slice::from_ref(node), &entry, &hint, &wire);
        self.items[wrapper.0].kind = ItemKind::Wrapper(fields.remove(0));
    }

    /// Traits of the base types of `id`, nearest first.
    fn bases(&mut self, id: TypeId) -> Vec<ItemId> {
        let mut chain = Vec::new();
        let mut current = id;
        while let TypeBody::Complex(complex) = &self.set.types[current.0].body
            && let Some((Derivation::Extension, base)) = complex.derivation
            && matches!(self.set.types[base.0].body, TypeBody::Complex(_))
        {
            chain.push(base);
            current = base;
        }
        // The outermost first, so that each finds that of its parent.
        let mut bases: Vec<ItemId> = chain.into_iter().rev().map(|base| self.base_trait(base)).collect();
        bases.reverse();
        // The type itself is a base of others: it implements its own trait too.
        if self.descendants.contains_key(&id) {
            bases.insert(0, self.base_trait(id));
        }
        bases
    }

    fn base_trait(&mut self, id: TypeId) -> ItemId {
        if let Some(done) = self.traits.get(&id) {
            return *done;
        }
        let item = self.add(Item {
            key: format!("trait {}", self.type_key(id)),
            hint: super::strip_type(&self.hint(id)).to_owned(),
            wire: self.wire(id),
            span: self.set.types[id.0].span.clone(),
            docs: self.docs_of(id),
            kind: ItemKind::Trait(Base::default()),
        });
        self.traits.insert(id, item);
        let TypeBody::Complex(complex) = &self.set.types[id.0].body else { return item };
        let complex = complex.clone();
        let parent = match complex.derivation {
            Some((Derivation::Extension, base))
                if matches!(self.set.types[base.0].body, TypeBody::Complex(_)) =>
            {
                Some(self.base_trait(base))
            }
            _ => None,
        };
        // Only what this type adds: the parent trait has the rest.
        let own = ComplexType { derivation: None, ..complex.clone() };
        let flat = self.flatten(&own);
        let mut fields = self.attributes(&flat, id);
        let (nodes, _) = top_level(flat.node.filter(|_| !flat.mixed));
        // Nested groups would need items of their own for each descendant: left to the structs.
        let nodes: Vec<Node> =
            nodes.into_iter().filter(|n| matches!(n.term, NodeTerm::Element(_) | NodeTerm::Any(_))).collect();
        let (type_key, hint, wire) = (self.type_key(id), self.hint(id), self.wire(id));
        fields.extend(self.fields(&nodes, &type_key, &hint, &wire));
        self.items[item.0].kind = ItemKind::Trait(Base { fields, parent, own: None });
        item
    }
}

/// Words for one entry of a list type: `NonEmptyArrayOfBaseItemIdsType` holds a `BaseItemId choice`.
fn item_words(hint: &str) -> String {
    let name = super::strip_type(hint);
    let name =
        ["NonEmptyArrayOf", "ArrayOf", "ListOf"].iter().find_map(|p| name.strip_prefix(p)).unwrap_or(name);
    let one = match name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => name.strip_suffix('s').filter(|n| !n.ends_with('s')).unwrap_or(name).to_owned(),
    };
    if one.is_empty() { "item".to_owned() } else { one }
}

/// What either of two wildcards admits. Where that cannot be said, more.
fn union(a: NamespaceConstraint, b: NamespaceConstraint) -> NamespaceConstraint {
    use NamespaceConstraint::{Any, List, Other};
    match (a, b) {
        (List(mut uris), List(more)) => {
            uris.extend(more);
            uris.sort();
            uris.dedup();
            List(uris)
        }
        (Other(not), Other(other)) if not == other => Other(not),
        // Neither admits names without a namespace, and each what the other does not.
        (Other(_), Other(_)) => Other("".into()),
        (Other(not), List(uris)) | (List(uris), Other(not)) if !uris.iter().any(|uri| uri.is_empty()) => {
            Other(if uris.contains(&not) { "".into() } else { not })
        }
        _ => Any,
    }
}

/// Base content, then what the extension adds.
fn join(base: Node, own: Node) -> Node {
    let span = own.span.clone();
    let nodes = parts(base).into_iter().chain(parts(own)).collect();
    Node { min: 1, max: Some(1), term: NodeTerm::Sequence(nodes), span, group: None }
}

/// What a content model adds to a sequence: its own parts if it is one that occurs once, else itself.
pub(super) fn parts(node: Node) -> Vec<Node> {
    match node.term {
        NodeTerm::Sequence(nodes) if node.min == 1 && node.max == Some(1) => nodes,
        _ => vec![node],
    }
}

impl Flat {
    pub(super) fn empty() -> Flat {
        Flat { attributes: Vec::new(), any_attribute: None, text: None, node: None, mixed: false }
    }

    fn of_text(id: TypeId) -> Flat {
        Flat { text: Some(id), ..Flat::empty() }
    }
}

impl Lower<'_> {
    pub(super) fn docs_of(&self, id: TypeId) -> Option<String> {
        let ty = &self.set.types[id.0];
        let owner = self.owner(id).map(|element| &self.set.elements[element.0]);
        ty.docs.clone().or_else(|| owner.and_then(|element| element.docs.clone()))
    }
}
