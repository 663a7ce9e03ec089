//! How a server starts, reloads and stops: what signals do to its requests, and what the service manager hears.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use process::raw::{LONG, envelope, get, head, post, sign_in};
use process::{Server, Site, ends_within, signal, text, ucs};

const JANE: &str = "jane@example.org";
const LIST: &str = "<m:GetImItemList/>";

/// Writes a configuration beside the data.
fn configuration(site: &Site, content: &str) -> String {
    let path = site.folder.path().join("ucs.toml");
    std::fs::write(&path, content).unwrap();
    text(&path).to_owned()
}

/// A request of which half has arrived, the head with certainty.
fn half_a_request(server: &Server) -> (process::raw::Raw, String) {
    let body = envelope("", LIST);
    let (first, rest) = body.split_at(body.len() / 2);
    let mut raw = server.raw();
    // The server says that it has the head, and waits.
    raw.send(&head(&format!("{}Expect: 100-continue\r\n", sign_in(JANE)), body.len()));
    assert_eq!(raw.answer().0, 100);
    raw.send(first);
    (raw, rest.to_owned())
}

#[test]
fn what_was_accepted_is_finished() {
    for name in ["TERM", "INT"] {
        let site = Site::new(&[JANE]);
        let mut server = site.serve();
        let (mut raw, rest) = half_a_request(&server);
        let idle = server.raw();
        server.signal(name);
        // Who asks for nothing is let go at once, and nobody new is let in.
        assert_eq!(idle.closed().0, "");
        assert!(server.tcp().is_err());
        assert_eq!(server.ends_within(Duration::from_millis(300)), None, "a request is under way");
        raw.send(&rest);
        let (status, answer) = raw.answer();
        assert!(status == 200 && answer.contains("NoError"), "{answer}");
        assert_eq!(server.ends_within(LONG).map(|status| status.code()), Some(Some(0)));
    }
}

#[test]
fn what_takes_too_long_is_dropped() {
    let site = Site::new(&[JANE]);
    let config = configuration(&site, "[http.limits]\ngrace_seconds = 1\n");
    let mut server = site.serve_with(&["--config", &config]);
    let (raw, _) = half_a_request(&server);
    let begin = Instant::now();
    server.signal("TERM");
    assert_eq!(raw.closed().0, "");
    assert_eq!(server.ends_within(LONG).map(|status| status.code()), Some(Some(0)));
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[test]
fn a_second_signal_stops_at_once() {
    let site = Site::new(&[JANE]);
    let mut server = site.serve();
    let (raw, _) = half_a_request(&server);
    server.signal("TERM");
    assert_eq!(server.ends_within(Duration::from_millis(500)), None, "a request is under way");
    let begin = Instant::now();
    server.signal("TERM");
    assert_eq!(raw.closed().0, "");
    assert_eq!(server.ends_within(LONG).map(|status| status.code()), Some(Some(0)));
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
}

#[test]
fn readiness_ends_first_and_requests_are_taken_meanwhile() {
    let site = Site::new(&[JANE]);
    let config = configuration(&site, "[http.limits]\ndrain_seconds = 4\n");
    let mut server = site.serve_with(&["--config", &config]);
    assert_eq!(server.ask(&get("/readyz")).0, 200);
    let begin = Instant::now();
    server.signal("TERM");
    while server.ask(&get("/readyz")).0 != 503 {
        assert!(begin.elapsed() < Duration::from_secs(3), "still ready");
    }
    assert_eq!(server.ask(&get("/healthz")).0, 200);
    // New connections with new requests, and a signal that means nothing now.
    server.signal("HUP");
    let (status, answer) = server.ask(&post(&sign_in(JANE), "", LIST));
    assert!(status == 200 && answer.contains("NoError"), "{answer}");
    assert_eq!(server.ends_within(LONG).map(|status| status.code()), Some(Some(0)));
    assert!(begin.elapsed() >= Duration::from_secs(4), "{:?}", begin.elapsed());
    // The second signal ends the waiting, too.
    let mut server = site.serve_with(&["--config", &config]);
    let begin = Instant::now();
    server.signal("TERM");
    while server.ask(&get("/readyz")).0 != 503 {}
    server.signal("TERM");
    assert_eq!(server.ends_within(LONG).map(|status| status.code()), Some(Some(0)));
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
}

/// A server's log of its own accord: that nobody can sign in yet.
#[test]
fn a_server_without_accounts_says_so() {
    let site = Site::new(&[]);
    let log = site.folder.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    let server = site.start(&[], |command| {
        command.stderr(file);
    });
    assert_eq!(server.ask(&get("/healthz")).0, 200);
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(said.contains("there are no accounts yet: ucs user add"), "{said}");
}

/// The database has everything when the server has ended, without the log beside it.
#[test]
fn the_file_is_whole_when_the_server_has_ended() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let write = "<m:AddImGroup><m:DisplayName>Friends</m:DisplayName></m:AddImGroup>";
    assert_eq!(server.ask(&post(&sign_in(JANE), "", write)).0, 200);
    let log = || std::fs::metadata(site.data().join("ucs.db-wal")).map_or(0, |log| log.len());
    assert!(log() > 0);
    server.stop();
    assert_eq!(log(), 0);
    let data = std::fs::read(site.data().join("ucs.db")).unwrap();
    assert!(data.windows(7).any(|part| part == b"Friends"));
}

/// What the store does is counted.
#[test]
fn commits_and_the_cache_are_counted() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let write = "<m:SetImListMigrationCompleted><m:ImListMigrationCompleted>true</m:ImListMigrationCompleted></m:SetImListMigrationCompleted>";
    for body in [LIST, write, LIST] {
        assert_eq!(server.ask(&post(&sign_in(JANE), "", body)).0, 200);
    }
    let metrics = server.ask(&get("/metrics")).1;
    let value = |name: &str| -> f64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{metrics}")).parse().unwrap()
    };
    assert!(value("ucs_commit_writes_count") >= 1.0);
    assert_eq!(value("ucs_commit_queue"), 0.0);
    assert!(value("ucs_cache_hits_total") >= 1.0 && value("ucs_cache_misses_total") >= 1.0);
}

/// A service manager's end of the conversation.
struct Manager(UnixDatagram);

impl Manager {
    fn new(folder: &Path) -> Manager {
        let socket = UnixDatagram::bind(folder.join("notify")).unwrap();
        socket.set_read_timeout(Some(LONG)).unwrap();
        Manager(socket)
    }

    fn hears(&self) -> String {
        let mut buffer = [0; 1024];
        let count = self.0.recv(&mut buffer).expect("nothing is said");
        String::from_utf8_lossy(&buffer[..count]).trim().to_owned()
    }
}

#[test]
fn the_service_manager_is_told() {
    let site = Site::new(&[JANE]);
    let manager = Manager::new(site.folder.path());
    let socket = site.folder.path().join("notify");
    let mut server = site.start(&[], |command| {
        command.env("NOTIFY_SOCKET", &socket);
    });
    assert_eq!(manager.hears(), "READY=1");
    // A new certificate, which is there when the server says so: sooner than it looks by itself.
    let old = std::fs::read_to_string(site.folder.path().join("cert.pem")).unwrap();
    let new = site.new_certificate();
    assert!(server.raw_trusting(&old).is_ok() && server.raw_trusting(&new).is_err());
    server.signal("HUP");
    assert_eq!((manager.hears(), manager.hears()), ("RELOADING=1".to_owned(), "READY=1".to_owned()));
    assert!(server.raw_trusting(&old).is_err() && server.raw_trusting(&new).is_ok());
    // One that cannot be used changes nothing.
    std::fs::write(site.folder.path().join("key.pem"), "nonsense").unwrap();
    server.signal("HUP");
    assert_eq!((manager.hears(), manager.hears()), ("RELOADING=1".to_owned(), "READY=1".to_owned()));
    assert!(server.raw_trusting(&new).is_ok());
    server.signal("TERM");
    assert_eq!(manager.hears(), "STOPPING=1");
    assert_eq!(server.ends_within(LONG).map(|status| status.code()), Some(Some(0)));
}

#[test]
fn a_new_certificate_is_found_without_a_signal() {
    let site = Site::new(&[JANE]);
    let server = site.serve();
    let new = site.new_certificate();
    let begin = Instant::now();
    while server.raw_trusting(&new).is_err() {
        assert!(begin.elapsed() < LONG, "the old certificate is still in use");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn the_watchdog_is_fed() {
    let site = Site::new(&[JANE]);
    let manager = Manager::new(site.folder.path());
    let socket = site.folder.path().join("notify");
    let server = site.start(&[], |command| {
        // With its own number, which the manager sets between fork and exec.
        let mut own = Command::new("sh");
        own.args(["-c", "WATCHDOG_PID=$$ exec \"$0\" \"$@\""]);
        own.arg(command.get_program()).args(command.get_args());
        own.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "400000");
        own.stdin(Stdio::null()).stdout(Stdio::piped());
        *command = own;
    });
    assert_eq!(manager.hears(), "READY=1");
    for _ in 0..3 {
        assert_eq!(manager.hears(), "WATCHDOG=1");
    }
    server.stop();
}

/// The configuration comes from a pipe, so that the start lasts as long as the test wants.
#[test]
fn signals_while_it_starts() {
    let site = Site::new(&[JANE]);
    let pipe = site.folder.path().join("pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let start = || {
        let mut command = ucs();
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&pipe);
        command.arg("--data").arg(site.data());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        // Opens when the server does.
        (child, OpenOptions::new().write(true).open(&pipe).unwrap())
    };
    // SIGHUP is harmless: the server goes on.
    let (mut child, mut writer) = start();
    signal(child.id(), "HUP");
    assert_eq!(ends_within(&mut child, Duration::from_millis(200)), None);
    writer.write_all(b"[log]\nlevel = \"warn\"\n").unwrap();
    drop(writer);
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line)
        .unwrap();
    assert!(line.starts_with("listening at http://"), "{line}");
    signal(child.id(), "HUP");
    assert_eq!(ends_within(&mut child, Duration::from_millis(200)), None, "without a certificate, too");
    signal(child.id(), "TERM");
    assert_eq!(ends_within(&mut child, LONG).map(|status| status.code()), Some(Some(0)));
    // SIGTERM ends the start.
    let (mut child, writer) = start();
    signal(child.id(), "TERM");
    assert_eq!(ends_within(&mut child, LONG).map(|status| status.code()), Some(Some(0)));
    drop(writer);
}

/// A start that lasts is not taken for one that failed.
#[test]
fn the_service_manager_waits_for_a_long_start() {
    let site = Site::new(&[JANE]);
    let manager = Manager::new(site.folder.path());
    let pipe = site.folder.path().join("pipe.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = ucs();
    command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(&pipe);
    command.arg("--data").arg(site.data()).env("NOTIFY_SOCKET", site.folder.path().join("notify"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let mut writer = OpenOptions::new().write(true).open(&pipe).unwrap();
    assert_eq!(manager.hears(), "EXTEND_TIMEOUT_USEC=60000000");
    writer.write_all(b"[log]\nlevel = \"warn\"\n").unwrap();
    drop(writer);
    assert_eq!(manager.hears(), "READY=1");
    signal(child.id(), "TERM");
    assert_eq!(ends_within(&mut child, LONG).map(|status| status.code()), Some(Some(0)));
}
