//! Data on a file system that is read-only, or full: what only reads works there, all else says what is in the way and what
//! to do. The commands run where their folder is mounted so, which takes a namespace of Linux.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use process::{Site, text};

const JANE: &str = "jane@example.org";
const PAUL: &str = "paul@example.org";
/// Mounts a folder over itself, read-only, and runs the rest.
const MOUNT: &str = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && shift && exec \"$@\"";

/// A program for which nothing in a folder can be written.
fn read_only(folder: &Path, program: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", MOUNT, "sh", text(folder), program]).stdin(Stdio::null());
    command
}

/// Whether such a folder can be had; it says so where it cannot, as in some containers.
fn is_possible(folder: &Path) -> bool {
    let done = read_only(folder, "true").output();
    let possible = done.is_ok_and(|output| output.status.success());
    if !possible {
        eprintln!("skipped: no folder can be mounted read-only here");
    }
    possible
}

/// Runs a command of the binary on the data of a site, which is read-only.
fn ucs(site: &Site, arguments: &[&str]) -> Output {
    let mut command = read_only(&site.data(), env!("CARGO_BIN_EXE_ucs"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UCS_")) {
        command.env_remove(name);
    }
    command.args(arguments).args(["--data", text(&site.data())]).output().unwrap()
}

#[track_caller]
fn said(site: &Site, arguments: &[&str]) -> String {
    let output = ucs(site, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(site: &Site, arguments: &[&str]) -> String {
    let output = ucs(site, arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    said
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

const READING: [&[&str]; 4] =
    [&["user", "list"], &["grant", "list"], &["group-directory", "list"], &["directory", "list"]];

#[test]
fn reading_commands_work_and_others_say_what_is_in_the_way() {
    let site = Site::new(&[JANE, PAUL]);
    if !is_possible(&site.data()) {
        return;
    }
    site.ucs(&["grant", "add", PAUL, JANE], "");
    site.ucs(&["group-directory", "add", "team@example.org", "Team"], "");
    site.ucs(&["directory", "add", "ann@example.org", "--name", "Ann"], "");
    site.serve().stop();
    let copy = site.folder.path().join("copy.db");
    let (log, index) = (site.data().join("ucs.db-wal"), site.data().join("ucs.db-shm"));
    // With the empty log and its index, as a server that was stopped may leave them; without the index; with neither.
    fs::write(&log, "").unwrap();
    for _ in 0..3 {
        let all = names(&site.data());
        for (command, wanted) in READING.iter().zip([JANE, "acts for", "Team", "Ann"]) {
            assert!(said(&site, command).contains(wanted), "{command:?} with {all:?}");
        }
        said(&site, &["backup", text(&copy), "--force"]);
        assert_eq!(names(&site.data()), all);
        let _ = if index.exists() { fs::remove_file(&index) } else { fs::remove_file(&log) };
    }
    let (before, all) = (fs::read(site.data().join("ucs.db")).unwrap(), names(&site.data()));
    assert_eq!(all, ["ucs.db", "ucs.lock"]);
    let in_the_way =
        "ucs.db: its file system is read-only, and this needs to write there; copy its folder to";
    for command in [
        &["user", "disable", JANE][..],
        &["user", "rename", JANE, "janet@example.org"],
        &["user", "add", "new@example.org", "--no-password"],
        &["grant", "remove", PAUL, JANE],
        &["directory", "remove", "ann@example.org"],
    ] {
        let said = refused(&site, command);
        assert!(said.contains(in_the_way), "{command:?}: {said}");
        assert_eq!(said.matches("readonly database").count(), 1, "once is enough: {said}");
    }
    let in_the_way = in_the_way.replace("ucs.db", "ucs.lock");
    for command in
        [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["restore", text(&copy), "--yes"]]
    {
        let said = refused(&site, command);
        assert!(said.contains(&in_the_way), "{command:?}: {said}");
    }
    // Nor is there room for a backup.
    let said = refused(&site, &["backup", text(&site.data().join("backup.db"))]);
    let wanted = format!("cannot write into {}; choose a folder that can be written", site.data().display());
    assert!(said.contains(&wanted), "{said}");
    assert_eq!((fs::read(site.data().join("ucs.db")).unwrap(), names(&site.data())), (before, all));
    // Without a lock, which no server has made yet.
    fs::remove_file(site.data().join("ucs.lock")).unwrap();
    let said = refused(&site, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("ucs.lock; choose a folder that can be written"), "{said}");
    // The copy has it all.
    site.ucs(&["restore", text(&copy), "--yes"], "");
    assert!(String::from_utf8(site.ucs(&["grant", "list"], "").stdout).unwrap().contains("acts for"));
}

/// What a killed server has left in the log belongs to the data.
#[test]
fn nothing_in_a_log_is_missed() {
    let site = Site::new(&[JANE]);
    if !is_possible(&site.data()) {
        return;
    }
    let server = site.serve();
    site.ucs(&["user", "add", PAUL, "--no-password"], "");
    server.kill();
    let log = site.data().join("ucs.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    for _ in 0..2 {
        assert!(said(&site, &["user", "list"]).contains(PAUL));
    }
    let copy = site.folder.path().join("copy.db");
    said(&site, &["backup", text(&copy)]);
    // Without the index of the log, which would have to be made.
    fs::remove_file(site.data().join("ucs.db-shm")).unwrap();
    for command in [&["user", "list"][..], &["backup", text(&copy), "--force"]] {
        let said = refused(&site, command);
        assert!(
            said.contains("its file system is read-only") && said.contains("ucs.db"),
            "{command:?}: {said}"
        );
    }
    assert!(String::from_utf8(site.ucs(&["user", "list"], "").stdout).unwrap().contains(PAUL));
    site.ucs(&["restore", text(&copy), "--yes"], "");
    assert!(String::from_utf8(site.ucs(&["user", "list"], "").stdout).unwrap().contains(PAUL));
}

#[test]
fn a_full_disk_is_told_as_such() {
    let site = Site::new(&[JANE]);
    let folder = site.folder.path().join("small");
    fs::create_dir(&folder).unwrap();
    if !is_possible(&folder) {
        return;
    }
    // So many kilobytes are room for a part of a database.
    let small = |kilobytes: u32, arguments: &[&str]| {
        let mount = format!("mount -t tmpfs -o size={kilobytes}k tmpfs \"$1\" && shift && exec \"$@\"");
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", &mount, "sh", text(&folder), env!("CARGO_BIN_EXE_ucs")]);
        let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?} with {kilobytes}");
        String::from_utf8(output.stderr).unwrap()
    };
    let (data, copy) = (folder.join("data"), folder.join("copy.db"));
    for kilobytes in [4, 8, 16, 32, 40, 48] {
        let said = small(kilobytes, &["user", "add", JANE, "--no-password", "--data", text(&data)]);
        assert!(said.contains("its disk") || said.contains("No space left"), "{kilobytes}: {said}");
        let said = small(kilobytes, &["backup", text(&copy), "--data", text(&site.data())]);
        assert!(said.contains("its disk") || said.contains("No space left"), "{kilobytes}: {said}");
    }
}

/// A database that was copied by hand has a log in its settings; it can be restored from a medium all the same.
#[test]
fn a_backup_may_be_on_a_read_only_medium() {
    let site = Site::new(&[JANE]);
    let medium = site.folder.path().join("medium");
    fs::create_dir(&medium).unwrap();
    if !is_possible(&medium) {
        return;
    }
    site.serve().stop();
    fs::copy(site.data().join("ucs.db"), medium.join("ucs.db")).unwrap();
    site.ucs(&["user", "add", PAUL, "--no-password"], "");
    let mut command = read_only(&medium, env!("CARGO_BIN_EXE_ucs"));
    let copy = medium.join("ucs.db");
    command.args(["restore", text(&copy), "--yes", "--data", text(&site.data())]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(site.ucs(&["user", "list"], "").stdout).unwrap();
    assert!(listed.contains(JANE) && !listed.contains(PAUL), "{listed}");
}
