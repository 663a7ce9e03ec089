//! The protocol document's own messages (MS-OXWSCOS section 4) on the wire, byte for byte: its requests get the
//! replies that it shows, from a scripted implementation over HTTP, and its replies are understood by the client.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use oxws::client::{Client, Notes, Transport, TransportError};
use oxws::oxwscdata::{ExchangeVersion, MailboxCulture, RequestServerVersion};
use oxws::oxwscos::{
    AddImContactToGroup, AddImContactToGroupResponse, AddImGroup, AddImGroupResponse, ExchangeService,
    ExchangeServiceServer, RemoveImGroup, RemoveImGroupResponse, RequestHeaders,
};
use oxws::rt::ReadOptions;
use oxws::server::{Endpoint, Server};
use oxws::soap::{Envelope, Message, Operation, Outcome, Request};
use oxws_tests::{example, xml};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// An example as a value.
fn value<T: Message>(name: &str) -> Envelope<T> {
    Envelope::from_xml(example(name), &ReadOptions::strict()).unwrap().content.unwrap()
}

/// Answers the example requests, and them only, with the example replies.
struct Script;

impl ExchangeService for Script {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        assert_eq!(request.body.display_name.as_str(), "MyCustomGroup");
        assert_headers(&request.headers);
        Ok(value("AddImGroupResponse"))
    }

    async fn add_im_contact_to_group(
        &self,
        request: Request<AddImContactToGroup>,
    ) -> Outcome<AddImContactToGroupResponse> {
        assert_eq!(request, value("AddImContactToGroup"));
        assert!(request.body.group_id.is_some_and(|id| !id.id.is_empty()));
        assert_headers(&request.headers);
        Ok(value("AddImContactToGroupResponse"))
    }

    async fn remove_im_group(&self, request: Request<RemoveImGroup>) -> Outcome<RemoveImGroupResponse> {
        assert_eq!(request, value("RemoveImGroup"));
        assert_headers(&request.headers);
        Ok(value("RemoveImGroupResponse"))
    }
}

fn assert_headers(headers: &RequestHeaders) {
    let version = headers.request_version.as_ref().map(|part| &part.version);
    assert_eq!(version, Some(&ExchangeVersion::Exchange2013));
    assert_eq!(headers.mailbox_culture.as_ref().map(|part| part.value.as_str()), Some("en-US"));
}

/// Posts a body as it is, over a plain connection; gives the status line and the body of the reply.
async fn post(address: SocketAddr, body: &[u8]) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/xml; charset=utf-8\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&reply[..end]).unwrap();
    (head.lines().next().unwrap().to_owned(), reply[end + 4..].to_vec())
}

#[tokio::test]
async fn the_example_requests_get_the_example_replies() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new().serve(listener, Endpoint::new(ExchangeServiceServer(Script))));
    for name in ["AddImContactToGroup", "AddImGroup", "RemoveImGroup"] {
        let (status, body) = post(address, example(name)).await;
        assert_eq!(status, "HTTP/1.1 200 OK", "{name}");
        xml::assert_equal(example(&format!("{name}Response")), &body);
    }
}

/// Answers with an example, and keeps what it was asked.
struct Replay {
    reply: &'static [u8],
    asked: Mutex<Vec<Bytes>>,
}

impl Transport for Replay {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.asked.lock().unwrap().push(request.into_body());
        Ok(http::Response::new(Bytes::from_static(self.reply)))
    }
}

/// Asks for an example by its example; the reply must be read to the very values, and without a note.
async fn understood<O>(name: &str)
where
    O: Operation<Headers = RequestHeaders>,
    O::Response: PartialEq + std::fmt::Debug,
{
    let reply = format!("{name}Response");
    let replay = Arc::new(Replay { reply: example(&reply), asked: Mutex::default() });
    let culture = MailboxCulture { any_attributes: Vec::new(), value: "en-US".parse().unwrap() };
    let client = Client::builder("http://localhost/EWS/Exchange.asmx")
        .header_part(RequestServerVersion::new(ExchangeVersion::Exchange2013))
        .header_part(culture)
        .build_with(replay.clone())
        .unwrap();
    // The header parts are the client's own.
    let response = client.send(value::<O>(name).body).await.unwrap();
    assert_eq!(response, value(&reply));
    let notes = response.extensions.get::<Notes>();
    assert!(notes.is_none_or(|notes| notes.notes.is_empty()), "{notes:?}");
    let asked = replay.asked.lock().unwrap();
    assert_eq!(asked.len(), 1);
    xml::assert_equal(example(name), &asked[0]);
}

#[tokio::test]
async fn the_example_replies_are_understood() {
    understood::<AddImContactToGroup>("AddImContactToGroup").await;
    understood::<AddImGroup>("AddImGroup").await;
    understood::<RemoveImGroup>("RemoveImGroup").await;
}
