//! The form of replies on the wire, whatever they say: status lines, lengths, lines of a 401 (UCS T14).

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use http::StatusCode;
use process::raw::{envelope, get, post, sign_in};
use process::{Server, Site, text};

const JANE: &str = "jane@example.org";
const LIST: &str = "<m:GetImItemList/>";

/// A reply as it came.
struct Reply {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    /// To a request after which the server hangs up: all that came is one reply.
    fn to(server: &Server, request: &str) -> Reply {
        let mut raw = server.raw();
        raw.send(&request.replacen("\r\n", "\r\nConnection: close\r\n", 1));
        let (seen, _) = raw.closed();
        let (head, body) = seen.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{seen:?}"));
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        });
        Reply { line, headers: headers.collect(), body: body.to_owned() }
    }

    fn values(&self, name: &str) -> Vec<&str> {
        let of_name = self.headers.iter().filter(|(known, _)| known == name);
        of_name.map(|(_, value)| value.as_str()).collect()
    }

    fn status(&self) -> StatusCode {
        self.line.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Whether a reader knows where the body ends without waiting for the end of the connection.
    fn check_length(&self, name: &str, has_body: bool) {
        match (self.values("content-length").as_slice(), self.values("transfer-encoding").as_slice()) {
            ([length], []) if has_body => assert_eq!(*length, self.body.len().to_string(), "{name}"),
            // The length that GET would have.
            ([length], []) => assert!(length.parse::<usize>().unwrap() > 0 && self.body.is_empty(), "{name}"),
            ([], ["chunked"]) if has_body => assert!(self.body.ends_with("0\r\n\r\n"), "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// UCS T14: every reply has a reason phrase in its status line, and a Content-Length or chunks.
#[test]
fn t14_every_reply_has_a_reason_phrase_and_a_length() {
    let site = Site::new(&[JANE]);
    let config = site.folder.path().join("ucs.toml");
    std::fs::write(&config, "[http.limits]\nbody_bytes = 2000\n").unwrap();
    let server = site.serve_with(&["--config", text(&config)]);
    let signed = sign_in(JANE);
    let large = envelope(
        "",
        &format!("<m:AddImGroup><m:DisplayName>{}</m:DisplayName></m:AddImGroup>", "a".repeat(2000)),
    );
    let head = "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\n";
    let requests = [
        (200, post(&signed, "", LIST)),
        (200, post(&signed, "", "<m:RemoveImGroup><m:GroupId Id='none'/></m:RemoveImGroup>")),
        (500, post(&signed, "", "<m:NoOperation/>")),
        (401, post("", "", LIST)),
        (401, post(&signed.replacen("Basic ", "Bearer ", 1), "", LIST)),
        (413, process::raw::head(&signed, large.len()) + &large),
        (415, format!("{head}{signed}Content-Type: text/plain\r\nContent-Length: 1\r\n\r\na")),
        (400, format!("{head}{signed}Content-Length: a\r\n\r\n")),
        (405, get("/EWS/Exchange.asmx")),
        (404, get("/none")),
        (200, get("/")),
        (200, get("/healthz")),
        (200, get("/readyz")),
        (200, get("/metrics")),
        (200, get("/EWS/Services.wsdl")),
        (200, get("/EWS/messages.xsd")),
        (200, get("/EWS/types.xsd")),
        (401, get("/autodiscover/autodiscover.xml").replacen("GET", "POST", 1)),
    ];
    for (status, request) in requests {
        let name = request.lines().next().unwrap().to_owned();
        let reply = Reply::to(&server, &request);
        assert_eq!(reply.status().as_u16(), status, "{name}: {}", reply.body);
        let reason = reply.status().canonical_reason().unwrap();
        assert_eq!(reply.line, format!("HTTP/1.1 {status} {reason}"), "{name}");
        // What cannot be understood at all is answered with a status alone.
        let has_body = status != 400;
        if has_body {
            assert!(!reply.body.is_empty(), "{name}");
            reply.check_length(&name, true);
        } else {
            assert_eq!((reply.values("content-length"), reply.body.as_str()), (vec!["0"], ""), "{name}");
        }
    }
    let head = Reply::to(&server, &get("/EWS/Services.wsdl").replacen("GET", "HEAD", 1));
    assert_eq!(head.line, "HTTP/1.1 200 OK");
    head.check_length("HEAD", false);
    server.stop();
}

/// UCS T14: a 401 has one line for each scheme, on the wire too.
#[test]
fn t14_a_401_has_a_line_for_each_scheme_on_the_wire() {
    let site = Site::new(&[JANE]);
    let config = site.folder.path().join("ucs.toml");
    let jwt = "issuer = \"i\"\naudience = [\"a\"]\njwks_url = \"http://localhost:9/keys\"\n";
    std::fs::write(&config, format!("[http.auth.jwt]\n{jwt}")).unwrap();
    let server = site.serve_with(&["--config", text(&config)]);
    let reply = Reply::to(&server, &post("", "", LIST));
    assert_eq!(reply.line, "HTTP/1.1 401 Unauthorized");
    assert_eq!(reply.values("www-authenticate"), ["Basic realm=\"ucs\", charset=\"UTF-8\"", "Bearer"]);
    server.stop();
}
