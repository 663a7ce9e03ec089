//! Requests whose framing or head is the point: refused before their body was read, broken off, of old or no
//! protocol at all, and TLS that never begins (UCS T12, T16, T17).

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use oxws::oxwscos::{ExchangeService, ExchangeServiceServer};
use oxws::server::{Endpoint, Server};
use oxws_tests::wire::{Connection, Reply, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);
/// A limit that is waited for.
const SHORT: Duration = Duration::from_millis(150);

struct Nothing;

impl ExchangeService for Nothing {}

/// A server, what ends it, and its task.
async fn start(server: Server) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let endpoint = Endpoint::new(ExchangeServiceServer(Nothing));
    let done = tokio::spawn(async move {
        server.serve_until(listener, endpoint, async { drop(ended.await) }).await.unwrap();
    });
    (address, end, done)
}

/// The reply to bytes that are written slowly enough for the server to hang up between them, which it must not.
async fn in_pieces(connection: &mut Connection, bytes: &[u8]) -> Reply {
    for piece in bytes.chunks(200_000) {
        timeout(LONG, connection.send(piece)).await.unwrap().unwrap();
        sleep(Duration::from_millis(1)).await;
    }
    timeout(LONG, connection.reply()).await.unwrap().unwrap()
}

/// A client that writes all of its request before it reads gets the answer, and may go on.
/// UCS T17.
#[tokio::test]
async fn t17_what_the_head_refuses_is_refused_after_the_body() {
    let (address, _end, _) = start(Server::new()).await;
    let large = vec![b'x'; 3 << 20];
    let elsewhere = |path: &str| {
        let mut request = post(&large, &[]);
        let line = format!("POST {path}").into_bytes();
        request.splice(.."POST /EWS/Exchange.asmx".len(), line);
        request
    };
    let refused = [
        (415, post(&large, &[("Content-Type", "")])),
        (415, post(&large, &[("Content-Encoding", "gzip")])),
        (404, elsewhere("/")),
        (405, elsewhere("/EWS/Services.wsdl")),
    ];
    for (status, request) in refused {
        let mut connection = Connection::open(address).await.unwrap();
        let reply = in_pieces(&mut connection, &request).await;
        assert_eq!(reply.status, status);
        assert!(reply.text().ends_with(".\n"), "a sentence on a line: {}", reply.text());
        connection.send(&post(b"", &[])).await.unwrap();
        assert_eq!(connection.reply().await.unwrap().status, 500);
    }
    // Who asks before is told at once.
    let asks = post(b"", &[("Content-Type", ""), ("Expect", "100-continue"), ("Content-Length", "1000")]);
    let mut connection = Connection::open(address).await.unwrap();
    connection.send(&asks).await.unwrap();
    assert_eq!(timeout(LONG, connection.reply()).await.unwrap().unwrap().status, 415);
}

/// UCS T12.
#[tokio::test]
async fn t12_requests_without_a_host_have_an_id_too() {
    let (address, _end, _) = start(Server::new()).await;
    let mut connection = Connection::open(address).await.unwrap();
    let headers = [("Host", ""), ("client-request-id", "a"), ("return-client-request-id", "true")];
    connection.send(&post(b"", &headers)).await.unwrap();
    let reply = connection.reply().await.unwrap();
    assert_eq!((reply.status, reply.header("client-request-id")), (400, Some("a")));
    assert_eq!(reply.header("request-id").map(str::len), Some(36));
}

/// All that the server sends before it closes the connection.
async fn all(address: SocketAddr, request: &[u8], finish: bool) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    if finish {
        stream.shutdown().await.unwrap();
    }
    let mut reply = Vec::new();
    timeout(LONG, stream.read_to_end(&mut reply)).await.unwrap().unwrap();
    String::from_utf8(reply).unwrap()
}

/// UCS T17.
#[tokio::test]
async fn t17_broken_framing_is_400() {
    let (address, _end, _) = start(Server::new()).await;
    let broken = [
        // Shorter than its length, and no chunks.
        post(b"<a", &[("Content-Length", "100")]),
        [post(b"", &[("Transfer-Encoding", "chunked")]), b"zz\r\nabc\r\n".to_vec()].concat(),
        [post(b"", &[("Transfer-Encoding", "chunked")]), b"5\r\nab".to_vec()].concat(),
        post(b"", &[("Content-Length", "x")]),
        post(b"", &[("Content-Length", "-1")]),
        b"GET\r\n\r\n".to_vec(),
        b"\0\0\0\0\r\n\r\n".to_vec(),
        b"POST /EWS/Exchange.asmx HTTP/9.9\r\n\r\n".to_vec(),
    ];
    for request in broken {
        let reply = all(address, &request, true).await;
        assert!(
            reply.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{}: {reply}",
            String::from_utf8_lossy(&request)
        );
    }
}

/// UCS T16.
#[tokio::test]
async fn t16_old_clients_and_odd_chunks() {
    let (address, _end, _) = start(Server::new()).await;
    // HTTP/1.0 needs no Host, and its connection ends with the reply.
    let old = String::from_utf8(post(b"", &[("Host", "")])).unwrap().replace("HTTP/1.1", "HTTP/1.0");
    let reply = all(address, old.as_bytes(), false).await;
    assert!(reply.contains(" 500 Internal Server Error\r\n") && reply.contains("request-id: "), "{reply}");
    // Extensions of chunks and trailers mean nothing.
    let chunks = b"4;a=b\r\n<a/>\r\n1\r\n\n\r\n0\r\nX-Trailer: 1\r\n\r\n".to_vec();
    let request = [post(b"", &[("Transfer-Encoding", "chunked"), ("Connection", "close")]), chunks].concat();
    let reply = all(address, &request, false).await;
    assert!(reply.contains("ErrorSchemaValidation") && reply.contains("connection: close\r\n"), "{reply}");
}

/// HEAD is GET without the body.
/// UCS T15.
#[tokio::test]
async fn t15_heads_of_the_description() {
    let (address, _end, _) = start(Server::new()).await;
    for document in ["Services.wsdl", "messages.xsd", "types.xsd", "Exchange.asmx?wsdl"] {
        let [get, head] = ["GET", "HEAD"].map(|method| {
            format!("{method} /EWS/{document} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").into_bytes()
        });
        let (get, head) = (all(address, &get, false).await, all(address, &head, false).await);
        let (full, body) = get.split_once("\r\n\r\n").unwrap();
        let length = format!("content-length: {}", body.len());
        let (head, nothing) = head.split_once("\r\n\r\n").unwrap();
        for head in [full, head] {
            let lines = ["HTTP/1.1 200 OK", "content-type: text/xml; charset=utf-8", &length];
            assert!(lines.iter().all(|wanted| head.lines().any(|line| line == *wanted)), "{head}");
        }
        assert_eq!(nothing, "");
    }
}

/// A certificate that nobody asks for.
fn tls() -> Arc<ServerConfig> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key.into()).unwrap())
}

#[tokio::test]
async fn a_handshake_that_does_not_come() {
    let (address, _end, _) = start(Server::new().tls(tls()).header_timeout(SHORT)).await;
    assert_eq!(all(address, b"", false).await, "");
    // The beginning of one.
    assert_eq!(all(address, b"\x16\x03\x01\x01\x00", false).await, "");
    // The server ends before it comes, and does not wait for it: neither for the handshake's time nor for its grace.
    let hour = Duration::from_secs(3600);
    let (address, end, done) = start(Server::new().tls(tls()).header_timeout(hour).grace(hour)).await;
    let mut silent = Connection::open(address).await.unwrap();
    sleep(SHORT).await;
    end.send(()).unwrap();
    assert!(timeout(LONG, silent.is_closed()).await.unwrap());
    timeout(LONG, done).await.unwrap().unwrap();
}
