//! `Transport`: how a client's HTTP requests get to the server, and how that can fail.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use super::BoxError;

/// Carries one HTTP request to the server and its reply back.
///
/// [`Http`](super::Http) does it over the network, [`InProcess`](super::InProcess) by calling a service. Anything
/// else that can do it may implement this: tests with prepared replies, recorders, other HTTP libraries.
///
/// Not the matter of a transport: timeouts, repetitions, credentials (they are headers of the request), what a
/// status code means. The matter of a transport: to follow no redirect, to repeat nothing that may have been
/// carried out, and to tell the truth in [`TransportError::maybe_executed`].
pub trait Transport: Send + Sync + 'static {
    /// Sends the request and waits for the whole reply, its content coding undone. Dropping the future gives up.
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Bytes>, TransportError>> + Send;
}

/// For a transport that others look at too, such as one that records.
impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Bytes>, TransportError>> + Send {
        (**self).send(request)
    }
}

/// Why there is no HTTP reply.
#[derive(Debug)]
pub struct TransportError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    kind: TransportErrorKind,
    maybe_executed: bool,
    source: Option<BoxError>,
}

/// What went wrong in a [`TransportError`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There is no connection: name not found, refused, no way there, not in time, or a proxy would not.
    Connect,
    /// There is no TLS connection: mostly, the certificate is not trusted.
    Tls,
    /// No reply in time.
    Timeout,
    /// The connection broke before the reply was complete.
    Interrupted,
    /// The reply is larger than the limit.
    TooLarge,
    /// Anything else; the source says what.
    Other,
}

impl TransportError {
    /// An error. It is assumed that the server may have carried out the request, except where the kind says that
    /// there was no connection.
    pub fn new(kind: TransportErrorKind) -> TransportError {
        let maybe_executed = !matches!(kind, TransportErrorKind::Connect | TransportErrorKind::Tls);
        TransportError(Box::new(Parts { kind, maybe_executed, source: None }))
    }

    /// The same, where it is certain that the server did not get the request.
    #[must_use]
    pub fn not_executed(mut self) -> TransportError {
        self.0.maybe_executed = false;
        self
    }

    /// The same with what led to it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> TransportError {
        self.0.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> TransportErrorKind {
        self.0.kind
    }

    /// Whether the server may have carried out the request all the same.
    pub fn maybe_executed(&self) -> bool {
        self.0.maybe_executed
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.kind {
            TransportErrorKind::Connect => "no connection to the server",
            TransportErrorKind::Tls => "no TLS connection to the server",
            TransportErrorKind::Timeout => "no reply in time",
            TransportErrorKind::Interrupted => "the connection broke before the reply was complete",
            TransportErrorKind::TooLarge => "the reply is larger than the limit",
            TransportErrorKind::Other => "the request could not be sent",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
