//! Bearer tokens: what is believed, and where the keys come from (UCS I1).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod http_support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http_support::{Ask, Fake, WHO, account, app, folder, jane};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use ucs::http::Settings;
use ucs::http::settings::{AuthSettings, JwtSettings, RateSettings};

/// Modulus of an RSA key whose other half is lost.
const RSA_MODULUS: &str = "pXqKl2iPrT26fsYAzB7DXKkb3tvlGmjg_EuB3xbm0firQ4sMGa8lFEF0NMil8OkepaH_yFGOm4ayYShNlkIAZTrTXT-opEKj\
    xgRDDMAxk3ZSqleNWoMnVa8GdgkucWPxVdnlcw4hmXClrdbO2ADi_LyNlXSP_0sYumyOdvwv-RsT7CM76vFQC9kOVRQXLplZ\
    rIKUkNXOOCmMVm6m-yvnbX3i9GeVZnpgPNt--q6T9Df70CL6uT2yjUSYnbindOLvSuCgJVxuDlZLrbX5wcOtRCw1qiMG28Ur\
    HYp86I-Y29-v5PnzxwXlGRmA8md3yh_BCbtGl1_2furbJlBCw13xdw";
/// What was signed with it, for jane until the year 2100.
const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUub3J\
    nIiwiYXVkIjoidWNzIiwiZXhwIjo0MTAyNDQ0ODAwLCJ1cG4iOiJqYW5lQGV4YW1wbGUub3JnIn0.JXpvQ9mONYuinUPGk9f\
    4EjON7hy4PV6qiFMF-3V6HgKu6Ozeph1Rb_bfJoi4OLnw-MtAEX-pwGjpBttAxrrUofepsUG3XnUYlEvk2B7EgtIg6P7GVWU\
    pK0vjlTqnvA1YUQoSvvHz3X0NWxUt6g6Tis1o8OXv5mNGuLJ_eEsSg_gjBINFWv5n7M94I6EsNU9sTS1twxD2KglP0-q8UOM\
    L6mLzin-PW97Ak0w2T40UjQ_Lod3m-VL6GZHk7l7R1X4GUtcPa9xd8e3RYCGh-hpZZleNA9i_kzFVdPd5R-enhOmWCeim4EG\
    hkuf96_4IBKcynUN-8p1kzV6H_ApjcZ61_g";

/// A key of an issuer.
struct Issuer {
    kid: &'static str,
    key: EncodingKey,
    algorithm: Algorithm,
    public: Value,
}

impl Issuer {
    fn es256(kid: &'static str) -> Issuer {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let key = EncodingKey::from_ec_der(&pair.serialize_der());
        let mut public =
            serde_json::to_value(Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap()).unwrap();
        public["kid"] = kid.into();
        Issuer { kid, key, algorithm: Algorithm::ES256, public }
    }

    fn eddsa(kid: &'static str) -> Issuer {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let x = BASE64_URL_SAFE_NO_PAD.encode(pair.public_key_raw());
        let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig" });
        Issuer {
            kid,
            key: EncodingKey::from_ed_der(&pair.serialize_der()),
            algorithm: Algorithm::EdDSA,
            public,
        }
    }

    fn token(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.to_owned()), ..Header::new(self.algorithm) };
        format!("Bearer {}", encode(&header, claims, &self.key).unwrap())
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    json!({
        "iss": "https://login.example.org", "aud": ["other", "ucs"], "exp": now() + 600, "nbf": now() - 10,
        "upn": "jane@example.org",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn write(path: &Path, keys: &[&Value]) {
    std::fs::write(path, json!({ "keys": keys }).to_string()).unwrap();
}

fn settings(jwt: JwtSettings) -> Settings {
    let jwt = JwtSettings {
        issuer: "https://login.example.org".to_owned(),
        audience: vec!["ucs".to_owned()],
        ..jwt
    };
    let rate = RateSettings { failed_sign_ins_per_minute: 0, ..RateSettings::default() };
    Settings { auth: AuthSettings { jwt: Some(jwt), ..AuthSettings::default() }, rate, ..Settings::default() }
}

#[tokio::test]
async fn only_a_token_of_the_issuer_for_this_audience_is_believed_while_it_lasts() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let (own, edwards, foreign) = (Issuer::es256("own"), Issuer::eddsa("ed"), Issuer::es256("own"));
    let rsa = json!({ "kty": "RSA", "n": RSA_MODULUS, "e": "AQAB", "kid": "rsa", "alg": "RS256" });
    write(&file, &[&own.public, &edwards.public, &rsa]);
    let accounts = Fake::new();
    let mut disabled = account(3, "disabled@example.org");
    disabled.disabled = true;
    accounts.put(disabled);
    let app = app(&accounts, settings(JwtSettings { jwks_file: Some(file), ..JwtSettings::default() }));
    let fine = [
        own.token(&claims()),
        edwards.token(&claims()),
        format!("Bearer {RSA_TOKEN}"),
        own.token(&with("aud", json!("ucs"))),
        // Within the leeway.
        own.token(&with("exp", json!(now() - 30))),
        own.token(&with("nbf", json!(now() + 30))),
    ];
    for token in &fine {
        for _ in 0..2 {
            assert!(Ask::ews(WHO).signed(token).of(&app).await.is_by("jane@example.org"), "{token}");
        }
    }
    let joe = own.token(&with("upn", json!("joe@example.org")));
    assert!(Ask::ews(WHO).signed(&joe).of(&app).await.is_by("joe@example.org"));

    let (head, rest) = fine[0].strip_prefix("Bearer ").unwrap().split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let encoded = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let none = encoded(json!({ "alg": "none", "typ": "JWT", "kid": "own" }));
    // The public key is no secret, so it must not serve as one.
    let secret = EncodingKey::from_secret(own.public["x"].as_str().unwrap().as_bytes());
    let hmac = Header { kid: Some("own".to_owned()), ..Header::new(Algorithm::HS256) };
    // What must be understood is not (RFC 7515, section 4.1.11).
    let critical = Header {
        kid: Some("own".to_owned()),
        crit: Some(vec!["exp".to_owned()]),
        ..Header::new(Algorithm::ES256)
    };
    let wrong = [
        with("iss", json!("https://evil.example.org")),
        without("iss"),
        with("aud", json!("other")),
        with("aud", json!([])),
        without("aud"),
        with("exp", json!(now() - 90)),
        without("exp"),
        with("nbf", json!(now() + 90)),
        without("upn"),
        with("upn", json!("")),
        with("upn", json!(7)),
        with("upn", json!("nobody@example.org")),
        with("upn", json!("disabled@example.org")),
    ];
    let wrong = wrong.map(|claims| own.token(&claims)).into_iter().chain([
        foreign.token(&claims()),
        format!("Bearer {}", encode(&critical, &claims(), &own.key).unwrap()),
        format!("Bearer {none}.{payload}."),
        format!("Bearer {none}.{payload}.{signature}"),
        format!("Bearer {}", encode(&hmac, &claims(), &secret).unwrap()),
        format!("Bearer {head}.{}.{signature}", encoded(with("upn", json!("joe@example.org")))),
        format!("Bearer {head}.{payload}."),
        format!("Bearer {head}.{payload}"),
        "Bearer ".to_owned(),
        "Bearer ..".to_owned(),
    ]);
    for token in wrong {
        let answer = Ask::ews(WHO).signed(&token).of(&app).await;
        assert_eq!(answer.status, 401, "{token}");
        assert!(answer.lines("www-authenticate").iter().any(|line| line.starts_with("Bearer")), "{token}");
    }
    // The last one is cut off by HTTP; all others are told what was wrong with them.
    let answer = Ask::ews(WHO).signed(&foreign.token(&claims())).of(&app).await;
    assert!(answer.lines("www-authenticate").contains(&"Bearer error=\"invalid_token\""));
}

#[tokio::test]
async fn a_new_key_is_looked_for_at_once_but_not_over_and_over() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let (old, new) = (Issuer::es256("old"), Issuer::es256("new"));
    // There is no file yet: the server starts all the same.
    let jwt = JwtSettings { jwks_file: Some(file.clone()), retry_seconds: 1, ..JwtSettings::default() };
    let app = app(&Fake::new(), settings(jwt));
    // Without any keys nobody can tell whether a token is good: that is no sign-in that failed, however often.
    for _ in 0..40 {
        assert_eq!(
            Ask::ews(WHO).signed(&old.token(&claims())).from([192, 0, 2, 9]).of(&app).await.status,
            503
        );
    }
    assert_eq!(Ask::ews(WHO).signed(&jane()).from([192, 0, 2, 9]).of(&app).await.status, 200);
    write(&file, &[&old.public]);
    // Just tried.
    assert_eq!(Ask::ews(WHO).signed(&old.token(&claims())).of(&app).await.status, 503);
    let retry = std::time::Duration::from_millis(1100);
    tokio::time::sleep(retry).await;
    assert_eq!(Ask::ews(WHO).signed(&old.token(&claims())).of(&app).await.status, 200);
    write(&file, &[&old.public, &new.public]);
    tokio::time::sleep(retry).await;
    assert_eq!(Ask::ews(WHO).signed(&new.token(&claims())).of(&app).await.status, 200);
    // A set that cannot be read does not replace one that could.
    std::fs::write(&file, "{").unwrap();
    tokio::time::sleep(retry).await;
    assert_eq!(Ask::ews(WHO).signed(&Issuer::es256("third").token(&claims())).of(&app).await.status, 401);
    assert_eq!(Ask::ews(WHO).signed(&new.token(&with("a", json!(1)))).of(&app).await.status, 200);
    // One without keys does: they are withdrawn. Nobody can tell then whether a token is good.
    write(&file, &[]);
    tokio::time::sleep(retry).await;
    for number in 2..40 {
        let token = Issuer::es256("third").token(&with("a", json!(number)));
        assert_eq!(Ask::ews(WHO).signed(&token).from([192, 0, 2, 9]).of(&app).await.status, 503);
    }
    assert_eq!(Ask::ews(WHO).signed(&jane()).from([192, 0, 2, 9]).of(&app).await.status, 200);
}

#[tokio::test]
async fn keys_come_from_a_url_and_are_asked_for_once() {
    let own = Issuer::es256("own");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, body) = (asked.clone(), json!({ "keys": [own.public.clone()] }).to_string());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            let mut head = [0; 1024];
            let size = stream.read(&mut head).await.unwrap();
            assert!(head[..size].starts_with(b"GET /keys HTTP/1.1\r\n"));
            let reply = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    let app = app(&Fake::new(), settings(JwtSettings { jwks_url: Some(url), ..JwtSettings::default() }));
    let tokens = [1, 2, 3, 4].map(|number| own.token(&with("number", json!(number))));
    let ask = |token: &str| Ask::ews(WHO).signed(token).of(&app);
    let answers = tokio::join!(ask(&tokens[0]), ask(&tokens[1]), ask(&tokens[2]), ask(&tokens[3]));
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert!(answer.is_by("jane@example.org"), "{}", answer.text);
    }
    // Nor does a key that there is not make it ask again.
    assert_eq!(ask(&Issuer::es256("other").token(&claims())).await.status, 401);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
