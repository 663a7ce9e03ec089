//! Requests with an empty Body: there is no element that names their operation, so that the action does, which HTTP
//! headers say.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};

use super::{Extensions, Fault, OperationInfo, Version};
use crate::rt::Particle;
use crate::rt::prelude::NO_ROOTS;

const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// What tells the request of an operation by its element: nothing does where there is none.
#[doc(hidden)]
pub const fn request_particle(operation: &OperationInfo) -> Particle {
    match operation.request {
        Some(name) => Particle::one(*name),
        None => Particle::group(&NO_ROOTS),
    }
}

/// Why none of the operations with an empty request is the one that is asked for; among the extensions of a request on
/// its way to the next service.
#[derive(Clone)]
struct Refusal(String);

/// Index of the operation that a request with an empty Body is for: that of its action, or the only one where it has
/// no action.
pub(super) fn operation(operations: &[OperationInfo], extensions: &mut Extensions) -> Option<usize> {
    let mut empty =
        operations.iter().enumerate().filter(|(_, operation)| operation.request.is_none()).peekable();
    let version = empty.peek()?.1.soap;
    let action =
        extensions.get::<HeaderMap>().and_then(|headers| action(headers, version)).unwrap_or_default();
    let all: Vec<(usize, &OperationInfo)> = empty.collect();
    let named: Vec<usize> =
        all.iter().filter(|(_, operation)| operation.soap_action == action).map(|(at, _)| *at).collect();
    let problem = match (named.as_slice(), all.as_slice()) {
        ([only], _) => return Some(*only),
        ([], [(only, _)]) if action.is_empty() => return Some(*only),
        ([], _) if action.is_empty() => "it has no action that names one".to_owned(),
        ([], _) => format!("none has the action '{action}'"),
        (several, _) => format!("{} have the action '{action}'", several.len()),
    };
    extensions.insert(Refusal(problem));
    None
}

/// The fault for a request that no service took.
pub(super) fn refusal(extensions: &Extensions) -> Fault {
    match extensions.get::<Refusal>() {
        None => Fault::invalid_request(),
        Some(Refusal(problem)) => Fault::new(
            "ErrorInvalidRequest",
            format!(
                "The request is invalid. Its Body is empty, and of the operations with an empty request {problem}."
            ),
        ),
    }
}

/// The action of a request: the header `SOAPAction`, or for SOAP 1.2 the parameter of the media type, where it has one.
fn action(headers: &HeaderMap, version: Version) -> Option<String> {
    let text = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    if version == Version::V12
        && let Some(media) = text(CONTENT_TYPE)
        && let Some(action) = parameter(&media, "action")
    {
        return Some(action.to_owned());
    }
    let value = text(SOAP_ACTION)?;
    let value = value.trim();
    Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value).to_owned())
}

/// The value of a parameter of a media type.
pub(crate) fn parameter<'v>(media: &'v str, wanted: &str) -> Option<&'v str> {
    let mut rest = media;
    loop {
        let (name, value) = rest.split_once(';')?.1.split_once('=')?;
        let value = value.trim_start();
        let (value, next) = match value.strip_prefix('"') {
            // No URI has a quote, which would be escaped.
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        if name.rsplit(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(wanted)) {
            return Some(value.trim());
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_media_types() {
        for (media, action) in [
            ("application/soap+xml; charset=utf-8; action=\"urn:a;b=c\"", Some("urn:a;b=c")),
            ("application/soap+xml;Action = urn:a ; charset=utf-8", Some("urn:a")),
            ("application/soap+xml;; x; action=\"\"", Some("")),
            ("application/soap+xml; reaction=\"; action=no\"; charset=utf-8", None),
            ("application/soap+xml; action=\"urn:a", None),
            ("application/soap+xml", None),
            ("", None),
        ] {
            assert_eq!(parameter(media, "action"), action, "{media}");
        }
    }

    #[test]
    fn actions_of_requests() {
        let headers = |pairs: &[(HeaderName, &'static str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| (name.clone(), http::HeaderValue::from_static(value))).collect()
        };
        let media = (CONTENT_TYPE, "application/soap+xml; action=\"urn:media\"");
        for (value, expected) in
            [("\"urn:a\"", "urn:a"), ("urn:a", "urn:a"), (" \"\" ", ""), ("", ""), ("\"", "\"")]
        {
            let headers = headers(&[media.clone(), (SOAP_ACTION, value)]);
            assert_eq!(action(&headers, Version::V11).as_deref(), Some(expected), "{value}");
            assert_eq!(action(&headers, Version::V12).as_deref(), Some("urn:media"));
        }
        let plain = headers(&[(CONTENT_TYPE, "application/soap+xml"), (SOAP_ACTION, "\"urn:a\"")]);
        assert_eq!(action(&plain, Version::V12).as_deref(), Some("urn:a"));
        assert_eq!(action(&headers(&[media]), Version::V11), None);
    }
}
