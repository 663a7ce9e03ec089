//! The versions of the database, each as the SQL that makes it of the one before.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::backup::{Progress, copy};
use super::partial::Partial;
use super::{FileError, Lock, NAME, connection, dated, look, synced_directory, there};

/// In order; never changed once released.
const MIGRATIONS: &[&[&str]] =
    &[&[include_str!("accounts.sql"), include_str!("../lists.sql")], &[include_str!("../directory.sql")]];

/// The version that this program reads and writes.
pub const CURRENT: i64 = MIGRATIONS.len() as i64;

/// What an upgrade did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Migrated {
    /// The version before.
    pub from: i64,
    /// The version now.
    pub to: i64,
}

/// Upgrades the database in a data directory, in one transaction, and keeps a copy of what it was beside it. No server
/// may run.
///
/// # Errors
/// When a server runs, when there is no database, or it is damaged, foreign or newer, or when it cannot be copied. It is
/// then as it was.
pub fn migrate(directory: &Path) -> Result<Migrated, FileError> {
    migrate_and_tell(directory, |_| {}, |_| {})
}

/// As [`migrate`]; says how far the copy is, and, before anything changes, where it is kept.
///
/// # Errors
/// As [`migrate`].
pub fn migrate_and_tell(
    directory: &Path,
    progress: impl FnMut(Progress),
    kept: impl FnOnce(&Path),
) -> Result<Migrated, FileError> {
    let path = directory.join(NAME);
    if !there(&path)? {
        return Err(FileError::Missing { path });
    }
    let _lock = Lock::take(directory)?;
    let look::Found::Version(from) = look::at(&path)? else { return Err(FileError::Missing { path }) };
    if from > CURRENT {
        return Err(FileError::Newer { path, version: from });
    }
    if from < CURRENT {
        let failed = |error| FileError::sqlite(&path, error);
        let mut connection = connection(&path).map_err(failed)?;
        look::whole(&connection, &path, look::Depth::Full)?;
        look::key(&connection, &path)?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // Nobody else writes any more: the copy is what is upgraded.
        let copied = keep(directory, &path, from, progress)
            .map_err(|source| FileError::NotKept { path: path.clone(), source: Box::new(source) })?;
        kept(&copied);
        apply(&transaction, from).map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(Migrated { from, to: CURRENT })
}

/// Keeps a checked copy of the database of that version under a dated name beside it.
fn keep(
    directory: &Path,
    path: &Path,
    version: i64,
    mut progress: impl FnMut(Progress),
) -> Result<PathBuf, FileError> {
    let (partial, _) = Partial::new_of(directory)?;
    copy(&look::read_only(path)?, &partial.path(), &mut progress)?;
    let mut name = dated(path, &format!("version-{version}"));
    let mut kept = name();
    while there(&kept)? {
        kept = name();
    }
    let refused = |source| FileError::io("cannot write", &kept, source);
    partial.sync().map_err(refused)?;
    partial.keep(&kept).map_err(refused)?;
    synced_directory(directory)?;
    Ok(kept)
}

/// Brings the database from that version to the current one.
pub(super) fn apply(transaction: &Connection, from: i64) -> rusqlite::Result<()> {
    let done = usize::try_from(from).unwrap_or(0);
    for sql in MIGRATIONS.iter().skip(done).copied().flatten() {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "user_version", CURRENT)
}
