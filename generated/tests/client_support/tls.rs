//! An HTTPS server with a certificate authority of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{Seen, Step, converse};

/// A server for the name `localhost`.
pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
    /// Certificate of the authority.
    pub(crate) pem: String,
    pub(crate) der: Vec<u8>,
    /// Certificate of the server.
    pub(crate) own: Vec<u8>,
}

impl TlsServer {
    /// Makes the certificates and runs the server; `answer` is given the certificate of the server too.
    pub(crate) async fn new(
        answer: impl Fn(&[u8], usize, &Seen) -> Step + Send + Sync + 'static,
    ) -> TlsServer {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let own = certificate.der().to_vec();
        let (answer, shown) = (Arc::new(answer), own.clone());
        tokio::spawn(async move {
            let seen = Arc::new(Mutex::default());
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
                let (answer, shown) = (Arc::clone(&answer), shown.clone());
                tokio::spawn(async move {
                    let stream = acceptor.accept(stream).await?;
                    converse(stream, connection, &seen, &|number, seen: &Seen| answer(&shown, number, seen))
                        .await
                });
            }
        });
        TlsServer { address, pem: authority.pem(), der: authority.der().to_vec(), own }
    }

    /// Its URL by the name that its certificate has.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}/EWS/Exchange.asmx", self.address.port())
    }
}
