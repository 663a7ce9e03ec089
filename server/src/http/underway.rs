//! `Underway`: what is known of an operation before it is answered.

use std::sync::{Arc, OnceLock};

use crate::accounts::MailboxId;

/// What is known of an operation while it is carried out. The service tells it as soon as it knows, for log and metrics:
/// they have it even where the caller goes away, so that there is no reply which could say it.
#[derive(Clone, Debug, Default)]
pub struct Underway(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    operation: OnceLock<&'static str>,
    mailbox: OnceLock<MailboxId>,
}

impl Underway {
    /// This operation has been asked for.
    pub fn begin(&self, operation: &'static str) {
        // One request is for one operation: nothing is lost.
        let _ = self.0.operation.set(operation);
    }

    /// It acts on this mailbox.
    pub fn on(&self, mailbox: MailboxId) {
        let _ = self.0.mailbox.set(mailbox);
    }

    /// The operation, as soon as that is known.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.get().copied()
    }

    /// The mailbox, as soon as that is known.
    pub fn mailbox(&self) -> Option<MailboxId> {
        self.0.mailbox.get().copied()
    }
}
