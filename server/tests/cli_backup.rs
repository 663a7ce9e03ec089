//! `ucs backup` that is killed: the file is whole or not there, and the next run removes what is left. Beside a running
//! server, it does not replace the data. `ucs migrate` keeps a copy first.

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

#[test]
fn a_backup_does_not_replace_the_data_of_a_running_server() {
    let site = Site::new(&["jane@example.org"]);
    let server = site.serve();
    let database = site.data().join("ucs.db");
    let number = || std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(&database).unwrap());
    let before = number();
    let said = site.ucs_fails(&["backup", text(&database), "--force"]);
    assert!(said.contains("choose another place"), "{said}");
    assert_eq!(number(), before);
    assert_eq!(left(&site.data()), [""; 0].map(PathBuf::from));
    server.stop();
}

#[test]
fn only_a_regular_file_is_a_backup() {
    use std::os::unix::fs::FileTypeExt as _;
    let site = Site::new(&["jane@example.org"]);
    let folder = site.data().parent().unwrap().to_owned();
    // Neither a file nor a folder, as a device is: it must not become a file.
    let socket = folder.join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for place in [&socket, &folder] {
        let said = site.ucs_fails(&["backup", text(place), "--force"]);
        assert!(said.contains("is no regular file"), "{said}");
        let said = site.ucs_fails(&["restore", text(place), "--yes"]);
        assert!(said.contains("is no regular file"), "{said}");
    }
    assert!(std::fs::metadata(&socket).unwrap().file_type().is_socket());
}

/// Data of version 1, with something in it.
fn old() -> Site {
    let site = Site::new(&[]);
    std::fs::create_dir(site.data()).unwrap();
    let connection = rusqlite::Connection::open(site.data().join("ucs.db")).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch(include_str!("people/version_1.sql")).unwrap();
    connection
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO distribution_group SELECT 'x' || i, 'x' || i, hex(randomblob(300)) FROM n",
        )
        .unwrap();
    connection.close().unwrap();
    site
}

/// The version of a database, and how many groups it has.
fn content(file: &Path) -> (i64, i64) {
    let connection = rusqlite::Connection::open(file).unwrap();
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let groups =
        connection.query_row("SELECT count(*) FROM distribution_group", [], |row| row.get(0)).unwrap();
    (version, groups)
}

/// What a migration has kept.
fn kept(site: &Site) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(site.data()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains("ucs.db.version-1-")).collect()
}

#[test]
fn a_migration_keeps_what_was_there() {
    let site = old();
    let database = site.data().join("ucs.db");
    let before = content(&database);
    assert_eq!(before.0, 1);
    let output = site.ucs(&["migrate"], "");
    let [copy] = kept(&site).try_into().expect("one copy is kept");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, format!("the data as it was is kept as {}\n", copy.display()));
    assert_eq!(content(&database), (ucs::store::sqlite::file::CURRENT, before.1));
    assert_eq!(content(&copy), before);
    // There is nothing to keep the second time.
    assert!(site.ucs(&["migrate"], "").stderr.is_empty());
    assert_eq!(kept(&site), std::slice::from_ref(&copy));
    site.ucs(&["restore", text(&copy), "--yes"], "");
    assert_eq!(content(&database), before);
    site.ucs(&["migrate"], "");
    assert_eq!(kept(&site).len(), 2);
}

#[test]
fn without_a_copy_nothing_is_migrated() {
    let site = old();
    let database = site.data().join("ucs.db");
    let before = content(&database);
    // No file may become as large as the copy would be.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 1000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_ucs")]);
    command.args(["migrate", "--data", text(&site.data())]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no copy of it can be kept") && said.contains("because: "), "{said}");
    assert_eq!(content(&database), before);
    assert_eq!((kept(&site), left(&site.data())), (Vec::new(), Vec::new()));
    site.ucs(&["migrate"], "");
}

#[test]
fn data_of_an_older_version_is_backed_up_as_it_is() {
    let site = old();
    let before = content(&site.data().join("ucs.db"));
    let file = site.folder.path().join("copy.db");
    site.ucs(&["backup", text(&file)], "");
    assert_eq!(content(&file), before);
    site.ucs(&["migrate"], "");
    let restored = site.ucs(&["restore", text(&file), "--yes"], "");
    assert!(String::from_utf8(restored.stdout).unwrap().contains("run `ucs migrate`"));
    site.ucs(&["migrate"], "");
    site.ucs(&["group-directory", "list"], "");
}
