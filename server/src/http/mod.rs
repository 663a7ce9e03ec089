//! HTTP around the endpoint: authentication, limits, metrics, autodiscover, pages.
//!
//! [`App`] is the tower service that the accept loop runs. A request goes through it so:
//!
//! ```text
//! route ─ rate of the address ─ sign-in ─ rate of the account ─ a place ─ Endpoint ─ count, log
//! ```
//!
//! All of that happens before the body is read. What it finds out of the caller reaches the implementation of the
//! operations as a [`Principal`] in the request's extensions. What the implementation tells [`Underway`], which is with
//! it, and the [`ResultCode`] that it attaches to its reply reach log and metrics.

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
mod refusals;
mod reply;
mod route;
pub mod settings;
pub mod tls;
mod told;
mod underway;

use std::sync::Arc;

pub use app::{App, Builder};
pub use auth::{HashError, hash_password};
pub use connections::{Connected, Connections};
pub use readiness::Readiness;
pub use refusals::Refusals;
pub use settings::{Settings, SetupError};
pub use underway::Underway;

use crate::accounts::Account;

/// The authenticated caller, in the extensions of requests for operations (UCS I1).
#[derive(Clone, Debug)]
pub struct Principal {
    /// Its account, which was not disabled when it signed in.
    pub account: Arc<Account>,
    /// Where to tell what its operation is, and whose mailbox it acts on.
    pub underway: Underway,
}

/// The response code of an error that is no fault (UCS T4). The service puts it into the extensions of its reply, for
/// log and metrics; without it, a reply counts as `NoError`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResultCode(pub String);
