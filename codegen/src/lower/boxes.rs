//! What is boxed. Fields that lead from a type back to itself without a `Vec` between: of each cycle, all direct
//! fields; every type must have a value that does not hold itself. The complex ones among the sparse fields of a
//! wide type, so that none of them makes all others large. And fields of types whose values are large, since each that
//! holds one would be larger still.

use crate::model::{Field, Item, ItemId, ItemKind, Ty};

/// Boxes what must be boxed. Every type has a value that does not hold itself.
pub(super) fn box_fields(items: &mut [Item]) {
    let component = components(items);
    for at in 0..items.len() {
        let own = component[at];
        let wide = is_wide(&items[at]);
        let boxed: Vec<bool> = fields(&items[at])
            .iter()
            .map(|field| {
                direct(field).is_some_and(|to| match wide && field.min == 0 {
                    // Behind a pointer already, so that recursion alone is no reason.
                    true => is_complex(&items[to.0]),
                    false => component[to.0] == own,
                })
            })
            .collect();
        for (field, boxed) in fields_mut(&mut items[at]).into_iter().zip(boxed) {
            field.boxed = boxed;
        }
    }
    box_large(items);
}

/// Bytes in place beyond which a value is boxed where another holds it, as far as they can be told here.
const LARGE: usize = 2048;
/// Bytes of a text, a list, and whatever else is no item: about.
const LEAF: usize = 24;

/// Boxes the fields that hold a large value. There are no cycles left.
fn box_large(items: &mut [Item]) {
    let inline = |item: &Item| -> Vec<usize> {
        let kept = |field: &&Field| !(field.boxed || is_wide(item) && field.min == 0);
        let held = match &item.kind {
            ItemKind::Struct(inner) => inner.base,
            _ => None,
        };
        let own = match &item.kind {
            ItemKind::Family(_) => successors(item),
            _ => fields(item).into_iter().filter(kept).filter_map(direct).chain(held).collect(),
        };
        own.into_iter().map(|to| to.0).collect()
    };
    let forward: Vec<Vec<usize>> = items.iter().map(inline).collect();
    let mut sizes = vec![LEAF; items.len()];
    for at in finished(&forward) {
        let wide = is_wide(&items[at]);
        let mut parts = Vec::new();
        for field in fields_mut(&mut items[at]) {
            let held = direct(field).filter(|_| !field.boxed);
            if wide && field.min == 0 && !field.is_many() {
                continue;
            }
            field.boxed |= held.is_some_and(|to| sizes[to.0] > LARGE);
            parts.push(match held {
                _ if field.boxed => size_of::<usize>(),
                Some(to) => sizes[to.0],
                None => LEAF,
            });
        }
        sizes[at] = match &items[at].kind {
            ItemKind::Struct(inner) => {
                let base = inner.base.map_or(0, |base| sizes[base.0]);
                base + parts.iter().sum::<usize>() + if wide { LEAF } else { 0 }
            }
            ItemKind::Choice(_) => parts.into_iter().max().unwrap_or(0) + size_of::<usize>(),
            ItemKind::Family(_) => {
                let own = forward[at].iter().map(|to| sizes[*to]).max();
                own.unwrap_or(size_of::<usize>()) + size_of::<usize>()
            }
            _ => LEAF,
        };
    }
}

fn is_wide(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Struct(inner) if inner.wide)
}

pub(super) fn fields(item: &Item) -> Vec<&Field> {
    match &item.kind {
        ItemKind::Struct(item) => item.fields.iter().collect(),
        ItemKind::Choice(item) => item.variants.iter().collect(),
        _ => Vec::new(),
    }
}

fn fields_mut(item: &mut Item) -> Vec<&mut Field> {
    match &mut item.kind {
        ItemKind::Struct(item) => item.fields.iter_mut().collect(),
        ItemKind::Choice(item) => item.variants.iter_mut().collect(),
        _ => Vec::new(),
    }
}

/// Whether values of an item can be large.
fn is_complex(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Struct(_) | ItemKind::Choice(_) | ItemKind::Family(_))
}

/// The item that a field holds in place.
pub(super) fn direct(field: &Field) -> Option<ItemId> {
    if field.is_many() {
        return None;
    }
    item_of(&field.ty)
}

/// The item that a value of the type is, or holds in place.
pub(super) fn item_of(ty: &Ty) -> Option<ItemId> {
    match ty {
        Ty::Item(to) => Some(*to),
        Ty::Nillable(inner) | Ty::Defaulted(inner) => item_of(inner),
        _ => None,
    }
}

fn successors(item: &Item) -> Vec<ItemId> {
    match &item.kind {
        // The members of a family are boxed, but for the declared type itself.
        ItemKind::Family(family) => {
            family.members.iter().take(usize::from(family.own)).filter_map(|(_, ty)| item_of(ty)).collect()
        }
        ItemKind::Struct(inner) if inner.wide => {
            let own = inner.fields.iter().filter(|f| f.min > 0).filter_map(direct);
            own.chain(inner.base).collect()
        }
        _ => fields(item).into_iter().filter_map(direct).collect(),
    }
}

/// Number of the strongly connected component of each item; a number of its own where there is no cycle.
/// Kosaraju's two passes, without recursion.
fn components(items: &[Item]) -> Vec<usize> {
    let count = items.len();
    let forward: Vec<Vec<usize>> =
        items.iter().map(|i| successors(i).iter().map(|to| to.0).collect()).collect();
    let mut backward = vec![Vec::new(); count];
    for (from, targets) in forward.iter().enumerate() {
        for to in targets {
            backward[*to].push(from);
        }
    }
    let order = finished(&forward);
    let mut component = vec![usize::MAX; count];
    for start in order.into_iter().rev() {
        if component[start] != usize::MAX {
            continue;
        }
        let cyclic_self = forward[start].contains(&start);
        let mut members = Vec::new();
        let mut stack = vec![start];
        component[start] = start;
        while let Some(node) = stack.pop() {
            members.push(node);
            for &from in &backward[node] {
                if component[from] == usize::MAX {
                    component[from] = start;
                    stack.push(from);
                }
            }
        }
        if members.len() == 1 && !cyclic_self {
            // No field of it can be in its component: give it a number that no item has.
            component[start] = count + start;
        }
    }
    component
}

/// The nodes of a graph, each after those that it leads to, but for cycles. Without recursion.
fn finished(forward: &[Vec<usize>]) -> Vec<usize> {
    let count = forward.len();
    let mut order = Vec::with_capacity(count);
    let mut visited = vec![false; count];
    for start in 0..count {
        if visited[start] {
            continue;
        }
        visited[start] = true;
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.pop() {
            match forward[node].get(next) {
                Some(&to) => {
                    stack.push((node, next + 1));
                    if !visited[to] {
                        visited[to] = true;
                        stack.push((to, 0));
                    }
                }
                None => order.push(node),
            }
        }
    }
    order
}
