//! What the tests of the client share: replies, an HTTP server that does as it is told, a transport likewise.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod tls;

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use oxws::client::{Builder, Client, Transport, TransportError};
use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscos::{AddImGroup, AddImGroupResponse, GetImItemList, GetImItemListResponse};
use oxws::soap::{Fault, Response};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A request that changes something.
pub(crate) fn write() -> AddImGroup {
    AddImGroup::new("Friends".parse().unwrap())
}

/// A request that does not.
pub(crate) fn read() -> GetImItemList {
    GetImItemList::default()
}

/// The envelope of a good reply to [`write`].
pub(crate) fn written() -> Vec<u8> {
    let mut reply = AddImGroupResponse::new(ResponseClass::Success);
    reply.response_code = Some(ResponseCode::NoError);
    Response::new(reply).to_xml().unwrap()
}

/// The envelope of a good reply to [`read`].
pub(crate) fn list() -> Vec<u8> {
    let mut reply = GetImItemListResponse::new(ResponseClass::Success);
    reply.response_code = Some(ResponseCode::NoError);
    Response::new(reply).to_xml().unwrap()
}

/// The envelope of a reply to [`write`] that says no.
pub(crate) fn refused(code: &str, message_xml: &str) -> Vec<u8> {
    let text = String::from_utf8(written()).unwrap();
    let start = text.find("<m:AddImGroupResponse").unwrap();
    let end = text.find("</soap:Body>").unwrap();
    format!(
        "{}<m:AddImGroupResponse ResponseClass=\"Error\"><m:MessageText>It cannot be.</m:MessageText>\
         <m:ResponseCode>{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{message_xml}\
         </m:AddImGroupResponse>{}",
        &text[..start],
        &text[end..]
    )
    .into_bytes()
}

/// `MessageXml` with a time to wait.
pub(crate) fn back_off(milliseconds: u32) -> String {
    format!("<m:MessageXml><t:Value Name=\"BackOffMilliseconds\">{milliseconds}</t:Value></m:MessageXml>")
}

/// A fault that says that the server is busy.
pub(crate) fn busy(milliseconds: u32) -> Vec<u8> {
    let mut fault = Fault::new("ErrorServerBusy", "Not now.");
    let value = format!(
        "<t:Value xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" \
         Name=\"BackOffMilliseconds\">{milliseconds}</t:Value>"
    );
    fault.message_xml = vec![oxws::rt::AnyElement::parse(&value).unwrap()];
    fault.to_xml()
}

/// A request as a server sees it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Request line and header.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Number of the connection, from 0.
    pub(crate) connection: usize,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// What a server does with a request.
pub(crate) enum Step {
    /// Sends this and goes on with the connection.
    Reply(Vec<u8>),
    /// Sends this and closes the connection.
    Last(Vec<u8>),
    /// Never answers.
    Hang,
}

/// An HTTP reply: status, header lines, body.
pub(crate) fn http(status: u16, headers: &[&str], body: &[u8]) -> Step {
    let mut reply = format!("HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n", body.len());
    headers.iter().for_each(|line| reply += &format!("{line}\r\n"));
    reply += "\r\n";
    Step::Reply([reply.as_bytes(), body].concat())
}

/// A reply with an envelope.
pub(crate) fn ok(body: &[u8]) -> Step {
    http(200, &["content-type: text/xml; charset=utf-8"], body)
}

/// A server that answers by a function of the number of the request and the request.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(crate) async fn new(answer: impl Fn(usize, &Seen) -> Step + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (known, answer) = (Arc::clone(&seen), Arc::new(answer));
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (known, answer) = (Arc::clone(&known), Arc::clone(&answer));
                tokio::spawn(async move { converse(stream, connection, &known, &*answer).await });
            }
        });
        Server { url, seen }
    }

    /// A builder for this server, without influence from the environment.
    pub(crate) fn builder(&self) -> Builder {
        Client::builder(&self.url).no_proxy()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// Answers the requests of one connection.
pub(crate) async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    connection: usize,
    seen: &Mutex<Vec<Seen>>,
    answer: &(impl Fn(usize, &Seen) -> Step + ?Sized),
) -> io::Result<()> {
    while let Some(request) = receive(&mut stream, connection).await? {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        match answer(number, &request) {
            Step::Reply(bytes) => stream.write_all(&bytes).await?,
            Step::Last(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Step::Hang => tokio::time::sleep(Duration::from_secs(3600)).await,
        }
        stream.flush().await?;
    }
    Ok(())
}

/// Reads one request; nothing when the connection has ended.
pub(crate) async fn receive(
    stream: &mut (impl AsyncRead + Unpin),
    connection: usize,
) -> io::Result<Option<Seen>> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut seen = Seen { head, body: bytes[end + 4..].to_vec(), connection };
            let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
            let missing = length - seen.body.len();
            let mut rest = vec![0; missing];
            stream.read_exact(&mut rest).await?;
            seen.body.extend(rest);
            return Ok(Some(seen));
        }
        match stream.read(&mut buffer).await? {
            0 => return Ok(None),
            read => bytes.extend(&buffer[..read]),
        }
    }
}

/// A transport that gives prepared replies and keeps the requests.
#[derive(Clone, Default)]
pub(crate) struct Script {
    replies: Arc<Mutex<VecDeque<Prepared>>>,
    pub(crate) seen: Arc<Mutex<Vec<http::Request<Bytes>>>>,
}

type Prepared = Result<http::Response<Bytes>, TransportError>;

impl Script {
    pub(crate) fn new(replies: impl IntoIterator<Item = Prepared>) -> Script {
        let script = Script::default();
        script.replies.lock().unwrap().extend(replies);
        script
    }

    /// How many requests were sent.
    pub(crate) fn sent(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// How many replies nobody asked for.
    pub(crate) fn left(&self) -> usize {
        self.replies.lock().unwrap().len()
    }

    pub(crate) fn client(&self) -> Client<Script> {
        Client::builder("http://localhost/EWS/Exchange.asmx").build_with(self.clone()).unwrap()
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Bytes>) -> impl Future<Output = Prepared> + Send {
        self.seen.lock().unwrap().push(request);
        let reply = self.replies.lock().unwrap().pop_front();
        async move {
            match reply {
                Some(reply) => reply,
                None => std::future::pending().await,
            }
        }
    }
}

/// A prepared reply.
pub(crate) fn reply(status: u16, body: impl Into<Bytes>) -> Prepared {
    Ok(http::Response::builder().status(status).body(body.into()).unwrap())
}

/// A prepared reply with one header.
pub(crate) fn reply_with(status: u16, name: &str, value: &str, body: impl Into<Bytes>) -> Prepared {
    Ok(http::Response::builder().status(status).header(name, value).body(body.into()).unwrap())
}
