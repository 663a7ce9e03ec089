//! Bearer tokens: JWTs of one issuer for one audience, signed by a key of a set.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use quick_cache::sync::Cache;
use serde_json::{Map, Value};

use super::keys::{self, Key, Keys, NoKeys};
use super::password::{Digest, Digester};
use crate::http::settings::{JwtSettings, SetupError};

/// Tokens that are remembered.
const REMEMBERED: usize = 100_000;
/// For how long a token is not verified again. A key that is withdrawn is out of use after this and the refresh of the
/// set.
const GOOD: Duration = Duration::from_secs(300);
/// The algorithms that are taken, which are those with a public key that is worth anything: never `none`, never HMAC.
pub(super) const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// The settings without which no token can be verified.
fn missing(settings: &JwtSettings) -> impl Iterator<Item = SetupError> {
    let issuer = settings.issuer.is_empty().then_some("auth.jwt.issuer");
    let audience = settings.audience.is_empty() || settings.audience.iter().any(String::is_empty);
    let audience = audience.then_some("auth.jwt.audience");
    issuer.into_iter().chain(audience).map(SetupError::Missing)
}

/// Why no token can be verified by these settings: all of it.
pub(super) fn problems(settings: &JwtSettings) -> Vec<SetupError> {
    missing(settings).chain(keys::problem(settings)).collect()
}

/// Verifies tokens.
pub(super) struct Tokens {
    digester: Digester,
    keys: Arc<Keys>,
    validation: Validation,
    claim: String,
    leeway: u64,
    /// The login that a token is for, and until when it is good.
    known: Cache<Digest, (Arc<str>, Instant)>,
}

impl Tokens {
    pub(super) fn new(settings: &JwtSettings, digester: Digester) -> Result<Tokens, SetupError> {
        if let Some(missing) = missing(settings).next() {
            return Err(missing);
        }
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&settings.issuer]);
        validation.set_audience(&settings.audience);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = settings.leeway_seconds;
        Ok(Tokens {
            digester,
            keys: Arc::new(Keys::new(settings)?),
            validation,
            claim: settings.claim.clone(),
            leeway: settings.leeway_seconds,
            known: Cache::new(REMEMBERED),
        })
    }

    /// The digest of a token, and its login if it was verified shortly before.
    pub(super) fn known(&self, token: &str, now: Instant) -> (Digest, Option<Arc<str>>) {
        let digest = self.digester.digest(&[token.as_bytes()]);
        let known = self.known.get(&digest).filter(|(_, until)| now < *until);
        (digest, known.map(|(login, _)| login))
    }

    /// The login that a token is for; `None` if it is not to be believed.
    ///
    /// # Errors
    /// When there are no keys at all to verify it with.
    pub(super) async fn verify(&self, digest: Digest, token: &str) -> Result<Option<Arc<str>>, NoKeys> {
        // An algorithm that the library does not know, `none` among them, is an error here already.
        let Some(header) = decode_header(token).ok().filter(|header| ALGORITHMS.contains(&header.alg)) else {
            return Ok(None);
        };
        // What must be understood is no part of what is known here (RFC 7515, section 4.1.11), and the library does not
        // look.
        if header.crit.is_some() {
            return Ok(None);
        }
        let keys = self.keys.find(header.kid.as_deref(), header.alg).await?;
        Ok(self.verify_by(&keys, digest, token))
    }

    fn verify_by(&self, keys: &[Arc<Key>], digest: Digest, token: &str) -> Option<Arc<str>> {
        let claims = keys.iter().find_map(|key| {
            // What the key is for decides, not what the token says.
            let mut validation = self.validation.clone();
            validation.algorithms = vec![key.algorithm];
            decode::<Map<String, Value>>(token, &key.key, &validation).ok()
        })?;
        let claims = claims.claims;
        let login: Arc<str> = claims.get(&self.claim)?.as_str().filter(|login| !login.is_empty())?.into();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let end = claims.get("exp")?.as_f64()?.max(0.0) as u64;
        let good = Duration::from_secs(end.saturating_add(self.leeway).saturating_sub(now)).min(GOOD);
        self.known.insert(digest, (Arc::clone(&login), Instant::now() + good));
        Some(login)
    }
}
