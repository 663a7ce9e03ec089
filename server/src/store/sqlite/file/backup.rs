//! Backup: a copy of the database as it is at one moment, while the server works.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::own::is_own;
use super::partial::Partial;
use super::still::Still;
use super::{FileError, connect_since, look, synced_directory};

/// Pages in a step.
const STEP: i32 = 2_000;
/// Between two tries for a lock.
const PAUSE: Duration = Duration::from_millis(20);

/// How far a copy is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Pages that are copied.
    pub done: u64,
    /// Pages in all.
    pub total: u64,
}

/// What a backup did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BackedUp {
    /// Size of the copy.
    pub bytes: u64,
    /// How many copies that were not finished, of commands that were killed, were removed from the folder.
    pub removed: usize,
}

/// Copies the database of a data directory into a new file, checks the copy, and makes it durable. A server may run,
/// and is not held up. A database of an older version is copied as it is; restored, it can be migrated.
///
/// # Errors
/// When there is no good database, when `file` is one of the data directory's own, when it is there already and is not
/// to be replaced, or cannot be written.
/// There is then no new file, and an old one is as it was.
pub fn backup(
    directory: &Path,
    file: &Path,
    replace: bool,
    mut progress: impl FnMut(Progress),
) -> Result<BackedUp, FileError> {
    let exists = || FileError::Exists { path: file.to_owned() };
    if is_own(directory, file) {
        return Err(FileError::Own { path: file.to_owned() });
    }
    // A device or a pipe would be replaced by a file.
    if super::is_other(file)? {
        return Err(FileError::NotAFile { path: file.to_owned() });
    }
    if !replace && super::there(file)? {
        return Err(exists());
    }
    let path = directory.join(super::NAME);
    let still = Still::of(&path);
    let source = connect_since(directory, 1)?;
    // The copy is of this moment, and writers that go on do not make it start again.
    source
        .execute_batch("BEGIN; SELECT version FROM accounts_state")
        .map_err(|error| FileError::sqlite(&path, error))?;
    let folder = folder_of(file);
    let (partial, removed) = Partial::new_in(&folder)?;
    // What is wrong with the copy is wrong with what was copied.
    copy(&source, &partial.path(), &mut progress).map_err(|error| error.of(&path))?;
    // Without locks, another way to the folder would not have been noticed.
    if still.is_some() && still != Still::of(&path) {
        return Err(FileError::Changed { path });
    }
    let bytes = kept(partial, file, replace)?;
    synced_directory(&folder)?;
    Ok(BackedUp { bytes, removed })
}

/// Gives a copy its name.
fn kept(partial: Partial, file: &Path, replace: bool) -> Result<u64, FileError> {
    let refused = |source| FileError::io("cannot write", file, source);
    let bytes = partial.sync().map_err(refused)?;
    match if replace { partial.replace(file) } else { partial.keep(file) } {
        Ok(()) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(FileError::Exists { path: file.to_owned() })
        }
        Err(error) => Err(refused(error)),
    }
}

/// Copies a database into an empty file, as a file that needs no other beside it, and checks the copy.
pub(super) fn copy(
    source: &Connection,
    to: &Path,
    progress: &mut impl FnMut(Progress),
) -> Result<(), FileError> {
    let failed = |error| FileError::sqlite(to, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags).map_err(failed)?;
    {
        let backup = Backup::new(source, &mut target).map_err(failed)?;
        loop {
            let step = backup.step(STEP).map_err(failed)?;
            let now = backup.progress();
            let total = u64::try_from(now.pagecount).unwrap_or(0);
            let remaining = u64::try_from(now.remaining).unwrap_or(0);
            progress(Progress { done: total.saturating_sub(remaining), total });
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(PAUSE),
            }
        }
    }
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(failed)?;
    look::whole(&target, to, look::Depth::Full)?;
    look::key(&target, to)?;
    target.close().map_err(|(_, error)| failed(error))
}

/// The folder that a file is in.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
