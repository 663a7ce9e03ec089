//! HTTPS and the whole layer on a socket: certificates that change while the server runs, and foreign requests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod http_support;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http_support::{Fake, WHO, app, envelope, folder, jane};
use oxws::server::Server;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use ucs::http::Settings;
use ucs::http::tls::{Certificates, TlsError};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// Writes a new certificate with its key, and returns it.
fn write(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("chain.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

fn files(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("chain.pem"), folder.join("key.pem"))
}

/// Serves until the test ends.
async fn start(server: Server) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app(&Fake::new(), Settings::default());
    tokio::spawn(async move { server.serve(listener, app).await.unwrap() });
    address
}

/// What the server answers to who trusts this certificate alone; `None` if it shows another.
async fn get(address: SocketAddr, trusted: &CertificateDer<'static>) -> Option<u16> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client =
        reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().resolve("localhost", address);
    let url = format!("https://localhost:{}/healthz", address.port());
    client.build().unwrap().get(url).send().await.ok().map(|response| response.status().as_u16())
}

#[tokio::test]
async fn a_new_certificate_is_used_and_a_bad_one_is_not() {
    let folder = folder();
    let old = write(folder.path());
    let (chain, key) = files(folder.path());
    let certificates = Certificates::load(&chain, &key).unwrap();
    let address = start(Server::new().tls(certificates.server_config().unwrap())).await;
    assert_eq!(get(address, &old).await, Some(200));
    let new = write(folder.path());
    assert_eq!((get(address, &old).await, get(address, &new).await), (Some(200), None));
    certificates.reload().unwrap();
    assert_eq!((get(address, &old).await, get(address, &new).await), (None, Some(200)));
    // The key of another certificate, no key, no certificate, no file.
    let fine = std::fs::read(&key).unwrap();
    let other = http_support::folder();
    write(other.path());
    std::fs::copy(other.path().join("key.pem"), &key).unwrap();
    assert!(matches!(certificates.reload(), Err(TlsError::Unusable(_))));
    std::fs::write(&key, "nonsense").unwrap();
    assert!(matches!(certificates.reload(), Err(TlsError::Key(..))));
    std::fs::write(&key, fine).unwrap();
    std::fs::write(&chain, "").unwrap();
    assert!(matches!(certificates.reload(), Err(TlsError::NoCertificate(_))));
    std::fs::remove_file(&chain).unwrap();
    assert!(matches!(certificates.reload(), Err(TlsError::Certificates(..))));
    // Half of one, such as a copy that is under way: told in words.
    std::fs::write(&chain, "-----BEGIN CERTIFICATE-----\nMIIB").unwrap();
    let Err(TlsError::Certificates(_, why)) = certificates.reload() else { panic!("half of a certificate") };
    assert_eq!(why.to_string(), "it ends before an END line: is it all there?");
    assert!(Certificates::load(&chain, &key).is_err());
    assert_eq!(get(address, &new).await, Some(200));
}

#[tokio::test]
async fn changed_files_are_noticed_or_read_when_told() {
    let folder = folder();
    write(folder.path());
    let (chain, key) = files(folder.path());
    let certificates = Certificates::load(&chain, &key).unwrap();
    let address = start(Server::new().tls(certificates.server_config().unwrap())).await;
    let polling = tokio::spawn(certificates.clone().watch(Duration::from_millis(20)));
    // Half of it is no certificate yet.
    std::fs::write(&key, "").unwrap();
    sleep(Duration::from_millis(60)).await;
    let new = write(folder.path());
    let seen = async {
        while get(address, &new).await.is_none() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(LONG, seen).await.expect("the new certificate is not noticed");
    polling.abort();
    let newest = write(folder.path());
    assert_eq!(get(address, &newest).await, None);
    certificates.renew().await;
    assert_eq!(get(address, &newest).await, Some(200));
}

/// Sends bytes, and reads until `enough` of the reply is there or the connection ends.
async fn reply(stream: &mut TcpStream, enough: &str) -> String {
    let mut text = Vec::new();
    while !String::from_utf8_lossy(&text).contains(enough) {
        if timeout(LONG, stream.read_buf(&mut text)).await.expect("no answer").unwrap() == 0 {
            break;
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn head(length: usize, more: &str) -> String {
    format!(
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n{more}Content-Length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn t16_who_has_not_signed_in_is_told_so_and_may_go_on() {
    let address = start(Server::new()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The first leg of NTLM, without a body.
    stream.write_all(head(0, "Authorization: NTLM TlRMTVNTUAABAAAA\r\n").as_bytes()).await.unwrap();
    let refused = reply(&mut stream, "this server.\n").await;
    assert!(refused.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{refused}");
    assert_eq!(refused.matches("www-authenticate: ").count(), 1, "{refused}");
    // All of a body before anything is read.
    stream.write_all(head(2 << 20, "").as_bytes()).await.unwrap();
    for _ in 0..32 {
        stream.write_all(&[b' '; 1 << 16]).await.expect("the server hangs up before it has read the body");
    }
    assert!(reply(&mut stream, "this server.\n").await.starts_with("HTTP/1.1 401 "));
    // Who asks before is told before, though nothing of the body ever comes.
    let mut waits = TcpStream::connect(address).await.unwrap();
    waits.write_all(head(1000, "Expect: 100-continue\r\n").as_bytes()).await.unwrap();
    assert!(reply(&mut waits, "this server.\n").await.starts_with("HTTP/1.1 401 "));
    // And on the first connection, signed in.
    let body = envelope(WHO);
    let sign_in = format!("Authorization: {}\r\n", jane());
    stream.write_all((head(body.len(), &sign_in) + &body).as_bytes()).await.unwrap();
    let answer = reply(&mut stream, "</soap:Envelope>").await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("called by jane@example.org"),
        "{answer}"
    );
}
