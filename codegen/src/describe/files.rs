//! File names for namespaces: the last segment of the URI, and as many of those before it as tell it from the
//! others. A name depends on the set of namespaces only, and never has a counter.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::load::XML;

/// Names that only one namespace may have, and names that some systems refuse.
const RESERVED: &[&str] = &["local", "xml", "aux", "con", "nul", "prn"];

/// The file name of each namespace, without `.xsd`. No two differ by letter case alone.
pub(crate) fn stems(namespaces: &BTreeSet<Rc<str>>) -> BTreeMap<Rc<str>, String> {
    let mut stems = BTreeMap::new();
    let mut open: BTreeMap<Rc<str>, Candidates> = BTreeMap::new();
    for uri in namespaces {
        match &**uri {
            "" => drop(stems.insert(uri.clone(), "local".to_owned())),
            XML => drop(stems.insert(uri.clone(), "xml".to_owned())),
            _ => drop(open.insert(uri.clone(), Candidates::new(uri))),
        }
    }
    // Of namespaces that share a name, all take the next longer one: which was first does not matter.
    loop {
        let mut users: BTreeMap<String, Vec<Rc<str>>> = BTreeMap::new();
        for (uri, candidates) in &open {
            users.entry(candidates.current().to_lowercase()).or_default().push(uri.clone());
        }
        let shared =
            users.into_iter().filter(|(stem, users)| users.len() > 1 || RESERVED.contains(&stem.as_str()));
        let mut changed = false;
        for uri in shared.flat_map(|(_, users)| users) {
            changed |= open.get_mut(&uri).is_some_and(Candidates::extend);
        }
        if !changed {
            break;
        }
    }
    stems.extend(open.into_iter().map(|(uri, candidates)| (uri, candidates.current().to_owned())));
    stems
}

/// The names that a namespace may have, best first. The last one is like that of no other namespace.
struct Candidates {
    stems: Vec<String>,
    at: usize,
}

impl Candidates {
    fn new(uri: &str) -> Candidates {
        let pieces = uri.split(['/', ':', '#', '?', '&', '=', '\\']);
        let segments: Vec<String> = pieces.map(clean).filter(|segment| !segment.is_empty()).collect();
        // A version says too little: it goes with what it is the version of.
        let named = segments.iter().rposition(|segment| !is_version(segment)).unwrap_or(0);
        let mut stems: Vec<String> = (0..=named).rev().map(|start| segments[start..].join("-")).collect();
        stems.retain(|stem| !stem.is_empty());
        stems.push(spelled(uri));
        Candidates { stems, at: 0 }
    }

    fn current(&self) -> &str {
        &self.stems[self.at]
    }

    /// Takes the next name. `false` when there is none.
    fn extend(&mut self) -> bool {
        let more = self.at + 1 < self.stems.len();
        self.at += usize::from(more);
        more
    }
}

/// A segment with `-` for what a file name may not have, and without an extension that would be there twice.
fn clean(segment: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let safe: String = segment.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let lower = safe.to_ascii_lowercase();
    let stem = lower.strip_suffix(".xsd").map_or(&*safe, |stem| &safe[..stem.len()]);
    stem.trim_matches(['-', '.']).to_owned()
}

/// Whether a segment is nothing but a version or a date: `v1`, `2006`, `1.0`, `ver10`.
fn is_version(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    let number = ["version", "ver", "v"].iter().find_map(|word| lower.strip_prefix(word)).unwrap_or(&lower);
    let number = number.trim_start_matches(['-', '_', '.']);
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// The whole URI, with the code of each character that is not a small letter or digit: different for
/// different URIs, even where letter case does not count.
fn spelled(uri: &str) -> String {
    let mut out = "_".to_owned();
    for c in uri.chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            out.push(c);
        } else {
            out.push_str(&format!("_{:x}_", u32::from(c)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(uris: &[&str]) -> Vec<String> {
        let stems = stems(&uris.iter().map(|uri| Rc::from(*uri)).collect());
        uris.iter().map(|uri| stems[*uri].clone()).collect()
    }

    #[test]
    fn the_last_segment() {
        for (uri, stem) in [
            ("http://schemas.microsoft.com/exchange/services/2006/types", "types"),
            ("http://schemas.xmlsoap.org/soap/envelope/", "envelope"),
            ("http://www.w3.org/2000/09/xmldsig#", "xmldsig"),
            ("http://example.org/types.XSD", "types"),
            ("http://example.org", "example.org"),
            ("urn:example:orders", "orders"),
            ("orders", "orders"),
            ("", "local"),
            (XML, "xml"),
            ("urn:example:xml", "example-xml"),
            ("urn:local", "urn-local"),
            ("local", "_local"),
            ("urn:example:con", "example-con"),
        ] {
            assert_eq!(names(&[uri]), [stem], "{uri}");
        }
    }

    #[test]
    fn versions_need_company() {
        for (uri, stem) in [
            ("http://example.org/orders/v1", "orders-v1"),
            ("http://example.org/orders/2006/01/", "orders-2006-01"),
            ("http://example.org/1.0", "example.org-1.0"),
            ("urn:example:orders:ver10", "orders-ver10"),
            ("urn:2", "urn-2"),
            ("http://docs.example.org/b-2", "b-2"),
            ("2006", "2006"),
        ] {
            assert_eq!(names(&[uri]), [stem], "{uri}");
        }
    }

    #[test]
    fn only_characters_that_every_system_allows() {
        assert_eq!(names(&["urn:a b*c?d|e"]), ["d-e"]);
        assert_eq!(names(&["urn:example:.."]), ["example"]);
        assert_eq!(names(&["urn:x:gr\u{f6}\u{df}e"]), ["gr--e"]);
        assert_eq!(names(&["://"]), ["__3a__2f__2f_"]);
    }

    #[test]
    fn all_that_share_a_name_are_extended() {
        assert_eq!(names(&["http://a.org/x/types", "http://b.org/y/types"]), ["x-types", "y-types"]);
        assert_eq!(
            names(&["http://a.org/x/types", "http://b.org/x/types", "http://c.org/x/y"]),
            ["a.org-x-types", "b.org-x-types", "y"]
        );
        assert_eq!(names(&["urn:a", "http://a"]), ["urn-a", "http-a"]);
        assert_eq!(names(&["urn:one:Types", "urn:two:types"]), ["one-Types", "two-types"]);
    }

    #[test]
    fn what_segments_do_not_tell_apart_is_spelled_out() {
        assert_eq!(names(&["urn:a", "urn:A"]), ["_urn_3a_a", "_urn_3a__41_"]);
        assert_eq!(names(&["a/b", "a/b/"]), ["_a_2f_b", "_a_2f_b_2f_"]);
        // Even when another namespace has that very name.
        assert_eq!(names(&["urn:a", "urn:A", "x:_urn_3a_a"]), ["_urn_3a_a", "_urn_3a__41_", "x-_urn_3a_a"]);
    }
}
