//! `cargo xtask requirements [--check]`: which tests cite which requirement, as a table in the documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::regen::PROTOCOL;
use crate::{Outcome, count, files};

/// The list of requirements, below the root.
pub const LIST: &str = "docs/requirements.toml";
/// The table that is written, below the root.
pub const TABLE: &str = "docs/requirements.md";

/// What a citation begins with.
const MARK: &str = "UCS ";
/// Folders with no tests of ours.
const SKIPPED: &[&str] = &["target", "fuzz/target", PROTOCOL];

/// Write docs/requirements.md: each requirement with the tests that cite it.
///
/// Requirements are those of docs/requirements.toml. A test cites one in the comment right above it: `UCS O8`, or
/// several: `UCS T4, T5`, `UCS I1 to I3`. A requirement without a test, a test that cites one that does not exist, and
/// a pending requirement that has a test by now are findings.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Change nothing; exit with 1 if the table is stale
    #[arg(long)]
    pub check: bool,
}

/// The list as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    requirement: Vec<Requirement>,
}

/// A requirement.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its number: a letter and digits.
    pub number: String,
    /// What it is about, in a few words.
    pub title: String,
    /// Whether it may have no test yet.
    #[serde(default)]
    pub pending: bool,
}

/// A test that cites requirements.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Test {
    /// `path::function`.
    pub name: String,
    /// The numbers, in the order of the comment.
    pub cites: Vec<String>,
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The text of the table.
    pub table: String,
    /// Whether the file has another text.
    pub stale: bool,
    /// What is to be put right, a sentence each.
    pub findings: Vec<String>,
}

/// Reads the list and all tests below `root`.
///
/// # Errors
/// When a file cannot be read, or the list is none.
pub fn find(root: &Path) -> Result<Found> {
    let list = files::read(&root.join(LIST))?;
    let list: List = toml::from_str(&String::from_utf8_lossy(&list)).with_context(|| format!("in {LIST}"))?;
    let enter = |folder: &Path| {
        let hidden = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let skipped = SKIPPED.iter().any(|name| folder == root.join(name));
        !hidden && !skipped && !folder.join("CACHEDIR.TAG").exists()
    };
    let mut tests = Vec::new();
    for path in files::list(root, &enter)?.iter().filter(|path| path.ends_with(".rs")) {
        let text = String::from_utf8_lossy(&files::read(&root.join(path))?).into_owned();
        tests.extend(self::tests(path, &text));
    }
    let (table, findings) = judge(&list.requirement, &tests)?;
    let stale = !root.join(TABLE).exists() || files::read(&root.join(TABLE))? != table.as_bytes();
    Ok(Found { table, stale, findings })
}

/// The tests in the text of a file that cite anything: functions with a test attribute, by the comment above it.
pub fn tests(path: &str, text: &str) -> Vec<Test> {
    let mut found = Vec::new();
    let (mut comment, mut test) = (String::new(), false);
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("//") {
            // The comment of a file or module is not that of a test.
            if !words.starts_with('!') {
                comment.push_str(words.trim_start_matches('/'));
                comment.push(' ');
            }
        } else if line.starts_with("#[") {
            test |= line == "#[test]" || line.starts_with("#[tokio::test");
        } else if let (true, Some(name)) = (test, function(line)) {
            let cites = citations(&comment);
            if !cites.is_empty() {
                found.push(Test { name: format!("{path}::{name}"), cites });
            }
            (comment, test) = (String::new(), false);
        } else {
            (comment, test) = (String::new(), false);
        }
    }
    found
}

/// The name of the function that a line declares.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = line.strip_prefix("fn ")?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// The numbers that a comment cites: after `UCS`, one, several with `,`, `and` or `/` between them, or from one `to`
/// another of the same letter.
pub fn citations(comment: &str) -> Vec<String> {
    let mut cited = Vec::new();
    for rest in comment.split(MARK).skip(1) {
        let mut rest = rest.trim_start();
        let mut range: Option<(char, u32)> = None;
        while let Some((letter, number, after)) = number(rest) {
            let from =
                range.take().filter(|(first, _)| *first == letter).map_or(number, |(_, from)| from + 1);
            cited.extend((from..=number).map(|number| format!("{letter}{number}")));
            let next = after.trim_start();
            if let Some(next) = next.strip_prefix("to ") {
                range = Some((letter, number));
                rest = next.trim_start();
            } else {
                let next = [", and ", ",", "and ", "/"].iter().find_map(|joint| next.strip_prefix(joint));
                let Some(next) = next else { break };
                rest = next.trim_start();
            }
        }
    }
    cited
}

/// The letter and the number that a text begins with, and the rest.
fn number(text: &str) -> Option<(char, u32, &str)> {
    let letter = text.chars().next().filter(char::is_ascii_uppercase)?;
    let rest = text.get(1..)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at_checked(end)?;
    let number = digits.parse().ok()?;
    (!rest.starts_with(|c: char| c.is_alphanumeric())).then_some((letter, number, rest))
}

/// The table, and what is to be put right.
///
/// # Errors
/// When the list has a number twice.
pub fn judge(requirements: &[Requirement], tests: &[Test]) -> Result<(String, Vec<String>)> {
    let mut findings = Vec::new();
    let mut by_number: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for requirement in requirements {
        let first = by_number.insert(&requirement.number, BTreeSet::new()).is_none();
        ensure!(first, "{LIST} has {} twice", requirement.number);
    }
    for test in tests {
        for number in &test.cites {
            match by_number.get_mut(&**number) {
                Some(names) => drop(names.insert(&test.name)),
                None => findings.push(format!("{} cites {number}, which is not in {LIST}", test.name)),
            }
        }
    }
    let mut table =
        "# Requirements and their tests\n\nWritten by `cargo xtask requirements`; do not edit. The list is \
                     in [requirements.toml](requirements.toml).\n\n| no. | about | tests |\n|---|---|---|\n"
            .to_owned();
    for Requirement { number, title, pending } in requirements {
        let names = by_number.get(&**number).into_iter().flatten();
        let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        match (names.is_empty(), pending) {
            (true, true) => names.push("pending".to_owned()),
            (true, false) => findings.push(format!("{number} ({title}) has no test that cites it")),
            (false, true) => findings.push(format!("{number} has a test: take `pending` out of {LIST}")),
            (false, false) => {}
        }
        let _ = writeln!(table, "| {number} | {title} | {} |", names.join("<br>"));
    }
    Ok((table, findings))
}

/// The command.
///
/// # Errors
/// When a file cannot be read or written.
pub fn run(root: &Path, arguments: &Arguments) -> Result<Outcome> {
    let mut found = find(root)?;
    if found.stale && arguments.check {
        found
            .findings
            .push(format!("{TABLE} is stale; run `cargo xtask requirements` and commit the result"));
    } else if found.stale {
        files::write(&root.join(TABLE), &found.table)?;
        println!("wrote {TABLE}");
    }
    for finding in &found.findings {
        println!("{finding}");
    }
    println!("{}", count(found.findings.len(), "finding"));
    Ok(Outcome::of(&found.findings))
}
