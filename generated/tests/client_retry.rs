//! What is repeated, when, and what never is; on prepared replies and a clock that the test moves.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod client_support;

use std::time::{Duration, SystemTime};

use client_support::{Script, back_off, busy, list, read, refused, reply, reply_with, write, written};
use oxws::client::{CallOptions, Client, Error, ReplyInfo, RetryPolicy, TransportError, TransportErrorKind};
use oxws::oxwscdata::ResponseCode;
use oxws::soap::{Fault, Request};
use tokio::time::Instant;

fn broken(kind: TransportErrorKind) -> Result<http::Response<bytes::Bytes>, TransportError> {
    Err(TransportError::new(kind))
}

fn patient(policy: RetryPolicy) -> impl Fn() -> Request<oxws::oxwscos::AddImGroup> {
    move || Request::new(write()).with_extension(CallOptions::new().retry(policy.clone()))
}

/// Everything that leaves open whether the request was carried out.
fn unknown(good: &[u8]) -> Vec<Result<http::Response<bytes::Bytes>, TransportError>> {
    vec![
        broken(TransportErrorKind::Interrupted),
        broken(TransportErrorKind::Timeout),
        reply(502, "<html/>"),
        reply(504, ""),
        reply(200, "<soap:Envelope"),
        reply(200, ""),
        reply(200, good[..good.len() - 9].to_vec()),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_write_is_not_repeated_when_it_may_have_been_carried_out() {
    for failure in unknown(&written()) {
        let script = Script::new([failure, reply(200, written())]);
        let error = script.client().call(write()).await.unwrap_err();
        assert!(error.outcome_unknown() && error.is_transient(), "{error:?}");
        assert_eq!(script.sent(), 1, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated() {
    for failure in unknown(&list()) {
        let script = Script::new([failure, reply(200, list())]);
        let reply = script.client().send(read()).await.unwrap();
        assert_eq!(reply.extensions.get::<ReplyInfo>().unwrap().attempts, 2);
        let seen = script.seen.lock().unwrap();
        assert_eq!(seen[0].headers()["client-request-id"], seen[1].headers()["client-request-id"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_on_demand() {
    let request = patient(RetryPolicy::new().repeat_writes(true));
    for failure in unknown(&written()) {
        let script = Script::new([failure, reply(200, written())]);
        script.client().call(request()).await.unwrap();
        assert_eq!(script.sent(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_asked_again_for_reads() {
    let script = Script::new([]);
    let begin = Instant::now();
    let error = script.client().call(read()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Timeout));
    assert_eq!(script.sent(), 3);
    let time = begin.elapsed();
    assert!(time >= Duration::from_secs(300) && time < Duration::from_secs(301), "{time:?}");

    let options = CallOptions::new().timeout(Duration::from_secs(5)).retry(RetryPolicy::none());
    let begin = Instant::now();
    script.client().call(Request::new(read()).with_extension(options)).await.unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(6));
    assert_eq!(script.sent(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_busy_server_did_nothing() {
    let no = [
        reply(429, ""),
        reply(503, "<html/>"),
        reply(500, busy(1)),
        reply(200, refused("ErrorServerBusy", "")),
        reply(503, Fault::new("ErrorInternalServerError", "Closed.").to_xml()),
        broken(TransportErrorKind::Connect),
    ];
    for no in no {
        let script = Script::new([no, reply(200, written())]);
        script.client().call(write()).await.unwrap();
        assert_eq!(script.sent(), 2);
    }
    // `send` gives the reply as it is.
    let script = Script::new([reply(200, refused("ErrorServerBusy", ""))]);
    let reply = script.client().send(write()).await.unwrap();
    assert_eq!(reply.body.response_code, Some(ResponseCode::ErrorServerBusy));
}

#[tokio::test(start_paused = true)]
async fn nothing_else_is_repeated() {
    let answers = [
        reply(500, ""),
        reply(401, ""),
        reply(404, "<html/>"),
        reply(302, ""),
        reply(500, Fault::internal().to_xml()),
        reply(200, refused("ErrorInvalidImGroupId", "")),
        reply(200, "<other/>"),
        broken(TransportErrorKind::Tls),
        broken(TransportErrorKind::TooLarge),
        broken(TransportErrorKind::Other),
    ];
    for answer in answers {
        let script = Script::new([answer, reply(200, written())]);
        let request = patient(RetryPolicy::new().repeat_writes(true));
        let error = script.client().call(request()).await.unwrap_err();
        assert_eq!((script.sent(), error.is_transient()), (1, false), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_that_the_server_names_is_kept() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(20));
    let waits = [
        (reply(500, busy(7_000)), 7),
        (reply(200, refused("ErrorServerBusy", &back_off(9_000))), 9),
        (reply_with(503, "retry-after", "11", ""), 11),
        (reply_with(429, "retry-after", "12", ""), 12),
        (reply_with(500, "retry-after", "13", busy(2_000)), 13),
        (reply_with(503, "retry-after", &date, ""), 18),
        (reply(503, ""), 0),
    ];
    for (answer, seconds) in waits {
        let script = Script::new([answer, reply(200, written())]);
        let begin = Instant::now();
        script.client().call(write()).await.unwrap();
        let time = begin.elapsed();
        let (least, most) = (Duration::from_secs(seconds), Duration::from_secs(seconds + 3));
        assert!(time >= least && time < most, "{time:?} instead of {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn too_long_a_time_is_returned() {
    let script = Script::new([reply(500, busy(61_000))]);
    let begin = Instant::now();
    let error = script.client().call(write()).await.unwrap_err();
    assert_eq!(error.response_code(), Some(ResponseCode::ErrorServerBusy));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    assert!(begin.elapsed() < Duration::from_secs(1));

    // The limit is for the call, not for each wait.
    let script = Script::new([reply(500, busy(40_000)), reply(500, busy(40_000)), reply(200, written())]);
    let begin = Instant::now();
    script.client().call(write()).await.unwrap_err();
    assert_eq!(script.sent(), 2);
    assert!(begin.elapsed() < Duration::from_secs(41));

    let script = Script::new([reply_with(503, "retry-after", "3600", "")]);
    let error = script.client().call(write()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));

    let script = Script::new([reply(500, busy(61_000)), reply(200, written())]);
    let request = patient(RetryPolicy::new().max_total_delay(Duration::from_secs(100)));
    script.client().call(request()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn waiting_grows_up_to_its_bound() {
    let policy = RetryPolicy::new()
        .max_attempts(40)
        .base_delay(Duration::from_secs(1))
        .max_delay(Duration::from_secs(4))
        .max_total_delay(Duration::MAX);
    let script = Script::new((0..40).map(|_| broken(TransportErrorKind::Connect)));
    let begin = Instant::now();
    script.client().call(patient(policy)()).await.unwrap_err();
    assert_eq!(script.sent(), 40);
    // 39 waits of 2 s each on average.
    let time = begin.elapsed();
    assert!(time > Duration::from_secs(40) && time < Duration::from_secs(120), "{time:?}");
}

#[tokio::test(start_paused = true)]
async fn policies_may_forbid_repetition() {
    let script = Script::new([broken(TransportErrorKind::Connect), reply(200, written())]);
    script.client().call(patient(RetryPolicy::none())()).await.unwrap_err();
    assert_eq!(script.sent(), 1);

    let script = Script::new([broken(TransportErrorKind::Connect), reply(200, written())]);
    let builder = Client::builder("http://localhost/").retry(RetryPolicy::new().max_attempts(0));
    builder.build_with(script.clone()).unwrap().call(write()).await.unwrap_err();
    assert_eq!(script.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_later_attempt_does_not_hide_that_an_earlier_one_may_have_been_carried_out() {
    let request = patient(RetryPolicy::new().repeat_writes(true).max_attempts(2));
    let later = [broken(TransportErrorKind::Connect), reply(503, ""), reply(404, ""), reply(500, busy(1))];
    for later in later {
        let script = Script::new([broken(TransportErrorKind::Interrupted), later]);
        let error = script.client().call(request()).await.unwrap_err();
        assert!(error.outcome_unknown(), "{error:?}");
        assert_eq!(script.sent(), 2);
    }
    let script = Script::new([
        broken(TransportErrorKind::Interrupted),
        reply(200, refused("ErrorImGroupDisplayNameAlreadyExists", "")),
    ]);
    let error = script.client().call(request()).await.unwrap_err();
    assert_eq!(error.response_code(), Some(ResponseCode::ErrorImGroupDisplayNameAlreadyExists));
}
