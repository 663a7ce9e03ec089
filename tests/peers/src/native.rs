//! The peers in C, which `native/build` builds where it can: a process for each, which does its case on a document as
//! often as it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::documents::Document;
use crate::own::same;

/// Case and program.
pub const CASES: &[(&str, &str)] = &[
    ("libxml2_dom", "libxml2"),
    ("libxml2_reader", "libxml2"),
    ("gsoap", "gsoap"),
    ("gsoap_write", "gsoap"),
];

/// A running peer.
pub struct Native {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Native {
    /// The program in this folder, which holds the documents too, for a case and a document; `None` if it is not there,
    /// or the document is nothing for it. `suffix` tells its variants apart.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(
        folder: &Path,
        case: (&str, &str),
        document: Document,
        suffix: &str,
    ) -> Result<Option<Native>, String> {
        let program = folder.join(format!("{}{suffix}", case.1));
        let known = match case.1 {
            "gsoap" => !matches!(document, Document::Body | Document::Codes),
            _ => document != Document::Codes,
        };
        if !known || !program.exists() {
            return Ok(None);
        }
        let text = folder.join(format!("{}.xml", document.name()));
        let mut command = Command::new(&program);
        command.arg(case.0).arg(document.name()).arg(&text).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{} has no standard input or output", program.display()));
        };
        Ok(Some(Native { child, orders, answers: BufReader::new(answers) }))
    }

    /// The CPU time of so many runs.
    ///
    /// # Errors
    /// When the peer fails, here and below.
    pub fn time(&mut self, times: u32) -> Result<Duration, String> {
        Ok(Duration::from_nanos(self.numbers(&format!("run {times}"))?[0]))
    }

    /// How far the resident size rose in the first run, in bytes.
    ///
    /// # Errors
    /// See [`Native::time`].
    pub fn peak(&mut self) -> Result<u64, String> {
        Ok(self.numbers("peak")?[0])
    }

    /// Allocations of a run, and the bytes in them.
    ///
    /// # Errors
    /// See [`Native::time`].
    pub fn allocations(&mut self) -> Result<(u64, u64), String> {
        let numbers = self.numbers("allocations")?;
        Ok((numbers[0], numbers.get(1).copied().unwrap_or(0)))
    }

    /// What it wrote last.
    ///
    /// # Errors
    /// See [`Native::time`].
    pub fn text(&mut self) -> Result<String, String> {
        let mut text = vec![0; usize::try_from(self.numbers("text")?[0]).unwrap_or(0)];
        self.answers.read_exact(&mut text).map_err(|error| error.to_string())?;
        String::from_utf8(text).map_err(|error| error.to_string())
    }

    /// The numbers of an answer, at least one.
    fn numbers(&mut self, order: &str) -> Result<Vec<u64>, String> {
        let mut answer = String::new();
        writeln!(self.orders, "{order}").map_err(|error| error.to_string())?;
        self.answers.read_line(&mut answer).map_err(|error| error.to_string())?;
        let numbers: Result<Vec<u64>, _> = answer.split_whitespace().map(str::parse).collect();
        match numbers {
            Ok(numbers) if !numbers.is_empty() => Ok(numbers),
            _ => Err(format!("a native peer answers {answer:?} to {order:?}")),
        }
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        // It has nothing to save, and is gone if this fails.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether gSOAP writes all that a document says after it has read it.
///
/// # Errors
/// When gSOAP fails.
pub fn gsoap_is_complete(folder: &Path, document: Document) -> Result<bool, String> {
    let Some(mut gsoap) = Native::start(folder, ("gsoap_write", "gsoap"), document, "")? else {
        return Ok(true);
    };
    gsoap.time(1)?;
    Ok(same(document, &gsoap.text()?))
}
