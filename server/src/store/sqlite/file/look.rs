//! Looking at a database before it is used, without changing it.

use std::path::Path;

use rusqlite::ffi::{SQLITE_READONLY_RECOVERY, SQLITE_READONLY_ROLLBACK};
use rusqlite::{Connection, Error, OpenFlags, OptionalExtension};

use super::{APPLICATION, Checksum, FileError, PATIENCE, connection, still};

/// What a file is.
pub(super) enum Found {
    /// Nothing yet: a database without tables.
    Empty,
    /// A database of ours, of that version.
    Version(i64),
}

/// How thoroughly a database is checked.
#[derive(Clone, Copy)]
pub(super) enum Depth {
    /// Every page.
    Quick,
    /// Every page, and that indexes and foreign keys agree with the tables.
    Full,
}

/// Looks at a file, read-only; unless a crash has left a transaction in it half done, which SQLite then takes back.
pub(super) fn at(path: &Path) -> Result<Found, FileError> {
    let half_done = |error: &FileError| {
        matches!(error, FileError::Sqlite { source: Error::SqliteFailure(failure, _), .. }
            if matches!(failure.extended_code, SQLITE_READONLY_ROLLBACK | SQLITE_READONLY_RECOVERY))
    };
    match with(&read_only(path)?, path) {
        Err(error) if half_done(&error) => {
            with(&connection(path).map_err(|error| FileError::sqlite(path, error))?, path)
        }
        found => found,
    }
}

/// Looks at a file by this connection.
fn with(connection: &Connection, path: &Path) -> Result<Found, FileError> {
    let failed = |error| FileError::sqlite(path, error);
    // Of one moment: another process may be making the database, and is seen before or after that, not between.
    connection.execute_batch("BEGIN").map_err(failed)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    let number =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failed);
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application == APPLICATION && version > 0 {
        return Ok(Found::Version(version));
    }
    if application == 0 && version == 0 && tables == 0 {
        return Ok(Found::Empty);
    }
    Err(FileError::Foreign { path: path.to_owned() })
}

/// A connection that cannot write.
pub(super) fn read_only(path: &Path) -> Result<Connection, FileError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = still::open(path, flags).map_err(|error| FileError::sqlite(path, error))?;
    connection.busy_timeout(PATIENCE).map_err(|error| FileError::sqlite(path, error))?;
    Ok(connection)
}

/// Checks that a database is whole.
pub(super) fn whole(connection: &Connection, path: &Path, depth: Depth) -> Result<(), FileError> {
    let pragma = match depth {
        Depth::Quick => "quick_check",
        Depth::Full => "integrity_check",
    };
    let failed = |error| FileError::sqlite(path, error);
    let found: String =
        connection.query_row(&format!("PRAGMA {pragma}(1)"), [], |row| row.get(0)).map_err(failed)?;
    let damaged = |what: String| FileError::damaged(path, what);
    if found != "ok" {
        // SQLite's report may have several lines; the first says enough.
        let line = found.lines().find(|line| !line.starts_with("***")).unwrap_or(&found);
        return Err(damaged(line.to_owned()));
    }
    if matches!(depth, Depth::Full) {
        let table: Option<String> = connection
            .query_row("SELECT \"table\" FROM pragma_foreign_key_check()", [], |row| row.get(0))
            .optional()
            .map_err(failed)?;
        if let Some(table) = table {
            return Err(damaged(format!("a row of the table {table} belongs to nothing")));
        }
    }
    Ok(())
}

/// The key of the ids.
pub(super) fn key(connection: &Connection, path: &Path) -> Result<[u8; 32], FileError> {
    let damaged = |what: &str| FileError::damaged(path, what.to_owned());
    let (key, sum): ([u8; 32], i64) = connection
        .query_row("SELECT value, sum FROM secret WHERE name = 'ids'", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(|error| FileError::sqlite(path, error))?
        .ok_or_else(|| damaged("the key of the ids is missing"))?;
    if sum != key_sum(&key) {
        return Err(damaged("the key of the ids has a wrong checksum"));
    }
    Ok(key)
}

/// The checksum in the row of the key.
pub(super) fn key_sum(key: &[u8; 32]) -> i64 {
    Checksum::new("secret").bytes(b"ids").bytes(key).finish()
}
