//! The data directory and its one SQLite file, shared by lists and accounts: opening, locking, migrating, saving.
//!
//! The directory holds `ucs.db` (with SQLite's `-wal` and `-shm` beside it while it is open) and `ucs.lock`, which a
//! running server holds. Commands of an administrator open the file beside the server.

mod access;
mod backup;
mod checksum;
mod error;
mod lock;
mod look;
mod migrations;
mod own;
mod partial;
mod restore;
mod still;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, MAIN_DB, OpenFlags, TransactionBehavior, params};

pub use backup::{BackedUp, Progress, backup};
pub(crate) use checksum::Checksum;
pub use error::FileError;
pub use lock::Lock;
pub use migrations::{CURRENT, Migrated, migrate, migrate_and_tell};
pub use restore::{Restored, restore};
pub(crate) use watch::watch;

/// The name of the database in the data directory.
pub const NAME: &str = "ucs.db";
/// Marks a database as ours: "UCS1".
const APPLICATION: i64 = 0x5543_5331;
/// How long a connection waits for another one's transaction.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of a server waits for others to let it empty the log.
const SETTLING: Duration = Duration::from_secs(1);
/// Between two tries to make the database.
const PAUSE: Duration = Duration::from_millis(10);
/// Pages in the write-ahead log before they are moved into the file.
const CHECKPOINT: i64 = 10_000;

/// The database of a server, which has the data directory for itself until this is dropped.
#[derive(Debug)]
pub struct File {
    directory: PathBuf,
    key: Key,
    _lock: Lock,
}

/// The key of the ids; never shown.
struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl File {
    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The key with which ids are made (UCS K1): random, made with the file, and kept in it, so that ids survive
    /// backup and restore.
    pub fn key(&self) -> &[u8; 32] {
        &self.key.0
    }

    /// Opens one connection after the other, as [`SqliteLists`] and [`SqliteAccounts`] want them.
    ///
    /// [`SqliteLists`]: crate::store::sqlite
    /// [`SqliteAccounts`]: crate::accounts::SqliteAccounts
    pub fn connector(&self) -> impl Fn() -> rusqlite::Result<Connection> + Send + Sync + 'static + use<> {
        let path = self.directory.join(NAME);
        move || connection(&path)
    }
}

/// Opens the database for a server: takes the lock of the directory, makes what is not there yet, and checks what is.
///
/// # Errors
/// When another server runs, when the file is damaged, foreign, or of another version, or cannot be used.
pub fn open_for_server(directory: &Path) -> Result<(File, Connection), FileError> {
    make_directory(directory)?;
    let lock = Lock::take(directory)?;
    let connection = open_or_create(directory)?;
    let path = directory.join(NAME);
    if access::is_open_to_others(&path) {
        let path = path.display();
        tracing::warn!(
            "{path} has passwords' hashes and a key, and others may read or change it: chmod 600 {path}"
        );
    }
    look::whole(&connection, &path, look::Depth::Quick)?;
    let key = look::key(&connection, &path)?;
    keep_log(&connection, &path);
    Ok((File { directory: directory.to_owned(), key: Key(key), _lock: lock }, connection))
}

/// Turns the write-ahead log on where it is not: a backup that was copied to its place by hand has none, and without it
/// whoever reads, such as the next backup, keeps the server from writing.
fn keep_log(connection: &Connection, path: &Path) {
    let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
    let why = match mode {
        Ok(mode) if mode == "wal" => return,
        Ok(mode) => format!("it is in the mode {mode}"),
        Err(error) => error.to_string(),
    };
    let path = path.display();
    tracing::warn!(
        "{path} has no write-ahead log, so that others who read it keep the server waiting: {why}"
    );
}

/// Opens the database as it is, for a command; a server may run.
///
/// # Errors
/// When there is none, when it is damaged, foreign, or of another version, or cannot be used.
pub fn connect(directory: &Path) -> Result<Connection, FileError> {
    connect_since(directory, CURRENT)
}

/// As [`connect`], for a command that changes something.
///
/// # Errors
/// As [`connect`], and when the file cannot be written, which SQLite would say with the first change only, and not of which
/// file.
pub fn connect_to_change(directory: &Path) -> Result<Connection, FileError> {
    let connection = connect(directory)?;
    let path = directory.join(NAME);
    match connection.is_readonly(MAIN_DB).map_err(|error| FileError::sqlite(&path, error))? {
        true => Err(FileError::read_only(&path)),
        false => Ok(connection),
    }
}

/// As [`connect`], and to older versions from `oldest` on.
fn connect_since(directory: &Path, oldest: i64) -> Result<Connection, FileError> {
    let path = directory.join(NAME);
    if !there(&path)? {
        return Err(FileError::Missing { path });
    }
    let found = look::at(&path)?;
    match found {
        look::Found::Empty => Err(FileError::Missing { path }),
        look::Found::Version(version) => {
            between(&path, version, oldest)?;
            connection(&path).map_err(|error| FileError::sqlite(&path, error))
        }
    }
}

/// As [`connect`], and makes what is not there yet.
///
/// # Errors
/// As [`connect`], and when the directory or the file cannot be made.
pub fn open_or_create(directory: &Path) -> Result<Connection, FileError> {
    make_directory(directory)?;
    let begun = Instant::now();
    loop {
        let done = match connect_to_change(directory) {
            Err(FileError::Missing { .. }) => create(directory),
            done => done,
        };
        match done {
            // Where two make the database at once, SQLite refuses one of them without waiting: both read it, and both
            // want to change its journal mode.
            Err(error) if error.is_busy() && begun.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
}

/// The schema version of the database, whatever it is.
///
/// # Errors
/// When there is none, or it is damaged or foreign.
pub fn version(directory: &Path) -> Result<i64, FileError> {
    let path = directory.join(NAME);
    if !there(&path)? {
        return Err(FileError::Missing { path });
    }
    match look::at(&path)? {
        look::Found::Empty => Err(FileError::Missing { path }),
        look::Found::Version(version) => Ok(version),
    }
}

/// Makes the database. Two that do so at once both succeed, with one database.
fn create(directory: &Path) -> Result<Connection, FileError> {
    let path = directory.join(NAME);
    file_of(directory, &path)?;
    let failed = |error| FileError::sqlite(&path, error);
    let mut connection = connection(&path).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let version: i64 =
        transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    if version == 0 {
        migrations::apply(&transaction, 0).map_err(failed)?;
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| FileError::Io {
            what: "no random numbers from the operating system for".to_owned(),
            path: path.clone(),
            source: std::io::Error::other(error),
        })?;
        let sum = look::key_sum(&key);
        transaction
            .execute("INSERT INTO secret (name, value, sum) VALUES ('ids', ?1, ?2)", params![key, sum])
            .map_err(failed)?;
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
    }
    transaction.commit().map_err(failed)?;
    synced_directory(directory)?;
    Ok(connection)
}

/// Refuses versions before `oldest` and after that of this program.
fn between(path: &Path, version: i64, oldest: i64) -> Result<(), FileError> {
    let path = path.to_owned();
    match version {
        _ if version < oldest => Err(FileError::Older { path, version }),
        _ if version > CURRENT => Err(FileError::Newer { path, version }),
        _ => Ok(()),
    }
}

/// A connection with our settings, to a file that is there.
fn connection(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = still::open(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // With less than FULL, a power loss takes acknowledged changes.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Moves what is in the write-ahead log into the file, which then has all by itself: for the end of a server. Says whether
/// that was possible; where it was not, the log stays beside the file, and the next one to open both reads it.
///
/// # Errors
/// When the database fails.
pub fn settle(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(SETTLING)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0))
}

fn there(path: &Path) -> Result<bool, FileError> {
    path.try_exists().map_err(|source| FileError::io("cannot look at", path, source))
}

/// Whether something is there that is no regular file, such as a folder, a device or a pipe.
fn is_other(path: &Path) -> Result<bool, FileError> {
    match fs::metadata(path) {
        Ok(found) => Ok(!found.is_file()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(FileError::io("cannot look at", path, source)),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Names beside a file under which it can be kept, with what it is and the time, until one is free.
fn dated(path: &Path, what: &str) -> impl FnMut() -> PathBuf + use<> {
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let first = with_suffix(path, &format!(".{what}-{now}"));
    let mut number = 0;
    move || {
        number += 1;
        if number == 1 { first.clone() } else { with_suffix(&first, &format!("-{number}")) }
    }
}

/// Makes the directory, readable by its owner alone.
fn make_directory(directory: &Path) -> Result<(), FileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|source| FileError::io("cannot make the directory", directory, source))
}

/// Makes an empty file that its owner alone can read, if there is none.
fn own_file(path: &Path) -> Result<(), FileError> {
    made(path).map(drop)
}

/// The same in a data directory: what root makes there belongs to the owner of the directory, whose server has to use it.
fn file_of(directory: &Path, path: &Path) -> Result<(), FileError> {
    let made = made(path)?;
    #[cfg(unix)]
    if let Some(made) = made {
        use std::os::unix::fs::{MetadataExt, fchown};
        let refused = |source| FileError::io("cannot give away", path, source);
        let (own, wanted) = (made.metadata().map_err(refused)?, fs::metadata(directory).map_err(refused)?);
        // Only root makes files of root. By the open file: nothing else can be in its place.
        if own.uid() == 0 && wanted.uid() != 0 {
            fchown(&made, Some(wanted.uid()), Some(wanted.gid())).map_err(refused)?;
        }
    }
    #[cfg(not(unix))]
    let _ = (made, directory);
    Ok(())
}

/// Makes an empty file that its owner alone can read; `None` if there is one.
fn made(path: &Path) -> Result<Option<fs::File>, FileError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(made) => Ok(Some(made)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(None),
        Err(source) => Err(FileError::io("cannot make", path, source)),
    }
}

/// Makes names in a directory durable.
fn synced_directory(directory: &Path) -> Result<(), FileError> {
    // An empty path is the parent of a bare file name.
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    #[cfg(unix)]
    fs::File::open(directory)
        .and_then(|opened| opened.sync_all())
        .map_err(|source| FileError::io("cannot sync", directory, source))?;
    Ok(())
}
