//! Differences that are known, each with its reason.

use super::Finding;
use super::covers::covers;

/// The list: a line `set kind: message`, where `*` stands for anything; a line that begins with `#` says why.
const KNOWN: &str = include_str!("known.txt");

/// Whether a finding is on the list.
pub(super) fn is_known(set: &str, finding: &Finding) -> bool {
    let case = format!("{set} {}: {}", finding.kind, finding.message);
    KNOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).any(|line| covers(line, &case))
}
