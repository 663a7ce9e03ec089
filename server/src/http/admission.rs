//! How much is done at once: a number of requests in work, a queue of others, and no for the rest.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::settings::ConcurrencySettings;

/// The places for requests.
#[derive(Debug)]
pub(super) struct Admission {
    places: Semaphore,
    waiting: AtomicUsize,
    queue: usize,
    time: Duration,
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
        }
    }

    /// A place, at once or after a wait; `None` when there is none.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        // Boxed: rare, and has a timer.
        Box::pin(self.wait()).await
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
