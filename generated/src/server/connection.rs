//! One connection: HTTP/1.1 by hyper, with what hyper does not demand of requests.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Buf;
use http::header::HOST;
use http::{Request, Response, StatusCode, Version};
use http_body::Body;
use http_body_util::{Either, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::unconstrained;

use super::BoxError;
use super::accept::{HttpService, Peer, Phase};
use super::body;
use super::http_reply::RequestIds;
use super::refusal::{OnRefusal, Refusal};
use super::stall::Stall;
use super::timer::HeadTimer;

/// Limits of a connection.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) header_time: Duration,
    pub(super) header_limit: usize,
    pub(super) write_time: Duration,
    pub(super) refused: OnRefusal,
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
    let heard = Arc::default();
    let stream = Stall::new(stream, settings.write_time, Arc::clone(&heard));
    let refused = settings.refused.clone();
    let mut connection = pin!(
        http1::Builder::new()
            .timer(HeadTimer::default())
            .header_read_timeout(settings.header_time)
            .max_buf_size(settings.header_limit)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(move |request| guarded(service.clone(), peer, request, time, &refused))
            )
    );
    loop {
        match next(connection.as_mut(), &mut follow).await {
            Next::Done(Ok(())) => return,
            Next::Done(Err(error)) => {
                tracing::debug!(%error, address = %peer.address, "a connection failed");
                if let Some(why) = Refusal::of(&error, heard.load(Ordering::Relaxed)) {
                    settings.refused.tell(peer.address, why, &error);
                }
                return;
            }
            Next::Phase(Some(Phase::Serving)) => {}
            Next::Phase(Some(Phase::Draining)) => connection.as_mut().graceful_shutdown(),
            Next::Phase(Some(Phase::Over) | None) => return,
        }
    }
}

/// What happens first to a connection.
enum Next<T> {
    /// It ends.
    Done(T),
    /// The server is in another phase, or gone.
    Phase(Option<Phase>),
}

/// Waits for a connection, and for another phase.
async fn next<C: Future>(
    mut connection: Pin<&mut C>,
    follow: &mut watch::Receiver<Phase>,
) -> Next<C::Output> {
    let mut flag: Option<Arc<Flag>> = None;
    let changed = {
        // Unconstrained: it must take notice of who asks when it is asked, however much the task has done.
        let mut changed = pin!(unconstrained(follow.changed()));
        poll_fn(|context| {
            if let Poll::Ready(done) = connection.as_mut().poll(context) {
                return Poll::Ready(Err(done));
            }
            // Connections are polled for each request, which need not ask for the phase each time.
            match &flag {
                Some(flag) if flag.task.will_wake(context.waker()) => {
                    if !flag.up.swap(false, Ordering::AcqRel) {
                        return Poll::Pending;
                    }
                }
                _ => flag = Some(Flag::of(context.waker())),
            }
            // Just set.
            let Some(flag) = &flag else { return Poll::Pending };
            let waker = Waker::from(flag.clone());
            changed.as_mut().poll(&mut Context::from_waker(&waker)).map(Ok)
        })
        .await
    };
    match changed {
        Err(done) => Next::Done(done),
        Ok(changed) => Next::Phase(changed.ok().map(|()| *follow.borrow_and_update())),
    }
}

/// Wakes a task, and says that it did.
struct Flag {
    task: Waker,
    up: AtomicBool,
}

impl Flag {
    fn of(task: &Waker) -> Arc<Flag> {
        Arc::new(Flag { task: task.clone(), up: AtomicBool::new(false) })
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Flag>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Flag>) {
        self.up.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

/// Passes a request on with its peer, if it says for which host it is: once, as HTTP/1.1 demands.
fn guarded<S: HttpService>(
    service: S,
    peer: Peer,
    mut request: Request<Incoming>,
    time: Duration,
    refused: &OnRefusal,
) -> impl Future<Output = Result<Answer<S::Body>, BoxError>> + use<S> {
    // Nothing of the request is kept by what waits, so that this is small.
    let answer = if is_for_one_host(&request) {
        request.extensions_mut().insert(peer);
        Ok(service.respond(request))
    } else {
        refused.tell(peer.address, Refusal::Host, &"a request for no host, or for several");
        Err(Box::pin(refuse(request, time)))
    };
    async move {
        match answer {
            Ok(answer) => Ok(answer.await?.map(Either::Left)),
            Err(refusal) => Ok(refusal.await.map(Either::Right)),
        }
    }
}

/// The response of a service, or a refusal.
type Answer<B> = Response<Either<B, Empty<<B as Body>::Data>>>;

/// Refuses a request that names no host or several.
async fn refuse<D: Buf>(request: Request<Incoming>, time: Duration) -> Response<Empty<D>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    RequestIds::new(request.headers()).put(response.headers_mut());
    body::drain(request, DRAINED, time).await;
    response
}

fn is_for_one_host(request: &Request<Incoming>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let named = hosts.next().is_some() || request.version() != Version::HTTP_11;
    named && hosts.next().is_none()
}
