//! Patterns of the lists of known differences, here and in `cargo xtask try-crate`.

/// Whether a pattern, in which `*` stands for anything, is a text.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        match (parts.peek(), left.find(part)) {
            (None, _) => return left.ends_with(part),
            (_, Some(at)) => left = &left[at + part.len()..],
            (_, None) => return false,
        }
    }
    true
}
