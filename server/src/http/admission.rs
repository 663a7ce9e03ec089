//! How much is done at once: a number of requests in work, a queue of others, and no for the rest; and no account has
//! all of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::counts::{Counted, Counts};
use super::settings::ConcurrencySettings;
use crate::accounts::MailboxId;

/// The places for requests.
#[derive(Debug)]
pub(super) struct Admission {
    places: Semaphore,
    waiting: AtomicUsize,
    queue: usize,
    time: Duration,
    /// Requests of each account, in work and in the queue.
    of_account: Option<Counts<MailboxId>>,
}

/// Why there is no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoPlace {
    /// The account has as many as one may have.
    OfAccount,
    /// They are taken, and so is the queue; or it took too long.
    AtAll,
}

/// A place of a request, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    _counted: Option<Counted<MailboxId, &'a Counts<MailboxId>>>,
    _permit: SemaphorePermit<'a>,
}

/// One of those who wait.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    pub(super) fn new(settings: &ConcurrencySettings) -> Admission {
        Admission {
            places: Semaphore::new(settings.requests.clamp(1, Semaphore::MAX_PERMITS)),
            waiting: AtomicUsize::new(0),
            queue: settings.queue,
            time: Duration::from_secs(settings.queue_seconds),
            of_account: Counts::new(settings.account_requests),
        }
    }

    /// A place for a request of this account, at once or after a wait.
    pub(super) async fn enter(&self, account: MailboxId) -> Result<Place<'_>, NoPlace> {
        let counted = match &self.of_account {
            Some(of_account) => Some(Counts::count(of_account, account).ok_or(NoPlace::OfAccount)?),
            None => None,
        };
        let permit = match self.places.try_acquire() {
            Ok(permit) => permit,
            // Boxed: rare, and has a timer.
            Err(_) => Box::pin(self.wait()).await.ok_or(NoPlace::AtAll)?,
        };
        Ok(Place { _counted: counted, _permit: permit })
    }

    async fn wait(&self) -> Option<SemaphorePermit<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if before >= self.queue {
            return None;
        }
        tokio::time::timeout(self.time, self.places.acquire()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_account_has_its_share_and_leaves_nothing_behind() {
        let settings = ConcurrencySettings { requests: 3, queue: 0, queue_seconds: 1, account_requests: 2 };
        let admission = Admission::new(&settings);
        let (jane, joe) = (MailboxId([1; 16]), MailboxId([17; 16]));
        let first = admission.enter(jane).await.unwrap();
        let second = admission.enter(jane).await.unwrap();
        assert_eq!(admission.enter(jane).await.unwrap_err(), NoPlace::OfAccount);
        let other = admission.enter(joe).await.unwrap();
        assert_eq!(admission.enter(joe).await.unwrap_err(), NoPlace::AtAll, "and it is not counted");
        drop(first);
        let third = admission.enter(joe).await.unwrap();
        drop((second, other, third));
        assert!(admission.of_account.as_ref().unwrap().is_empty());
        let settings = ConcurrencySettings { account_requests: 0, ..settings };
        let admission = Admission::new(&settings);
        let all = [admission.enter(jane).await, admission.enter(jane).await, admission.enter(jane).await];
        assert!(all.iter().all(Result::is_ok), "0 is no limit");
    }
}
