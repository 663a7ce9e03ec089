//! Stores for tests.

#![allow(dead_code, reason = "each test uses some of it")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use ucs::store::Clock;
use ucs::store::sqlite::{SCHEMA, Settings, SqliteLists};

/// A clock that never moves: ids are told apart all the same.
pub(crate) fn still_clock() -> Clock {
    Arc::new(|| 1_700_000_000_000_000)
}

/// A database file that is removed with it.
pub(crate) struct SqliteFile {
    folder: tempfile::TempDir,
}

impl SqliteFile {
    pub(crate) fn new() -> SqliteFile {
        let file = SqliteFile { folder: tempfile::tempdir().unwrap() };
        file.connect().execute_batch(SCHEMA).unwrap();
        file
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("lists.db")
    }

    /// A connection that does not wait for the disk: these tests are about what is in the file.
    pub(crate) fn connect(&self) -> Connection {
        connect(&self.path()).unwrap()
    }

    pub(crate) fn lists_with(&self, cache_bytes: u64) -> SqliteLists {
        let path = self.path();
        let settings = Settings { cache_bytes, clock: still_clock(), ..Settings::default() };
        SqliteLists::open(move || connect(&path), settings).unwrap()
    }

    pub(crate) fn lists(&self) -> SqliteLists {
        self.lists_with(1 << 20)
    }

    /// Every read goes to the file.
    pub(crate) fn lists_without_memory(&self) -> SqliteLists {
        self.lists_with(0)
    }
}

fn connect(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "off")?;
    Ok(connection)
}
