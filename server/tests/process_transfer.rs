//! Lists in and out of real servers by the client commands: an import that the server's death interrupts, a copy to
//! another server, and the same list in the end.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::process::{Command, Stdio};
use std::time::Duration;

use process::{PASSWORD, Server, Site, text};

const JANE: &str = "jane@example.org";
const JOHN: &str = "john@example.org";

/// A list of three groups of the user's, a distribution group and `count` contacts, some by telephone, some in two
/// groups.
fn rows(count: usize) -> String {
    let mut rows = "group,kind,address,display_name,number,sip,group_address\n".to_owned();
    for n in 0..count {
        let group = ["Friends", "Work, far away", "Ärzte"][n % 3];
        match n % 5 {
            0 => rows.push_str(&format!(
                "\"{group}\",user,tel:+1555{n:04},,+1 555 {n:04},sip:+1555{n:04}@example.org,\n"
            )),
            _ => rows.push_str(&format!("\"{group}\",user,c{n}@example.org,,,,\n")),
        }
        if n % 7 == 1 && n % 5 != 0 {
            rows.push_str(&format!(",favorites,c{n}@example.org,,,,\n"));
        }
    }
    rows + "Team,distribution,,,,,team@example.org\n"
}

/// Runs a client command; what it writes.
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn export(site: &Site, server: &Server, login: &str) -> String {
    run(&mut site.at(server, login, &["export", "--format", "csv"]))
}

/// UCS O1 to O5: what an import did before the server died is not done twice, and nothing is missing after the second.
#[test]
fn an_import_survives_the_server() {
    let site = Site::new(&[JANE]);
    let config = site.without_rates();
    let file = site.folder.path().join("list.csv");
    std::fs::write(&file, rows(400)).unwrap();
    let server = site.serve_with(&["--config", &config]);
    let mut import = site.at(&server, JANE, &["import", text(&file)]);
    let mut import =
        import.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // As soon as some of it is there.
    while export(&site, &server, JANE).lines().count() < 60 {
        assert!(import.try_wait().unwrap().is_none(), "the import ended before the server");
        std::thread::sleep(Duration::from_millis(5));
    }
    server.kill();
    let import = import.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&import.stderr);
    assert_eq!(import.status.code(), Some(1), "{said}");
    assert!(said.contains("run the command again"), "{said}");

    let server = site.serve_with(&["--config", &config]);
    let partly = export(&site, &server, JANE).lines().count();
    let said = run(&mut site.at(&server, JANE, &["import", text(&file)]));
    assert!(said.ends_with("failed: 0\n"), "{said}");
    let whole = export(&site, &server, JANE);
    assert!((60..whole.lines().count()).contains(&partly), "{partly} rows were there when it died");
    // The same as without an interruption.
    let other = Site::new(&[JOHN]);
    let fresh = other.serve_with(&["--config", &other.without_rates()]);
    run(&mut other.at(&fresh, JOHN, &["import", text(&file)]));
    assert_eq!(sorted(&whole), sorted(&export(&other, &fresh, JOHN)));
    let again = run(&mut site.at(&server, JANE, &["import", text(&file)]));
    assert!(again.starts_with("created: 0 groups, 0 contacts, 0 memberships\n"), "{again}");
}

/// From one server to another, each with its own certificate, accounts and keys for ids.
#[test]
fn a_copy_is_the_same_list() {
    let (from, to) = (Site::new(&[JANE]), Site::new(&[JOHN]));
    let file = from.folder.path().join("list.csv");
    std::fs::write(&file, rows(60)).unwrap();
    let (here, there) = (
        from.serve_with(&["--config", &from.without_rates()]),
        to.serve_with(&["--config", &to.without_rates()]),
    );
    run(&mut from.at(&here, JANE, &["import", text(&file)]));
    let trusted = from.folder.path().join("both.pem");
    let pem = |site: &Site| std::fs::read_to_string(site.folder.path().join("cert.pem")).unwrap();
    std::fs::write(&trusted, pem(&from) + &pem(&to)).unwrap();
    let copy = |more: &[&str]| {
        let mut command = process::ucs();
        command.args(["copy", "--ca-file", text(&trusted)]).args(more);
        command.env("UCS_FROM_URL", &here.url).env("UCS_FROM_USER", JANE).env("UCS_FROM_PASSWORD", PASSWORD);
        command.env("UCS_TO_URL", &there.url).env("UCS_TO_USER", JOHN).env("UCS_TO_PASSWORD", PASSWORD);
        run(&mut command)
    };
    let before = export(&to, &there, JOHN);
    let planned = copy(&["--dry-run"]);
    assert!(planned.contains("to create: 4 groups, 60 contacts"), "{planned}");
    assert_eq!(export(&to, &there, JOHN), before);
    let said = copy(&[]);
    assert!(said.contains("created: 4 groups, 60 contacts") && said.ends_with("failed: 0\n"), "{said}");
    assert_eq!(sorted(&export(&to, &there, JOHN)), sorted(&export(&from, &here, JANE)));
    assert!(copy(&[]).starts_with("created: 0 groups, 0 contacts, 0 memberships\n"));
}

/// Rows in an order of their own: groups and contacts stand in the order in which they were made.
fn sorted(csv: &str) -> Vec<&str> {
    let mut rows: Vec<&str> = csv.lines().collect();
    rows.sort_unstable();
    rows
}

/// A name that a group of the server's own has: the client is given that group, and says so.
#[test]
fn a_group_of_the_servers_own_is_not_added() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let say = |arguments: &[&str]| run(&mut site.at(&server, JANE, arguments));
    assert_eq!(say(&["group", "add", "FAVORITES"]), "FAVORITES is there already\n");
    // Groups have names of one line, here as where they are added.
    assert_eq!(say(&["group", "add", "two\nlines"]), "two lines added\n");
    assert_eq!(say(&["group", "remove", "two\nlines", "--yes"]), "two lines removed\n");
}
