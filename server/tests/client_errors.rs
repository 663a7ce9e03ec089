//! What the client commands say when a server cannot be used: what is wrong, and what to do.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use process::{Server, Site, ucs};

const JANE: &str = "jane@example.org";

/// What `ucs list` says: it fails with status 1, in a few lines, and prints nothing else.
fn said(site: &Site, server: &Server, more: &[&str]) -> String {
    let output = site.at(server, JANE, &[&["list"], more].concat()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
    assert!(said.starts_with("error: ") && !said.contains("unknown whether"), "{said}");
    said
}

/// Puts a certificate in the place of the site's, which is not as it should be.
fn certificate(site: &Site, change: impl FnOnce(&mut rcgen::CertificateParams)) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut names = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    names.subject_alt_names.push(rcgen::SanType::IpAddress("127.0.0.1".parse().unwrap()));
    change(&mut names);
    std::fs::write(site.folder.path().join("cert.pem"), names.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(site.folder.path().join("key.pem"), key.serialize_pem()).unwrap();
}

#[test]
fn certificates_that_are_not_trusted() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    site.new_certificate();
    assert!(said(&site, &server, &[]).contains("if it is the right one, give it"), "another one");
    server.stop();
    type Change = fn(&mut rcgen::CertificateParams);
    let cases: [(&str, Change); 3] = [
        ("has expired", |names| names.not_after = rcgen::date_time_ymd(2020, 1, 1)),
        ("is for other names", |names| {
            names.subject_alt_names = vec![rcgen::SanType::DnsName("other.example".try_into().unwrap())];
        }),
        ("basicConstraints=critical,CA:FALSE", |names| {
            names.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        }),
    ];
    for (what, change) in cases {
        certificate(&site, change);
        let server = site.serve();
        let said = said(&site, &server, &[]);
        assert!(said.lines().nth(1).unwrap().contains(what), "{said}");
        server.stop();
    }
}

#[test]
fn servers_that_are_not_what_was_expected() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let said = |more: &[&str]| said(&site, &server, more);
    let at = |url: &str| said(&["--url", url]);
    let host = server.url.split('/').nth(2).unwrap();
    assert!(at(&format!("http://{host}/EWS/Exchange.asmx")).contains("begins with http or https"));
    assert!(at(&format!("https://{host}/")).contains("mostly /EWS/Exchange.asmx"));
    assert!(at("https://127.0.0.1:1/EWS/Exchange.asmx").contains("whether the server runs"));
    assert!(at("mail.example.org").contains("--url mail.example.org"));
    for secret in ["https://jane:sekret@example.org/", "jane:sekret@example.org", "https://jane:sekret@[x/"] {
        let told = at(secret);
        assert!(told.contains("--url") && !told.contains("sekret"), "{told}");
    }
    assert!(at("https://jane:sekret@example.org/").contains("give the user by --user"));
    let plain = at("http://mail.example.org/EWS/Exchange.asmx");
    assert!(plain.contains("begins with https:") && !plain.contains("allow_plain"), "{plain}");
    assert!(said(&["--user", "nobody"]).contains("check the user and the password"));
    let ntlm = said(&["--ntlm"]);
    assert!(ntlm.contains("it takes Basic"), "{ntlm}");
    let other = said(&["--impersonate", "joe@example.org"]);
    assert!(other.contains("ucs grant add"), "{other}");
    let key = site.folder.path().join("key.pem");
    let no_certificate = ucs().args(["list", "--url", &server.url, "--ca-file"]).arg(key).output().unwrap();
    assert!(String::from_utf8_lossy(&no_certificate.stderr).contains("holds no certificate in PEM form"));
}

#[test]
fn the_environment_names_a_certificate_to_trust() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let list = |file: &std::path::Path| {
        let mut command = ucs();
        command.args(["list", "--user", JANE, "--password-stdin"]).env("UCS_URL", &server.url);
        let mut child = command
            .env("UCS_CA_FILE", file)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{}", process::PASSWORD).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let certificate = site.folder.path().join("cert.pem");
    assert_eq!(list(&certificate), (Some(0), String::new()));
    // Set to nothing, it is as if it were not set.
    let (code, said) = list(std::path::Path::new(""));
    assert!(code == Some(1) && said.contains("if it is the right one, give it"), "{said}");
}

/// Something on the network that answers everybody the same.
fn answers(response: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Enough to see that something was asked.
            let _ = stream.read(&mut [0; 1 << 16]);
            let _ = stream.write_all(response.as_bytes());
        }
    });
    url
}

#[test]
fn what_answers_is_no_such_server() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let close = "Connection: close\r\nContent-Length:";
    let cases = [
        ("200 OK\r\nContent-Type: text/html", "<html/>", "does not speak the protocol"),
        ("302 Found\r\nLocation: https://b.example/", "", "sends elsewhere, to https://b.example/"),
        ("502 Bad Gateway", "oops", "try again later"),
        ("500 Internal Server Error", "oops", "has failed: try again later"),
        ("403 Forbidden", "", "the server forbids this"),
    ];
    for (head, body, what) in cases {
        let response = format!("HTTP/1.1 {head}\r\n{close} {}\r\n\r\n{body}", body.len());
        let url = answers(Box::leak(response.into_boxed_str()));
        let said = said(&site, &server, &["--timeout", "10", "--url", &url]);
        assert!(said.contains(what), "{head}: {said}");
    }
}

#[test]
fn a_missing_address_is_told_with_the_variable_that_may_hold_it() {
    for (arguments, variables) in
        [(&["list"][..], "UCS_URL"), (&["conformance"], "UCS_URL"), (&["copy"], "UCS_FROM_URL, UCS_TO_URL")]
    {
        let output = ucs().args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(&format!("tip: the environment can say it, too: {variables}\n")), "{said}");
    }
}
