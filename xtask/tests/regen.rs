//! `regen` on a copy: what is missing, stale or orphaned is reported by the check, which writes nothing, and
//! repaired by the run, which writes nothing else.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use tempfile::TempDir;
use xtask::Outcome;
use xtask::regen::{self, Arguments, PROTOCOL, SCHEMAS, State};

/// A copy of the schemas and of what is generated from them.
fn copy() -> TempDir {
    let (from, to) = (xtask::root(), TempDir::new().unwrap());
    for folder in [SCHEMAS, PROTOCOL] {
        for path in xtask::files::list(&from.join(folder), &|_| true).unwrap() {
            let target = to.path().join(folder).join(&path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(from.join(folder).join(&path), target).unwrap();
        }
    }
    // A test must not depend on whether the checkout is fresh: `fresh.rs` says so.
    assert_eq!(run(to.path(), false), Outcome::Fine);
    to
}

fn run(root: &Path, check: bool) -> Outcome {
    regen::run(root, &Arguments { check }).unwrap()
}

/// Every file with its text and the time it was written.
fn state(root: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let entry = |path: String| {
        let full = root.join(&path);
        let written = fs::metadata(&full).unwrap().modified().unwrap();
        (path, (fs::read(&full).unwrap(), written))
    };
    xtask::files::list(root, &|_| true).unwrap().into_iter().map(entry).collect()
}

/// Spoils a copy, checks that the check finds `expected` and changes nothing, then that a run repairs it and
/// writes those files only.
fn spoil(expected: &[(&str, State)], spoil: impl FnOnce(&Path)) {
    let folder = copy();
    let root = folder.path();
    let good = state(root);
    assert_eq!(run(root, true), Outcome::Fine);
    spoil(root);

    let spoilt = state(root);
    let plan = regen::plan(root).unwrap();
    let changes: Vec<_> = plan.changes.iter().map(|(path, state)| (path.as_str(), *state)).collect();
    assert_eq!(changes, expected);
    let report = plan.report().unwrap();
    for (path, state) in expected {
        let line = format!("{path}: {}", format!("{state:?}").to_lowercase());
        assert!(report.lines().any(|found| found == line), "no `{line}` in:\n{report}");
    }
    assert!(report.contains("run `cargo xtask regen`"), "{report}");
    assert_eq!(run(root, true), Outcome::Findings);
    assert!(spoilt == state(root), "the check wrote");

    assert_eq!(run(root, false), Outcome::Fine);
    let repaired = state(root);
    assert!(good.keys().eq(repaired.keys()), "{:?}\n{:?}", good.keys(), repaired.keys());
    for (path, (text, written)) in &repaired {
        assert_eq!(*text, good[path].0, "{path} is not what it was");
        let touched = expected.iter().any(|(changed, _)| changed == path);
        assert!(touched || *written == good[path].1, "{path} was written without need");
    }
    assert_eq!(run(root, true), Outcome::Fine);
}

#[test]
fn a_missing_file_is_written() {
    let path = "generated/src/protocol/oxwscos/add_im_group.rs";
    spoil(&[(path, State::Missing)], |root| fs::remove_file(root.join(path)).unwrap());
}

#[test]
fn a_stale_file_is_overwritten() {
    let path = "generated/src/protocol/oxwscos/add_im_group.rs";
    spoil(&[(path, State::Stale)], |root| {
        let text = fs::read_to_string(root.join(path)).unwrap();
        fs::write(root.join(path), text.replace("DisplayName", "displayName")).unwrap();
    });
}

#[test]
fn orphans_are_removed_with_their_folder() {
    let expected = [
        ("generated/src/protocol/gone/deep/old.rs", State::Orphaned),
        ("generated/src/protocol/oxwscos/add_im_group.rs.7.tmp", State::Orphaned),
    ];
    spoil(&expected, |root| {
        fs::create_dir_all(root.join("generated/src/protocol/gone/deep")).unwrap();
        for (path, _) in expected {
            fs::write(root.join(path), "//! Left over.\n").unwrap();
        }
    });
    // `spoil` compares files; the folder is gone too.
    let folder = copy();
    fs::create_dir_all(folder.path().join(PROTOCOL).join("gone")).unwrap();
    fs::write(folder.path().join(PROTOCOL).join("gone/old.rs"), "").unwrap();
    run(folder.path(), false);
    assert!(!folder.path().join(PROTOCOL).join("gone").exists());
}

#[test]
fn the_lock_is_written() {
    // Not by removing it: it may hold names that were chosen by hand, which nothing could bring back.
    let path = "schemas/names.lock";
    spoil(&[(path, State::Stale)], |root| {
        let text = fs::read_to_string(root.join(path)).unwrap();
        let (_, without_header) = text.split_once('\n').unwrap();
        fs::write(root.join(path), without_header).unwrap();
    });
}

#[test]
fn faulty_schemas_write_nothing() {
    let folder = copy();
    let root = folder.path();
    let path = root.join("schemas/MS-OXWSPERS-types.xsd");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("type=\"t:", "type=\"t:No", 1)).unwrap();
    fs::remove_file(root.join(PROTOCOL).join("names.rs")).unwrap();

    let before = state(root);
    let plan = regen::plan(root).unwrap();
    assert!(
        plan.failed && plan.changes.is_empty() && plan.messages.contains("error[OX0302]"),
        "{}",
        plan.messages
    );
    assert_eq!((run(root, false), run(root, true)), (Outcome::Findings, Outcome::Findings));
    assert!(before == state(root), "a run that failed wrote");
}

#[test]
fn a_folder_without_schemas_is_an_error() {
    let folder = TempDir::new().unwrap();
    let error = regen::run(folder.path(), &Arguments { check: true }).unwrap_err();
    assert!(format!("{error:#}").contains("schemas"), "{error:#}");
}
