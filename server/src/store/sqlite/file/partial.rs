//! `Partial`: a file that is being written, under another name than it will have. It goes when it is not finished: with
//! the process that writes it, or, where that was killed, with the next one that writes into the same folder.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::{FileError, file_of, own_file};

/// How the folders are called in which files are written: these are the only ones that are ever removed.
const PREFIX: &str = ".ucs-";
const SUFFIX: &str = ".partial";
/// The file that is written, in a folder of its own: SQLite has others beside it.
const CONTENT: &str = "ucs.db";
/// Held by the process that writes; the operating system lets it go when the process ends, however that happens.
const HELD: &str = "held";
/// Within this time, a folder without that file is one that is just being made.
const MAKING: Duration = Duration::from_secs(60);

/// A file that is being written.
pub(super) struct Partial {
    folder: TempDir,
    _held: Option<File>,
}

impl Partial {
    /// An empty file that will be a file of that folder, readable by its owner alone. Removes what killed processes have
    /// left there, and says how many it was.
    pub(super) fn new_in(folder: &Path) -> Result<(Partial, usize), FileError> {
        Partial::made_in(folder, own_file)
    }

    /// The same in a data directory, and for its owner.
    pub(super) fn new_of(directory: &Path) -> Result<(Partial, usize), FileError> {
        Partial::made_in(directory, |path| file_of(directory, path))
    }

    fn made_in(
        folder: &Path,
        content: impl Fn(&Path) -> Result<(), FileError>,
    ) -> Result<(Partial, usize), FileError> {
        let removed = remove_left(folder);
        loop {
            let made = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempdir_in(folder);
            let made = made.map_err(|source| FileError::io("cannot write into", folder, source))?;
            own_file(&made.path().join(HELD))?;
            let held = hold(made.path());
            // Another process may have taken it for one that was left, before it was held.
            if made.path().join(HELD).exists() {
                content(&made.path().join(CONTENT))?;
                return Ok((Partial { folder: made, _held: held }, removed));
            }
        }
    }

    /// Where the file is meanwhile.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join(CONTENT)
    }

    /// Makes what was written durable, and says how many bytes it is.
    pub(super) fn sync(&self) -> std::io::Result<u64> {
        let file = fs::OpenOptions::new().write(true).open(self.path())?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }

    /// Gives it its name, also where another file has that name.
    pub(super) fn replace(self, path: &Path) -> std::io::Result<()> {
        fs::rename(self.path(), path)
    }

    /// Gives it its name; an error of the kind `AlreadyExists` where another file has that name.
    pub(super) fn keep(self, path: &Path) -> std::io::Result<()> {
        match fs::hard_link(self.path(), path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                // A file system without links.
                if path.try_exists()? {
                    return Err(ErrorKind::AlreadyExists.into());
                }
                fs::rename(self.path(), path)
            }
            done => done,
        }
    }
}

/// Holds a folder until the file is dropped; `None` where that cannot be done, or another process has it.
#[cfg(unix)]
fn hold(folder: &Path) -> Option<File> {
    let file = File::open(folder.join(HELD)).ok()?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).ok()?;
    Some(file)
}

/// Without such locks, nothing is known to be left.
#[cfg(not(unix))]
fn hold(_: &Path) -> Option<File> {
    None
}

/// Removes folders that nobody holds. What cannot be removed stays: it is in nobody's way.
fn remove_left(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(PREFIX)
            && name.ends_with(SUFFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    ours.filter(|entry| {
        let left = entry.path();
        let held = hold(&left);
        let nobodys = held.is_some() || !left.join(HELD).exists() && is_old(&left);
        nobodys && fs::remove_dir_all(&left).is_ok()
    })
    .count()
}

fn is_old(path: &Path) -> bool {
    let changed = fs::metadata(path).and_then(|data| data.modified());
    changed.is_ok_and(|changed| SystemTime::now().duration_since(changed).is_ok_and(|age| age > MAKING))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_not_finished_goes() {
        let folder = tempfile::tempdir().unwrap();
        let (partial, _) = Partial::new_in(folder.path()).unwrap();
        fs::write(partial.path(), "half").unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        drop(partial);
        assert_eq!(names(folder.path()), [""; 0]);
        let (partial, _) = Partial::new_in(folder.path()).unwrap();
        fs::write(partial.path(), "whole").unwrap();
        assert_eq!(partial.sync().unwrap(), 5);
        partial.keep(&folder.path().join("file")).unwrap();
        let (partial, _) = Partial::new_in(folder.path()).unwrap();
        let error = partial.keep(&folder.path().join("file")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"whole");
        let (partial, _) = Partial::new_in(folder.path()).unwrap();
        partial.replace(&folder.path().join("file")).unwrap();
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"");
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_what_nobody_holds_and_only_ours_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (held, _) = Partial::new_in(folder.path()).unwrap();
        // As a killed process leaves it.
        let left = folder.path().join(".ucs-left.partial");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(HELD), "").unwrap();
        fs::write(left.join("ucs.db"), "half").unwrap();
        fs::write(left.join("ucs.db-journal"), "half").unwrap();
        // Just being made, and of others.
        fs::create_dir(folder.path().join(".ucs-made.partial")).unwrap();
        fs::create_dir(folder.path().join(".others.partial")).unwrap();
        fs::write(folder.path().join(".ucs-file.partial"), "").unwrap();
        let (second, removed) = Partial::new_in(folder.path()).unwrap();
        assert_eq!(removed, 1);
        assert!(!left.exists() && held.path().exists() && second.path().exists());
        assert_eq!(names(folder.path()).len(), 5);
    }
}
