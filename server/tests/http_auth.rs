//! Who is let in: Basic, the trusted header, and what the others are told (UCS I1, T14, T16).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod http_support;

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_support::{Answer, Ask, Fake, WHO, account, app, basic, jane};
use ucs::http::metrics::Metrics;
use ucs::http::settings::{AuthSettings, JwtSettings, ProxySettings, RateSettings};
use ucs::http::{Settings, SetupError, hash_password};

const BASIC: &str = "Basic realm=\"ucs\", charset=\"UTF-8\"";

#[tokio::test]
async fn i1_the_caller_of_an_operation_is_who_signed_in() {
    let app = app(&Fake::new(), Settings::default());
    for _ in 0..2 {
        assert!(Ask::ews(WHO).signed(&jane()).of(&app).await.is_by("jane@example.org"));
        assert!(
            Ask::ews(WHO).signed(&basic("JOE@example.org", "secret")).of(&app).await.is_by("joe@example.org")
        );
    }
    // Any spelling of the scheme, base64 without padding.
    let odd = jane().replace("Basic ", "bAsIC   ").trim_end_matches('=').to_owned();
    assert!(Ask::ews(WHO).signed(&odd).of(&app).await.is_by("jane@example.org"));
}

/// UCS I1: clients that do not look at the charset of the challenge send ISO 8859-1.
#[tokio::test]
async fn i1_login_and_password_may_be_in_iso_8859_1() {
    let (accounts, password) = (Fake::new(), "S\u{fc}\u{df}es");
    let mut account = account(3, "j\u{fc}rgen@example.org");
    account.password = Some(hash_password(password).unwrap());
    accounts.put(account);
    let app = app(&accounts, Settings::default());
    let text = format!("j\u{fc}rgen@example.org:{password}");
    let narrow: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    for bytes in [text.into_bytes(), narrow] {
        let credentials = format!("Basic {}", BASE64_STANDARD.encode(bytes));
        assert!(Ask::ews(WHO).signed(&credentials).of(&app).await.is_by("j\u{fc}rgen@example.org"));
    }
}

/// Accounts, among them one that is disabled and one without a password.
fn with_those_who_cannot_sign_in() -> Arc<Fake> {
    let accounts = Fake::new();
    let mut disabled = account(3, "disabled@example.org");
    disabled.disabled = true;
    accounts.put(disabled);
    let mut without = account(4, "without@example.org");
    without.password = None;
    accounts.put(without);
    accounts
}

/// UCS T14: one line per scheme.
#[tokio::test]
async fn t14_everybody_else_gets_one_and_the_same_401() {
    let accounts = with_those_who_cannot_sign_in();
    let app = app(&accounts, Settings::default());
    let wrong = [
        jane().replace("Basic", "Negotiate"),
        basic("jane@example.org", "Secret"),
        basic("jane@example.org", ""),
        basic("nobody@example.org", "secret"),
        basic("disabled@example.org", "secret"),
        basic("without@example.org", "secret"),
        basic("without@example.org", ""),
        basic("", ""),
        "Basic".to_owned(),
        "Basic !!!".to_owned(),
        "Basic amFuZQ==".to_owned(),
        "Basic //79".to_owned(),
        "Bearer a.b.c".to_owned(),
        // The first leg of NTLM (UCS T16).
        "NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAGAbEdAAAADw==".to_owned(),
    ];
    let none = Ask::ews(WHO).of(&app).await;
    assert_eq!((none.status.as_u16(), none.lines("www-authenticate")), (401, vec![BASIC]));
    assert_eq!(none.lines("request-id").len(), 1);
    for credentials in wrong {
        let answer = Ask::ews(WHO).signed(&credentials).of(&app).await;
        assert_eq!(
            (answer.status.as_u16(), answer.lines("www-authenticate")),
            (401, vec![BASIC]),
            "{credentials}"
        );
        assert_eq!(answer.text, none.text, "{credentials}");
    }
    // Two of them are none.
    let twice = Ask::ews(WHO).signed(&jane()).signed(&jane()).of(&app).await;
    assert_eq!(twice.status, 401);
}

/// UCS T14: one line per scheme.
#[tokio::test]
async fn t14_each_scheme_has_a_line_of_its_own() {
    let jwt = JwtSettings {
        issuer: "i".to_owned(),
        audience: vec!["a".to_owned()],
        jwks_file: Some("none.json".into()),
        ..JwtSettings::default()
    };
    let auth = AuthSettings { realm: "a b".to_owned(), jwt: Some(jwt), ..AuthSettings::default() };
    let both = app(&Fake::new(), Settings { auth: auth.clone(), ..Settings::default() });
    let line = "Basic realm=\"a b\", charset=\"UTF-8\"";
    assert_eq!(Ask::ews(WHO).of(&both).await.lines("www-authenticate"), [line, "Bearer"]);
    let bad = Ask::ews(WHO).signed("Bearer a.b.c").of(&both).await;
    assert_eq!(bad.lines("www-authenticate"), [line, "Bearer error=\"invalid_token\""]);
    let one =
        app(&Fake::new(), Settings { auth: AuthSettings { basic: false, ..auth }, ..Settings::default() });
    let refused = Ask::ews(WHO).signed(&jane()).of(&one).await;
    assert_eq!((refused.status.as_u16(), refused.lines("www-authenticate")), (401, vec!["Bearer"]));
}

#[tokio::test]
async fn a_new_password_and_a_disabled_account_take_effect_at_once() {
    let accounts = Fake::new();
    let app = app(&accounts, Settings::default());
    assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
    let mut changed = account(1, "jane@example.org");
    changed.password = Some(hash_password("pass\u{e4}:word").unwrap());
    accounts.put(changed.clone());
    assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 401);
    // Colons and any letter are part of a password, whichever way the keyboard writes it.
    for new in ["pass\u{e4}:word", "passa\u{308}:word"] {
        assert_eq!(Ask::ews(WHO).signed(&basic("jane@example.org", new)).of(&app).await.status, 200, "{new}");
    }
    changed.disabled = true;
    accounts.put(changed);
    assert_eq!(
        Ask::ews(WHO).signed(&basic("jane@example.org", "pass\u{e4}:word")).of(&app).await.status,
        401
    );
}

/// Who guesses learns nothing about which accounts there are: neither from the text of an answer nor from the time that
/// it takes, which is that of one hash. That the hash for nobody has the cost of a real one, `http/auth/password.rs` tests.
#[tokio::test]
async fn whatever_is_wrong_with_a_sign_in_costs_one_hash_and_reads_the_same() {
    let accounts = with_those_who_cannot_sign_in();
    let metrics = Arc::new(Metrics::new());
    let rate = RateSettings { failed_sign_ins_per_minute: 0, ..RateSettings::default() };
    let settings = Settings { rate, ..Settings::default() };
    let app = http_support::builder(&accounts, settings).0.metrics(metrics.clone()).build().unwrap();
    let hashes = || -> u64 {
        let text = metrics.render();
        let count = text.lines().find_map(|line| line.strip_prefix("ucs_password_hashes_total "));
        count.unwrap().parse().unwrap()
    };
    // All but the ids, which are of each request.
    let shown = |answer: Answer| {
        let mut headers: Vec<_> = answer.headers.into_iter().collect();
        headers.retain(|(name, _)| name.as_ref().is_none_or(|name| name != "request-id"));
        (answer.status, headers, answer.text)
    };
    let wrong = shown(Ask::ews(WHO).signed(&basic("jane@example.org", "wrong")).of(&app).await);
    assert_eq!((wrong.0.as_u16(), hashes()), (401, 1));
    let mut expected = 1;
    // Each twice: that it was wrong before makes none of them cheaper.
    for login in ["jane@example.org", "nobody@example.org", "disabled@example.org", "without@example.org", ""]
    {
        for password in ["wrong", "wrong", "secret ", ""] {
            let answer = Ask::ews(WHO).signed(&basic(login, password)).of(&app).await;
            expected += 1;
            assert_eq!(hashes(), expected, "hashes for {login:?} with {password:?}");
            assert_eq!(shown(answer), wrong, "{login:?} with {password:?}");
        }
    }
    for login in ["disabled@example.org", "without@example.org", "nobody@example.org"] {
        let answer = Ask::ews(WHO).signed(&basic(login, "secret")).of(&app).await;
        expected += 1;
        assert_eq!((hashes(), shown(answer)), (expected, wrong.clone()), "{login}");
    }
    // A right one is remembered.
    for _ in 0..2 {
        assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
        assert_eq!(hashes(), expected + 1);
    }
}

#[tokio::test]
async fn failed_sign_ins_of_an_address_are_limited_before_anything_is_hashed() {
    let rate = RateSettings { failed_sign_ins_per_minute: 2, ..RateSettings::default() };
    let app = app(&Fake::new(), Settings { rate, ..Settings::default() });
    assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
    for wrong in ["a", "b"] {
        let answer = Ask::ews(WHO).signed(&basic("jane@example.org", wrong)).of(&app).await;
        assert_eq!(answer.status, 401);
    }
    // Not even the right one is tried.
    let joe = basic("joe@example.org", "secret");
    for credentials in [&basic("jane@example.org", "c"), &joe] {
        let answer = Ask::ews(WHO).signed(credentials).of(&app).await;
        assert_eq!(answer.status, 500);
        assert!(answer.text.contains("ErrorServerBusy") && answer.text.contains("BackOffMilliseconds"));
    }
    // Who is known goes on, and so does everybody elsewhere.
    assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
    assert_eq!(Ask::ews(WHO).signed(&joe).from([192, 0, 2, 2]).of(&app).await.status, 200);
}

#[tokio::test]
async fn the_trusted_header_is_believed_from_the_proxy_alone() {
    let proxy = ProxySettings {
        header: "X-Remote-User".to_owned(),
        addresses: vec!["192.0.2.0/25".to_owned()],
        address_header: None,
    };
    let auth = AuthSettings { trusted_proxy: Some(proxy), ..AuthSettings::default() };
    let accounts = Fake::new();
    let app = app(&accounts, Settings { auth, ..Settings::default() });
    let named = |login: &str| Ask::ews(WHO).with("x-remote-user", login);
    assert!(named("joe@example.org").of(&app).await.is_by("joe@example.org"));
    assert_eq!(named("joe@example.org").from([192, 0, 2, 200]).of(&app).await.status, 401);
    // Elsewhere it is ignored: who signs in is who signs in.
    let both = named("joe@example.org").signed(&jane()).from([192, 0, 2, 200]).of(&app).await;
    assert!(both.is_by("jane@example.org"));
    // A proxy that passes on what callers send does not let them choose.
    assert_eq!(named("joe@example.org").with("x-remote-user", "jane@example.org").of(&app).await.status, 401);
    assert_eq!(named("nobody@example.org").of(&app).await.status, 401);
    assert!(Ask::ews(WHO).signed(&jane()).of(&app).await.is_by("jane@example.org"));
    let mut joe = account(2, "joe@example.org");
    joe.disabled = true;
    accounts.put(joe);
    assert_eq!(named("joe@example.org").of(&app).await.status, 401);
}

#[tokio::test]
async fn a_broken_account_store_is_a_fault_and_no_401() {
    let app = app(&Fake::new(), Settings::default());
    let answer = Ask::ews(WHO).signed(&basic("broken", "secret")).of(&app).await;
    assert_eq!(answer.status, 500);
    assert!(
        answer.text.contains("ErrorInternalServerError") && !answer.text.contains("disk"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn settings_that_let_nobody_in_are_refused() {
    let built = |auth: AuthSettings| {
        http_support::builder(&Fake::new(), Settings { auth, ..Settings::default() }).0.build().map(drop)
    };
    let none = AuthSettings { basic: false, ..AuthSettings::default() };
    assert!(matches!(built(none.clone()), Err(SetupError::NobodyGetsIn)));
    let jwt = |jwt: JwtSettings| built(AuthSettings { jwt: Some(jwt), ..none.clone() });
    assert!(matches!(jwt(JwtSettings::default()), Err(SetupError::Missing("auth.jwt.issuer"))));
    let issuer = JwtSettings { issuer: "i".to_owned(), ..JwtSettings::default() };
    assert!(matches!(jwt(issuer.clone()), Err(SetupError::Missing("auth.jwt.audience"))));
    let audience = JwtSettings { audience: vec!["a".to_owned()], ..issuer };
    assert!(matches!(jwt(audience), Err(SetupError::Setting { key: "auth.jwt.jwks_file", .. })));
    let proxy =
        ProxySettings { header: "a b".to_owned(), addresses: vec!["::1".to_owned()], address_header: None };
    let proxied = built(AuthSettings { trusted_proxy: Some(proxy), ..none });
    assert!(matches!(proxied, Err(SetupError::Setting { what, .. }) if what.contains("a b")));
    let realm = AuthSettings { realm: "a\"b".to_owned(), ..AuthSettings::default() };
    assert!(matches!(built(realm), Err(SetupError::Setting { key: "auth.realm", .. })));
}
