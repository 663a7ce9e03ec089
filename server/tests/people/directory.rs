//! The directory in the data: what is put in, what a server sees of it, damage, backup, and data of an older version.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;
use ucs::accounts::Admin;
use ucs::people::Details;
use ucs::store::People;
use ucs::store::sqlite::file::{self, FileError, Migrated};
use ucs::store::sqlite::{DirectoryAdmin, DirectoryError, Put, SqliteDirectory};

fn somebody(email: &str, name: &str) -> Details {
    Details { display_name: name.to_owned(), company: Some("Contoso".to_owned()), ..Details::new(email) }
}

fn put(connection: &mut Connection, people: &[Details], only: bool) -> Put {
    DirectoryAdmin::new(connection).put(people.to_vec(), only, || {}).unwrap()
}

fn site() -> (TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = file::open_or_create(folder.path()).unwrap();
    put(&mut connection, &[somebody("ann@example.org", "Ann"), somebody("bob@example.org", "Bob")], false);
    (folder, connection)
}

fn emails(connection: &mut Connection) -> Vec<String> {
    let all = DirectoryAdmin::new(connection).list().unwrap();
    all.into_iter().map(|entry| entry.details.email).collect()
}

/// UCS F9: the e-mail address tells entries apart; what stays keeps its id, and no id is given twice.
#[test]
fn people_are_put_in_by_their_address() {
    let (_folder, mut connection) = site();
    let ids = |connection: &mut Connection| -> Vec<u64> {
        DirectoryAdmin::new(connection).list().unwrap().iter().map(|entry| entry.id.0).collect()
    };
    let first = ids(&mut connection);
    let mut ticks = 0;
    let again = [somebody("ANN@example.org", "Ann B."), somebody("bob@example.org", "Bob")];
    let done = DirectoryAdmin::new(&mut connection).put(again, false, || ticks += 1).unwrap();
    assert_eq!((done, ticks), (Put { changed: 1, unchanged: 1, ..Put::default() }, 2));
    assert_eq!(ids(&mut connection), first);
    assert_eq!(emails(&mut connection), ["ANN@example.org", "bob@example.org"]);

    let done =
        put(&mut connection, &[somebody("cy@example.org", "Cy"), somebody("bob@example.org", "Bob")], true);
    assert_eq!(done, Put { added: 1, unchanged: 1, removed: 1, ..Put::default() });
    assert_eq!(emails(&mut connection), ["bob@example.org", "cy@example.org"]);
    let mut admin = DirectoryAdmin::new(&mut connection);
    assert!(admin.remove("sip:CY@example.org").unwrap() && !admin.remove("cy@example.org").unwrap());
    assert_eq!((admin.clear().unwrap(), admin.count().unwrap()), (1, 0));
    put(&mut connection, &[somebody("ann@example.org", "Ann")], false);
    assert!(ids(&mut connection)[0] > *first.iter().max().unwrap());

    // Somebody who cannot be in it: nothing has changed.
    let people = [somebody("dora@example.org", "Dora"), somebody("nobody", "")];
    let refused = DirectoryAdmin::new(&mut connection).put(people, true, || {});
    assert!(matches!(refused, Err(DirectoryError::Unfit(_))), "{refused:?}");
    assert_eq!(emails(&mut connection), ["ann@example.org"]);
}

/// A large import does not keep others from writing: a server, above all. What it has done is seen when it is done.
#[test]
fn others_write_during_an_import() {
    let (folder, mut connection) = site();
    let path = folder.path().join(file::NAME);
    let version = |connection: &Connection| -> i64 {
        connection.query_row("SELECT version FROM directory_state", [], |row| row.get(0)).unwrap()
    };
    let first = version(&connection);
    let ended = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let over = ended.clone();
    let other = std::thread::spawn(move || {
        let connection = Connection::open(path).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        let mut writes = 0;
        while !over.load(std::sync::atomic::Ordering::Acquire) {
            connection.execute("UPDATE accounts_state SET version = version + 1", []).unwrap();
            let seen = version(&connection);
            assert!(
                seen == first || over.load(std::sync::atomic::Ordering::Acquire),
                "seen before it is done"
            );
            writes += 1;
            std::thread::sleep(Duration::from_millis(5));
        }
        writes
    });
    let people = (0..5000).map(|at| somebody(&format!("p{at}@example.org"), "P"));
    let mut ticks = 0;
    let done = DirectoryAdmin::new(&mut connection).put(people, false, || {
        ticks += 1;
        // The last step, which makes it seen, is after the last of these.
        ended.store(ticks == 5000, std::sync::atomic::Ordering::Release);
    });
    assert_eq!(done.unwrap(), Put { added: 5000, ..Put::default() });
    assert!(other.join().unwrap() > 3);
    assert_eq!(version(&connection), first + 1);
}

fn names(directory: &SqliteDirectory) -> Vec<String> {
    let directory = directory.directory();
    let of = |email: &str| directory.entry_at(email).map(|entry| entry.details.display_name.clone());
    ["ann@example.org", "bob@example.org", "cy@example.org"].into_iter().filter_map(of).collect()
}

/// UCS F10: a server sees what commands change, and what asked before keeps what it has.
#[test]
fn a_server_sees_changes() {
    let (folder, mut connection) = site();
    let (file, _connection) = file::open_for_server(folder.path()).unwrap();
    let directory = SqliteDirectory::open(file.connector()).unwrap();
    assert_eq!(names(&directory), ["Ann", "Bob"]);
    let before = directory.directory();
    put(&mut connection, &[somebody("cy@example.org", "Cy"), somebody("bob@example.org", "Robert")], true);
    let begun = Instant::now();
    while names(&directory) != ["Robert", "Cy"] {
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", names(&directory));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(before.len(), 2);
    // Another commit is no change of the directory.
    let now = directory.directory();
    Admin::new(&mut connection).clear_groups().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(std::sync::Arc::ptr_eq(&now, &directory.directory()));
}

/// A row that was changed from outside is noticed, whichever field it is.
#[test]
fn damaged_rows_are_noticed() {
    for change in [
        "display_name = 'Eve'",
        "email = 'eve@example.org'",
        "im_address = NULL",
        "company = NULL, department = company",
        "mobile = '1'",
        "created = created + 1",
        "id = id + 1000",
    ] {
        let (_folder, mut connection) = site();
        connection
            .execute(&format!("UPDATE directory_entry SET {change} WHERE key = 'ann@example.org'"), [])
            .unwrap();
        let found = DirectoryAdmin::new(&mut connection).list();
        assert!(matches!(found, Err(DirectoryError::Damaged(_))), "{change}: {found:?}");
        let open = SqliteDirectory::open({
            let path = connection.path().unwrap().to_owned();
            move || Connection::open(&path)
        });
        assert!(open.unwrap_err().to_string().contains("restore a backup"), "{change}");
    }
}

/// UCS F10: backup and restore carry the directory.
#[test]
fn a_backup_has_the_directory() {
    let (folder, mut connection) = site();
    let backup = folder.path().join("backup");
    file::backup(folder.path(), &backup, false, |_| {}).unwrap();
    DirectoryAdmin::new(&mut connection).clear().unwrap();
    drop(connection);
    file::restore(folder.path(), &backup, |_| {}).unwrap();
    assert_eq!(emails(&mut file::connect(folder.path()).unwrap()), ["ann@example.org", "bob@example.org"]);
}

/// Puts a database of version 1 into a data directory.
pub(crate) fn version_1(folder: &Path) {
    let connection = Connection::open(folder.join(file::NAME)).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch(include_str!("version_1.sql")).unwrap();
}

/// UCS F10, K1: data of version 1 is refused as it is, and whole after its migration: accounts, grants, groups, and the
/// key, and a directory that is empty.
#[test]
fn data_of_version_1_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    version_1(folder.path());
    let key = |connection: &Connection| -> Vec<u8> {
        connection.query_row("SELECT value FROM secret WHERE name = 'ids'", [], |row| row.get(0)).unwrap()
    };
    let first = key(&Connection::open(folder.path().join(file::NAME)).unwrap());
    for refused in [file::connect(folder.path()).map(drop), file::open_for_server(folder.path()).map(drop)] {
        let error = refused.unwrap_err();
        assert!(matches!(error, FileError::Older { version: 1, .. }), "{error:?}");
        assert!(error.to_string().contains("migrate"), "{error}");
    }
    // A backup that was made before is restored as it is, to be migrated then.
    let copy = folder.path().join("old");
    std::fs::copy(folder.path().join(file::NAME), &copy).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(file::restore(elsewhere.path(), &copy, |_| {}).unwrap().version, 1);

    for data in [folder.path(), elsewhere.path()] {
        assert_eq!(file::migrate(data).unwrap(), Migrated { from: 1, to: file::CURRENT });
        assert_eq!(file::migrate(data).unwrap().from, file::CURRENT);
        let mut connection = file::connect(data).unwrap();
        assert_eq!(key(&connection), first);
        assert_eq!(emails(&mut connection), Vec::<String>::new());
        let admin = Admin::new(&mut connection);
        let accounts = admin.list().unwrap();
        let logins: Vec<&str> = accounts.iter().map(|account| account.login.as_str()).collect();
        assert_eq!(logins, ["jane@example.org", "joe@example.org"]);
        assert_eq!(admin.grants().unwrap().len(), 1);
        assert_eq!(admin.groups().unwrap().unwrap().len(), 1);
        put(&mut connection, &[somebody("ann@example.org", "Ann")], false);
    }
    // The tables are those that a new database has.
    let tables = |data: &Path| -> Vec<(String, Option<String>)> {
        let connection = file::open_or_create(data).unwrap();
        let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let new = tempfile::tempdir().unwrap();
    assert_eq!(tables(folder.path()), tables(new.path()));
}
