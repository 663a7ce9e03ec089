//! Rates and numbers of requests: who asks too much is told so, and everybody else is served.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod http_support;

use std::time::Duration;

use http_support::{Ask, Fake, SLOW, WHO, app, basic, builder, jane};
use tokio::time::timeout;
use ucs::http::Settings;
use ucs::http::settings::{ConcurrencySettings, ProxySettings, RateSettings};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn an_account_that_asks_too_often_is_told_how_long_to_wait() {
    let rate = RateSettings { account_per_second: 1, account_burst: 2, ..RateSettings::default() };
    let app = app(&Fake::new(), Settings { rate, ..Settings::default() });
    for _ in 0..2 {
        assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
    }
    let busy = Ask::ews(WHO).signed(&jane()).of(&app).await;
    assert_eq!((busy.status.as_u16(), busy.lines("content-type")), (500, vec!["text/xml; charset=utf-8"]));
    assert!(busy.text.contains("ErrorServerBusy"), "{}", busy.text);
    assert!(busy.text.contains("The server cannot service this request right now. Try again later."));
    let (_, rest) = busy.text.split_once("Name=\"BackOffMilliseconds\">").unwrap();
    let wait: u64 = rest.split('<').next().unwrap().parse().unwrap();
    assert!((1..=1000).contains(&wait), "{wait}");
    // Others are not concerned, wherever they are.
    assert_eq!(Ask::ews(WHO).signed(&basic("joe@example.org", "secret")).of(&app).await.status, 200);
    tokio::time::sleep(Duration::from_millis(wait)).await;
    assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_so_in_the_form_of_what_it_asks() {
    let rate = RateSettings { address_per_second: 1, address_burst: 1, ..RateSettings::default() };
    let app = app(&Fake::new(), Settings { rate, ..Settings::default() });
    assert_eq!(Ask::new("GET", "/", "").of(&app).await.status, 200);
    let page = Ask::new("GET", "/", "").of(&app).await;
    assert_eq!((page.status.as_u16(), page.lines("retry-after").len()), (429, 1));
    let busy = Ask::ews(WHO).signed(&jane()).of(&app).await;
    assert!(busy.status == 500 && busy.text.contains("BackOffMilliseconds"), "{}", busy.text);
    // Whoever watches the server sees it, and others are served.
    assert_eq!(Ask::new("GET", "/healthz", "").of(&app).await.status, 200);
    assert_eq!(Ask::new("GET", "/", "").from([192, 0, 2, 2]).of(&app).await.status, 200);
}

#[tokio::test]
async fn behind_a_proxy_its_callers_are_counted_and_not_the_proxy() {
    let proxy = |address_header: Option<&str>| ProxySettings {
        header: "X-Remote-User".to_owned(),
        addresses: vec!["192.0.2.1".to_owned()],
        address_header: address_header.map(str::to_owned),
    };
    let rate = RateSettings { address_per_second: 1, address_burst: 1, ..RateSettings::default() };
    let mut settings = Settings { rate, ..Settings::default() };
    settings.auth.trusted_proxy = Some(proxy(Some("X-Forwarded-For")));
    let counted = app(&Fake::new(), settings.clone());
    let ask = |from: &str| Ask::new("GET", "/", "").with("x-forwarded-for", from);
    assert_eq!(ask("203.0.113.1").of(&counted).await.status, 200);
    assert_eq!(ask("203.0.113.2").of(&counted).await.status, 200);
    assert_eq!(ask("203.0.113.9, 203.0.113.1").of(&counted).await.status, 429);
    // Nobody else is believed.
    assert_eq!(ask("203.0.113.3").from([192, 0, 2, 2]).of(&counted).await.status, 200);
    assert_eq!(ask("203.0.113.4").from([192, 0, 2, 2]).of(&counted).await.status, 429);
    settings.auth.trusted_proxy = Some(proxy(None));
    let uncounted = app(&Fake::new(), settings);
    for _ in 0..5 {
        assert_eq!(Ask::new("GET", "/", "").of(&uncounted).await.status, 200);
    }
}

#[tokio::test]
async fn beyond_the_places_requests_wait_and_beyond_the_queue_they_are_turned_away() {
    let concurrency =
        ConcurrencySettings { requests: 1, queue: 1, queue_seconds: 20, ..ConcurrencySettings::default() };
    let (builder, store) = builder(&Fake::new(), Settings { concurrency, ..Settings::default() });
    let app = builder.build().unwrap();
    let send = || {
        let app = app.clone();
        tokio::spawn(async move { Ask::ews(SLOW).signed(&jane()).of(&app).await })
    };
    let first = send();
    timeout(LONG, store.begun.acquire()).await.unwrap().unwrap().forget();
    let second = send();
    // The second waits as soon as it is there: the third is turned away then, or is the one that waits.
    let mut waiting = vec![second];
    let turned = loop {
        let mut other = send();
        match timeout(Duration::from_millis(300), &mut other).await {
            Ok(answer) => break answer.unwrap(),
            Err(_) => waiting.push(other),
        }
    };
    assert_eq!((turned.status.as_u16(), turned.lines("retry-after")), (503, vec!["1"]));
    store.turns.add_permits(3);
    assert_eq!(timeout(LONG, first).await.unwrap().unwrap().status, 200);
    let mut answers = Vec::new();
    for request in waiting {
        answers.push(timeout(LONG, request).await.unwrap().unwrap().status.as_u16());
    }
    answers.sort_unstable();
    // One had the place in the queue.
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 200 | 503)), "{answers:?}");
    // Pages need no place.
    assert_eq!(Ask::new("GET", "/", "").of(&app).await.status, 200);
}

#[tokio::test]
async fn nobody_waits_for_ever_for_a_place_and_who_goes_away_leaves_it() {
    let concurrency =
        ConcurrencySettings { requests: 1, queue: 9, queue_seconds: 1, ..ConcurrencySettings::default() };
    let (builder, store) = builder(&Fake::new(), Settings { concurrency, ..Settings::default() });
    let app = builder.build().unwrap();
    let (busy, caller) = (app.clone(), jane());
    let first = tokio::spawn(async move { Ask::ews(SLOW).signed(&caller).of(&busy).await.status });
    timeout(LONG, store.begun.acquire()).await.unwrap().unwrap().forget();
    assert_eq!(timeout(LONG, Ask::ews(WHO).signed(&jane()).of(&app)).await.unwrap().status, 503);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(timeout(LONG, Ask::ews(WHO).signed(&jane()).of(&app)).await.unwrap().status, 200);
}

#[tokio::test]
async fn one_account_does_not_take_all_places() {
    let concurrency =
        ConcurrencySettings { requests: 8, account_requests: 2, ..ConcurrencySettings::default() };
    let (builder, store) = builder(&Fake::new(), Settings { concurrency, ..Settings::default() });
    let app = builder.build().unwrap();
    let slow = |caller: String| {
        let app = app.clone();
        tokio::spawn(async move { Ask::ews(SLOW).signed(&caller).of(&app).await.status })
    };
    let both = [slow(jane()), slow(jane())];
    timeout(LONG, store.begun.acquire_many(2)).await.unwrap().unwrap().forget();
    let busy = timeout(LONG, Ask::ews(WHO).signed(&jane()).of(&app)).await.unwrap();
    assert!(busy.status == 500 && busy.text.contains("ErrorServerBusy"), "{}", busy.text);
    assert!(busy.text.contains("Name=\"BackOffMilliseconds\">1000<"), "{}", busy.text);
    let path = "/autodiscover/autodiscover.xml";
    let autodiscover = Ask::new("POST", path, "<Autodiscover/>").signed(&jane()).of(&app).await;
    assert_eq!((autodiscover.status.as_u16(), autodiscover.lines("retry-after")), (429, vec!["2"]));
    let metrics = Ask::new("GET", "/metrics", "").of(&app).await.text;
    assert!(metrics.contains("limited_total{limit=\"account_concurrency\"} 2"), "{metrics}");
    assert_eq!(Ask::ews(WHO).signed(&basic("joe@example.org", "secret")).of(&app).await.status, 200);
    store.turns.add_permits(2);
    for request in both {
        assert_eq!(timeout(LONG, request).await.unwrap().unwrap(), 200);
    }
    assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
}
