//! Replies as HTTP responses: status, media type, request ids (UCS T4, T5, T12).

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;

use super::body::BodyProblem;
use crate::guid::{Guid, guid};
use crate::soap::{Fault, Reply, Version};

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const RETURN_CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("return-client-request-id");
const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
const SOAP12: HeaderValue = HeaderValue::from_static("application/soap+xml; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The response of this crate's server.
pub(super) type HttpReply = Response<Full<Bytes>>;

/// What became of a request, in the extensions of its response: for layers that count or log.
#[derive(Clone, Debug)]
pub struct Served {
    /// The operation, when the request got as far as naming one.
    pub operation: Option<&'static str>,
    /// The fault, when there was one.
    pub fault: Option<Fault>,
}

/// The ids of one request (UCS T12): a new one of the server's, and the caller's where it asks to have it echoed.
/// For layers that answer a request themselves, or have to know them before it is answered.
#[derive(Clone, Debug)]
pub struct RequestIds {
    own: Guid,
    echoed: Option<HeaderValue>,
}

impl RequestIds {
    /// The ids of a request with this head.
    pub fn new(headers: &HeaderMap) -> RequestIds {
        let wanted = headers.get(RETURN_CLIENT_REQUEST_ID);
        let wanted = wanted.is_some_and(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"true"));
        let echoed = if wanted { headers.get(CLIENT_REQUEST_ID).cloned() } else { None };
        RequestIds { own: guid(), echoed }
    }

    /// The id that the server gave.
    pub fn own(&self) -> &str {
        self.own.as_str()
    }

    /// Adds them to the head of a response.
    pub fn put(self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_bytes(&self.own.0) {
            headers.insert(REQUEST_ID, value);
        }
        if let Some(value) = self.echoed {
            headers.insert(CLIENT_REQUEST_ID, value);
        }
    }
}

/// An envelope.
pub(super) fn envelope(reply: Reply, ids: RequestIds) -> HttpReply {
    let Reply { status, soap, body, operation, fault, extensions } = reply;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media = match soap {
        Version::V11 => XML,
        Version::V12 => SOAP12,
    };
    let mut response = document(body, media, ids);
    *response.status_mut() = status;
    *response.extensions_mut() = extensions;
    response.extensions_mut().insert(Served { operation, fault });
    response
}

/// A document that was asked for.
pub(super) fn xml(text: Bytes, ids: RequestIds) -> HttpReply {
    document(text, XML, ids)
}

/// A refusal by HTTP, with a sentence for people.
pub(super) fn refusal(status: StatusCode, text: &'static str, ids: RequestIds) -> HttpReply {
    let mut response = document(Bytes::from_static(text.as_bytes()), TEXT, ids);
    *response.status_mut() = status;
    response
}

/// The refusal of a request whose body there is not.
pub(super) fn problem(problem: BodyProblem, ids: RequestIds) -> HttpReply {
    refusal(problem.status(), problem.text(), ids)
}

/// 405 with the methods that there are (UCS T1).
pub(super) fn not_allowed(allowed: &'static str, ids: RequestIds) -> HttpReply {
    let mut response = refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        "This resource does not have the method of the request.\n",
        ids,
    );
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

fn document(body: Bytes, media: HeaderValue, ids: RequestIds) -> HttpReply {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(CONTENT_TYPE, media);
    ids.put(&mut headers);
    let mut response = Response::new(Full::new(body));
    *response.headers_mut() = headers;
    response
}
