//! Converts attribute uses; replaces references to attribute groups by what they hold.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic};
use crate::parse::{self, AttributeItem, Item};
use crate::schema::{AttributeUse, Builtin, NamespaceConstraint, QName, TypeId, Usage, Wildcard};

use super::collect::Space;
use super::{Place, Resolver};

type Uses = (Vec<AttributeUse>, Option<Wildcard>);

impl Resolver<'_, '_> {
    /// The attributes of a type. A prohibited use only means something in a restriction.
    pub(super) fn attribute_uses(
        &mut self,
        node: &parse::Attributes,
        place: &Place,
        restriction: bool,
    ) -> Uses {
        let (mut uses, any) = self.flatten(node, place);
        if !restriction {
            uses.retain(|attribute| attribute.usage != Usage::Prohibited);
        }
        (uses, any)
    }

    fn flatten(&mut self, node: &parse::Attributes, place: &Place) -> Uses {
        let mut uses: Vec<AttributeUse> = Vec::new();
        let mut known: BTreeMap<QName, usize> = BTreeMap::new();
        let mut any = node.any.as_ref().map(|any| self.wildcard(any, place));
        for item in &node.uses {
            let new = match item {
                AttributeItem::Attribute(attribute) => {
                    self.attribute_use(attribute, place).into_iter().collect()
                }
                AttributeItem::Group(reference) => {
                    let (new, wildcard) = self.attribute_group_named(reference, place);
                    any = match (any, wildcard) {
                        (Some(own), Some(other)) => Some(intersection(own, &other)),
                        (own, other) => own.or(other),
                    };
                    new
                }
            };
            for attribute in new {
                match known.get(&attribute.name).and_then(|index| uses.get(*index)) {
                    // The same group by two ways.
                    Some(first) if first.span == attribute.span => {}
                    Some(first) => {
                        let message =
                            format!("attribute `{}` is declared twice for one type", attribute.name.local);
                        let diagnostic = Diagnostic::error(Code::Duplicate, &attribute.span, message)
                            .note(
                                Some(&first.span),
                                "the first declaration is here; it is the one that counts",
                            )
                            .help("keep one of them");
                        self.diagnostics.push(diagnostic);
                    }
                    None => {
                        known.insert(attribute.name.clone(), uses.len());
                        uses.push(attribute);
                    }
                }
            }
        }
        (uses, any)
    }

    fn attribute_group_named(&mut self, reference: &parse::NameRef, place: &Place) -> Uses {
        let name = self.table.instances[place.instance].name(reference);
        let Some(index) = self.definition(Space::AttributeGroup, &name, place) else {
            self.unknown(Space::AttributeGroup, reference, &name);
            return (Vec::new(), None);
        };
        self.check_import(reference, &name, place);
        if self.is_open(Space::AttributeGroup, &name, index, &reference.span) {
            return (Vec::new(), None);
        }
        self.attribute_group(&name, index)
    }

    /// A definition of an attribute group, flattened once.
    pub(super) fn attribute_group(&mut self, name: &QName, index: usize) -> Uses {
        let key = (name.clone(), index);
        if let Some(known) = self.attribute_groups.get(&key) {
            return known.clone();
        }
        let mut uses = (Vec::new(), None);
        let component = self.table.get(Space::AttributeGroup, name).and_then(|list| list.get(index)).copied();
        if let Some(component) = component
            && let Item::AttributeGroup(node) = component.item
        {
            self.open.push((Space::AttributeGroup, name.clone(), index));
            let redefines = index.checked_sub(1).map(|before| (Space::AttributeGroup, name.clone(), before));
            let place = self.place(Space::AttributeGroup, name, component.instance, redefines);
            uses = self.flatten(&node.attributes, &place);
            self.open.pop();
        }
        self.attribute_groups.insert(key, uses.clone());
        uses
    }

    /// An attribute use: a reference, or a declaration of its own.
    fn attribute_use(&mut self, node: &parse::Attribute, place: &Place) -> Option<AttributeUse> {
        let Some(reference) = &node.reference else {
            let local = node.name.clone()?;
            let instance = &self.table.instances[place.instance];
            let qualified = node.qualified.unwrap_or(instance.schema.attributes_qualified);
            let namespace: Rc<str> = if qualified { instance.target.clone() } else { "".into() };
            let place = place.within(&local);
            return Some(self.attribute(node, QName { namespace, local }, &place));
        };
        let name = self.table.instances[place.instance].name(reference);
        let declared = self.table.get(Space::Attribute, &name).and_then(|list| list.first()).copied();
        let Some(component) = declared else {
            self.unknown(Space::Attribute, reference, &name);
            return None;
        };
        self.check_import(reference, &name, place);
        let Item::Attribute(declaration) = component.item else { return None };
        let target = self.place(Space::Attribute, &name, component.instance, None);
        let mut attribute = self.global_attribute(&name, declaration, &target);
        attribute.usage = node.usage;
        attribute.span = node.span.clone();
        if node.default.is_some() || node.fixed.is_some() {
            attribute.default.clone_from(&node.default);
            attribute.fixed.clone_from(&node.fixed);
        }
        if node.docs.is_some() {
            attribute.docs.clone_from(&node.docs);
        }
        Some(attribute)
    }

    /// A global attribute, converted once: all its uses share its type.
    pub(super) fn global_attribute(
        &mut self,
        name: &QName,
        node: &parse::Attribute,
        place: &Place,
    ) -> AttributeUse {
        if let Some(known) = self.global_attributes.get(name) {
            return known.clone();
        }
        let attribute = self.attribute(node, name.clone(), place);
        self.global_attributes.insert(name.clone(), attribute.clone());
        attribute
    }

    fn attribute(&mut self, node: &parse::Attribute, name: QName, place: &Place) -> AttributeUse {
        let ty = match &node.ty {
            Some(ty) => self.simple_type_of(ty, place, "the type of an attribute"),
            None => TypeId(Builtin::AnySimpleType as usize),
        };
        AttributeUse {
            name,
            ty,
            usage: node.usage,
            default: node.default.clone(),
            fixed: node.fixed.clone(),
            docs: node.docs.clone(),
            span: node.span.clone(),
        }
    }
}

/// What two wildcards both let in, as XML Schema defines it; the stricter processContents is that of the
/// first.
fn intersection(own: Wildcard, other: &Wildcard) -> Wildcard {
    use NamespaceConstraint::{Any, List, Other};
    let allowed = |not: &Rc<str>, list: &[Rc<str>]| {
        List(list.iter().filter(|uri| *uri != not && !uri.is_empty()).cloned().collect())
    };
    let namespaces = match (&own.namespaces, &other.namespaces) {
        (Any, constraint) | (constraint, Any) => constraint.clone(),
        (List(a), List(b)) => List(a.iter().filter(|uri| b.contains(uri)).cloned().collect()),
        (Other(not), List(list)) | (List(list), Other(not)) => allowed(not, list),
        // Two different ones cannot be expressed; the own one is the nearer.
        (Other(not), Other(_)) => Other(not.clone()),
    };
    Wildcard { namespaces, process: own.process }
}
