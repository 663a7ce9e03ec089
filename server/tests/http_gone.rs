//! Requests whose caller goes away before they are answered: what log and metrics say of them. Alone in its file, as the
//! tests of the log are.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod http_support;

use std::sync::Arc;
use std::time::Duration;

use http_support::log::{Log, record};
use http_support::{Ask, Fake, WHO, jane};
use oxws::oxwscos::ExchangeServiceServer;
use oxws::server::Endpoint;
use serde_json::Value;
use tokio::time::timeout;
use ucs::accounts::MailboxId;
use ucs::contacts::{Command, Culture, List};
use ucs::http::metrics::Metrics;
use ucs::http::{App, Settings};
use ucs::service::ContactService;
use ucs::store::{Lists, StoreError, Written};

/// A store that never answers.
struct Stuck;

impl Lists for Stuck {
    async fn read(&self, _: MailboxId) -> Result<Arc<List>, StoreError> {
        std::future::pending().await
    }

    async fn write(&self, _: MailboxId, _: Command, _: Culture) -> Result<Written, StoreError> {
        std::future::pending().await
    }
}

/// What is known when the caller goes away is told: more, the later it goes.
#[tokio::test]
async fn a_request_whose_caller_has_gone_is_logged_and_counted_by_its_operation() {
    let (log, metrics, accounts) = (Log::default(), Arc::new(Metrics::new()), Fake::new());
    accounts.grant(1, 2);
    let service = ContactService::new(Stuck, accounts.clone(), &[9; 32], 1_000_000);
    let endpoint = Endpoint::new(ExchangeServiceServer(service));
    let app = App::builder(endpoint, accounts, Settings::default()).metrics(metrics.clone()).build().unwrap();
    let guard = record(&log);
    let signed = |body: &str| Ask::ews(body).signed(&jane());
    // Its password is known after this, so that nothing but the service is waited for.
    assert_eq!(signed("<NoOperation/>").of(&app).await.status, 500);
    let soon = Duration::from_millis(50);
    for body in [WHO, WHO, "<GetImItemList/>"] {
        assert!(timeout(soon, signed(body).of(&app)).await.is_err(), "{body} is answered");
    }
    assert!(timeout(soon, Ask::acting(WHO, "joe@example.org").signed(&jane()).of(&app)).await.is_err());
    assert!(timeout(soon, app.answer(signed(WHO).unfinished())).await.is_err());
    let page = Ask::new("POST", "/healthz", "a").unfinished();
    assert!(timeout(soon, app.answer(page)).await.is_err());
    drop(guard);
    let lines = log.requests();
    let parts = |name: &str| lines[1..].iter().map(|line| line["fields"][name].clone()).collect::<Vec<_>>();
    assert_eq!(parts("gone"), [true; 6]);
    assert_eq!(parts("status"), [const { Value::Null }; 6]);
    let texts = |texts: [Option<&str>; 6]| texts.map(|text| text.map_or(Value::Null, Value::from));
    let jane = Some("jane@example.org");
    assert_eq!(parts("login"), texts([jane, jane, jane, jane, jane, None]));
    let add = Some("AddImGroup");
    assert_eq!(parts("operation"), texts([add, add, Some("GetImItemList"), add, None, None]));
    let (own, other) = ("01010101-0101-0101-0101-010101010101", "02020202-0202-0202-0202-020202020202");
    assert_eq!(parts("mailbox"), texts([Some(own), Some(own), Some(own), Some(other), None, None]));
    assert!(lines.iter().all(|line| line["fields"]["microseconds"].is_u64()));
    // Each can be told from the others.
    let mut ids: Vec<String> =
        lines.iter().map(|line| line["fields"]["request_id"].as_str().unwrap().to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert!(ids.len() == lines.len() && ids.iter().all(|id| id.len() == 36), "{ids:?}");
    let counted = metrics.render();
    let mut counts: Vec<&str> =
        counted.lines().filter(|line| line.starts_with("ucs_http_abandoned_total")).collect();
    counts.sort_unstable();
    assert_eq!(
        counts,
        [
            "ucs_http_abandoned_total{route=\"ews\",operation=\"AddImGroup\"} 3",
            "ucs_http_abandoned_total{route=\"ews\",operation=\"GetImItemList\"} 1",
            "ucs_http_abandoned_total{route=\"ews\",operation=\"none\"} 1",
            "ucs_http_abandoned_total{route=\"healthz\",operation=\"none\"} 1",
        ]
    );
    // Nothing was answered, and nothing is in work any more.
    assert!(
        !counted.contains("ucs_operations_total{operation=\"AddImGroup\"")
            && counted.contains("ucs_requests_in_work 0\n"),
        "{counted}"
    );
}
