//! Who may use the files of a data directory: what is in the way where SQLite only says that it cannot open one, and
//! whether others may read what nobody should.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

use super::backup::folder_of;
use super::with_suffix;

/// What is in the way of a database, and what to do.
pub(super) fn obstacle(path: &Path) -> Option<String> {
    let open = |path: &Path| OpenOptions::new().read(true).write(true).open(path).map(drop);
    let of_file = |path: &Path| match File::open(path).map(drop).and_then(|()| open(path)) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        done => done.err(),
    };
    if let Some(error) = of_file(path) {
        return Some(said(&error, "it"));
    }
    for suffix in ["-wal", "-shm"] {
        let beside = with_suffix(path, suffix);
        if let Some(error) = of_file(&beside) {
            return Some(said(&error, &beside.display().to_string()));
        }
    }
    let folder = folder_of(path);
    // SQLite makes files beside the database also to read it.
    let error = tempfile::tempfile_in(&folder).err()?;
    let folder = folder.display();
    Some(match error.kind() {
        ErrorKind::PermissionDenied => {
            format!(
                "this user may not make files in {folder}; run this as the user who owns that folder, or give it to this user"
            )
        }
        _ => said(&error, &format!("files in {folder}")),
    })
}

fn said(error: &io::Error, what: &str) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => {
            format!("this user may not read and write {what}; run this as the user who owns the data")
        }
        ErrorKind::ReadOnlyFilesystem => {
            "its file system is read-only, and this needs to write there; copy its folder to where it can be written, and \
             name the copy with --data"
                .to_owned()
        }
        _ => format!("{what} cannot be opened: {error}"),
    }
}

/// What to do about an error of the operating system, where it is worth saying.
pub(super) fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::PermissionDenied => " as this user; the one who owns its folder may",
        ErrorKind::ReadOnlyFilesystem => "; choose a folder that can be written",
        _ => "",
    }
}

/// Whether other users may read or change a database, which holds the hashes of passwords and the key of the ids: because
/// of its own mode and that of its folder. The group of its owner may read it.
#[cfg(unix)]
pub(super) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let mode = |path: &Path| fs::metadata(path).map_or(0, |data| data.mode());
    let (folder, file) = (mode(&folder_of(path)), mode(path));
    let others = folder & 0o001 != 0 && file & 0o006 != 0;
    let group_changes = folder & 0o010 != 0 && file & 0o020 != 0;
    others || group_changes
}

/// Not known.
#[cfg(not(unix))]
pub(super) fn is_open_to_others(path: &Path) -> bool {
    let _ = fs::metadata(path);
    false
}
