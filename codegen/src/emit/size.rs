//! How long the code of an item is, and what leaves a file that is too long: the larger of its parts, each with what only
//! it uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Field, Item, ItemId, ItemKind, PartTerm};
use crate::name::Names;

/// Lines that a file should have at most, as far as they can be told before they are written.
const LONG: usize = 1500;
/// What parts leave a file that is longer: those of so many lines and more, the smaller ones only if that is not enough.
const PARTS: &[usize] = &[100, 25, 0];

/// About how many lines the code of an item has.
pub(super) fn lines(item: &Item) -> usize {
    let text = |docs: &Option<String>| {
        docs.as_ref().map_or(0, |docs| docs.len() / 90 + docs.matches('\n').count() + 1)
    };
    let fields = |fields: &[Field], each: usize| -> usize {
        fields.iter().map(|field| each + text(&field.docs)).sum()
    };
    text(&item.docs)
        + match &item.kind {
            ItemKind::Struct(inner) => {
                let order: usize = inner.order.iter().map(|part| parts(&part.term)).sum();
                // A base type that is held answers for itself.
                let traits = match inner.base {
                    Some(_) => inner.bases.len(),
                    None => inner.bases.len() * (3 + inner.fields.len()),
                };
                14 + fields(&inner.fields, 3) + order + traits
            }
            ItemKind::Choice(inner) => 12 + fields(&inner.variants, 3),
            ItemKind::Family(family) => 16 + family.members.len() * 4,
            ItemKind::Wrapper(_) => 3,
            ItemKind::Enumeration { values, .. } => {
                6 + values.iter().map(|value| text(&value.docs) + 1).sum::<usize>()
            }
            ItemKind::Restricted { facets, .. } => 6 + facets.len(),
            ItemKind::Union(members) => 8 + members.len() * 3,
            ItemKind::Trait(inner) => 4 + fields(&inner.fields, 2),
        }
}

fn parts(term: &PartTerm) -> usize {
    match term {
        PartTerm::Element(_) | PartTerm::Any(_) => 1,
        PartTerm::Sequence(inner) | PartTerm::Choice(inner) | PartTerm::All(inner) => {
            2 + inner.iter().map(|part| parts(&part.term)).sum::<usize>()
        }
    }
}

/// The items that should leave files that are too long, each with what only it uses there. `stays` tells what has its
/// file for good, `is_part` what a file can be named for.
pub(super) fn apart(
    names: &Names,
    files: &[String],
    users: &[BTreeSet<usize>],
    lengths: &[usize],
    stays: impl Fn(usize) -> bool,
    is_part: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut members: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        members.entry((names.module(ItemId(at)), file)).or_default().push(at);
    }
    let long = members.values().filter(|members| members.iter().map(|at| lengths[*at]).sum::<usize>() > LONG);
    let mut leaving = Vec::new();
    for members in long {
        let graph = Graph::new(members, users, &stays);
        let own: Vec<usize> = members.iter().map(|at| lengths[*at]).collect();
        let cut = graph.cut(&own, |at| is_part(members[at]) && !graph.heads.contains(&at));
        leaving.extend(cut.into_iter().map(|at| members[at]));
    }
    leaving
}

/// Which members of a file use which, by their places in the list of them.
struct Graph {
    uses: Vec<Vec<usize>>,
    users: Vec<Vec<usize>>,
    /// Those that the file is named for, and those that something outside uses.
    heads: BTreeSet<usize>,
}

impl Graph {
    fn new(members: &[usize], users: &[BTreeSet<usize>], stays: &impl Fn(usize) -> bool) -> Graph {
        let place: BTreeMap<usize, usize> =
            members.iter().enumerate().map(|(at, item)| (*item, at)).collect();
        let mut graph = Graph {
            uses: vec![Vec::new(); members.len()],
            users: vec![Vec::new(); members.len()],
            heads: BTreeSet::new(),
        };
        for (at, item) in members.iter().enumerate() {
            let inside: Vec<usize> =
                users[*item].iter().filter_map(|user| place.get(user).copied()).collect();
            if stays(*item) || inside.iter().all(|user| *user == at) || inside.len() < users[*item].len() {
                graph.heads.insert(at);
            }
            inside.iter().for_each(|user| graph.uses[*user].push(at));
            graph.users[at] = inside;
        }
        graph
    }

    /// The members in an order in which each comes after one that uses it, from the heads on.
    fn order(&self) -> Vec<usize> {
        let mut seen = vec![false; self.uses.len()];
        let mut order = Vec::new();
        for head in &self.heads {
            let mut pending = vec![(*head, 0)];
            if std::mem::replace(&mut seen[*head], true) {
                continue;
            }
            while let Some((at, next)) = pending.pop() {
                match self.uses[at].get(next) {
                    Some(to) => {
                        pending.push((at, next + 1));
                        if !std::mem::replace(&mut seen[*to], true) {
                            pending.push((*to, 0));
                        }
                    }
                    None => order.push(at),
                }
            }
        }
        order.reverse();
        order
    }

    /// Of each member the innermost other through which alone it is reached (its immediate dominator); none of those that
    /// are reached in several ways (Cooper, Harvey and Kennedy, 2001).
    fn dominators(&self, order: &[usize]) -> Vec<Option<usize>> {
        // The place after all others stands for what is before the heads.
        let entry = self.uses.len();
        let mut rank = vec![usize::MAX; entry + 1];
        rank[entry] = 0;
        for (at, member) in order.iter().enumerate() {
            rank[*member] = at + 1;
        }
        let mut found = vec![None; entry + 1];
        found[entry] = Some(entry);
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for at in order {
                let mut best = self.heads.contains(at).then_some(entry);
                for user in self.users[*at].iter().filter(|user| found[**user].is_some()) {
                    best = Some(match best {
                        None => *user,
                        Some(mut one) => {
                            let mut other = *user;
                            while one != other {
                                // Both have one, which is before them.
                                let later = if rank[one] > rank[other] { &mut one } else { &mut other };
                                *later = found[*later].unwrap_or(entry);
                            }
                            one
                        }
                    });
                }
                changed |= found[*at] != best;
                found[*at] = best;
            }
        }
        found.truncate(entry);
        found.into_iter().map(|dominator| dominator.filter(|at| *at != entry)).collect()
    }

    /// The parts that leave. From the innermost on, a part that is too long with what only it uses loses the larger parts
    /// of that; what is left without one to belong to is looked at together.
    fn cut(&self, own: &[usize], is_part: impl Fn(usize) -> bool) -> Vec<usize> {
        let order = self.order();
        let dominators = self.dominators(&order);
        // Of each, its length with what has not left, and the parts that can leave it.
        let mut length = own.to_vec();
        let mut parts: Vec<Vec<usize>> = vec![Vec::new(); own.len()];
        let (mut rest, mut last) = (0, Vec::new());
        let mut cut = Vec::new();
        for at in order.into_iter().rev() {
            let inner = std::mem::take(&mut parts[at]);
            let inner = leave(&mut length, at, inner, &mut cut);
            let (to, total) = match dominators[at] {
                Some(user) => {
                    let add = length[at];
                    length[user] += add;
                    (&mut parts[user], None)
                }
                None => (&mut last, Some(length[at])),
            };
            rest += total.unwrap_or(0);
            if is_part(at) {
                to.push(at);
            } else {
                to.extend(inner);
            }
        }
        length.push(rest);
        let all = length.len() - 1;
        leave(&mut length, all, last, &mut cut);
        cut
    }
}

/// Takes of `parts`, which are in `whole`, those that leave it because it is too long; gives those that stay.
fn leave(length: &mut [usize], whole: usize, mut parts: Vec<usize>, cut: &mut Vec<usize>) -> Vec<usize> {
    // All parts of a size leave together, so that it does not matter which of them is a line longer.
    for least in PARTS {
        if length[whole] <= LONG {
            break;
        }
        parts.retain(|part| {
            let leaves = length[*part] >= *least;
            if leaves {
                length[whole] = length[whole].saturating_sub(length[*part]);
                cut.push(*part);
            }
            !leaves
        });
    }
    parts
}
