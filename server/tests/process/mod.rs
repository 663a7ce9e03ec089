//! Real servers, in processes of their own, over HTTPS.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

pub(crate) mod raw;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use oxws::client::{Client, Http};
use oxws::oxwscdata::{ExchangeVersion, RequestServerVersion};

/// A data directory, a certificate, accounts.
pub(crate) struct Site {
    pub(crate) folder: tempfile::TempDir,
    ca: String,
}

pub(crate) const PASSWORD: &str = "correct horse";

impl Site {
    /// With these accounts, all of the same password.
    pub(crate) fn new(logins: &[&str]) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let mut site = Site { folder, ca: String::new() };
        site.ca = site.new_certificate();
        for login in logins {
            site.ucs(&["user", "add", login, "--password-stdin"], &format!("{PASSWORD}\n"));
        }
        site
    }

    /// Puts another certificate into the files, as PEM; running servers have the old one still.
    pub(crate) fn new_certificate(&self) -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut names = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        names.subject_alt_names.push(rcgen::SanType::IpAddress("127.0.0.1".parse().unwrap()));
        let certificate = names.self_signed(&key).unwrap();
        std::fs::write(self.folder.path().join("cert.pem"), certificate.pem()).unwrap();
        std::fs::write(self.folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        certificate.pem()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = ucs();
        command.args(arguments).arg("--data").arg(self.data());
        command
    }

    /// Runs a command of the binary on the data directory; it has to succeed.
    pub(crate) fn ucs(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Runs a command that has to fail; what it says.
    pub(crate) fn ucs_fails(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        said
    }

    /// A configuration without limits on rates, for tests that ask as fast as they can.
    pub(crate) fn without_rates(&self) -> String {
        let path = self.folder.path().join("ucs.toml");
        std::fs::write(&path, "[http.rate]\naccount_per_second = 0\naddress_per_second = 0\n").unwrap();
        text(&path).to_owned()
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub(crate) fn serve_with(&self, more: &[&str]) -> Server {
        self.start(more, |_| {})
    }

    /// Starts a server that is set up in another way, too, and waits until it listens.
    pub(crate) fn start(&self, more: &[&str], set_up: impl FnOnce(&mut Command)) -> Server {
        let of = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let (certificate, key) = (of("cert.pem"), of("key.pem"));
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        if !more.contains(&"--log-level") {
            arguments.extend(["--log-level", "warn"]);
        }
        arguments.extend(["--tls-certificate", &certificate, "--tls-key", &key]);
        arguments.extend(more);
        let mut command = self.command(&arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        set_up(&mut command);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the server ended").unwrap();
            if let Some(at) = line.find("https://") {
                break line[at..].split([' ', ',', ';']).next().unwrap().to_owned();
            }
        };
        // What else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, url, ca: self.ca.clone() }
    }

    /// A client command for this server, as this account.
    pub(crate) fn at(&self, server: &Server, login: &str, arguments: &[&str]) -> Command {
        let mut command = ucs();
        command.args(arguments).arg("--ca-file").arg(self.folder.path().join("cert.pem"));
        command.env("UCS_URL", &server.url).env("UCS_USER", login).env("UCS_PASSWORD", PASSWORD);
        command
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(id: u32, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), id.to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Whether a process ends within this time, and how.
pub(crate) fn ends_within(child: &mut Child, time: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + time;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() >= until {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The binary, in an environment without our variables.
pub(crate) fn ucs() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ucs"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UCS_")) {
        command.env_remove(name);
    }
    command
}

/// A server that runs; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Its endpoint.
    pub(crate) url: String,
    ca: String,
}

impl Server {
    /// A client with an account of the site.
    pub(crate) fn client(&self, login: &str) -> Client<Http> {
        self.client_with(login, PASSWORD)
    }

    pub(crate) fn client_with(&self, login: &str, password: &str) -> Client<Http> {
        Client::builder(self.url.as_str())
            .basic(login, password)
            .root_certificate_pem(self.ca.as_bytes())
            .header_part(RequestServerVersion::new(ExchangeVersion::Exchange2013))
            .build()
            .unwrap()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal: `TERM`, `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Whether it ends within this time, and how.
    pub(crate) fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        ends_within(&mut self.child, time)
    }

    /// As `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a service manager stops it; it has to end well.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address of a file as text.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
