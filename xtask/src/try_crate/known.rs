//! Differences that are known, each with its reason.

use super::Finding;

/// The list: a line `set kind: message`, where `*` stands for anything; a line that begins with `#` says why.
const KNOWN: &str = include_str!("known.txt");

/// Whether a finding is on the list.
pub(super) fn is_known(set: &str, finding: &Finding) -> bool {
    let case = format!("{set} {}: {}", finding.kind, finding.message);
    KNOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).any(|line| covers(line, &case))
}

/// Whether a pattern, in which `*` stands for anything, is a text.
fn covers(pattern: &str, text: &str) -> bool {
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
