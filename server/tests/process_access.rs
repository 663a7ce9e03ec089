//! Who may use the files of a data directory, and what is said where somebody may not, or too many may.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use process::{Site, text};

const JANE: &str = "jane@example.org";
/// An account of the operating system that owns nothing.
const NOBODY: u32 = 65_534;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// What a server says on its standard error until it listens.
fn said_at_start(site: &Site) -> String {
    let log = site.folder.path().join("log");
    let server = site.start(&["--log-level", "warn"], |command| {
        command.stderr(File::create(&log).unwrap());
    });
    drop(server);
    fs::read_to_string(log).unwrap()
}

#[test]
fn what_holds_secrets_is_for_its_owner_and_a_server_warns_where_it_is_not() {
    let site = Site::new(&[JANE]);
    let database = site.data().join("ucs.db");
    assert_eq!(fs::metadata(&database).unwrap().mode() & 0o777, 0o600);
    assert_eq!(said_at_start(&site), "");
    mode(&database, 0o644);
    // The folder keeps others away from it.
    assert_eq!(said_at_start(&site), "");
    mode(&site.data(), 0o755);
    let said = said_at_start(&site);
    assert!(said.contains("others may read or change it: chmod 600 ") && said.contains("ucs.db"), "{said}");
    mode(&database, 0o640);
    assert_eq!(said_at_start(&site), "");
    for name in ["ucs.lock", "ucs.db-shm"] {
        let others = fs::metadata(site.data().join(name)).map_or(0, |data| data.mode() & 0o007);
        assert_eq!(others, 0, "{name}");
    }
}

#[test]
fn what_is_in_the_way_of_a_database_is_told_with_its_path() {
    let site = Site::new(&[JANE]);
    let backup = site.folder.path().join("backup.db");
    // Nothing can be opened under the name of the log, whoever tries.
    let log = site.data().join("ucs.db-wal");
    let _ = fs::remove_file(&log);
    fs::create_dir(&log).unwrap();
    for command in [&["user", "list"][..], &["backup", text(&backup)], &["user", "disable", JANE]] {
        let said = site.ucs_fails(command);
        let wanted = format!("ucs.db: {} cannot be opened: ", log.display());
        assert!(said.contains(&wanted), "{said}");
    }
    fs::remove_dir(&log).unwrap();
    site.ucs(&["user", "list"], "");
}

#[test]
fn who_may_not_write_is_told_who_may() {
    let site = Site::new(&[JANE]);
    let (data, database) = (site.data(), site.data().join("ucs.db"));
    mode(site.folder.path(), 0o755);
    mode(&database, 0o444);
    mode(&data, 0o555);
    for arguments in [&["user", "list"][..], &["user", "disable", JANE]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ucs"));
        command.args(arguments).arg("--data").arg(&data).stdin(Stdio::null());
        if fs::metadata(&database).unwrap().uid() == 0 {
            // Who may do everything anyway.
            command.uid(NOBODY).gid(NOBODY);
        }
        // Where another user cannot run what was built, there is nothing to see.
        let Ok(output) = command.output() else { continue };
        let said = String::from_utf8_lossy(&output.stderr);
        let wanted = "ucs.db: this user may not read and write it; run this as the user who owns the data";
        assert!(said.contains(wanted), "{said}");
    }
    mode(&data, 0o700);
    mode(&database, 0o600);
}
