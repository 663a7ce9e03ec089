//! Authentication, limits, metrics, autodiscover, pages.

use std::sync::Arc;

use crate::accounts::{Account, MailboxId};

/// Who asks, as authentication found; in the extensions of requests.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The account.
    pub account: Arc<Account>,
}

/// The mailbox that a request was about; in the extensions of replies.
#[derive(Clone, Copy, Debug)]
pub struct Mailbox(pub MailboxId);

/// The response code of a reply that is no fault; in the extensions of replies.
#[derive(Clone, Debug)]
pub struct ResultCode(pub String);
