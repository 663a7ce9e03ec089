//! `App`: the tower service in front of the endpoint: routes, sign-in, limits, observation.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::EXPECT;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body::Body;
use oxws::server::{Endpoint, Peer, RequestIds, drain, read};
use oxws::soap::{Fault, Service};

use super::address::Address;
use super::admission::{Admission, NoPlace, Place};
use super::auth::{Authenticator, Refused, Scheme, Why};
use super::limits::{Limits, address_key};
use super::metrics::Metrics;
use super::observe::Observation;
use super::readiness::Readiness;
use super::reply::{self, HttpReply};
use super::route::Route;
use super::settings::{Settings, SetupError};
use super::{Principal, ResultCode, Underway, autodiscover, page};
use crate::accounts::{Account, Accounts};

/// What an account with too many requests at once is told to wait: by then another has ended, likely.
const ANOTHER_ENDS: Duration = Duration::from_secs(1);

/// The server as a tower service: what [`oxws::server::Server`] runs.
///
/// * `POST /EWS/Exchange.asmx`: signs the caller in before the body is read, and gives the request with its
///   [`Principal`] to the endpoint. The description beside it needs no sign-in.
/// * `POST /autodiscover/autodiscover.xml`: Autodiscover for the caller.
/// * `/`, `/healthz`, `/readyz`, `/metrics`.
///
/// Cheap to clone.
pub struct App<A, S> {
    shared: Arc<Shared<A, S>>,
}

struct Shared<A, S> {
    endpoint: Endpoint<S>,
    accounts: Arc<A>,
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
    auth: Authenticator,
    limits: Limits,
    admission: Admission,
    configured: Option<Address>,
    shows_metrics: bool,
    body_bytes: usize,
    body_time: Duration,
}

/// Sets up an [`App`].
pub struct Builder<A, S> {
    endpoint: Endpoint<S>,
    accounts: Arc<A>,
    settings: Settings,
    metrics: Arc<Metrics>,
    readiness: Arc<Readiness>,
}

/// Why a caller is turned away.
enum Denied {
    /// It has not shown who it is.
    Unknown(Scheme, Why),
    /// It asks too often.
    Wait(Duration),
    /// There is too much to do.
    Overloaded,
    /// A defect of the server.
    Failed(Fault),
}

impl<A: Accounts, S: Service + 'static> App<A, S> {
    /// An app in front of `endpoint`, whose path must be the usual one.
    pub fn builder(endpoint: Endpoint<S>, accounts: Arc<A>, settings: Settings) -> Builder<A, S> {
        let (metrics, readiness) = (Arc::default(), Arc::default());
        Builder { endpoint, accounts, settings, metrics, readiness }
    }

    /// Answers one request.
    pub async fn answer<B: Body>(&self, request: Request<B>) -> HttpReply {
        let shared = &*self.shared;
        let route = Route::of(request.uri().path());
        let mut observation = Observation::begin(&shared.metrics, route, &request);
        let response = shared.respond(route, request, &mut observation).await;
        observation.end(&response);
        response
    }
}

impl<A: Accounts, S: Service + 'static> Shared<A, S> {
    async fn respond<B: Body>(
        &self,
        route: Route,
        mut request: Request<B>,
        observation: &mut Observation<'_>,
    ) -> HttpReply {
        let now = observation.begin;
        // An address of IPv4 is one, though a listener for both shows it as one of IPv6.
        let peer = request.extensions().get::<Peer>().map(|peer| peer.address.ip().to_canonical());
        observation.address = self.auth.address(peer, request.headers());
        let address = observation.address.map(address_key);
        let reading = matches!(*request.method(), Method::GET | Method::HEAD);
        let own = match route {
            _ if !route.is_watch()
                && let Err(wait) = self.limit_address(address, now) =>
            {
                self.deny(route, Denied::Wait(wait))
            }
            Route::Ews | Route::Autodiscover if *request.method() == Method::POST => {
                match self.admit(request.headers(), peer, address, now).await {
                    Ok((account, _place)) => {
                        observation.caller = Some(Arc::clone(&account));
                        if route == Route::Autodiscover {
                            // Boxed: rare.
                            let ids = observation.ids.clone();
                            return Box::pin(self.autodiscover(request, ids, &account)).await;
                        }
                        let underway = Underway::since(now);
                        observation.underway = Some(underway.clone());
                        request.extensions_mut().insert(Principal { account, underway });
                        return self.endpoint.answer_as(observation.ids.clone(), request).await;
                    }
                    Err(denied) => {
                        if let Denied::Unknown(_, why) = &denied {
                            observation.refused = why.told();
                        }
                        self.deny(route, denied)
                    }
                }
            }
            Route::Ews | Route::Description => {
                return self.endpoint.answer_as(observation.ids.clone(), request).await;
            }
            Route::Autodiscover => reply::not_allowed("POST"),
            Route::Nothing => reply::nothing_here(),
            Route::Metrics if !self.shows_metrics => reply::nothing_here(),
            _ if !reading => reply::not_allowed("GET, HEAD"),
            Route::Health => reply::text(StatusCode::OK, "alive\n"),
            Route::Ready => match self.readiness.is_ready().await {
                true => reply::text(StatusCode::OK, "ready\n"),
                false => reply::text(StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
            },
            Route::Metrics => reply::metrics(self.metrics.render()),
            Route::Page => {
                let (head, body) = request.into_parts();
                let address = self.configured.clone().or_else(|| Address::of(&head));
                request = Request::from_parts(head, body);
                match address {
                    Some(address) => reply::html(page::page(&address)),
                    None => no_host(),
                }
            }
        };
        self.own(request, observation.ids.clone(), own).await
    }

    /// A response of our own: with the ids of its request, whose body is read and dropped.
    async fn own<B: Body>(&self, request: Request<B>, ids: RequestIds, mut response: HttpReply) -> HttpReply {
        ids.put(response.headers_mut());
        if !request.body().is_end_stream() {
            // Boxed: rare, and as large as a body.
            Box::pin(drain(request, self.body_bytes, self.body_time)).await;
        }
        response
    }

    fn limit_address(&self, address: Option<IpAddr>, now: Instant) -> Result<(), Duration> {
        let (Some(limiter), Some(address)) = (&self.limits.address, address) else { return Ok(()) };
        limiter.check(&address, now).inspect_err(|_| self.metrics.limited("address"))
    }

    /// The caller's account, and a place for its request.
    async fn admit(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
        address: Option<IpAddr>,
        now: Instant,
    ) -> Result<(Arc<Account>, Place<'_>), Denied> {
        let signed_in =
            self.auth.sign_in(headers, peer, address, &self.limits.failures, &*self.accounts).await;
        let (scheme, account) = signed_in.map_err(|refused| match refused {
            Refused::Unknown(scheme, why) => {
                self.metrics.signed_in(scheme.name(), "refused");
                Denied::Unknown(scheme, why)
            }
            Refused::Wait(wait) => {
                self.metrics.limited("failed_sign_ins");
                Denied::Wait(wait)
            }
            Refused::Busy => {
                self.metrics.limited("hashes");
                Denied::Overloaded
            }
            Refused::NoKeys => {
                self.metrics.limited("token_keys");
                Denied::Overloaded
            }
            Refused::Store(error) => Denied::Failed(Fault::internal().with_cause(error)),
        })?;
        self.metrics.signed_in(scheme.name(), "accepted");
        if let Some(limiter) = &self.limits.account {
            limiter.check(&account.mailbox, now).map_err(|wait| {
                self.metrics.limited("account");
                Denied::Wait(wait)
            })?;
        }
        let place = self.admission.enter(account.mailbox).await.map_err(|none| match none {
            NoPlace::OfAccount => {
                self.metrics.limited("account_concurrency");
                Denied::Wait(ANOTHER_ENDS)
            }
            NoPlace::AtAll => {
                self.metrics.limited("concurrency");
                Denied::Overloaded
            }
        })?;
        Ok((account, place))
    }

    fn deny(&self, route: Route, denied: Denied) -> HttpReply {
        match denied {
            Denied::Unknown(scheme, _) => reply::unauthorized(self.auth.challenges(scheme)),
            Denied::Wait(wait) if route == Route::Ews => reply::server_busy(wait),
            Denied::Wait(wait) => reply::too_often(wait),
            Denied::Overloaded => reply::overloaded(),
            Denied::Failed(fault) => reply::fault(fault),
        }
    }

    async fn autodiscover<B: Body>(
        &self,
        request: Request<B>,
        ids: RequestIds,
        caller: &Arc<Account>,
    ) -> HttpReply {
        let (head, body) = request.into_parts();
        let waits = head.headers.contains_key(EXPECT);
        let mut response = match self.configured.clone().or_else(|| Address::of(&head)) {
            None => no_host(),
            Some(address) => match read(body, autodiscover::MOST, self.body_time, waits).await {
                Err(problem) => reply::text(problem.status(), problem.text()),
                Ok(body) => match autodiscover::answer(&body, caller, &*self.accounts, &address).await {
                    Err(error) => reply::fault(Fault::internal().with_cause(error)),
                    Ok((text, error)) => {
                        let mut response = reply::xml(text);
                        if let Some(code) = error {
                            response.extensions_mut().insert(ResultCode(code.to_string()));
                        }
                        response
                    }
                },
            },
        };
        ids.put(response.headers_mut());
        response
    }
}

fn no_host() -> HttpReply {
    reply::text(StatusCode::BAD_REQUEST, "The Host of the request is no host.\n")
}

impl<A: Accounts, S: Service + 'static> Builder<A, S> {
    /// What is counted goes there; into metrics of its own unless set.
    #[must_use]
    pub fn metrics(mut self, metrics: Arc<Metrics>) -> Builder<A, S> {
        self.metrics = metrics;
        self
    }

    /// What `/readyz` answers; always ready unless set.
    #[must_use]
    pub fn readiness(mut self, readiness: Arc<Readiness>) -> Builder<A, S> {
        self.readiness = readiness;
        self
    }

    /// The app.
    ///
    /// # Errors
    /// When a setting is not what it must be.
    pub fn build(self) -> Result<App<A, S>, SetupError> {
        let Builder { endpoint, accounts, settings, metrics, readiness } = self;
        let configured = settings.address()?;
        Ok(App {
            shared: Arc::new(Shared {
                endpoint,
                accounts,
                auth: Authenticator::new(&settings.auth, Arc::clone(&metrics))?,
                metrics,
                readiness,
                limits: Limits::new(&settings.rate),
                admission: Admission::new(&settings.concurrency),
                configured,
                shows_metrics: settings.metrics,
                body_bytes: settings.limits.body_bytes,
                body_time: settings.limits.body_time(),
            }),
        })
    }
}

impl<A, S> Clone for App<A, S> {
    fn clone(&self) -> App<A, S> {
        App { shared: Arc::clone(&self.shared) }
    }
}

impl<A, S> fmt::Debug for App<A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("endpoint", &self.shared.endpoint).finish_non_exhaustive()
    }
}

impl<A, S> fmt::Debug for Builder<A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl<A, S, B> tower_service::Service<Request<B>> for App<A, S>
where
    A: Accounts,
    S: Service + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Send,
{
    type Response = HttpReply;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<HttpReply, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let app = self.clone();
        Box::pin(async move { Ok(app.answer(request).await) })
    }
}
