//! Simple types: what their definitions say, and values at the edges of it.

use fastrand::Rng;

use super::literals;
use super::pattern;
use super::schemas::{Def, Schemas, Space};
use super::tree::{Name, XS};

/// How a value is written back: other texts that mean the same are fine for some types.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Form {
    Text,
    Boolean,
    /// Of bounded size.
    Integer,
    Float,
    Base64,
    Hex,
    /// Names with their namespaces.
    Names,
    List(Box<Form>),
    /// As one of these.
    Any(Vec<Form>),
}

/// What becomes of white space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum White {
    Preserve,
    Replace,
    Collapse,
}

/// A text with what it means.
#[derive(Clone, Debug)]
pub(super) struct Value {
    /// As it means, names between marks (see [`marked`]).
    pub(super) text: String,
    pub(super) form: Form,
    pub(super) white: White,
}

/// A name within a text that a printer gives a prefix.
pub(super) fn marked((namespace, local): &Name) -> String {
    format!("\u{E000}{namespace}\u{E001}{local}\u{E002}")
}

impl Value {
    pub(super) fn plain(text: &str) -> Value {
        Value { text: text.to_owned(), form: Form::Text, white: White::Preserve }
    }
}

/// What the values are made of.
#[derive(Clone, Debug)]
pub(super) enum Variety {
    /// A built-in type by its name.
    Atomic(String),
    List(Box<Simple>),
    Union(Vec<Simple>),
}

/// A simple type, all its steps together.
#[derive(Clone, Debug)]
pub(super) struct Simple {
    pub(super) variety: Variety,
    /// Values, names already marked.
    pub(super) values: Vec<String>,
    /// The patterns of every step that has some, of each of which one must match.
    pub(super) patterns: Vec<Vec<String>>,
    pub(super) least: Option<usize>,
    pub(super) most: Option<usize>,
    /// Bounds, and whether they belong to it.
    pub(super) from: Option<(String, bool)>,
    pub(super) to: Option<(String, bool)>,
    pub(super) digits: Option<usize>,
    pub(super) fraction: Option<usize>,
    pub(super) white: White,
}

impl Simple {
    pub(super) fn builtin(name: &str) -> Simple {
        let item = match name {
            "NMTOKENS" => Some("NMTOKEN"),
            "IDREFS" => Some("IDREF"),
            "ENTITIES" => Some("ENTITY"),
            _ => None,
        };
        Simple {
            variety: match item {
                Some(item) => Variety::List(Box::new(Simple::builtin(item))),
                None => Variety::Atomic(name.to_owned()),
            },
            values: Vec::new(),
            patterns: Vec::new(),
            least: item.map(|_| 1),
            most: None,
            from: None,
            to: None,
            digits: None,
            fraction: None,
            white: match name {
                "string" | "anySimpleType" => White::Preserve,
                "normalizedString" => White::Replace,
                _ => White::Collapse,
            },
        }
    }

    pub(super) fn form(&self) -> Form {
        match &self.variety {
            Variety::Atomic(name) => match &**name {
                "boolean" => Form::Boolean,
                "float" | "double" => Form::Float,
                "base64Binary" => Form::Base64,
                "hexBinary" => Form::Hex,
                "QName" | "NOTATION" => Form::Names,
                name if literals::range(name).is_some() => Form::Integer,
                _ => Form::Text,
            },
            Variety::List(item) => Form::List(Box::new(item.form())),
            Variety::Union(members) => Form::Any(members.iter().map(Simple::form).collect()),
        }
    }

    /// A value, when one is found.
    pub(super) fn value(&self, rng: &mut Rng, names: &[Name]) -> Option<Value> {
        (0..200).find_map(|_| {
            let text = self.candidate(rng, names)?;
            let white = match &self.variety {
                Variety::Union(_) => White::Preserve,
                _ => self.white,
            };
            self.fits(&text).then(|| Value { text, form: self.form(), white })
        })
    }

    fn candidate(&self, rng: &mut Rng, names: &[Name]) -> Option<String> {
        if !self.values.is_empty() {
            return self.values.get(rng.usize(..self.values.len())).cloned();
        }
        if let Some(last) = self.patterns.last() {
            // What matches need not be of the built-in type, and the other way round.
            let of_type = matches!(&self.variety, Variety::Atomic(name) if !literals::is_text(name));
            if !of_type || rng.usize(..8) == 0 && !literals::is_time(self) {
                return pattern::sample(&last.join("|"), rng).map(|text| literals::spaced(&text, self.white));
            }
        }
        // What lies between two times is not known here.
        let bounds: Vec<&(String, bool)> = self.from.iter().chain(&self.to).collect();
        if literals::is_time(self) && !bounds.is_empty() {
            let (bound, inclusive) = bounds[rng.usize(..bounds.len())];
            return Some(bound.clone()).filter(|_| *inclusive);
        }
        match &self.variety {
            Variety::Atomic(name) => Some(literals::candidate(self, name, rng, names)),
            Variety::List(item) => {
                let least = self.least.unwrap_or(0);
                let most = self.most.unwrap_or(least + 3).min(least + 20);
                let count = literals::edge(least, most, rng);
                let items: Option<Vec<String>> =
                    (0..count).map(|_| item.value(rng, names).map(|value| value.text)).collect();
                let items = items?;
                // Items of strings may hold spaces: these are several then.
                let whole = items.iter().all(|item| !item.is_empty() && !item.contains([' ', '\t', '\n']));
                whole.then(|| items.join(" "))
            }
            Variety::Union(members) => {
                let member = members.get(rng.usize(..members.len().max(1)))?;
                member.value(rng, names).map(|value| value.text)
            }
        }
    }

    /// Whether a text is within the facets that can be told here.
    fn fits(&self, text: &str) -> bool {
        let length = match &self.variety {
            Variety::List(_) => Some(text.split_whitespace().count()),
            Variety::Atomic(name) => literals::length(name, text),
            Variety::Union(_) => None,
        };
        let long = length.is_none_or(|length| {
            self.least.is_none_or(|least| length >= least) && self.most.is_none_or(|most| length <= most)
        });
        let one = |step: &Vec<String>| step.iter().any(|pattern| pattern::matches(pattern, text));
        long && literals::within(self, text) && self.patterns.iter().all(one)
    }
}

/// The simple type that a name means.
pub(super) fn named(set: &Schemas, within: &Def, name: &Name) -> Option<Simple> {
    if name.0 == XS && set.get(Space::Type, name).is_none() {
        return Some(Simple::builtin(&name.1)).filter(|_| name.1 != "anyType");
    }
    let def = set.find(within, Space::Type, name)?;
    of(set, &def)
}

/// What a `simpleType` says, or the simple content of a `complexType`.
pub(super) fn of(set: &Schemas, def: &Def) -> Option<Simple> {
    if def.tag.name.1 == "complexType" {
        let content = def.tag.part("simpleContent")?;
        let step = content.part("restriction").or_else(|| content.part("extension"))?;
        let step = def.inner(step);
        let base = match step.tag.part("simpleType") {
            Some(inner) => of(set, &step.inner(inner))?,
            None => named(set, &step, &step.name_in("base")?)?,
        };
        return restricted(base, &step);
    }
    for part in def.tag.parts() {
        let inner: Vec<Def> =
            part.parts().filter(|tag| tag.name.1 == "simpleType").map(|tag| def.inner(tag)).collect();
        let step = def.inner(part);
        match &*part.name.1 {
            "restriction" => {
                let base = match inner.first() {
                    Some(inner) => of(set, inner)?,
                    None => named(set, &step, &step.name_in("base")?)?,
                };
                return restricted(base, &step);
            }
            "list" => {
                let item = match inner.first() {
                    Some(inner) => of(set, inner)?,
                    None => named(set, &step, &step.name_in("itemType")?)?,
                };
                let mut list = Simple::builtin("token");
                list.variety = Variety::List(Box::new(item));
                return Some(list);
            }
            "union" => {
                let mut members = Vec::new();
                for name in part.get("memberTypes").unwrap_or_default().split_whitespace() {
                    members.push(named(set, &step, &step.resolve(name)?)?);
                }
                for inner in inner {
                    members.push(of(set, &inner)?);
                }
                let mut union = Simple::builtin("anySimpleType");
                union.variety = Variety::Union(members);
                return Some(union);
            }
            _ => {}
        }
    }
    None
}

/// A step of restriction.
fn restricted(mut simple: Simple, step: &Def) -> Option<Simple> {
    let facets = || step.tag.parts().filter_map(|tag| Some((&*tag.name.1, tag, tag.get("value")?)));
    let all = |wanted: &str| -> Vec<String> {
        let of_it = facets().filter(|(facet, ..)| *facet == wanted);
        of_it.map(|(.., value)| value.to_owned()).collect()
    };
    let patterns = all("pattern");
    if !patterns.is_empty() {
        simple.patterns.push(patterns);
    }
    for (facet, _, value) in facets() {
        let number = value.trim().parse::<usize>().ok();
        let bound = |inclusive| Some((value.trim().to_owned(), inclusive));
        match facet {
            "length" => (simple.least, simple.most) = (number, number),
            "minLength" => simple.least = number,
            "maxLength" => simple.most = number,
            "minInclusive" => simple.from = bound(true),
            "minExclusive" => simple.from = bound(false),
            "maxInclusive" => simple.to = bound(true),
            "maxExclusive" => simple.to = bound(false),
            "totalDigits" => simple.digits = number,
            "fractionDigits" => simple.fraction = number,
            "whiteSpace" => {
                simple.white = match value {
                    "collapse" => White::Collapse,
                    "replace" => White::Replace,
                    _ => White::Preserve,
                }
            }
            _ => {}
        }
    }
    let names = simple.form() == Form::Names;
    let values: Vec<String> = facets()
        .filter(|(facet, ..)| *facet == "enumeration")
        .filter_map(|(_, tag, value)| {
            if names {
                step.inner(tag).resolve(value).map(|name| marked(&name))
            } else {
                Some(literals::spaced(value, simple.white))
            }
        })
        .collect();
    if !values.is_empty() {
        simple.values = values;
    }
    Some(simple)
}
