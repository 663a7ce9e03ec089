//! `Lock`: one server at a time on a data directory.
//!
//! A transaction that stays open in a small database beside the real one: the operating system ends it with the
//! process, however that ends, and others can still read who holds it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use super::{FileError, file_of};

/// The name of the lock in the data directory.
pub(super) const NAME: &str = "ucs.lock";

/// Keeps other servers away until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _connection: Connection,
}

impl Lock {
    /// Takes the lock of a data directory.
    ///
    /// # Errors
    /// When another process has it, or the lock file cannot be used.
    pub fn take(directory: &Path) -> Result<Lock, FileError> {
        let path = directory.join(NAME);
        file_of(directory, &path)?;
        let locked = |connection: Option<&Connection>| FileError::Locked {
            directory: directory.to_owned(),
            pid: connection.and_then(holder),
        };
        let failed = |connection: Option<&Connection>, error: rusqlite::Error| match error.sqlite_error_code()
        {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => locked(connection),
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => unusable(&path),
            _ => FileError::sqlite(&path, error),
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(|error| failed(None, error))?;
        connection.busy_timeout(Duration::from_millis(200)).map_err(|error| failed(None, error))?;
        let me = i64::from(std::process::id());
        // Written first and held then: another process can come between, and is seen by its number.
        for _ in 0..8 {
            write(&connection, me).map_err(|error| failed(Some(&connection), error))?;
            connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| failed(Some(&connection), error))?;
            if holder(&connection) == Some(me) {
                return Ok(Lock { _connection: connection });
            }
            connection.execute_batch("ROLLBACK").map_err(|error| failed(Some(&connection), error))?;
        }
        Err(locked(Some(&connection)))
    }
}

fn write(connection: &Connection, pid: i64) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE;
         CREATE TABLE IF NOT EXISTS holder (only INTEGER NOT NULL PRIMARY KEY, pid INTEGER NOT NULL) STRICT;
         INSERT OR REPLACE INTO holder (only, pid) VALUES (1, {pid});
         COMMIT;"
    ))
}

fn holder(connection: &Connection) -> Option<i64> {
    connection.query_row("SELECT pid FROM holder", [], |row| row.get(0)).optional().ok().flatten()
}

fn unusable(path: &Path) -> FileError {
    let path: PathBuf = path.to_owned();
    let what = "it is not a lock; remove it while no server runs".to_owned();
    FileError::Io { what: "cannot use".to_owned(), path, source: std::io::Error::other(what) }
}
