//! Responses that the HTTP layer gives itself.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use oxws::rt::AnyElement;
use oxws::server::Served;
use oxws::soap::Fault;

/// A response of the server.
pub(super) type HttpReply = Response<Full<Bytes>>;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

fn document(status: StatusCode, media: HeaderValue, body: Bytes) -> HttpReply {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, media);
    response
}

/// A sentence for people.
pub(super) fn text(status: StatusCode, text: &'static str) -> HttpReply {
    document(status, TEXT, Bytes::from_static(text.as_bytes()))
}

/// An XML document.
pub(super) fn xml(body: String) -> HttpReply {
    document(StatusCode::OK, XML, body.into())
}

/// A page, which loads nothing and runs nothing.
pub(super) fn html(body: String) -> HttpReply {
    let mut response = document(StatusCode::OK, HTML, body.into());
    let policy =
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response.headers_mut().insert("content-security-policy", policy);
    response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

/// Metrics, of this moment only.
pub(super) fn metrics(body: String) -> HttpReply {
    let media = HeaderValue::from_static(super::metrics::MEDIA_TYPE);
    let mut response = document(StatusCode::OK, media, body.into());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 404.
pub(super) fn nothing_here() -> HttpReply {
    text(StatusCode::NOT_FOUND, "There is nothing at this path.\n")
}

/// 405 with the methods that there are (UCS T1).
pub(super) fn not_allowed(allowed: &'static str) -> HttpReply {
    let mut response =
        text(StatusCode::METHOD_NOT_ALLOWED, "This resource does not have the method of the request.\n");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// 401 with a line for each scheme (UCS T14). The text is the same whatever is wrong.
pub(super) fn unauthorized(challenges: impl Iterator<Item = HeaderValue>) -> HttpReply {
    let mut response = text(StatusCode::UNAUTHORIZED, "Sign in with an account of this server.\n");
    for challenge in challenges {
        response.headers_mut().append(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// 503: come back in a second.
pub(super) fn overloaded() -> HttpReply {
    let mut response =
        text(StatusCode::SERVICE_UNAVAILABLE, "The server has too much to do. Try again later.\n");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// 429: come back after this time.
pub(super) fn too_often(wait: Duration) -> HttpReply {
    let mut response = text(StatusCode::TOO_MANY_REQUESTS, "Too many requests. Try again later.\n");
    let seconds = wait.as_secs().saturating_add(1);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The same as a fault, with the time in milliseconds.
pub(super) fn server_busy(wait: Duration) -> HttpReply {
    const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
    let mut busy =
        Fault::new("ErrorServerBusy", "The server cannot service this request right now. Try again later.");
    // Not zero: some time must pass.
    let milliseconds = wait.as_millis().max(1);
    let element =
        format!("<t:Value xmlns:t=\"{TYPES}\" Name=\"BackOffMilliseconds\">{milliseconds}</t:Value>");
    busy.message_xml.extend(AnyElement::parse(&element));
    fault(busy)
}

/// A fault: HTTP 500 (UCS T5).
pub(super) fn fault(fault: Fault) -> HttpReply {
    let mut response = document(StatusCode::INTERNAL_SERVER_ERROR, XML, fault.to_xml().into());
    response.extensions_mut().insert(Served { operation: None, fault: Some(fault) });
    response
}
