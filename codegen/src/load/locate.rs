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
        let asked = saved_names(location)
            .into_iter()
            .find_map(|name| self.named(&normalize(from, &name)).or_else(|| self.named(&name)));
        if let Some(found) = asked {
            return Some(Found { inexact: Some("by what its address asks for"), ..found });
        }
        let location = location.trim();
        let location = location.split(['#', '?']).next().unwrap_or(location);
        if location.is_empty() {
            return None;
        }
        let path = location.replace('\\', "/");
        self.at(from, &path).or_else(|| self.at(from, &unescaped(&path)?))
    }

    /// The file at a path or an address, which is searched for its last segment only.
    fn at(&self, from: &str, location: &str) -> Option<Found> {
        let path = normalize(from, location);
        let last = last_segment(location);
        let beside = || self.named(&normalize(from, last)).or_else(|| self.named(last));
        if is_absolute(location) {
            let found = self.named(&path).or_else(beside).or_else(|| self.only_one(last));
            return found.map(|found| Found { inexact: Some("by the last segment of the address"), ..found });
        }
        // The files of several folders may have been put into one.
        let put_together = || beside().filter(|found| *found.path != *from && last != location);
        self.named(&path).or_else(|| self.below(&path)).or_else(|| {
            put_together().map(|found| Found { inexact: Some("by the last segment of its path"), ..found })
        })
    }

    /// The file of a path that leads out of the folder of all inputs and back into it, by its name: `../schemas/a.xsd`
    /// where that folder is `schemas`.
    fn below(&self, path: &str) -> Option<Found> {
        let mut rest = path.strip_prefix("../")?;
        while let Some((_, inner)) = rest.split_once('/') {
            rest = inner;
            if let Some(found) = self.named(rest) {
                return Some(Found { inexact: Some("by the end of its path"), ..found });
            }
        }
        None
    }

    /// The file of a name, if one folder alone has such a file.
    fn only_one(&self, name: &str) -> Option<Found> {
        let lower = name.to_lowercase();
        let is_named = |path: &&String| path.rsplit('/').next().is_some_and(|last| last == lower);
        let mut found = self.lower.keys().filter(is_named);
        let only = found.next().filter(|_| !name.is_empty() && found.next().is_none())?;
        self.named(only)
    }

    fn named(&self, path: &str) -> Option<Found> {
        if let Some((path, ())) = self.exact.get_key_value(path) {
            return Some(Found { path: path.clone(), inexact: None });
        }
        let path = self.lower.get(&path.to_lowercase())?;
        Some(Found { path: path.clone(), inexact: Some("with other upper and lower case") })
    }
}

/// The name of a file that a path, an address or a URN ends with: the last segment, or of a URN with a version behind
/// (`urn:example:xsd:types.xsd:1.2`) the last one that ends as the names of schemas do.
pub fn last_segment(location: &str) -> &str {
    let mut segments = location.rsplit(['/', '\\', ':']);
    let last = segments.next().unwrap_or(location);
    let lower = |segment: &str| segment.to_lowercase();
    let of_schema = |segment: &&str| lower(segment).ends_with(".xsd") || lower(segment).ends_with(".wsdl");
    let is_urn = lower(location).starts_with("urn:");
    segments.find(|segment| is_urn && !of_schema(&last) && of_schema(segment)).unwrap_or(last)
}

/// Names of files that what is at an address with a question (`Service.svc?xsd=xsd0`) may have been saved under, without
/// folders, the likeliest first; none for an address without one.
pub fn saved_names(location: &str) -> Vec<String> {
    let location = location.trim().split('#').next().unwrap_or_default();
    let Some((path, question)) = location.split_once('?') else { return Vec::new() };
    let Some((key, value)) = question.split_once('=').filter(|(_, value)| !value.is_empty()) else {
        return Vec::new();
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    let whole = ["?", "_", "@"].map(|sign| format!("{last}{sign}{question}"));
    let plain = format!("{last}_{key}_{value}");
    let stems = whole.into_iter().chain([plain, value.to_owned()]);
    let value = |stem: String| [format!("{stem}.{}", key.to_lowercase()), stem];
    let names = stems.flat_map(value).filter(|name| !name.contains(['/', '\\']));
    names.collect()
}

/// A location whose characters are written as `%20`, in plain; none when it has no such.
pub fn unescaped(location: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(location.len());
    let mut rest = location.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).ok()?);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok().filter(|plain| plain != location)
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

/// Whether a location does not depend on the document that it stands in: an address of any kind (`file:///…`,
/// `classpath:…`), or a path from the root of a disk.
fn is_absolute(location: &str) -> bool {
    let scheme = location.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric());
    location.starts_with('/') || scheme.is_some_and(is_scheme)
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
    fn questions() {
        let find = |file: &str, location: &str| {
            let inputs = Inputs([(file.to_owned(), Vec::new())].into());
            Files::new(&inputs).find("a/s.wsdl", location).is_some()
        };
        for file in [
            "xsd0.xsd",
            "a/XSD0.xsd",
            "a/S.svc?xsd=xsd0",
            "S.svc_xsd=xsd0.xsd",
            "S.svc@xsd=xsd0",
            "s.svc_xsd_xsd0.xsd",
        ] {
            assert!(find(file, "http://h/S.svc?xsd=xsd0"), "{file}");
            assert!(!find(file, "http://h/S.svc?xsd=xsd1"), "{file}");
        }
        assert!(find("a/S.wsdl", "http://h/S.wsdl?x"));
        assert!(!find("a/b.xsd", "?xsd=../b"));
    }

    #[test]
    fn escapes() {
        let inputs = Inputs([("Käufer 1.xsd".to_owned(), Vec::new())].into());
        let files = Files::new(&inputs);
        assert!(files.find("", " K%C3%a4ufer%201.xsd ").is_some_and(|f| f.inexact.is_none()));
        assert!(files.find("", "http://h/K%C3%A4ufer%201.xsd#x").is_some());
        assert_eq!(unescaped("a%2"), None);
        assert_eq!(unescaped("%ff"), None);
        assert_eq!(unescaped("100%.xsd"), None);
    }

    #[test]
    fn names_in_other_folders() {
        let names = ["a/main.xsd", "b/Types.xsd", "b/both.xsd", "c/both.xsd"];
        let files = Files::new(&Inputs(names.map(|name| (name.to_owned(), Vec::new())).into()));
        let found = |location: &str| files.find("a/main.xsd", location).map(|found| found.path.to_string());
        for address in [
            "https://example.org/types.xsd",
            "urn:example:xsd:Types.xsd",
            "urn:example:xsd:Types.xsd:1.2",
            "URN:example:types.XSD:a:2",
        ] {
            assert_eq!(found(address).as_deref(), Some("b/Types.xsd"), "{address}");
        }
        // Which of two is not known; a path says where.
        for other in ["https://example.org/both.xsd", "other/types.xsd"] {
            assert_eq!(found(other), None, "{other}");
        }
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
        for absolute in
            ["file:///C:/a/Types.xsd", r"C:\a\Types.xsd", "classpath:Types.xsd", "/srv/a/Types.xsd"]
        {
            assert!(files.find("b/s.wsdl", absolute).is_some_and(|f| f.inexact.is_some()), "{absolute}");
        }
        assert!(files.find("", "").is_none());
    }
}
