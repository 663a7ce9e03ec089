//! `ucs conformance`: our server meets all that it checks, a server that does not is found out, and nothing is left.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use oxws::oxwscos::GetImItemList;
use process::{Server, Site};
use serde_json::Value;

const JANE: &str = "jane@example.org";

fn conformance(site: &Site, server: &Server, more: &[&str]) -> Command {
    site.at(server, JANE, &[&["conformance"], more].concat())
}

/// Numbers of the requirements, from their list.
fn numbers() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/requirements.toml");
    let list: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let all = list["requirement"].as_array().unwrap().iter();
    all.map(|requirement| requirement["number"].as_str().unwrap().to_owned()).collect()
}

/// Everything that can be checked from outside: for a mailbox that was never opened, by who has a grant for it.
#[tokio::test]
async fn our_server_meets_every_requirement() {
    const ROBOT: &str = "robot@example.org";
    const ANN: &str = "ann@example.org";
    let site = Site::new(&[JANE, ROBOT]);
    site.ucs(&["grant", "add", ROBOT, JANE], "");
    site.ucs(&["directory", "add", ANN, "--name", "Ann Example"], "");
    let server = site.serve_with(&["--config", &site.without_rates()]);
    let run = |login: &str, more: &[&str]| {
        let output = site.at(&server, login, &[&["conformance", "--json"], more].concat()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let shown: Value = serde_json::from_slice(&output.stdout).expect(&said);
        (output.status.success(), shown, said)
    };
    let of_result = |shown: &Value, result: &str| -> BTreeSet<String> {
        let checks = shown["checks"].as_array().unwrap().iter();
        let checks = checks.filter(|check| check["result"] == result);
        checks.map(|check| check["number"].as_str().unwrap().to_owned()).collect()
    };
    let everything = ["--limits", "--unopened", "--impersonate", JANE, "--person", ANN];
    let (succeeded, shown, said) = run(ROBOT, &everything);
    assert!(succeeded && shown["counts"]["not_met"] == 0, "{said}: {shown:#}");
    let (met, not_checked) = (of_result(&shown, "met"), of_result(&shown, "not_checked"));
    assert_eq!(not_checked, BTreeSet::from(["F10".to_owned()]), "{shown:#}");
    assert_eq!(&met | &not_checked, numbers(), "each requirement is checked, or said not to be");
    // Nothing is left, neither there nor in the mailbox of who acted.
    for login in [JANE, ROBOT] {
        let list = server.client(login).call(GetImItemList::default()).await.unwrap().im_item_list.unwrap();
        assert_eq!((list.groups.unwrap().len(), list.personas.unwrap_or_default().len()), (3, 0));
    }
    // What was opened before has the names that it has, and who has no grant does not get far.
    let (succeeded, shown, _) = run(ROBOT, &["--unopened"]);
    assert!(!succeeded && of_result(&shown, "not_met") == BTreeSet::from(["I4".to_owned()]), "{shown:#}");
    let refused = conformance(&site, &server, &["--impersonate", ROBOT]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && said.contains("ucs grant add"), "{said}");
    // As a table.
    let output = conformance(&site, &server, &[]).output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && table.contains("T1   met          GET at the endpoint"), "{table}");
    for line in
        ["P1   not checked  needs an empty list", "I1   not checked  needs --impersonate", "F9   not checked"]
    {
        assert!(table.contains(line), "{table}");
    }
    assert!(table.lines().last().unwrap().contains(" 0 not met"), "{table}");
}

#[test]
fn a_list_that_is_in_use_is_left_alone() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let run = |arguments: &[&str]| {
        let output = site.at(&server, JANE, arguments).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    assert_eq!(run(&["group", "add", "Friends"]).0, Some(0));
    assert_eq!(run(&["contact", "add", "ann@example.org", "--group", "Friends"]).0, Some(0));
    let before = run(&["list", "--json"]).1;
    let (code, said) = run(&["conformance"]);
    assert!(code == Some(1) && said.contains("2 groups and contacts") && said.contains("--force"), "{said}");
    assert_eq!(run(&["list", "--json"]).1, before);
    let (code, said) = run(&["conformance", "--force"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(run(&["list", "--json"]).1, before);
    let (code, said) = run(&["conformance", "--user", "nobody"]);
    assert!(code == Some(1) && said.contains("does not accept the credentials"), "{said}");
}

/// A server that gives the same list to whatever it is asked: its URL, and the heads of the requests.
fn fake() -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().unwrap());
    let (tell, heads) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let body = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><GetImItemListResponse \
                    ResponseClass='Success' xmlns='http://schemas.microsoft.com/exchange/services/2006/messages'>\
                    <ResponseCode>NoError</ResponseCode></GetImItemListResponse></s:Body></s:Envelope>";
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut seen = Vec::new();
            let mut buffer = [0; 1 << 14];
            // Head and body.
            loop {
                let whole = String::from_utf8_lossy(&seen).to_lowercase();
                if let Some((head, rest)) = whole.split_once("\r\n\r\n") {
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                    if rest.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                        let _ = tell.send(head.to_owned());
                        break;
                    }
                }
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => seen.extend_from_slice(&buffer[..count]),
                }
            }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length:";
            let _ = stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    });
    (url, heads)
}

#[test]
fn what_is_not_met_is_told() {
    let (url, _heads) = fake();
    let mut command = process::ucs();
    let output = command.args(["conformance", &url, "--timeout", "10"]).output().unwrap();
    let (table, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("requirements are not met"), "{said}");
    for line in [
        "T1   NOT MET      GET at the endpoint is 405 with Allow: HTTP 200 with NoError, instead of HTTP 405",
        "T2   met ",
        "T13  NOT MET ",
        "T14  not checked  no credentials",
        "O1   NOT MET ",
    ] {
        assert!(table.contains(line), "{line}: {table}");
    }
}

/// With NTLM, no password is sent, also to a server that asks for nothing.
#[test]
fn ntlm_is_offered_and_no_password_is_sent() {
    let (url, heads) = fake();
    let mut command = process::ucs();
    command.args(["conformance", &url, "--user", JANE, "--ntlm", "--timeout", "10"]);
    let output = command.env("UCS_PASSWORD", process::PASSWORD).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let heads: Vec<String> = heads.try_iter().collect();
    let with = |scheme: &str| {
        let line = format!("authorization: {scheme}");
        heads.iter().filter(|head| head.contains(&line)).count()
    };
    assert!(with("ntlm tlrmtvntuaab") > 0, "{heads:?}");
    assert_eq!(with("basic"), 0, "{heads:?}");
}
