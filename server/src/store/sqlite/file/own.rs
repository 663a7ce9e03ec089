//! Which files are a data directory's own: what a backup must not replace, however its path is spelt.

use std::path::{Path, PathBuf};

use super::backup::folder_of;
use super::{NAME, lock, with_suffix};

/// What SQLite has beside a database.
pub(super) const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Whether a file is, or would be, one of a data directory's own: the database, what SQLite has beside it, what is kept
/// of earlier ones, the lock.
pub(super) fn is_own(directory: &Path, file: &Path) -> bool {
    // Without a directory, there is nothing of it.
    let Ok(directory) = directory.canonicalize() else { return false };
    let place = place(file);
    let in_directory = |place: &PathBuf| {
        let name = place.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        place.parent() == Some(directory.as_path())
            && [NAME, lock::NAME].iter().any(|own| name.starts_with(own))
    };
    if place.as_ref().is_some_and(in_directory) {
        return true;
    }
    let database = directory.join(NAME);
    // Where the database is a link, SQLite's files are beside what it leads to.
    let mut own = vec![directory.join(lock::NAME)];
    for database in [database.canonicalize().ok(), Some(database)].into_iter().flatten() {
        own.extend(BESIDE.map(|suffix| with_suffix(&database, suffix)));
        own.push(database);
    }
    own.iter().any(|own| place.as_ref() == Some(own) || is_same(file, own))
}

/// Whether both are one file, under one name or two.
#[cfg(unix)]
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |path: &Path| path.metadata().ok().map(|data| (data.dev(), data.ino()));
    let one = number(one);
    one.is_some() && one == number(other)
}

/// Whether both are one file.
#[cfg(not(unix))]
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let one = one.canonicalize().ok();
    one.is_some() && one == other.canonicalize().ok()
}

/// Where a file is or will be, whatever leads to its folder.
fn place(file: &Path) -> Option<PathBuf> {
    Some(folder_of(file).canonicalize().ok()?.join(file.file_name()?))
}
