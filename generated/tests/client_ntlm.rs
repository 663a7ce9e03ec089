//! NTLM against a server that keeps its rules: the login belongs to the connection, and is checked in full.
#![cfg(feature = "ntlm")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod client_support;

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use client_support::tls::TlsServer;
use client_support::{Script, Seen, Server, Step, http, list, ok, read, write, written};
use hmac::{Hmac, KeyInit as _, Mac as _};
use md4::{Digest as _, Md4};
use md5::Md5;
use oxws::client::{BuildError, Client, Error, TransportErrorKind};
use sha2::Sha256;

const NONCE: [u8; 8] = *b"whoisit?";

/// What the server knows of its connections.
#[derive(Default)]
struct Doorman {
    /// The first message, until the login is done.
    connections: Mutex<HashMap<usize, Option<Vec<u8>>>>,
    scheme: &'static str,
    /// Certificate of the server, to which logins must be bound.
    certificate: Option<Vec<u8>>,
    /// Whether the challenge has a time, and so the answer an integrity code.
    no_time: bool,
}

impl Doorman {
    fn new() -> Doorman {
        Doorman { scheme: "NTLM", ..Doorman::default() }
    }

    /// The reply to a request that is not let in, or none.
    fn refuse(&self, seen: &Seen) -> Option<Step> {
        let mut connections = self.connections.lock().unwrap();
        let Some(sent) = seen.header("authorization") else {
            let known = matches!(connections.get(&seen.connection), Some(None));
            return (!known).then(|| self.unauthorized(""));
        };
        let Some(sent) = sent.strip_prefix(&format!("{} ", self.scheme)) else {
            return Some(self.unauthorized(""));
        };
        let message = BASE64_STANDARD.decode(sent).unwrap();
        if message[8] == 1 {
            assert!(seen.body.is_empty(), "the body goes with the third message");
            connections.insert(seen.connection, Some(message));
            return Some(self.unauthorized(&format!(" {}", BASE64_STANDARD.encode(self.challenge()))));
        }
        let first = connections.get(&seen.connection).cloned().flatten().unwrap();
        match self.check(&first, &message) {
            Ok(()) => {
                connections.insert(seen.connection, None);
                None
            }
            Err(reason) => {
                connections.remove(&seen.connection);
                Some(http(401, &[&format!("x-reason: {reason}")], b""))
            }
        }
    }

    fn unauthorized(&self, challenge: &str) -> Step {
        let header = format!("www-authenticate: {}{challenge}", self.scheme);
        http(401, &["www-authenticate: Basic realm=\"x\"", &header], b"<html>Go away</html>")
    }

    fn challenge(&self) -> Vec<u8> {
        let attribute = |id: u8, value: &[u8]| [&[id, 0, value.len() as u8, 0][..], value].concat();
        let time = if self.no_time { Vec::new() } else { attribute(7, &[1, 2, 3, 4, 5, 6, 0xd9, 1]) };
        let target = [attribute(2, &utf16("CORP")), attribute(1, &utf16("MAIL")), time, attribute(0, b"")];
        let target = target.concat();
        let flags = 0xa288_8205_u32.to_le_bytes();
        let name = utf16("CORP");
        [
            &b"NTLMSSP\0\x02\0\0\0"[..],
            &[8, 0, 8, 0, 56, 0, 0, 0],
            &flags,
            &NONCE,
            &[0; 8],
            &[target.len() as u8, 0, target.len() as u8, 0, 64, 0, 0, 0],
            &[10, 0, 0, 0, 0, 0, 0, 15],
            &name,
            &target,
        ]
        .concat()
    }

    /// Does what a domain controller does with the third message.
    fn check(&self, first: &[u8], third: &[u8]) -> Result<(), &'static str> {
        let field = |at: usize| {
            let length = usize::from(u16::from_le_bytes([third[at], third[at + 1]]));
            let offset = u32::from_le_bytes(third[at + 4..at + 8].try_into().unwrap()) as usize;
            &third[offset..offset + length]
        };
        let (nt, domain, user) = (field(20), field(28), field(36));
        assert_eq!((domain, user), (&utf16("CORP")[..], &utf16("jane")[..]));
        let secret = Md4::digest(utf16("p\u{e4}ssword"));
        let key = mac(&secret, &[&utf16("JANE"), domain]);
        let (proof, blob) = nt.split_at(16);
        if mac(&key, &[&NONCE, blob]) != proof {
            return Err("password");
        }
        let attributes = attributes(&blob[28..blob.len() - 4]);
        let name = if self.certificate.is_some() { "HTTP/localhost" } else { "HTTP/127.0.0.1" };
        assert_eq!(attributes[&9], utf16(name));
        assert_eq!(attributes[&1], utf16("MAIL"));
        assert_eq!(attributes.get(&6).is_some_and(|flags| flags[0] & 2 != 0), !self.no_time);
        let session = mac(&key, &[proof]);
        let blank = [&third[..72], &[0; 16], &third[88..]].concat();
        if !self.no_time && mac(&session, &[first, &self.challenge(), &blank]) != third[72..88] {
            return Err("integrity");
        }
        let bound = match &self.certificate {
            None => vec![0; 16],
            Some(certificate) => {
                let token = [&b"tls-server-end-point:"[..], &Sha256::digest(certificate)].concat();
                let length = [token.len() as u8, 0, 0, 0];
                Md5::digest([&[0; 16], &length[..], &token].concat()).to_vec()
            }
        };
        if attributes[&10] == bound { Ok(()) } else { Err("channel") }
    }
}

fn attributes(mut bytes: &[u8]) -> HashMap<u8, Vec<u8>> {
    let mut all = HashMap::new();
    while bytes[0] != 0 {
        let (value, rest) = bytes[4..].split_at(usize::from(bytes[2]));
        all.insert(bytes[0], value.to_vec());
        bytes = rest;
    }
    all
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Md5>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

async fn guarded(doorman: Doorman) -> Server {
    Server::new(move |_, seen| doorman.refuse(seen).unwrap_or_else(|| ok(&written()))).await
}

fn client(server: &Server) -> Client {
    server.builder().ntlm("CORP\\jane", "p\u{e4}ssword").build().unwrap()
}

#[tokio::test]
async fn a_login_takes_three_legs_and_lasts_as_long_as_its_connection() {
    let server = guarded(Doorman::new()).await;
    let client = client(&server);
    for _ in 0..3 {
        client.call(write()).await.unwrap();
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 4, "two for the first call, one for each other");
    assert!(seen.iter().all(|seen| seen.connection == 0));
    assert!(seen[0].body.is_empty());
    assert!(seen[2].header("authorization").is_none());
    for seen in &seen {
        assert!(seen.head.starts_with("POST /EWS/Exchange.asmx HTTP/1.1"), "{}", seen.head);
        assert!(seen.header("host").unwrap().starts_with("127.0.0.1:"));
        assert_eq!(seen.header("accept-encoding"), Some("gzip"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_the_same_time_have_connections_of_their_own() {
    let server = guarded(Doorman::new()).await;
    let client = client(&server);
    for _ in 0..5 {
        let calls: Vec<_> = (0..8)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.call(write()).await.map(drop) })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
    }
    let seen = server.seen();
    let connections = seen.iter().map(|seen| seen.connection).max().unwrap() + 1;
    assert!(connections <= 8, "{connections}");
    assert_eq!(seen.len(), 40 + connections, "one login for each connection");
}

#[tokio::test]
async fn a_wrong_password_is_a_401() {
    let server = guarded(Doorman::new()).await;
    let client = server.builder().ntlm("CORP\\jane", "guess").build().unwrap();
    let error = client.call(write()).await.unwrap_err();
    let Error::Status(error) = error else { panic!("{error:?}") };
    assert_eq!((error.status.as_u16(), &error.headers["x-reason"]), (401, &"password".parse().unwrap()));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_server_that_forgets_is_told_again() {
    let doorman = Arc::new(Doorman::new());
    let known = Arc::clone(&doorman);
    let server = Server::new(move |_, seen| known.refuse(seen).unwrap_or_else(|| ok(&written()))).await;
    let client = client(&server);
    client.call(write()).await.unwrap();
    doorman.connections.lock().unwrap().clear();
    client.call(write()).await.unwrap();
    assert_eq!(server.seen().len(), 2 + 3);
    assert!(server.seen().iter().all(|seen| seen.connection == 0));
}

#[tokio::test]
async fn a_closed_connection_is_replaced() {
    let doorman = Doorman::new();
    let server = Server::new(move |_, seen| match doorman.refuse(seen).unwrap_or_else(|| ok(&written())) {
        Step::Reply(bytes) if seen.header("authorization").is_none() => Step::Last(bytes),
        // The login itself is the last thing on the connection.
        Step::Reply(bytes) if bytes.starts_with(b"HTTP/1.1 200") => Step::Last(bytes),
        step => step,
    });
    let server = server.await;
    let client = client(&server);
    for _ in 0..3 {
        client.call(write()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let connections: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 0, 1, 1, 2, 2]);
}

#[tokio::test]
async fn negotiate_is_taken_where_nothing_else_is_offered() {
    let server = guarded(Doorman { scheme: "Negotiate", ..Doorman::new() }).await;
    let client = client(&server);
    client.call(write()).await.unwrap();
    assert_eq!(server.seen().len(), 3);
    assert!(server.seen()[2].header("authorization").unwrap().starts_with("Negotiate TlRMTVNTU"));
}

#[tokio::test]
async fn old_servers_tell_no_time() {
    let server = guarded(Doorman { no_time: true, ..Doorman::new() }).await;
    client(&server).call(write()).await.unwrap();
}

#[tokio::test]
async fn servers_without_ntlm_are_asked_as_usual() {
    let server = Server::new(|_, seen| match seen.body.is_empty() {
        true => http(400, &[], b"what?"),
        false => ok(&written()),
    });
    let server = server.await;
    client(&server).call(write()).await.unwrap();
    assert_eq!(server.seen()[1].header("authorization"), None);

    let server = Server::new(|_, _| http(401, &["www-authenticate: Basic realm=\"x\""], b"")).await;
    let error = client(&server).call(write()).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_login_is_bound_to_the_tls_channel() {
    let doormen: Mutex<HashMap<Vec<u8>, Arc<Doorman>>> = Mutex::default();
    let server = TlsServer::new(move |own, _, seen| {
        let doorman = Doorman { certificate: Some(own.to_vec()), ..Doorman::new() };
        let mut doormen = doormen.lock().unwrap();
        let doorman = doormen.entry(own.to_vec()).or_insert_with(|| Arc::new(doorman));
        doorman.refuse(seen).unwrap_or_else(|| ok(&written()))
    })
    .await;
    let builder = Client::builder(server.url()).no_proxy().ntlm("CORP\\jane", "p\u{e4}ssword");
    let client = builder.clone().root_certificate_der(&server.der).build().unwrap();
    client.call(write()).await.unwrap();
    let error = builder.only_these_roots().build().unwrap().call(write()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Tls),
        "{error:?}"
    );
}

#[tokio::test]
async fn replies_may_be_compressed_but_not_too_large() {
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let (good, large) = (gzip(&list()), gzip(&vec![b' '; 1 << 20]));
    let doorman = Doorman::new();
    let server = Server::new(move |number, seen| {
        let body = if number < 2 { &good } else { &large };
        doorman.refuse(seen).unwrap_or_else(|| http(200, &["content-encoding: gzip"], body))
    })
    .await;
    let builder = server.builder().ntlm("CORP\\jane", "p\u{e4}ssword").reply_limit(10_000);
    let client = builder.build().unwrap();
    client.call(read()).await.unwrap();
    let error = client.call(read()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::TooLarge));
}

#[tokio::test]
async fn a_proxy_makes_a_tunnel() {
    let server = guarded(Doorman::new()).await;
    let target = server.url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://u:p@{}", listener.local_addr().unwrap());
    let expected = target.clone();
    tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let seen = client_support::receive(&mut near, 0).await.unwrap().unwrap();
        assert!(seen.head.starts_with(&format!("CONNECT {expected} ")), "{}", seen.head);
        assert_eq!(seen.header("proxy-authorization"), Some("Basic dTpw"));
        tokio::io::AsyncWriteExt::write_all(&mut near, b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut far = tokio::net::TcpStream::connect(target).await.unwrap();
        tokio::io::copy_bidirectional(&mut near, &mut far).await.unwrap();
    });
    let builder = Client::builder(&server.url).proxy(proxy).ntlm("CORP\\jane", "p\u{e4}ssword");
    builder.build().unwrap().call(write()).await.unwrap();
}

#[tokio::test]
async fn connections_may_fail() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder(url).no_proxy().ntlm("jane", "").build().unwrap();
    let error = client.call(write()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Connect));
    assert!(!error.outcome_unknown());

    let server = Server::new(|_, _| Step::Last(Vec::new())).await;
    let error = server.builder().ntlm("jane", "").build().unwrap().call(write()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Interrupted));
    assert!(!error.outcome_unknown(), "the request proper was not sent");
}

#[test]
fn ntlm_is_a_matter_of_connections() {
    let builder = || Client::builder("http://mail.example.org/").ntlm("jane", "secret");
    assert!(matches!(builder().build(), Err(BuildError::PlainTextCredentials)));
    let error = builder().allow_plain_text_credentials().build_with(Script::default()).unwrap_err();
    assert!(matches!(error, BuildError::NotForTransport("ntlm")));
    assert!(!format!("{:?}", builder()).contains("secret"));
}
