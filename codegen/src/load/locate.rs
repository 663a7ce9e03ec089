//! From a location as a document writes it to the name of an input: relative paths, letter case, URLs.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Inputs;

/// The names of the inputs, ready for look-ups.
pub(super) struct Files {
    exact: BTreeMap<Rc<str>, ()>,
    lower: BTreeMap<String, Rc<str>>,
}

/// A file that was found.
pub(super) struct Found {
    /// Its name among the inputs.
    pub(super) path: Rc<str>,
    /// How it was found, when not under the very name.
    pub(super) inexact: Option<&'static str>,
}

impl Files {
    pub(super) fn new(inputs: &Inputs) -> Self {
        let exact: BTreeMap<Rc<str>, ()> = inputs.0.keys().map(|k| (k.as_str().into(), ())).collect();
        // Of names that differ by case alone, the first wins.
        let mut lower = BTreeMap::new();
        for path in exact.keys() {
            lower.entry(path.to_lowercase()).or_insert_with(|| path.clone());
        }
        Self { exact, lower }
    }

    /// The file that `location`, written in the document `from`, means.
    pub(super) fn find(&self, from: &str, location: &str) -> Option<Found> {
        let location = location.trim();
        let location = location.split(['#', '?']).next().unwrap_or(location);
        if location.is_empty() {
            return None;
        }
        if is_remote(location) {
            let last = location.rsplit('/').next().unwrap_or(location);
            return self
                .named(&normalize(from, last))
                .or_else(|| self.named(last))
                .map(|found| Found { inexact: Some("by the last segment of the address"), ..found });
        }
        let path = normalize(from, &location.replace('\\', "/"));
        self.named(&path)
    }

    fn named(&self, path: &str) -> Option<Found> {
        if let Some((path, ())) = self.exact.get_key_value(path) {
            return Some(Found { path: path.clone(), inexact: None });
        }
        let path = self.lower.get(&path.to_lowercase())?;
        Some(Found { path: path.clone(), inexact: Some("with other upper and lower case") })
    }
}

/// Whether a path in the manifest means that input.
pub(crate) fn is_same(path: &str, file: &str) -> bool {
    normalize("", path).to_lowercase() == file.to_lowercase()
}

/// Whether a location is an address on a network.
pub(super) fn is_remote(location: &str) -> bool {
    let scheme = location.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|s| s.eq_ignore_ascii_case("http") || s.eq_ignore_ascii_case("https"))
}

/// `location` relative to the folder of `from`, without `.` and `..` where these can be resolved.
fn normalize(from: &str, location: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut segments: Vec<&str> = Vec::new();
    for segment in folder.split('/').chain(location.split('/')) {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|s| *s != "..") => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalized() {
        assert_eq!(normalize("a/b/c.wsdl", "../x.xsd"), "a/x.xsd");
        assert_eq!(normalize("c.wsdl", "./x.xsd"), "x.xsd");
        assert_eq!(normalize("c.wsdl", "../x.xsd"), "../x.xsd");
        assert_eq!(normalize("a/c.wsdl", "b/./x.xsd"), "a/b/x.xsd");
    }

    #[test]
    fn letter_case_and_addresses() {
        let inputs = Inputs([("Types.xsd".to_owned(), Vec::new())].into());
        let files = Files::new(&inputs);
        assert!(files.find("", "Types.xsd").is_some_and(|f| f.inexact.is_none()));
        assert!(files.find("", "types.XSD").is_some_and(|f| f.inexact.is_some()));
        assert!(
            files.find("", "https://example.org/a/Types.xsd?x=1").is_some_and(|f| &*f.path == "Types.xsd")
        );
        assert!(files.find("", "https://example.org/").is_none());
        assert!(files.find("", "").is_none());
    }
}
