//! `Told`: a line of the log now and then, however often there is something to tell.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines about the same.
const QUIET: Duration = Duration::from_secs(60);

/// When the log was last told, and how much has not been told since.
#[derive(Debug, Default)]
pub(super) struct Told {
    last: Mutex<Option<Instant>>,
    untold: AtomicU64,
}

impl Told {
    /// How many there were since the last time, if it is time to tell again.
    pub(super) fn now(&self, now: Instant) -> Option<u64> {
        self.untold.fetch_add(1, Ordering::Relaxed);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| now < last + QUIET) {
            return None;
        }
        *last = Some(now);
        Some(self.untold.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_told_now_and_then() {
        let (told, now) = (Told::default(), Instant::now());
        assert_eq!((told.now(now), told.now(now), told.now(now + QUIET / 2)), (Some(1), None, None));
        assert_eq!(told.now(now + QUIET), Some(3));
    }
}
