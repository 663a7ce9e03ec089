//! Connections on which a test sends what it wants, byte by byte, over TLS.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::{PASSWORD, Server};

/// Longer than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// A connection over TLS.
pub(crate) struct Raw(StreamOwned<ClientConnection, TcpStream>);

impl Server {
    fn address(&self) -> &str {
        self.url.split('/').nth(2).unwrap()
    }

    /// A connection without a word.
    pub(crate) fn tcp(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address())?;
        stream.set_read_timeout(Some(LONG))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// A connection with its TLS handshake done.
    pub(crate) fn raw(&self) -> Raw {
        self.raw_trusting(&self.ca).unwrap()
    }

    /// The same, where the server may not take the connection.
    pub(crate) fn try_raw(&self) -> std::io::Result<Raw> {
        self.raw_trusting(&self.ca)
    }

    /// The same, when the server shows this certificate.
    pub(crate) fn raw_trusting(&self, pem: &str) -> std::io::Result<Raw> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.unwrap().with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let mut session = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = self.tcp()?;
        while session.is_handshaking() {
            session.complete_io(&mut stream)?;
        }
        Ok(Raw(StreamOwned::new(session, stream)))
    }

    /// Sends a request on a connection of its own: status and text of the answer.
    pub(crate) fn ask(&self, request: &str) -> (u16, String) {
        let mut raw = self.raw();
        raw.send(request);
        raw.answer()
    }
}

impl Raw {
    /// Sends bytes; whether the other end still takes them.
    pub(crate) fn sends(&mut self, text: &str) -> bool {
        self.0.write_all(text.as_bytes()).and_then(|()| self.0.flush()).is_ok()
    }

    pub(crate) fn send(&mut self, text: &str) {
        assert!(self.sends(text), "the server has hung up");
    }

    /// Reads one answer: its status, and head and body as text.
    pub(crate) fn answer(&mut self) -> (u16, String) {
        let mut seen = Vec::new();
        let mut buffer = [0; 1 << 14];
        loop {
            if let Some(end) = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&seen[..end]).to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |text| text.parse().unwrap());
                if seen.len() >= end + 4 + length {
                    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                    return (status, String::from_utf8(seen).unwrap());
                }
            }
            match self.0.read(&mut buffer) {
                Ok(0) => panic!("hung up after {:?}", String::from_utf8_lossy(&seen)),
                Ok(count) => seen.extend_from_slice(&buffer[..count]),
                Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&seen)),
            }
        }
    }

    /// Waits until the server closes the connection: what it said before, and how long that took.
    pub(crate) fn closed(mut self) -> (String, Duration) {
        let begin = Instant::now();
        let mut seen = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut seen) {
            let gone = [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted];
            assert!(gone.contains(&error.kind()), "{error} after {:?}", begin.elapsed());
        }
        (String::from_utf8_lossy(&seen).into_owned(), begin.elapsed())
    }
}

/// The line that signs an account of the site in.
pub(crate) fn sign_in(login: &str) -> String {
    format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(format!("{login}:{PASSWORD}")))
}

/// An envelope with these header blocks and this operation.
pub(crate) fn envelope(header: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
         xmlns:t='http://schemas.microsoft.com/exchange/services/2006/types' \
         xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages'><s:Header>\
         <t:RequestServerVersion Version='Exchange2013'/>{header}</s:Header>\
         <s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// The head of a request to the endpoint, with more lines, for a body of this length.
pub(crate) fn head(lines: &str, length: usize) -> String {
    format!(
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n{lines}\
         Content-Length: {length}\r\n\r\n"
    )
}

/// A whole request.
pub(crate) fn post(lines: &str, header: &str, body: &str) -> String {
    let envelope = envelope(header, body);
    head(lines, envelope.len()) + &envelope
}

/// A request for a page.
pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}
