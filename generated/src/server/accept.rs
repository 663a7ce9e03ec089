//! `Server` and `serve`: an accept loop for a tower service, with limits and a graceful end.

use std::any::Any;
use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tower_service::Service;

use super::BoxError;
use super::connection::{self, Settings};
use super::refusal::{OnRefusal, Refusal};

/// Between two lines of the log about connections that cannot be accepted.
const QUIET: Duration = Duration::from_secs(10);

/// What a connection holds as long as it lasts.
type Pass = Box<dyn Any + Send>;

/// Whom to take connections from.
#[derive(Clone)]
struct Gate(Arc<dyn Fn(SocketAddr) -> Option<Pass> + Send + Sync>);

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

/// What can be served: any tower service from HTTP request to HTTP response, such as an
/// [`Endpoint`](super::Endpoint) or an axum router. Implemented for all of them.
pub trait HttpService: Clone + Send + 'static {
    /// The body of its responses.
    type Body: Body<Data: Send, Error: Into<BoxError>> + Send + 'static;
    /// Why it fails.
    type Failure: Into<BoxError>;

    /// Answers a request.
    #[doc(hidden)]
    fn respond(
        self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Self::Body>, BoxError>> + Send;
}

impl<S, B> HttpService for S
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    type Body = B;
    type Failure = S::Error;

    fn respond(
        mut self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<B>, BoxError>> + Send {
        // Nearly all are ready at once, and then the request, which is large, need not be kept.
        let called = match self.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Called::Now(self.call(request)),
            Poll::Ready(Err(error)) => Called::Failed(error.into()),
            Poll::Pending => Called::Later(Box::pin(async move {
                poll_fn(|context| self.poll_ready(context)).await.map_err(Into::into)?;
                self.call(request).await.map_err(Into::into)
            })),
        };
        async move {
            match called {
                Called::Now(response) => response.await.map_err(Into::into),
                Called::Later(response) => response.await,
                Called::Failed(error) => Err(error),
            }
        }
    }
}

/// What came of calling a service.
enum Called<N, L> {
    Now(N),
    Later(Pin<Box<L>>),
    Failed(BoxError),
}

/// The other end of a connection, in the extensions of its requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

/// Where a server is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Taking requests.
    Serving,
    /// Finishing the requests that it has.
    Draining,
    /// Dropping what is left.
    Over,
}

/// An accept loop for HTTP/1.1: any tower service on a TCP listener, with limits that keep slow or silent callers
/// from using it up.
///
/// ```no_run
/// # async fn run<S: oxws::soap::Service + 'static>(endpoint: oxws::server::Endpoint<S>) -> std::io::Result<()> {
/// use oxws::server::Server;
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// let interrupted = async { /* a signal of the operating system */ };
/// Server::new().max_connections(500).serve_until(listener, endpoint, interrupted).await
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Server {
    settings: Settings,
    max_connections: usize,
    gate: Option<Gate>,
    grace: Duration,
    #[cfg(feature = "tls")]
    tls: Option<Arc<rustls::ServerConfig>>,
}

impl Default for Server {
    fn default() -> Server {
        Server::new()
    }
}

impl Server {
    /// A server with the defaults.
    pub fn new() -> Server {
        Server {
            settings: Settings {
                header_time: Duration::from_secs(30),
                header_limit: 32 << 10,
                write_time: Duration::from_secs(60),
                refused: OnRefusal::default(),
            },
            max_connections: 1024,
            gate: None,
            grace: Duration::from_secs(30),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Time for the head of a request to arrive, and that a connection may stay idle between requests; 30 seconds
    /// unless set. Also the time for a TLS handshake.
    #[must_use]
    pub fn header_timeout(mut self, time: Duration) -> Server {
        self.settings.header_time = time;
        self
    }

    /// Bytes that the head of a request may have; 32 KiB unless set, 8 KiB at least. More is answered with HTTP 431, but for
    /// what arrives in one piece with them: a head is measured when it is read.
    #[must_use]
    pub fn header_limit(mut self, bytes: usize) -> Server {
        self.settings.header_limit = bytes.max(8 << 10);
        self
    }

    /// Time in which a caller must read something of what it is sent; 60 seconds unless set. Then its connection is
    /// closed.
    #[must_use]
    pub fn write_timeout(mut self, time: Duration) -> Server {
        self.settings.write_time = time;
        self
    }

    /// Connections at once; 1024 unless set. Further ones wait in the listener's queue.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Server {
        self.max_connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Asked about each connection that has been accepted, before anything is read from it: `None` closes it. What is given
    /// instead is kept until the connection ends, and dropped then. Must be quick: no other connection is accepted
    /// meanwhile. All are taken unless this is set.
    #[must_use]
    pub fn admit<P: Send + 'static>(
        mut self,
        admit: impl Fn(SocketAddr) -> Option<P> + Send + Sync + 'static,
    ) -> Server {
        self.gate = Some(Gate(Arc::new(move |address| admit(address).map(|pass| Box::new(pass) as Pass))));
        self
    }

    /// Told of each connection that ends, and each request that is refused, before the service sees it: who it is, why, and
    /// what else is known of that. They are in the log at the level `debug` only unless this does something about it. Must
    /// be quick.
    #[must_use]
    pub fn on_refusal(
        mut self,
        told: impl Fn(SocketAddr, Refusal, &dyn fmt::Display) + Send + Sync + 'static,
    ) -> Server {
        self.settings.refused = OnRefusal::new(told);
        self
    }

    /// Time for requests that are being answered when the server ends; 30 seconds unless set. Then their
    /// connections are closed.
    #[must_use]
    pub fn grace(mut self, time: Duration) -> Server {
        self.grace = time;
        self
    }

    /// Serves over HTTPS with these certificates. HTTP/1.1 is all that is spoken: offer no other protocol by ALPN.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, config: Arc<rustls::ServerConfig>) -> Server {
        self.tls = Some(config);
        self
    }

    /// Serves without end.
    ///
    /// # Errors
    /// None so far: a connection that fails, or cannot be accepted, is logged, and the next one is waited for.
    pub async fn serve<S: HttpService>(self, listener: TcpListener, service: S) -> io::Result<()> {
        self.serve_until(listener, service, pending()).await
    }

    /// Serves until `end` is ready, then takes no more connections, finishes the requests that it has, and returns.
    ///
    /// # Errors
    /// None so far: a connection that fails, or cannot be accepted, is logged, and the next one is waited for.
    pub async fn serve_until<S: HttpService>(
        self,
        listener: TcpListener,
        service: S,
        end: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let (phase, follow) = watch::channel(Phase::Serving);
        let permits = Arc::new(Semaphore::new(self.max_connections));
        let mut end = std::pin::pin!(end);
        let mut told = None;
        loop {
            let accepted = async {
                let permit = permits.clone().acquire_owned().await;
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                () = &mut end => break,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, address)) => {
                    let pass = match &self.gate {
                        Some(Gate(admit)) => match admit(address) {
                            Some(pass) => Some(pass),
                            None => continue,
                        },
                        None => None,
                    };
                    let served = self.connection(stream, address, service.clone(), follow.clone());
                    tokio::spawn(async move {
                        served.await;
                        drop((permit, pass));
                    });
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Out of descriptors or memory: others must end first. It is told now and then, not at every try.
                    if told.is_none_or(|told: Instant| told.elapsed() > QUIET) {
                        told = Some(Instant::now());
                        tracing::error!(%error, "no connection can be accepted");
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop((listener, follow));
        let _ = phase.send(Phase::Draining);
        if tokio::time::timeout(self.grace, phase.closed()).await.is_err() {
            tracing::warn!("requests that took too long are dropped");
            let _ = phase.send(Phase::Over);
            phase.closed().await;
        }
        Ok(())
    }

    fn connection<S: HttpService>(
        &self,
        stream: TcpStream,
        address: SocketAddr,
        service: S,
        follow: watch::Receiver<Phase>,
    ) -> impl Future<Output = ()> + Send + use<S> {
        let settings = self.settings.clone();
        #[cfg(feature = "tls")]
        let tls = self.tls.clone();
        async move {
            // A reply is one write: waiting for more would only delay it.
            let _ = stream.set_nodelay(true);
            #[cfg(feature = "tls")]
            if let Some(tls) = tls {
                let tls = tokio_rustls::TlsAcceptor::from(tls);
                let mut ending = follow.clone();
                let accepted = tokio::select! {
                    accepted = tokio::time::timeout(settings.header_time, tls.accept(stream)) => accepted,
                    // The server ends, and nothing was asked yet.
                    _ = ending.changed() => return,
                };
                match accepted {
                    Ok(Ok(stream)) => {
                        let peer = Peer { address, tls: true };
                        connection::run(stream, peer, service, &settings, follow).await;
                    }
                    Ok(Err(error)) => {
                        tracing::debug!(%error, %address, "the TLS handshake failed");
                        if let Some(why) = Refusal::of_handshake(&error) {
                            settings.refused.tell(address, why, &error);
                        }
                    }
                    Err(_) => {
                        let text = "the TLS handshake took too long";
                        tracing::debug!(%address, "{text}");
                        settings.refused.tell(address, Refusal::HandshakeTimeout, &text);
                    }
                }
                return;
            }
            connection::run(stream, Peer { address, tls: false }, service, &settings, follow).await;
        }
    }
}

/// Serves a tower service, such as an [`Endpoint`](super::Endpoint), with the defaults of [`Server`].
///
/// # Errors
/// As [`Server::serve`].
pub async fn serve<S: HttpService>(listener: TcpListener, service: S) -> io::Result<()> {
    Server::new().serve(listener, service).await
}

/// Whether the caller went away before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
