//! The settings of the HTTP layer: plain structs with defaults, for whatever reads the configuration.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use oxws::server::{Builder, Server};
use oxws::soap::Service;
use serde::Deserialize;

use super::address::Address;
use super::auth::{self, Authenticator};

/// Everything that can be set.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// URL by which clients reach the server, such as `https://mail.example.org`, or of the endpoint itself if its path
    /// is not the usual one there: what Autodiscover, the description and the start page tell. Unless set, it is made
    /// of each request's own scheme and host, which is wrong behind a proxy that changes them.
    pub public_url: Option<String>,
    /// Whether `/metrics` is served, to anybody who asks. True unless set; false where a proxy does not keep others away
    /// from it.
    pub metrics: bool,
    /// Who is let in, and how that is proved.
    pub auth: AuthSettings,
    /// How often somebody may ask.
    pub rate: RateSettings,
    /// How much is done at once.
    pub concurrency: ConcurrencySettings,
    /// Sizes and times of connections and requests.
    pub limits: LimitSettings,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            public_url: None,
            metrics: true,
            auth: AuthSettings::default(),
            rate: RateSettings::default(),
            concurrency: ConcurrencySettings::default(),
            limits: LimitSettings::default(),
        }
    }
}

impl Settings {
    /// The URL of the endpoint, where one is configured.
    ///
    /// # Errors
    /// When it is no URL that a client could use.
    pub fn endpoint_url(&self) -> Result<Option<String>, SetupError> {
        Ok(self.address()?.map(|address| address.url))
    }

    pub(super) fn address(&self) -> Result<Option<Address>, SetupError> {
        let Some(url) = &self.public_url else { return Ok(None) };
        let wrong = || {
            let what = "must be an http or https URL, such as https://mail.example.org";
            SetupError::setting("public_url", format!("{url:?} {what}"))
        };
        Address::configured(url).map(Some).ok_or_else(wrong)
    }

    /// Keys whose values must not be 0, with these.
    pub fn at_least_one(&self) -> [(&'static str, u64); 7] {
        let size = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let limits = &self.limits;
        [
            ("concurrency.requests", size(self.concurrency.requests)),
            ("limits.connections", size(limits.connections)),
            ("limits.header_bytes", size(limits.header_bytes)),
            ("limits.header_timeout_seconds", limits.header_timeout_seconds),
            ("limits.body_bytes", size(limits.body_bytes)),
            ("limits.body_timeout_seconds", limits.body_timeout_seconds),
            ("limits.write_timeout_seconds", limits.write_timeout_seconds),
        ]
    }

    /// Why no server can run by these settings: all of it. Looks at the files that they name, asks nothing of the network.
    pub fn problems(&self) -> Vec<SetupError> {
        let mut problems: Vec<_> =
            self.address().err().into_iter().chain(auth::problems(&self.auth)).collect();
        if problems.is_empty() {
            // What is left is no setting's fault.
            problems.extend(Authenticator::new(&self.auth, Arc::default()).err());
        }
        problems
    }
}

/// More is no time that anybody waits, and too much for the clock.
const MOST_SECONDS: u64 = 10 * 365 * 24 * 60 * 60;

/// A time in seconds.
fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let seconds = u64::deserialize(deserializer)?;
    match seconds <= MOST_SECONDS {
        true => Ok(seconds),
        false => {
            Err(serde::de::Error::custom(format!("{seconds} seconds are too many; at most {MOST_SECONDS}")))
        }
    }
}

/// Who is let in, and how that is proved (UCS I1). Each kind that is set is offered, also side by side.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthSettings {
    /// Whether login and password are taken (HTTP Basic). True unless set.
    pub basic: bool,
    /// What the 401 names as the realm; `ucs` unless set. Visible ASCII.
    pub realm: String,
    /// For how long a password that was right is not hashed again, in seconds; 300 unless set, 0 for never. A changed
    /// password or a disabled account takes effect at once all the same.
    #[serde(deserialize_with = "seconds")]
    pub cache_seconds: u64,
    /// How many passwords are hashed at once; 2 unless set. Each takes 19 MiB and a processor for some 20 ms.
    pub hashes_at_once: usize,
    /// How many more wait for that; 256 unless set. Beyond it, 503 at once.
    pub hashes_waiting: usize,
    /// Bearer tokens (JWT). None are taken unless set.
    pub jwt: Option<JwtSettings>,
    /// A reverse proxy that has authenticated the caller. None is believed unless set.
    pub trusted_proxy: Option<ProxySettings>,
}

impl Default for AuthSettings {
    fn default() -> AuthSettings {
        AuthSettings {
            basic: true,
            realm: "ucs".to_owned(),
            cache_seconds: 300,
            hashes_at_once: 2,
            hashes_waiting: 256,
            jwt: None,
            trusted_proxy: None,
        }
    }
}

/// Which Bearer tokens are taken: signed with RS256, ES256 or EdDSA by a key of a set (JWKS).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JwtSettings {
    /// What the claim `iss` must be. Must be set.
    pub issuer: String,
    /// The claim `aud` must hold one of these. Must be set.
    pub audience: Vec<String>,
    /// File with the set of keys. This or `jwks_url` must be set.
    pub jwks_file: Option<PathBuf>,
    /// URL of the set of keys: `https`, or `http` on this machine.
    pub jwks_url: Option<String>,
    /// The claim that holds the login of the account; `upn` unless set.
    pub claim: String,
    /// How far the clocks may differ, in seconds; 60 unless set.
    #[serde(deserialize_with = "seconds")]
    pub leeway_seconds: u64,
    /// For how long a set of keys is not asked for again, in seconds; 3600 unless set. A token with a key that is not
    /// in the set has it asked for at once, but not more often than `retry_seconds` says.
    #[serde(deserialize_with = "seconds")]
    pub refresh_seconds: u64,
    /// The least time between two attempts to get the keys, in seconds; 30 unless set.
    #[serde(deserialize_with = "seconds")]
    pub retry_seconds: u64,
}

impl Default for JwtSettings {
    fn default() -> JwtSettings {
        JwtSettings {
            issuer: String::new(),
            audience: Vec::new(),
            jwks_file: None,
            jwks_url: None,
            claim: "upn".to_owned(),
            leeway_seconds: 60,
            refresh_seconds: 3600,
            retry_seconds: 30,
        }
    }
}

/// A reverse proxy that authenticates callers and names them in a header, which it must remove from what they send.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProxySettings {
    /// The header that holds the login of the account, such as `X-Remote-User`. Must be set.
    pub header: String,
    /// The proxy's addresses: `192.0.2.1` or `192.0.2.0/24`. From anywhere else the header is ignored. Must be set.
    pub addresses: Vec<String>,
    /// The header in which the proxy names the address of its caller last, such as `X-Forwarded-For`. Unless set, what
    /// comes from the proxy is not limited by address.
    pub address_header: Option<String>,
}

/// How often somebody may ask. Beyond it the answer is `ErrorServerBusy` with the time to wait.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateSettings {
    /// Requests a second of one account; 100 unless set, 0 for no limit.
    pub account_per_second: u32,
    /// How many of these may come at once; 1000 unless set.
    pub account_burst: u32,
    /// Requests a second of one address (of one network of 64 bits for IPv6), with or without an account; 1000 unless
    /// set, 0 for no limit.
    pub address_per_second: u32,
    /// How many of these may come at once; 5000 unless set.
    pub address_burst: u32,
    /// Sign-ins a minute that may fail from one address, and how many of these at once; 30 unless set, 0 for no limit.
    /// Beyond it nothing is verified for that address but what is cached.
    pub failed_sign_ins_per_minute: u32,
}

impl Default for RateSettings {
    fn default() -> RateSettings {
        RateSettings {
            account_per_second: 100,
            account_burst: 1000,
            address_per_second: 1000,
            address_burst: 5000,
            failed_sign_ins_per_minute: 30,
        }
    }
}

/// How much is done at once.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConcurrencySettings {
    /// Requests of authenticated callers in work, from their head to their answer; 512 unless set. That bounds how many
    /// bodies are in memory, too.
    pub requests: usize,
    /// How many more wait for their turn; 1024 unless set. Beyond it, 503 at once.
    pub queue: usize,
    /// For how long they wait, in seconds; 5 unless set. Then 503.
    #[serde(deserialize_with = "seconds")]
    pub queue_seconds: u64,
    /// Requests of one account, in work and waiting; 64 unless set, 0 for no limit. Beyond it the answer is
    /// `ErrorServerBusy` with the time to wait: slow bodies of one caller must not keep out all others.
    pub account_requests: usize,
}

impl Default for ConcurrencySettings {
    fn default() -> ConcurrencySettings {
        ConcurrencySettings { requests: 512, queue: 1024, queue_seconds: 5, account_requests: 64 }
    }
}

/// Sizes and times of connections and requests (UCS T17).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// Connections at once; 4096 unless set. Further ones wait until others end.
    pub connections: usize,
    /// Connections of one address (of one network of 64 bits for IPv6) at once; 256 unless set, 0 for no limit. Further
    /// ones are closed at once. Those of the trusted proxy are not counted.
    pub address_connections: usize,
    /// Bytes of the head of a request; 32768 unless set. Somewhat more may pass when it arrives in one piece.
    pub header_bytes: usize,
    /// Time for a head to arrive, for a TLS handshake, and that a connection may stay idle, in seconds; 30 unless set.
    #[serde(deserialize_with = "seconds")]
    pub header_timeout_seconds: u64,
    /// Bytes of the body of a request; 4194304 unless set.
    pub body_bytes: usize,
    /// Time for a body to arrive, in seconds; 30 unless set.
    #[serde(deserialize_with = "seconds")]
    pub body_timeout_seconds: u64,
    /// Time in which a caller must read something of what it is sent, in seconds; 60 unless set.
    #[serde(deserialize_with = "seconds")]
    pub write_timeout_seconds: u64,
    /// For how long the server still takes requests after it was told to stop, while `/readyz` says no, in seconds; 0
    /// unless set. Behind a load balancer: longer than that takes to notice.
    #[serde(deserialize_with = "seconds")]
    pub drain_seconds: u64,
    /// Time for requests that are being answered when the server ends, in seconds; 30 unless set.
    #[serde(deserialize_with = "seconds")]
    pub grace_seconds: u64,
}

impl Default for LimitSettings {
    fn default() -> LimitSettings {
        LimitSettings {
            connections: 4096,
            address_connections: 256,
            header_bytes: 32 << 10,
            header_timeout_seconds: 30,
            body_bytes: 4 << 20,
            body_timeout_seconds: 30,
            write_timeout_seconds: 60,
            drain_seconds: 0,
            grace_seconds: 30,
        }
    }
}

impl LimitSettings {
    /// Gives an endpoint the limits that are its own.
    pub fn endpoint<S: Service>(&self, builder: Builder<S>) -> Builder<S> {
        builder.body_limit(self.body_bytes).body_timeout(self.body_time())
    }

    /// Gives an accept loop the limits that are its own.
    pub fn server(&self, server: Server) -> Server {
        server
            .max_connections(self.connections)
            .header_limit(self.header_bytes)
            .header_timeout(Duration::from_secs(self.header_timeout_seconds))
            .write_timeout(Duration::from_secs(self.write_timeout_seconds))
            .grace(Duration::from_secs(self.grace_seconds))
    }

    pub(super) fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_timeout_seconds)
    }
}

/// Why an [`App`](super::App) cannot be set up so.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A setting is not what it must be.
    #[error("{key}: {what}")]
    Setting {
        /// Which one, as a key of [`Settings`]: `auth.realm`.
        key: &'static str,
        /// What it must be.
        what: String,
    },
    /// A setting that must be there is not.
    #[error("{0} must be set")]
    Missing(&'static str),
    /// Nobody could sign in.
    #[error("no way to sign in is set: basic, jwt or trusted_proxy")]
    NobodyGetsIn,
    /// TLS towards the server of the keys cannot be set up.
    #[error("the client for jwks_url cannot be set up")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The operating system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
}

impl SetupError {
    pub(super) fn setting(key: &'static str, what: impl Into<String>) -> SetupError {
        SetupError::Setting { key, what: what.into() }
    }

    /// The key of [`Settings`] that it is about.
    pub fn key(&self) -> &'static str {
        match self {
            SetupError::Setting { key, .. } | SetupError::Missing(key) => key,
            SetupError::NobodyGetsIn => "auth.basic",
            SetupError::Client(_) => "auth.jwt.jwks_url",
            SetupError::Random(_) => "auth",
        }
    }

    /// What is wrong with that key, or what to do.
    pub fn what(&self) -> String {
        match self {
            SetupError::Setting { what, .. } => what.clone(),
            SetupError::Missing(_) => "must be set".to_owned(),
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_has_its_default_and_what_is_misspelt_is_refused() {
        assert_eq!(toml::from_str::<Settings>("").unwrap(), Settings::default());
        let text =
            "[auth.jwt]\nissuer = 'i'\naudience = ['a']\njwks_file = 'keys.json'\n[limits]\nbody_bytes = 9\n";
        let settings: Settings = toml::from_str(text).unwrap();
        assert!(settings.auth.basic && settings.metrics);
        assert_eq!(settings.limits, LimitSettings { body_bytes: 9, ..LimitSettings::default() });
        let jwt = settings.auth.jwt.unwrap();
        assert_eq!((jwt.issuer.as_str(), jwt.claim.as_str(), jwt.leeway_seconds), ("i", "upn", 60));
        for misspelt in
            ["metric = true", "[auth]\nbasics = true", "[rate]\nburst = 1", "[auth.jwt]\nsecret = 'a'"]
        {
            assert!(toml::from_str::<Settings>(misspelt).is_err(), "{misspelt}");
        }
    }
}
