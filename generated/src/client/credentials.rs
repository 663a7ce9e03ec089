//! `Credentials`: what a client proves itself with by a header of each request, and the cache of tokens.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use tokio::sync::Mutex;

use super::BoxError;

/// What a token provider is asked for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TokenRequest {
    /// The token given last was refused with HTTP 401: it has expired, or is good for nothing. A provider with a
    /// cache of its own must not answer from it.
    pub refused: bool,
    /// The header `WWW-Authenticate` of that 401, which may name further claims that the token must have.
    pub challenge: Option<String>,
}

/// What goes into the header `Authorization`.
#[derive(Clone, Debug, Default)]
pub(super) enum Credentials {
    #[default]
    None,
    /// Always the same.
    Fixed(HeaderValue),
    /// Tokens that are asked for.
    Tokens(Arc<Tokens>),
}

impl Credentials {
    pub(super) fn basic(user: &str, password: &str) -> Credentials {
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        // What base64 writes can stand in a header.
        sensitive(&format!("Basic {encoded}")).map_or(Credentials::None, Credentials::Fixed)
    }

    /// `None` when the token cannot stand in a header.
    pub(super) fn bearer(token: &str) -> Option<Credentials> {
        sensitive(&format!("Bearer {token}")).map(Credentials::Fixed)
    }
}

/// A header value that does not show up in debug output; `None` when the text cannot stand in a header.
fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

type Asked = Pin<Box<dyn Future<Output = Result<String, BoxError>> + Send>>;

/// Tokens from a provider, the last one kept. Callers that need a new one at the same time share it.
pub(super) struct Tokens {
    provider: Box<dyn Fn(TokenRequest) -> Asked + Send + Sync>,
    last: Mutex<Option<Token>>,
}

/// A token as header value, numbered.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    number: u64,
}

impl Tokens {
    pub(super) fn new<F, A, E>(provider: F) -> Tokens
    where
        F: Fn(TokenRequest) -> A + Send + Sync + 'static,
        A: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let provider = move |request| -> Asked {
            let asked = provider(request);
            Box::pin(async move { asked.await.map_err(Into::into) })
        };
        Tokens { provider: Box::new(provider), last: Mutex::new(None) }
    }

    /// A token that is not the refused one. The provider is asked by one caller at a time.
    pub(super) async fn get(&self, refused: Option<(Token, Option<String>)>) -> Result<Token, BoxError> {
        let mut last = self.last.lock().await;
        let known = last.as_ref();
        if let Some(token) =
            known.filter(|token| refused.as_ref().is_none_or(|(r, _)| r.number != token.number))
        {
            return Ok(token.clone());
        }
        let number = known.map_or(0, |token| token.number + 1);
        let (refused, challenge) = refused.map_or((false, None), |(_, challenge)| (true, challenge));
        let text = (self.provider)(TokenRequest { refused, challenge }).await?;
        let header = sensitive(&format!("Bearer {text}"));
        let header = header.ok_or("the token has characters that a header cannot carry")?;
        Ok(last.insert(Token { header, number }).clone())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}
