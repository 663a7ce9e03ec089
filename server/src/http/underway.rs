//! `Underway`: what is known of an operation before it is answered.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::accounts::MailboxId;

/// For how long it is not asked again whether the caller may still sign in.
const FRESH: Duration = Duration::from_secs(1);

/// What is known of an operation while it is carried out. The service tells it as soon as it knows, for log and metrics:
/// they have it even where the caller goes away, so that there is no reply which could say it.
#[derive(Clone, Debug)]
pub struct Underway(Arc<Known>);

#[derive(Debug)]
struct Known {
    signed_in: Instant,
    operation: OnceLock<&'static str>,
    mailbox: OnceLock<MailboxId>,
}

impl Default for Underway {
    fn default() -> Underway {
        Underway::since(Instant::now())
    }
}

impl Underway {
    /// Of a request whose caller signed in then.
    pub fn since(signed_in: Instant) -> Underway {
        Underway(Arc::new(Known { signed_in, operation: OnceLock::new(), mailbox: OnceLock::new() }))
    }

    /// Whether the caller signed in so long ago that its account may be another now: bodies take their time to arrive.
    pub fn is_old(&self) -> bool {
        self.0.signed_in.elapsed() > FRESH
    }

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
