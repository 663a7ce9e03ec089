//! Bearer tokens: JWTs of one issuer for one audience, signed by a key of a set.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jsonwebtoken::errors::{Error, ErrorKind};
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

    /// The login that a token is for, or why it is not to be believed.
    ///
    /// # Errors
    /// When there are no keys at all to verify it with.
    pub(super) async fn verify(
        &self,
        digest: Digest,
        token: &str,
    ) -> Result<Result<Arc<str>, &'static str>, NoKeys> {
        // An algorithm that the library does not know, `none` among them, is an error here already.
        let Some(header) = decode_header(token).ok().filter(|header| ALGORITHMS.contains(&header.alg)) else {
            return Ok(Err("is no JWT that is signed by RS256, ES256 or EdDSA"));
        };
        // What must be understood is no part of what is known here (RFC 7515, section 4.1.11), and the library does not
        // look.
        if header.crit.is_some() {
            return Ok(Err("has something in it that must be understood (crit)"));
        }
        let keys = self.keys.find(header.kid.as_deref(), header.alg).await?;
        Ok(self.verify_by(&keys, digest, token))
    }

    fn verify_by(&self, keys: &[Arc<Key>], digest: Digest, token: &str) -> Result<Arc<str>, &'static str> {
        let mut why = UNKNOWN_KEY;
        let claims = keys.iter().find_map(|key| {
            // What the key is for decides, not what the token says.
            let mut validation = self.validation.clone();
            validation.algorithms = vec![key.algorithm];
            let decoded = decode::<Map<String, Value>>(token, &key.key, &validation);
            let wrong = |error: Error| {
                // Of several keys, the one that has signed it says more.
                if why == UNKNOWN_KEY || *error.kind() != ErrorKind::InvalidSignature {
                    why = reason(error.kind());
                }
            };
            decoded.map_err(wrong).ok()
        });
        let claims = claims.ok_or(why)?.claims;
        let login = claims.get(&self.claim).and_then(Value::as_str).filter(|login| !login.is_empty());
        let login: Arc<str> = login.ok_or("has no text as the claim that http.auth.jwt.claim names")?.into();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let end = claims.get("exp").and_then(Value::as_f64).ok_or(INCOMPLETE)?.max(0.0) as u64;
        let good = Duration::from_secs(end.saturating_add(self.leeway).saturating_sub(now)).min(GOOD);
        self.known.insert(digest, (Arc::clone(&login), Instant::now() + good));
        Ok(login)
    }
}

const UNKNOWN_KEY: &str = "is signed by a key that is not in the set";
const INCOMPLETE: &str = "lacks one of exp, iss and aud";

/// What the library found wrong with a token.
fn reason(error: &ErrorKind) -> &'static str {
    match error {
        ErrorKind::InvalidSignature => "has a wrong signature",
        ErrorKind::ExpiredSignature => "has expired",
        ErrorKind::ImmatureSignature => "is not valid yet (are the clocks right?)",
        ErrorKind::InvalidIssuer => "is of another issuer than http.auth.jwt.issuer",
        ErrorKind::InvalidAudience => "is for others than http.auth.jwt.audience",
        ErrorKind::MissingRequiredClaim(_) => INCOMPLETE,
        _ => "cannot be read",
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    fn key() -> EncodingKey {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        EncodingKey::from_ec_der(&pair.serialize_der())
    }

    /// A token that is believed but for what is changed in it; a claim that is null is left out.
    fn token(kid: &str, key: &EncodingKey, changes: Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({ "iss": "https://login", "aud": "ucs", "exp": now + 600, "upn": "jane" });
        let claims = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            match value.as_i64().filter(|_| name != "upn") {
                Some(seconds) => claims.insert(name.clone(), now.saturating_add_signed(seconds).into()),
                None => claims.insert(name.clone(), value.clone()),
            };
        }
        claims.retain(|_, value| !value.is_null());
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, key).unwrap()
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_token_is_known() {
        let (own, other) = (key(), key());
        let mut keys = Vec::new();
        for (kid, key) in [("own", &own), ("two", &own), ("two", &other)] {
            let mut public =
                serde_json::to_value(Jwk::from_encoding_key(key, Algorithm::ES256).unwrap()).unwrap();
            public["kid"] = kid.into();
            keys.push(public);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::fs::write(&file, json!({ "keys": keys }).to_string()).unwrap();
        let tokens = Tokens::new(
            &JwtSettings {
                issuer: "https://login".to_owned(),
                audience: vec!["ucs".to_owned()],
                jwks_file: Some(file),
                ..JwtSettings::default()
            },
            Digester::new().unwrap(),
        );
        let tokens = tokens.unwrap();
        let made = |changes| token("own", &own, changes);
        let damaged = made(json!({})).rsplit_once('.').unwrap().0.to_owned() + ".AAAA";
        let expired = "has expired";
        for (token, wanted) in [
            (made(json!({})), None),
            (made(json!({ "exp": -600 })), Some(expired)),
            (made(json!({ "nbf": 600 })), Some("is not valid yet (are the clocks right?)")),
            (made(json!({ "iss": "https://other" })), Some("is of another issuer than http.auth.jwt.issuer")),
            (made(json!({ "aud": "other" })), Some("is for others than http.auth.jwt.audience")),
            (made(json!({ "exp": null })), Some(INCOMPLETE)),
            (made(json!({ "upn": null })), Some("has no text as the claim that http.auth.jwt.claim names")),
            (made(json!({ "upn": 7 })), Some("has no text as the claim that http.auth.jwt.claim names")),
            (damaged, Some("has a wrong signature")),
            (token("own", &other, json!({})), Some("has a wrong signature")),
            // Of two keys of that name, the one that has signed it counts.
            (token("two", &own, json!({ "exp": -600 })), Some(expired)),
            (token("two", &other, json!({ "exp": -600 })), Some(expired)),
            (token("none", &own, json!({})), Some(UNKNOWN_KEY)),
            ("nothing".to_owned(), Some("is no JWT that is signed by RS256, ES256 or EdDSA")),
        ] {
            let (digest, _) = tokens.known(&token, Instant::now());
            let verified = tokens.verify(digest, &token).await.unwrap();
            assert_eq!(verified.as_deref().map_err(|why| Some(*why)).err().flatten(), wanted, "{token}");
            assert!(wanted.is_some() || verified.as_deref() == Ok("jane"));
        }
    }
}
