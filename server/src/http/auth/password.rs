//! Passwords: argon2id hashes, verified once for all who ask at the same time, and remembered for a while.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use quick_cache::sync::Cache;
use sha2::Sha256;
use tokio::sync::{Semaphore, watch};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::accounts::Account;
use crate::http::metrics::Metrics;
use crate::http::settings::{AuthSettings, SetupError};

/// KiB of memory, rounds and lanes of a hash: what OWASP recommends for argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Sign-ins that are remembered.
const REMEMBERED: usize = 100_000;

/// Why a password cannot be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The operating system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
    /// It is empty, or too long.
    #[error("this cannot be a password: {0}")]
    Password(&'static str),
    /// The hash failed.
    #[error("the password cannot be hashed: {0}")]
    Hash(argon2::password_hash::Error),
}

/// The argon2id hash of a password as a PHC string, for [`Account::password`]. Takes some 20 ms and 19 MiB.
///
/// # Errors
/// When it is empty or longer than 1024 bytes, or there are no random numbers for the salt.
pub fn hash_password(password: &str) -> Result<String, HashError> {
    match password.len() {
        0 => return Err(HashError::Password("it is empty")),
        1025.. => return Err(HashError::Password("it is longer than 1024 bytes")),
        _ => {}
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(HashError::Random)?;
    let salt = SaltString::encode_b64(&salt).map_err(HashError::Hash)?;
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, None).map_err(|error| HashError::Hash(error.into()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(normal(password).as_bytes(), &salt).map_err(HashError::Hash)?;
    Ok(hash.to_string())
}

/// A password as it is hashed: in Normalization Form C, whatever keyboard it was typed on (RFC 7617).
fn normal(password: &str) -> Cow<'_, str> {
    if is_nfc(password) { Cow::Borrowed(password) } else { Cow::Owned(password.nfc().collect()) }
}

/// Whether a password is that of a PHC string. What that takes is counted.
fn verify(password: &str, hash: &str, metrics: &Metrics) -> bool {
    match PasswordHash::new(hash) {
        Ok(hash) => {
            metrics.hashed();
            Argon2::default().verify_password(normal(password).as_bytes(), &hash).is_ok()
        }
        Err(error) => {
            tracing::error!(%error, "the hash of a password in the account store cannot be read");
            false
        }
    }
}

/// What a sign-in is remembered by: nothing can be told from it, not even whether two accounts share a password.
pub(super) type Digest = [u8; 32];

/// Makes digests, with a key that this process alone has, and only while it lives.
#[derive(Clone)]
pub(super) struct Digester(Hmac<Sha256>);

impl Digester {
    pub(super) fn new() -> Result<Digester, SetupError> {
        // As long as a block of SHA-256.
        let mut key = [0; 64];
        getrandom::fill(&mut key).map_err(SetupError::Random)?;
        Ok(Digester(Hmac::new(&key.into())))
    }

    /// The digest of these parts, in this order.
    pub(super) fn digest(&self, parts: &[&[u8]]) -> Digest {
        let mut mac = self.0.clone();
        for part in parts {
            // With its length: no other parts are the same bytes.
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// What came of a verification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// It is the password.
    Right,
    /// It is not, or there is no such account, or it may not sign in.
    Wrong,
    /// Too many wait to be verified.
    Busy,
}

/// Verifies passwords.
pub(super) struct Passwords {
    digester: Digester,
    /// A hash of no password, with the cost of a real one.
    nobody: String,
    /// Until when a sign-in is good.
    known: Cache<Digest, Instant>,
    time: Duration,
    running: Mutex<HashMap<Digest, watch::Receiver<Option<bool>>>>,
    places: Semaphore,
    most: usize,
    metrics: Arc<Metrics>,
}

impl Passwords {
    pub(super) fn new(
        settings: &AuthSettings,
        digester: Digester,
        metrics: Arc<Metrics>,
    ) -> Result<Passwords, SetupError> {
        let at_once = settings.hashes_at_once.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Passwords {
            digester,
            nobody: nobody().map_err(SetupError::Random)?,
            known: Cache::new(REMEMBERED),
            time: Duration::from_secs(settings.cache_seconds),
            running: Mutex::default(),
            places: Semaphore::new(at_once),
            most: settings.hashes_waiting.saturating_add(at_once),
            metrics,
        })
    }

    /// The digest of a sign-in, and whether it is known to be right. An account that may not sign in is never known.
    pub(super) fn known(
        &self,
        account: Option<&Account>,
        login: &str,
        password: &str,
        now: Instant,
    ) -> (Digest, bool) {
        let hash = self.hash(account);
        // With the hash, so that a changed password is another sign-in.
        let digest = self.digester.digest(&[login.as_bytes(), password.as_bytes(), hash.as_bytes()]);
        (digest, self.known.get(&digest).is_some_and(|until| now < until))
    }

    /// Verifies a password, together with all who ask the same at the same time. Takes as long for an account that
    /// there is not.
    pub(super) async fn verify(
        self: &Arc<Passwords>,
        digest: Digest,
        account: Option<&Account>,
        password: &str,
    ) -> Verdict {
        let mut outcome = match self.join(digest, account, password) {
            Some(outcome) => outcome,
            None => return Verdict::Busy,
        };
        match outcome.wait_for(Option::is_some).await.map(|right| *right) {
            Ok(Some(true)) => Verdict::Right,
            Ok(_) => Verdict::Wrong,
            // The runtime ends.
            Err(_) => Verdict::Busy,
        }
    }

    fn join(
        self: &Arc<Passwords>,
        digest: Digest,
        account: Option<&Account>,
        password: &str,
    ) -> Option<watch::Receiver<Option<bool>>> {
        let mut running = self.running();
        if let Some(outcome) = running.get(&digest) {
            return Some(outcome.clone());
        }
        if running.len() >= self.most {
            return None;
        }
        let (tell, outcome) = watch::channel(None);
        running.insert(digest, outcome.clone());
        let (password, hash) = (password.to_owned(), self.hash(account).to_owned());
        let passwords = Arc::clone(self);
        // A task of its own: it ends also when the first who asked goes away.
        tokio::spawn(async move {
            let right = passwords.hashed(password, hash).await;
            if right && !passwords.time.is_zero() {
                // The hash of `nobody` has no password, so this is an account's.
                passwords.known.insert(digest, Instant::now() + passwords.time);
            }
            passwords.running().remove(&digest);
            let _ = tell.send(Some(right));
        });
        Some(outcome)
    }

    async fn hashed(&self, password: String, hash: String) -> bool {
        // The semaphore is never closed.
        let Ok(_place) = self.places.acquire().await else { return false };
        let metrics = Arc::clone(&self.metrics);
        tokio::task::spawn_blocking(move || verify(&password, &hash, &metrics)).await.unwrap_or(false)
    }

    fn hash<'a>(&'a self, account: Option<&'a Account>) -> &'a str {
        let account = account.filter(|account| !account.disabled);
        account.and_then(|account| account.password.as_deref()).unwrap_or(&self.nobody)
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Digest, watch::Receiver<Option<bool>>>> {
        // What a panic would leave behind is whole: each change is one insertion or removal.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A PHC string whose output is random: it costs what a hash costs, and there is no password for it.
fn nobody() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 48];
    getrandom::fill(&mut bytes)?;
    let (salt, output) = bytes.split_at(16);
    let (salt, output) = (BASE64_STANDARD_NO_PAD.encode(salt), BASE64_STANDARD_NO_PAD.encode(output));
    let (memory, rounds, lanes) = COST;
    Ok(format!("$argon2id$v=19$m={memory},t={rounds},p={lanes}${salt}${output}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::MailboxId;

    fn account(hash: Option<&str>, disabled: bool) -> Account {
        Account {
            mailbox: MailboxId([1; 16]),
            login: "jane@example.org".to_owned(),
            primary_smtp: "jane@example.org".to_owned(),
            aliases: Vec::new(),
            sid: None,
            password: hash.map(str::to_owned),
            disabled,
        }
    }

    fn passwords(settings: &AuthSettings) -> Arc<Passwords> {
        Arc::new(Passwords::new(settings, Digester::new().unwrap(), Arc::default()).unwrap())
    }

    #[test]
    fn hashes_have_the_chosen_cost_and_a_salt_of_their_own() {
        let verify = |password: &str, hash: &str| verify(password, hash, &Metrics::new());
        let (one, other) = (hash_password("secret").unwrap(), hash_password("secret").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(verify("secret", &one) && !verify("Secret", &one) && !verify("secret", "nonsense"));
        assert!(hash_password("").is_err() && hash_password(&"a".repeat(1025)).is_err());
        // The same letter in two forms.
        assert!(verify("\u{e9}", &hash_password("e\u{301}").unwrap()));
    }

    #[test]
    fn the_hash_of_nobody_costs_the_same_and_is_none() {
        let verify = |password: &str, hash: &str| verify(password, hash, &Metrics::new());
        let (hash, real) = (nobody().unwrap(), hash_password("a").unwrap());
        let parameters = |hash: &str| hash.rsplitn(3, '$').nth(2).unwrap().to_owned();
        assert_eq!(parameters(&hash), parameters(&real));
        assert_eq!(hash.len(), real.len());
        assert!(PasswordHash::new(&hash).is_ok());
        assert!(!verify("", &hash) && !verify("a", &hash));
    }

    #[tokio::test]
    async fn a_right_password_is_known_until_it_changes_or_the_account_is_disabled() {
        let passwords = passwords(&AuthSettings::default());
        let (now, hash) = (Instant::now(), hash_password("secret").unwrap());
        let jane = account(Some(&hash), false);
        let (digest, known) = passwords.known(Some(&jane), "jane", "secret", now);
        assert!(!known);
        assert_eq!(passwords.verify(digest, Some(&jane), "secret").await, Verdict::Right);
        let known = |account: &Account, password: &str, now: Instant| {
            passwords.known(Some(account), "jane", password, now).1
        };
        assert!(known(&jane, "secret", now));
        assert!(!known(&jane, "Secret", now));
        assert!(!known(&jane, "secret", now + Duration::from_secs(302)));
        assert!(!known(&account(Some(&hash), true), "secret", now));
        assert!(!known(&account(None, false), "secret", now));
        assert!(!known(&account(Some(&hash_password("secret").unwrap()), false), "secret", now));
        // A disabled account does not sign in with its password either.
        let disabled = account(Some(&hash), true);
        let (digest, _) = passwords.known(Some(&disabled), "jane", "secret", now);
        assert_eq!(passwords.verify(digest, Some(&disabled), "secret").await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn who_asks_the_same_shares_one_hash_and_too_many_are_turned_away() {
        let passwords =
            passwords(&AuthSettings { hashes_at_once: 1, hashes_waiting: 1, ..AuthSettings::default() });
        let hash = hash_password("secret").unwrap();
        let jane = account(Some(&hash), false);
        let ask = |password: &'static str| {
            let (digest, _) = passwords.known(Some(&jane), "jane", password, Instant::now());
            passwords.verify(digest, Some(&jane), password)
        };
        // Nothing is hashed until this test lets it.
        let place = passwords.places.acquire().await.unwrap();
        let check = async {
            while passwords.running().len() < 2 {
                tokio::task::yield_now().await;
            }
            assert_eq!(ask("third").await, Verdict::Busy);
            assert_eq!(passwords.running().len(), 2);
            drop(place);
        };
        let (one, same, other, ()) = tokio::join!(ask("secret"), ask("secret"), ask("wrong"), check);
        assert_eq!((one, same, other), (Verdict::Right, Verdict::Right, Verdict::Wrong));
        assert!(passwords.running().is_empty());
    }
}
