//! What a validator and the crate say of documents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// So many documents are given to one process.
const BATCH: usize = 400;

/// What is wrong with each document that was looked at; `None` for nothing.
pub(super) type Verdicts = BTreeMap<PathBuf, Option<String>>;

/// What xmllint says; an error text when it cannot read the schemas.
pub(super) fn xmllint(schema: &Path, paths: &[PathBuf]) -> Result<std::result::Result<Verdicts, String>> {
    let mut verdicts = Verdicts::new();
    for batch in paths.chunks(BATCH) {
        let mut command = Command::new("xmllint");
        command.args(["--noout", "--nonet", "--huge", "--schema"]).arg(schema).args(batch);
        let output = command.output().context("cannot run xmllint (Debian: libxml2-utils)")?;
        let text = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(5) {
            let problem = text.lines().find(|line| line.contains("error")).unwrap_or_default();
            return Ok(Err(problem.to_owned()));
        }
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        for line in text.lines() {
            if let Some(path) = line.strip_suffix(" fails to validate") {
                let message = first.get(path).copied().unwrap_or("invalid");
                verdicts.insert(PathBuf::from(path), Some(message.to_owned()));
            } else if let Some(path) = line.strip_suffix(" validates") {
                verdicts.insert(PathBuf::from(path), None);
            } else if let Some((path, message)) = line.split_once(".xml:") {
                let path = &line[..path.len() + 4];
                let message = message.split_once(": ").map_or(message, |(_, message)| message);
                if message.contains("parser error") {
                    verdicts.insert(PathBuf::from(path), Some(message.to_owned()));
                }
                first.entry(path).or_insert(message);
            }
        }
    }
    Ok(Ok(verdicts))
}

/// What the example of a crate says, which writes to `out` what it reads.
pub(super) fn crate_says(program: &Path, strict: bool, out: &Path, paths: &[PathBuf]) -> Result<Verdicts> {
    let mut verdicts = Verdicts::new();
    for batch in paths.chunks(BATCH) {
        let output = Command::new(program)
            .args(strict.then_some("--strict"))
            .arg("--out")
            .arg(out)
            .args(batch)
            .output()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let text = String::from_utf8_lossy(&output.stderr);
        let mut problems: BTreeMap<PathBuf, String> = BTreeMap::new();
        for line in text.lines() {
            if let Some((path, message)) = line.split_once(".xml:") {
                let path = PathBuf::from(&line[..path.len() + 4]);
                let message = message.split_once(": ").map_or(message, |(_, message)| message);
                problems.entry(path).or_insert_with(|| message.to_owned());
            }
        }
        let last = text.lines().last().unwrap_or_default();
        for path in batch {
            let written = path.file_name().is_some_and(|name| out.join(name).is_file());
            let problem = problems.remove(path);
            let problem = problem.or_else(|| (!written).then(|| format!("no answer: {last}")));
            verdicts.insert(path.clone(), problem);
        }
    }
    Ok(verdicts)
}
