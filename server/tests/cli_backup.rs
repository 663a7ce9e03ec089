//! `ucs backup` that is killed: the file is whole or not there, and the next run removes what is left.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use process::{Site, text};

const LONG: Duration = Duration::from_secs(60);

/// What unfinished backups have left in a folder.
fn left(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().ends_with(".partial")).collect()
}

/// Whether one is copying.
fn is_copying(folder: &Path) -> bool {
    let some = |path: &PathBuf| std::fs::metadata(path.join("ucs.db")).is_ok_and(|data| data.len() > 0);
    left(folder).iter().any(some)
}

fn backup(site: &Site, file: &Path) -> Command {
    let mut command = process::ucs();
    command.args(["backup", text(file), "--force", "--data", text(&site.data())]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[test]
fn a_killed_backup_leaves_nothing_that_stays() {
    let site = Site::new(&["jane@example.org"]);
    // Enough to take a while.
    let connection = rusqlite::Connection::open(site.data().join("ucs.db")).unwrap();
    connection
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
             INSERT INTO distribution_group SELECT 'x' || i, 'x' || i, hex(randomblob(300)) FROM n",
        )
        .unwrap();
    drop(connection);
    let folder = site.folder.path().join("backups");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("copy.db");
    let begun = Instant::now();
    // Until one was killed in the middle of its work.
    loop {
        assert!(begun.elapsed() < LONG, "none was killed in time");
        let mut child = backup(&site, &file).spawn().unwrap();
        while !is_copying(&folder) && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if is_copying(&folder) && !file.exists() {
            break;
        }
    }
    let output = backup(&site, &file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("killed"), "{said}");
    assert_eq!(left(&folder), [""; 0].map(PathBuf::from));
    let copy = rusqlite::Connection::open(&file).unwrap();
    let count: i64 = copy.query_row("SELECT count(*) FROM distribution_group", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 100_000);
    // Once only.
    let output = backup(&site, &file).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
}
