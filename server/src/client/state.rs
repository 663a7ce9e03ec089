//! `State`: a file that remembers what earlier runs have done, so that it is not done again.
//!
//! The first line is `ucs-state 1`, a tab, and the server and mailbox it is about. Every other line is a step that was
//! carried out. Without such a file a run does what the list lacks; with it, a run also leaves alone what somebody has
//! taken out of the list since.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};

const FORMAT: &str = "ucs-state 1";

/// What earlier runs have done.
#[derive(Default, Debug)]
pub struct State {
    done: HashSet<String>,
    file: Option<File>,
}

impl State {
    /// Opens the file, which need not exist yet; nothing is remembered without one. `about` says what server and
    /// mailbox the run is about.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is about something else.
    pub fn open(path: Option<&Path>, about: &str) -> anyhow::Result<State> {
        let Some(path) = path else { return Ok(State::default()) };
        let shown = path.display();
        let (mut state, whole) = State::read(path, about)?;
        let file = OpenOptions::new().create(true).append(true).open(path);
        let mut file = file.with_context(|| format!("{shown} cannot be opened for writing"))?;
        file.set_len(whole).with_context(|| format!("{shown} cannot be written"))?;
        if whole == 0 {
            writeln!(file, "{FORMAT}\t{about}").with_context(|| format!("{shown} cannot be written"))?;
        }
        state.file = Some(file);
        Ok(state)
    }

    /// As [`State::open`], but nothing will be written.
    ///
    /// # Errors
    /// When the file cannot be read, or is about something else.
    pub fn look(path: Option<&Path>, about: &str) -> anyhow::Result<State> {
        path.map_or_else(|| Ok(State::default()), |path| State::read(path, about).map(|(state, _)| state))
    }

    /// What a file says, and how many bytes of it are whole lines: a run that was killed may have left half a line.
    fn read(path: &Path, about: &str) -> anyhow::Result<(State, u64)> {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((State::default(), 0)),
            Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
        };
        let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
        let mut lines = whole.lines();
        match lines.next().map(|line| line.split_once('\t').unwrap_or((line, ""))) {
            None if text.is_empty() => {}
            Some((FORMAT, other)) if other == about => {}
            Some((FORMAT, other)) => {
                bail!("{shown} is about {other}, not about {about}: name another state file")
            }
            _ => bail!("{shown}, line 1: this is no state file, which begins with \"{FORMAT}\""),
        }
        Ok((State { done: lines.map(str::to_owned).collect(), file: None }, whole.len() as u64))
    }

    /// Whether a step was done.
    pub fn has(&self, key: &str) -> bool {
        self.done.contains(key)
    }

    /// Remembers that a step was done.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn done(&mut self, key: &str) -> anyhow::Result<()> {
        match &mut self.file {
            Some(file) => {
                file.write_all(format!("{key}\n").as_bytes()).context("the state file cannot be written")
            }
            None => Ok(()),
        }
    }
}
