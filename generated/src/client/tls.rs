//! The TLS side of HTTPS: which certificates are trusted, and by what cryptography.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore, crypto};
use rustls_platform_verifier::Verifier;

use super::BuildError;

/// The certificates of a PEM text; `None` if one cannot be read, or there is none.
pub(super) fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.ok().filter(|certificates| !certificates.is_empty())
}

/// The configuration, with a provider of its own: what the process has installed, or not, plays no part.
///
/// Where TLS is not `needed`, a platform without root certificates is no error.
pub(super) fn config(
    roots: &[CertificateDer<'static>],
    only_these: bool,
    needed: bool,
) -> Result<ClientConfig, BuildError> {
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(tls)?;
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone()).map_err(|error| BuildError::Certificate(error.into()))?;
    }
    let platform = || Verifier::new_with_extra_roots(roots.iter().cloned(), provider);
    let verifier = (!only_these).then(platform);
    let builder = match verifier {
        Some(Ok(verifier)) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        Some(Err(error)) if needed => return Err(tls(error)),
        Some(Err(_)) | None => builder.with_root_certificates(store),
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn tls(error: rustls::Error) -> BuildError {
    BuildError::Tls(error.into())
}
