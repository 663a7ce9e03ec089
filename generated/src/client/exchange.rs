//! One call: the HTTP request made from a message, its attempts, and the message made from the HTTP reply.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use tokio::time::Instant;
use tracing::Span;

use super::credentials::{Credentials, Token, Tokens};
use super::reply_body;
use super::retry::retry_after;
use super::{CallOptions, Error, Notes, OperationError, ReplyInfo, RetryPolicy, StatusError, Transport};
use super::{TransportError, TransportErrorKind, UndecodableError};
use crate::guid::guid;
#[cfg(feature = "exchange")]
use crate::oxwscdata::ResponseCode;
use crate::rt::Document as _;
use crate::rt::{self, ErrorKind, Limits, Mode, Place, ReadOptions};
use crate::soap::{DefaultParts, Envelope, Operation, Request, Response, Version};

const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const RETURN_CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("return-client-request-id");
const ANCHOR_MAILBOX: HeaderName = HeaderName::from_static("x-anchormailbox");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// What is the same for all calls of a client.
pub(super) struct Settings {
    pub(super) url: Uri,
    pub(super) credentials: Credentials,
    pub(super) user_agent: HeaderValue,
    pub(super) anchor_mailbox: Option<HeaderValue>,
    pub(super) timeout: Duration,
    pub(super) reply_limit: usize,
    pub(super) parts: DefaultParts,
    pub(super) retry: RetryPolicy,
    pub(super) read_limits: Limits,
}

/// Whether a reply that could be read is an error all the same.
pub(super) type Judge<R> = fn(&R) -> Option<OperationError>;

/// One call.
pub(super) struct Exchange<'a, T> {
    transport: &'a T,
    settings: &'a Settings,
    headers: HeaderMap,
    body: Bytes,
    client_request_id: String,
    timeout: Duration,
    retry: RetryPolicy,
    /// Whether the request may be carried out twice.
    repeatable: bool,
    begin: Instant,
    span: Span,
}

/// Why an attempt failed, and what the server said about the next one.
struct Failure {
    error: Error,
    retry_after: Option<Duration>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { retry_after: error.retry_after(), error }
    }
}

impl<'a, T: Transport> Exchange<'a, T> {
    /// Makes the HTTP request. Of the extensions of `request`, `CallOptions` alone have an influence on it.
    pub(super) fn new<O: Operation>(
        transport: &'a T,
        settings: &'a Settings,
        mut request: Request<O>,
    ) -> Result<Exchange<'a, T>, Error> {
        let options = request.extensions.remove::<CallOptions>().unwrap_or_default();
        settings.parts.fill(&mut request.headers);
        let body = Bytes::from(request.to_xml().map_err(Error::Unsendable)?);
        let client_request_id = options.client_request_id.unwrap_or_else(|| guid().as_str().to_owned());
        let mut headers = HeaderMap::with_capacity(10);
        headers.insert(ACCEPT, HeaderValue::from_static(O::SOAP.media_type()));
        headers.insert(USER_AGENT, settings.user_agent.clone());
        match O::SOAP {
            Version::V11 => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
                headers.insert(SOAP_ACTION, in_utf_8(&SOAP_ACTION, format!("\"{}\"", O::SOAP_ACTION))?);
            }
            Version::V12 => {
                let action = match O::SOAP_ACTION {
                    "" => String::new(),
                    action => format!("; action=\"{action}\""),
                };
                let media = format!("application/soap+xml; charset=utf-8{action}");
                headers.insert(CONTENT_TYPE, in_utf_8(&CONTENT_TYPE, media)?);
            }
        }
        headers.insert(CLIENT_REQUEST_ID, value(&CLIENT_REQUEST_ID, &client_request_id)?);
        headers.insert(RETURN_CLIENT_REQUEST_ID, HeaderValue::from_static("true"));
        let anchor = match options.anchor_mailbox {
            Some(address) => Some(value(&ANCHOR_MAILBOX, &address)?),
            None => settings.anchor_mailbox.clone(),
        };
        headers.extend(anchor.map(|anchor| (ANCHOR_MAILBOX, anchor)));
        if let Credentials::Fixed(credentials) = &settings.credentials {
            headers.insert(AUTHORIZATION, credentials.clone());
        }
        let span = tracing::info_span!(
            "oxws.call",
            operation = O::NAME,
            client_request_id,
            status = tracing::field::Empty,
            attempts = tracing::field::Empty,
            outcome = tracing::field::Empty,
            response_code = tracing::field::Empty,
            duration_ms = tracing::field::Empty,
        );
        let retry = options.retry.unwrap_or_else(|| settings.retry.clone());
        Ok(Exchange {
            transport,
            settings,
            headers,
            body,
            client_request_id,
            timeout: options.timeout.unwrap_or(settings.timeout),
            repeatable: O::READ_ONLY || retry.repeat_writes,
            retry,
            begin: Instant::now(),
            span,
        })
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Attempts until one gives a good reply, or an error that is not to be repeated.
    pub(super) async fn run<O: Operation>(
        self,
        judge: Judge<O::Response>,
    ) -> Result<Response<O::Response>, Error> {
        let (mut attempts, mut waited) = (0, Duration::ZERO);
        // The error of an attempt that may have been carried out.
        let mut unknown = None;
        let outcome = loop {
            attempts += 1;
            let Failure { error, retry_after } = match self.attempt::<O>(judge).await {
                Ok(response) => break Ok(response),
                Err(failure) => failure,
            };
            let may_repeat = error.is_transient() && (self.repeatable || !error.outcome_unknown());
            let delay = self.retry.delay(attempts, waited, retry_after).filter(|_| may_repeat);
            let Some(delay) = delay else { break Err(worse(error, unknown)) };
            let delay_ms = millis(delay);
            tracing::debug!(parent: &self.span, attempts, delay_ms, reason = error.label(), "repeating the request");
            tokio::time::sleep(delay).await;
            waited += delay;
            unknown = if error.outcome_unknown() { Some(error) } else { unknown };
        };
        self.record(attempts, &outcome);
        outcome.map(|(status, request_id, mut response)| {
            response.extensions.insert(ReplyInfo {
                status,
                client_request_id: self.client_request_id,
                request_id,
                attempts,
                duration: self.begin.elapsed(),
            });
            response
        })
    }

    fn record<R>(&self, attempts: u32, outcome: &Result<R, Error>) {
        self.span.record("attempts", attempts);
        self.span.record("outcome", outcome.as_ref().map_or_else(Error::label, |_| "reply"));
        if let Some(code) = outcome.as_ref().err().and_then(Error::code) {
            self.span.record("response_code", if is_listed(code) { code } else { "other" });
        }
        self.span.record("duration_ms", millis(self.begin.elapsed()));
    }

    /// One attempt, with a new token if the server refuses the one that there is.
    async fn attempt<O: Operation>(
        &self,
        judge: Judge<O::Response>,
    ) -> Result<(StatusCode, Option<String>, Response<O::Response>), Failure> {
        // A time-out that reaches beyond the clock is none.
        let deadline = Instant::now().checked_add(self.timeout);
        let reply = match &self.settings.credentials {
            Credentials::Tokens(tokens) => {
                let token = self.token(tokens, None, deadline).await?;
                let reply = self.transmit(Some(&token), deadline).await?;
                if reply.status() == StatusCode::UNAUTHORIZED {
                    let challenge = text(reply.headers(), &WWW_AUTHENTICATE);
                    let token = self.token(tokens, Some((token, challenge)), deadline).await?;
                    self.transmit(Some(&token), deadline).await?
                } else {
                    reply
                }
            }
            Credentials::None | Credentials::Fixed(_) => self.transmit(None, deadline).await?,
        };
        let status = reply.status();
        let request_id = text(reply.headers(), &REQUEST_ID);
        let retry_after = retry_after(reply.headers());
        match self.read::<O>(reply, judge) {
            Ok(response) => Ok((status, request_id, response)),
            Err(error) => Err(Failure { retry_after: retry_after.max(error.retry_after()), error }),
        }
    }

    async fn token(
        &self,
        tokens: &Tokens,
        refused: Option<(Token, Option<String>)>,
        deadline: Option<Instant>,
    ) -> Result<Token, Error> {
        match within(deadline, tokens.get(refused)).await {
            Some(token) => token.map_err(Error::Token),
            None => Err(Error::Transport(TransportError::new(TransportErrorKind::Timeout).not_executed())),
        }
    }

    /// Sends the HTTP request once.
    async fn transmit(
        &self,
        token: Option<&Token>,
        deadline: Option<Instant>,
    ) -> Result<http::Response<Bytes>, Error> {
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.settings.url.clone();
        *request.headers_mut() = self.headers.clone();
        if let Some(token) = token {
            request.headers_mut().insert(AUTHORIZATION, token.header.clone());
        }
        let sent = within(deadline, self.transport.send(request)).await;
        let reply = sent.unwrap_or_else(|| Err(TransportError::new(TransportErrorKind::Timeout)));
        let reply = reply.map_err(Error::Transport)?;
        self.span.record("status", reply.status().as_u16());
        if reply.body().len() > self.settings.reply_limit {
            return Err(Error::Transport(TransportError::new(TransportErrorKind::TooLarge)));
        }
        Ok(reply)
    }

    /// Makes the message from the HTTP reply. The content type is not asked whether there is one: what counts is what the
    /// body is.
    fn read<O: Operation>(
        &self,
        reply: http::Response<Bytes>,
        judge: Judge<O::Response>,
    ) -> Result<Response<O::Response>, Error> {
        let (head, body) = reply.into_parts();
        let status = head.status;
        let (xml, charset) = reply_body::envelope(&head.headers, &body);
        let no_envelope = |body| {
            let headers = head.headers;
            Err(Error::Status(Box::new(StatusError { status, headers, body })))
        };
        if status == StatusCode::UNAUTHORIZED {
            return no_envelope(body);
        }
        if let Some(nothing) = O::Response::nothing().filter(|_| body.is_empty() && status.is_success()) {
            return Ok(Response::new(nothing));
        }
        let options = ReadOptions { mode: Mode::Lenient, limits: self.settings.read_limits };
        let text = rt::announced_text(xml, charset.as_deref());
        let read = match text.and_then(|text| Envelope::<O::Response>::from_text(&text, &options)) {
            Ok(read) => read,
            Err(error) if status.is_success() => {
                return Err(Error::Undecodable(Box::new(UndecodableError { error, status, body })));
            }
            Err(_) => return no_envelope(body),
        };
        match read.content {
            Err(fault) => {
                let fault = Error::Fault(fault);
                // The status says that the server was too busy, which the fault must not hide.
                let busy = matches!(status.as_u16(), 429 | 503);
                if busy && !fault.is_transient() { no_envelope(body) } else { Err(fault) }
            }
            Ok(_) if !status.is_success() => no_envelope(body),
            Ok(mut response) => match judge(&response.body) {
                Some(error) => Err(Error::Operation(Box::new(error))),
                None => {
                    response.extensions.insert(Notes { notes: read.notes, dropped: read.notes_dropped });
                    Ok(response)
                }
            },
        }
    }
}

impl<T> fmt::Debug for Exchange<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("client_request_id", &self.client_request_id).finish_non_exhaustive()
    }
}

/// What a call ends with: its last error, or an earlier one when that left open whether the request was carried
/// out and the last does not tell.
fn worse(last: Error, unknown: Option<Error>) -> Error {
    let answer = matches!(last, Error::Fault(_) | Error::Operation(_)) && !last.is_transient();
    match unknown {
        Some(unknown) if !last.outcome_unknown() && !answer => unknown,
        _ => last,
    }
}

/// Whether the schema lists a response code: anything else is text that somebody else wrote.
#[cfg(feature = "exchange")]
fn is_listed(code: &str) -> bool {
    !matches!(ResponseCode::from(code), ResponseCode::Other(_))
}

/// Without a schema, none is listed.
#[cfg(not(feature = "exchange"))]
fn is_listed(_: &str) -> bool {
    false
}

/// A header value; an error where HTTP cannot carry it.
fn value(name: &HeaderName, text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|_| no_header_value(name))
}

/// A header value that has an action in it, which may have letters of any script: servers compare it as it stands in the
/// description, so that it is not written as a URI would be.
fn in_utf_8(name: &HeaderName, text: String) -> Result<HeaderValue, Error> {
    HeaderValue::from_maybe_shared(Bytes::from(text)).map_err(|_| no_header_value(name))
}

fn no_header_value(name: &HeaderName) -> Error {
    let message = "The value has a character that a header cannot carry.".to_owned();
    let name = name.as_str().to_owned();
    Error::Unsendable(rt::Error::new(ErrorKind::Unwritable, message, Place::default(), name))
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

async fn within<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => tokio::time::timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
