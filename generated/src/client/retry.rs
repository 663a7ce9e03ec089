//! `RetryPolicy`: how often and after what time a request is repeated.

use std::time::{Duration, SystemTime};

use crate::rt::AnyElement;

/// How often and after what time a request is repeated.
///
/// What may be repeated is not a matter of taste, but of what the server has done:
///
/// | what happened | repeated |
/// |---|---|
/// | no connection | always |
/// | the server was too busy: HTTP 429 or 503, `ErrorServerBusy` | always, not before the time that it names |
/// | it is unknown whether the request was carried out: the connection broke, no reply in time, HTTP 502 or 504, a garbled reply | requests that only read ([`Operation::READ_ONLY`](crate::soap::Operation::READ_ONLY)); others if [`repeat_writes`](RetryPolicy::repeat_writes) is set |
/// | anything else | never |
///
/// An `ErrorServerBusy` that is an error reply, not a fault, is seen by [`Client::call`](super::Client::call) only: for
/// [`send`](super::Client::send) it is a reply like any other.
///
/// The time between two attempts is random, between zero and a bound that begins with `base_delay` and doubles with
/// each attempt up to `max_delay`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_total_delay: Duration,
    pub(super) repeat_writes: bool,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            max_attempts: 3,
            base_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(30),
            max_total_delay: Duration::from_secs(60),
            repeat_writes: false,
        }
    }
}

impl RetryPolicy {
    /// The default: see the single settings.
    pub fn new() -> RetryPolicy {
        RetryPolicy::default()
    }

    /// No repetition.
    pub fn none() -> RetryPolicy {
        RetryPolicy::default().max_attempts(1)
    }

    /// Attempts in all, the first included; 3 unless set. 0 is taken as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> RetryPolicy {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Longest time before the first repetition; 200 ms unless set.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> RetryPolicy {
        self.base_delay = delay;
        self
    }

    /// Longest time before any repetition, except where the server names a time; 30 s unless set.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> RetryPolicy {
        self.max_delay = delay;
        self
    }

    /// Longest time that one call spends waiting between attempts; 60 s unless set. When a server asks for more,
    /// the call ends with the error instead, and [`Error::retry_after`](super::Error::retry_after) tells the time.
    #[must_use]
    pub fn max_total_delay(mut self, delay: Duration) -> RetryPolicy {
        self.max_total_delay = delay;
        self
    }

    /// Whether requests that change something are repeated although they may have been carried out; false unless
    /// set. Right for a request that does the same when it is carried out twice.
    #[must_use]
    pub fn repeat_writes(mut self, repeat: bool) -> RetryPolicy {
        self.repeat_writes = repeat;
        self
    }

    /// Time before the next attempt, if there may be one, after so many attempts and so much waiting.
    pub(super) fn delay(&self, attempts: u32, waited: Duration, named: Option<Duration>) -> Option<Duration> {
        if attempts >= self.max_attempts {
            return None;
        }
        let doubled = self.base_delay.saturating_mul(2u32.saturating_pow(attempts.saturating_sub(1)));
        let delay = doubled.min(self.max_delay).mul_f64(fastrand::f64()).max(named.unwrap_or_default());
        (waited.saturating_add(delay) <= self.max_total_delay).then_some(delay)
    }
}

/// The time that a header `Retry-After` names, in seconds or as a date, from now on.
pub(super) fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// The time that the details of `ErrorServerBusy` name.
pub(super) fn back_off(message_xml: &[AnyElement]) -> Option<Duration> {
    let value = super::error::detail(message_xml, "BackOffMilliseconds")?;
    value.trim().parse().ok().map(Duration::from_millis)
}
