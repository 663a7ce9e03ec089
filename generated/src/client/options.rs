//! What goes with one call beside its message: `CallOptions` to the client, `ReplyInfo` and `Notes` from it.

use std::time::Duration;

use super::RetryPolicy;
use crate::rt::Note;

/// What one call wants otherwise than its client. It travels in the extensions of the request.
///
/// ```
/// use std::time::Duration;
/// use oxws::client::CallOptions;
/// use oxws::oxwscos::GetImItemList;
/// use oxws::soap::Request;
///
/// let options = CallOptions::new().timeout(Duration::from_secs(5)).anchor_mailbox("jane@example.org");
/// let request = Request::new(GetImItemList::default()).with_extension(options);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) client_request_id: Option<String>,
    pub(super) anchor_mailbox: Option<String>,
    pub(super) retry: Option<RetryPolicy>,
}

impl CallOptions {
    /// Everything as the client has it.
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// Time for each attempt, instead of [`Builder::timeout`](super::Builder::timeout).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> CallOptions {
        self.timeout = Some(timeout);
        self
    }

    /// Value of the header `client-request-id`, by which the call is found in logs of the server. A random GUID
    /// unless set. All attempts of the call have the same one.
    #[must_use]
    pub fn client_request_id(mut self, id: impl Into<String>) -> CallOptions {
        self.client_request_id = Some(id.into());
        self
    }

    /// The mailbox that the call is about, instead of [`Builder::anchor_mailbox`](super::Builder::anchor_mailbox).
    #[must_use]
    pub fn anchor_mailbox(mut self, address: impl Into<String>) -> CallOptions {
        self.anchor_mailbox = Some(address.into());
        self
    }

    /// What is repeated and when, instead of [`Builder::retry`](super::Builder::retry).
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> CallOptions {
        self.retry = Some(policy);
        self
    }
}

/// How a reply came; in the extensions of the reply.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct ReplyInfo {
    /// Status code of the HTTP reply.
    pub status: http::StatusCode,
    /// The `client-request-id` that was sent.
    pub client_request_id: String,
    /// The server's own id for the request, header `request-id`.
    pub request_id: Option<String>,
    /// How many attempts were made, this one included. The repetition of an attempt with a new token, and the
    /// legs of an NTLM handshake, do not count.
    pub attempts: u32,
    /// Time from the call to the reply, with all attempts and waiting.
    pub duration: Duration,
}

/// What reading a reply passed over, since replies are read leniently; in the extensions of the reply, also when
/// there is nothing of the kind.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct Notes {
    /// In document order.
    pub notes: Vec<Note>,
    /// How many further notes the limit cut off.
    pub dropped: usize,
}
