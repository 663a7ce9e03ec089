//! `Http`: the transport over the network, on reqwest and rustls.

use std::error::Error as StdError;
#[cfg(feature = "ntlm")]
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::Uri;
use reqwest::redirect;
use rustls::pki_types::CertificateDer;

#[cfg(feature = "ntlm")]
use super::ntlm::{Lanes, Login};
use super::{BuildError, Transport, TransportError, TransportErrorKind, tls};
use crate::gather::Gather;

/// Sends requests over HTTP/1.1, with or without TLS, through a proxy or not.
///
/// Connections are kept and used again. Redirects are not followed. Cryptography is that of `ring`; certificates
/// are checked as the platform does it. Made by [`Builder::build`](super::Builder::build).
#[derive(Clone)]
pub struct Http {
    way: Way,
    reply_limit: usize,
}

#[derive(Clone)]
enum Way {
    Pooled(reqwest::Client),
    #[cfg(feature = "ntlm")]
    Ntlm(Arc<Lanes>),
}

/// What a builder says about connections.
#[derive(Clone)]
pub(super) struct HttpOptions {
    pub(super) connect_timeout: Duration,
    pub(super) gzip: bool,
    pub(super) roots: Vec<CertificateDer<'static>>,
    pub(super) only_these_roots: bool,
    pub(super) proxy: ProxyChoice,
    #[cfg(feature = "ntlm")]
    pub(super) login: Option<Login>,
}

/// Which proxy.
#[derive(Clone)]
pub(super) enum ProxyChoice {
    Environment,
    Never,
    Url(String),
}

impl Default for HttpOptions {
    fn default() -> HttpOptions {
        HttpOptions {
            connect_timeout: Duration::from_secs(10),
            gzip: true,
            roots: Vec::new(),
            only_these_roots: false,
            proxy: ProxyChoice::Environment,
            #[cfg(feature = "ntlm")]
            login: None,
        }
    }
}

impl HttpOptions {
    /// Whether connections prove themselves with a password.
    pub(super) fn has_login(&self) -> bool {
        #[cfg(feature = "ntlm")]
        return self.login.is_some();
        #[cfg(not(feature = "ntlm"))]
        false
    }
}

impl Http {
    pub(super) fn new(options: HttpOptions, url: &Uri, reply_limit: usize) -> Result<Http, BuildError> {
        let https = url.scheme_str() == Some("https");
        let tls = tls::config(&options.roots, options.only_these_roots, https)?;
        let proxy = match &options.proxy {
            // Read here, so that a wrong one is an error for NTLM too.
            ProxyChoice::Url(url) => Some(reqwest::Proxy::all(url.as_str())),
            ProxyChoice::Environment | ProxyChoice::Never => None,
        };
        let proxy = proxy.transpose().map_err(|error| BuildError::Proxy(error.without_url().into()))?;
        #[cfg(feature = "ntlm")]
        if let Some(login) = options.login.clone() {
            let lanes = Lanes::new(login, &options, tls, url.clone(), reply_limit);
            return Ok(Http { way: Way::Ntlm(Arc::new(lanes)), reply_limit });
        }
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(options.connect_timeout)
            .gzip(options.gzip)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never());
        if matches!(options.proxy, ProxyChoice::Never) {
            builder = builder.no_proxy();
        }
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        let client = builder.build().map_err(|error| BuildError::Http(error.without_url().into()))?;
        Ok(Http { way: Way::Pooled(client), reply_limit })
    }

    async fn pooled(
        &self,
        client: &reqwest::Client,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|error| failed(error).not_executed())?;
        let mut reply = client.execute(request).await.map_err(failed)?;
        let mut body = Gather::new(reply.content_length().unwrap_or(0));
        while let Some(chunk) = reply.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > self.reply_limit {
                return Err(TransportError::new(TransportErrorKind::TooLarge));
            }
            body.push(chunk);
        }
        let mut response = http::Response::new(body.finish());
        *response.status_mut() = reply.status();
        *response.headers_mut() = std::mem::take(reply.headers_mut());
        Ok(response)
    }
}

impl Transport for Http {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        match &self.way {
            Way::Pooled(client) => self.pooled(client, request).await,
            #[cfg(feature = "ntlm")]
            Way::Ntlm(lanes) => lanes.send(request).await,
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("reply_limit", &self.reply_limit).finish_non_exhaustive()
    }
}

fn failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let kind = if error.is_connect() {
        if is_tls(&error) { TransportErrorKind::Tls } else { TransportErrorKind::Connect }
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_request() || error.is_body() || error.is_decode() {
        TransportErrorKind::Interrupted
    } else {
        TransportErrorKind::Other
    };
    TransportError::new(kind).with_source(error)
}

/// Whether TLS is what went wrong: the certificate, mostly.
pub(super) fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>()
        || wrapped.is_some_and(|error| is_tls(error))
        || error.source().is_some_and(is_tls)
}
