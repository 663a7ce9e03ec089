//! What is wrong with a configuration: where it is, which key, and what to do.

use std::fmt;

use super::Source;

/// Where something is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file, flag or variable.
    pub source: Source,
    /// Line and column in a file, both from 1.
    pub position: Option<(usize, usize)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{}:{line}:{column}", self.source),
            None => self.source.fmt(f),
        }
    }
}

/// Something that keeps a server from running by a configuration, or makes it unsafe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Where it is; `None` where a default is what is wrong.
    pub place: Option<Place>,
    /// The key, such as `http.auth.realm`; empty where it is about the whole source.
    pub key: String,
    /// What is wrong, and what to do.
    pub text: String,
}

impl Problem {
    /// Of the value that a key has, wherever it is from.
    pub(super) fn of(key: impl Into<String>, text: impl Into<String>) -> Problem {
        Problem { place: None, key: key.into(), text: text.into() }
    }

    /// As an object for programs; what is not known is left out.
    pub fn json(&self) -> serde_json::Value {
        let mut object = serde_json::Map::new();
        if let Some(Place { source, position }) = &self.place {
            object.insert("from".to_owned(), source.to_string().into());
            if let Some((line, column)) = position {
                object.insert("line".to_owned(), (*line).into());
                object.insert("column".to_owned(), (*column).into());
            }
        }
        if !self.key.is_empty() {
            object.insert("key".to_owned(), self.key.as_str().into());
        }
        object.insert("problem".to_owned(), self.text.as_str().into());
        object.into()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.text)
    }
}

/// All that is wrong with a configuration, a line each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() > 1 {
            writeln!(f, "{} problems in the configuration", self.0.len())?;
        }
        for (number, problem) in self.0.iter().enumerate() {
            let between = if number > 0 { "\n" } else { "" };
            write!(f, "{between}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
