//! A configuration read from flags, a file and the environment; what is wrong in one place hides nothing elsewhere.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::ops::Range;
use std::path::Path;

use anyhow::Result;
use serde::Deserialize as _;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::mistakes::{self, Mistake};
use super::problem::{Place, Problem, Problems};
use super::{Config, Effective, Source};

/// What the names of all our variables begin with.
const PREFIX: &str = "UCS_";
/// Variables of the client commands, which are no configuration.
const OF_CLIENTS: [&str; 14] = [
    "UCS_CONFIG",
    "UCS_URL",
    "UCS_USER",
    "UCS_PASSWORD",
    "UCS_TOKEN",
    "UCS_FROM_URL",
    "UCS_FROM_USER",
    "UCS_FROM_PASSWORD",
    "UCS_FROM_TOKEN",
    "UCS_TO_URL",
    "UCS_TO_USER",
    "UCS_TO_PASSWORD",
    "UCS_TO_TOKEN",
    "UCS_CA_FILE",
];

/// What reading a configuration came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// The configuration without what could not be read.
    pub effective: Effective,
    /// What could not be read.
    mistakes: Vec<Problem>,
    /// Where each key and table is that is set.
    places: BTreeMap<String, Place>,
}

impl Reading {
    /// All that is wrong: what could not be read, and what a server cannot run by. What only follows from the former is
    /// left out.
    pub fn problems(&self) -> Vec<Problem> {
        let told: BTreeSet<&str> = self.mistakes.iter().map(|mistake| mistake.key.as_str()).collect();
        let others = self.effective.config.problems().into_iter();
        let others = others.filter(|problem| !told.contains(problem.key.as_str())).map(|problem| {
            // Where it is missing, the table that lacks it.
            let table = || self.places.get(problem.key.rsplit_once('.')?.0);
            let place = self.places.get(&problem.key).or_else(table).cloned();
            Problem { place, ..problem }
        });
        self.mistakes.iter().cloned().chain(others).collect()
    }

    /// The configuration, if a server can run by it.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn checked(self) -> Result<Effective, Problems> {
        let problems = self.problems();
        if problems.is_empty() { Ok(self.effective) } else { Err(Problems(problems)) }
    }
}

/// Puts a configuration together, for commands that run no server.
///
/// # Errors
/// All that could not be read, with its place.
pub fn load(
    flags: Table,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Effective, Problems> {
    let Reading { effective, mistakes, .. } = read(flags, file, environment);
    if mistakes.is_empty() { Ok(effective) } else { Err(Problems(mistakes)) }
}

/// Puts a configuration together.
///
/// An environment variable is named like its key: `UCS_LISTEN`; two underscores lead into a table:
/// `UCS_HTTP__AUTH__REALM`. Its value is read as TOML, and as text when it is none.
pub fn read(
    flags: Table,
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Reading {
    let mut parts = Parts::default();
    let mut variables: Vec<_> = environment
        .into_iter()
        // A name that is no text is none of ours, and is told so where it looks like one.
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value))
        .filter(|(name, _)| name.starts_with(PREFIX) && !OF_CLIENTS.contains(&name.as_str()))
        .collect();
    variables.sort();
    for (name, value) in variables {
        match value.into_string() {
            Ok(text) => parts.variable(&name, &text),
            Err(_) => parts.no_text(&name),
        }
    }
    // A variable that is set to nothing names no file.
    if let Some(path) = file.filter(|path| !path.as_os_str().is_empty()) {
        parts.file(path);
    }
    parts.flags(&flags);
    parts.together()
}

/// What has been read so far, each source over those before.
#[derive(Default)]
struct Parts {
    table: Table,
    set: BTreeMap<String, (Value, Source)>,
    places: BTreeMap<String, Place>,
    mistakes: Vec<Problem>,
}

impl Parts {
    /// A variable whose bytes are no text in UTF-8.
    fn no_text(&mut self, name: &str) {
        let place = Some(Place { source: Source::Environment(name.to_owned()), position: None });
        self.mistakes.push(Problem { place, ..Problem::of(key_of(name), "the value is no text in UTF-8") });
    }

    fn variable(&mut self, name: &str, text: &str) {
        let key = key_of(name);
        let (mut table, mistakes) = match DeValue::parse(text) {
            Ok(value) => {
                let (table, mistakes) = checked(nested(&key, value, text.len()));
                // A text may look like a number: a folder that is called 2024.
                match mistakes.is_empty() {
                    true => (table, mistakes),
                    false => {
                        let (as_text, others) = checked(nested(&key, quoted(text), text.len()));
                        if others.is_empty() { (as_text, others) } else { (table, mistakes) }
                    }
                }
            }
            Err(_) => checked(nested(&key, quoted(text), text.len())),
        };
        let source = || Source::Environment(name.to_owned());
        for mistake in mistakes {
            let meant = mistake.meant.as_deref().map(variable_of);
            self.mistake(mistake, meant, Place { source: source(), position: None });
        }
        self.put(&mut table, &|_, _| Place { source: source(), position: None });
    }

    fn file(&mut self, path: &Path) {
        let source = || Source::File(path.to_owned());
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let place = Some(Place { source: source(), position: None });
                let text = format!("the configuration cannot be read: {error}");
                return self.mistakes.push(Problem { place, ..Problem::of("", text) });
            }
        };
        let place = |at: usize| Place { source: source(), position: Some(position(&text, at)) };
        let (table, errors) = DeTable::parse_recoverable(&text);
        let unclear: Vec<_> = errors.iter().map(|error| unclear(&text, error.span())).collect();
        let (mut table, others) = checked(table.into_inner());
        let others =
            others.into_iter().filter(|other| !unclear.iter().any(|range| range.contains(&other.at)));
        let errors = errors.iter().map(|error| Mistake {
            at: error.span().map_or(0, |span| span.start),
            key: String::new(),
            text: error.message().to_owned(),
            meant: None,
        });
        let mut all: Vec<_> = errors.chain(others).collect();
        all.sort_by_key(|mistake| mistake.at);
        for mistake in all {
            let (at, meant) = (mistake.at, mistake.meant.clone());
            self.mistake(mistake, meant, place(at));
        }
        self.put(&mut table, &|_, at| place(at));
    }

    fn flags(&mut self, flags: &Table) {
        // Only a value that is no TOML could not be written, and flags are texts, numbers and truth values.
        let text = toml::to_string(flags).unwrap_or_default();
        let (table, _) = DeTable::parse_recoverable(&text);
        let (mut table, mistakes) = checked(table.into_inner());
        let place = |key: &str| Place { source: Source::Flag(flag_of(key)), position: None };
        for mistake in mistakes {
            let (key, meant) = (mistake.key.clone(), mistake.meant.as_deref().map(flag_of));
            self.mistake(mistake, meant, place(&key));
        }
        self.put(&mut table, &|key, _| place(key));
    }

    fn mistake(&mut self, mistake: Mistake, meant: Option<String>, place: Place) {
        let Mistake { key, mut text, .. } = mistake;
        if let Some(meant) = meant {
            text.push_str(&format!("; did you mean `{meant}`?"));
        }
        self.mistakes.push(Problem { place: Some(place), key, text });
    }

    /// Puts a table without mistakes over what there is.
    fn put(&mut self, table: &mut DeTable<'_>, place: &dyn Fn(&str, usize) -> Place) {
        let whole = Spanned::new(0..0, table.clone());
        // It was asked for, just before.
        let values = Table::deserialize(toml::Deserializer::from(whole)).unwrap_or_default();
        let mut places = BTreeMap::new();
        note(table, "", place, &mut places);
        merge(&mut self.table, values, "", &mut |key, value| {
            if let Some(Place { source, .. }) = places.get(key) {
                self.set.insert(key.to_owned(), (value.clone(), source.clone()));
            }
        });
        self.places.append(&mut places);
    }

    fn together(self) -> Reading {
        let Parts { table, set, places, mut mistakes } = self;
        let config = Config::deserialize(table).unwrap_or_else(|error| {
            // Each source was read as a configuration before, so this is a defect; it must not pass for a good one.
            mistakes.push(Problem::of("", error.message()));
            Config::default()
        });
        Reading { effective: Effective { config, set }, mistakes, places }
    }
}

/// A table without what is wrong in it, and that.
fn checked(mut table: DeTable<'_>) -> (DeTable<'_>, Vec<Mistake>) {
    let mut mistakes = mistakes::take::<Config>(&mut table);
    // Numbers that are beyond those of TOML.
    mistakes.extend(mistakes::take::<Table>(&mut table));
    (table, mistakes)
}

fn key_of(variable: &str) -> String {
    variable.strip_prefix(PREFIX).unwrap_or(variable).to_ascii_lowercase().replace("__", ".")
}

fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

/// The flag of `ucs serve` for a key.
pub(super) fn flag_of(key: &str) -> String {
    format!("--{}", key.trim_start_matches("http.").replace(['.', '_'], "-"))
}

fn quoted(text: &str) -> Spanned<DeValue<'_>> {
    Spanned::new(0..text.len(), DeValue::String(Cow::Borrowed(text)))
}

/// A value in the tables of its dotted key, whose parts have places of their own behind the text.
fn nested<'t>(key: &'t str, value: Spanned<DeValue<'t>>, length: usize) -> DeTable<'t> {
    let mut inner = value;
    let mut table = DeTable::new();
    for (number, name) in key.rsplit('.').enumerate() {
        let place = length + 2 * number + 1..length + 2 * number + 2;
        table = DeTable::new();
        table.insert(Spanned::new(place.clone(), Cow::Borrowed(name)), inner);
        inner = Spanned::new(place, DeValue::Table(table.clone()));
    }
    table
}

/// Line and column of a place, from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
}

/// The part of a text that cannot be trusted for an error in its form: the line; the whole table, where it is in the
/// line that begins one.
fn unclear(text: &str, span: Option<Range<usize>>) -> Range<usize> {
    let at = span.map_or(0, |span| span.start).min(text.len());
    let before = text.get(..at).unwrap_or_default();
    let begin = before.rfind('\n').map_or(0, |end| end + 1);
    let rest = text.get(begin..).unwrap_or_default();
    let end = match rest.trim_start().starts_with('[') {
        true => rest.find("\n[").map_or(rest.len(), |end| end + 1),
        false => rest.find('\n').unwrap_or(rest.len()),
    };
    begin..(begin + end).max(at + 1)
}

/// Where each key and table is.
fn note(
    table: &DeTable<'_>,
    path: &str,
    place: &dyn Fn(&str, usize) -> Place,
    places: &mut BTreeMap<String, Place>,
) {
    for (name, value) in table {
        let key = format!("{path}{}", name.get_ref());
        if let DeValue::Table(inner) = value.get_ref() {
            note(inner, &format!("{key}."), place, places);
        }
        places.insert(key.clone(), place(&key, name.span().start));
    }
}

/// Puts one table over another, key by key, and tells each value that is put.
fn merge(under: &mut Table, over: Table, path: &str, tell: &mut impl FnMut(&str, &Value)) {
    for (name, value) in over {
        let key = format!("{path}{name}");
        match (under.get_mut(&name), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over, &format!("{key}."), tell),
            (_, Value::Table(over)) => {
                let mut inner = Table::new();
                merge(&mut inner, over, &format!("{key}."), tell);
                under.insert(name, Value::Table(inner));
            }
            (_, value) => {
                tell(&key, &value);
                under.insert(name, value);
            }
        }
    }
}
