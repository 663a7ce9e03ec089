//! Finds types that are derived from, or made of, themselves. Each such circle is reported and cut, so that
//! later stages can follow bases, items and members without looking out.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::schema::{Builtin, SchemaSet, SimpleType, TypeBody, TypeDef, TypeId};

/// The types that `ty` is derived from or made of; elements and attributes do not count.
fn edges(ty: &TypeDef) -> Vec<TypeId> {
    match &ty.body {
        TypeBody::Builtin(_) => Vec::new(),
        TypeBody::Simple(SimpleType::Restriction { base, .. }) => vec![*base],
        TypeBody::Simple(SimpleType::List { item }) => vec![*item],
        TypeBody::Simple(SimpleType::Union { members }) => members.clone(),
        TypeBody::Complex(complex) => complex.derivation.iter().map(|(_, base)| *base).collect(),
    }
}

/// Cuts every circle at the edge that closes it, in a depth-first walk in order of the ids.
pub(super) fn break_cycles(set: &mut SchemaSet, diagnostics: &mut Diagnostics) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; set.types.len()];
    let mut cuts: Vec<(TypeId, TypeId)> = Vec::new();
    for start in 0..set.types.len() {
        if states[start] != State::New {
            continue;
        }
        states[start] = State::Open;
        let mut stack = vec![(TypeId(start), edges(&set.types[start]))];
        while let Some((id, pending)) = stack.last_mut() {
            let id = *id;
            let Some(next) = pending.pop() else {
                states[id.0] = State::Done;
                stack.pop();
                continue;
            };
            match states[next.0] {
                State::Done => {}
                State::New => {
                    states[next.0] = State::Open;
                    let edges = edges(&set.types[next.0]);
                    stack.push((next, edges));
                }
                State::Open => {
                    let from = stack.iter().position(|(open, _)| *open == next).unwrap_or(0);
                    let names: Vec<String> =
                        stack[from..].iter().map(|(open, _)| label(&set.types[open.0])).collect();
                    let first = names.first().cloned().unwrap_or_default();
                    let message =
                        format!("type `{first}` is defined by itself: {} → {first}", names.join(" → "));
                    let span = &set.types[next.0].span;
                    let help = "derive one of them from something else";
                    diagnostics.push(Diagnostic::error(Code::Circular, span, message).help(help));
                    cuts.push((id, next));
                }
            }
        }
    }
    for (from, to) in cuts {
        cut(&mut set.types[from.0].body, to);
    }
}

/// Removes the edge to `to`.
fn cut(body: &mut TypeBody, to: TypeId) {
    let any = TypeId(Builtin::AnySimpleType as usize);
    match body {
        TypeBody::Builtin(_) => {}
        TypeBody::Simple(SimpleType::Restriction { base, .. }) => *base = any,
        TypeBody::Simple(SimpleType::List { item }) => *item = any,
        TypeBody::Simple(SimpleType::Union { members }) => {
            for member in members.iter_mut().filter(|m| **m == to) {
                *member = any;
            }
        }
        TypeBody::Complex(complex) => complex.derivation = None,
    }
}

/// A name for a type in messages.
pub(super) fn label(ty: &TypeDef) -> String {
    match &ty.name {
        Some(name) => name.local.to_string(),
        None => format!("(anonymous in {})", ty.path.join("/")),
    }
}
