//! The progress of long commands, with a terminal as the standard error and without one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use process::{Server, Site, text, ucs};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use ucs::store::sqlite::file::{self, Progress};

const JANE: &str = "jane@example.org";

/// Runs a command with a terminal as its standard error: what it writes to the standard output, and to the terminal.
fn at_terminal(mut command: Command) -> (String, String) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = rustix::fs::open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    command
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(theirs);
    let child = command.spawn().unwrap();
    // With the end that it holds for the child.
    drop(command);
    let reader = thread::spawn(move || {
        let (mut seen, mut buffer) = (Vec::new(), [0; 1 << 12]);
        let mut ours = File::from(ours);
        // An error is the end, when nobody holds the other side any more.
        while let Ok(count @ 1..) = ours.read(&mut buffer) {
            seen.extend_from_slice(&buffer[..count]);
        }
        String::from_utf8_lossy(&seen).into_owned()
    });
    let output = child.wait_with_output().unwrap();
    let seen = reader.join().unwrap();
    assert!(output.status.success(), "{seen}");
    (String::from_utf8(output.stdout).unwrap(), seen)
}

/// Runs a command with pipes only: what it writes to both.
fn at_pipes(mut command: Command) -> (String, String) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{err}");
    (out, err)
}

fn on_data(site: &Site, arguments: &[&str]) -> Command {
    let mut command = ucs();
    command.args(arguments).args(["--data", text(&site.data())]);
    command
}

/// A command that may be run again and again tells its progress at a terminal only, there only, and not with `--json`.
fn check(name: &str, unit: &str, command: impl Fn() -> Command) {
    let with_json = || {
        let mut command = command();
        command.arg("--json");
        command
    };
    let (out, seen) = at_terminal(command());
    assert!(seen.contains(unit) && seen.contains("\u{1b}["), "{name}: {seen:?}");
    assert!(out.ends_with('\n') && !out.contains(['\u{1b}', '\r', '\u{2588}']), "{name}: {out:?}");
    let (out, seen) = at_terminal(with_json());
    assert_eq!(seen, "", "{name} --json, at a terminal");
    assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "{name}: {out:?}");
    for (command, form) in [(command(), "text"), (with_json(), "JSON")] {
        let (out, err) = at_pipes(command);
        assert_eq!(err, "", "{name}, {form}, without a terminal");
        assert!(!out.is_empty() && !out.contains(['\u{1b}', '\r', '\u{2588}']), "{name}: {out:?}");
    }
}

/// Puts so many megabytes into the database of a site.
fn fill(data: &Path, megabytes: usize) {
    let connection = rusqlite::Connection::open(data.join("ucs.db")).unwrap();
    let row = "INSERT INTO distribution_group VALUES (?1, ?1, hex(zeroblob(?2)))";
    for number in 0..megabytes {
        connection.execute(row, rusqlite::params![format!("x{number}"), 1 << 19]).unwrap();
    }
    connection.close().unwrap();
}

#[test]
fn commands_on_data_tell_a_terminal_how_far_they_are() {
    let site = Site::new(&[JANE]);
    let file = |name: &str| site.folder.path().join(name).to_str().unwrap().to_owned();
    let (backup, people) = (file("backup.db"), file("people.csv"));
    std::fs::write(&people, "name,email\nAnn,ann@example.org\nBob,bob@example.org\n").unwrap();
    check("backup", " pages ", || on_data(&site, &["backup", &backup, "--force"]));
    check("restore", " pages ", || on_data(&site, &["restore", &backup, "--yes"]));
    check("directory import", "2/2", || on_data(&site, &["directory", "import", &people]));
}

/// A migration has something to copy once only.
#[test]
fn a_migration_tells_a_terminal_how_far_it_is() {
    let old = || {
        let site = Site::new(&[]);
        std::fs::create_dir(site.data()).unwrap();
        let connection = rusqlite::Connection::open(site.data().join("ucs.db")).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.execute_batch(include_str!("people/version_1.sql")).unwrap();
        connection.close().unwrap();
        site
    };
    let site = old();
    let (out, seen) = at_terminal(on_data(&site, &["migrate"]));
    assert!(seen.contains(" pages ") && out.starts_with("the data was of version 1"), "{out:?} {seen:?}");
    // The bar is gone before the sentence.
    let sentence = seen.rfind("the data as it was is kept as ").unwrap();
    assert!(!seen[sentence..].contains(" pages "), "{seen:?}");
    let site = old();
    let (out, seen) = at_terminal(on_data(&site, &["migrate", "--json"]));
    assert!(seen.starts_with("the data as it was is kept as ") && out.starts_with('{'), "{out:?} {seen:?}");
}

#[test]
fn client_commands_tell_a_terminal_how_far_they_are() {
    let (site, other) = (Site::new(&[JANE]), Site::new(&[JANE]));
    let (server, target) = (site.serve(), other.serve());
    let file = site.folder.path().join("list.csv");
    std::fs::write(&file, "group,kind,address\nFriends,user,ann@example.org\n").unwrap();
    // So that there is something to do each time.
    let clear = |site: &Site, server: &Server| {
        let group = site.at(server, JANE, &["group", "remove", "Friends", "--yes"]).output().unwrap();
        let contact =
            site.at(server, JANE, &["contact", "remove", "ann@example.org", "--yes"]).output().unwrap();
        (group, contact)
    };
    check("import", "2/2", || {
        clear(&site, &server);
        site.at(&server, JANE, &["import", text(&file)])
    });
    let pem = |site: &Site| std::fs::read_to_string(site.folder.path().join("cert.pem")).unwrap();
    let trusted = site.folder.path().join("both.pem");
    std::fs::write(&trusted, pem(&site) + &pem(&other)).unwrap();
    check("copy", "2/2", || {
        clear(&other, &target);
        let mut command = ucs();
        command.args(["copy", "--ca-file", text(&trusted)]);
        for (end, url) in [("FROM", &server.url), ("TO", &target.url)] {
            command.env(format!("UCS_{end}_URL"), url).env(format!("UCS_{end}_USER"), JANE);
            command.env(format!("UCS_{end}_PASSWORD"), process::PASSWORD);
        }
        command
    });
}

/// What a copy of a database tells: from some to all of its pages, never back.
#[test]
fn pages_are_counted_to_the_last() {
    let site = Site::new(&[JANE]);
    fill(&site.data(), 20);
    let (backup, data) = (site.folder.path().join("backup.db"), site.data());
    let whole = |told: &[Progress]| {
        let connection = rusqlite::Connection::open(&backup).unwrap();
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let pages = u64::try_from(pages).unwrap();
        assert!(told.len() > 2 && told[0].done > 0 && told[0].done < pages, "in several steps: {told:?}");
        assert!(told.iter().all(|now| now.total == pages), "{pages} pages: {told:?}");
        assert!(told.windows(2).all(|two| two[0].done < two[1].done), "{told:?}");
        assert_eq!(told.last().unwrap().done, pages);
    };
    let mut told = Vec::new();
    file::backup(&data, &backup, false, |now| told.push(now)).unwrap();
    whole(&told);
    told.clear();
    file::restore(&data, &backup, |now| told.push(now)).unwrap();
    whole(&told);
}
