//! HTTP by hand, for tests whose point is the bytes on the wire.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Names in lower case, values as they are.
    pub headers: Vec<(String, String)>,
    /// As many bytes as `Content-Length` says.
    pub body: Vec<u8>,
}

impl Reply {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text, whatever it is.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection on which requests follow each other.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> io::Result<Connection> {
        Ok(Connection { stream: TcpStream::connect(address).await?, unread: Vec::new() })
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// When the connection is closed.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads one response.
    ///
    /// # Errors
    /// When the connection ends before it does, or it is none.
    pub async fn reply(&mut self) -> io::Result<Reply> {
        let invalid = |text: &str| io::Error::new(io::ErrorKind::InvalidData, text.to_owned());
        let end = loop {
            match self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(end) => break end,
                None => self.more().await?,
            }
        };
        let rest = self.unread.split_off(end + 4);
        let head = String::from_utf8_lossy(&std::mem::replace(&mut self.unread, rest)).into_owned();
        let mut lines = head.trim_end().lines();
        let first = lines.next().unwrap_or_default();
        let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)?.parse().ok());
        let status = status.ok_or_else(|| invalid(first))?;
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let headers: Vec<_> =
            pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let mut reply = Reply { status, headers, body: Vec::new() };
        let length = reply.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while self.unread.len() < length {
            self.more().await?;
        }
        let rest = self.unread.split_off(length);
        reply.body = std::mem::replace(&mut self.unread, rest);
        Ok(reply)
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Waits until the server closes the connection, and says whether it did so without another byte.
    pub async fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        self.unread.is_empty() && matches!(self.stream.read(&mut byte).await, Ok(0) | Err(_))
    }
}

/// A POST to the usual path, with further header lines.
pub fn post(body: &[u8], headers: &[(&str, &str)]) -> Vec<u8> {
    let mut all = vec![("Host", "localhost"), ("Content-Type", "text/xml; charset=utf-8")];
    all.retain(|(name, _)| !headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
    all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
    let length = body.len().to_string();
    if !headers.iter().any(|(name, _)| matches!(*name, "Content-Length" | "Transfer-Encoding")) {
        all.push(("Content-Length", &length));
    }
    let lines: String = all.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    [format!("POST /EWS/Exchange.asmx HTTP/1.1\r\n{lines}\r\n").as_bytes(), body].concat()
}
