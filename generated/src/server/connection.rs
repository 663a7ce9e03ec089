//! One connection: HTTP/1.1 by hyper, with what hyper does not demand of requests.

use std::pin::pin;
use std::time::Duration;

use http::header::HOST;
use http::{Request, Response, StatusCode, Version};
use http_body::Body;
use http_body_util::{Either, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::accept::{HttpService, Peer, Phase};
use super::body;
use super::http_reply::RequestIds;
use super::stall::Stall;

/// Limits of a connection.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) header_time: Duration,
    pub(super) header_limit: usize,
    pub(super) write_time: Duration,
}

/// Bytes of a body that nobody wants, as for [`body::drain`].
const DRAINED: usize = 1 << 20;

/// Serves a connection until it ends, or the server does.
pub(super) async fn run<I, S>(
    stream: I,
    peer: Peer,
    service: S,
    settings: &Settings,
    mut follow: watch::Receiver<Phase>,
) where
    I: AsyncRead + AsyncWrite + Unpin,
    S: HttpService,
{
    let time = settings.header_time;
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(settings.header_time)
            .max_buf_size(settings.header_limit)
            .serve_connection(
                TokioIo::new(Stall::new(stream, settings.write_time)),
                service_fn(move |request| guarded(service.clone(), peer, request, time))
            )
    );
    loop {
        tokio::select! {
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%error, address = %peer.address, "a connection failed");
                }
                return;
            }
            changed = follow.changed() => {
                let phase = *follow.borrow_and_update();
                match phase {
                    _ if changed.is_err() => return,
                    Phase::Over => return,
                    Phase::Draining => connection.as_mut().graceful_shutdown(),
                    Phase::Serving => {}
                }
            }
        }
    }
}

/// Passes a request on with its peer, if it says for which host it is: once, as HTTP/1.1 demands.
async fn guarded<S: HttpService>(
    service: S,
    peer: Peer,
    request: Request<Incoming>,
    time: Duration,
) -> Result<Response<Either<S::Body, Empty<<S::Body as Body>::Data>>>, S::Failure> {
    match for_one_host(request, peer) {
        Ok(request) => Ok(service.respond(request).await?.map(Either::Left)),
        Err(request) => {
            let mut response = Response::new(Either::Right(Empty::new()));
            *response.status_mut() = StatusCode::BAD_REQUEST;
            RequestIds::new(request.headers()).put(response.headers_mut());
            // Boxed: rare, and as large as a body.
            Box::pin(body::drain(*request, DRAINED, time)).await;
            Ok(response)
        }
    }
}

/// The request with its peer; or as it was, if it names no host or several.
fn for_one_host(
    mut request: Request<Incoming>,
    peer: Peer,
) -> Result<Request<Incoming>, Box<Request<Incoming>>> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let hosts = (hosts.next().is_some(), hosts.next().is_some());
    if hosts.1 || (!hosts.0 && request.version() == Version::HTTP_11) {
        return Err(request.into());
    }
    request.extensions_mut().insert(peer);
    Ok(request)
}
