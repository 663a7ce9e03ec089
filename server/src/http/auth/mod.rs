//! Who is calling: Basic, Bearer, or a trusted proxy's word (UCS I1, T14, T16).

mod keys;
mod password;
mod proxy;
mod token;
mod why;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use self::keys::NoKeys;
use self::password::{Digester, Passwords, Verdict};
pub use self::password::{HashError, hash_password};
pub(super) use self::proxy::Proxy;
use self::token::Tokens;
pub(super) use self::why::Why;
use super::limits::Failures;
use super::metrics::Metrics;
use super::settings::{AuthSettings, SetupError};
use crate::accounts::{Account, AccountError, Accounts, Handle};

/// Standard base64, with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How a caller shows who it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Scheme {
    /// Login and password.
    Basic,
    /// A token.
    Bearer,
    /// By a proxy.
    Proxy,
    /// In no way that is taken here, or not at all.
    None,
}

impl Scheme {
    /// Its name in metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Scheme::Basic => "basic",
            Scheme::Bearer => "bearer",
            Scheme::Proxy => "proxy",
            Scheme::None => "none",
        }
    }
}

/// Why a caller is not let in.
#[derive(Debug)]
pub(super) enum Refused {
    /// It has not shown who it is, though it tried in that way.
    Unknown(Scheme, Why),
    /// Too many passwords are being verified.
    Busy,
    /// There are no keys to verify a token with.
    NoKeys,
    /// Too many sign-ins from there have failed.
    Wait(Duration),
    /// The account store failed.
    Store(AccountError),
}

/// What a request says of its caller.
struct Asked<'a> {
    /// For the limit of failures.
    address: Option<IpAddr>,
    failures: &'a Failures,
    now: Instant,
}

/// Tells who is calling.
pub(super) struct Authenticator {
    passwords: Option<Arc<Passwords>>,
    tokens: Option<Tokens>,
    proxy: Option<Proxy>,
    basic_challenge: Option<HeaderValue>,
}

impl Authenticator {
    /// By these settings; what is hashed is counted there.
    pub(super) fn new(settings: &AuthSettings, metrics: Arc<Metrics>) -> Result<Authenticator, SetupError> {
        let digester = Digester::new()?;
        let passwords = match settings.basic {
            true => Some(Arc::new(Passwords::new(settings, digester.clone(), metrics)?)),
            false => None,
        };
        let tokens = settings.jwt.as_ref().map(|settings| Tokens::new(settings, digester)).transpose()?;
        let proxy = settings.trusted_proxy.as_ref().map(Proxy::new).transpose()?;
        if passwords.is_none() && tokens.is_none() && proxy.is_none() {
            return Err(SetupError::NobodyGetsIn);
        }
        let basic_challenge = passwords.as_ref().map(|_| challenge(&settings.realm)).transpose()?;
        Ok(Authenticator { passwords, tokens, proxy, basic_challenge })
    }

    /// Whose requests are counted together: the peer's, or those of the proxy's caller; `None` where that is not known.
    pub(super) fn address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        match (&self.proxy, peer) {
            (Some(proxy), Some(peer)) if proxy.is_at(peer) => proxy.caller(headers),
            _ => peer,
        }
    }

    /// The lines of a 401: one for each scheme (UCS T14).
    pub(super) fn challenges(&self, tried: Scheme) -> impl Iterator<Item = HeaderValue> {
        let bearer = self.tokens.as_ref().map(|_| match tried {
            Scheme::Bearer => HeaderValue::from_static("Bearer error=\"invalid_token\""),
            _ => HeaderValue::from_static("Bearer"),
        });
        self.basic_challenge.clone().into_iter().chain(bearer)
    }

    /// The caller's account.
    pub(super) async fn sign_in<A: Accounts>(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
        address: Option<IpAddr>,
        failures: &Failures,
        accounts: &A,
    ) -> Result<(Scheme, Arc<Account>), Refused> {
        if let (Some(proxy), Some(peer)) = (&self.proxy, peer)
            && proxy.is_at(peer)
        {
            match proxy.login(headers) {
                Some(Ok(login)) => return by_login(accounts, login, Scheme::Proxy).await,
                Some(Err(())) => return Err(Refused::Unknown(Scheme::Proxy, Why::ProxyHeader)),
                // The proxy leaves it to us.
                None => {}
            }
        }
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let refused = |why| Err(Refused::Unknown(Scheme::None, why));
        let value = match (values.next(), values.next()) {
            (None, _) => return refused(Why::Nothing),
            (Some(value), None) => value,
            (Some(_), Some(_)) => return refused(Why::Twice),
        };
        let Some((scheme, credentials)) = split(value) else { return refused(Why::OtherScheme) };
        let asked = Asked { address, failures, now: Instant::now() };
        match (&self.passwords, &self.tokens) {
            (Some(passwords), _) if scheme.eq_ignore_ascii_case("Basic") => {
                basic(passwords, credentials, &asked, accounts).await
            }
            (_, Some(tokens)) if scheme.eq_ignore_ascii_case("Bearer") => {
                bearer(tokens, credentials, &asked, accounts).await
            }
            // Such as the empty-bodied first leg of NTLM (UCS T16).
            _ => refused(Why::OtherScheme),
        }
    }
}

/// Why nobody can be told by these settings who is calling: all of it.
pub(super) fn problems(settings: &AuthSettings) -> Vec<SetupError> {
    let AuthSettings { basic, realm, jwt, trusted_proxy, .. } = settings;
    let nobody = !basic && jwt.is_none() && trusted_proxy.is_none();
    let mut problems: Vec<_> = nobody.then_some(SetupError::NobodyGetsIn).into_iter().collect();
    if *basic {
        problems.extend(challenge(realm).err());
    }
    problems.extend(jwt.iter().flat_map(token::problems));
    problems.extend(trusted_proxy.iter().flat_map(Proxy::problems));
    problems
}

/// The line for Basic in a 401.
fn challenge(realm: &str) -> Result<HeaderValue, SetupError> {
    let fine = |c: char| (c.is_ascii_graphic() || c == ' ') && c != '"' && c != '\\';
    if !realm.chars().all(fine) {
        let what = format!("{realm:?} must be visible ASCII without quotes");
        return Err(SetupError::setting("auth.realm", what));
    }
    let line = format!("Basic realm=\"{realm}\", charset=\"UTF-8\"");
    HeaderValue::try_from(line).map_err(|_| SetupError::setting("auth.realm", "no text of a header"))
}

/// Scheme and credentials.
fn split(value: &HeaderValue) -> Option<(&str, &str)> {
    let (scheme, credentials) = value.to_str().ok()?.split_once(' ')?;
    Some((scheme, credentials.trim()))
}

async fn basic<A: Accounts>(
    passwords: &Arc<Passwords>,
    credentials: &str,
    asked: &Asked<'_>,
    accounts: &A,
) -> Result<(Scheme, Arc<Account>), Refused> {
    let unknown = |why| Refused::Unknown(Scheme::Basic, why);
    let text = text_of(BASE64.decode(credentials).map_err(|_| unknown(Why::NoBasic))?);
    let Some((login, password)) = text.split_once(':') else {
        return Err(unknown(Why::NoBasic));
    };
    let account = find(accounts, login).await?;
    let (digest, known) = passwords.known(account.as_deref(), login, password, asked.now);
    let verdict = if known {
        Verdict::Right
    } else {
        asked.failures.check(asked.address, asked.now).map_err(Refused::Wait)?;
        // Boxed: rare.
        Box::pin(passwords.verify(digest, account.as_deref(), password)).await
    };
    match (verdict, account) {
        (Verdict::Right, Some(account)) if !account.disabled => Ok((Scheme::Basic, account)),
        (Verdict::Busy, _) => Err(Refused::Busy),
        (_, account) => {
            asked.failures.count(asked.address, Instant::now());
            Err(unknown(match account {
                // What was given as a login may be a password.
                None => Why::NoSuchLogin,
                Some(account) if account.disabled => Why::Disabled,
                Some(account) if account.password.is_none() => Why::NoPassword,
                Some(_) => Why::Password,
            }))
        }
    }
}

/// Login and password as they were typed. They are in UTF-8, which the challenge asks for (RFC 7617), or else in ISO
/// 8859-1, which is what clients send that do not look at it.
fn text_of(credentials: Vec<u8>) -> String {
    String::from_utf8(credentials)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

async fn bearer<A: Accounts>(
    tokens: &Tokens,
    token: &str,
    asked: &Asked<'_>,
    accounts: &A,
) -> Result<(Scheme, Arc<Account>), Refused> {
    let (digest, known) = tokens.known(token, asked.now);
    let login = match known {
        Some(login) => login,
        None => {
            asked.failures.check(asked.address, asked.now).map_err(Refused::Wait)?;
            // Boxed: rare.
            let verified = Box::pin(tokens.verify(digest, token)).await;
            // Not the caller's fault, nor a sign-in that failed.
            let verified = verified.map_err(|NoKeys| Refused::NoKeys)?;
            verified.map_err(|why| {
                asked.failures.count(asked.address, Instant::now());
                Refused::Unknown(Scheme::Bearer, Why::Token(why))
            })?
        }
    };
    by_login(accounts, &login, Scheme::Bearer).await
}

/// An account that somebody else has authenticated.
async fn by_login<A: Accounts>(
    accounts: &A,
    login: &str,
    scheme: Scheme,
) -> Result<(Scheme, Arc<Account>), Refused> {
    match find(accounts, login).await? {
        Some(account) if !account.disabled => Ok((scheme, account)),
        Some(_) => Err(Refused::Unknown(scheme, Why::Disabled)),
        None => Err(Refused::Unknown(scheme, Why::NoAccount(login.to_owned()))),
    }
}

async fn find<A: Accounts>(accounts: &A, login: &str) -> Result<Option<Arc<Account>>, Refused> {
    accounts.find(Handle::Login(login)).await.map_err(Refused::Store)
}
