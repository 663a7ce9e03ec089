//! The client shim: sends requests to a service over HTTP(S), or to one in the same program.
//!
//! ```no_run
//! use oxws::client::Client;
//! use oxws::oxwscdata::RequestServerVersion;
//! use oxws::oxwscos::{AddImGroup, GetImItemList};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("https://mail.example.org/EWS/Exchange.asmx")
//!     .basic("jane@example.org", "secret")
//!     .header_part(RequestServerVersion::new("Exchange2013".into()))
//!     .build()?;
//! let reply = client.call(AddImGroup::new("Friends".parse()?)).await?;
//! println!("{:?}", reply.im_group);
//! # Ok(())
//! # }
//! ```
//!
//! | to send a request | gives |
//! |---|---|
//! | [`Client::call`] | the message; an error reply is an [`Error`] |
//! | [`Client::send`] | message, header parts, [`Notes`] and [`ReplyInfo`]; an error reply is a reply |
//! | a method of an operation trait, such as [`ExchangeService`](crate::oxwscos::ExchangeService) | the same for code that is written for any implementation; what is no reply is a fault |
//!
//! What is repeated, and what is not, says [`RetryPolicy`]. Futures need a Tokio runtime with its timer, and with
//! its I/O for [`Http`].
//!
//! Each call is a [`tracing`] span `oxws.call` with `operation`, `client_request_id`, `status`, `attempts`,
//! `outcome`, `response_code` and `duration_ms`. Credentials, tokens, URLs and bodies are in no span, no event,
//! and no debug output of this module.

mod builder;
mod credentials;
mod error;
mod exchange;
mod http_transport;
mod in_process;
#[cfg(feature = "ntlm")]
mod ntlm;
mod options;
mod reply_body;
mod retry;
mod tls;
mod transport;

use std::fmt;
use std::sync::Arc;

use tracing::Instrument as _;

#[cfg(feature = "exchange")]
use crate::oxwscdata::ResponseMessage;
use crate::soap::{Envelope, Operation, Outcome, Request, Response};

pub use builder::{BuildError, Builder};
pub use credentials::TokenRequest;
pub use error::{Error, OperationError, StatusError, UndecodableError};
use exchange::{Exchange, Judge, Settings};
pub use http_transport::Http;
pub use in_process::InProcess;
pub use options::{CallOptions, Notes, ReplyInfo};
pub use retry::RetryPolicy;
pub use transport::{Transport, TransportError, TransportErrorKind};

/// Any error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends requests to a service.
///
/// Cheap to clone; clones share connections, tokens and settings. It implements the operation traits, so it can
/// stand wherever an implementation of the service can, behind a server too.
pub struct Client<T = Http>(Arc<Inner<T>>);

struct Inner<T> {
    transport: T,
    settings: Settings,
}

/// What [`Client::call`] and [`Client::send`] take: the message of a request, or a [`Request`] where there are
/// header parts or [`CallOptions`] to go with it.
pub trait IntoRequest<O: Operation> {
    /// The request.
    fn into_request(self) -> Request<O>;
}

impl<O: Operation> IntoRequest<O> for O {
    fn into_request(self) -> Request<O> {
        Request::new(self)
    }
}

impl<O: Operation> IntoRequest<O> for Envelope<O> {
    fn into_request(self) -> Request<O> {
        self
    }
}

impl Client {
    /// A client for the service at this URL, such as `https://mail.example.org/EWS/Exchange.asmx`.
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder::new(url.into())
    }
}

impl<T: Transport> Client<T> {
    fn new(transport: T, settings: Settings) -> Client<T> {
        Client(Arc::new(Inner { transport, settings }))
    }

    /// Sends a request and gives the message of the reply if its class is `Success` or `Warning`.
    ///
    /// # Errors
    /// [`Error::Operation`] when the class is `Error`, and whatever [`send`](Client::send) fails with.
    #[cfg(feature = "exchange")]
    pub async fn call<O>(&self, request: impl IntoRequest<O>) -> Result<O::Response, Error>
    where
        O: Operation,
        O::Response: ResponseMessage,
    {
        let judge: Judge<O::Response> = |reply| OperationError::of(O::NAME, reply);
        self.exchange(request.into_request(), judge).await.map(|response| response.body)
    }

    /// Sends a request and gives the reply, whatever its class. The extensions of the reply hold [`Notes`] and
    /// [`ReplyInfo`].
    ///
    /// # Errors
    /// When there is no reply, or a fault.
    pub async fn send<O: Operation>(
        &self,
        request: impl IntoRequest<O>,
    ) -> Result<Response<O::Response>, Error> {
        self.exchange(request.into_request(), |_| None).await
    }

    /// Sends a request as the methods of operation traits do: an error that is no fault of the service becomes
    /// one.
    ///
    /// Its [cause](crate::soap::FaultParts::cause) is the [`Error`]. Its text says nothing about it, since a server
    /// that passes requests on sends it to its own callers. Response codes: `ErrorTimeoutExpired` when there was no
    /// reply in time, `ErrorServerBusy` for HTTP 429 and 503, `ErrorInvalidRequest` when the request cannot be
    /// written, otherwise `ErrorProxyCallFailed`.
    ///
    /// # Errors
    /// When there is no reply, or a fault.
    pub async fn outcome<O: Operation>(&self, request: Request<O>) -> Outcome<O::Response> {
        self.send(request).await.map_err(Error::into_fault)
    }

    fn exchange<O: Operation>(
        &self,
        request: Request<O>,
        judge: Judge<O::Response>,
    ) -> impl Future<Output = Result<Response<O::Response>, Error>> + Send {
        let exchange = Exchange::new(&self.0.transport, &self.0.settings, request);
        async move {
            let exchange = exchange?;
            let span = exchange.span();
            exchange.run::<O>(judge).instrument(span).await
        }
    }
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Client<T> {
        Client(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
