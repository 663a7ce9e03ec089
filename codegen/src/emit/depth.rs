//! How deep types lead to one another: what rustc goes through when it looks whether a value may cross threads.

use super::layout::references;
use crate::model::Model;

/// Items on the longest way that a search in depth takes, each item visited once.
pub(crate) fn depth(model: &Model) -> usize {
    let next: Vec<Vec<usize>> =
        model.items.iter().map(|item| references(model, item).into_iter().map(|id| id.0).collect()).collect();
    let mut deepest = 0;
    for start in 0..next.len() {
        // A search of its own from each: what was seen before is seen again by whoever begins elsewhere.
        let mut seen = vec![false; next.len()];
        let mut stack = vec![(start, 0)];
        seen[start] = true;
        while let Some((at, child)) = stack.pop() {
            deepest = deepest.max(stack.len() + 1);
            let Some(&to) = next[at].get(child) else { continue };
            stack.push((at, child + 1));
            if !std::mem::replace(&mut seen[to], true) {
                stack.push((to, 0));
            }
        }
    }
    deepest
}
