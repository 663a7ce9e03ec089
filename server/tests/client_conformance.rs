//! `ucs conformance`: our server meets all that it checks, a server that does not is found out, and nothing is left.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use oxws::oxwscos::GetImItemList;
use process::{Server, Site, text};
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

#[tokio::test]
async fn our_server_meets_every_requirement() {
    let site = Site::new(&[JANE]);
    let configuration = site.folder.path().join("ucs.toml");
    std::fs::write(&configuration, "[http.rate]\naccount_per_second = 0\naddress_per_second = 0\n").unwrap();
    let server = site.serve_with(&["--config", text(&configuration)]);
    let output = conformance(&site, &server, &["--json", "--limits"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let shown: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(output.status.success(), "{said}: {shown:#}");
    assert_eq!(shown["counts"]["not_met"], 0, "{shown:#}");
    let checks = shown["checks"].as_array().unwrap();
    let listed: BTreeSet<_> =
        checks.iter().map(|check| check["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, numbers(), "each requirement is checked, or said not to be");
    // Nothing is left.
    let list = server.client(JANE).call(GetImItemList::default()).await.unwrap().im_item_list.unwrap();
    assert_eq!((list.groups.unwrap().len(), list.personas.unwrap_or_default().len()), (3, 0));
    // As a table.
    let output = conformance(&site, &server, &[]).output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && table.contains("T1   met          GET at the endpoint"), "{table}");
    assert!(table.contains("P1   not checked  needs an empty list"), "{table}");
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

/// A server that gives the same list to whatever it is asked.
#[test]
fn what_is_not_met_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().unwrap());
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
