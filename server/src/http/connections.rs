//! Connections: how many there are, and how many one address may have, so that it cannot have all of them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::auth::Proxy;
use super::counts::{Counted, Counts};
use super::limits::address_key;
use super::metrics::Metrics;
use super::settings::{Settings, SetupError};
use super::told::Told;

/// Counts the connections of each address.
#[derive(Debug)]
pub struct Connections {
    counts: Option<Arc<Counts<IpAddr>>>,
    /// Has the connections of all its callers.
    proxy: Option<Proxy>,
    metrics: Arc<Metrics>,
    told: Told,
    /// Connections that the server takes at once.
    most: usize,
    open: Arc<AtomicUsize>,
    full: Told,
}

/// What a connection holds while it lasts.
#[derive(Debug)]
pub struct Connected {
    _counted: Option<Counted<IpAddr, Arc<Counts<IpAddr>>>>,
    metrics: Arc<Metrics>,
    open: Arc<AtomicUsize>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.metrics.connections(-1);
    }
}

impl Connections {
    /// By these settings; what is turned away is counted there.
    ///
    /// # Errors
    /// When the trusted proxy is not what it must be.
    pub fn new(settings: &Settings, metrics: Arc<Metrics>) -> Result<Connections, SetupError> {
        Ok(Connections {
            counts: Counts::new(settings.limits.address_connections).map(Arc::new),
            proxy: settings.auth.trusted_proxy.as_ref().map(Proxy::new).transpose()?,
            metrics,
            told: Told::default(),
            most: settings.limits.connections,
            open: Arc::default(),
            full: Told::default(),
        })
    }

    /// Takes a connection from there; `None` when that address has as many as one may have.
    pub fn admit(&self, peer: SocketAddr) -> Option<Connected> {
        let address = peer.ip().to_canonical();
        let Some(counts) = &self.counts else { return Some(self.connected(None)) };
        if self.proxy.as_ref().is_some_and(|proxy| proxy.is_at(address)) {
            return Some(self.connected(None));
        }
        let counted = Counts::count(Arc::clone(counts), address_key(address));
        if counted.is_none() {
            self.metrics.limited("address_connections");
            if let Some(closed) = self.told.now(Instant::now()) {
                let setting = "http.limits.address_connections";
                tracing::warn!(%address, closed, "connections are closed: the address has as many as {setting} allows");
            }
        }
        counted.map(|counted| self.connected(Some(counted)))
    }

    fn connected(&self, counted: Option<Counted<IpAddr, Arc<Counts<IpAddr>>>>) -> Connected {
        let open = self.open.fetch_add(1, Ordering::Relaxed) + 1;
        self.metrics.connections(1);
        if open >= self.most && self.full.now(Instant::now()).is_some() {
            tracing::warn!(
                open,
                "there are as many connections as http.limits.connections allows: others wait"
            );
        }
        Connected { _counted: counted, metrics: Arc::clone(&self.metrics), open: Arc::clone(&self.open) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::settings::{LimitSettings, ProxySettings};

    fn settings(address_connections: usize) -> Settings {
        let limits = LimitSettings { address_connections, ..LimitSettings::default() };
        Settings { limits, ..Settings::default() }
    }

    fn at(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().unwrap(), 1)
    }

    #[test]
    fn an_address_has_its_number_and_a_network_is_one_address() {
        let metrics = Arc::new(Metrics::new());
        let connections = Connections::new(&settings(2), metrics.clone()).unwrap();
        let first = connections.admit(at("192.0.2.1")).unwrap();
        let second = connections.admit(at("::ffff:192.0.2.1")).unwrap();
        assert!(connections.admit(at("192.0.2.1")).is_none());
        let other = connections.admit(at("192.0.2.2")).unwrap();
        drop(first);
        let third = connections.admit(at("192.0.2.1")).unwrap();
        let of_network = [connections.admit(at("2001:db8::1")), connections.admit(at("2001:db8::2"))];
        assert!(of_network.iter().all(Option::is_some) && connections.admit(at("2001:db8::3")).is_none());
        assert!(connections.admit(at("2001:db8:0:1::3")).is_some());
        assert!(metrics.render().contains("ucs_connections 5\n"));
        assert!(metrics.render().contains("ucs_limited_total{limit=\"address_connections\"} 2\n"));
        drop((second, other, third, of_network));
        assert!(connections.counts.as_ref().unwrap().is_empty());
        assert!(metrics.render().contains("ucs_connections 0\n"));
    }

    #[test]
    fn no_limit_is_none_and_a_proxy_has_none() {
        let connections = Connections::new(&settings(0), Arc::default()).unwrap();
        let all: Vec<_> = (0..1000).map(|_| connections.admit(at("192.0.2.1"))).collect();
        assert!(all.iter().all(Option::is_some));
        let mut settings = settings(1);
        settings.auth.trusted_proxy = Some(ProxySettings {
            header: "X-Remote-User".to_owned(),
            addresses: vec!["192.0.2.0/24".to_owned()],
            address_header: None,
        });
        let connections = Connections::new(&settings, Arc::default()).unwrap();
        let of_proxy: Vec<_> = (0..10).map(|_| connections.admit(at("192.0.2.1"))).collect();
        assert!(of_proxy.iter().all(Option::is_some));
        let _one = connections.admit(at("198.51.100.1")).unwrap();
        assert!(connections.admit(at("198.51.100.1")).is_none());
    }
}
