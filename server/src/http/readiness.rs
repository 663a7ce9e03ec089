//! `Readiness`: whether the server should be sent requests.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// Time for the check of the store.
const TIME: Duration = Duration::from_secs(2);
/// For how long its result is used again: who asks often must not load the store.
const FRESH: Duration = Duration::from_secs(1);

type Check = Box<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// Whether the server should be sent requests: what `/readyz` answers. Shared with whoever starts and stops it.
pub struct Readiness {
    ready: AtomicBool,
    check: Option<Check>,
    last: Mutex<Option<(Instant, bool)>>,
}

impl Default for Readiness {
    /// Ready, without a check.
    fn default() -> Readiness {
        Readiness { ready: AtomicBool::new(true), check: None, last: Mutex::const_new(None) }
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("ready", &self.ready).finish_non_exhaustive()
    }
}

impl Readiness {
    /// Ready as long as `check` says that the store works. It has two seconds, and is asked at most once a second.
    pub fn with_check<F: Future<Output = bool> + Send + 'static>(
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Readiness {
        Readiness { check: Some(Box::new(move || Box::pin(check()))), ..Readiness::default() }
    }

    /// Says whether to send requests: false when the server begins to stop.
    pub fn set(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    /// Whether to send requests.
    pub async fn is_ready(&self) -> bool {
        if !self.ready.load(Ordering::Relaxed) {
            return false;
        }
        let Some(check) = &self.check else { return true };
        let mut last = self.last.lock().await;
        if let Some((when, works)) = *last
            && when.elapsed() < FRESH
        {
            return works;
        }
        let works = tokio::time::timeout(TIME, check()).await.unwrap_or(false);
        *last = Some((Instant::now(), works));
        works
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[tokio::test]
    async fn the_check_decides_but_is_not_asked_each_time() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let readiness = Readiness::with_check(move || {
            let works = count.fetch_add(1, Ordering::Relaxed) == 0;
            async move { works }
        });
        assert!(readiness.is_ready().await && readiness.is_ready().await);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        readiness.set(false);
        assert!(!readiness.is_ready().await);
        readiness.set(true);
        tokio::time::sleep(FRESH).await;
        assert!(!readiness.is_ready().await);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_check_that_hangs_is_no() {
        let readiness = Readiness::with_check(std::future::pending);
        assert!(!readiness.is_ready().await);
        assert!(Readiness::default().is_ready().await);
    }
}
