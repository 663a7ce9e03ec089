//! What a client sends: header values, header parts, credentials; over a socket.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod client_support;

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client_support::{Seen, Server, Step, converse, http, list, ok, read, write, written};
use oxws::client::{BuildError, CallOptions, Client, Error, ReplyInfo, RetryPolicy, TransportErrorKind};
use oxws::oxwscdata::{ExchangeVersion, MailboxCulture, RequestServerVersion};
use oxws::soap::Request;

#[tokio::test]
async fn a_request_has_the_headers_of_the_protocol() {
    let server = Server::new(|_, _| ok(&list())).await;
    let client = server.builder().anchor_mailbox("jane@example.org").build().unwrap();
    let reply = client.send(read()).await.unwrap();
    let seen = &server.seen()[0];
    assert!(seen.head.starts_with("POST /EWS/Exchange.asmx HTTP/1.1\r\n"), "{}", seen.head);
    assert_eq!(seen.header("content-type"), Some("text/xml; charset=utf-8"));
    assert_eq!(seen.header("accept"), Some("text/xml"));
    assert_eq!(
        seen.header("soapaction"),
        Some("\"http://schemas.microsoft.com/exchange/services/2006/messages/GetImItemList\"")
    );
    assert_eq!(seen.header("user-agent"), Some(concat!("oxws/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(seen.header("x-anchormailbox"), Some("jane@example.org"));
    assert_eq!(seen.header("return-client-request-id"), Some("true"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip"));
    assert_eq!(seen.header("authorization"), None);
    let id = seen.header("client-request-id").unwrap();
    assert_eq!(id.len(), 36, "{id}");
    let info: &ReplyInfo = reply.extensions.get().unwrap();
    assert_eq!((info.client_request_id.as_str(), info.attempts, info.status.as_u16()), (id, 1, 200));

    client.send(read()).await.unwrap();
    let seen = server.seen();
    assert_ne!(seen[1].header("client-request-id"), seen[0].header("client-request-id"));
    assert_eq!(seen[1].connection, 0, "the connection is used again");
}

#[tokio::test]
async fn a_call_has_options_of_its_own() {
    let server = Server::new(|_, _| http(200, &["request-id: 4711"], &list())).await;
    let client = server.builder().anchor_mailbox("jane@example.org").user_agent("Tester/1").build().unwrap();
    let options = CallOptions::new().client_request_id("my-id").anchor_mailbox("joe@example.org");
    let reply = client.send(Request::new(read()).with_extension(options)).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("client-request-id"), Some("my-id"));
    assert_eq!(seen.header("x-anchormailbox"), Some("joe@example.org"));
    assert_eq!(seen.header("user-agent"), Some("Tester/1"));
    let info: &ReplyInfo = reply.extensions.get().unwrap();
    assert_eq!((info.client_request_id.as_str(), info.request_id.as_deref()), ("my-id", Some("4711")));

    let options = CallOptions::new().client_request_id("no\nid");
    let error = client.send(Request::new(read()).with_extension(options)).await.unwrap_err();
    assert!(matches!(error, Error::Unsendable(_)), "{error:?}");
    assert!(!error.outcome_unknown());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn header_parts_are_filled_in_where_a_request_has_none() {
    let server = Server::new(|_, _| ok(&list())).await;
    let client = server
        .builder()
        .header_part(RequestServerVersion::new(ExchangeVersion::Exchange2010))
        .header_part(RequestServerVersion::new(ExchangeVersion::Exchange2013))
        .header_part(MailboxCulture::new("de-DE".parse().unwrap()))
        .build()
        .unwrap();
    client.send(read()).await.unwrap();
    let mut request = Request::new(read());
    request.headers.request_version = Some(RequestServerVersion::new(ExchangeVersion::Exchange2013Sp1));
    client.send(request).await.unwrap();
    let seen = server.seen();
    for (seen, version) in seen.iter().zip(["Exchange2013", "Exchange2013_SP1"]) {
        assert_eq!(seen.text().matches("<t:RequestServerVersion").count(), 1, "{}", seen.text());
        assert!(seen.text().contains(&format!("Version=\"{version}\"")), "{}", seen.text());
        assert!(seen.text().contains(">de-DE</t:MailboxCulture>"), "{}", seen.text());
    }
}

#[tokio::test]
async fn basic_credentials_are_a_header() {
    let server = Server::new(|_, _| ok(&list())).await;
    let client = server.builder().basic("jane", "se:cret").build().unwrap();
    client.call(read()).await.unwrap();
    assert_eq!(server.seen()[0].header("authorization"), Some("Basic amFuZTpzZTpjcmV0"));

    let client = server.builder().bearer("abc").build().unwrap();
    client.call(read()).await.unwrap();
    assert_eq!(server.seen()[1].header("authorization"), Some("Bearer abc"));
}

/// A server that accepts the tokens from a number on.
async fn picky(first_good: usize) -> Server {
    Server::new(move |_, seen| {
        let token = seen.header("authorization").unwrap().strip_prefix("Bearer token-").unwrap();
        match token.parse::<usize>().unwrap() >= first_good {
            true => ok(&written()),
            false => http(401, &["www-authenticate: Bearer error=\"invalid_token\""], b"<html/>"),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_replaced_once_for_all() {
    let server = picky(1).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let client = server
        .builder()
        .bearer_with(move |request| {
            let number = count.fetch_add(1, Ordering::SeqCst);
            async move {
                assert_eq!(request.refused, number > 0);
                assert_eq!(request.challenge.is_some(), request.refused);
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, std::io::Error>(format!("token-{number}"))
            }
        })
        .build()
        .unwrap();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.call(write()).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    client.call(write()).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2, "the token is kept");
}

#[tokio::test]
async fn a_token_that_stays_refused_is_an_error() {
    let server = picky(99).await;
    let client = server.builder().bearer_with(async |_| Ok::<_, String>("token-1".to_owned()));
    let error = client.build().unwrap().call(write()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    assert!(!error.outcome_unknown() && !error.is_transient());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_provider_may_fail() {
    let server = picky(0).await;
    let client = server.builder().bearer_with(async |_| Err::<String, _>("the authority is closed"));
    let error = client.build().unwrap().call(write()).await.unwrap_err();
    assert!(matches!(error, Error::Token(_)));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the authority is closed");

    let client = server.builder().bearer_with(async |_| Ok::<_, String>("to\nken".to_owned()));
    assert!(matches!(client.build().unwrap().call(write()).await, Err(Error::Token(_))));

    let client = server.builder().timeout(Duration::from_millis(50)).bearer_with(async |_| {
        std::future::pending::<()>().await;
        Ok::<_, String>(String::new())
    });
    let error = client.build().unwrap().call(write()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Timeout));
    assert!(!error.outcome_unknown());
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_reply_may_be_compressed() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&list()).unwrap();
    let body = encoder.finish().unwrap();
    let server = Server::new(move |_, _| http(200, &["content-encoding: gzip"], &body)).await;
    server.builder().build().unwrap().call(read()).await.unwrap();

    let plain = Server::new(|_, _| ok(&list())).await;
    plain.builder().gzip(false).build().unwrap().call(read()).await.unwrap();
    assert_eq!(plain.seen()[0].header("accept-encoding"), None);
}

#[tokio::test]
async fn the_reply_limit_counts_what_was_compressed() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
    let body = encoder.finish().unwrap();
    assert!(body.len() < 10_000);
    let server = Server::new(move |_, _| http(200, &["content-encoding: gzip"], &body)).await;
    let client = server.builder().reply_limit(10_000).build().unwrap();
    let error = client.call(read()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::TooLarge));
    assert!(error.outcome_unknown() && !error.is_transient());

    let client = server.builder().reply_limit(1 << 20).build().unwrap();
    assert!(matches!(client.call(read()).await, Err(Error::Undecodable(_))));
}

#[tokio::test]
async fn requests_go_through_a_proxy() {
    let proxy = Server::new(|_, _| ok(&list())).await;
    let address = proxy.url.strip_suffix("/EWS/Exchange.asmx").unwrap().replace("://", "://user:pass@");
    let client = Client::builder("http://exchange.example.org/EWS/Exchange.asmx").proxy(address);
    client.build().unwrap().call(read()).await.unwrap();
    let seen = &proxy.seen()[0];
    assert!(seen.head.starts_with("POST http://exchange.example.org/EWS/Exchange.asmx "), "{}", seen.head);
    assert_eq!(seen.header("proxy-authorization"), Some("Basic dXNlcjpwYXNz"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::new(|_, _| http(302, &["location: /owa/"], b"")).await;
    let error = server.builder().basic("u", "p").build().unwrap().call(write()).await.unwrap_err();
    let Error::Status(error) = error else { panic!("{error:?}") };
    assert_eq!((error.status.as_u16(), error.location()), (302, Some("/owa/")));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_broken_connection_leaves_open_what_happened() {
    let server =
        Server::new(|_, _| Step::Last(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n<soap".to_vec()));
    let server = server.await;
    let error = server.builder().build().unwrap().call(write()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Interrupted));
    assert!(error.outcome_unknown());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_refused_connection_is_tried_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let policy = RetryPolicy::new().max_attempts(100).base_delay(Duration::from_millis(5));
    let policy = policy.max_delay(Duration::from_millis(40));
    let builder = Client::builder(format!("http://{address}/EWS/Exchange.asmx")).no_proxy();
    let once = builder.clone().retry(RetryPolicy::none()).build().unwrap();
    let error = once.call(write()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Connect));
    assert!(error.is_transient() && !error.outcome_unknown());
    assert!(!format!("{error} {error:?}").contains("Exchange.asmx"), "{error:?}");

    let late = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        converse(stream, 0, &Mutex::default(), &|_, _: &Seen| ok(&written())).await
    });
    let reply = builder.retry(policy).build().unwrap().send(write()).await.unwrap();
    assert!(reply.extensions.get::<ReplyInfo>().unwrap().attempts > 1);
    late.abort();
}

#[tokio::test]
async fn a_server_that_does_not_answer_runs_into_the_time_out() {
    let server = Server::new(|_, _| Step::Hang).await;
    let client = server.builder().timeout(Duration::from_millis(100)).build().unwrap();
    let error = client.call(write()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Timeout));
    assert!(error.outcome_unknown());
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn impossible_settings_are_refused() {
    let build = |url: &str| Client::builder(url).no_proxy();
    let refused = |builder: oxws::client::Builder| builder.build().unwrap_err();
    assert!(matches!(refused(build("mail.example.org")), BuildError::Url(_)));
    assert!(matches!(refused(build("ftp://mail.example.org")), BuildError::Url(_)));
    let error = refused(build("https://jane:secret@mail.example.org"));
    assert!(matches!(error, BuildError::CredentialsInUrl));
    assert!(!format!("{error} {error:?}").contains("secret"));
    let error = refused(build("http://mail.example.org").basic("jane", "secret"));
    assert!(matches!(error, BuildError::PlainTextCredentials), "{error}");
    for local in ["http://localhost:80", "http://127.0.0.1", "http://[::1]:8080"] {
        build(local).basic("jane", "secret").build().unwrap();
    }
    build("http://mail.example.org").basic("jane", "secret").allow_plain_text_credentials().build().unwrap();
    build("http://mail.example.org").build().unwrap();
    assert!(matches!(refused(build("http://localhost").basic("ja:ne", "")), BuildError::Setting(_)));
    assert!(matches!(refused(build("http://localhost").bearer("a\nb")), BuildError::Setting(_)));
    assert!(matches!(refused(build("http://localhost").user_agent("a\nb")), BuildError::Setting(_)));
    assert!(matches!(refused(build("http://localhost").root_certificate_pem(b"x")), BuildError::Setting(_)));
    let error = refused(build("http://localhost").root_certificate_der(b"x"));
    assert!(matches!(error, BuildError::Certificate(_)), "{error}");
    assert!(matches!(refused(build("http://localhost").proxy("::")), BuildError::Proxy(_)));
    let transport = client_support::Script::default();
    let error = build("http://localhost").root_certificate_der(b"x").build_with(transport).unwrap_err();
    assert!(matches!(error, BuildError::NotForTransport("root_certificate_der")));
}

#[test]
fn nothing_shows_secrets() {
    let builder =
        Client::builder("https://mail.example.org").basic("jane", "secret").proxy("http://u:secret@p");
    let shown = format!("{builder:?} {:?}", builder.clone().no_proxy().build().unwrap());
    assert!(!shown.contains("secret") && !shown.contains("amFuZTpzZWNyZXQ"), "{shown}");
}
