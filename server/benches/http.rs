//! Requests to the whole server `ucs`, against a bare hyper server that reads them and answers the same bytes: CPU of
//! the server for each request, and requests per second, under the same load in the same run.
//!
//! Each server has a thread of its own with a runtime of one thread, whose CPU time is what is measured. `ucs` has its
//! data in SQLite, its callers sign in by password with every request, and nothing limits how often they ask; nobody
//! reads its log. The load comes from one other thread over connections that are kept open, one request at a time on
//! each. The servers take turns within a round.
//! Prints a line for each request, server and round: `ucs REQUEST SERVER BYTES CPU_NS REQUESTS_PER_SECOND`.
//!
//! `cargo bench -p ucs --bench http -- [ROUNDS [REQUEST]]`

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to report")]

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cpu_time::ThreadTime;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use oxws::oxwscos::ExchangeServiceServer;
use oxws::server::{Endpoint, Server as Acceptor};
use tokio::net::TcpListener;
use ucs::accounts::{Admin, NewAccount, SqliteAccounts};
use ucs::contacts::{Command, ContactKind, NewContact};
use ucs::http::settings::{ConcurrencySettings, RateSettings};
use ucs::http::{App, Settings, hash_password};
use ucs::service::{ContactService, refine};
use ucs::store::sqlite::{self, SqliteLists, file};

/// Accounts without contacts, with some, and with as many as there may be.
const EMPTY: &str = "empty@example.org";
const SOME: &str = "some@example.org";
const FULL: &str = "full@example.org";
const PASSWORD: &str = "correct horse";
const CACHE: u64 = 64 << 20;

/// A server on a thread of its own.
struct Server {
    address: SocketAddr,
    runtime: tokio::runtime::Handle,
}

impl Server {
    fn start<F: Future<Output = ()>>(
        name: &str,
        run: impl FnOnce(TcpListener) -> F + Send + 'static,
    ) -> Server {
        let (send, receive) = mpsc::channel();
        // For profilers.
        let thread = std::thread::Builder::new().name(name.to_owned());
        let serve = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                send.send((listener.local_addr().unwrap(), tokio::runtime::Handle::current())).unwrap();
                run(listener).await;
            });
        };
        thread.spawn(serve).unwrap();
        let (address, runtime) = receive.recv().unwrap();
        Server { address, runtime }
    }

    /// CPU time of the server's thread so far, asked of itself.
    fn cpu(&self) -> Duration {
        let (send, receive) = mpsc::channel();
        self.runtime.spawn(async move { send.send(ThreadTime::now().as_duration()) });
        receive.recv().unwrap()
    }
}

/// A server that reads each request and answers these bytes, by hyper alone.
async fn bare(listener: TcpListener, reply: Bytes) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let reply = reply.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let reply = reply.clone();
            async move {
                request.into_body().collect().await.unwrap();
                let response = Response::builder()
                    .header("content-type", "text/xml; charset=utf-8")
                    .header("request-id", "cb430ae0-9300-4909-82d4-deeda8a2d11c");
                Ok::<_, Infallible>(response.body(Full::new(reply)).unwrap())
            }
        });
        let connection =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

/// Makes the data.
fn fill(data: &Path) {
    let mut connection = file::open_or_create(data).unwrap();
    let hash = hash_password(PASSWORD).unwrap();
    let mut admin = Admin::new(&mut connection);
    admin.add(&NewAccount::new(EMPTY, Some(hash.clone()))).unwrap();
    let some = admin.add(&NewAccount::new(SOME, Some(hash.clone()))).unwrap();
    let full = admin.add(&NewAccount::new(FULL, Some(hash))).unwrap();
    let contact = |at| {
        Command::AddNewContact(NewContact {
            kind: ContactKind::Im,
            address: format!("contact.{at}@example.org"),
            display_name: Some(format!("Contact {at}")),
            sip_address: None,
            group: None,
        })
    };
    connection.execute_batch("BEGIN").unwrap();
    sqlite::fill(&connection, some, (0..50).map(contact)).unwrap();
    sqlite::fill(&connection, full, (0..1000).map(contact)).unwrap();
    connection.execute_batch("COMMIT").unwrap();
}

/// The server, put together as `ucs serve` does it.
async fn whole(listener: TcpListener, data: &Path) {
    let (held, _connection) = file::open_for_server(data).unwrap();
    let settings = sqlite::Settings { cache_bytes: CACHE / 4, ..sqlite::Settings::default() };
    let lists = Arc::new(SqliteLists::open(held.connector(), settings).unwrap());
    let accounts = Arc::new(SqliteAccounts::open(held.connector()).unwrap());
    let service = ContactService::new(lists, accounts.clone(), held.key(), CACHE / 4 * 3);
    let rate = RateSettings { account_per_second: 0, address_per_second: 0, ..RateSettings::default() };
    let concurrency = ConcurrencySettings { account_requests: 0, ..ConcurrencySettings::default() };
    let http = Settings { rate, concurrency, ..Settings::default() };
    let endpoint = http.limits.endpoint(Endpoint::builder(ExchangeServiceServer(service)));
    let server = http.limits.server(Acceptor::new());
    let app = App::builder(endpoint.refine(Arc::new(refine)).build(), accounts, http).build().unwrap();
    server.serve_until(listener, app, std::future::pending::<()>()).await.unwrap();
}

/// A request by an account.
fn request(login: &str, operation: &str, content: &str) -> Vec<u8> {
    const EWS: &str = "http://schemas.microsoft.com/exchange/services/2006";
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:t=\"{EWS}/types\" xmlns:m=\"{EWS}/messages\"><s:Header><t:RequestServerVersion \
         Version=\"Exchange2013\"/></s:Header><s:Body><m:{operation}>{content}</m:{operation}></s:Body></s:Envelope>"
    );
    format!(
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n\
         User-Agent: ucs\r\nAuthorization: Basic {}\r\nSOAPAction: \"{EWS}/messages/{operation}\"\r\n\
         Content-Length: {}\r\n\r\n{body}",
        BASE64_STANDARD.encode(format!("{login}:{PASSWORD}")),
        body.len()
    )
    .into_bytes()
}

/// Asks once. Answers how large head and body of the response are, and the body.
fn ask(stream: &mut TcpStream, request: &[u8]) -> (usize, String) {
    stream.write_all(request).unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 1 << 16];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the server hung up");
        seen.extend_from_slice(&buffer[..count]);
        let Some(end) = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&seen[..end]);
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let size = end + 4 + length.unwrap().parse::<usize>().unwrap();
        if seen.len() == size {
            let body = String::from_utf8(seen[end + 4..].to_vec()).unwrap();
            assert!(head.starts_with("HTTP/1.1 200") && body.contains("NoError"), "{head} {body}");
            return (size, body);
        }
    }
}

/// Connections that are kept open.
struct Load {
    connections: Vec<TcpStream>,
    /// A response, head and all.
    buffer: Vec<u8>,
}

impl Load {
    fn new(address: SocketAddr, request: &[u8], connections: usize) -> Load {
        let connect = |_| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        let mut connections: Vec<_> = (0..connections).map(connect).collect();
        let (size, _) = ask(&mut connections[0], request);
        connections.iter().for_each(|stream| stream.set_nonblocking(true).unwrap());
        Load { connections, buffer: vec![0; size] }
    }

    fn run(&mut self, request: &[u8], batches: usize) {
        for _ in 0..batches {
            for stream in &mut self.connections {
                stream.write_all(request).unwrap();
            }
            for stream in &mut self.connections {
                read(stream, &mut self.buffer);
            }
        }
    }
}

/// Fills the buffer. Waits by asking again: a thread that sleeps must be woken, which is charged to the server that
/// writes, and the slower server would have to do it more often.
fn read(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut seen = 0;
    while seen < buffer.len() {
        match stream.read(&mut buffer[seen..]) {
            Ok(0) => panic!("the server hung up"),
            Ok(count) => seen += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A `GetImItems` that names three contacts of this list, and perhaps more.
fn three_contacts(list: &str, more: &str) -> Vec<u8> {
    let mut content = "<m:ContactIds>".to_owned();
    for id in list.split("SourceId Id=\"").skip(1).step_by(300).take(3) {
        write!(content, "<t:ItemId Id=\"{}\"/>", id.split('"').next().unwrap()).unwrap();
    }
    request(FULL, "GetImItems", &(content + "</m:ContactIds>" + more))
}

fn main() {
    // Cargo adds a flag.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let rounds = arguments.next().map_or(15, |rounds| rounds.parse::<usize>().unwrap());
    let only = arguments.next();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let data = folder.path().join("data");
    fill(&data);
    let own = Server::start("ucs", move |listener| async move { whole(listener, &data).await });
    let once = |request: &[u8]| ask(&mut TcpStream::connect(own.address).unwrap(), request).1;
    let list = request(FULL, "GetImItemList", "");
    let whole_list = once(&list);
    let three = three_contacts(&whole_list, "");
    let property = "<m:ExtendedProperties><t:ExtendedProperty PropertyTag=\"0x3001\" PropertyType=\"String\"/>\
                    </m:ExtendedProperties>";
    let three_property = three_contacts(&whole_list, property);
    // Beside a group, here an empty one, all is made anew each time.
    let tagged = whole_list.split("ExchangeStoreId Id=\"").nth(2).unwrap().split('"').next().unwrap();
    let group = format!("<m:GroupIds><t:ItemId Id=\"{tagged}\"/></m:GroupIds>");
    let three_anew = three_contacts(&whole_list, &(group + property));
    let [empty, some] = [EMPTY, SOME].map(|login| request(login, "GetImItemList", ""));
    // Name, request, contacts in the reply, connections, requests for each connection in a round.
    for (name, request, contacts, connections, batches) in [
        ("small_list", empty, 0, 32, 500),
        ("three_contacts", three, 3, 32, 300),
        ("three_property", three_property, 3, 32, 300),
        ("three_anew", three_anew, 3, 32, 300),
        ("some_list", some, 50, 16, 100),
        ("whole_list", list, 1000, 4, 25),
    ] {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let reply = once(&request);
        let size = reply.len();
        assert_eq!(reply.matches("SourceId Id=").count(), contacts, "{reply:.3000}");
        let floor = Server::start("bare-hyper", |listener| bare(listener, Bytes::from(reply)));
        let mut both = [("bare_hyper", &floor), ("ucs", &own)]
            .map(|(name, server)| (name, server, Load::new(server.address, &request, connections)));
        for round in 0..=rounds {
            for (server_name, server, load) in &mut both {
                let (cpu, wall) = (server.cpu(), Instant::now());
                load.run(&request, batches);
                let requests = (batches * connections) as f64;
                let (wall, cpu) = (wall.elapsed().as_secs_f64(), server.cpu() - cpu);
                // The first round warms up.
                if round > 0 {
                    let cpu = cpu.as_nanos() as f64 / requests;
                    println!("ucs {name} {server_name} {size} {cpu:.0} {:.0}", requests / wall);
                }
            }
        }
    }
}
