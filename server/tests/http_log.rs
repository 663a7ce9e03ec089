//! The log: a line for each request, and no secret. Alone in its file: which lines are wanted is settled for a whole
//! process.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod http_support;

use http_support::log::{Log, record};
use http_support::{Ask, Fake, WHO, account, app, basic, jane};
use serde_json::Value;
use ucs::http::Settings;
use ucs::http::settings::ProxySettings;

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_no_secret() {
    let log = Log::default();
    let guard = record(&log);
    let app = app(&Fake::new(), Settings::default());
    // As a listener for both kinds of addresses has it.
    let mapped = std::net::Ipv4Addr::new(192, 0, 2, 7).to_ipv6_mapped();
    let good = Ask::ews(WHO).signed(&jane()).of(&app).await;
    Ask::ews(WHO).signed(&basic("jane@example.org", "hunter2")).from(mapped).of(&app).await;
    Ask::ews(WHO).signed("Bearer eyJhbGciOiJub25lIn0.e30.").of(&app).await;
    Ask::new("GET", "/none?token=hunter3", "").of(&app).await;
    let failing = "<RemoveImGroup><GroupId Id='a'/></RemoveImGroup>";
    let failed = Ask::ews(failing).signed(&jane()).of(&app).await;
    assert!(failed.status == 500 && !failed.text.contains("disk"), "{}", failed.text);
    let abandoned = tokio::time::timeout(
        std::time::Duration::from_millis(50),
        Ask::ews(http_support::SLOW).signed(&jane()).of(&app),
    );
    assert!(abandoned.await.is_err());
    Ask::new("PUT", "/EWS/Exchange.asmx", "").of(&app).await;
    drop(guard);
    let text = log.text();
    for secret in
        ["secret", "hunter", "amFuZUBleGFtcGxlLm9yZzpzZWNyZXQ", "eyJhbGci", "DisplayName", "argon2id"]
    {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    let lines = log.requests();
    assert_eq!(lines.len(), 7, "{text}");
    let first = &lines[0]["fields"];
    assert_eq!(first["request_id"], good.lines("request-id")[0]);
    assert_eq!((&first["operation"], &first["status"]), (&"AddImGroup".into(), &200.into()));
    assert_eq!(
        (&first["login"], &first["code"]),
        (&"jane@example.org".into(), &"ErrorImGroupLimitReached".into())
    );
    assert_eq!(first["mailbox"], "01010101-0101-0101-0101-010101010101");
    assert!(first["microseconds"].is_u64());
    assert_eq!((&lines[1]["fields"]["status"], &lines[1]["fields"]["login"]), (&401.into(), &Value::Null));
    // Who guesses passwords can be found, and an operator sees what is wrong with those who should get in.
    let refused: Vec<_> = lines.iter().map(|line| line["fields"]["refused"].as_str()).collect();
    let other = Some("the Authorization is of no kind that is taken here");
    assert_eq!(refused, [None, Some("the password is wrong"), other, None, None, None, None]);
    assert_eq!(lines[1]["fields"]["address"], "192.0.2.7");
    assert_eq!((&lines[3]["fields"]["path"], &lines[3]["fields"]["status"]), (&"/none".into(), &404.into()));
    // What the caller is not told.
    assert_eq!(
        (&lines[4]["level"], &lines[4]["fields"]["cause"]),
        (&"ERROR".into(), &"the disk is full".into())
    );
    assert_eq!(
        (&lines[5]["fields"]["gone"], &lines[5]["fields"]["login"]),
        (&true.into(), &"jane@example.org".into())
    );
    // What is no operation says what it was.
    assert_eq!((&lines[0]["fields"]["method"], &lines[6]["fields"]["method"]), (&Value::Null, &"PUT".into()));
    why_sign_ins_are_refused().await;
}

async fn why_sign_ins_are_refused() {
    let accounts = Fake::new();
    let mut disabled = account(3, "disabled@example.org");
    disabled.disabled = true;
    accounts.put(disabled);
    let mut without = account(4, "without@example.org");
    without.password = None;
    accounts.put(without);
    let mut settings = Settings::default();
    settings.auth.trusted_proxy = Some(ProxySettings {
        header: "X-Remote-User".to_owned(),
        addresses: vec!["192.0.2.1".to_owned()],
        address_header: None,
    });
    let app = app(&accounts, settings);
    let log = Log::default();
    let guard = record(&log);
    let by_proxy = |login: &str| Ask::ews(WHO).from([192, 0, 2, 1]).with("X-Remote-User", login);
    for (ask, wanted) in [
        (Ask::ews(WHO), None),
        (Ask::ews(WHO).signed("Basic !"), Some("the Authorization is not what Basic is")),
        (Ask::ews(WHO).signed(&basic("hunter2", "secret")), Some("no account has that login")),
        (Ask::ews(WHO).signed(&basic("disabled@example.org", "secret")), Some("the account is disabled")),
        (
            Ask::ews(WHO).signed(&basic("without@example.org", "secret")),
            Some("the account has no password (ucs user passwd gives it one)"),
        ),
        (Ask::ews(WHO).signed(&jane()).signed(&jane()), Some("there is more than one Authorization")),
        (by_proxy("Nobody"), Some("no account has the login \"Nobody\"")),
        (by_proxy("disabled@example.org"), Some("the account is disabled")),
        (by_proxy(" "), Some("the header of the proxy is there twice, or names nobody")),
    ] {
        let answer = ask.of(&app).await;
        // Who is refused learns nothing of that.
        assert_eq!(
            (answer.status.as_u16(), answer.text.trim()),
            (401, "Sign in with an account of this server.")
        );
        assert_eq!(log.requests().last().unwrap()["fields"]["refused"].as_str(), wanted);
    }
    drop(guard);
    assert!(!log.text().contains("hunter2"), "what is given as a login may be a password");
}
