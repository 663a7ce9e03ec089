//! The limits of the server shim: sizes, times, connections, and its end (UCS T17).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use oxws::oxwscdata::ResponseClass;
use oxws::oxwscos::{ExchangeService, ExchangeServiceServer, GetImItemList, GetImItemListResponse};
use oxws::server::{Builder, Endpoint, Refusal, Server};
use oxws::soap::{Outcome, Request, Response};
use oxws_tests::wire::{Connection, post};
use oxws_tests::{M, T};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);
/// A limit that is waited for.
const SHORT: Duration = Duration::from_millis(150);

/// Answers when it is told to.
#[derive(Default)]
struct Slow {
    asked: Notify,
    go: Notify,
}

impl ExchangeService for Slow {
    async fn get_im_item_list(&self, _: Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        self.asked.notify_one();
        self.go.notified().await;
        Ok(Response::new(GetImItemListResponse::new(ResponseClass::Success)))
    }
}

type Served = ExchangeServiceServer<Arc<Slow>>;

/// A server that runs until it is told to end.
struct Running {
    address: SocketAddr,
    service: Arc<Slow>,
    end: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

async fn start(server: Server, set: impl FnOnce(Builder<Served>) -> Builder<Served>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = Arc::new(Slow::default());
    let endpoint = set(Endpoint::builder(ExchangeServiceServer(service.clone()))).build();
    let (end, ended) = oneshot::channel::<()>();
    let done = tokio::spawn(async move {
        server.serve_until(listener, endpoint, async { drop(ended.await) }).await.unwrap();
    });
    Running { address, service, end, done }
}

fn list() -> Vec<u8> {
    let envelope = format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><RequestServerVersion xmlns='{T}' \
         Version='Exchange2013'/></s:Header><s:Body><GetImItemList xmlns='{M}'/></s:Body></s:Envelope>"
    );
    post(envelope.as_bytes(), &[])
}

async fn open(address: SocketAddr) -> Connection {
    Connection::open(address).await.unwrap()
}

/// The connection is closed after a while, which is not the time-out of this test.
async fn assert_closed(connection: &mut Connection) {
    assert!(timeout(LONG, connection.is_closed()).await.expect("the connection stays open"));
}

/// UCS T17.
#[tokio::test]
async fn t17_a_request_over_the_limit_is_413_even_for_who_sends_it_all_first() {
    let running = start(Server::new(), |builder| builder.body_limit(1000)).await;
    for size in [1001, 5000] {
        let mut connection = open(running.address).await;
        connection.send(&post(&vec![b' '; size], &[])).await.unwrap();
        assert_eq!(connection.reply().await.unwrap().status, 413, "{size}");
        let mut connection = open(running.address).await;
        let chunk = [format!("{size:x}\r\n").as_bytes(), &vec![b' '; size], b"\r\n0\r\n\r\n"].concat();
        connection.send(&[post(b"", &[("Transfer-Encoding", "chunked")]), chunk].concat()).await.unwrap();
        assert_eq!(connection.reply().await.unwrap().status, 413, "{size}");
    }
    // At the limit, it is a request.
    let mut connection = open(running.address).await;
    connection.send(&post(&[b' '; 1000], &[])).await.unwrap();
    assert_eq!(connection.reply().await.unwrap().status, 500);
    // Who asks before is told before, and who announces more than anybody waits for is not waited for.
    let mut connection = open(running.address).await;
    let asks = post(b"", &[("Expect", "100-continue"), ("Content-Length", "99999999999999999999")]);
    connection.send(&asks).await.unwrap();
    assert!(matches!(connection.reply().await.unwrap().status, 400 | 413));
    let mut connection = open(running.address).await;
    connection.send(&post(b"", &[("Expect", "100-continue"), ("Content-Length", "1001")])).await.unwrap();
    assert_eq!(connection.reply().await.unwrap().status, 413);
}

/// UCS T17.
#[tokio::test]
async fn t17_a_body_that_does_not_come_is_408() {
    let running = start(Server::new(), |builder| builder.body_timeout(SHORT)).await;
    let mut connection = open(running.address).await;
    connection.send(&post(b"<a", &[("Content-Length", "1000")])).await.unwrap();
    assert_eq!(timeout(LONG, connection.reply()).await.unwrap().unwrap().status, 408);
    // One byte after the other does not help.
    let mut connection = open(running.address).await;
    connection.send(&post(b"", &[("Content-Length", "100000")])).await.unwrap();
    let dripping = async {
        while connection.send(b" ").await.is_ok() {
            if let Ok(reply) = timeout(Duration::from_millis(10), connection.reply()).await {
                return reply.unwrap();
            }
        }
        connection.reply().await.unwrap()
    };
    assert_eq!(timeout(LONG, dripping).await.unwrap().status, 408);
}

/// UCS T17.
#[tokio::test]
async fn t17_depth_is_limited() {
    let shallow = oxws::rt::Limits { depth: 4, ..oxws::rt::Limits::default() };
    let running = start(Server::new(), |builder| builder.xml_limits(shallow)).await;
    let mut connection = open(running.address).await;
    let deep = String::from_utf8(list()).unwrap();
    let body = deep.split_once("\r\n\r\n").unwrap().1;
    let body = body.replace("<s:Header>", "<s:Header><a><b><c/></b></a>");
    connection.send(&post(body.as_bytes(), &[])).await.unwrap();
    let reply = connection.reply().await.unwrap();
    assert!(reply.status == 500 && reply.text().contains("ErrorSchemaValidation"), "{}", reply.text());
}

#[tokio::test]
async fn connections_that_send_no_request_are_closed() {
    let running = start(Server::new().header_timeout(SHORT), |builder| builder).await;
    // Silent from the beginning.
    assert_closed(&mut open(running.address).await).await;
    // A head that never ends.
    let mut connection = open(running.address).await;
    connection.send(b"POST /EWS/Exchange.asmx HTTP/1.1\r\n").await.unwrap();
    let dripping = async {
        while connection.send(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, dripping).await.expect("the head may drip for ever");
    // Idle after a request.
    let mut connection = open(running.address).await;
    connection.send(&post(b"", &[])).await.unwrap();
    assert_eq!(connection.reply().await.unwrap().status, 500);
    assert_closed(&mut connection).await;
}

#[tokio::test]
async fn heads_are_limited() {
    let running = start(Server::new().header_limit(8 << 10), |builder| builder).await;
    let mut connection = open(running.address).await;
    let long = "a".repeat(20 << 10);
    // The server may hang up while this is written.
    let _ = connection.send(&post(b"", &[("X-Long", &long)])).await;
    assert!(connection.reply().await.is_ok_and(|reply| reply.status == 431));
    let mut connection = open(running.address).await;
    let many: Vec<(String, &str)> = (0..300).map(|at| (format!("X-{at}"), "a")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let _ = connection.send(&post(b"", &many)).await;
    assert!(connection.reply().await.is_ok_and(|reply| reply.status == 431));
}

#[tokio::test]
async fn further_connections_wait_for_their_turn() {
    let running = start(Server::new().max_connections(1), |builder| builder).await;
    let mut first = open(running.address).await;
    first.send(&post(b"", &[])).await.unwrap();
    assert_eq!(first.reply().await.unwrap().status, 500);
    let mut second = open(running.address).await;
    second.send(&post(b"", &[])).await.unwrap();
    assert!(timeout(SHORT, second.reply()).await.is_err(), "the second connection is served at once");
    drop(first);
    assert_eq!(timeout(LONG, second.reply()).await.unwrap().unwrap().status, 500);
}

#[tokio::test]
async fn the_end_waits_for_what_was_accepted_and_for_nothing_else() {
    let running = start(Server::new().grace(LONG), |builder| builder).await;
    let mut idle = open(running.address).await;
    idle.send(&post(b"", &[])).await.unwrap();
    idle.reply().await.unwrap();
    let mut busy = open(running.address).await;
    busy.send(&list()).await.unwrap();
    running.service.asked.notified().await;
    running.end.send(()).unwrap();
    assert_closed(&mut idle).await;
    assert!(!running.done.is_finished());
    running.service.go.notify_one();
    assert_eq!(busy.reply().await.unwrap().status, 200);
    timeout(LONG, running.done).await.expect("the server does not end").unwrap();
    assert!(Connection::open(running.address).await.is_err());
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let running = start(Server::new().grace(SHORT), |builder| builder).await;
    let mut busy = open(running.address).await;
    busy.send(&list()).await.unwrap();
    running.service.asked.notified().await;
    let begin = Instant::now();
    running.end.send(()).unwrap();
    timeout(LONG, running.done).await.expect("the server does not end").unwrap();
    assert!(begin.elapsed() >= SHORT);
    assert!(busy.reply().await.is_err());
}

/// Connections are told twice in short time that the server ends, each of them by other threads than its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_end_reaches_every_connection() {
    for _ in 0..8 {
        let running = start(Server::new().grace(Duration::from_millis(1)), |builder| builder).await;
        let mut busy = Vec::new();
        for _ in 0..100 {
            let mut connection = open(running.address).await;
            connection.send(&list()).await.unwrap();
            running.service.asked.notified().await;
            busy.push(connection);
        }
        running.end.send(()).unwrap();
        timeout(LONG, running.done).await.expect("the server does not end").unwrap();
        for mut connection in busy {
            assert!(connection.reply().await.is_err());
        }
    }
}

/// Who asks for a lot and reads nothing of it gives its place to others.
#[tokio::test]
async fn a_response_that_nobody_reads_ends_its_connection() {
    let running = start(Server::new().max_connections(1).write_timeout(SHORT), |builder| builder).await;
    let mut greedy = open(running.address).await;
    let asks = b"GET /EWS/types.xsd HTTP/1.1\r\nHost: localhost\r\n\r\n";
    greedy.send(asks).await.unwrap();
    let one = timeout(LONG, greedy.reply()).await.unwrap().unwrap().body.len();
    // More than the buffers between the two hold.
    let times = (64 << 20) / one + 1;
    greedy.send(&asks.repeat(times)).await.unwrap();
    let mut other = open(running.address).await;
    other.send(&post(b"", &[])).await.unwrap();
    assert_eq!(timeout(LONG, other.reply()).await.expect("the place stays taken").unwrap().status, 500);
    let rest = async { while greedy.reply().await.is_ok() {} };
    timeout(LONG, rest).await.expect("the connection stays open");
}

/// Who reads slowly, but reads, gets everything.
#[tokio::test]
async fn a_response_that_is_read_slowly_arrives() {
    let running = start(Server::new().write_timeout(3 * SHORT), |builder| builder).await;
    let mut slow = open(running.address).await;
    let asks = b"GET /EWS/types.xsd HTTP/1.1\r\nHost: localhost\r\n\r\n";
    slow.send(asks).await.unwrap();
    let one = timeout(LONG, slow.reply()).await.unwrap().unwrap().body.len();
    let times = (32 << 20) / one + 1;
    slow.send(&asks.repeat(times)).await.unwrap();
    let begin = Instant::now();
    for at in 0..times {
        assert_eq!(timeout(LONG, slow.reply()).await.unwrap().unwrap().body.len(), one, "{at}");
        if at % (times / 16) == 0 {
            tokio::time::sleep(SHORT / 2).await;
        }
    }
    assert!(begin.elapsed() > 3 * SHORT);
}

#[tokio::test]
async fn t17_a_request_without_a_host_is_refused_after_its_body() {
    let running = start(Server::new(), |builder| builder).await;
    let mut connection = open(running.address).await;
    for piece in post(&vec![b' '; 3 << 20], &[("Host", "")]).chunks(200_000) {
        connection.send(piece).await.expect("the server hangs up before it has read the body");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(connection.reply().await.unwrap().status, 400);
    // And the connection goes on.
    connection.send(&post(b"", &[])).await.unwrap();
    assert_eq!(connection.reply().await.unwrap().status, 500);
}

/// Whoever asks is told of what never reaches the service, and of nothing else: idle connections, and callers that leave.
#[tokio::test]
async fn what_never_reaches_the_service_is_told() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = told.clone();
    let server = Server::new().header_timeout(SHORT).write_timeout(SHORT);
    let server = server.on_refusal(move |peer, why, detail| {
        assert!(peer.ip().is_loopback() && !detail.to_string().is_empty());
        seen.lock().unwrap().push(why);
    });
    let Running { address, service, end, done } = start(server, |builder| builder).await;
    for (sent, why) in [
        (&b""[..], None),
        (b"no request\r\n\r\n", Some(Refusal::Malformed)),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Some(Refusal::Http2)),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", Some(Refusal::Host)),
        (b"GET / HTTP/1.1\r\nHo", Some(Refusal::HeadTimeout)),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", None),
    ] {
        let mut connection = open(address).await;
        connection.send(sent).await.unwrap();
        if sent.ends_with(b"\r\n\r\n") && why != Some(Refusal::Http2) {
            connection.reply().await.unwrap();
        }
        assert_closed(&mut connection).await;
        // It may be told a moment after the connection has been closed.
        let wanted = Vec::from_iter(why);
        let begin = Instant::now();
        while told.lock().unwrap().len() < wanted.len() && begin.elapsed() < LONG {
            tokio::time::sleep(SHORT / 10).await;
        }
        assert_eq!(std::mem::take(&mut *told.lock().unwrap()), wanted, "{sent:?}");
    }
    // A caller that leaves within a head, and one whose request was answered.
    let mut leaving = open(address).await;
    leaving.send(b"GET / HT").await.unwrap();
    drop(leaving);
    let mut idle = open(address).await;
    service.go.notify_one();
    idle.send(&list()).await.unwrap();
    assert_eq!(idle.reply().await.unwrap().status, 200);
    assert_closed(&mut idle).await;
    assert_eq!(*told.lock().unwrap(), []);
    drop(end);
    done.await.unwrap();
}
