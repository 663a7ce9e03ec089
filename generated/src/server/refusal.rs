//! `Refusal`: what ends before a service sees it, and who is told.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// Why a connection ended, or a request was refused, without its service: see
/// [`Server::on_refusal`](super::Server::on_refusal). Callers that just go away are none of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The TLS handshake failed.
    Handshake,
    /// The TLS handshake took too long.
    HandshakeTimeout,
    /// What came is no HTTP/1.1. Answered with HTTP 400 where that is of use.
    Malformed,
    /// What came is HTTP/2.
    Http2,
    /// The head of a request is too large. Answered with HTTP 431 or 414.
    HeadTooLarge,
    /// The head of a request has begun and did not arrive in time.
    HeadTimeout,
    /// The request is for no host or for several. Answered with HTTP 400.
    Host,
    /// A response was not read in time.
    NotRead,
}

impl Refusal {
    /// Its name in a word or two, for logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::Handshake => "tls_handshake",
            Refusal::HandshakeTimeout => "tls_handshake_timeout",
            Refusal::Malformed => "malformed",
            Refusal::Http2 => "http2",
            Refusal::HeadTooLarge => "head_too_large",
            Refusal::HeadTimeout => "head_timeout",
            Refusal::Host => "host",
            Refusal::NotRead => "not_read",
        }
    }

    /// Why a connection failed; `None` for callers that went away. `heard` says that something of a request had come.
    pub(super) fn of(error: &hyper::Error, heard: bool) -> Option<Refusal> {
        let io = || error.source().and_then(|source| source.downcast_ref::<io::Error>());
        match () {
            () if error.is_parse_version_h2() => Some(Refusal::Http2),
            () if error.is_parse_too_large() => Some(Refusal::HeadTooLarge),
            () if error.is_parse() => Some(Refusal::Malformed),
            () if error.is_timeout() => heard.then_some(Refusal::HeadTimeout),
            () if io().is_some_and(|io| io.kind() == io::ErrorKind::TimedOut) => Some(Refusal::NotRead),
            () => None,
        }
    }

    /// Whether a handshake failed by what was said in it, and not because the caller went away.
    #[cfg(feature = "tls")]
    pub(super) fn of_handshake(error: &io::Error) -> Option<Refusal> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        let gone = matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof);
        (!gone).then_some(Refusal::Handshake)
    }
}

type Told = dyn Fn(SocketAddr, Refusal, &dyn fmt::Display) + Send + Sync;

/// Who is told of refusals, if anybody.
#[derive(Clone, Default)]
pub(super) struct OnRefusal(Option<Arc<Told>>);

impl OnRefusal {
    pub(super) fn new(
        told: impl Fn(SocketAddr, Refusal, &dyn fmt::Display) + Send + Sync + 'static,
    ) -> OnRefusal {
        OnRefusal(Some(Arc::new(told)))
    }

    pub(super) fn tell(&self, address: SocketAddr, why: Refusal, detail: &dyn fmt::Display) {
        if let OnRefusal(Some(told)) = self {
            told(address, why, detail);
        }
    }
}

impl fmt::Debug for OnRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnRefusal")
    }
}
