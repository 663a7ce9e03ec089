//! How often somebody may ask: per account, per address, and how often a sign-in may fail.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota};

use super::settings::RateSettings;
use crate::accounts::MailboxId;

/// Time between two sweeps of keys that nobody uses any more.
const SWEEP_SECONDS: u64 = 10;
/// Addresses with failed sign-ins that are remembered. Beyond it, new ones are not counted until others are forgotten;
/// how many passwords are hashed at once stays bounded.
const MOST_FAILED: usize = 100_000;

/// The limits of a server.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) account: Option<Limiter<MailboxId>>,
    pub(super) address: Option<Limiter<IpAddr>>,
    pub(super) failures: Failures,
}

impl Limits {
    pub(super) fn new(settings: &RateSettings) -> Limits {
        Limits {
            account: Limiter::new(settings.account_per_second, settings.account_burst),
            address: Limiter::new(settings.address_per_second, settings.address_burst),
            failures: Failures::new(settings.failed_sign_ins_per_minute),
        }
    }
}

/// What counts as one address: all of it for IPv4, the network of 64 bits for IPv6, of which one caller has many.
pub(super) fn address_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// A rate for each key.
#[derive(Debug)]
pub(super) struct Limiter<K: Hash + Eq + Clone> {
    inner: Arc<DefaultKeyedRateLimiter<K>>,
    begin: Instant,
    /// Seconds from `begin` to the last sweep.
    swept: AtomicU64,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Limiter<K> {
    fn new(per_second: u32, burst: u32) -> Option<Limiter<K>> {
        let per_second = NonZeroU32::new(per_second)?;
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let inner =
            Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)));
        Some(Limiter { inner, begin: Instant::now(), swept: AtomicU64::new(0) })
    }

    /// Counts one; or says how long to wait.
    pub(super) fn check(&self, key: &K, now: Instant) -> Result<(), Duration> {
        self.sweep(now);
        self.inner.check_key(key).map_err(|until| until.wait_time_from(self.inner.clock().now()))
    }

    /// Forgets unused keys now and then, beside the requests.
    fn sweep(&self, now: Instant) {
        let seconds = now.saturating_duration_since(self.begin).as_secs();
        let last = self.swept.load(Ordering::Relaxed);
        let due = seconds >= last.saturating_add(SWEEP_SECONDS);
        if due && self.swept.compare_exchange(last, seconds, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            let inner = Arc::clone(&self.inner);
            tokio::task::spawn_blocking(move || {
                inner.retain_recent();
                inner.shrink_to_fit();
            });
        }
    }
}

/// Failed sign-ins of each address: asked before anything is verified, counted after it failed.
#[derive(Debug)]
pub(super) struct Failures {
    /// Time in which one failure is forgiven; `None` for no limit.
    interval: Option<Duration>,
    burst: u32,
    /// When all failures of an address will be forgiven.
    clear: Mutex<HashMap<IpAddr, Instant>>,
}

impl Failures {
    fn new(per_minute: u32) -> Failures {
        let interval = Duration::from_secs(60).checked_div(per_minute);
        Failures { interval, burst: per_minute, clear: Mutex::default() }
    }

    /// Whether another sign-in of this address may fail; or how long to wait.
    pub(super) fn check(&self, address: Option<IpAddr>, now: Instant) -> Result<(), Duration> {
        let (Some(interval), Some(address)) = (self.interval, address) else { return Ok(()) };
        let Some(clear) = self.lock().get(&address).copied() else { return Ok(()) };
        // With `burst` failures open, one must be forgiven first.
        let wait = clear.saturating_duration_since(now).saturating_sub(interval * (self.burst - 1));
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }

    /// Counts a failure.
    pub(super) fn count(&self, address: Option<IpAddr>, now: Instant) {
        let (Some(interval), Some(address)) = (self.interval, address) else { return };
        let mut clear = self.lock();
        if clear.len() >= MOST_FAILED {
            clear.retain(|_, clear| *clear > now);
        }
        if clear.len() < MOST_FAILED || clear.contains_key(&address) {
            let at = clear.entry(address).or_insert(now);
            // No further than what `check` looks at: failures that were under way at once are not held against the
            // address for longer.
            *at = ((*at).max(now) + interval).min(now + interval * self.burst);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Instant>> {
        // What a panic would leave behind is whole: each change is one insertion.
        self.clear.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn failures_are_forgiven_one_by_one() {
        let failures = Failures::new(3);
        let (now, address) = (Instant::now(), Some(IpAddr::from([192, 0, 2, 1])));
        for _ in 0..3 {
            assert_eq!(failures.check(address, now), Ok(()));
            failures.count(address, now);
        }
        assert_eq!(failures.check(address, now), Err(20 * SECOND));
        assert_eq!(failures.check(Some(IpAddr::from([192, 0, 2, 2])), now), Ok(()));
        assert_eq!(failures.check(None, now), Ok(()));
        let later = now + 20 * SECOND;
        assert_eq!(failures.check(address, later), Ok(()));
        failures.count(address, later);
        assert_eq!(failures.check(address, later), Err(20 * SECOND));
        assert_eq!(failures.check(address, now + 90 * SECOND), Ok(()));
    }

    #[test]
    fn no_limit_is_none() {
        let failures = Failures::new(0);
        let (now, address) = (Instant::now(), Some(IpAddr::from([192, 0, 2, 1])));
        (0..100).for_each(|_| failures.count(address, now));
        assert_eq!(failures.check(address, now), Ok(()));
        assert!(Limiter::<IpAddr>::new(0, 5).is_none());
    }

    #[tokio::test]
    async fn a_limiter_counts_each_key_and_forgets_unused_ones() {
        let limiter = Limiter::new(5, 2).unwrap();
        let now = Instant::now();
        assert_eq!((limiter.check(&1, now), limiter.check(&1, now)), (Ok(()), Ok(())));
        let wait = limiter.check(&1, now).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= SECOND / 5, "{wait:?}");
        assert_eq!(limiter.check(&2, now), Ok(()));
        assert_eq!(limiter.inner.len(), 2);
        tokio::time::sleep(Duration::from_millis(700)).await;
        // A request much later, as far as the limiter is told.
        assert_eq!(limiter.check(&3, now + 20 * SECOND), Ok(()));
        for _ in 0..200 {
            if limiter.inner.len() == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} keys are kept", limiter.inner.len());
    }

    #[test]
    fn an_address_is_a_network_for_ipv6() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::9"));
        assert_ne!(key("2001:db8:1:2::9"), key("2001:db8:1:3::9"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
