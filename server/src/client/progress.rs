//! `Progress`: how far a long command is, told beside its result, at a terminal and to people only.

use std::fmt;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::output::visible;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Things to do, each with a text about it.
    Steps,
    /// Pages of a database.
    Pages,
}

/// Where bars are drawn.
pub(super) enum Screen {
    /// Nowhere: nobody is there to look.
    Nowhere,
    /// The standard error, which is a terminal.
    Stderr,
    /// Another terminal.
    Other(Box<dyn Fn() -> Box<dyn TermLike> + Send>),
}

/// How far a command is. Gone from the terminal when it is dropped.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Screen {
    /// A bar for so many; 0 where that is not known yet.
    pub(super) fn progress(&self, unit: Unit, total: u64) -> Progress {
        let target = match self {
            Screen::Nowhere => ProgressDrawTarget::hidden(),
            Screen::Stderr => ProgressDrawTarget::stderr(),
            Screen::Other(terminal) => ProgressDrawTarget::term_like(terminal()),
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let template = match unit {
            Unit::Steps => "{bar:30} {pos}/{len}  {msg}",
            Unit::Pages => "{bar:40} {pos}/{len} pages {eta}",
        };
        Progress(match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Screen::Nowhere => "Nowhere",
            Screen::Stderr => "Stderr",
            Screen::Other(_) => "Other",
        })
    }
}

impl Progress {
    /// This is being done now. A server may have chosen the names in it.
    pub fn begin(&self, text: &str) {
        self.0.set_message(visible(text));
    }

    /// One more is done.
    pub fn done(&self) {
        self.0.inc(1);
    }

    /// So many of so many are done.
    pub fn at(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }

    /// Takes the bar away, before something else is written.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
