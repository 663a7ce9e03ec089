//! HTTP around the endpoint: authentication, limits, metrics, autodiscover, pages.
//!
//! [`App`] is the tower service that the accept loop runs. A request goes through it so:
//!
//! ```text
//! route ─ rate of the address ─ sign-in ─ rate of the account ─ a place ─ Endpoint ─ count, log
//! ```
//!
//! All of that happens before the body is read. What it finds out of the caller reaches the implementation of the
//! operations as a [`Principal`] in the request's extensions; what the implementation attaches to its reply
//! ([`Mailbox`], [`ResultCode`]) reaches log and metrics, and so does what it tells [`Underway`], where the caller goes
//! away before there is a reply.

mod address;
mod admission;
mod app;
mod auth;
mod autodiscover;
mod connections;
mod counts;
mod limits;
pub mod metrics;
mod observe;
mod page;
mod readiness;
mod reply;
mod route;
pub mod settings;
pub mod tls;
mod underway;

use std::fmt;
use std::sync::Arc;

use oxws::soap::Fault;

pub use app::{App, Builder};
pub use auth::{HashError, hash_password};
pub use connections::{Connected, Connections};
pub use readiness::Readiness;
pub use settings::{Settings, SetupError};
pub use underway::Underway;

use crate::accounts::{Account, MailboxId};

/// The authenticated caller, in the extensions of requests for operations (UCS I1).
#[derive(Clone, Debug)]
pub struct Principal {
    /// Its account, which is not disabled.
    pub account: Arc<Account>,
}

/// The mailbox that an operation was carried out on. The service puts it into the extensions of its reply, for the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mailbox(pub MailboxId);

/// The cause of a fault, with the mailbox that the operation was for: for the log.
#[derive(Clone, Debug)]
pub struct FailedFor {
    /// The mailbox.
    pub mailbox: MailboxId,
    cause: Arc<dyn std::error::Error + Send + Sync>,
}

impl FailedFor {
    /// The fault, its cause with the mailbox.
    pub fn in_mailbox(fault: Fault, mailbox: MailboxId) -> Fault {
        match fault.cause.clone() {
            Some(cause) => fault.with_cause(FailedFor { mailbox, cause: cause.0 }),
            None => fault,
        }
    }
}

impl fmt::Display for FailedFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for FailedFor {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.source()
    }
}

/// The response code of an error that is no fault (UCS T4). The service puts it into the extensions of its reply, for
/// log and metrics; without it, a reply counts as `NoError`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResultCode(pub String);
