//! Types that require themselves, so that no document could ever end: reported, or one of their elements is optional.

use super::boxes::{direct, fields, item_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Base, Field, Item, ItemId, ItemKind, Struct, Ty};

/// The item of which a value is needed for one of the field's type: of a nillable element none is.
fn needed(field: &Field) -> Option<ItemId> {
    let mut ty = &field.ty;
    while let Ty::Defaulted(inner) = ty {
        ty = inner;
    }
    if matches!(ty, Ty::Nillable(_)) { None } else { direct(field) }
}

/// For each item the rank of its smallest value: how deep required content nests. `None` where it never
/// ends. The variant that a choice starts from is the one of least rank.
pub(crate) fn ranks(items: &[Item]) -> Vec<Option<usize>> {
    let mut ranks: Vec<Option<usize>> = vec![None; items.len()];
    loop {
        let mut changed = false;
        for at in 0..items.len() {
            if ranks[at].is_some() {
                continue;
            }
            let of = |to: Option<ItemId>| to.map_or(Some(0), |to| ranks[to.0]);
            let rank = match &items[at].kind {
                ItemKind::Struct(item) => {
                    let required = item.fields.iter().filter(|f| f.is_required()).map(needed);
                    let held = item.base.map(Some);
                    let mut ranks = required.chain(held).map(of);
                    ranks.try_fold(0, |most, rank| rank.map(|rank| rank.max(most)))
                }
                ItemKind::Choice(item) => item.variants.iter().filter_map(|v| of(needed(v))).min(),
                ItemKind::Family(family) if !family.members.is_empty() => {
                    family.members.iter().filter_map(|(_, ty)| of(item_of(ty))).min()
                }
                _ => Some(0),
            };
            if let Some(rank) = rank {
                ranks[at] = Some(rank + 1);
                changed = true;
            }
        }
        if !changed {
            return ranks;
        }
    }
}

/// Deals with each cycle of required content, with the steps that make it: an error, or, where sets are taken as they
/// are, a warning that one of its elements is optional.
pub(super) fn settle(items: &mut [Item], tolerant: bool, diagnostics: &mut Diagnostics) {
    loop {
        let mut optional = Vec::new();
        for steps in infinite(items) {
            // Rather the type than the enum of what can stand for it.
            let item = &items[steps.iter().find(|(_, field)| field.is_some()).unwrap_or(&steps[0]).0];
            let message = format!("`{}` requires itself: no finite document can hold one", item.key);
            // A group's alternatives have none to leave out.
            let is_struct = |at: usize| matches!(&items[at].kind, ItemKind::Struct(_));
            let mut of_structs = steps.iter().filter_map(|&(at, field)| Some((at, field?)));
            let left_out = of_structs.find(|(at, _)| tolerant && is_struct(*at));
            optional.extend(left_out);
            let (mut diagnostic, help) = match left_out {
                Some((at, field)) => {
                    let (key, step) = (&items[at].key, &fields(&items[at])[field].step);
                    let help = format!("`{step}` of `{key}` is taken as optional");
                    (Diagnostic::warning(Code::Infinite, &item.span, message), help)
                }
                None => {
                    let help = "make one of these elements optional (minOccurs=\"0\")".to_owned();
                    (Diagnostic::error(Code::Infinite, &item.span, message), help)
                }
            };
            for (from, field) in steps.iter().filter_map(|&(from, field)| Some((from, field?))) {
                let note = format!("`{}` requires this", items[from].key);
                diagnostic = diagnostic.note(Some(&fields(&items[from])[field].span), note);
            }
            diagnostics.push(diagnostic.help(help));
        }
        if optional.is_empty() {
            return;
        }
        for (at, field) in optional {
            let chosen = fields(&items[at])[field];
            let (span, step) = (chosen.span.clone(), chosen.step.clone());
            // Wherever the declaration was inherited to.
            for item in items.iter_mut() {
                let (ItemKind::Struct(Struct { fields, .. }) | ItemKind::Trait(Base { fields, .. })) =
                    &mut item.kind
                else {
                    continue;
                };
                for field in fields.iter_mut().filter(|field| field.span == span && field.step == step) {
                    field.min = 0;
                }
            }
        }
    }
}

/// Cycles of required content: items, each with the position of the field that leads to the next; none where it holds
/// its base there, or is one of its members.
fn infinite(items: &[Item]) -> Vec<Vec<(usize, Option<usize>)>> {
    let ranks = ranks(items);
    let endless = |to: Option<ItemId>| to.map(|to| to.0).filter(|to| ranks[*to].is_none());
    // Something required that leads to another item without end; every such item has one.
    let next = |at: usize| -> Option<(Option<usize>, usize)> {
        let inherited = match &items[at].kind {
            ItemKind::Struct(inner) => inner.base,
            ItemKind::Family(family) => {
                family.members.iter().filter_map(|(_, ty)| item_of(ty)).find(|to| ranks[to.0].is_none())
            }
            _ => None,
        };
        let of_choice = matches!(&items[at].kind, ItemKind::Choice(_));
        let mut fields = fields(&items[at]).into_iter().enumerate();
        let field = fields.find_map(|(position, field)| {
            let to = endless(needed(field)).filter(|_| of_choice || field.is_required())?;
            Some((Some(position), to))
        });
        field.or_else(|| endless(inherited).map(|to| (None, to)))
    };
    let mut done = vec![false; items.len()];
    let mut cycles = Vec::new();
    for start in (0..items.len()).filter(|at| ranks[*at].is_none()) {
        let mut steps: Vec<(usize, Option<usize>)> = Vec::new();
        let mut at = start;
        while !done[at] {
            done[at] = true;
            let Some((field, to)) = next(at) else { break };
            steps.push((at, field));
            at = to;
        }
        if let Some(first) = steps.iter().position(|(from, _)| *from == at) {
            cycles.push(steps.split_off(first));
        }
    }
    cycles
}
