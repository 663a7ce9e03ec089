//! Certificates for HTTPS, exchanged while the server runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of the certificates.
    #[error("no certificates can be read from {0}")]
    Certificates(PathBuf, #[source] io::Error),
    /// The file of the key.
    #[error("no private key can be read from {0}")]
    Key(PathBuf, #[source] io::Error),
    /// There is no certificate in the file.
    #[error("there is no certificate in {0}")]
    NoCertificate(PathBuf),
    /// They do not belong together, or cannot be used.
    #[error("certificate and key cannot be used")]
    Unusable(#[source] rustls::Error),
    /// They were not read to the end.
    #[error("reading the certificate failed")]
    Failed(#[source] io::Error),
}

/// When a file was changed, and its size; `None` when it cannot be asked.
type Stamp = Option<(SystemTime, u64)>;

/// A certificate chain with its key, read again on demand.
#[derive(Debug)]
pub struct Certificates {
    chain: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    /// Of chain and key, when they were last read.
    stamps: Mutex<[Stamp; 2]>,
}

impl Certificates {
    /// Reads a chain (the server's certificate first) and its key, both PEM.
    ///
    /// # Errors
    /// When a file cannot be read, or they do not belong together.
    pub fn load(chain: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Result<Arc<Certificates>, TlsError> {
        let (chain, key) = (chain.into(), key.into());
        // Before the reading: what changes meanwhile is read again.
        let stamps = [stamp(&chain), stamp(&key)];
        let current = RwLock::new(Arc::new(read(&chain, &key)?));
        Ok(Arc::new(Certificates { chain, key, current, stamps: Mutex::new(stamps) }))
    }

    /// What [`oxws::server::Server::tls`] takes: TLS 1.2 and 1.3 by ring, HTTP/1.1, with these certificates.
    ///
    /// # Errors
    /// None so far: ring has the default versions of the protocol.
    pub fn server_config(self: &Arc<Certificates>) -> Result<Arc<ServerConfig>, TlsError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Unusable)?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Certificates>::clone(self);
        let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Reads the files again. New connections have the new certificate.
    ///
    /// # Errors
    /// When it cannot be used: the old one stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let stamps = [stamp(&self.chain), stamp(&self.key)];
        // Also if it fails: the same files are not read over and over.
        *self.stamps.lock().unwrap_or_else(PoisonError::into_inner) = stamps;
        let new = Arc::new(read(&self.chain, &self.key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Whether a file is not the one that was read.
    fn is_changed(&self) -> bool {
        let stamps = [stamp(&self.chain), stamp(&self.key)];
        *self.stamps.lock().unwrap_or_else(PoisonError::into_inner) != stamps
    }

    /// Reads the files again whenever they have changed, which is looked for `every` so often. What goes wrong is logged,
    /// and the old certificate stays. Never ready: for a task of its own.
    pub async fn watch(self: Arc<Certificates>, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            self.renew_if(Certificates::is_changed).await;
        }
    }

    /// Reads the files again, beside the tasks of the runtime. What goes wrong is logged, and the old certificate stays.
    pub async fn renew(self: &Arc<Certificates>) {
        self.renew_if(|_| true).await;
    }

    async fn renew_if(self: &Arc<Certificates>, due: impl FnOnce(&Certificates) -> bool + Send + 'static) {
        let certificates = Arc::clone(self);
        let reloaded =
            tokio::task::spawn_blocking(move || due(&certificates).then(|| certificates.reload())).await;
        match reloaded.map_err(|error| TlsError::Failed(io::Error::other(error))) {
            Ok(None) => {}
            Ok(Some(Ok(()))) => {
                tracing::info!(file = %self.chain.display(), "the certificate is loaded anew")
            }
            Ok(Some(Err(error))) | Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "the new certificate cannot be used; the old one stays");
            }
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn read(chain: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let (certificates, key) = (read_chain(chain)?, read_key(key)?);
    CertifiedKey::from_der(certificates, key, &ring::default_provider()).map_err(TlsError::Unusable)
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = |error| TlsError::Certificates(path.to_owned(), plain(error));
    let certificates = CertificateDer::pem_file_iter(path).map_err(unreadable)?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    match certificates.is_empty() {
        true => Err(TlsError::NoCertificate(path.to_owned())),
        false => Ok(certificates),
    }
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| TlsError::Key(path.to_owned(), plain(error)))
}

/// What is wrong with a file, in words; the library shows parts of it as lists of numbers.
fn plain(error: pem::Error) -> io::Error {
    match error {
        pem::Error::Io(error) => error,
        pem::Error::MissingSectionEnd { .. } => {
            io::Error::other("it ends before an END line: is it all there?")
        }
        pem::Error::IllegalSectionStart { .. } => io::Error::other("a BEGIN line in it is not whole"),
        other => io::Error::other(other.to_string()),
    }
}

/// Why a chain and its key cannot be used: of each file, or of both together.
pub(crate) fn problems(chain: &Path, key: &Path) -> Vec<TlsError> {
    let of_files: Vec<_> = read_chain(chain).err().into_iter().chain(read_key(key).err()).collect();
    match of_files.is_empty() {
        true => read(chain, key).err().into_iter().collect(),
        false => of_files,
    }
}
