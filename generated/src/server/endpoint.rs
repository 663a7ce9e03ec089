//! `Endpoint`: a set of operations as a tower service, with its description beside it.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::{EXPECT, HOST};
use http::uri::Authority;
use http::{Method, Request, StatusCode};
use http_body::Body;
use tracing::{Instrument, Span, field};

use super::accept::Peer;
use super::body;
use super::catch::catch;
use super::description::Description;
use super::http_reply::{self, HttpReply, RequestIds};
use super::media;
#[cfg(feature = "exchange")]
use super::version;
#[cfg(feature = "exchange")]
use crate::oxwscdata::{ExchangeVersion, ServerVersionInfo};
use crate::rt::Limits;
use crate::soap::{self, Check, Fault, Refinement, Reply, Rules, Service, Version};

/// Serves a set of operations over HTTP.
///
/// * `POST` to its path carries out an operation. The reply is an envelope: HTTP 200, or 500 with a SOAP fault.
/// * `GET` of `Services.wsdl` and of the schemas, all beside that path, describes the service (UCS T15); so does
///   `GET` of the path with the query `wsdl`.
/// * Anything else is 404, 405, 408, 413 or 415 with a sentence as text.
///
/// Every response has a `request-id` (UCS T12). A panic in the implementation is a fault to its caller and
/// nothing more. Cheap to clone.
pub struct Endpoint<S> {
    shared: Arc<Shared<S>>,
}

struct Shared<S> {
    service: S,
    settings: Settings,
    description: Description,
    /// Whether a service speaks SOAP 1.2.
    soap12: bool,
}

#[derive(Clone, Debug)]
struct Settings {
    path: String,
    address: Option<String>,
    body_limit: usize,
    body_time: Duration,
    rules: Rules,
}

/// Sets up an [`Endpoint`].
#[derive(Clone, Debug)]
pub struct Builder<S> {
    service: S,
    settings: Settings,
    #[cfg(feature = "exchange")]
    minimum: Option<ExchangeVersion>,
}

impl<S: Service> Endpoint<S> {
    /// The operations of `service`, at `/EWS/Exchange.asmx`, with the defaults of [`Builder`].
    ///
    /// `service` is the `…Server` of a generated module around an implementation of its trait, or a pair of such.
    pub fn new(service: S) -> Endpoint<S> {
        Endpoint::builder(service).build()
    }

    /// The same with other settings.
    pub fn builder(service: S) -> Builder<S> {
        let rules = Rules::default();
        let settings = Settings {
            path: "/EWS/Exchange.asmx".to_owned(),
            address: None,
            body_limit: 4 << 20,
            body_time: Duration::from_secs(30),
            rules,
        };
        let builder = Builder {
            service,
            settings,
            #[cfg(feature = "exchange")]
            minimum: Some(ExchangeVersion::Exchange2013),
        };
        #[cfg(feature = "exchange")]
        let builder = builder.server_version(version::exchange_2013());
        builder
    }

    /// Answers one request. What layers and servers put into its extensions reaches the implementation as
    /// [`Envelope::extensions`](soap::Envelope::extensions).
    pub async fn answer<B: Body>(&self, request: Request<B>) -> HttpReply {
        let ids = RequestIds::new(request.headers());
        self.answer_as(ids, request).await
    }

    /// As [`answer`](Endpoint::answer), with the ids that the response is to have: for layers that log or trace a request
    /// before it is answered.
    pub async fn answer_as<B: Body>(&self, ids: RequestIds, request: Request<B>) -> HttpReply {
        let Ok(reply) = match self.begin(ids, request) {
            Ok((asked, span)) => soap(self.shared.clone(), asked).instrument(span).await,
            // Boxed: rare, and as large as a request.
            Err(refused) => Box::pin(refused.finish()).await,
        };
        reply
    }

    /// What is done with a request before anything waits, so that what waits need not keep the request.
    fn begin<B: Body>(
        &self,
        ids: RequestIds,
        request: Request<B>,
    ) -> Result<(Asked<B>, Span), Box<Refused<B>>> {
        let span = tracing::debug_span!(
            "request",
            request_id = ids.own(),
            operation = field::Empty,
            status = field::Empty,
            fault = field::Empty
        );
        match self.route(&request, ids) {
            Ok(ids) => {
                let (mut head, body) = request.into_parts();
                let waits = head.headers.contains_key(EXPECT);
                head.extensions.insert(head.headers);
                Ok((Asked { ids, waits, extensions: head.extensions, body }, span))
            }
            Err(response) => {
                span.record("status", response.status().as_u16());
                let Settings { body_limit, body_time, .. } = self.shared.settings;
                Err(Box::new(Refused { request, response: *response, body_limit, body_time }))
            }
        }
    }

    /// The ids of a request for an operation; or the response to another one.
    fn route<B>(&self, request: &Request<B>, ids: RequestIds) -> Result<RequestIds, Box<HttpReply>> {
        let path = request.uri().path();
        let settings = &self.shared.settings;
        let reading = matches!(*request.method(), Method::GET | Method::HEAD);
        if path.eq_ignore_ascii_case(&settings.path) {
            return match *request.method() {
                Method::POST => match media::check(request.headers(), self.shared.soap12) {
                    Ok(()) => Ok(ids),
                    Err(text) => {
                        Err(http_reply::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, text, ids).into())
                    }
                },
                _ if reading && asks_for_wsdl(request.uri().query()) => {
                    Err(self.describe("Services.wsdl", request, ids).into())
                }
                _ => Err(http_reply::not_allowed("POST", ids).into()),
            };
        }
        let folder = folder(&settings.path);
        let below = path.get(..folder.len()).filter(|start| start.eq_ignore_ascii_case(folder));
        let response = match below.and_then(|start| path.get(start.len()..)) {
            Some(file) if self.shared.description.has(file) => match reading {
                true => self.describe(file, request, ids),
                false => http_reply::not_allowed("GET, HEAD", ids),
            },
            _ => http_reply::refusal(StatusCode::NOT_FOUND, "There is nothing at this path.\n", ids),
        };
        Err(response.into())
    }

    fn describe<B>(&self, file: &str, request: &Request<B>, ids: RequestIds) -> HttpReply {
        let Some(address) = self.address(request) else {
            return http_reply::refusal(
                StatusCode::BAD_REQUEST,
                "The Host of the request is no host.\n",
                ids,
            );
        };
        match self.shared.description.document(file, &address) {
            Some(document) => http_reply::xml(document, ids),
            None => http_reply::refusal(StatusCode::NOT_FOUND, "There is nothing at this path.\n", ids),
        }
    }

    /// Where the caller reaches the operations: as configured, or by the request itself.
    fn address<B>(&self, request: &Request<B>) -> Option<String> {
        let settings = &self.shared.settings;
        if let Some(address) = &settings.address {
            return Some(address.clone());
        }
        let host = request.headers().get(HOST).map(|host| Authority::try_from(host.as_bytes()));
        let authority = match (request.uri().authority(), host) {
            (Some(authority), _) => authority.clone(),
            (None, Some(host)) => host.ok()?,
            (None, None) => Authority::from_static("localhost"),
        };
        let tls = request.extensions().get::<Peer>().is_some_and(|peer| peer.tls);
        let scheme = match request.uri().scheme_str() {
            Some(scheme) => scheme,
            None if tls => "https",
            None => "http",
        };
        // Without a user, which no client sends here.
        let place = authority.as_str().rsplit('@').next().unwrap_or_default();
        Some(format!("{scheme}://{place}{}", settings.path))
    }
}

impl<S: Service> Builder<S> {
    /// Path of the operations; `/EWS/Exchange.asmx` unless set. Compared without regard to case, as Exchange does.
    /// The description is served from the same folder.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Builder<S> {
        let path = path.into();
        self.settings.path = if path.starts_with('/') { path } else { format!("/{path}") };
        self
    }

    /// URL of the operations for the description. Unless set, it is made of the scheme and the host of the request
    /// that asks for it, which is wrong behind a proxy that changes them.
    #[must_use]
    pub fn address(mut self, url: impl Into<String>) -> Builder<S> {
        self.settings.address = Some(url.into());
        self
    }

    /// Bytes of a request; 4 MiB unless set. More is answered with HTTP 413.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Builder<S> {
        self.settings.body_limit = bytes;
        self
    }

    /// Time for the whole body of a request to arrive after its head; 30 seconds unless set. Then HTTP 408.
    #[must_use]
    pub fn body_timeout(mut self, time: Duration) -> Builder<S> {
        self.settings.body_time = time;
        self
    }

    /// How much an envelope may hold: nesting, attributes, length of one text. Beyond it, the fault
    /// `ErrorSchemaValidation`.
    #[must_use]
    pub fn xml_limits(mut self, limits: Limits) -> Builder<S> {
        self.settings.rules.limits = limits;
        self
    }

    /// The oldest version of the schema that a request may name; `Exchange2013` unless set (UCS T10). Asked where
    /// the messages have the header part `RequestServerVersion` of this crate.
    #[cfg(feature = "exchange")]
    #[must_use]
    pub fn minimum_version(mut self, minimum: ExchangeVersion) -> Builder<S> {
        self.minimum = Some(minimum);
        self
    }

    /// Takes requests of any version, known or not, and without one.
    #[cfg(feature = "exchange")]
    #[must_use]
    pub fn any_version(mut self) -> Builder<S> {
        self.minimum = None;
        self
    }

    /// What replies say of the server's version (UCS T11); Exchange 2013 unless set. The implementation may put
    /// another one into its reply.
    #[cfg(feature = "exchange")]
    #[must_use]
    pub fn server_version(self, version: ServerVersionInfo) -> Builder<S> {
        self.reply_part(version)
    }

    /// A header part for replies that do not have it, whatever operation they are of.
    #[must_use]
    pub fn reply_part<P: Clone + Send + Sync + 'static>(mut self, part: P) -> Builder<S> {
        self.settings.rules.reply_parts.insert(part);
        self
    }

    /// A demand on the header parts of requests, asked when the operation is known and before its request is
    /// read: see [`soap::part`].
    #[must_use]
    pub fn check(mut self, check: Check) -> Builder<S> {
        self.settings.rules.checks.push(check);
        self
    }

    /// The fault for a violation of the schema that has a code of its own: asked before a request is answered with
    /// `ErrorSchemaValidation`.
    #[must_use]
    pub fn refine(mut self, refine: Refinement) -> Builder<S> {
        self.settings.rules.refinements.push(refine);
        self
    }

    /// The endpoint.
    pub fn build(self) -> Endpoint<S> {
        #[cfg(feature = "exchange")]
        let Builder { service, mut settings, minimum } = self;
        #[cfg(feature = "exchange")]
        settings.rules.checks.splice(0..0, minimum.map(version::at_least));
        #[cfg(not(feature = "exchange"))]
        let Builder { service, settings } = self;
        let interfaces = service.interfaces();
        let description = Description::new(&interfaces);
        let mut operations = interfaces.iter().flat_map(|interface| interface.operations);
        let soap12 = operations.any(|operation| operation.soap == Version::V12);
        Endpoint { shared: Arc::new(Shared { service, settings, description, soap12 }) }
    }
}

/// A request for an operation.
struct Asked<B> {
    ids: RequestIds,
    /// Whether the caller waits before it sends the body.
    waits: bool,
    /// What the implementation is handed of the head, and of the connection.
    extensions: http::Extensions,
    body: B,
}

/// A request that is not for an operation, with the response.
struct Refused<B> {
    request: Request<B>,
    response: HttpReply,
    body_limit: usize,
    body_time: Duration,
}

impl<B: Body> Refused<B> {
    async fn finish(self) -> Result<HttpReply, Infallible> {
        if !self.request.body().is_end_stream() {
            body::drain(self.request, self.body_limit, self.body_time).await;
        }
        Ok(self.response)
    }
}

/// Has an operation carried out.
fn soap<S: Service, B: Body>(
    shared: Arc<Shared<S>>,
    asked: Asked<B>,
) -> impl Future<Output = Result<HttpReply, Infallible>> {
    // No `async fn`, which keeps its arguments twice.
    let Asked { ids, waits, extensions, body } = asked;
    async move {
        let Shared { service, settings, .. } = &*shared;
        let response = match body::read(body, settings.body_limit, settings.body_time, waits).await {
            Err(problem) => http_reply::problem(problem, ids),
            Ok(envelope) => {
                let answer = pin!(soap::answer(service, &envelope, extensions, &settings.rules));
                let reply = catch(answer).await.unwrap_or_else(|message| {
                    tracing::error!(message, "the implementation panicked");
                    let text = soap::decode(&envelope).unwrap_or_default();
                    Reply::from(Fault::internal()).in_version(Version::of_text(&text))
                });
                http_reply::envelope(reply, ids)
            }
        };
        let span = Span::current();
        if !span.is_disabled() {
            span.record("status", response.status().as_u16());
            if let Some(served) = response.extensions().get::<http_reply::Served>() {
                span.record("operation", served.operation);
                span.record("fault", served.fault.as_ref().map(code));
            }
        }
        Ok(response)
    }
}

/// The path up to its last slash.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

fn asks_for_wsdl(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.eq_ignore_ascii_case("wsdl"))
}

fn code(fault: &Fault) -> &str {
    fault.response_code.as_deref().unwrap_or(&fault.code.local)
}

impl<S> Clone for Endpoint<S> {
    fn clone(&self) -> Endpoint<S> {
        Endpoint { shared: self.shared.clone() }
    }
}

impl<S> fmt::Debug for Endpoint<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

impl<S, B> tower_service::Service<Request<B>> for Endpoint<S>
where
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
        match self.begin(RequestIds::new(request.headers()), request) {
            Ok((asked, span)) => Box::pin(soap(self.shared.clone(), asked).instrument(span)),
            Err(refused) => Box::pin(refused.finish()),
        }
    }
}
