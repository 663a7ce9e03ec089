//! `Condition`: what must hold of whoever is found, beside the words (UCS F7).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::query::is_start;
use super::{Person, Property, Refusal};
use crate::contacts::fold_name;

/// Conditions that a search may have, each part counted.
pub const CONDITION_LIMIT: usize = 100;

/// A property that a condition looks at; `None` for one of the protocol that nobody has here.
pub type Looked = Option<Property>;

/// What must hold of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// All of these.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// That there is a value.
    Exists(Looked),
    /// That a value has a text in it.
    Contains(Looked, Containment),
    /// That a value compares so with a text, without regard to case. Of no value, only that it is not equal holds.
    Compare(Looked, Relation, String),
}

/// A text, and how it is found in a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Containment {
    mode: Mode,
    ignored: Ignored,
    text: String,
}

/// Where in a value a text must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It is the value.
    Full,
    /// It begins the value.
    Prefix,
    /// Anywhere.
    Substring,
    /// It begins a word.
    WordPrefix,
    /// It begins a word and ends one.
    Phrase,
}

/// What makes no difference between a text and a value.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ignored {
    /// Upper and lower case.
    pub case: bool,
    /// Accents and other marks on letters.
    pub marks: bool,
}

/// How a value compares with a text, in alphabetical order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Before.
    Less,
    /// Before or equal.
    LessOrEqual,
    /// After.
    Greater,
    /// After or equal.
    GreaterOrEqual,
}

impl Containment {
    /// A text, and how it is found.
    pub fn new(mode: Mode, ignored: Ignored, text: &str) -> Containment {
        Containment { mode, ignored, text: ignored.normal(text) }
    }

    fn holds(&self, value: &str) -> bool {
        let (value, text) = (self.ignored.normal(value), &*self.text);
        match self.mode {
            Mode::Full => value == text,
            Mode::Prefix => value.starts_with(text),
            Mode::Substring => value.contains(text),
            Mode::WordPrefix => places(&value, text).any(|at| is_start(&value, at)),
            Mode::Phrase => places(&value, text).any(|at| {
                // The end of a phrase is where what follows could begin a word, or can be in none.
                let end = at + text.len();
                let after = value[end..].chars().next();
                is_start(&value, at) && after.is_none_or(|c| !c.is_alphanumeric() || is_start(&value, end))
            }),
        }
    }
}

impl Ignored {
    fn normal(self, text: &str) -> String {
        let unmarked: String = match self.marks {
            true => text.nfd().filter(|c| !is_combining_mark(*c)).collect(),
            false => text.nfc().collect(),
        };
        if self.case { fold_name(&unmarked) } else { unmarked }
    }
}

/// Where a text is in a value; matches may overlap.
fn places<'v>(value: &'v str, text: &'v str) -> impl Iterator<Item = usize> + 'v {
    value.char_indices().map(|(at, _)| at).filter(move |at| value[*at..].starts_with(text))
}

impl Relation {
    fn holds(self, value: &str, text: &str) -> bool {
        match self {
            Relation::Equal => value == text,
            Relation::NotEqual => value != text,
            Relation::Less => value < text,
            Relation::LessOrEqual => value <= text,
            Relation::Greater => value > text,
            Relation::GreaterOrEqual => value >= text,
        }
    }
}

impl Condition {
    /// That a value compares so with a text.
    pub fn compare(looked: Looked, relation: Relation, text: &str) -> Condition {
        Condition::Compare(looked, relation, fold_name(text))
    }

    /// Refuses conditions that are too many, or that look at what has no text.
    ///
    /// # Errors
    /// Why.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut count = 0;
        self.count(&mut count)
    }

    fn count(&self, count: &mut usize) -> Result<(), Refusal> {
        *count += 1;
        if *count > CONDITION_LIMIT {
            return Err(Refusal::TooManyConditions);
        }
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().try_for_each(|part| part.count(count))
            }
            Condition::Not(part) => part.count(count),
            Condition::Exists(looked) | Condition::Contains(looked, _) | Condition::Compare(looked, ..) => {
                let textual = looked.is_none_or(Person::can_be_looked_at);
                if textual { Ok(()) } else { Err(Refusal::Unsearchable) }
            }
        }
    }

    /// Whether it holds of a person.
    pub fn holds(&self, person: &Person) -> bool {
        let values = |looked: &Looked| looked.map(|property| person.values(property)).unwrap_or_default();
        match self {
            Condition::All(parts) => parts.iter().all(|part| part.holds(person)),
            Condition::Any(parts) => parts.iter().any(|part| part.holds(person)),
            Condition::Not(part) => !part.holds(person),
            Condition::Exists(looked) => !values(looked).is_empty(),
            Condition::Contains(looked, text) => values(looked).iter().any(|value| text.holds(value)),
            Condition::Compare(looked, Relation::NotEqual, text) => {
                values(looked).iter().all(|value| fold_name(value) != *text)
            }
            Condition::Compare(looked, relation, text) => {
                values(looked).iter().any(|value| relation.holds(&fold_name(value), text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UCS F7.
    #[test]
    fn texts_are_found_where_the_mode_says() {
        use Mode::{Full, Phrase, Prefix, Substring, WordPrefix};
        let exact = Ignored::default();
        let both = Ignored { case: true, marks: true };
        for (mode, ignored, text, value, holds) in [
            (Full, exact, "Zoë", "Zoë", true),
            (Full, exact, "Zoe\u{308}", "Zoë", true),
            (Full, exact, "Zoe", "Zoë", false),
            (Full, exact, "zoë", "Zoë", false),
            (Full, both, "zoe", "Zoë", true),
            (Full, Ignored { case: true, marks: false }, "ZOË", "Zoë", true),
            (Full, Ignored { case: true, marks: false }, "zoe", "Zoë", false),
            (Full, Ignored { case: false, marks: true }, "Zoe", "Zoë", true),
            (Prefix, exact, "Zo", "Zoë A", true),
            (Prefix, exact, "oë", "Zoë A", false),
            (Substring, exact, "oë", "Zoë A", true),
            (Substring, exact, "", "Zoë A", true),
            (WordPrefix, exact, "Arz", "Zoë Arzt", true),
            (WordPrefix, exact, "rzt", "Zoë Arzt", false),
            (Phrase, exact, "Arzt", "Zoë Arzt-Doe", true),
            (Phrase, exact, "Arz", "Zoë Arzt-Doe", false),
            (Phrase, exact, "Zoë Arzt", "Zoë Arzt-Doe", true),
            (Phrase, exact, "a a", "a a a", true),
        ] {
            assert_eq!(
                Containment::new(mode, ignored, text).holds(value),
                holds,
                "{mode:?} {ignored:?} {text} {value}"
            );
        }
    }
}
