//! Why a data directory cannot be used. Nothing has changed where one of these is returned from opening.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

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
    #[error("{} is damaged: {what}; `ucs restore` brings back a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
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
    /// A file that is not to be replaced.
    #[error("{} is there already; --force replaces it", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{what} {}", path.display())]
    Io {
        /// What was tried.
        what: String,
        /// With which file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
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

    /// Tells damage from other failures.
    pub(super) fn sqlite(path: &Path, source: rusqlite::Error) -> FileError {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                FileError::Damaged { path, what: "it is not a database".to_owned() }
            }
            Some(ErrorCode::DatabaseCorrupt) => FileError::Damaged { path, what: source.to_string() },
            _ => FileError::Sqlite { path, source },
        }
    }
}
