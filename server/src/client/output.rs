//! `Output`: where all commands write to and read answers from.

use std::io::{self, BufRead, IsTerminal as _, Write};

use anyhow::{Context as _, bail};
use indicatif::TermLike;
use serde::Serialize;

use super::progress::{Progress, Screen, Unit};

/// What was to be written could not be: to the standard output or the standard error, never to a server or a file.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be written")]
pub struct Unwritable {
    what: &'static str,
    #[source]
    source: io::Error,
}

impl Unwritable {
    /// The standard output failed.
    pub fn output(source: io::Error) -> Unwritable {
        Unwritable { what: "the output", source }
    }

    /// Whether whoever read it has read enough, as `head` does: no failure, but there is no use in going on.
    pub fn reader_is_gone(&self) -> bool {
        self.source.kind() == io::ErrorKind::BrokenPipe
    }
}

/// Where commands write results and messages to, and read answers from. A failure is an [`Unwritable`].
pub struct Output {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    input: Box<dyn BufRead + Send>,
    interactive: bool,
    screen: Screen,
}

impl Output {
    /// The streams of the process. Questions are asked when standard input and standard error are a terminal.
    pub fn stdio() -> Output {
        let screen = if io::stderr().is_terminal() { Screen::Stderr } else { Screen::Nowhere };
        Output {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            input: Box::new(io::BufReader::new(io::stdin())),
            interactive: io::stderr().is_terminal() && io::stdin().is_terminal(),
            screen,
        }
    }

    /// Other streams. `interactive` says whether somebody is there to answer questions.
    pub fn new(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        input: impl BufRead + Send + 'static,
        interactive: bool,
    ) -> Output {
        Output {
            out: Box::new(out),
            err: Box::new(err),
            input: Box::new(input),
            interactive,
            screen: Screen::Nowhere,
        }
    }

    /// The same with a terminal to draw progress at.
    #[must_use]
    pub fn with_terminal(self, terminal: impl TermLike + Clone + 'static) -> Output {
        Output { screen: Screen::Other(Box::new(move || Box::new(terminal.clone()))), ..self }
    }

    /// Whether somebody is there to answer questions.
    pub fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// Writes a line of the result.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, text: &str) -> anyhow::Result<()> {
        self.text(&(visible(text) + "\n"))
    }

    /// Writes text of the result as it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&mut self, text: &str) -> anyhow::Result<()> {
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        written.map_err(|error| Unwritable::output(error).into())
    }

    /// Writes the result as JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let mut text = serde_json::to_string_pretty(value).context("the result cannot be written as JSON")?;
        text.push('\n');
        self.text(&text)
    }

    /// Writes a line for people, beside the result.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&mut self, text: &str) -> anyhow::Result<()> {
        self.beside(&(visible(text) + "\n"))
    }

    /// Tells what went wrong, and what led to it.
    pub fn error(&mut self, error: &anyhow::Error) {
        let mut text = format!("error: {}\n", visible_lines(&error.to_string()));
        let mut last = error.to_string();
        for cause in error.chain().skip(1) {
            let cause = cause.to_string();
            // Some say what was said already, with a code before it.
            if !last.ends_with(&cause) && !cause.ends_with(&last) {
                text += &format!("  because: {}\n", visible_lines(&cause));
            }
            last = cause;
        }
        // There is nowhere else to tell it.
        let _ = self.beside(&text);
    }

    fn beside(&mut self, text: &str) -> anyhow::Result<()> {
        let written = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
        written.map_err(|source| Unwritable { what: "the standard error", source }.into())
    }

    /// Asks whether to go on.
    ///
    /// # Errors
    /// When nobody is there to answer, or the answer is no.
    pub fn confirm(&mut self, question: &str) -> anyhow::Result<()> {
        if !self.interactive {
            bail!("{question} This needs a confirmation, and there is no terminal to ask at: give --yes");
        }
        self.beside(&format!("{} [y/N] ", visible(question)))?;
        let mut answer = String::new();
        self.input.read_line(&mut answer).context("no answer could be read")?;
        if !matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
            bail!("nothing was done");
        }
        Ok(())
    }

    /// Reads a line of the input that holds a secret.
    ///
    /// # Errors
    /// When there is none.
    pub fn secret_line(&mut self, what: &str) -> anyhow::Result<String> {
        let mut line = String::new();
        self.input.read_line(&mut line).with_context(|| format!("{what} cannot be read"))?;
        let secret = line.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            bail!("{what} is missing: write it to the standard input, as a line of its own");
        }
        Ok(secret.to_owned())
    }

    /// How far a command is, of so many in all (0 where that is not known yet): on the standard error, where that is a
    /// terminal, and never with `json`, which is for programs.
    pub fn progress(&self, unit: Unit, total: usize, json: bool) -> Progress {
        let screen = if json { &Screen::Nowhere } else { &self.screen };
        screen.progress(unit, total as u64)
    }
}

/// A text without characters that could command a terminal: a server chooses names.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{FFFD}' } else { c }).collect()
}

/// The same of a text that may have several lines.
fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}
