//! Strict reading against xmllint: every small damage to the valid documents of the fixtures must be found by both or by
//! neither. Where they differ, `differences.txt` has the case with the reason; a case that no longer differs fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::Failed;

use super::covers::covers;
use super::{Fixture, crate_root, mutate};

/// What is said of a document that is not damaged.
const AS_IT_IS: &str = "as it is";

/// So many documents are given to one process.
const BATCH: usize = 500;

pub(crate) fn check(fixtures: &[Fixture]) -> Result<(), Failed> {
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: there is no xmllint (Debian: libxml2-utils)");
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential");
    let known_file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit/differences.txt");
    let known = known(&fs::read_to_string(&known_file).unwrap_or_default())?;
    let (mut cases, mut unread) = (BTreeMap::new(), Vec::new());
    let mut count = [0; 2];
    for fixture in fixtures {
        let schema = fixture.folder.join("schema.xsd");
        // Names in Rust mean nothing to a validator.
        if !schema.exists() || fixture.name.starts_with("naming") {
            continue;
        }
        let documents = write(fixture, &folder.join(&fixture.name))?;
        let Some(theirs) = xmllint(&schema, documents.keys())? else {
            unread.push(fixture.name.as_str());
            continue;
        };
        let ours = ours(&fixture.name, documents.keys())?;
        // What is done to a document that they differ about as it is says nothing.
        let differ = |path: &PathBuf| ours[path].is_empty() != theirs[path];
        let whole = documents.iter().filter(|(path, case)| case.ends_with(AS_IT_IS) && differ(path));
        let odd: Vec<&str> = whole.filter_map(|(_, case)| case.strip_suffix(AS_IT_IS)).collect();
        for (path, case) in &documents {
            if !case.ends_with(AS_IT_IS) && odd.iter().any(|document| case.starts_with(document)) {
                continue;
            }
            let (ours, theirs) = (&ours[path], theirs[path]);
            count[usize::from(theirs)] += 1;
            if ours.is_empty() != theirs {
                cases.insert(
                    case.clone(),
                    if theirs { format!("refused: {ours}") } else { "accepted".to_owned() },
                );
            }
        }
    }
    let mut report = String::new();
    for (case, what) in &cases {
        if !known.iter().any(|pattern| covers(pattern, case)) {
            let _ = writeln!(report, "{case}\n    {what}");
        }
    }
    for pattern in known.iter().filter(|pattern| !cases.keys().any(|case| covers(pattern, case))) {
        let _ = writeln!(report, "no difference any more, remove it: {pattern}");
    }
    // Some import without a location, which xmllint cannot follow.
    if count.iter().any(|count| *count < 1000) || unread.len() > 4 {
        let _ = writeln!(
            report,
            "{count:?} invalid and valid documents; schemas not read by xmllint: {unread:?}"
        );
    }
    if report.is_empty() { Ok(()) } else { Err(format!("{}:\n{report}", known_file.display()).into()) }
}

/// The known differences: one case a line, where `*` stands for anything; a line that begins with `#` says why those
/// below it differ.
fn known(text: &str) -> Result<BTreeSet<String>, Failed> {
    let mut reason = false;
    let mut known = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('#') {
            reason = true;
        } else if !reason || !known.insert(line.to_owned()) {
            return Err(format!("differences.txt: without a reason, or twice: {line}").into());
        }
    }
    Ok(known)
}

/// Writes the damaged copies of a fixture's valid documents; answers their paths, and what each is.
fn write(fixture: &Fixture, folder: &Path) -> Result<BTreeMap<PathBuf, String>, Failed> {
    fs::create_dir_all(folder)?;
    let mut written = BTreeMap::new();
    for (name, text) in fixture.documents.iter().filter(|(name, _)| name.starts_with("valid")) {
        let damaged = mutate::mutants(text.trim_end());
        let all = [(AS_IT_IS.to_owned(), text.clone())].into_iter().chain(damaged);
        for (at, (what, mutant)) in all.enumerate() {
            let path = folder.join(format!("{}-{at}.xml", name.trim_end_matches(".xml")));
            // Writing thousands of files takes longer than judging them.
            if fs::read(&path).ok().as_deref() != Some(mutant.as_bytes()) {
                fs::write(&path, mutant)?;
            }
            written.insert(path, format!("{}/{name}: {what}", fixture.name));
        }
    }
    Ok(written)
}

/// What xmllint says of documents: whether each is valid. `None` when it cannot read the schema.
fn xmllint<'p>(
    schema: &Path,
    paths: impl Iterator<Item = &'p PathBuf>,
) -> Result<Option<BTreeMap<PathBuf, bool>>, Failed> {
    let paths: Vec<&PathBuf> = paths.collect();
    let mut verdicts = BTreeMap::new();
    for batch in paths.chunks(BATCH) {
        let output = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(schema)
            .args(batch)
            .output()?;
        if output.status.code() == Some(5) {
            return Ok(None);
        }
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            if let Some(path) = line.strip_suffix(" fails to validate") {
                verdicts.insert(PathBuf::from(path), false);
            } else if let Some(path) = line.strip_suffix(" validates") {
                verdicts.insert(PathBuf::from(path), true);
            }
        }
    }
    match paths.iter().find(|path| !verdicts.contains_key(**path)) {
        Some(path) => Err(format!("xmllint says nothing of {}", path.display()).into()),
        None => Ok(Some(verdicts)),
    }
}

/// What the crate of the fixtures says: empty, or what is wrong.
fn ours<'p>(
    fixture: &str,
    paths: impl Iterator<Item = &'p PathBuf>,
) -> Result<BTreeMap<PathBuf, String>, Failed> {
    let mut program = Command::new(crate_root().join("target/debug/emit-fixtures"));
    let mut child = program.arg("judge").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let asked: String = paths.map(|path| format!("{fixture}\t{}\n", path.display())).collect();
    let mut input = child.stdin.take().ok_or("no standard input")?;
    let asking = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = child.wait_with_output()?;
    asking.join().map_err(|_| "the writer panicked")??;
    let lines = String::from_utf8(output.stdout)?;
    let verdicts = lines.lines().filter_map(|line| line.split_once('\t'));
    Ok(verdicts.map(|(path, problem)| (PathBuf::from(path), problem.to_owned())).collect())
}
