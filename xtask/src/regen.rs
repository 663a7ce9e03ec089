//! `cargo xtask regen [--check]`: `schemas/` through the generator to `generated/src/protocol`. Both modes make
//! the same [`Plan`]; one carries it out, the other prints it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use cpu_time::ProcessTime;
use oxws_codegen::emit::Config;
use oxws_codegen::{Output, generate};

use crate::{Outcome, count, files};

/// The folder that is generated, below the root.
pub const PROTOCOL: &str = "generated/src/protocol";
/// The folder of the inputs, below the root.
pub const SCHEMAS: &str = "schemas";
/// The file among the inputs that is written too.
const LOCK: &str = "names.lock";
/// What is written by hand in the folder that is generated.
const BY_HAND: &str = "mod.rs";

/// Regenerate generated/src/protocol and schemas/names.lock from schemas/.
///
/// Writes only files whose text changes, and removes files that are no longer generated. When the schemas have
/// errors, all of them are shown and nothing is written.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Change nothing; list every file that is missing, stale or orphaned, and exit with 1 if there is any
    #[arg(long)]
    pub check: bool,
}

/// Why a file would change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Generated, and not there.
    Missing,
    /// There, with another text.
    Stale,
    /// There, and no longer generated.
    Orphaned,
}

/// What a run would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The text of the generator's messages, empty when it has none.
    pub messages: String,
    /// Whether there are errors among them: then nothing was generated, and there are no changes.
    pub failed: bool,
    /// What was generated.
    pub output: Output,
    /// Files that would change, by path below the root.
    pub changes: Vec<(String, State)>,
    /// How many files stay as they are.
    pub unchanged: usize,
}

/// Reads the inputs below `root`, generates, and compares with what is there. Writes nothing.
pub fn plan(root: &Path) -> Result<Plan> {
    let folder = root.join(PROTOCOL);
    let inputs = files::inputs(&root.join(SCHEMAS))?;
    let (output, diagnostics) = generate(&inputs, &Config::default());
    let (messages, failed) = (diagnostics.render(), diagnostics.has_errors());
    let mut plan = Plan { messages, failed, output, changes: Vec::new(), unchanged: 0 };
    if failed {
        return Ok(plan);
    }
    let present = if folder.is_dir() { files::list(&folder, &|_| true)? } else { Vec::new() };
    let orphans: BTreeSet<&String> = present
        .iter()
        .filter(|path| *path != BY_HAND && !plan.output.files.contains_key(path.as_str()))
        .collect();
    for (path, text) in &plan.output.files {
        let state = if !present.contains(path) {
            State::Missing
        } else if files::read(&folder.join(path))? != text.as_bytes() {
            State::Stale
        } else {
            plan.unchanged += 1;
            continue;
        };
        plan.changes.push((format!("{PROTOCOL}/{path}"), state));
    }
    plan.changes.extend(orphans.into_iter().map(|path| (format!("{PROTOCOL}/{path}"), State::Orphaned)));
    let lock = format!("{SCHEMAS}/{LOCK}");
    match inputs.0.get(LOCK) {
        None => plan.changes.push((lock, State::Missing)),
        Some(bytes) if bytes != plan.output.lock.as_bytes() => plan.changes.push((lock, State::Stale)),
        Some(_) => plan.unchanged += 1,
    }
    Ok(plan)
}

impl Plan {
    /// How many files are in one state.
    pub fn count(&self, state: State) -> usize {
        self.changes.iter().filter(|change| change.1 == state).count()
    }

    /// Makes the files below `root` what they should be. The lock comes last: a run that is cut short leaves the
    /// old one, and the next run does the same again.
    pub fn apply(&self, root: &Path) -> Result<()> {
        for (path, state) in &self.changes {
            let Some(below) = path.strip_prefix(PROTOCOL).and_then(|path| path.strip_prefix('/')) else {
                files::write(&root.join(path), &self.output.lock)?;
                continue;
            };
            match state {
                State::Orphaned => files::remove(&root.join(PROTOCOL), below)?,
                State::Missing | State::Stale => {
                    let text = self.output.files.get(below).context("a plan names a file without text")?;
                    files::write(&root.join(path), text)?;
                }
            }
        }
        Ok(())
    }

    /// What `--check` prints: every file that would change and what to do; `None` when there is none.
    pub fn report(&self) -> Option<String> {
        if self.failed {
            return Some("the schemas have errors, so nothing can be generated from them".to_owned());
        }
        if self.changes.is_empty() {
            return None;
        }
        let mut text = String::new();
        for (path, state) in &self.changes {
            let word = format!("{state:?}").to_lowercase();
            let _ = writeln!(text, "{path}: {word}");
        }
        let verb = if self.changes.len() == 1 { "is" } else { "are" };
        let _ = write!(
            text,
            "{} {verb} not what the schemas give; run `cargo xtask regen` and commit the result",
            count(self.changes.len(), "file")
        );
        Some(text)
    }

    fn summary(&self) -> String {
        let numbers = &self.output.summary;
        let all = self.output.files.len() + 1;
        format!(
            "{}, {}, {}, {}: {} with {}, the longest {}",
            count(numbers.protocols, "protocol"),
            count(numbers.types, "type"),
            count(numbers.elements, "element"),
            count(numbers.operations, "operation"),
            count(all, "file"),
            count(numbers.lines, "line"),
            numbers.longest,
        )
    }
}

/// The command.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let plan = plan(root)?;
    eprint!("{}", plan.messages);
    if arguments.check || plan.failed {
        if let Some(report) = plan.report() {
            eprintln!("{report}");
            return Ok(Outcome::Findings);
        }
        println!("{}", plan.summary());
        println!("all of them are up to date");
        return Ok(Outcome::Fine);
    }
    plan.apply(root)?;
    for (path, state) in &plan.changes {
        println!("{} {path}", if *state == State::Orphaned { "removed" } else { "wrote" });
    }
    println!("{}", plan.summary());
    println!(
        "{} written, {} unchanged, {} removed; {:.2} s, {:.2} s of CPU",
        plan.count(State::Missing) + plan.count(State::Stale),
        plan.unchanged,
        plan.count(State::Orphaned),
        wall.elapsed().as_secs_f64(),
        cpu.elapsed().as_secs_f64(),
    );
    Ok(Outcome::Fine)
}
