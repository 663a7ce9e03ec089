//! The file formats of lists, and how one is chosen.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, bail};
use encoding_rs::Encoding;

use super::charset::{self, Text};
use super::model::List;
use super::{csv, json, vcard};

/// A file format.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum, Debug)]
pub enum Format {
    /// JSON, for programs
    Json,
    /// CSV, for spreadsheets
    Csv,
    /// vCard 4.0, for address books
    Vcard,
}

/// What is wrong with a file, and in which line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl Malformed {
    /// Something wrong in a line.
    pub fn at(line: usize, text: impl Into<String>) -> Malformed {
        Malformed { line: line.max(1), text: text.into() }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl std::error::Error for Malformed {}

/// What was read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Read {
    /// The list.
    pub list: List,
    /// What was left out of it, and why: cards that are no contact, as address books have them.
    pub skipped: Vec<Malformed>,
}

impl From<List> for Read {
    fn from(list: List) -> Read {
        Read { list, skipped: Vec::new() }
    }
}

impl Format {
    /// The format of files that are called so.
    pub fn of_path(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(Format::Json),
            "csv" => Some(Format::Csv),
            "vcf" | "vcard" => Some(Format::Vcard),
            _ => None,
        }
    }

    /// The given format, or the one that the name of a file says.
    ///
    /// # Errors
    /// When neither is there.
    pub fn given_or_of(given: Option<Format>, path: &Path) -> anyhow::Result<Format> {
        given.or_else(|| Format::of_path(path)).with_context(|| {
            let ways = "let it end in .json, .csv or .vcf, or give --format json, csv or vcard";
            format!("{}: the name does not say the format: {ways}", path.display())
        })
    }

    /// Writes a list.
    ///
    /// # Errors
    /// When it cannot be written in this format.
    pub fn encode(self, list: &List) -> anyhow::Result<String> {
        match self {
            Format::Json => json::encode(list).context("the list cannot be written as JSON"),
            Format::Csv => csv::encode(list),
            Format::Vcard => vcard::encode(list).context("the list cannot be written as vCard"),
        }
    }

    /// Reads a list.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn decode(self, text: &str) -> Result<Read, Malformed> {
        match self {
            Format::Json => json::decode(text).map(Read::from),
            Format::Csv => csv::decode(text),
            Format::Vcard => vcard::decode(text),
        }
    }
}

/// A file to be read, and what was given of it beside its name.
#[derive(Clone, Copy, Debug)]
pub struct Source<'p> {
    path: &'p Path,
    format: Option<Format>,
    encoding: Option<&'static Encoding>,
}

impl<'p> Source<'p> {
    /// A file whose name says its format, and whose content says its encoding.
    pub fn new(path: &'p Path) -> Source<'p> {
        Source { path, format: None, encoding: None }
    }

    /// The same in a format or encoding that was given.
    #[must_use]
    pub fn given(self, format: Option<Format>, encoding: Option<&'static Encoding>) -> Source<'p> {
        Source { format, encoding, ..self }
    }

    /// Reads a list.
    ///
    /// # Errors
    /// When the file cannot be read, or something is wrong in it; the text has the file and the line.
    pub fn list(self) -> anyhow::Result<(Read, Option<String>)> {
        self.read(Format::decode)
    }

    /// Reads what `decode` makes of the text, and says what is to be noted of that.
    ///
    /// # Errors
    /// When the file cannot be read, or something is wrong in it; the text has the file and the line.
    pub fn read<T>(
        self,
        decode: impl FnOnce(Format, &str) -> Result<T, Malformed>,
    ) -> anyhow::Result<(T, Option<String>)> {
        let shown = self.path.display();
        let format = Format::given_or_of(self.format, self.path)?;
        let bytes = std::fs::read(self.path).with_context(|| format!("{shown} cannot be read"))?;
        let Text { text, note } = match charset::read(&bytes, format, self.encoding) {
            Ok(text) => text,
            Err(sound) => {
                let sound = bytes.get(..sound).unwrap_or_default();
                let line = 1 + sound.iter().filter(|byte| **byte == b'\n').count();
                let what = self.encoding.map_or("UTF-8", Encoding::name);
                bail!(
                    "{shown}, line {line}: this is no {what} text; save the file as UTF-8, or name its encoding with --encoding"
                );
            }
        };
        let read = decode(format, &text);
        let read =
            read.map_err(|Malformed { line, text }| anyhow::anyhow!("{shown}, line {line}: {text}"))?;
        Ok((read, note.map(|note| format!("{shown}: {note}"))))
    }
}
