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
//! ([`Mailbox`], [`ResultCode`]) reaches log and metrics.

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

use std::sync::Arc;

pub use app::{App, Builder};
pub use auth::{HashError, hash_password};
pub use connections::{Connected, Connections};
pub use readiness::Readiness;
pub use settings::{Settings, SetupError};

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

/// The response code of an error that is no fault (UCS T4). The service puts it into the extensions of its reply, for
/// log and metrics; without it, a reply counts as `NoError`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResultCode(pub String);
