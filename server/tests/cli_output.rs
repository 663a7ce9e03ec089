//! Where output cannot go: a reader that has read enough is no error, a full disk is one, and nothing panics.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::fs::OpenOptions;
use std::process::{Command, Output, Stdio};

use process::{Site, text, ucs};

const JANE: &str = "jane@example.org";

/// A pipe whose reader is gone.
fn closed() -> Stdio {
    let (_, writer) = std::io::pipe().unwrap();
    writer.into()
}

fn full() -> Option<Stdio> {
    // Not every system has one.
    OpenOptions::new().write(true).open("/dev/full").ok().map(Stdio::from)
}

fn run(command: &mut Command, out: Stdio, err: Stdio) -> Output {
    command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap().wait_with_output().unwrap()
}

/// A command is run again and again: with a reader that is gone, and on a full disk.
fn check(name: &str, command: impl Fn() -> Command) {
    let done = run(&mut command(), closed(), Stdio::piped());
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!((done.status.code(), &*said), (Some(141), ""), "{name}, into a closed pipe");
    let both = run(&mut command(), closed(), closed());
    assert_eq!(both.status.code(), Some(141), "{name}, with both pipes closed");
    if let Some(full) = full() {
        let done = run(&mut command(), full, Stdio::piped());
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{name}, on a full disk: {said}");
        assert!(
            said.starts_with("error: the output cannot be written\n  because: No space left"),
            "{name}: {said}"
        );
    }
}

#[test]
fn commands_of_administrators() {
    let site = Site::new(&[JANE, "joe@example.org"]);
    let data = site.data();
    let file = |name: &str| site.folder.path().join(name).to_str().unwrap().to_owned();
    let people = file("people.csv");
    std::fs::write(&people, "name,email\nAnn,ann@example.org\n").unwrap();
    let (backup, again) = (file("backup.db"), file("again.db"));
    site.ucs(&["backup", &backup], "");
    let commands: &[&[&str]] = &[
        &["user", "list"],
        &["user", "list", "--json"],
        &["user", "disable", JANE],
        &["user", "enable", JANE, "--json"],
        &["grant", "add", JANE, "joe@example.org"],
        &["grant", "list"],
        &["grant", "list", "--json"],
        &["group-directory", "add", "team@example.org", "Team"],
        &["group-directory", "list"],
        &["group-directory", "list", "--json"],
        &["group-directory", "clear", "--yes"],
        &["group-directory", "list"],
        &["directory", "import", &people],
        &["directory", "add", "bob@example.org", "--json"],
        &["directory", "list"],
        &["directory", "list", "--json"],
        &["directory", "clear", "--yes"],
        &["backup", &again, "--force"],
        &["migrate"],
        &["migrate", "--json"],
        &["restore", &backup, "--yes"],
        &["restore", &backup, "--yes", "--json"],
    ];
    for arguments in commands {
        check(&arguments.join(" "), || {
            let mut command = ucs();
            command.args(*arguments).arg("--data").arg(&data);
            command
        });
    }
}

#[test]
fn commands_that_need_nothing() {
    let config = ["config", "check"];
    let json = ["config", "check", "--json"];
    let mut all: Vec<&[&str]> = vec![&config, &json, &["--help"], &["--version"], &["user", "add", "--help"]];
    let shells = ["bash", "zsh", "fish", "powershell", "elvish"].map(|shell| ["completions", shell]);
    all.extend(shells.iter().map(<[_; 2]>::as_slice));
    for arguments in all {
        check(&arguments.join(" "), || {
            let mut command = ucs();
            command.args(arguments).current_dir(std::env::temp_dir());
            command
        });
    }
}

#[test]
fn client_commands() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let file = site.folder.path().join("list.json");
    let file = text(&file);
    let commands: &[&[&str]] = &[
        &["group", "add", "Friends"],
        &["contact", "add", "ann@example.org", "--group", "Friends"],
        &["contact", "add-tel", "+1 555 0100", "--json"],
        &["list"],
        &["list", "--json"],
        &["people"],
        &["people", "ann", "--json"],
        &["conformance", "--force"],
        &["export"],
        &["export", "--format", "csv"],
        &["export", "--format", "vcard"],
        &["export", "--output", file, "--force"],
        &["import", file],
        &["import", file, "--dry-run", "--json"],
    ];
    for arguments in commands {
        check(&arguments.join(" "), || site.at(&server, JANE, arguments));
    }
}

/// An error with nobody to tell it to ends a command as always, by its status.
#[test]
fn errors_that_nobody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("data");
    let mut command = ucs();
    command.args(["user", "list"]).arg("--data").arg(&missing);
    assert_eq!(run(&mut command, Stdio::null(), closed()).status.code(), Some(1));
    assert_eq!(run(ucs().arg("frobnicate"), Stdio::null(), closed()).status.code(), Some(141));
}

/// A server whose log and output nobody reads any more goes on.
#[tokio::test]
async fn a_server_that_nobody_listens_to() {
    let site = Site::new(&[JANE]);
    let server = site.start(&["--log-level", "debug"], |command| {
        command.stderr(closed());
    });
    let client = server.client(JANE);
    for _ in 0..3 {
        client.call(oxws::oxwscos::GetImItemList::default()).await.unwrap();
    }
    server.stop();
}
