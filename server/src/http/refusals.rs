//! What never becomes a request, in metrics and log: so that an operator hears of callers that cannot get through.

use std::collections::HashMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use oxws::server::Refusal;

use super::metrics::Metrics;
use super::told::Told;

/// Counts refusals, and tells of each kind now and then.
#[derive(Debug)]
pub struct Refusals {
    metrics: Arc<Metrics>,
    told: Mutex<HashMap<Refusal, Told>>,
}

impl Refusals {
    /// They are counted there.
    pub fn new(metrics: Arc<Metrics>) -> Refusals {
        Refusals { metrics, told: Mutex::default() }
    }

    /// One more.
    pub fn tell(&self, peer: SocketAddr, why: Refusal, detail: &dyn Display) {
        self.metrics.refused(why.name());
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = told.entry(why).or_default().now(Instant::now()) {
            let (address, why) = (peer.ip().to_canonical(), why.name());
            tracing::info!(%address, why, %detail, count, "refused before it was a request");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted() {
        let metrics = Arc::new(Metrics::new());
        let refusals = Refusals::new(metrics.clone());
        for why in [Refusal::Malformed, Refusal::Http2, Refusal::Malformed] {
            refusals.tell(([192, 0, 2, 1], 1).into(), why, &"why");
        }
        let text = metrics.render();
        assert!(text.contains("ucs_http_refused_total{reason=\"malformed\"} 2\n"), "{text}");
        assert!(text.contains("ucs_http_refused_total{reason=\"http2\"} 1\n"), "{text}");
    }
}
