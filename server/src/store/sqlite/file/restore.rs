//! Restore: a backup becomes the database, and the database that was there is kept beside it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::backup::{Progress, copy};
use super::own::is_same;
use super::partial::Partial;
use super::{
    CURRENT, FileError, Lock, NAME, connection, dated, is_other, look, make_directory, synced_directory,
    there, with_suffix,
};

/// What a restore did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// The version of the database now.
    pub version: i64,
    /// Where the database is that was there before.
    pub replaced: Option<PathBuf>,
}

/// Puts a backup in the place of the database of a data directory. No server may run. The backup is checked fully
/// first; at every moment there is the old or the new database.
///
/// # Errors
/// When a server runs, when another command has the database open, or when the backup is damaged, foreign, newer or the
/// database itself. The database is then as it was.
pub fn restore(
    directory: &Path,
    file: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Restored, FileError> {
    if !there(file)? {
        let none = std::io::Error::new(ErrorKind::NotFound, "there is no such file");
        return Err(FileError::io("cannot read", file, none));
    }
    // Reading a pipe could take for ever.
    if is_other(file)? {
        return Err(FileError::NotAFile { path: file.to_owned() });
    }
    let path = directory.join(NAME);
    if is_same(file, &path) {
        return Err(FileError::Itself { path: file.to_owned() });
    }
    make_directory(directory)?;
    let _lock = Lock::take(directory)?;
    let version = match look::at(file).map_err(FileError::of_backup)? {
        look::Found::Empty => return Err(FileError::Foreign { path: file.to_owned() }),
        look::Found::Version(version) if version > CURRENT => {
            return Err(FileError::Newer { path: file.to_owned(), version });
        }
        look::Found::Version(version) => version,
    };
    let source = look::read_only(file)?;
    look::whole(&source, file, look::Depth::Full).map_err(FileError::of_backup)?;
    look::key(&source, file).map_err(FileError::of_backup)?;
    let (partial, _) = Partial::new_of(directory)?;
    copy(&source, &partial.path(), &mut progress)?;
    write_ahead(&partial.path())?;
    partial.sync().map_err(|source| FileError::io("cannot write", &path, source))?;
    let replaced = if there(&path)? { Some(set_aside(&path)?) } else { None };
    partial.replace(&path).map_err(|source| FileError::io("cannot replace", &path, source))?;
    synced_directory(directory)?;
    Ok(Restored { version, replaced })
}

/// Turns on the write-ahead log, which stays on in the file.
fn write_ahead(path: &Path) -> Result<(), FileError> {
    let failed = |error| FileError::sqlite(path, error);
    let connection = connection(path).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    connection.close().map_err(|(_, error)| failed(error))
}

/// Keeps the database under a dated name too, with all that it holds in one file if it can still be read.
fn set_aside(path: &Path) -> Result<PathBuf, FileError> {
    let _holding = match alone(path) {
        Ok(connection) => Some(connection),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                return Err(FileError::InUse { path: path.to_owned() });
            }
            // Damaged: kept as it is.
            _ => None,
        },
    };
    let refused = |source| FileError::io("cannot keep", path, source);
    let mut name = dated(path, "replaced");
    let mut kept = name();
    loop {
        match fs::hard_link(path, &kept) {
            Ok(()) => break,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                kept = name();
            }
            // A file system without links.
            Err(_) => {
                fs::rename(path, &kept).map_err(refused)?;
                break;
            }
        }
    }
    // The log of the old database would be taken for that of the new one. It is empty, or the database is damaged.
    for suffix in ["-wal", "-journal"] {
        match fs::rename(with_suffix(path, suffix), with_suffix(&kept, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(refused(error)),
            _ => {}
        }
    }
    match fs::remove_file(with_suffix(path, "-shm")) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(refused(error)),
        _ => {}
    }
    Ok(kept)
}

/// A connection that keeps all others away, with nothing left in a log.
fn alone(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connection(path)?;
    connection.busy_timeout(Duration::from_secs(1))?;
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    Ok(connection)
}
