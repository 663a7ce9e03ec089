//! Limits of a real server, over HTTPS: slow callers are let go in time, large requests are answered, and what is too
//! much at once is turned away.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod process;

use std::io::Read as _;
use std::time::{Duration, Instant};

use process::raw::{LONG, Raw, envelope, get, head, post, sign_in};
use process::{Server, Site, text};

const JANE: &str = "jane@example.org";
const JOE: &str = "joe@example.org";
const LIST: &str = "<m:GetImItemList/>";
const SECOND: Duration = Duration::from_secs(1);
/// What a limit may take longer where others use the machine, too.
const SLACK: Duration = Duration::from_secs(8);

fn serve(site: &Site, configuration: &str) -> Server {
    let path = site.folder.path().join("ucs.toml");
    std::fs::write(&path, configuration).unwrap();
    site.serve_with(&["--config", text(&path)])
}

/// Not before the limit, and not long after it.
#[track_caller]
fn in_time(taken: Duration, limit: Duration) {
    assert!(taken + SECOND / 5 >= limit && taken < limit + SLACK, "{taken:?} instead of {limit:?}");
}

/// UCS T17: a connection without a word is closed, at each stage of its life.
#[test]
fn silent_connections_are_closed() {
    let site = Site::new(&[JANE]);
    let server = serve(&site, "[http.limits]\nheader_timeout_seconds = 2\nbody_timeout_seconds = 2\n");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let begin = Instant::now();
            let mut silent = server.tcp().unwrap();
            assert_eq!(silent.read(&mut [0]).unwrap_or_default(), 0, "before the TLS handshake");
            in_time(begin.elapsed(), 2 * SECOND);
        });
        scope.spawn(|| {
            let (said, taken) = server.raw().closed();
            assert_eq!(said, "", "after it");
            in_time(taken, 2 * SECOND);
        });
        scope.spawn(|| {
            let mut raw = server.raw();
            raw.send(&post(&sign_in(JANE), "", LIST));
            assert_eq!(raw.answer().0, 200);
            let (said, taken) = raw.closed();
            assert_eq!(said, "", "after a request");
            in_time(taken, 2 * SECOND);
        });
        scope.spawn(|| {
            let mut raw = server.raw();
            raw.send("POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: lo");
            let (said, taken) = raw.closed();
            assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "in the head: {said}");
            in_time(taken, 2 * SECOND);
        });
    });
}

/// UCS T17: a byte now and then is not enough, neither in the head nor in the body.
#[test]
fn dripping_callers_are_let_go() {
    let site = Site::new(&[JANE]);
    let server = serve(&site, "[http.limits]\nheader_timeout_seconds = 3\nbody_timeout_seconds = 3\n");
    let drip = |raw: &mut Raw, text: &str| {
        let begin = Instant::now();
        for byte in text.chars() {
            std::thread::sleep(SECOND / 2);
            if begin.elapsed() > LONG || !raw.sends(&byte.to_string()) {
                break;
            }
        }
        begin.elapsed()
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut raw = server.raw();
            // What is sent after the end is noticed a byte later.
            in_time(drip(&mut raw, &head(&sign_in(JANE), 0)), 3 * SECOND);
        });
        scope.spawn(|| {
            let mut raw = server.raw();
            let body = envelope("", LIST);
            raw.send(&head(&sign_in(JANE), body.len()));
            in_time(drip(&mut raw, &body), 3 * SECOND);
        });
        scope.spawn(|| {
            // A body that stalls: half of it comes, at once.
            let mut raw = server.raw();
            let body = envelope("", LIST);
            let begin = Instant::now();
            raw.send(&head(&sign_in(JANE), body.len()));
            raw.send(&body[..body.len() / 2]);
            let (status, answer) = raw.answer();
            assert_eq!(status, 408, "{answer}");
            in_time(begin.elapsed(), 3 * SECOND);
            raw.closed();
            in_time(begin.elapsed(), 3 * SECOND);
        });
        scope.spawn(|| {
            // The same by who has not signed in: the answer comes, and the rest is not waited for longer.
            let mut raw = server.raw();
            let begin = Instant::now();
            raw.send(&head("", 1000));
            assert_eq!(raw.answer().0, 401);
            raw.closed();
            in_time(begin.elapsed(), 3 * SECOND);
        });
    });
    // Who is in time is served as ever.
    assert_eq!(server.ask(&post(&sign_in(JANE), "", LIST)).0, 200);
}

/// UCS T17: what is too large is told so, whoever sends it.
#[test]
fn sizes_have_limits() {
    let site = Site::new(&[JANE]);
    let server = serve(&site, "[http.limits]\nheader_bytes = 8192\nbody_bytes = 100000\n");
    let signed = sign_in(JANE);
    let padded = |bytes: usize| post(&signed, "", &format!("{LIST}{}", " ".repeat(bytes)));
    assert_eq!(server.ask(&padded(90_000)).0, 200);
    let (status, answer) = server.ask(&padded(100_000));
    assert!(status == 413, "{answer}");
    // As chunks, whose sum nobody has told before.
    let chunked = format!("{signed}Transfer-Encoding: chunked\r\n");
    let head_of_chunks = head(&chunked, 0).replace("Content-Length: 0\r\n", "");
    let chunk = format!("4e20\r\n{}\r\n", " ".repeat(20_000));
    let (status, answer) = server.ask(&format!("{head_of_chunks}{}0\r\n\r\n", chunk.repeat(6)));
    assert!(status == 413, "{answer}");
    let (status, answer) =
        server.ask(&post(&format!("{signed}X-Filler: {}\r\n", "x".repeat(7000)), "", LIST));
    assert!(status == 200, "{answer}");
    for lines in [format!("X-Filler: {}\r\n", "x".repeat(9000)), "X: y\r\n".repeat(1500)] {
        let (status, answer) = server.ask(&head(&(signed.clone() + &lines), 0));
        assert!(status == 431, "{answer}");
    }
    // The address, which is part of the head.
    let (status, answer) = server.ask(&get(&format!("/{}", "x".repeat(9000))));
    assert!(matches!(status, 414 | 431), "{answer}");
    assert_eq!(server.ask(&get("/healthz")).0, 200);
}

/// A request that has its place until its body is sent: that the head has arrived is known.
fn occupy(server: &Server, login: &str) -> Raw {
    let mut raw = server.raw();
    raw.send(&head(&format!("{}Expect: 100-continue\r\n", sign_in(login)), envelope("", LIST).len()));
    assert_eq!(raw.answer().0, 100);
    raw
}

fn finish(mut raw: Raw) {
    raw.send(&envelope("", LIST));
    let (status, answer) = raw.answer();
    assert!(status == 200 && answer.contains("NoError"), "{answer}");
}

/// Requests beyond the places wait, those beyond the queue are turned away at once, and no wait is long.
#[test]
fn load_is_shed() {
    let site = Site::new(&[JANE, JOE]);
    let server = serve(&site, "[http.concurrency]\nrequests = 2\nqueue = 1\nqueue_seconds = 5\n");
    let (first, second) = (occupy(&server, JANE), occupy(&server, JOE));
    let request = post(&sign_in(JANE), "", LIST);
    let mut waits = server.raw();
    waits.send(&request);
    let turned = |answer: &(u16, String)| answer.0 == 503 && answer.1.contains("retry-after: 1");
    // The third waits, as soon as it is there (the fourth is the one that asks for the metrics).
    let begin = Instant::now();
    while !server.ask(&get("/metrics")).1.contains("requests_in_work 4") {
        assert!(begin.elapsed() < LONG, "{}", server.ask(&get("/metrics")).1);
    }
    std::thread::sleep(SECOND / 5);
    // Then others are turned away at once.
    let begin = Instant::now();
    let answer = server.ask(&request);
    assert!(turned(&answer) && begin.elapsed() < 4 * SECOND, "{}", answer.1);
    // Watching needs no place.
    assert_eq!((server.ask(&get("/healthz")).0, server.ask(&get("/readyz")).0), (200, 200));
    finish(first);
    // The place is for one of those who wait: the one that was there before, unless it waited for too long meanwhile.
    let (status, answer) = waits.answer();
    assert!(status == 200 || turned(&(status, answer.clone())), "{answer}");
    finish(second);
    assert_eq!(server.ask(&request).0, 200);
    let metrics = server.ask(&get("/metrics")).1;
    assert!(metrics.contains("limited_total{limit=\"concurrency\"}"), "{metrics}");
    // Who waits too long is turned away.
    let both = [occupy(&server, JANE), occupy(&server, JOE)];
    let begin = Instant::now();
    let answer = server.ask(&request);
    assert!(turned(&answer), "{}", answer.1);
    in_time(begin.elapsed(), 5 * SECOND);
    both.into_iter().for_each(finish);
}

/// One caller whose bodies never come does not keep out the others: its further requests are turned away.
#[test]
fn one_account_has_its_share() {
    let site = Site::new(&[JANE, JOE]);
    let server = serve(&site, "[http.concurrency]\naccount_requests = 3\n");
    let held = [(); 3].map(|()| occupy(&server, JANE));
    let (status, answer) = server.ask(&post(&sign_in(JANE), "", LIST));
    assert!(status == 500 && answer.contains("ErrorServerBusy"), "{answer}");
    assert!(answer.contains("Name=\"BackOffMilliseconds\">1000<"), "{answer}");
    assert_eq!(server.ask(&post(&sign_in(JOE), "", LIST)).0, 200);
    held.into_iter().for_each(finish);
    assert_eq!(server.ask(&post(&sign_in(JANE), "", LIST)).0, 200);
}

/// Connections beyond the number wait in the listener's queue, and are served when others end.
#[test]
fn connections_have_a_number() {
    let site = Site::new(&[JANE]);
    let path = site.folder.path().join("ucs.toml");
    std::fs::write(&path, "[http.limits]\nconnections = 2\nheader_timeout_seconds = 3\n").unwrap();
    let log = site.folder.path().join("log");
    let server = site.start(&["--config", text(&path)], |command| {
        command.stderr(std::fs::File::create(&log).unwrap());
    });
    let told = || std::fs::read_to_string(&log).unwrap().matches("as http.limits.connections allows").count();
    let first = server.raw();
    assert_eq!(told(), 0);
    assert_eq!(server.ask(&get("/healthz")).0, 200);
    // The second of them was as many as allowed, and from then on it is not told for a while.
    assert_eq!(told(), 1);
    let idle = [first, server.raw()];
    let begin = Instant::now();
    assert_eq!(server.ask(&get("/healthz")).0, 200);
    in_time(begin.elapsed(), 3 * SECOND);
    assert_eq!(told(), 1);
    drop(idle);
}

/// One address has its share of the connections: a further one is closed at once, and there is room again when one ends.
#[test]
fn connections_of_one_address_have_a_number() {
    let site = Site::new(&[JANE]);
    let server = serve(&site, "[http.limits]\naddress_connections = 2\n");
    let mut kept = server.raw();
    let other = server.raw();
    let begin = Instant::now();
    let mut third = server.tcp().unwrap();
    assert_eq!(third.read(&mut [0]).unwrap_or_default(), 0, "closed before a word");
    assert!(begin.elapsed() < SLACK, "at once");
    drop(other);
    // The end of a connection is noticed a moment later.
    while server.try_raw().is_err() {
        assert!(begin.elapsed() < LONG);
    }
    kept.send(&get("/metrics"));
    let metrics = kept.answer().1;
    assert!(metrics.contains("limited_total{limit=\"address_connections\"}"), "{metrics}");
}

/// What never becomes a request is counted and told, once for all that are alike; idle connections that end are not.
#[test]
fn what_is_no_request_is_counted_and_told() {
    let site = Site::new(&[JANE]);
    let path = site.folder.path().join("ucs.toml");
    std::fs::write(&path, "[http.limits]\nheader_timeout_seconds = 2\n").unwrap();
    let log = site.folder.path().join("log");
    let server = site.start(&["--config", text(&path), "--log-level", "info"], |command| {
        command.stderr(std::fs::File::create(&log).unwrap());
    });
    let mut idle = server.raw();
    idle.send(&post(&sign_in(JANE), "", LIST));
    assert_eq!(idle.answer().0, 200);
    // Half of a head.
    let mut half = server.raw();
    half.send("POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: lo");
    for _ in 0..3 {
        assert_eq!(server.ask("no request at all\r\n\r\n").0, 400);
    }
    // What it is answered may be lost: it is still sending.
    let mut large = server.raw();
    large.sends(&format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(60_000)));
    large.closed();
    assert_eq!(server.ask("GET / HTTP/1.1\r\n\r\n").0, 400);
    let mut h2 = server.raw();
    h2.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    h2.closed();
    // No TLS, where that is spoken.
    let mut plain = server.tcp().unwrap();
    std::io::Write::write_all(&mut plain, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let _ = plain.read(&mut [0; 100]);
    half.closed();
    idle.closed();
    let (_, metrics) = server.ask(&get("/metrics"));
    for (reason, count) in [
        ("malformed", 3),
        ("head_too_large", 1),
        ("host", 1),
        ("http2", 1),
        ("tls_handshake", 1),
        ("head_timeout", 1),
    ] {
        let line = format!("ucs_http_refused_total{{reason=\"{reason}\"}} {count}\n");
        assert!(metrics.contains(&line), "{line} is not in\n{metrics}");
        let said = std::fs::read_to_string(&log).unwrap();
        let told = said.lines().filter(|line| line.contains(&format!("why=\"{reason}\"")));
        assert_eq!(told.count(), 1, "{reason}: {said}");
    }
    assert!(metrics.contains("ucs_connections 1\n"), "{metrics}");
}
