//! `cargo xtask tidy`: the habits that no other tool checks, as findings with file and line.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::Result;
use sha2::{Digest, Sha256};

use crate::regen::SCHEMAS;
use crate::{Outcome, count, files};

/// Check file headers, lengths, white space, leftovers, licences and checksums.
///
/// Every .rs file opens with //! and has at most 600 lines, or 2,000 where its first lines say @generated. No
/// reminder and no ignored test without a reason, no macro that only holds a place, no path of one machine. Text
/// ends its lines with LF, the last one too, and has neither tabs nor white space at the end of a line. The licence
/// files are there, and schemas/SHA256SUMS is right.
#[derive(clap::Args, Debug)]
pub struct Arguments {}

/// A hand-written file has at most so many lines.
const LONGEST: usize = 600;
/// A generated file has at most so many lines.
const LONGEST_GENERATED: usize = 2_000;
/// Its header stands in the first so many lines.
const HEADER: usize = 5;

/// Hidden folders with files of ours. All others belong to somebody's tools.
const HIDDEN: &[&str] = &[".cargo", ".ci", ".github"];
/// Folders that hold nothing of ours.
const SKIPPED: &[&str] = &["target", "fuzz/target", "fuzz/corpus", "fuzz/artifacts"];
/// Extensions of text that is written by hand or by our generator; other files may need odd white space.
const TEXT: &[&str] = &["lock", "md", "rs", "toml", "yaml", "yml", "sh"];
/// Paths that exist on one machine only. In pieces, so that this file does not contain them.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!(".lib", "rary")];
/// What must not stay in a source file.
const LEFTOVERS: &[&str] = &[concat!("to", "do!("), concat!("unimple", "mented!("), concat!("db", "g!(")];
/// Words that need a reason.
const REMINDERS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
/// The start of the attribute of an ignored test.
const IGNORE: &str = concat!("#[ig", "nore");
/// What must be there.
const LICENCES: &[&str] = &["LICENSE-APACHE", "LICENSE-MIT"];

/// One thing to put right. Displayed as one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Below the root.
    pub path: String,
    /// From 1; 0 for the whole file.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line.max(1), self.message)
    }
}

/// All findings below `root`, and how many files were looked at.
pub fn check(root: &Path) -> Result<(Vec<Finding>, usize)> {
    let enter = |folder: &Path| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let hidden = name.starts_with('.') && !HIDDEN.contains(&&*name);
        let skipped = SKIPPED.iter().any(|name| folder == root.join(name));
        // Build folders have a tag, wherever they are.
        !hidden && !skipped && !folder.join("CACHEDIR.TAG").exists()
    };
    let mut paths = files::list(root, &enter)?;
    // In a work tree of git this is a file that names the repository.
    paths.retain(|path| path != ".git");
    let mut findings = Vec::new();
    for path in &paths {
        // Data that is not text has no lines to look at.
        if let Ok(text) = String::from_utf8(files::read(&root.join(path))?) {
            self::text(path, &text, &mut findings);
        }
    }
    for licence in LICENCES {
        if !paths.iter().any(|path| path == licence) {
            findings.push(Finding { path: (*licence).to_owned(), line: 0, message: "missing".to_owned() });
        }
    }
    checksums(root, &paths, &mut findings)?;
    Ok((findings, paths.len()))
}

/// Adds what is wrong with the text of one file.
pub fn text(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let mut add = |line: usize, message: String| {
        findings.push(Finding { path: path.to_owned(), line, message });
    };
    let extension = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, e)| e);
    let rust = extension == "rs";
    let script = text.starts_with("#!") && !rust;
    let ours = TEXT.contains(&extension) || script;
    let lines: Vec<&str> = text.split('\n').collect();
    for (number, line) in (1..).zip(&lines) {
        if let Some(found) = MACHINE.iter().find(|found| line.contains(**found)) {
            add(number, format!("`{found}` is a path of one machine"));
        }
        if !ours {
            continue;
        }
        if line.ends_with('\r') {
            add(number, "the line ends with CR LF instead of LF".to_owned());
        } else if line.ends_with([' ', '\t']) {
            add(number, "white space at the end of the line".to_owned());
        }
        if line.contains('\t') {
            add(number, "a tab".to_owned());
        }
        for word in REMINDERS.iter().filter(|word| unexplained(line, word)) {
            add(number, format!("{word} without a reason; write `{word}(reason): …`"));
        }
        if !rust {
            continue;
        }
        if let Some(found) = LEFTOVERS.iter().find(|found| line.contains(**found)) {
            add(number, format!("`{found}` is left over"));
        }
        let ignored = line.trim_start().strip_prefix(IGNORE).map(str::trim_start);
        let reason =
            |rest: &str| rest.strip_prefix('=').is_some_and(|value| value.trim().len() > r#"""]"#.len());
        if ignored.is_some_and(|rest| !reason(rest)) {
            add(number, format!("an ignored test without a reason; write `{IGNORE} = \"reason\"]`"));
        }
    }
    if ours && !text.is_empty() && !text.ends_with('\n') {
        add(lines.len(), "no line end at the end of the file".to_owned());
    }
    if !rust {
        return;
    }
    if !text.starts_with("//!") {
        add(1, "the file does not open with `//!` and what it is for".to_owned());
    }
    let generated = text.lines().take(HEADER).any(|line| line.contains("@generated"));
    let (length, most) = (text.lines().count(), if generated { LONGEST_GENERATED } else { LONGEST });
    if length > most {
        add(most + 1, format!("{length} lines, {most} at most; divide the file by topic"));
    }
}

/// Whether `line` has `word` as a word of its own that no reason in parentheses follows.
fn unexplained(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, rest) = line.split_at(at);
        let rest = rest.strip_prefix(word).unwrap_or(rest);
        let reason = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let explained = reason.is_some_and(|(reason, _)| !reason.trim().is_empty());
        !before.ends_with(part) && !rest.starts_with(part) && !explained
    })
}

/// Adds where `schemas/SHA256SUMS` and the schemas disagree, and where the table of the README does.
fn checksums(root: &Path, paths: &[String], findings: &mut Vec<Finding>) -> Result<()> {
    let list = format!("{SCHEMAS}/SHA256SUMS");
    let mut add = |path: &str, line: usize, message: String| {
        findings.push(Finding { path: path.to_owned(), line, message });
    };
    if !paths.contains(&list) {
        add(&list, 0, "missing".to_owned());
        return Ok(());
    }
    let text = String::from_utf8_lossy(&files::read(&root.join(&list))?).into_owned();
    let readme = format!("{SCHEMAS}/README.md");
    let table = match paths.contains(&readme) {
        true => String::from_utf8_lossy(&files::read(&root.join(&readme))?).into_owned(),
        false => String::new(),
    };
    let mut listed = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        match line.split_once("  ") {
            Some((sum, name)) => {
                listed.insert(format!("{SCHEMAS}/{name}"), (number, sum));
            }
            None => add(&list, number, "not a line of sha256sum".to_owned()),
        }
    }
    let schema = |path: &&String| {
        path.starts_with(&format!("{SCHEMAS}/")) && (path.ends_with(".xsd") || path.ends_with(".wsdl"))
    };
    for path in paths.iter().filter(schema) {
        let Some((number, expected)) = listed.remove(path) else {
            add(&list, 0, format!("{path} is not listed"));
            continue;
        };
        let digest = Sha256::digest(files::read(&root.join(path))?);
        let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        if sum != expected {
            add(&list, number, format!("{path} has the checksum {sum}"));
        }
        if !table.contains(&sum) {
            add(&readme, 0, format!("the table lacks the checksum of {path}, {sum}"));
        }
    }
    for (path, (number, _)) in listed {
        add(&list, number, format!("{path} is missing"));
    }
    Ok(())
}

/// The command.
pub fn run(root: &Path, Arguments {}: &Arguments) -> Result<Outcome> {
    let (findings, looked_at) = check(root)?;
    for finding in &findings {
        println!("{finding}");
    }
    println!("{} in {}", count(findings.len(), "finding"), count(looked_at, "file"));
    Ok(Outcome::of(&findings))
}
