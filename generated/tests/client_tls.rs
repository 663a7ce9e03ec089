//! HTTPS with a certificate authority of one's own.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod client_support;

use client_support::tls::TlsServer;
use client_support::{list, ok, read};
use oxws::client::{BuildError, Client, Error, TransportErrorKind};

async fn server() -> TlsServer {
    TlsServer::new(|_, _, _| ok(&list())).await
}

#[tokio::test]
async fn the_authority_must_be_known() {
    let server = server().await;
    let builder = || Client::builder(server.url()).no_proxy().basic("jane", "secret");
    builder().root_certificate_pem(server.pem.as_bytes()).build().unwrap().call(read()).await.unwrap();
    let only = builder().root_certificate_der(&server.der).only_these_roots();
    only.build().unwrap().call(read()).await.unwrap();

    let strangers = match builder().build() {
        Ok(platform) => vec![platform, builder().only_these_roots().build().unwrap()],
        // A machine without root certificates.
        Err(error) => {
            assert!(matches!(error, BuildError::Tls(_)), "{error:?}");
            vec![builder().only_these_roots().build().unwrap()]
        }
    };
    for client in strangers {
        let error = client.call(read()).await.unwrap_err();
        let Error::Transport(error) = error else { panic!("{error:?}") };
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
        assert!(!error.maybe_executed());
    }
}

#[tokio::test]
async fn the_name_must_be_right() {
    let server = server().await;
    let url = format!("https://{}/EWS/Exchange.asmx", server.address);
    let client = Client::builder(url).no_proxy().root_certificate_pem(server.pem.as_bytes()).build().unwrap();
    let error = client.call(read()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Tls),
        "{error:?}"
    );
}

#[tokio::test]
async fn no_provider_is_installed_for_the_process() {
    let server = server().await;
    let builder = Client::builder(server.url()).no_proxy().root_certificate_pem(server.pem.as_bytes());
    builder.build().unwrap().call(read()).await.unwrap();
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
