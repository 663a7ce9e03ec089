//! `Metrics`: what the server counts, for Prometheus.

use std::borrow::Cow;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Media type of [`Metrics::render`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of times, in seconds.
const TIMES: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds of the sizes of commits.
const BATCHES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Operation {
    operation: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Answer {
    operation: &'static str,
    code: Cow<'static, str>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Response {
    route: &'static str,
    status: u16,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Abandoned {
    route: &'static str,
    operation: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Refused {
    reason: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct SignIn {
    scheme: &'static str,
    outcome: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Limit {
    limit: &'static str,
}

/// What the server counts. Shared by the HTTP layer, the store, and whoever shows it.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    times: Family<Operation, Histogram, fn() -> Histogram>,
    responses: Family<Response, Counter>,
    abandoned: Family<Abandoned, Counter>,
    refused: Family<Refused, Counter>,
    sign_ins: Family<SignIn, Counter>,
    hashes: Counter,
    limited: Family<Limit, Counter>,
    in_work: Gauge,
    connections: Gauge,
    commit_sizes: Histogram,
    commit_times: Histogram,
    commit_queue: Gauge,
    cache_hits: Counter<u64, AtomicU64>,
    cache_misses: Counter<u64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// Everything at zero.
    pub fn new() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("ucs"),
            answers: Family::default(),
            times: Family::new_with_constructor(|| Histogram::new(TIMES)),
            responses: Family::default(),
            abandoned: Family::default(),
            refused: Family::default(),
            sign_ins: Family::default(),
            hashes: Counter::default(),
            limited: Family::default(),
            in_work: Gauge::default(),
            connections: Gauge::default(),
            commit_sizes: Histogram::new(BATCHES),
            commit_times: Histogram::new(TIMES),
            commit_queue: Gauge::default(),
            cache_hits: Counter::default(),
            cache_misses: Counter::default(),
        };
        let all = &mut metrics.registry;
        all.register("operations", "Operations answered, by response code", metrics.answers.clone());
        all.register("operation_seconds", "Time from the head to the answer", metrics.times.clone());
        all.register("http_responses", "Responses, by route and status", metrics.responses.clone());
        let abandoned = "Requests whose caller went away before the answer, by route and operation";
        all.register("http_abandoned", abandoned, metrics.abandoned.clone());
        let refused = "Connections and requests that ended before they were requests, by reason";
        all.register("http_refused", refused, metrics.refused.clone());
        all.register("sign_ins", "Requests that said who calls, by outcome", metrics.sign_ins.clone());
        all.register("password_hashes", "Passwords hashed to verify a sign-in", metrics.hashes.clone());
        all.register("limited", "Requests turned away by a limit", metrics.limited.clone());
        all.register("connections", "Connections that are open", metrics.connections.clone());
        all.register("requests_in_work", "Requests being answered", metrics.in_work.clone());
        all.register("commit_writes", "Writes in one commit", metrics.commit_sizes.clone());
        all.register("commit_seconds", "Time of one commit", metrics.commit_times.clone());
        all.register("commit_queue", "Writes that wait for a commit", metrics.commit_queue.clone());
        all.register("cache_hits", "Reads answered from memory", metrics.cache_hits.clone());
        all.register("cache_misses", "Reads answered by the database", metrics.cache_misses.clone());
        metrics
    }

    /// All of it in the text format of OpenMetrics: see [`MEDIA_TYPE`].
    pub fn render(&self) -> String {
        let mut text = String::with_capacity(8 << 10);
        // Only a metric could fail, and these write to a string.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// The store has made so many writes durable in one commit, which took so long.
    pub fn committed(&self, writes: usize, time: Duration) {
        self.commit_sizes.observe(writes as f64);
        self.commit_times.observe(time.as_secs_f64());
    }

    /// So many more writes wait for a commit; fewer, where it is negative.
    pub fn commit_queue(&self, more: i64) {
        self.commit_queue.inc_by(more);
    }

    /// A read was answered from memory.
    pub fn cache_hit(&self) {
        self.cache_hits.inc();
    }

    /// A read was answered by the database.
    pub fn cache_miss(&self) {
        self.cache_misses.inc();
    }

    /// An operation was answered with this code.
    pub(super) fn answered(&self, operation: &'static str, code: &str, time: Duration) {
        let code = match code {
            "NoError" => Cow::Borrowed("NoError"),
            other => Cow::Owned(other.to_owned()),
        };
        self.answers.get_or_create(&Answer { operation, code }).inc();
        self.times.get_or_create(&Operation { operation }).observe(time.as_secs_f64());
    }

    pub(super) fn responded(&self, route: &'static str, status: u16) {
        self.responses.get_or_create(&Response { route, status }).inc();
    }

    /// A request's caller went away before the answer.
    pub(super) fn abandoned(&self, route: &'static str, operation: &'static str) {
        self.abandoned.get_or_create(&Abandoned { route, operation }).inc();
    }

    /// So many more connections are open; fewer, where it is negative.
    pub(super) fn connections(&self, more: i64) {
        self.connections.inc_by(more);
    }

    /// Something ended before it was a request.
    pub(super) fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Refused { reason }).inc();
    }

    pub(super) fn signed_in(&self, scheme: &'static str, outcome: &'static str) {
        self.sign_ins.get_or_create(&SignIn { scheme, outcome }).inc();
    }

    /// A password is hashed, to compare it.
    pub(super) fn hashed(&self) {
        self.hashes.inc();
    }

    pub(super) fn limited(&self, limit: &'static str) {
        self.limited.get_or_create(&Limit { limit }).inc();
    }

    /// Counts a request as in work until the result is dropped.
    pub(super) fn in_work(&self) -> InWork<'_> {
        self.in_work.inc();
        InWork(&self.in_work)
    }
}

/// A request in work.
pub(super) struct InWork<'a>(&'a Gauge);

impl Drop for InWork<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.answered("GetImItemList", "NoError", Duration::from_micros(200));
        metrics.answered("AddImGroup", "ErrorItemNotFound", Duration::from_secs(3));
        metrics.responded("ews", 200);
        metrics.abandoned("ews", "AddImGroup");
        metrics.signed_in("basic", "accepted");
        metrics.hashed();
        metrics.limited("account");
        metrics.committed(5, Duration::from_millis(2));
        metrics.commit_queue(7);
        metrics.cache_hit();
        metrics.cache_hit();
        metrics.cache_miss();
        let in_work = metrics.in_work();
        let text = metrics.render();
        drop(in_work);
        for line in [
            "ucs_operations_total{operation=\"GetImItemList\",code=\"NoError\"} 1",
            "ucs_operations_total{operation=\"AddImGroup\",code=\"ErrorItemNotFound\"} 1",
            "ucs_operation_seconds_bucket{le=\"0.00025\",operation=\"GetImItemList\"} 1",
            "ucs_operation_seconds_bucket{le=\"2.5\",operation=\"AddImGroup\"} 0",
            "ucs_http_responses_total{route=\"ews\",status=\"200\"} 1",
            "ucs_http_abandoned_total{route=\"ews\",operation=\"AddImGroup\"} 1",
            "ucs_sign_ins_total{scheme=\"basic\",outcome=\"accepted\"} 1",
            "ucs_password_hashes_total 1",
            "ucs_limited_total{limit=\"account\"} 1",
            "ucs_requests_in_work 1",
            "ucs_commit_writes_bucket{le=\"4.0\"} 0",
            "ucs_commit_writes_bucket{le=\"8.0\"} 1",
            "ucs_commit_seconds_count 1",
            "ucs_commit_queue 7",
            "ucs_cache_hits_total 2",
            "ucs_cache_misses_total 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        }
        assert!(metrics.render().contains("ucs_requests_in_work 0\n"));
    }
}
