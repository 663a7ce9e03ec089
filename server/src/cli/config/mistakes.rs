//! All mistakes of a table, not the first alone: what keeps it from being the type that is wanted is told, taken out, and
//! the rest is read again.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something in a table that is not what it must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mistake {
    /// Where it begins in the text.
    pub(super) at: usize,
    /// The key, with the tables that it is in; empty for the whole.
    pub(super) key: String,
    /// What is wrong with it.
    pub(super) text: String,
    /// The key that may have been meant.
    pub(super) meant: Option<String>,
}

/// Takes out of a table whatever keeps it from being a `T`, in the order of the text.
pub(super) fn take<T: DeserializeOwned>(table: &mut DeTable<'_>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    loop {
        let whole = Spanned::new(0..0, table.clone());
        let Err(error) = T::deserialize(toml::Deserializer::from(whole)) else { break };
        let span = error.span().unwrap_or_default();
        let Some(key) = take_at(table, &span, "") else {
            // Of the whole: there is nothing to take out, so this is the last.
            mistakes.push(Mistake { at: span.start, ..mistake("", error.message()) });
            break;
        };
        mistakes.push(Mistake { at: span.start, ..mistake(&key, error.message()) });
    }
    mistakes.sort_by_key(|mistake| mistake.at);
    mistakes
}

/// Takes out the key or the value at this place: the innermost one. Which key it was.
fn take_at(table: &mut DeTable<'_>, place: &Range<usize>, path: &str) -> Option<String> {
    let holds = |span: Range<usize>| span.start <= place.start && place.end <= span.end;
    let mut found = None;
    for (name, value) in table.iter_mut() {
        let key = format!("{path}{}", name.get_ref());
        let inside = holds(value.span());
        match value.get_mut() {
            DeValue::Table(inner) => {
                if let Some(key) = take_at(inner, place, &format!("{key}.")) {
                    return Some(key);
                }
            }
            DeValue::Array(items) if inside => {
                let before = items.len();
                *items = items.iter().filter(|item| !holds(item.span())).cloned().collect();
                if items.len() < before {
                    return Some(key);
                }
            }
            _ => {}
        }
        if inside || name.span() == *place {
            found = Some((name.get_ref().to_string(), key));
            break;
        }
    }
    let (name, key) = found?;
    table.remove(name.as_str());
    Some(key)
}

/// What serde says, in words for people.
fn mistake(key: &str, message: &str) -> Mistake {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next().filter(|_| message.starts_with("unknown field"));
    let Some(unknown) = unknown else {
        return Mistake { at: 0, key: key.to_owned(), text: in_words(message), meant: None };
    };
    let known: Vec<&str> = names.collect();
    let near = known.iter().map(|name| (strsim::damerau_levenshtein(unknown, name), *name)).min();
    let near = near.filter(|(distance, name)| *distance <= 2.min(name.len() / 2));
    let meant = near.map(|(_, name)| match key.rsplit_once('.') {
        Some((table, _)) => format!("{table}.{name}"),
        None => name.to_owned(),
    });
    let text = format!("there is no such key; there are {}", known.join(", "));
    Mistake { at: 0, key: key.to_owned(), text, meant }
}

/// Rust's types in the words of TOML.
fn in_words(message: &str) -> String {
    let kinds = [
        ("usize", "a whole number from 0"),
        ("u64", "a whole number from 0"),
        ("u32", "a whole number from 0 to 4294967295"),
        ("a boolean", "true or false"),
        ("path string", "the path of a file, in quotes"),
        ("a string", "a text in quotes"),
        ("a sequence", "a list in brackets"),
    ];
    let Some((found, expected)) = message.rsplit_once("expected ") else { return message.to_owned() };
    let known = kinds.iter().find(|(kind, _)| *kind == expected).map(|(_, words)| *words);
    let words = known.unwrap_or(if expected.starts_with("struct ") { "a table" } else { expected });
    format!("{found}expected {words}")
}
