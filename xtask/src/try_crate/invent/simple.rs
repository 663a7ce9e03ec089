//! Simple types at random.

use super::Place;
use super::world::{SimpleType, World, quoted};

/// Values for enumerations, by their type.
const VALUES: [(&str, &[&str]); 8] = [
    ("xs:string", &["", "a", "A", " a ", "a b", "true", "Other", "None", "ä", "1", "-1", "self"]),
    ("xs:token", &["Alpha", "alpha", "ALPHA", "al-pha", "al pha", "1", "one", "Unknown", "Default", "type"]),
    ("xs:NMTOKEN", &["a", "b", "a.b", "a-b", "a_b", "1", "2", "Self"]),
    ("xs:int", &["1", "-1", "0", "2147483647", "42"]),
    ("xs:decimal", &["1.5", "2.5", "-0.1", "100"]),
    ("xs:date", &["2020-01-01", "2020-01-02", "1999-12-31Z"]),
    ("xs:gYear", &["1999", "2000", "2001"]),
    ("xs:anyURI", &["urn:a", "urn:b", "http://example.org/"]),
];

/// Patterns, each with what it is of and a value.
const PATTERNS: [(&str, &str, &str); 8] = [
    ("xs:token", "[A-Z]{2,4}", "AB"),
    ("xs:string", "\\d{3}(-\\d{2})?", "123-45"),
    ("xs:string", "(a|b|cd)*", "abcd"),
    ("xs:token", "[^x-z\\s]+", "abc"),
    ("xs:NMTOKEN", "\\i\\c*", "a1"),
    ("xs:int", "[1-9][0-9]?", "12"),
    ("xs:decimal", "\\d+\\.\\d\\d", "1.25"),
    ("xs:anyURI", "https?://[a-z.]*", "http://a"),
];

/// Bounds: a type, what is least, what is most.
const BOUNDS: [(&str, &str, &str); 9] = [
    ("xs:int", "-5", "90"),
    ("xs:byte", "-128", "0"),
    ("xs:unsignedLong", "1", "18446744073709551614"),
    ("xs:integer", "-99999999999999999999", "99999999999999999999"),
    ("xs:decimal", "-0.5", "10.25"),
    ("xs:double", "-1.5", "1e10"),
    ("xs:date", "2000-01-01", "2020-12-31"),
    ("xs:dateTime", "2000-01-01T00:00:00Z", "2020-12-31T23:59:59Z"),
    ("xs:gYear", "1900", "2100"),
];

/// A type without a name.
struct Body {
    text: String,
    sample: Option<String>,
    values: Vec<String>,
    has_lists: bool,
}

impl Body {
    fn new(text: String, sample: Option<String>) -> Body {
        Body { text, sample, values: Vec::new(), has_lists: false }
    }
}

fn restriction(base: &str, facets: &[(&str, String)]) -> String {
    let facets: String =
        facets.iter().map(|(name, value)| format!("<xs:{name} value=\"{}\"/>", quoted(value))).collect();
    format!("<xs:restriction base=\"{base}\">{facets}</xs:restriction>")
}

impl World {
    /// Invents a simple type; returns its definition.
    pub(super) fn simple_type(&mut self, place: Place) -> String {
        let name = self.fresh("type", place);
        let body = self.simple_body(place, 0);
        let text = format!("  <xs:simpleType name=\"{name}\">{}</xs:simpleType>\n", body.text);
        let Body { sample, values, has_lists, .. } = body;
        self.simple.push(SimpleType { place, name, sample, values, has_lists });
        text
    }

    /// A type without a name, and a value of it.
    pub(super) fn simple_inline(&mut self, place: Place) -> (String, Option<String>) {
        let body = self.simple_body(place, 1);
        (format!("<xs:simpleType>{}</xs:simpleType>", body.text), body.sample)
    }

    fn simple_body(&mut self, place: Place, depth: usize) -> Body {
        match self.rng.u8(..10) {
            0 | 1 => self.enumeration(),
            2 => {
                let (base, least, most) = BOUNDS[self.rng.usize(..BOUNDS.len())];
                let facets = match self.rng.u8(..4) {
                    0 => vec![("minInclusive", least), ("maxInclusive", most)],
                    1 => vec![("minInclusive", least), ("maxExclusive", most)],
                    2 => vec![("minInclusive", least)],
                    _ => vec![("minExclusive", least), ("maxInclusive", most)],
                };
                let sample = if facets[0].0 == "minExclusive" { most } else { least };
                let facets: Vec<_> =
                    facets.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
                Body::new(restriction(base, &facets), Some(sample.to_owned()))
            }
            3 => {
                let (base, unit) = [
                    ("string", "a"),
                    ("token", "a"),
                    ("normalizedString", "a"),
                    ("hexBinary", "00"),
                    ("anyURI", "a"),
                    ("Name", "a"),
                ][self.rng.usize(..6)];
                let least = self.rng.usize(1..4);
                let facets = match self.rng.u8(..3) {
                    0 => vec![("length", least)],
                    1 => vec![("minLength", least), ("maxLength", least + self.rng.usize(..9))],
                    _ => vec![("minLength", least)],
                };
                let facets: Vec<_> =
                    facets.into_iter().map(|(name, value)| (name, value.to_string())).collect();
                Body::new(restriction(&format!("xs:{base}"), &facets), Some(unit.repeat(least)))
            }
            4 => {
                let (base, pattern, sample) = PATTERNS[self.rng.usize(..PATTERNS.len())];
                let mut facets = vec![("pattern", pattern.to_owned())];
                if self.chance(4) {
                    facets.push(("pattern", "zz".to_owned()));
                }
                Body::new(restriction(base, &facets), Some(sample.to_owned()))
            }
            5 if depth < 2 => self.list(place, depth),
            6 if depth < 2 => self.union(place, depth),
            7 => {
                let digits = [("totalDigits", "5".to_owned()), ("fractionDigits", "2".to_owned())];
                let digits = if self.rng.bool() { &digits[..] } else { &digits[1..] };
                Body::new(restriction("xs:decimal", digits), Some("123.45".to_owned()))
            }
            8 => {
                let space = ["collapse", "replace"][self.rng.usize(..2)].to_owned();
                let facets = [("whiteSpace", space), ("maxLength", "12".to_owned())];
                Body::new(restriction("xs:string", &facets), Some("a b".to_owned()))
            }
            _ => self.derived(place),
        }
    }

    fn enumeration(&mut self) -> Body {
        let (base, values) = VALUES[self.rng.usize(..VALUES.len())];
        let mut values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        self.rng.shuffle(&mut values);
        values.truncate(self.rng.usize(1..=values.len()));
        let facets: Vec<_> = values.iter().map(|value| ("enumeration", value.clone())).collect();
        Body { text: restriction(base, &facets), sample: values.first().cloned(), values, has_lists: false }
    }

    /// A restriction of a type that there is.
    fn derived(&mut self, place: Place) -> Body {
        let seen: Vec<SimpleType> = self.simple.iter().filter(|it| place.sees(it.place)).cloned().collect();
        let Some(base) = self.choose(&seen).cloned() else { return self.enumeration() };
        let mut values = base.values.clone();
        let mut facets = Vec::new();
        if values.len() > 1 && self.rng.bool() {
            values.truncate(self.rng.usize(1..values.len()));
            facets.extend(values.iter().map(|value| ("enumeration", value.clone())));
        } else if let Some(sample) = base.sample.clone().filter(|_| self.chance(3)) {
            values = vec![sample.clone()];
            facets.push(("enumeration", sample));
        }
        Body {
            text: restriction(&place.name(base.place, &base.name), &facets),
            sample: if values.is_empty() { base.sample } else { values.first().cloned() },
            values,
            has_lists: base.has_lists,
        }
    }

    fn list(&mut self, place: Place, depth: usize) -> Body {
        let items: Vec<SimpleType> =
            self.simple.iter().filter(|it| place.sees(it.place) && !it.has_lists).cloned().collect();
        let (item, inner) = match self.choose(&items).cloned().filter(|_| self.rng.bool()) {
            Some(item) => (place.name(item.place, &item.name), String::new()),
            None if depth == 0 && self.chance(3) => {
                let values = self.enumeration();
                (String::new(), format!("<xs:simpleType>{}</xs:simpleType>", values.text))
            }
            None => {
                let builtin = ["int", "NMTOKEN", "boolean", "date"];
                (format!("xs:{}", builtin[self.rng.usize(..builtin.len())]), String::new())
            }
        };
        let list = if inner.is_empty() {
            format!("<xs:list itemType=\"{item}\"/>")
        } else {
            format!("<xs:list>{inner}</xs:list>")
        };
        let text = if self.chance(3) {
            format!(
                "<xs:restriction><xs:simpleType>{list}</xs:simpleType><xs:minLength value=\"1\"/><xs:maxLength \
                 value=\"4\"/></xs:restriction>"
            )
        } else {
            list
        };
        // Without a sample: libxml2 takes an empty list for any fixed value.
        Body { has_lists: true, ..Body::new(text, None) }
    }

    fn union(&mut self, place: Place, depth: usize) -> Body {
        let mut members = Vec::new();
        let mut has_lists = false;
        for _ in 0..self.rng.usize(1..4) {
            let seen: Vec<&SimpleType> = self.simple.iter().filter(|it| place.sees(it.place)).collect();
            if !seen.is_empty() && self.rng.bool() {
                let it = seen[self.rng.usize(..seen.len())];
                has_lists |= it.has_lists;
                members.push((place.name(it.place, &it.name), it.sample.clone()));
            } else {
                // Of booleans and numbers, what is written may be read as the other one.
                let builtin = [
                    ("int", "5"),
                    ("dateTime", "2020-01-02T00:00:00Z"),
                    ("date", "2020-01-02"),
                    ("token", "a b"),
                ];
                let (name, sample) = builtin[self.rng.usize(..builtin.len())];
                members.push((format!("xs:{name}"), Some(sample.to_owned())));
            }
        }
        let inline = if self.chance(3) {
            let body = self.simple_body(place, depth + 1);
            has_lists |= body.has_lists;
            format!("<xs:simpleType>{}</xs:simpleType>", body.text)
        } else {
            String::new()
        };
        let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        let text = format!("<xs:union memberTypes=\"{}\">{inline}</xs:union>", names.join(" "));
        Body { has_lists, ..Body::new(text, members[0].1.clone()) }
    }
}
