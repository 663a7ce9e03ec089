//! Settles what needs the contents of other types: text types of simple contents, types of elements that have
//! those of their head, and that types stand only where their kind may. Derivations have no circles any more.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::schema::{
    Builtin, ComplexType, Content, Derivation, ElementId, SimpleType, TypeBody, TypeDef, TypeId,
};

use super::cycles::label;
use super::{PendingContent, Resolver};

const ANY_SIMPLE: TypeId = TypeId(Builtin::AnySimpleType as usize);

impl Resolver<'_, '_> {
    /// Gives elements without a type that of the head of their substitution group. Heads have no circles any
    /// more.
    pub(super) fn inherit_element_types(&mut self) {
        let mut pending: BTreeSet<ElementId> = std::mem::take(&mut self.pending_heads).into_iter().collect();
        while let Some(mut at) = pending.pop_first() {
            // Up to a head that knows its type.
            let mut path = vec![at];
            while let Some(head) = self.set.elements[at.0].substitutes {
                at = head;
                if !pending.remove(&head) {
                    break;
                }
                path.push(head);
            }
            let ty = self.set.elements[at.0].ty;
            for id in path {
                self.set.elements[id.0].ty = ty;
            }
        }
    }

    /// Finds the text type of every simple content, bases before what derives from them.
    pub(super) fn settle_contents(&mut self) {
        let mut pending: BTreeMap<TypeId, PendingContent> =
            std::mem::take(&mut self.pending_contents).into_iter().map(|p| (p.ty, p)).collect();
        while let Some(mut at) = pending.first_key_value().map(|(id, _)| *id) {
            // Down to the base that is settled, and back up.
            let mut chain = Vec::new();
            while let Some(content) = pending.remove(&at) {
                at = content.base;
                chain.push(content);
            }
            for content in chain.into_iter().rev() {
                self.settle(content);
            }
        }
        self.inherit_simple_content();
    }

    fn settle(&mut self, content: PendingContent) {
        let base = &self.set.types[content.base.0];
        let restriction = content.derivation == Derivation::Restriction;
        let of_base = match &base.body {
            TypeBody::Complex(complex) => match &complex.content {
                Content::Simple(ty) => Some(*ty),
                // A mixed type may be restricted to text, which then says what text.
                _ if restriction && self.is_mixed(complex) => content.inline,
                _ => None,
            },
            TypeBody::Builtin(Builtin::AnyType) => None,
            TypeBody::Builtin(_) | TypeBody::Simple(_) => Some(content.base),
        };
        if restriction && of_base == Some(content.base) {
            let message = format!("simpleContent restricts `{}`, which is a simple type", label(base));
            let help = "extend it instead, or restrict a complexType with simpleContent";
            self.error(Code::BadDerivation, &content.span, message, help);
        }
        let base = &self.set.types[content.base.0];
        let Some(of_base) = of_base else {
            if matches!(base.body, TypeBody::Complex(_)) {
                let name = label(base);
                let message =
                    format!("simpleContent is derived from `{name}`, which has child elements or is empty");
                let help = "use complexContent, or derive from a simple type";
                self.error(Code::BadDerivation, &content.span, message, help);
            }
            return;
        };
        let mut text = content.inline.unwrap_or(of_base);
        if !content.facets.is_empty() {
            let namespace = self.set.types[content.ty.0].namespace.clone();
            let owner = self.type_owners[content.ty.0];
            self.owner = owner;
            let body = TypeBody::Simple(SimpleType::Restriction { base: text, facets: content.facets });
            let (path, holder, span) = (content.path, content.holder, content.span);
            text = self.add_type(TypeDef { name: None, path, holder, namespace, span, docs: None, body });
        }
        if let TypeBody::Complex(complex) = &mut self.set.types[content.ty.0].body {
            complex.content = Content::Simple(text);
        }
    }

    /// Whether a type has mixed content, of its own or as an extension of one that has.
    fn is_mixed(&self, complex: &ComplexType) -> bool {
        let mut at = complex;
        // Derivations have no circles any more.
        while let (false, Some((Derivation::Extension, base))) = (at.mixed, at.derivation) {
            match &self.set.types[base.0].body {
                TypeBody::Complex(base) => at = base,
                _ => return false,
            }
        }
        at.mixed
    }

    /// A complexContent without particles may derive from a type with simple content, and then has it too.
    fn inherit_simple_content(&mut self) {
        // Bases before what derives from them.
        let mut done = vec![false; self.set.types.len()];
        for start in 0..self.set.types.len() {
            let mut chain = Vec::new();
            let mut at = TypeId(start);
            while !done[at.0] {
                done[at.0] = true;
                chain.push(at);
                match &self.set.types[at.0].body {
                    TypeBody::Complex(complex) => match complex.derivation {
                        Some((_, base)) => at = base,
                        None => break,
                    },
                    _ => break,
                }
            }
            for id in chain.into_iter().rev() {
                self.inherit_from_base(id);
            }
        }
    }

    fn inherit_from_base(&mut self, id: TypeId) {
        let ty = &self.set.types[id.0];
        let TypeBody::Complex(complex) = &ty.body else { return };
        let Some((_, base)) = complex.derivation else { return };
        if matches!(complex.content, Content::Simple(_)) {
            return;
        }
        let id_of_base = base;
        let base = &self.set.types[base.0];
        // An extension of a simple type that only adds attributes has its values.
        let simple_base =
            matches!(base.body, TypeBody::Builtin(_) | TypeBody::Simple(_)).then_some(id_of_base);
        let simple = match &base.body {
            TypeBody::Complex(base) => match &base.content {
                Content::Simple(text) => Some(*text),
                _ => return,
            },
            _ => None,
        };
        let empty = matches!(complex.content, Content::Empty);
        let message =
            format!("complexContent is derived from `{}`, which has text, not child elements", label(base));
        match (simple, empty, &mut self.set.types[id.0].body) {
            (Some(text), true, TypeBody::Complex(complex)) => complex.content = Content::Simple(text),
            (_, empty, body) => {
                if let TypeBody::Complex(complex) = body {
                    match simple_base.filter(|_| empty) {
                        Some(text) => complex.content = Content::Simple(text),
                        None => complex.derivation = None,
                    }
                }
                let span = self.set.types[id.0].span.clone();
                self.error(Code::BadDerivation, &span, message, "use simpleContent");
            }
        }
    }

    /// Reports complex types where only simple ones can stand, and puts anySimpleType in their place.
    pub(super) fn check_kinds(&mut self) {
        let is_simple =
            |ty: &TypeDef| !matches!(ty.body, TypeBody::Complex(_) | TypeBody::Builtin(Builtin::AnyType));
        let complex: Vec<bool> = self.set.types.iter().map(|ty| !is_simple(ty)).collect();
        for (id, span, what) in std::mem::take(&mut self.must_be_simple) {
            let ty = &self.set.types[id.0];
            // anyType also stands for what was not found, which was reported.
            if matches!(ty.body, TypeBody::Complex(_)) {
                let message = format!("`{}` is a complex type and cannot be {what}", label(ty));
                let help = "name a simple type here";
                self.diagnostics.push(Diagnostic::error(Code::BadDerivation, &span, message).help(help));
            }
        }
        for ty in &mut self.set.types {
            match &mut ty.body {
                TypeBody::Builtin(_) => {}
                TypeBody::Simple(SimpleType::Restriction { base, .. }) => to_simple(base, &complex),
                TypeBody::Simple(SimpleType::List { item }) => to_simple(item, &complex),
                TypeBody::Simple(SimpleType::Union { members }) => {
                    for member in members {
                        to_simple(member, &complex);
                    }
                }
                TypeBody::Complex(complex_type) => {
                    for attribute in &mut complex_type.attributes {
                        to_simple(&mut attribute.ty, &complex);
                    }
                }
            }
        }
    }
}

fn to_simple(id: &mut TypeId, complex: &[bool]) {
    if complex.get(id.0).copied().unwrap_or(false) {
        *id = ANY_SIMPLE;
    }
}
