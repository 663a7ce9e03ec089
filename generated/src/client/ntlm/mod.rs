//! NTLM over HTTP (MS-NTHT): a login belongs to a connection, so connections are handled one by one here.

mod channel;
mod lane;
mod messages;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use hyper_util::client::proxy::matcher::Matcher;
use rustls::crypto::SecureRandom;

use super::http_transport::{HttpOptions, ProxyChoice};
use super::{TransportError, TransportErrorKind};
use lane::{Connector, Lane, LaneError};
pub(super) use messages::Login;
use messages::{Challenge, Circumstances};

/// How many lanes are kept while nobody needs them.
const KEPT: usize = 16;
/// For how long. Servers close idle connections after about two minutes.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Connections to a server that wants NTLM.
pub(super) struct Lanes {
    connector: Connector,
    login: Login,
    /// Name of the service for the server to compare: `HTTP/mail.example.org`.
    service: String,
    random: &'static dyn SecureRandom,
    idle: Mutex<Vec<Lane>>,
    /// The server offers NTLM under the name `Negotiate` only.
    negotiate: AtomicBool,
}

impl Lanes {
    pub(super) fn new(
        login: Login,
        options: &HttpOptions,
        tls: rustls::ClientConfig,
        url: Uri,
        reply_limit: usize,
    ) -> Lanes {
        let proxies = match &options.proxy {
            ProxyChoice::Environment => Some(Matcher::from_env()),
            ProxyChoice::Never => None,
            ProxyChoice::Url(url) => Some(Matcher::builder().all(url.as_str()).build()),
        };
        let random = tls.crypto_provider().secure_random;
        let (timeout, gzip) = (options.connect_timeout, options.gzip);
        let connector = Connector { url, tls: Arc::new(tls), proxies, timeout, gzip, reply_limit };
        let service = format!("HTTP/{}", connector.host());
        let (idle, negotiate) = (Mutex::default(), AtomicBool::new(false));
        Lanes { connector, login, service, random, idle, negotiate }
    }

    /// Sends a request on a lane that is logged in, or is made to be.
    pub(super) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        while let Some(mut lane) = self.take() {
            match self.on_lane(&mut lane, &request).await {
                Ok(reply) => return Ok(self.keep(lane, reply)),
                // The server has closed it meanwhile, and got nothing of the request.
                Err(LaneError::Closed) => {}
                Err(LaneError::Failed(error)) => return Err(error),
            }
        }
        let mut lane = self.connector.open().await?;
        match self.on_lane(&mut lane, &request).await {
            Ok(reply) => Ok(self.keep(lane, reply)),
            Err(LaneError::Failed(error)) => Err(error),
            Err(LaneError::Closed) => {
                let error = TransportError::new(TransportErrorKind::Interrupted).not_executed();
                Err(error.with_source("the server closed the connection during the NTLM handshake"))
            }
        }
    }

    async fn on_lane(&self, lane: &mut Lane, request: &Request<Bytes>) -> Result<Response<Bytes>, LaneError> {
        if lane.authenticated {
            let reply = self.connector.exchange(lane, request.clone()).await?;
            if reply.status() != StatusCode::UNAUTHORIZED {
                return Ok(reply);
            }
            // It wants to know again who we are, and has not carried out the request.
            lane.authenticated = false;
        }
        self.handshake(lane, request).await
    }

    /// The three legs: what is offered, what the server asks, the answer together with the request.
    async fn handshake(
        &self,
        lane: &mut Lane,
        request: &Request<Bytes>,
    ) -> Result<Response<Bytes>, LaneError> {
        let first = messages::negotiate();
        let mut scheme = if self.negotiate.load(Ordering::Relaxed) { "Negotiate" } else { "NTLM" };
        let mut reply = self.first_leg(lane, request, scheme, &first).await?;
        if scheme == "NTLM" && token(reply.headers(), "NTLM").is_none() && offers(&reply, "Negotiate") {
            scheme = "Negotiate";
            reply = self.first_leg(lane, request, scheme, &first).await?;
            self.negotiate.store(true, Ordering::Relaxed);
        }
        if reply.status() != StatusCode::UNAUTHORIZED {
            // No login is wanted. The reply is one to an empty body.
            return self.connector.exchange(lane, request.clone()).await;
        }
        let second = token(reply.headers(), scheme);
        let Some(challenge) = second.as_deref().and_then(Challenge::parse) else { return Ok(reply) };
        let third = messages::authenticate(&self.login, &first, &challenge, &self.circumstances(lane)?);
        let mut request = request.clone();
        request.headers_mut().extend(authorization(scheme, &third));
        let reply = self.connector.exchange(lane, request).await?;
        lane.authenticated = reply.status() != StatusCode::UNAUTHORIZED;
        Ok(reply)
    }

    /// Sends the first message, with an empty body in place of one that would be sent twice.
    async fn first_leg(
        &self,
        lane: &mut Lane,
        request: &Request<Bytes>,
        scheme: &str,
        first: &[u8],
    ) -> Result<Response<Bytes>, LaneError> {
        let mut request = request.clone();
        *request.body_mut() = Bytes::new();
        request.headers_mut().extend(authorization(scheme, first));
        match self.connector.exchange(lane, request).await {
            // Whatever happened, the request proper was not sent.
            Err(LaneError::Failed(error)) => Err(LaneError::Failed(error.not_executed())),
            sent => sent,
        }
    }

    fn circumstances(&self, lane: &Lane) -> Result<Circumstances<'_>, LaneError> {
        let mut nonce = [0; 8];
        self.random.fill(&mut nonce).map_err(|_| {
            let error = TransportError::new(TransportErrorKind::Other).not_executed();
            LaneError::Failed(error.with_source("there are no random numbers"))
        })?;
        // Windows counts from 1601, in tenths of microseconds.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let since = since + Duration::from_secs(11_644_473_600);
        let time = u64::try_from(since.as_nanos() / 100).unwrap_or(u64::MAX);
        Ok(Circumstances { service: &self.service, channel: lane.channel, time, nonce })
    }

    /// The lane that was used last, if it is still fit.
    fn take(&self) -> Option<Lane> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|lane| lane.is_open() && lane.used.elapsed() < KEPT_FOR);
        idle.pop()
    }

    fn keep(&self, lane: Lane, reply: Response<Bytes>) -> Response<Bytes> {
        if lane.authenticated && lane.is_open() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < KEPT {
                idle.push(lane);
            }
        }
        reply
    }
}

fn authorization(scheme: &str, message: &[u8]) -> Option<(http::HeaderName, HeaderValue)> {
    let mut value = HeaderValue::try_from(format!("{scheme} {}", BASE64_STANDARD.encode(message))).ok()?;
    value.set_sensitive(true);
    Some((AUTHORIZATION, value))
}

/// The headers `WWW-Authenticate` that are of this scheme, without its name.
fn challenges<'a>(headers: &'a HeaderMap, scheme: &'a str) -> impl Iterator<Item = &'a str> {
    headers.get_all(WWW_AUTHENTICATE).iter().filter_map(move |value| {
        let (name, rest) = value.to_str().ok()?.split_at_checked(scheme.len())?;
        name.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

fn offers(reply: &Response<Bytes>, scheme: &str) -> bool {
    reply.status() == StatusCode::UNAUTHORIZED && challenges(reply.headers(), scheme).next().is_some()
}

/// The message in the header.
fn token(headers: &HeaderMap, scheme: &str) -> Option<Vec<u8>> {
    challenges(headers, scheme).find_map(|rest| {
        let message = rest.strip_prefix(' ').filter(|message| !message.is_empty())?;
        BASE64_STANDARD.decode(message.trim()).ok()
    })
}
