//! What spans and events tell, and what they never do.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod client_support;

use std::io;
use std::sync::{Arc, Mutex};

use client_support::{Script, Server, http, ok, read, refused, reply, write};
use oxws::client::{CallOptions, Client};
use oxws::soap::{Fault, Request};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Everything that is traced, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The output of `future`, and all that was traced.
async fn traced<F: Future>(future: F) -> (F::Output, String) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_span_events(FmtSpan::FULL)
        .with_writer(log.clone())
        .finish();
    let output = future.with_subscriber(subscriber).await;
    (output, log.text())
}

#[tokio::test(start_paused = true)]
async fn a_call_is_a_span() {
    let script = Script::new([reply(503, ""), reply(200, refused("ErrorInvalidImGroupId", ""))]);
    let client = script.client();
    let request = Request::new(write()).with_extension(CallOptions::new().client_request_id("my-id"));
    let (result, log) = traced(client.call(request)).await;
    result.unwrap_err();
    let end = log.lines().rfind(|line| line.contains("close")).unwrap();
    for field in [
        "oxws.call{",
        "operation=\"AddImGroup\"",
        "client_request_id=\"my-id\"",
        "status=503 status=200",
        "attempts=2",
        "outcome=\"error\"",
        "response_code=\"ErrorInvalidImGroupId\"",
        "duration_ms=",
    ] {
        assert!(end.contains(field), "{field} in {end}");
    }
    assert!(log.contains("DEBUG oxws.call"), "{log}");
    assert!(log.contains("repeating the request attempts=1 delay_ms="), "{log}");
    assert!(log.contains("reason=\"status\""), "{log}");
}

#[tokio::test]
async fn nothing_secret_is_traced() {
    let server = Server::new(|number, _| match number % 5 {
        0 => http(401, &["www-authenticate: Bearer"], b"secret-body"),
        1 => ok(&refused("ErrorSecretCode", "")),
        2 => http(500, &[], &Fault::new("secret code", "secret-text").to_xml()),
        3 => ok(b"<soap:secret-body"),
        _ => http(302, &["location: http://u:secret-url@elsewhere/"], b""),
    })
    .await;
    let clients = [
        server.builder().basic("jane", "secret-password").build().unwrap(),
        server.builder().bearer_with(async |_| Ok::<_, String>("secret-token".to_owned())).build().unwrap(),
    ];
    let calls = async {
        for client in clients.iter().cycle().take(12) {
            client.call(write()).await.unwrap_err();
        }
        let proxy = server.url.replace("http://", "http://u:secret-proxy@");
        let client = Client::builder("http://nowhere.example.org/secret-path?secret-query").proxy(proxy);
        client.build().unwrap().call(read()).await.unwrap_err();
    };
    let ((), log) = traced(calls).await;
    assert!(log.matches("oxws.call").count() > 12);
    assert!(log.contains("outcome=\"undecodable\""), "{log}");
    assert!(log.contains("response_code=\"other\""), "{log}");
    let log = log.to_lowercase();
    let at = log.find("secret");
    assert!(at.is_none(), "{}", &log[at.unwrap() - 300..]);
    assert!(!log.contains("authorization: b") && !log.contains("amfuz"), "{log}");
}
