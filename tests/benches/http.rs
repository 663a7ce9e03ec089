//! AddImGroup over HTTP with a trivial implementation, against a bare hyper server that answers the same bytes:
//! CPU of the server for each request, and requests per second, under the same load in the same run.
//!
//! Both servers have a thread of their own with a runtime of one thread, whose CPU time is what is measured. The load
//! comes from one other thread over connections that are kept open, one request at a time on each. Rounds alternate.
//! Prints one line for each server and round: `http NAME CPU_NS REQUESTS_PER_SECOND`.
//!
//! `cargo bench -p oxws-tests --bench http -- [ROUNDS]`

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has nothing to report")]

use std::convert::Infallible;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cpu_time::ThreadTime;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, ImGroup};
use oxws::server::{Endpoint, serve};
use oxws::soap::{self, Outcome};
use oxws_tests::corpus;
use tokio::net::TcpListener;

const CONNECTIONS: usize = 32;

/// Makes a group of every request.
struct Trivial;

impl ExchangeService for Trivial {
    async fn add_im_group(&self, request: soap::Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let mut group =
            ImGroup::new(request.body.display_name, "IPM.DistList.MOC.UserGroup".parse().unwrap());
        group.exchange_store_id = Some(ItemId::new("AAMkADQwZmQ0ZGU3LTI5YTctNDVhYi1hMmVlLTg="));
        let mut reply = AddImGroupResponse::new(ResponseClass::Success);
        reply.response_code = Some(ResponseCode::NoError);
        reply.im_group = Some(group);
        Ok(soap::Response::new(reply))
    }
}

/// A server on a thread of its own.
struct Server {
    address: SocketAddr,
    runtime: tokio::runtime::Handle,
}

impl Server {
    fn start<F: Future<Output = ()>>(run: impl FnOnce(TcpListener) -> F + Send + 'static) -> Server {
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                send.send((listener.local_addr().unwrap(), tokio::runtime::Handle::current())).unwrap();
                run(listener).await;
            });
        });
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

/// Connections that are kept open.
struct Load {
    connections: Vec<TcpStream>,
    request: Vec<u8>,
    /// Bytes of a response, head and all.
    size: usize,
}

impl Load {
    fn new(address: SocketAddr, envelope: &[u8]) -> Load {
        let mut request = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/xml; charset=utf-8\r\n\
             User-Agent: oxws\r\nSOAPAction: \"http://schemas.microsoft.com/exchange/services/2006/messages/AddImGroup\"\r\n\
             Content-Length: {}\r\n\r\n",
            envelope.len()
        )
        .into_bytes();
        request.extend_from_slice(envelope);
        let connect = |_| {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream
        };
        let mut load = Load { connections: (0..CONNECTIONS).map(connect).collect(), request, size: 0 };
        load.size = load.first();
        load.connections.iter().for_each(|stream| stream.set_nonblocking(true).unwrap());
        load
    }

    /// The first response tells how large all of them are.
    fn first(&mut self) -> usize {
        let stream = &mut self.connections[0];
        stream.write_all(&self.request).unwrap();
        let mut seen = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let count = stream.read(&mut buffer).unwrap();
            seen.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&seen);
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                assert!(head.starts_with("HTTP/1.1 200"), "{text}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                let size = head.len() + 4 + length.parse::<usize>().unwrap();
                if seen.len() == size {
                    return size;
                }
            }
        }
    }

    fn run(&mut self, rounds: usize) {
        let mut buffer = vec![0; self.size];
        for _ in 0..rounds {
            for stream in &mut self.connections {
                stream.write_all(&self.request).unwrap();
            }
            for stream in &mut self.connections {
                read(stream, &mut buffer);
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

fn main() {
    let request = corpus::small_request_text();
    let own = Server::start(|listener| async {
        serve(listener, Endpoint::new(ExchangeServiceServer(Trivial))).await.unwrap();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let rules = {
        let mut rules = soap::Rules::default();
        let version = oxws::oxwscdata::ServerVersionInfo {
            major_version: Some(15),
            minor_version: Some(0),
            major_build_number: Some(349),
            minor_build_number: Some(0),
            version: Some("Exchange2013".to_owned()),
        };
        rules.reply_parts.insert(version);
        rules
    };
    let service = ExchangeServiceServer(Trivial);
    let answer = soap::answer(&service, &request, soap::Extensions::new(), &rules);
    let reply = runtime.block_on(answer).body;
    let floor = Server::start(|listener| bare(listener, reply));
    let mut both = [("bare_hyper", &floor), ("oxws", &own)]
        .map(|(name, server)| (name, server, Load::new(server.address, &request)));
    assert_eq!(both[0].2.size, both[1].2.size, "both servers answer the same bytes");
    // Cargo adds a flag.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let rounds = arguments.next().map_or(15, |rounds| rounds.parse::<usize>().unwrap());
    let batches = 20_000 / CONNECTIONS;
    for round in 0..=rounds {
        for (name, server, load) in &mut both {
            let (cpu, wall) = (server.cpu(), Instant::now());
            load.run(batches);
            let requests = (batches * CONNECTIONS) as f64;
            let (wall, cpu) = (wall.elapsed().as_secs_f64(), server.cpu() - cpu);
            // The first round warms up.
            if round > 0 {
                println!("http {name} {:.0} {:.0}", cpu.as_nanos() as f64 / requests, requests / wall);
            }
        }
    }
}
