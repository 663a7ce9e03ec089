//! The data directory: damage, foreign and newer files, the lock, backup while others write, restore.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use process::{Site, text};
use rusqlite::Connection;
use tempfile::TempDir;
use ucs::accounts::{Admin, DistributionGroup, NewAccount};
use ucs::store::sqlite::file::{self, FileError};

/// A closed database with some accounts.
fn site(accounts: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = file::open_or_create(folder.path()).unwrap();
    for number in 0..accounts {
        let login = format!("user{number}@example.org");
        Admin::new(&mut connection).add(&NewAccount::new(&login, Some("hash".repeat(20)))).unwrap();
    }
    folder
}

fn key(folder: &Path) -> [u8; 32] {
    *file::open_for_server(folder).unwrap().0.key()
}

fn logins(connection: &mut Connection) -> Vec<String> {
    Admin::new(connection).list().unwrap().into_iter().map(|account| account.login).collect()
}

fn add_group(connection: &mut Connection, number: usize) {
    let group = DistributionGroup { smtp: format!("g{number}@example.org"), display_name: "G".repeat(500) };
    Admin::new(connection).add_group(&group).unwrap();
}

#[test]
fn a_new_database_is_its_owners_alone_and_keeps_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("a/b");
    assert!(matches!(file::connect(&data), Err(FileError::Missing { .. })));
    assert!(!data.exists(), "looking makes nothing");
    let first = key(&data);
    assert_ne!(first, [0; 32]);
    assert_eq!(key(&data), first, "UCS K1: ids survive a restart");
    assert_ne!(key(site(0).path()), first, "each server has its own");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        let (file, connection) = file::open_for_server(&data).unwrap();
        for entry in fs::read_dir(file.directory()).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
        drop(connection);
    }
}

#[test]
fn commits_survive_power_loss() {
    let folder = site(0);
    let (file, first) = file::open_for_server(folder.path()).unwrap();
    for connection in [first, file.connector()().unwrap(), file::connect(folder.path()).unwrap()] {
        let text = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, String>(0));
        let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        assert_eq!(text("journal_mode").unwrap(), "wal");
        assert_eq!(number("synchronous").unwrap(), 2, "FULL");
        assert_eq!(number("foreign_keys").unwrap(), 1);
    }
}

/// A backup has no log of its own, and may be put in the place of the data by hand.
#[test]
fn a_backup_that_was_copied_by_hand_has_a_log_again() {
    let (folder, other) = (site(1), tempfile::tempdir().unwrap());
    file::backup(folder.path(), &other.path().join(file::NAME), false, |_| {}).unwrap();
    let mode = |connection: &Connection| {
        connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap()
    };
    assert_eq!(mode(&file::connect(other.path()).unwrap()), "delete");
    let (_file, connection) = file::open_for_server(other.path()).unwrap();
    assert_eq!(mode(&connection), "wal");
}

#[test]
fn many_processes_make_one_database() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let path = folder.path();
            scope.spawn(move || {
                let mut connection = file::open_or_create(path).unwrap();
                let login = format!("user{number}@example.org");
                Admin::new(&mut connection).add(&NewAccount::new(&login, None)).unwrap();
            });
        }
    });
    assert_eq!(logins(&mut file::connect(folder.path()).unwrap()).len(), 8);
    let keys: i64 = file::connect(folder.path())
        .unwrap()
        .query_row("SELECT count(*) FROM secret", [], |row| row.get(0))
        .unwrap();
    assert_eq!(keys, 1);
}

/// Opening fails in every way of opening, and no byte changes.
fn refused(folder: &Path, expected: impl Fn(&FileError) -> bool) {
    let before = fs::read(folder.join(file::NAME)).unwrap();
    let check = |error: FileError| assert!(expected(&error), "{error:?}");
    check(file::open_for_server(folder).unwrap_err());
    check(file::open_or_create(folder).unwrap_err());
    check(file::connect(folder).unwrap_err());
    check(file::migrate(folder).unwrap_err());
    check(file::backup(folder, &folder.join("backup"), false, |_| {}).unwrap_err());
    assert!(!folder.join("backup").exists());
    assert!(fs::read(folder.join(file::NAME)).unwrap() == before, "the file has changed");
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let folder = site(3);
    let connection = Connection::open(folder.path().join(file::NAME)).unwrap();
    connection.pragma_update(None, "user_version", file::CURRENT + 1).unwrap();
    connection.close().unwrap();
    refused(
        folder.path(),
        |error| matches!(error, FileError::Newer { version, .. } if *version == file::CURRENT + 1),
    );
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    for application in [0, 77] {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join(file::NAME)).unwrap();
        connection.execute_batch("CREATE TABLE account (name TEXT); PRAGMA user_version = 1").unwrap();
        connection.pragma_update(None, "application_id", application).unwrap();
        connection.close().unwrap();
        refused(folder.path(), |error| matches!(error, FileError::Foreign { .. }));
    }
}

/// What root makes for a server that runs as somebody else is of use to that one.
#[cfg(unix)]
#[test]
fn what_root_makes_belongs_to_the_owner_of_the_directory() {
    use std::os::unix::fs::{MetadataExt, chown};
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    fs::create_dir(&data).unwrap();
    if chown(&data, Some(65_534), Some(65_534)).is_err() {
        return eprintln!("skipped: only root can give files away");
    }
    drop(file::open_or_create(&data).unwrap());
    file::backup(&data, &copy, false, |_| {}).unwrap();
    file::restore(&data, &copy, |_| {}).unwrap();
    let names: Vec<_> = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(names.len() >= 3, "{names:?}");
    for path in names {
        let found = fs::metadata(&path).unwrap();
        assert_eq!((found.uid(), found.gid(), found.mode() & 0o777), (65_534, 65_534, 0o600), "{path:?}");
    }
    // A backup is of whoever made it.
    assert_eq!(fs::metadata(&copy).unwrap().uid(), fs::metadata(folder.path()).unwrap().uid());
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(file::NAME), "this is text\n".repeat(500)).unwrap();
    refused(folder.path(), |error| matches!(error, FileError::Damaged { .. }));
}

#[test]
fn a_server_refuses_a_damaged_database() {
    let folder = site(300);
    let path = folder.path().join(file::NAME);
    let good = fs::read(&path).unwrap();
    let pages = good.len() / 4096;
    assert!(pages > 20, "{pages}");
    for page in 0..pages {
        // The kind and the number of cells of a page; page 1 begins with the header of the file.
        let start = if page == 0 { 100 } else { page * 4096 };
        let mut bad = good.clone();
        bad[start] ^= 0xff;
        bad[start + 4] ^= 0x5a;
        fs::write(&path, &bad).unwrap();
        let error = file::open_for_server(folder.path()).expect_err("damage is seen");
        assert!(matches!(error, FileError::Damaged { .. }), "page {page}: {error:?}");
        assert!(fs::read(&path).unwrap() == bad, "page {page} was changed");
    }
    for length in [good.len() / 2, 4096, 5000] {
        fs::write(&path, &good[..length]).unwrap();
        let error = file::open_for_server(folder.path()).expect_err("a file cut off is seen");
        assert!(matches!(error, FileError::Damaged { .. }), "{length} bytes: {error:?}");
    }
    fs::write(&path, &good).unwrap();
    assert!(file::open_for_server(folder.path()).is_ok());
}

/// Every place of `needle` in the file.
fn places(bytes: &[u8], needle: &[u8]) -> Vec<usize> {
    (0..bytes.len() - needle.len()).filter(|&at| bytes[at..].starts_with(needle)).collect()
}

#[test]
fn one_flipped_bit_in_the_key_or_in_an_account_is_seen() {
    let folder = site(2);
    let path = folder.path().join(file::NAME);
    let key = key(folder.path());
    let good = fs::read(&path).unwrap();
    let mut bad = good.clone();
    for at in places(&good, &key) {
        bad[at + 7] ^= 0x10;
    }
    fs::write(&path, &bad).unwrap();
    let error = file::open_for_server(folder.path()).unwrap_err();
    assert!(matches!(&error, FileError::Damaged { what, .. } if what.contains("key")), "{error:?}");

    let mut bad = good.clone();
    let hashes = places(&good, "hash".repeat(20).as_bytes());
    assert_eq!(hashes.len(), 2);
    bad[hashes[0] + 9] ^= 0x01;
    fs::write(&path, &bad).unwrap();
    let mut connection = file::connect(folder.path()).unwrap();
    assert!(Admin::new(&mut connection).list().is_err());
}

#[test]
fn one_server_at_a_time_and_the_other_is_named() {
    let site = Site::new(&["jane@example.org"]);
    let backup = site.folder.path().join("backup");
    site.ucs(&["backup", text(&backup)], "");
    let server = site.serve();
    let pid = server.id();
    let error = file::open_for_server(&site.data()).unwrap_err();
    assert!(
        matches!(&error, FileError::Locked { pid: Some(holder), .. } if *holder == i64::from(pid)),
        "{error:?}"
    );
    for arguments in
        [&["restore", text(&backup), "--yes"][..], &["migrate"], &["serve", "--listen", "127.0.0.1:0"]]
    {
        let said = site.ucs_fails(arguments);
        assert!(said.contains(&format!("process {pid}")), "{said}");
        assert!(said.contains(text(&site.data())), "{said}");
    }
    // However the server ends, the lock goes with it.
    server.kill();
    assert!(file::open_for_server(&site.data()).is_ok());
}

#[test]
fn within_a_process_the_lock_holds_too() {
    let folder = site(0);
    let first = file::open_for_server(folder.path()).unwrap();
    assert!(matches!(file::open_for_server(folder.path()), Err(FileError::Locked { .. })));
    drop(first);
    assert!(file::open_for_server(folder.path()).is_ok());
}

#[test]
fn a_backup_is_of_one_moment_while_others_write() {
    let folder = site(1);
    let mut connection = file::connect(folder.path()).unwrap();
    // Enough for several steps.
    connection
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
             INSERT INTO distribution_group SELECT 'x' || i, 'x' || i, hex(randomblob(300)) FROM n",
        )
        .unwrap();
    add_group(&mut connection, 0);
    let sizes = "SELECT (SELECT count(*) FROM distribution_group), version FROM accounts_state";
    let pair = |connection: &Connection| -> (i64, i64) {
        connection.query_row(sizes, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    let (groups, version) = pair(&connection);
    let stop = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let stop = stop.clone();
        move || {
            let mut number = 1;
            while !stop.load(Ordering::Relaxed) {
                add_group(&mut connection, number);
                number += 1;
            }
            number
        }
    });
    let mut steps = Vec::new();
    for round in 0..3 {
        let to = folder.path().join(format!("backup{round}"));
        let bytes = file::backup(folder.path(), &to, false, |now| steps.push(now)).unwrap().bytes;
        assert_eq!(bytes, fs::metadata(&to).unwrap().len());
        let copy = Connection::open(&to).unwrap();
        let (found, at) = pair(&copy);
        assert_eq!(found - groups, at - version, "each group comes with its version");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    stop.store(true, Ordering::Relaxed);
    assert!(writer.join().unwrap() > 1, "nobody wrote meanwhile");
    assert!(steps.len() > 6 && steps.iter().all(|now| now.done <= now.total), "{steps:?}");
    // No other file stays behind.
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_backup_replaces_nothing_unless_told() {
    let folder = site(1);
    let to = folder.path().join("backup");
    fs::write(&to, "precious").unwrap();
    let error = file::backup(folder.path(), &to, false, |_| {}).unwrap_err();
    assert!(matches!(error, FileError::Exists { .. }), "{error:?}");
    assert_eq!(fs::read(&to).unwrap(), b"precious");
    file::backup(folder.path(), &to, true, |_| {}).unwrap();
    assert!(fs::read(&to).unwrap().starts_with(b"SQLite format 3"));
}

#[test]
fn restore_brings_back_and_keeps_what_was_there() {
    let folder = site(2);
    let elsewhere = tempfile::tempdir().unwrap();
    let backup = elsewhere.path().join("backup");
    let first = key(folder.path());
    file::backup(folder.path(), &backup, false, |_| {}).unwrap();
    let mut connection = file::connect(folder.path()).unwrap();
    Admin::new(&mut connection).add(&NewAccount::new("late@example.org", None)).unwrap();

    // Somebody is at work on it.
    connection.execute_batch("BEGIN; SELECT * FROM account").unwrap();
    let error = file::restore(folder.path(), &backup, |_| {}).unwrap_err();
    assert!(matches!(error, FileError::InUse { .. }), "{error:?}");
    connection.execute_batch("COMMIT").unwrap();
    assert_eq!(logins(&mut connection).len(), 3);
    drop(connection);

    let done = file::restore(folder.path(), &backup, |_| {}).unwrap();
    assert_eq!(done.version, file::CURRENT);
    assert_eq!(key(folder.path()), first, "UCS K1: ids survive");
    let restored = logins(&mut file::connect(folder.path()).unwrap());
    assert_eq!(restored, ["user0@example.org", "user1@example.org"]);
    // What was there is whole: it can be restored in turn.
    let kept = done.replaced.unwrap();
    let again = file::restore(folder.path(), &kept, |_| {}).unwrap();
    assert_ne!(again.replaced.unwrap(), kept);
    assert_eq!(logins(&mut file::connect(folder.path()).unwrap()).len(), 3);

    // On a new machine.
    let other = elsewhere.path().join("new");
    let done = file::restore(&other, &backup, |_| {}).unwrap();
    assert_eq!(done.replaced, None);
    assert_eq!(key(&other), first);
}

#[test]
fn restore_replaces_a_damaged_database_with_its_log() {
    let folder = site(50);
    let elsewhere = tempfile::tempdir().unwrap();
    let backup = elsewhere.path().join("backup");
    file::backup(folder.path(), &backup, false, |_| {}).unwrap();
    let path = folder.path().join(file::NAME);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..100].fill(7);
    fs::write(&path, bytes).unwrap();
    fs::write(folder.path().join("ucs.db-wal"), "of the old database").unwrap();
    let done = file::restore(folder.path(), &backup, |_| {}).unwrap();
    assert!(fs::read(done.replaced.unwrap()).unwrap().starts_with(&[7; 100]));
    assert_eq!(logins(&mut file::open_for_server(folder.path()).unwrap().1).len(), 50);
}

#[test]
fn a_bad_backup_is_refused_and_changes_nothing() {
    let folder = site(100);
    let backup = folder.path().join("backup");
    file::backup(folder.path(), &backup, false, |_| {}).unwrap();
    let good = fs::read(&backup).unwrap();
    let before = fs::read(folder.path().join(file::NAME)).unwrap();
    let refused = |what: &str| {
        let error = file::restore(folder.path(), &backup, |_| {}).expect_err(what);
        assert!(fs::read(folder.path().join(file::NAME)).unwrap() == before, "{what}: {error}");
        error
    };
    for page in 1..good.len() / 4096 {
        let mut bad = good.clone();
        bad[page * 4096] ^= 0xff;
        bad[page * 4096 + 4] ^= 0x5a;
        fs::write(&backup, &bad).unwrap();
        assert!(matches!(refused("damage"), FileError::Damaged { .. }), "page {page}");
    }
    fs::write(&backup, &good[..good.len() / 2]).unwrap();
    assert!(matches!(refused("half"), FileError::Damaged { .. }));
    fs::write(&backup, "text").unwrap();
    assert!(matches!(refused("text"), FileError::Damaged { .. }));
    fs::write(&backup, "").unwrap();
    assert!(matches!(refused("nothing"), FileError::Foreign { .. }));
    fs::write(&backup, &good).unwrap();
    let connection = Connection::open(&backup).unwrap();
    connection.pragma_update(None, "user_version", file::CURRENT + 1).unwrap();
    connection.close().unwrap();
    assert!(matches!(refused("newer"), FileError::Newer { .. }));
    fs::remove_file(&backup).unwrap();
    assert!(matches!(refused("missing"), FileError::Io { .. }));
}
