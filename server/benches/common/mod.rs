//! `ucs serve` as a process, and a client that costs little beside it.

#![allow(dead_code, reason = "each bench uses some of it")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use ucs::accounts::{Admin, MailboxId, NewAccount};
use ucs::contacts::{self, ContactKind, NewContact};
use ucs::store::sqlite::{self, file};

const EWS: &str = "http://schemas.microsoft.com/exchange/services/2006";

/// A contact of a mailbox, by its number.
pub(crate) fn contact(at: u64) -> contacts::Command {
    contacts::Command::AddNewContact(NewContact {
        kind: ContactKind::Im,
        address: format!("contact.{at}@example.org"),
        display_name: Some(format!("Contact {at}")),
        sip_address: None,
        group: None,
    })
}

/// The account of a number.
pub(crate) fn login(number: u64) -> String {
    format!("user{number}@example.org")
}

/// Makes accounts with these numbers, each with so many contacts. Waits for no disk.
pub(crate) fn fill(data: &Path, numbers: impl Iterator<Item = u64>, contacts: u64) {
    let mut connection = file::open_or_create(data).unwrap();
    connection.pragma_update(None, "synchronous", "off").unwrap();
    let mut admin = Admin::new(&mut connection);
    let mailboxes: Vec<MailboxId> =
        numbers.map(|number| admin.add(&NewAccount::new(&login(number), None)).unwrap()).collect();
    for some in mailboxes.chunks(1000) {
        connection.execute_batch("BEGIN").unwrap();
        for mailbox in some {
            sqlite::fill(&connection, *mailbox, (0..contacts).map(contact)).unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
    }
}

/// A server in a process of its own; killed when it is dropped. Callers are named by a header, and not limited.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) fn start(data: &Path, cache_megabytes: u64) -> Process {
        let config = data.join("bench.toml");
        let text = "[http.auth.trusted_proxy]\nheader = \"X-Remote-User\"\naddresses = [\"127.0.0.1\"]\n\
                    [http.rate]\naccount_per_second = 0\naddress_per_second = 0\n\
                    [http.concurrency]\naccount_requests = 0\n";
        std::fs::write(&config, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ucs"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UCS_")) {
            command.env_remove(name);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "error"]);
        command.args(["--cache-megabytes", &cache_megabytes.to_string()]);
        command.arg("--data").arg(data).arg("--config").arg(&config);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (_, rest) = line.split_once("http://").unwrap_or_else(|| panic!("{line:?}"));
        let address = rest.split('/').next().unwrap().parse().unwrap();
        Process { child, address }
    }

    /// CPU time of all its threads.
    pub(crate) fn cpu(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let nanos = tasks.map(|task| {
            // A thread may have ended meanwhile.
            let stat = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap_or_default();
            stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
        });
        Duration::from_nanos(nanos.sum())
    }

    /// Megabytes of a line of its status.
    pub(crate) fn megabytes(&self, line: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|known| known.strip_prefix(line)).unwrap();
        line.split_whitespace().nth(0).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request by an account.
pub(crate) fn request(login: &str, operation: &str, content: &str) -> Vec<u8> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:t=\"{EWS}/types\" xmlns:m=\"{EWS}/messages\"><s:Header><t:RequestServerVersion \
         Version=\"Exchange2013\"/></s:Header><s:Body><m:{operation}>{content}</m:{operation}></s:Body></s:Envelope>"
    );
    format!(
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n\
         User-Agent: ucs\r\nX-Remote-User: {login}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The request that adds a contact.
pub(crate) fn adding(login: &str, at: u64) -> Vec<u8> {
    let content = format!(
        "<m:ImAddress>contact.{at}@example.org</m:ImAddress><m:DisplayName>Contact {at}</m:DisplayName>"
    );
    request(login, "AddNewImContactToGroup", &content)
}

/// A connection that is kept open.
pub(crate) struct Caller {
    stream: TcpStream,
    answer: Answer,
}

impl Caller {
    pub(crate) async fn new(address: SocketAddr) -> Caller {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Caller { stream, answer: Answer::default() }
    }

    /// Asks, and waits for all of the answer, which must be a success.
    pub(crate) async fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.answer.begin();
        while !self.answer.is_whole() {
            let count = self.stream.read_buf(&mut self.answer.seen).await.unwrap();
            assert!(count > 0, "the server hung up");
        }
    }
}

/// An answer on its way.
#[derive(Default)]
struct Answer {
    seen: Vec<u8>,
    /// Where it ends, once that is known.
    end: Option<usize>,
}

impl Answer {
    fn begin(&mut self) {
        self.seen.clear();
        self.end = None;
    }

    /// Whether all of it is there.
    fn is_whole(&mut self) -> bool {
        let seen = &self.seen;
        if self.end.is_none()
            && let Some(head) = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n")
        {
            let text = String::from_utf8_lossy(&seen[..head]);
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            self.end = Some(head + 4 + length.unwrap().parse::<usize>().unwrap());
        }
        let whole = self.end.is_some_and(|end| seen.len() >= end);
        if whole {
            let start = String::from_utf8_lossy(&seen[..seen.len().min(2000)]);
            assert!(start.starts_with("HTTP/1.1 200") && start.contains("NoError"), "{start}");
        }
        whole
    }
}

/// The time below which so many percent of these are, in microseconds. They must be sorted.
pub(crate) fn percentile(times: &[Duration], percent: usize) -> f64 {
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e6
}
