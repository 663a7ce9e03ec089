//! `InProcess`: a service in the same program as the server, without a socket.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use tower_service::Service;

use super::{BoxError, Transport, TransportError, TransportErrorKind};

/// Calls a [tower service](Service): an endpoint of this crate's server, an axum router, or any other from HTTP
/// request to HTTP response.
///
/// For tests, and for programs that hold client and server. Each request goes to a clone of the service. The
/// request has the whole URL of the client, and only its path is of use to most services.
pub struct InProcess<S>(Mutex<S>);

impl<S> InProcess<S> {
    /// A transport to this service.
    pub fn new(service: S) -> InProcess<S> {
        InProcess(Mutex::new(service))
    }
}

impl<S, B> Transport for InProcess<S>
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let other = |error| TransportError::new(TransportErrorKind::Other).with_source(error);
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        poll_fn(|context| service.poll_ready(context)).await.map_err(|error| other(error).not_executed())?;
        let response = service.call(request.map(Full::new)).await.map_err(other)?;
        let (parts, body) = response.into_parts();
        match body.collect().await {
            Ok(body) => Ok(http::Response::from_parts(parts, body.to_bytes())),
            Err(error) => Err(TransportError::new(TransportErrorKind::Interrupted).with_source(error)),
        }
    }
}

impl<S> fmt::Debug for InProcess<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}
