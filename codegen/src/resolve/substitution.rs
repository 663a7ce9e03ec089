//! Links substitution groups: circles are reported and cut, then each head gets all elements that may stand
//! for it.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::schema::{Block, ComplexType, Derivation, ElementId, SchemaSet, SimpleType, TypeBody};

/// Gives each head its members.
pub(super) fn link(set: &mut SchemaSet) {
    let mut direct: BTreeMap<ElementId, Vec<ElementId>> = BTreeMap::new();
    for (index, element) in set.elements.iter().enumerate() {
        if let Some(head) = element.substitutes {
            direct.entry(head).or_default().push(ElementId(index));
        }
    }
    for head in direct.keys() {
        let mut members = Vec::new();
        let mut pending = vec![*head];
        while let Some(id) = pending.pop() {
            for member in direct.get(&id).into_iter().flatten() {
                pending.push(*member);
                // An abstract element stands for nothing, but others may stand for it.
                if !set.elements[member.0].is_abstract && !is_blocked(set, *head, *member) {
                    members.push(*member);
                }
            }
        }
        // Global elements have their ids in order of their names.
        members.sort_unstable();
        if !set.elements[head.0].block.substitution {
            set.elements[head.0].members = members;
        }
    }
}

/// Whether the head, or its type, blocks a way in which the type of a member is derived from that.
fn is_blocked(set: &SchemaSet, head: ElementId, member: ElementId) -> bool {
    let (head, mut at) = (&set.elements[head.0], set.elements[member.0].ty);
    let block = match &set.types[head.ty.0].body {
        TypeBody::Complex(complex) => complex.block,
        _ => Block::default(),
    };
    while at != head.ty {
        let (method, base) = match &set.types[at.0].body {
            TypeBody::Complex(ComplexType { derivation: Some(step), .. }) => *step,
            TypeBody::Simple(SimpleType::Restriction { base, .. }) => (Derivation::Restriction, *base),
            _ => return false,
        };
        if head.block.blocks(method) || block.blocks(method) {
            return true;
        }
        at = base;
    }
    false
}

/// Reports and cuts circles of heads.
pub(super) fn break_cycles(set: &mut SchemaSet, diagnostics: &mut Diagnostics) {
    // 0: not seen, otherwise the walk that saw the element.
    let mut seen = vec![0usize; set.elements.len()];
    for start in 0..set.elements.len() {
        let walk = start + 1;
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = walk;
            let Some(head) = set.elements[at].substitutes else { break };
            if seen[head.0] == walk {
                let element = &mut set.elements[at];
                element.substitutes = None;
                let message = format!("element `{}` would substitute for itself", element.name.local);
                let help = "remove the substitutionGroup from one of the elements of this circle";
                diagnostics.push(Diagnostic::error(Code::Circular, &element.span, message).help(help));
                break;
            }
            at = head.0;
        }
    }
}
