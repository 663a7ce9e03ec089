//! Databases that nobody can change, as on a read-only file system: a snapshot, a mounted backup.
//!
//! To read a database that has a write-ahead log, SQLite makes files beside it. It needs none where it may take for
//! granted that nothing changes (`immutable`), and then looks neither for a log nor for locks. So that is for a file system
//! that is read-only here, and a database beside which there is nothing: it has no log that would be missed, and no
//! process that has another way to its folder has it open. With both of those files beside it, SQLite needs no more.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, OpenFlags};

use super::own::BESIDE;
use super::with_suffix;

/// A database that nobody can change, as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Still {
    path: PathBuf,
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Still {
    /// Whether a database is one, and as what.
    pub(super) fn of(path: &Path) -> Option<Still> {
        let path = path.canonicalize().ok()?;
        // An empty log without its index is none that a process has open.
        let beside = |suffix: &&str| match with_suffix(&path, suffix).symlink_metadata() {
            Ok(data) => *suffix != "-wal" || data.len() > 0,
            Err(_) => false,
        };
        if !is_read_only(&path) || BESIDE.iter().any(beside) {
            return None;
        }
        let data = path.metadata().ok()?;
        Some(Still { bytes: data.len(), changed: data.modified().ok(), path })
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(uri(&self.path), flags)
    }
}

/// Opens a database; one that nobody can change for reading, whatever the flags say.
pub(super) fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    match Still::of(path) {
        Some(still) => still.open(),
        None => Connection::open_with_flags(path, flags),
    }
}

/// An absolute path as SQLite reads it with parameters behind it.
fn uri(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    let path: String = bytes
        .map(|byte| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("file:{path}?immutable=1")
}

/// Whether nothing can be written to the file system of a file.
#[cfg(unix)]
fn is_read_only(path: &Path) -> bool {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    statvfs(path).is_ok_and(|system| system.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// Not known.
#[cfg(not(unix))]
fn is_read_only(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_immutable_database_is_read_whatever_its_path_has_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b?mode=rwc&x#%41 \u{fc}.db");
        let made = Connection::open(&path).unwrap();
        made.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)")
            .unwrap();
        made.close().unwrap();
        let still = Still { path: path.clone(), bytes: 0, changed: None };
        let connection = still.open().unwrap();
        let found: i64 = connection.query_row("SELECT a FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(found, 7);
        assert!(connection.execute("DELETE FROM t", []).is_err());
        // Nothing was made beside it, as SQLite does to read it otherwise.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        // Where something can be written, nothing is taken for granted.
        assert_eq!(Still::of(&path), None);
    }
}
