//! `Lane`: one connection that is used by one request at a time, and the `Connector` that makes it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HOST};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::super::http_transport::is_tls;
use super::super::{BoxError, TransportError, TransportErrorKind};
use super::channel;
use super::messages::Hash;

/// Makes connections to one server.
pub(super) struct Connector {
    pub(super) url: Uri,
    pub(super) tls: Arc<rustls::ClientConfig>,
    /// None for no proxy at all.
    pub(super) proxies: Option<Matcher>,
    pub(super) timeout: Duration,
    pub(super) gzip: bool,
    pub(super) reply_limit: usize,
}

/// One connection.
pub(super) struct Lane {
    sender: SendRequest<Full<Bytes>>,
    /// Hash of the TLS channel.
    pub(super) channel: Option<Hash>,
    /// Whether the server knows who is on it.
    pub(super) authenticated: bool,
    /// When it was used last.
    pub(super) used: Instant,
}

/// Why a request has no reply.
pub(super) enum LaneError {
    /// The connection was closed before the request was written.
    Closed,
    /// Anything else.
    Failed(TransportError),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Connector {
    pub(super) fn host(&self) -> &str {
        self.url.host().unwrap_or_default()
    }

    /// Makes a connection.
    pub(super) async fn open(&self) -> Result<Lane, TransportError> {
        let opened = tokio::time::timeout(self.timeout, self.connect()).await;
        opened.unwrap_or_else(|_| Err(TransportError::new(TransportErrorKind::Connect)))
    }

    async fn connect(&self) -> Result<Lane, TransportError> {
        let tcp = self.tcp().await.map_err(no_connection)?;
        let mut channel = None;
        let stream: Box<dyn Stream> = if self.url.scheme_str() == Some("https") {
            let name = self.host().trim_start_matches('[').trim_end_matches(']').to_owned();
            let name = ServerName::try_from(name).map_err(no_connection)?;
            let connector = TlsConnector::from(Arc::clone(&self.tls));
            let tls = connector.connect(name, tcp).await.map_err(no_connection)?;
            let certificate = tls.get_ref().1.peer_certificates().and_then(<[_]>::first);
            channel = certificate.map(|certificate| channel::of_certificate(certificate));
            Box::new(tls)
        } else {
            Box::new(tcp)
        };
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(no_connection)?;
        // Ends when the lane is dropped, or the server closes it; requests get the error.
        tokio::spawn(async move { connection.await.ok() });
        Ok(Lane { sender, channel, authenticated: false, used: Instant::now() })
    }

    async fn tcp(&self) -> Result<TcpStream, BoxError> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        let proxy = self.proxies.as_ref().and_then(|proxies| proxies.intercept(&self.url));
        let Some(proxy) = proxy else {
            return Ok(connector.call(self.url.clone()).await?.into_inner());
        };
        if proxy.uri().scheme_str() != Some("http") {
            return Err("with NTLM, the proxy must be an http one".into());
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), connector);
        if let Some(login) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(login.clone());
        }
        Ok(tunnel.call(self.destination()?).await?.into_inner())
    }

    /// The URL with its port, without which a tunnel would be one to port 443.
    fn destination(&self) -> Result<Uri, BoxError> {
        let default = if self.url.scheme_str() == Some("https") { 443 } else { 80 };
        let port = self.url.port_u16().unwrap_or(default);
        Ok(format!("{}://{}:{port}/", self.url.scheme_str().unwrap_or_default(), self.host()).parse()?)
    }

    /// Sends a request on a lane and waits for the reply.
    pub(super) async fn exchange(
        &self,
        lane: &mut Lane,
        mut request: Request<Bytes>,
    ) -> Result<Response<Bytes>, LaneError> {
        // Within a connection, the path is enough, and the header says whose it is.
        let authority = self.url.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
        request.headers_mut().extend(authority.map(|host| (HOST, host)));
        let path = self.url.path_and_query().cloned().map(Uri::from);
        *request.uri_mut() = path.unwrap_or_default();
        if self.gzip {
            request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        lane.sender.ready().await.map_err(|_| LaneError::Closed)?;
        let reply = lane.sender.try_send_request(request.map(Full::new)).await;
        let reply = reply.map_err(|mut error| match error.take_message() {
            Some(_) => LaneError::Closed,
            None => interrupted(error.into_error()),
        })?;
        let (head, body) = reply.into_parts();
        let body = Limited::new(body, self.reply_limit)
            .collect()
            .await
            .map_err(|error| if error.is::<LengthLimitError>() { too_large() } else { interrupted(error) })?;
        lane.used = Instant::now();
        self.decoded(Response::from_parts(head, body.to_bytes()))
    }

    /// The reply, its content coding undone.
    fn decoded(&self, mut reply: Response<Bytes>) -> Result<Response<Bytes>, LaneError> {
        use std::io::Read as _;
        let coding = reply.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
        if !coding.is_some_and(|coding| coding.eq_ignore_ascii_case(b"gzip")) {
            return Ok(reply);
        }
        let mut plain = Vec::new();
        let most = u64::try_from(self.reply_limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut decoder = flate2::read::MultiGzDecoder::new(&reply.body()[..]).take(most);
        decoder.read_to_end(&mut plain).map_err(interrupted)?;
        if plain.len() > self.reply_limit {
            return Err(too_large());
        }
        reply.headers_mut().remove(CONTENT_ENCODING);
        reply.headers_mut().remove(CONTENT_LENGTH);
        *reply.body_mut() = plain.into();
        Ok(reply)
    }
}

impl Lane {
    /// Whether the server has not closed it, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }
}

fn no_connection(error: impl Into<BoxError>) -> TransportError {
    let error = error.into();
    let kind = if is_tls(&*error) { TransportErrorKind::Tls } else { TransportErrorKind::Connect };
    TransportError::new(kind).with_source(error)
}

fn interrupted(error: impl Into<BoxError>) -> LaneError {
    LaneError::Failed(TransportError::new(TransportErrorKind::Interrupted).with_source(error))
}

fn too_large() -> LaneError {
    LaneError::Failed(TransportError::new(TransportErrorKind::TooLarge))
}
