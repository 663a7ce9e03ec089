//! `Error`: why a call has no good reply, and what that means for repeating it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::retry::{back_off, retry_after};
use super::{BoxError, TransportError, TransportErrorKind};
#[cfg(feature = "exchange")]
use crate::oxwscdata::{ResponseClass, ResponseCode, ResponseMessage};
use crate::rt::{self, AnyElement, Limits, Mode, Reader, Vocabulary};
use crate::soap::Fault;

/// Why a call has no good reply.
///
/// The texts name no URL, no credential and nothing of a body, except what a server says in a fault or an error
/// reply, and what the reader says of XML that it cannot read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The request cannot be written: a text has a character that XML cannot carry, or a header value one that
    /// HTTP cannot. Nothing was sent.
    Unsendable(rt::Error),
    /// The token provider failed. Nothing was sent.
    Token(BoxError),
    /// There is no HTTP reply.
    Transport(TransportError),
    /// The HTTP reply is no SOAP envelope, and its status code says that it need not be: 401, 404, 503, a redirect.
    Status(Box<StatusError>),
    /// The reply should be an envelope with the message, but cannot be read as one.
    Undecodable(Box<UndecodableError>),
    /// The service answered a fault.
    Fault(Fault),
    /// The service answered with the class `Error`. From [`Client::call`](super::Client::call) only.
    Operation(Box<OperationError>),
}

/// An HTTP reply that is no envelope.
#[derive(Clone)]
#[non_exhaustive]
pub struct StatusError {
    /// Status code.
    pub status: StatusCode,
    /// Header.
    pub headers: HeaderMap,
    /// Body, its content coding undone.
    pub body: Bytes,
}

impl StatusError {
    /// Where a redirect points to. It was not followed.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(http::header::LOCATION)?.to_str().ok()
    }
}

/// A reply that cannot be read.
#[derive(Clone)]
#[non_exhaustive]
pub struct UndecodableError {
    /// What is wrong with it, and where.
    pub error: rt::Error,
    /// Status code.
    pub status: StatusCode,
    /// Body, its content coding undone.
    pub body: Bytes,
}

/// A reply of the class `Error`.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct OperationError {
    /// Name of the operation.
    pub operation: &'static str,
    /// The reason for programs.
    pub code: Option<String>,
    /// The reason for people.
    pub text: Option<String>,
    /// Details: the children of `MessageXml`.
    pub message_xml: Vec<AnyElement>,
}

impl OperationError {
    /// The error that a reply is, if its class is `Error`.
    #[cfg(feature = "exchange")]
    pub fn of(operation: &'static str, reply: &impl ResponseMessage) -> Option<OperationError> {
        (*reply.response_class() == ResponseClass::Error).then(|| OperationError {
            operation,
            code: reply.response_code().map(|code| code.as_str().to_owned()),
            text: reply.message_text().map(str::to_owned),
            message_xml: reply.message_xml().cloned().unwrap_or_default(),
        })
    }

    /// The `t:Value` of this name among the details, such as `BackOffMilliseconds` or `MailboxGuid`.
    pub fn detail(&self, name: &str) -> Option<String> {
        detail(&self.message_xml, name)
    }
}

/// Text of the element `Value` whose attribute `Name` is this.
pub(super) fn detail(message_xml: &[AnyElement], name: &str) -> Option<String> {
    static VOCABULARY: Vocabulary = Vocabulary::new(&[]);
    let named = |element: &&AnyElement| {
        let reader = Reader::new(element.as_xml(), &VOCABULARY, Mode::Lenient, Limits::default());
        reader.is_ok_and(|mut reader| {
            reader.root().is_ok() && reader.attributes.iter().any(|a| a.qname == "Name" && a.raw == name)
        })
    };
    message_xml.iter().find(|element| element.local_name() == "Value" && named(element)).map(AnyElement::text)
}

impl Error {
    /// The reason as the service gives it, in a fault or an error reply.
    #[cfg(feature = "exchange")]
    pub fn response_code(&self) -> Option<ResponseCode> {
        self.code().map(ResponseCode::from)
    }

    /// The text of the response code that a fault or an error reply has.
    pub fn code(&self) -> Option<&str> {
        match self {
            Error::Fault(fault) => fault.response_code.as_deref(),
            Error::Operation(error) => error.code.as_deref(),
            _ => None,
        }
    }

    /// Status code, when an HTTP reply is the error.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Status(error) => Some(error.status),
            Error::Undecodable(error) => Some(error.status),
            _ => None,
        }
    }

    /// Whether the server may have carried out the request all the same.
    ///
    /// A caller that changes something should then look at the state before it repeats the request.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Error::Unsendable(_) | Error::Token(_) | Error::Operation(_) => false,
            Error::Transport(error) => error.maybe_executed(),
            Error::Status(error) => {
                error.status.is_server_error() && error.status != StatusCode::SERVICE_UNAVAILABLE
            }
            Error::Undecodable(_) => true,
            // A server that passes requests on says with these that it does not know either.
            Error::Fault(_) => {
                matches!(self.code(), Some("ErrorTimeoutExpired" | "ErrorProxyCallFailed"))
            }
        }
    }

    /// Whether the same request may well succeed later.
    ///
    /// Where [`outcome_unknown`](Error::outcome_unknown) is true as well, it may succeed for the second time. The
    /// client has repeated it already, as far as its [`RetryPolicy`](super::RetryPolicy) went.
    pub fn is_transient(&self) -> bool {
        use TransportErrorKind as Kind;
        match self {
            Error::Transport(error) => {
                matches!(error.kind(), Kind::Connect | Kind::Timeout | Kind::Interrupted)
            }
            Error::Status(error) => matches!(error.status.as_u16(), 429 | 502 | 503 | 504),
            // Cut off or garbled on the way. What is sound XML against the schema will be that again.
            Error::Undecodable(error) => {
                matches!(error.error.kind(), rt::ErrorKind::Encoding | rt::ErrorKind::Malformed)
            }
            _ => self.code() == Some("ErrorServerBusy"),
        }
    }

    /// How long the server asks to wait before the next request: `Retry-After` of a status, `BackOffMilliseconds`
    /// of `ErrorServerBusy`.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Status(error) => retry_after(&error.headers),
            Error::Fault(fault) => back_off(&fault.message_xml),
            Error::Operation(error) => back_off(&error.message_xml),
            _ => None,
        }
    }

    /// One word for logs.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Error::Unsendable(_) => "unsendable",
            Error::Token(_) => "token",
            Error::Transport(error) => match error.kind() {
                TransportErrorKind::Connect => "connect",
                TransportErrorKind::Tls => "tls",
                TransportErrorKind::Timeout => "timeout",
                TransportErrorKind::Interrupted => "interrupted",
                TransportErrorKind::TooLarge => "too large",
                TransportErrorKind::Other => "transport",
            },
            Error::Status(_) => "status",
            Error::Undecodable(_) => "undecodable",
            Error::Fault(_) => "fault",
            Error::Operation(_) => "error",
        }
    }

    /// The error as a fault. It may go on to a stranger, so it does not tell what happened; the error is its cause.
    pub(super) fn into_fault(self) -> Fault {
        let (code, message) = match &self {
            Error::Fault(_) => ("", ""),
            Error::Unsendable(_) => ("ErrorInvalidRequest", "The request is invalid."),
            Error::Transport(error) if error.kind() == TransportErrorKind::Timeout => {
                ("ErrorTimeoutExpired", "The operation did not complete within the allotted time-out period.")
            }
            Error::Status(error) if error.status == StatusCode::GATEWAY_TIMEOUT => {
                ("ErrorTimeoutExpired", "The operation did not complete within the allotted time-out period.")
            }
            Error::Status(error) if matches!(error.status.as_u16(), 429 | 503) => {
                ("ErrorServerBusy", "The server cannot service this request right now. Try again later.")
            }
            _ => ("ErrorProxyCallFailed", "The request could not be passed on to the service."),
        };
        match self {
            Error::Fault(fault) => fault,
            error => Fault::new(code, message).with_cause(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unsendable(_) => f.write_str("the request cannot be written"),
            Error::Token(_) => f.write_str("there is no token to send"),
            Error::Transport(error) => error.fmt(f),
            Error::Status(error) => error.fmt(f),
            Error::Undecodable(error) => error.fmt(f),
            Error::Fault(fault) => fault.fmt(f),
            Error::Operation(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Unsendable(error) => Some(error),
            Error::Token(error) => Some(&**error),
            Error::Transport(error) => error.source(),
            Error::Undecodable(error) => Some(&error.error),
            Error::Fault(fault) => fault.source(),
            Error::Status(_) | Error::Operation(_) => None,
        }
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered HTTP {}", self.status)
    }
}

impl fmt::Debug for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers may be cookies, and bodies are long.
        f.debug_struct("StatusError")
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

impl std::error::Error for StatusError {}

impl fmt::Display for UndecodableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = (self.error.line(), self.error.column());
        write!(f, "the reply (HTTP {}) cannot be read: line {line}, column {column}", self.status)
    }
}

impl fmt::Debug for UndecodableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UndecodableError")
            .field("error", &self.error)
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl std::error::Error for UndecodableError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_deref().unwrap_or("no response code");
        write!(f, "{} failed: {code}", self.operation)?;
        self.text.as_ref().map_or(Ok(()), |text| write!(f, ": {text}"))
    }
}

impl std::error::Error for OperationError {}
