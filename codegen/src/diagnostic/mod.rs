//! `Diagnostic` and `Diagnostics`: what every stage reports into. Codes are in `code`, the rendering in
//! `render`, "did you mean" in `suggest`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::span::Span;

mod code;
mod render;
mod suggest;

pub use code::Code;
pub use suggest::closest;

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// No usable result.
    Error,
    /// The result is usable, and probably not what the author of the input meant.
    Warning,
    /// Worth knowing.
    Note,
}

/// One problem, with everything needed to find and fix it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// What kind.
    pub code: Code,
    /// Where; `None` when no file is to blame.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// More places or facts.
    pub notes: Vec<(Option<Span>, String)>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, span: &Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, Some(span.clone()), message)
    }

    /// A warning at `span`.
    pub fn warning(code: Code, span: &Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, Some(span.clone()), message)
    }

    /// A note at `span`.
    pub fn remark(code: Code, span: &Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, Some(span.clone()), message)
    }

    /// Any diagnostic.
    pub fn new(severity: Severity, code: Code, span: Option<Span>, message: impl Into<String>) -> Self {
        Self { severity, code, span, message: message.into(), help: None, notes: Vec::new() }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with another place that belongs to it.
    #[must_use]
    pub fn note(mut self, span: Option<&Span>, text: impl Into<String>) -> Self {
        self.notes.push((span.cloned(), text.into()));
        self
    }
}

/// Collects the problems of one run, and the texts they point into.
#[derive(Clone, Default, Debug)]
pub struct Diagnostics {
    entries: Vec<Diagnostic>,
    sources: BTreeMap<Rc<str>, Rc<str>>,
}

impl Diagnostics {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.entries.push(diagnostic);
    }

    /// Makes the text of a file known, so that excerpts can be shown.
    pub fn add_source(&mut self, file: Rc<str>, text: Rc<str>) {
        self.sources.insert(file, text);
    }

    /// Makes warnings of the errors of these codes, with what was done about them: they were worked around.
    pub(crate) fn tolerate(&mut self, codes: &[(Code, &str)]) {
        for entry in self.entries.iter_mut().filter(|d| d.severity == Severity::Error) {
            let Some((_, done)) = codes.iter().find(|(code, _)| *code == entry.code) else { continue };
            entry.severity = Severity::Warning;
            if !done.is_empty() {
                entry.notes.push((None, (*done).to_owned()));
            }
        }
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.entries.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether any has one of these codes.
    pub(crate) fn has(&self, codes: &[Code]) -> bool {
        self.entries.iter().any(|d| codes.contains(&d.code))
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them in file and line order, repeats removed. Those without a place come first.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.entries.iter().collect();
        sorted.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.span.clone(), d.severity, d.code, d.message.clone());
            key(a).cmp(&key(b))
        });
        let mut seen = BTreeSet::new();
        sorted.retain(|d| seen.insert((d.span.clone(), d.code, d.message.clone())));
        sorted
    }

    /// How many errors and warnings there are, repeats removed.
    pub fn counts(&self) -> (usize, usize) {
        let sorted = self.sorted();
        let count = |severity| sorted.iter().filter(|d| d.severity == severity).count();
        (count(Severity::Error), count(Severity::Warning))
    }

    /// Everything as text for a terminal, one block per problem, then a line that sums up.
    pub fn render(&self) -> String {
        render::render(&self.sorted(), &self.sources)
    }
}
