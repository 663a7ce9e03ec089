//! `Keys`: the public keys of a token issuer, from a file or a URL, fetched again when that is worth it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::{Client, Url, redirect};
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::sync::Mutex;

use crate::http::settings::{JwtSettings, SetupError};

/// Time for the keys to arrive.
const TIME: Duration = Duration::from_secs(10);
/// Bytes of a set of keys.
const MOST: usize = 1 << 20;

/// A key, and the one algorithm that it is used with.
pub(super) struct Key {
    kid: Option<String>,
    pub(super) key: DecodingKey,
    pub(super) algorithm: Algorithm,
}

/// The keys of an issuer.
pub(super) struct Keys {
    source: Source,
    refresh: Duration,
    retry: Duration,
    held: RwLock<Held>,
    /// When they were last asked for; held while that is done.
    asked: Mutex<Option<Instant>>,
}

#[derive(Clone, Default)]
struct Held {
    keys: Arc<[Arc<Key>]>,
    since: Option<Instant>,
}

enum Source {
    File(PathBuf),
    Url(Client, Url),
}

/// The keys could never be had, or there is none.
#[derive(Debug)]
pub(super) struct NoKeys;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Keys {
    pub(super) fn new(settings: &JwtSettings) -> Result<Keys, SetupError> {
        let source = match (&settings.jwks_file, &settings.jwks_url) {
            (Some(file), None) => Source::File(file.clone()),
            (None, Some(url)) => Source::Url(client()?, checked(url)?),
            _ => return Err(one_source()),
        };
        Ok(Keys {
            source,
            refresh: Duration::from_secs(settings.refresh_seconds),
            retry: Duration::from_secs(settings.retry_seconds),
            held: RwLock::default(),
            asked: Mutex::const_new(None),
        })
    }

    /// The keys that a token with this head may be signed with. Asks for the set where there is none.
    ///
    /// # Errors
    /// When the set could never be had, or has no key that is of use here.
    pub(super) async fn find(
        self: &Arc<Keys>,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<Arc<Key>>, NoKeys> {
        let held = self.held();
        let found = held.matching(kid, algorithm);
        if found.is_empty() {
            self.fetch(held.since).await;
            let held = self.held();
            // A set without a key that is of use is none: it is not the fault of callers, who would be locked out.
            return if held.keys.is_empty() { Err(NoKeys) } else { Ok(held.matching(kid, algorithm)) };
        }
        if held.since.is_none_or(|since| since.elapsed() >= self.refresh) {
            // Beside the request: these keys are good enough for it.
            let keys = Arc::clone(self);
            tokio::spawn(async move { keys.fetch(held.since).await });
        }
        Ok(found)
    }

    /// Gets the set anew, unless somebody else has since `seen`, or it was tried just before.
    async fn fetch(&self, seen: Option<Instant>) {
        let mut asked = self.asked.lock().await;
        let recent = asked.is_some_and(|asked| asked.elapsed() < self.retry);
        if recent || self.held().since != seen {
            return;
        }
        *asked = Some(Instant::now());
        match self.load().await {
            Ok(keys) => {
                match keys.len() {
                    0 => tracing::error!(
                        "the set of keys has none for RS256, ES256 or EdDSA: no token is taken"
                    ),
                    keys => tracing::info!(keys, "the keys for tokens are loaded"),
                }
                let held = Held { keys, since: Some(Instant::now()) };
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
            }
            Err(error) => {
                tracing::error!(error = &*error, "the keys for tokens cannot be loaded; the old ones stay")
            }
        }
    }

    async fn load(&self) -> Result<Arc<[Arc<Key>]>, BoxError> {
        let text = match &self.source {
            Source::File(path) => {
                let path = path.clone();
                tokio::task::spawn_blocking(move || std::fs::read(path)).await??
            }
            Source::Url(client, url) => {
                let mut response = client.get(url.clone()).send().await?.error_for_status()?;
                let mut text = BytesMut::new();
                while let Some(chunk) = response.chunk().await? {
                    if text.len() + chunk.len() > MOST {
                        return Err("the set of keys is too large".into());
                    }
                    text.extend_from_slice(&chunk);
                }
                text.into()
            }
        };
        Ok(read(&text)?)
    }

    fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Held {
    fn matching(&self, kid: Option<&str>, algorithm: Algorithm) -> Vec<Arc<Key>> {
        let fits =
            |key: &&Arc<Key>| key.algorithm == algorithm && (kid.is_none() || key.kid.as_deref() == kid);
        self.keys.iter().filter(fits).cloned().collect()
    }
}

/// Why there can be no keys by these settings, if so. Asks nothing of the network.
pub(super) fn problem(settings: &JwtSettings) -> Option<SetupError> {
    match (&settings.jwks_file, &settings.jwks_url) {
        (Some(file), None) => check(file).err(),
        (None, Some(url)) => checked(url).err(),
        _ => Some(one_source()),
    }
}

fn one_source() -> SetupError {
    SetupError::setting("auth.jwt.jwks_file", "one of jwks_file and jwks_url must be set, and only one")
}

/// Whether there is a key in this file.
fn check(file: &Path) -> Result<(), SetupError> {
    let wrong =
        |what: String| SetupError::setting("auth.jwt.jwks_file", format!("{} {what}", file.display()));
    let text = std::fs::read(file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let keys = read(&text).map_err(|error| wrong(format!("is no set of keys: {error}")))?;
    match keys.is_empty() {
        true => Err(wrong("has no key for RS256, ES256 or EdDSA".to_owned())),
        false => Ok(()),
    }
}

/// The keys of a set that are of use here; others are left out.
fn read(text: &[u8]) -> Result<Arc<[Arc<Key>]>, serde_json::Error> {
    // One key of a kind that is not known must not hide the others.
    #[derive(serde::Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_slice(text)?;
    let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
    let set = JwkSet { keys: keys.collect() };
    Ok(set.keys.iter().filter_map(key).map(Arc::new).collect())
}

fn key(jwk: &Jwk) -> Option<Key> {
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(curve) if curve.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        // Secrets have no place in a set of public keys.
        _ => return None,
    };
    let other_use = matches!(&jwk.common.public_key_use, Some(other) if *other != PublicKeyUse::Signature);
    if other_use || jwk.common.key_algorithm.is_some_and(|other| other != named) {
        return None;
    }
    Some(Key { kid: jwk.common.key_id.clone(), key: DecodingKey::from_jwk(jwk).ok()?, algorithm })
}

/// A URL whose answer nobody can change on its way.
fn checked(text: &str) -> Result<Url, SetupError> {
    let wrong = |why: &str| SetupError::setting("auth.jwt.jwks_url", format!("{text:?} {why}"));
    let url = Url::parse(text).map_err(|error| wrong(&format!("is no URL: {error}")))?;
    let local = match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if local => Ok(url),
        _ => Err(wrong("must begin with https://")),
    }
}

fn client() -> Result<Client, SetupError> {
    let failed = |error: rustls::Error| SetupError::Client(error.into());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(failed)?;
    let tls = builder.with_platform_verifier().map_err(failed)?.with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .timeout(TIME)
        .build()
        .map_err(|error| SetupError::Client(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_that_nobody_can_change_on_the_way() {
        for fine in [
            "https://login.example.org/keys",
            "http://127.0.0.1:8080/keys",
            "http://localhost/",
            "http://[::1]:1/",
        ] {
            assert!(checked(fine).is_ok(), "{fine}");
        }
        for wrong in
            ["http://login.example.org/keys", "file:///keys", "keys", "http://127.0.0.1.example.org/"]
        {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_of_other_kinds_and_uses_are_left_out() {
        let point = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
        let set = format!(
            r#"{{"keys":[
                {{"kty":"EC","crv":"P-256","x":"{point}","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"a"}},
                {{"kty":"EC","crv":"P-256","x":"{point}","y":"{point}","kid":"b","use":"enc"}},
                {{"kty":"EC","crv":"P-256","x":"{point}","y":"{point}","kid":"c","alg":"ES384"}},
                {{"kty":"oct","k":"c2VjcmV0","kid":"d","alg":"HS256"}},
                {{"kty":"from the future","kid":"e"}},
                {{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}
            ]}}"#
        );
        let keys = read(set.as_bytes()).unwrap();
        let kept: Vec<_> = keys.iter().map(|key| (key.kid.as_deref(), key.algorithm)).collect();
        assert_eq!(kept, [(Some("a"), Algorithm::ES256), (None, Algorithm::EdDSA)]);
        let held = Held { keys, since: None };
        assert_eq!(held.matching(Some("a"), Algorithm::ES256).len(), 1);
        assert_eq!(held.matching(None, Algorithm::EdDSA).len(), 1);
        assert!(held.matching(Some("a"), Algorithm::EdDSA).is_empty());
        assert!(held.matching(Some("x"), Algorithm::ES256).is_empty());
        assert!(read(b"{}").is_err() && read(b"").is_err());

        let file = tempfile::NamedTempFile::new().unwrap();
        let checked = |text: &[u8]| {
            std::fs::write(file.path(), text).unwrap();
            check(file.path()).map_err(|error| error.to_string())
        };
        assert!(checked(set.as_bytes()).is_ok());
        assert!(checked(b"{}").unwrap_err().contains("is no set of keys: missing field `keys`"));
        assert!(checked(br#"{"keys":[]}"#).unwrap_err().contains("has no key for"));
        assert!(check(Path::new("/nowhere/keys.json")).unwrap_err().to_string().contains("cannot be read"));
    }
}
