//! Who may use the files of a data directory, and what is said where somebody may not, or too many may.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader};
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

/// What a server with these limits of open files says at its start, and how many it may have then.
fn with_files(limits: &str) -> (String, String) {
    let site = Site::new(&[JANE]);
    let data = site.data();
    let config = site.folder.path().join("ucs.toml");
    fs::write(&config, "[http.limits]\nconnections = 400\n").unwrap();
    let log = site.folder.path().join("log");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limits} && exec \"$@\""), "sh", env!("CARGO_BIN_EXE_ucs"), "serve"]);
    command.args(["--data", text(&data), "--config", text(&config), "--listen", "127.0.0.1:0"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
    let mut server = command.spawn().unwrap();
    let mut said = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap_or_default();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(said.starts_with("listening at "), "{said}");
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    (fs::read_to_string(log).unwrap(), files.split_whitespace().nth(3).unwrap_or_default().to_owned())
}

/// A server takes as many open files as its connections need, and says where it may not.
#[test]
fn too_few_open_files_are_told() {
    let warning = "fewer open files are allowed than http.limits.connections needs";
    let (said, files) = with_files("ulimit -n 300");
    assert!(said.contains(warning) && said.contains("files=300 connections=400"), "{said}");
    // Where the operating system shows it.
    assert!(matches!(files.as_str(), "300" | ""), "{files}");
    // What it begins with is not what it may have.
    let (said, files) = with_files("ulimit -Sn 300");
    assert!(!said.contains(warning), "{said}");
    assert!(matches!(files.as_str(), "528" | ""), "{files}");
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
    let is_root = fs::metadata(&database).unwrap().uid() == 0;
    let said = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ucs"));
        command.args(arguments).arg("--data").arg(&data).stdin(Stdio::null());
        if is_root {
            // Who may do everything anyway.
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().ok()?;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        Some(String::from_utf8(output.stderr).unwrap())
    };
    let of_file = "ucs.db: this user may not read and write it; run this as the user who owns the data";
    let of_folder = format!(
        "this user may not make files in {}; run this as the user who owns that folder, or give it to this user",
        data.display()
    );
    let backup = site.folder.path().join("backup.db");
    let commands = [&["user", "list"][..], &["user", "disable", JANE], &["backup", text(&backup)]];
    for arguments in commands {
        // Where another user cannot run what was built, there is nothing to see.
        let Some(said) = said(arguments) else { continue };
        assert!(said.contains(of_file), "{said}");
    }
    // The file is that user's, the folder is not.
    mode(&database, 0o600);
    if is_root {
        std::os::unix::fs::chown(&database, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    for arguments in commands {
        let Some(said) = said(arguments) else { continue };
        assert!(said.contains(&of_folder), "{said}");
    }
    mode(&data, 0o700);
    mode(&database, 0o600);
}
