//! `Builder`: the settings of a client.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Uri};
use reqwest::Url;

use super::credentials::{Credentials, Tokens};
use super::exchange::Settings;
use super::http_transport::{HttpOptions, ProxyChoice};
use super::{BoxError, Client, Http, RetryPolicy, TokenRequest, Transport, tls};
use crate::rt::Limits;
use crate::soap::DefaultParts;

/// The settings of a [`Client`], see [`Client::builder`].
///
/// Where credentials are set twice, the last ones count.
#[derive(Clone)]
pub struct Builder {
    url: String,
    credentials: Credentials,
    allow_plain_text: bool,
    timeout: Duration,
    user_agent: String,
    anchor_mailbox: Option<String>,
    reply_limit: usize,
    parts: DefaultParts,
    retry: RetryPolicy,
    read_limits: Limits,
    http: HttpOptions,
    /// Name of a setting that only [`Http`] can heed.
    http_only: Option<&'static str>,
    /// The first setting that is impossible.
    error: Option<&'static str>,
}

/// Why there is no client. The texts name no URL and no credential.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL is not an absolute one of the scheme `http` or `https`.
    Url(BoxError),
    /// The URL holds a user name or password: set credentials by [`Builder::basic`] instead.
    CredentialsInUrl,
    /// The URL begins with `http:`, so credentials would be readable on their way to another machine. Use `https:`,
    /// or allow it by [`Builder::allow_plain_text_credentials`].
    PlainTextCredentials,
    /// A setting is impossible; the text says which and why.
    Setting(&'static str),
    /// A setting is about HTTP connections, which the given transport does not make: the name of the setting.
    NotForTransport(&'static str),
    /// A root certificate cannot be read.
    Certificate(BoxError),
    /// The proxy's URL is none.
    Proxy(BoxError),
    /// TLS cannot be set up, for example because the platform has no root certificates.
    Tls(BoxError),
    /// The HTTP library refuses.
    Http(BoxError),
}

impl Builder {
    pub(super) fn new(url: String) -> Builder {
        Builder {
            url,
            credentials: Credentials::None,
            allow_plain_text: false,
            timeout: Duration::from_secs(100),
            user_agent: concat!("oxws/", env!("CARGO_PKG_VERSION")).to_owned(),
            anchor_mailbox: None,
            reply_limit: 256 << 20,
            parts: DefaultParts::new(),
            retry: RetryPolicy::default(),
            read_limits: Limits::default(),
            http: HttpOptions::default(),
            http_only: None,
            error: None,
        }
    }

    /// HTTP basic authentication.
    #[must_use]
    pub fn basic(self, user: &str, password: &str) -> Builder {
        let no_colon = !user.contains(':');
        let builder = self.check(no_colon, "a user name for basic authentication cannot have a colon");
        builder.with_credentials(Credentials::basic(user, password))
    }

    /// A bearer token that stays the same, such as one of OAuth.
    #[must_use]
    pub fn bearer(self, token: &str) -> Builder {
        let credentials = Credentials::bearer(token);
        let builder =
            self.check(credentials.is_some(), "the token has characters that a header cannot carry");
        builder.with_credentials(credentials.unwrap_or_default())
    }

    /// Bearer tokens from a provider, which is asked when the first is needed, and again when one is refused.
    ///
    /// The token is kept between calls. When the server answers HTTP 401, the provider is asked once more, with
    /// [`TokenRequest::refused`] set, and the request is repeated once: what was answered 401 was not carried out.
    /// Calls that need a new token at the same time share one. The time of the provider counts towards the
    /// [timeout](Builder::timeout) of the attempt.
    ///
    /// ```
    /// # async fn ask_the_authority(fresh: bool) -> Result<String, std::io::Error> { Ok("token".to_owned()) }
    /// use oxws::client::Client;
    ///
    /// let builder = Client::builder("https://outlook.office365.com/EWS/Exchange.asmx")
    ///     .bearer_with(|request| async move { ask_the_authority(request.refused).await });
    /// ```
    #[must_use]
    pub fn bearer_with<F, A, E>(self, provider: F) -> Builder
    where
        F: Fn(TokenRequest) -> A + Send + Sync + 'static,
        A: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        self.with_credentials(Credentials::Tokens(Arc::new(Tokens::new(provider))))
    }

    /// NTLM: the user as `DOMAIN\\user` or `user@domain.example`. Only for [`Http`].
    ///
    /// NTLMv2 with integrity code and channel binding, which servers with extended protection demand. The login
    /// belongs to a connection; each is used by one request at a time, and proves itself again when the server asks.
    /// To a server that offers nothing but `Negotiate`, NTLM is sent under that name. Through a proxy, which must be
    /// an `http` one, connections are tunnels, without TLS as well.
    #[cfg(feature = "ntlm")]
    #[must_use]
    pub fn ntlm(self, user: &str, password: &str) -> Builder {
        let mut builder = self.with_credentials(Credentials::None);
        builder.http.login = Some(super::ntlm::Login::new(user, password));
        builder
    }

    /// Allows credentials over `http:` to machines other than this one. Whoever is on the way can read them.
    #[must_use]
    pub fn allow_plain_text_credentials(mut self) -> Builder {
        self.allow_plain_text = true;
        self
    }

    /// Trusts these root certificates, in PEM, besides the platform's. There must be at least one.
    #[must_use]
    pub fn root_certificate_pem(mut self, pem: &[u8]) -> Builder {
        match tls::certificates(pem) {
            Some(certificates) => self.http.roots.extend(certificates),
            None => return self.check(false, "a root certificate is not in PEM form, or there is none"),
        }
        self.http_only("root_certificate_pem")
    }

    /// Trusts this root certificate, in DER, besides the platform's.
    #[must_use]
    pub fn root_certificate_der(mut self, der: &[u8]) -> Builder {
        self.http.roots.push(der.to_vec().into());
        self.http_only("root_certificate_der")
    }

    /// Trusts none of the platform's root certificates, only those that are set here.
    #[must_use]
    pub fn only_these_roots(mut self) -> Builder {
        self.http.only_these_roots = true;
        self.http_only("only_these_roots")
    }

    /// Sends everything through this proxy, `http://proxy.example.org:8080`; a user and password may stand in the
    /// URL. Unless set, the environment decides: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Builder {
        self.http.proxy = ProxyChoice::Url(url.into());
        self.http_only("proxy")
    }

    /// Uses no proxy, whatever the environment says.
    #[must_use]
    pub fn no_proxy(mut self) -> Builder {
        self.http.proxy = ProxyChoice::Never;
        self
    }

    /// Time to make a connection: name look-up, TCP, proxy, TLS; 10 s unless set. No more than
    /// [`timeout`](Builder::timeout) in any case. [`Http`] only.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Builder {
        self.http.connect_timeout = timeout;
        self
    }

    /// Time for one attempt as a whole, from asking for a token to the last byte of the reply; 100 s unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Builder {
        self.timeout = timeout;
        self
    }

    /// Whether replies may come compressed by gzip; true unless set. [`Http`] only.
    #[must_use]
    pub fn gzip(mut self, gzip: bool) -> Builder {
        self.http.gzip = gzip;
        self
    }

    /// Value of the header `User-Agent`; `oxws/` and the version of this crate unless set.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Builder {
        self.user_agent = name.into();
        self
    }

    /// Address of the mailbox that the calls are about, for the header `X-AnchorMailbox`, by which Exchange finds
    /// the server in charge; none unless set. See [`CallOptions::anchor_mailbox`](super::CallOptions::anchor_mailbox).
    #[must_use]
    pub fn anchor_mailbox(mut self, address: impl Into<String>) -> Builder {
        self.anchor_mailbox = Some(address.into());
        self
    }

    /// Bytes that a reply may have after decompression; 256 MiB unless set.
    #[must_use]
    pub fn reply_limit(mut self, bytes: usize) -> Builder {
        self.reply_limit = bytes;
        self
    }

    /// A header part for all requests that lack it, such as
    /// [`RequestServerVersion`](crate::oxwscdata::RequestServerVersion). One for each type; requests without a part
    /// of that type go without.
    #[must_use]
    pub fn header_part<P: Clone + Send + Sync + 'static>(mut self, part: P) -> Builder {
        self.parts.insert(part);
        self
    }

    /// What is repeated and when.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Builder {
        self.retry = policy;
        self
    }

    /// How much a reply may hold of what the reader counts.
    #[must_use]
    pub fn read_limits(mut self, limits: Limits) -> Builder {
        self.read_limits = limits;
        self
    }

    /// A client that sends over the network.
    ///
    /// # Errors
    /// When a setting is impossible, or the platform has no root certificates.
    pub fn build(mut self) -> Result<Client<Http>, BuildError> {
        let settings = self.settings()?;
        let transport = Http::new(self.http, &settings.url, settings.reply_limit)?;
        Ok(Client::new(transport, settings))
    }

    /// The way to the server alone, for requests of one's own: its connections are as they are set here, with NTLM where that
    /// is. What else is set (credentials that are headers, header parts, time limits) is not its matter.
    ///
    /// # Errors
    /// As [`build`](Builder::build).
    pub fn build_transport(mut self) -> Result<Http, BuildError> {
        let settings = self.settings()?;
        Http::new(self.http, &settings.url, settings.reply_limit)
    }

    /// A client that sends by this transport.
    ///
    /// # Errors
    /// When a setting is impossible, or one about connections is set that the transport cannot know of.
    pub fn build_with<T: Transport>(mut self, transport: T) -> Result<Client<T>, BuildError> {
        let settings = self.settings()?;
        match self.http.has_login().then_some("ntlm").or(self.http_only) {
            Some(setting) => Err(BuildError::NotForTransport(setting)),
            None => Ok(Client::new(transport, settings)),
        }
    }

    fn settings(&mut self) -> Result<Settings, BuildError> {
        if let Some(error) = self.error {
            return Err(BuildError::Setting(error));
        }
        let url = self.checked_url()?;
        let user_agent = HeaderValue::from_str(&self.user_agent);
        let anchor_mailbox = self.anchor_mailbox.as_deref().map(HeaderValue::from_str).transpose();
        Ok(Settings {
            url,
            credentials: std::mem::take(&mut self.credentials),
            user_agent: user_agent
                .map_err(|_| BuildError::Setting("the user agent cannot stand in a header"))?,
            anchor_mailbox: anchor_mailbox
                .map_err(|_| BuildError::Setting("the anchor mailbox cannot stand in a header"))?,
            timeout: self.timeout,
            reply_limit: self.reply_limit,
            parts: self.parts.clone(),
            retry: self.retry.clone(),
            read_limits: self.read_limits,
        })
    }

    fn checked_url(&self) -> Result<Uri, BuildError> {
        let mut url = Url::parse(&self.url).map_err(|error| BuildError::Url(error.into()))?;
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(BuildError::Url("the scheme is neither http nor https".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BuildError::CredentialsInUrl);
        }
        let secrets = !matches!(self.credentials, Credentials::None) || self.http.has_login();
        if secrets && url.scheme() == "http" && !self.allow_plain_text && !is_loopback(&url) {
            return Err(BuildError::PlainTextCredentials);
        }
        url.as_str().parse().map_err(|error: http::uri::InvalidUri| BuildError::Url(error.into()))
    }

    fn with_credentials(mut self, credentials: Credentials) -> Builder {
        self.credentials = credentials;
        #[cfg(feature = "ntlm")]
        {
            self.http.login = None;
        }
        self
    }

    fn check(mut self, holds: bool, otherwise: &'static str) -> Builder {
        self.error = self.error.or((!holds).then_some(otherwise));
        self
    }

    fn http_only(mut self, setting: &'static str) -> Builder {
        self.http_only.get_or_insert(setting);
        self
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No URL, neither the service's nor the proxy's: somebody may have put a password into it.
        f.debug_struct("Builder")
            .field("timeout", &self.timeout)
            .field("user_agent", &self.user_agent)
            .field("reply_limit", &self.reply_limit)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::Url(_) => f.write_str("the URL of the service is not usable"),
            BuildError::CredentialsInUrl => {
                f.write_str("the URL of the service holds credentials; set them on the builder instead")
            }
            BuildError::PlainTextCredentials => f.write_str(
                "credentials would go to another machine over http, readable on the way; use https, or \
                 allow_plain_text_credentials",
            ),
            BuildError::Setting(text) => f.write_str(text),
            BuildError::NotForTransport(name) => {
                write!(f, "{name} is set, but the given transport makes no HTTP connections of this client")
            }
            BuildError::Certificate(_) => f.write_str("a root certificate cannot be read"),
            BuildError::Proxy(_) => f.write_str("the URL of the proxy is not usable"),
            BuildError::Tls(_) => f.write_str("TLS cannot be set up"),
            BuildError::Http(_) => f.write_str("the HTTP client cannot be set up"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BuildError::Url(error)
            | BuildError::Certificate(error)
            | BuildError::Proxy(error)
            | BuildError::Tls(error)
            | BuildError::Http(error) => Some(&**error),
            _ => None,
        }
    }
}
