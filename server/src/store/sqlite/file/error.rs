//! Why a data directory cannot be used. Nothing has changed where one of these is returned from opening.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::access;
use super::migrations::CURRENT;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no database.
    #[error(
        "there is no database {}; `ucs serve` and `ucs user add` make one, `ucs restore` brings one back",
        path.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// It is a database of another program.
    #[error("{} is a database of another program", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was made or upgraded by a newer version of this program.
    #[error(
        "{} has version {version}, and this program knows versions up to {CURRENT}; use a newer one",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: i64,
    },
    /// It was made by an older version of this program.
    #[error(
        "{} has version {version}, and this program needs version {CURRENT}; `ucs migrate` upgrades it",
        path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: i64,
    },
    /// It is no database, or what it holds does not fit together.
    #[error("{}", damage(path, what, *backup))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
        /// Whether it is a backup that was to be restored.
        backup: bool,
    },
    /// The file that was to be restored is the database itself.
    #[error("{} is the database itself; name the backup that is to replace it", path.display())]
    Itself {
        /// The file.
        path: PathBuf,
    },
    /// A backup was to be written over a file of the data directory.
    #[error("{} is one of the data directory's own files; choose another place for the backup", path.display())]
    Own {
        /// The file.
        path: PathBuf,
    },
    /// A backup was to be written to, or read from, a folder, a device or a pipe.
    #[error("{} is no regular file, and a backup is one", path.display())]
    NotAFile {
        /// What it is not.
        path: PathBuf,
    },
    /// No copy could be made before an upgrade.
    #[error(
        "{} is not migrated, for no copy of it can be kept first; see to the space and the rights of its folder",
        path.display()
    )]
    NotKept {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<FileError>,
    },
    /// A server has the directory.
    #[error("a server{} is running on the data directory {}", of(*pid), directory.display())]
    Locked {
        /// The data directory.
        directory: PathBuf,
        /// The process of the server, if it is known.
        pid: Option<i64>,
    },
    /// Another command has the database open.
    #[error("{} is in use by another command", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It was changed while it was read as one that nobody can change.
    #[error("{} was changed while it was read, though its file system is read-only here; try again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file that is not to be replaced.
    #[error("{} is there already; --force replaces it", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{what} {}{}", path.display(), access::hint(source))]
    Io {
        /// What was tried.
        what: String,
        /// With which file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// SQLite cannot open it, or not as it has to.
    #[error("cannot use {}: {obstacle}", path.display())]
    NoAccess {
        /// The file.
        path: PathBuf,
        /// What is in the way, and what to do.
        obstacle: String,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// SQLite refused.
    #[error("cannot use {}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: rusqlite::Error,
    },
}

fn damage(path: &Path, what: &str, backup: bool) -> String {
    let path = path.display();
    match backup {
        true => format!("{path} cannot be restored: {what}; choose another backup, nothing has changed"),
        false => format!("{path} is damaged: {what}; `ucs restore` brings back a backup"),
    }
}

fn of(pid: Option<i64>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
}

impl FileError {
    /// Whether another connection has the file at the moment.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, FileError::Sqlite { source, .. } if source.sqlite_error_code() == Some(ErrorCode::DatabaseBusy))
    }

    pub(super) fn io(what: &str, path: &Path, source: io::Error) -> FileError {
        FileError::Io { what: what.to_owned(), path: path.to_owned(), source }
    }

    pub(super) fn damaged(path: &Path, what: String) -> FileError {
        FileError::Damaged { path: path.to_owned(), what, backup: false }
    }

    /// Of a file that was to be restored: it is no help against its damage to restore a backup.
    pub(super) fn of_backup(self) -> FileError {
        match self {
            FileError::Damaged { path, what, .. } => FileError::Damaged { path, what, backup: true },
            other => other,
        }
    }

    /// The same damage of another file, of which this one is a copy.
    pub(super) fn of(self, path: &Path) -> FileError {
        match self {
            FileError::Damaged { what, backup, .. } => {
                FileError::Damaged { path: path.to_owned(), what, backup }
            }
            other => other,
        }
    }

    /// Of a file that can be read only, and was to be changed.
    pub(super) fn read_only(path: &Path) -> FileError {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
        FileError::sqlite(path, rusqlite::Error::SqliteFailure(code, None))
    }

    /// Tells damage from other failures, and what is in the way from what SQLite says of it.
    pub(super) fn sqlite(path: &Path, source: rusqlite::Error) -> FileError {
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => FileError::damaged(path, "it is not a database".to_owned()),
            Some(ErrorCode::DatabaseCorrupt) => FileError::damaged(path, source.to_string()),
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                match access::obstacle(path) {
                    Some(obstacle) => FileError::NoAccess { path: path.to_owned(), obstacle, source },
                    None => FileError::Sqlite { path: path.to_owned(), source },
                }
            }
            Some(code @ (ErrorCode::DiskFull | ErrorCode::SystemIoFailure)) => {
                let obstacle = match code {
                    ErrorCode::DiskFull => "there is no room left on its disk; make some, and try again",
                    _ => "its disk is full, or fails; see to it, and try again",
                };
                FileError::NoAccess { path: path.to_owned(), obstacle: obstacle.to_owned(), source }
            }
            _ => FileError::Sqlite { path: path.to_owned(), source },
        }
    }
}
