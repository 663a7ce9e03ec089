//! The endpoint among other things: in axum, with layers around it, beside an operation set written by hand, with
//! callers at the same time of whom one meets a panic.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::middleware::map_response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue};
use oxws::oxwscos::{AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer};
use oxws::server::{Endpoint, Peer, Served, serve};
use oxws::soap::{
    Extensions, Fault, Incoming, Interface, Outcome, Reply, Request, Response, Service, Version,
};
use oxws_tests::wire::{self, Connection, post};
use oxws_tests::{M, T, example};
use tokio::net::TcpListener;
use tokio::sync::Barrier;

fn add(name: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><RequestServerVersion xmlns='{T}' \
         Version='Exchange2013'/></s:Header><s:Body><AddImGroup xmlns='{M}'><DisplayName>{name}</DisplayName>\
         </AddImGroup></s:Body></s:Envelope>"
    )
}

async fn listen() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap(), listener)
}

async fn ask(address: SocketAddr, request: &[u8]) -> wire::Reply {
    let mut connection = Connection::open(address).await.unwrap();
    connection.send(request).await.unwrap();
    connection.reply().await.unwrap()
}

fn success() -> Outcome<AddImGroupResponse> {
    Ok(Response::new(AddImGroupResponse::new(oxws::oxwscdata::ResponseClass::Success)))
}

/// What an implementation tells a layer.
#[derive(Clone, Debug)]
struct Note(String);

/// Notes who asks.
struct Noting;

impl ExchangeService for Noting {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let known = request.extensions.get::<Peer>().is_some();
        let agent = request.extensions.get::<HeaderMap>().and_then(|headers| headers.get("user-agent"));
        let note = Note(format!("{known} {}", agent.unwrap().to_str().unwrap()));
        success().map(|reply| reply.with_extension(note))
    }
}

/// A layer: puts what it sees of a response into its head.
async fn show(mut response: axum::response::Response) -> axum::response::Response {
    let note = response.extensions().get::<Note>().map_or_else(|| "none".to_owned(), |note| note.0.clone());
    let served = response.extensions().get::<Served>().map(|served| {
        let fault = served.fault.as_ref().and_then(|fault| fault.response_code.clone());
        format!("{} {}", served.operation.unwrap_or("none"), fault.unwrap_or_default())
    });
    for (name, value) in [("x-note", note), ("x-served", served.unwrap_or_default())] {
        response.headers_mut().insert(name, HeaderValue::try_from(value).unwrap());
    }
    response
}

#[tokio::test]
async fn in_axum_with_layers() {
    let app = Router::new()
        .route("/health", get(|| async { "fine" }))
        .fallback_service(Endpoint::new(ExchangeServiceServer(Noting)))
        .layer(map_response(show));
    // By this crate's accept loop, which knows the peer, and by axum's.
    let (own, listener) = listen().await;
    tokio::spawn(serve(listener, app.clone()));
    let (theirs, listener) = listen().await;
    tokio::spawn(async move { axum::serve(listener, app).await });
    for (address, note) in [(own, "true me"), (theirs, "false me")] {
        let health = ask(address, b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!((health.status, health.text().as_str()), (200, "fine"));
        let seen = async |request: &[u8]| {
            let reply = ask(address, request).await;
            let [note, served] = ["x-note", "x-served"].map(|name| reply.header(name).unwrap().to_owned());
            (reply.status, note, served)
        };
        let expected = |status: u16, note: &str, served: &str| (status, note.to_owned(), served.to_owned());
        let fine = post(add("a").as_bytes(), &[("User-Agent", "me")]);
        assert_eq!(seen(&fine).await, expected(200, note, "AddImGroup "));
        let fault = post(example("RemoveImGroup"), &[]);
        assert_eq!(seen(&fault).await, expected(500, "none", "RemoveImGroup ErrorNotSupported"));
        assert_eq!(seen(&post(b"", &[])).await, expected(500, "none", "none ErrorSchemaValidation"));
        assert_eq!(seen(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await, expected(404, "none", ""));
    }
}

/// What no caller may see.
const SECRET: &str = "the secret of the panic";

/// Panics in every way there is; waits for a second caller when it is told to.
struct Panicking(Barrier);

impl ExchangeService for Panicking {
    fn add_im_group(
        &self,
        request: Request<AddImGroup>,
    ) -> impl Future<Output = Outcome<AddImGroupResponse>> + Send {
        let name = request.body.display_name.to_string();
        assert_ne!(name, "before the future is made", "{SECRET}");
        async move {
            if name == "no text" {
                std::panic::panic_any(4711);
            }
            if name.starts_with("together") {
                self.0.wait().await;
            }
            assert_ne!(name, "together and panic", "{SECRET}");
            success()
        }
    }
}

#[tokio::test]
async fn a_panic_is_its_callers_alone() {
    let (address, listener) = listen().await;
    let endpoint = Endpoint::new(ExchangeServiceServer(Panicking(Barrier::new(2))));
    tokio::spawn(serve(listener, endpoint));
    let ask = async |name: &str| ask(address, &post(add(name).as_bytes(), &[])).await;
    let (fine, panicked) = tokio::join!(ask("together"), ask("together and panic"));
    assert_eq!(fine.status, 200);
    for reply in [panicked, ask("before the future is made").await, ask("no text").await] {
        assert_eq!(reply.status, 500);
        assert_eq!(reply.text().as_bytes(), Fault::internal().to_xml());
        assert!(!format!("{reply:?}").contains("secret"));
    }
    assert_eq!(ask("a").await.status, 200);
}

/// Another protocol: one operation, by hand.
#[derive(Default)]
struct Other(AtomicUsize);

impl Service for Other {
    fn interfaces(&self) -> Vec<Interface> {
        Vec::new()
    }

    async fn serve<'a>(&'a self, incoming: Incoming<'a>) -> Result<Reply, Incoming<'a>> {
        if !incoming.text.contains("<Other ") {
            return Err(incoming);
        }
        self.0.fetch_add(1, Ordering::Relaxed);
        let body = b"<other/>".to_vec();
        Ok(Reply {
            status: 200,
            soap: Version::V11,
            body: body.into(),
            operation: Some("Other"),
            fault: None,
            extensions: Extensions::new(),
        })
    }
}

#[tokio::test]
async fn an_operation_set_by_hand_beside_a_generated_one() {
    let other = Arc::new(Other::default());
    let own = || ExchangeServiceServer(Noting);
    let (first, listener) = listen().await;
    tokio::spawn(serve(listener, Endpoint::new((own(), other.clone()))));
    let (second, listener) = listen().await;
    tokio::spawn(serve(listener, Endpoint::new((other.clone(), own()))));
    for address in [first, second] {
        let ask = async |body: String| ask(address, &post(body.as_bytes(), &[("User-Agent", "a")])).await;
        assert!(ask(add("a")).await.text().contains("<m:AddImGroupResponse "));
        let reply = ask(add("a").replace("<AddImGroup ", "<Other xmlns='urn:x'/><AddImGroup ")).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, "<other/>"));
        assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"));
        let neither = ask(add("a").replace("AddImGroup", "Neither")).await;
        assert!(
            neither.status == 500 && neither.text().contains("ErrorInvalidRequest"),
            "{}",
            neither.text()
        );
    }
    assert_eq!(other.0.load(Ordering::Relaxed), 2);
}
