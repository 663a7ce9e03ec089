//! What has been invented so far, and how to name it.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::particle::Particle;
use super::{Place, names};

/// A simple type.
#[derive(Clone, Debug)]
pub(super) struct SimpleType {
    pub(super) place: Place,
    pub(super) name: String,
    /// A value that it allows, if one is known.
    pub(super) sample: Option<String>,
    /// Its values, for an enumeration.
    pub(super) values: Vec<String>,
    /// A list, or a union with one, cannot be an item.
    pub(super) has_lists: bool,
}

/// What a complex type derives from, and what it may hold.
#[derive(Clone, Debug)]
pub(super) struct ComplexType {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) is_abstract: bool,
    pub(super) kind: Kind,
    /// Nothing is needed in it.
    pub(super) emptiable: bool,
    /// Whether something may follow.
    pub(super) extendable: bool,
    /// Its content, where it extends nothing.
    pub(super) own: Option<Particle>,
    /// Names in the content and of attributes, with those of what it derives from.
    pub(super) used: Used,
    /// What its tag says of attributes, where it extends nothing: what stands in each tag, and whether it is required.
    pub(super) attributes: Vec<(String, bool)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Simple,
    Elements,
    Mixed,
}

/// What stands within a type already. Nothing does twice, so that each element belongs to one particle.
#[derive(Clone, Default, Debug)]
pub(super) struct Used {
    pub(super) elements: BTreeSet<String>,
    pub(super) attributes: BTreeSet<String>,
    /// A wildcard: one only.
    pub(super) wildcard: bool,
    pub(super) any_attribute: bool,
}

/// An element, attribute or group that can be referred to.
#[derive(Clone, Debug)]
pub(super) struct Global {
    pub(super) place: Place,
    pub(super) name: String,
    /// The names that a reference to it brings.
    pub(super) used: Used,
    /// Whether it can occur several times.
    pub(super) repeatable: bool,
}

/// Everything.
pub(super) struct World {
    pub(super) rng: Rng,
    /// Whether local elements, attributes are qualified.
    pub(super) forms: BTreeMap<Place, (bool, bool)>,
    taken: BTreeSet<(&'static str, bool, String)>,
    pub(super) simple: Vec<SimpleType>,
    /// Names of all complex types, also of those that are not made yet.
    pub(super) planned: Vec<(Place, String)>,
    pub(super) complex: Vec<ComplexType>,
    pub(super) attributes: Vec<(Place, String, Option<String>)>,
    pub(super) attribute_groups: Vec<Global>,
    pub(super) groups: Vec<Global>,
    /// Elements that others can stand in for.
    pub(super) heads: Vec<Global>,
    pub(super) roots: Vec<(Place, String)>,
}

/// Built-in types with a value of each.
const BUILT_IN: [(&str, &str); 41] = [
    ("string", "abc"),
    ("string", ""),
    ("normalizedString", "a b"),
    ("token", "a b"),
    ("language", "en-GB"),
    ("Name", "a:b"),
    ("NCName", "ab"),
    ("NMTOKEN", "1a"),
    ("NMTOKENS", "a b"),
    ("boolean", "true"),
    ("boolean", "0"),
    ("decimal", "1.50"),
    ("integer", "-12345678901234567890"),
    ("nonNegativeInteger", "0"),
    ("positiveInteger", "1"),
    ("nonPositiveInteger", "-1"),
    ("negativeInteger", "-2"),
    ("long", "-9"),
    ("int", "5"),
    ("int", "-7"),
    ("short", "300"),
    ("byte", "-128"),
    ("unsignedLong", "18446744073709551615"),
    ("unsignedInt", "4000000000"),
    ("unsignedShort", "65535"),
    ("unsignedByte", "255"),
    ("float", "1.5"),
    ("double", "1E300"),
    ("dateTime", "2020-02-29T24:00:00Z"),
    ("date", "2020-01-02+01:00"),
    ("time", "23:59:59.999"),
    ("duration", "P1Y2M3DT4H5M6.7S"),
    ("gYear", "2020"),
    ("gYearMonth", "2020-02"),
    ("gMonth", "--02"),
    ("gMonthDay", "--02-29"),
    ("gDay", "---31"),
    ("anyURI", "http://example.org/a?b=c"),
    ("base64Binary", "AAEC"),
    ("hexBinary", "0aFF"),
    ("anySimpleType", "anything"),
];

impl World {
    pub(super) fn new(mut rng: Rng) -> World {
        let forms =
            Place::ALL.into_iter().map(|place| (place, (rng.u8(..3) > 0, rng.u8(..5) == 0))).collect();
        World {
            rng,
            forms,
            taken: BTreeSet::new(),
            simple: Vec::new(),
            planned: Vec::new(),
            complex: Vec::new(),
            attributes: Vec::new(),
            attribute_groups: Vec::new(),
            groups: Vec::new(),
            heads: Vec::new(),
            roots: Vec::new(),
        }
    }

    pub(super) fn chance(&mut self, of: u8) -> bool {
        self.rng.u8(..of) == 0
    }

    pub(super) fn choose<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { Some(&from[self.rng.usize(..from.len())]) }
    }

    /// A place, most often one of the first.
    pub(super) fn place(&mut self) -> Place {
        Place::ALL[[0, 0, 1, 1, 2, 3, 3, 4][self.rng.usize(..8)]]
    }

    /// A name that is free in its symbol space.
    pub(super) fn fresh(&mut self, space: &'static str, place: Place) -> String {
        // What has no namespace is one space, the files of the first namespace another.
        let taken = &mut self.taken;
        let key = |name: &str| (space, place.prefix().is_empty(), format!("{}{name}", place.prefix()));
        let name = names::fresh(&mut self.rng, |name| taken.contains(&key(name)));
        self.taken.insert(key(&name));
        name
    }

    /// A simple type as it is named in a place, with a value if one is known.
    pub(super) fn simple_ref(&mut self, place: Place) -> (String, Option<String>) {
        let seen: Vec<&SimpleType> = self.simple.iter().filter(|it| place.sees(it.place)).collect();
        if !seen.is_empty() && self.rng.bool() {
            let it = seen[self.rng.usize(..seen.len())];
            return (place.name(it.place, &it.name), it.sample.clone());
        }
        if self.chance(20) {
            return ("xs:QName".to_owned(), None);
        }
        let (name, sample) = BUILT_IN[self.rng.usize(..BUILT_IN.len())];
        (format!("xs:{name}"), Some(sample.to_owned()))
    }

    /// The same, when the value does not matter.
    pub(super) fn simple_name(&mut self, place: Place) -> String {
        self.simple_ref(place).0
    }

    /// A complex type that has been made, by its position.
    pub(super) fn complex_where(&mut self, test: impl Fn(&ComplexType) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.complex.len()).filter(|at| test(&self.complex[*at])).collect();
        self.choose(&all).copied()
    }
}

/// A value as it stands between quotes.
pub(super) fn quoted(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
