//! Everything beside the operations: pages, probes, metrics, Autodiscover (UCS T1, T12, T15, T17).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

mod http_support;

use std::sync::Arc;

use http_support::{Answer, Ask, Fake, TestApp, WHO, account, app, basic, builder, envelope, jane};
use ucs::http::metrics::Metrics;
use ucs::http::{Readiness, Settings};

#[tokio::test]
async fn t1_each_resource_has_its_methods_and_there_are_no_others() {
    let app = app(&Fake::new(), Settings::default());
    for (path, allowed) in [
        ("/", "GET, HEAD"),
        ("/healthz", "GET, HEAD"),
        ("/readyz", "GET, HEAD"),
        ("/metrics", "GET, HEAD"),
        ("/Autodiscover/Autodiscover.xml", "POST"),
        ("/EWS/Exchange.asmx", "POST"),
        ("/EWS/Services.wsdl", "GET, HEAD"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
            let answer = Ask::new(method, path, "").of(&app).await;
            let has = allowed.split(", ").any(|known| known == method);
            match (has, method) {
                (true, "POST") => assert_eq!(answer.status, 401, "{path}"),
                (true, _) => assert_eq!(answer.status, 200, "{method} {path}"),
                (false, _) => {
                    assert_eq!(
                        (answer.status.as_u16(), answer.lines("allow")),
                        (405, vec![allowed]),
                        "{method} {path}"
                    );
                }
            }
            assert_eq!(answer.lines("request-id").len(), 1, "{method} {path}");
        }
    }
    for nothing in ["/EWS", "/ews/other", "/favicon.ico", "/metrics/", "/EWS/../metrics"] {
        assert_eq!(Ask::new("GET", nothing, "").of(&app).await.status, 404, "{nothing}");
    }
    let echo = Ask::new("GET", "/none", "")
        .with("client-request-id", "mine")
        .with("return-client-request-id", "true");
    assert_eq!(echo.of(&app).await.lines("client-request-id"), ["mine"]);
}

#[tokio::test]
async fn the_page_tells_where_the_endpoint_is() {
    let here = app(&Fake::new(), Settings::default());
    let page = Ask::new("GET", "/", "").of(&here).await;
    assert_eq!(page.lines("content-type"), ["text/html; charset=utf-8"]);
    assert!(page.text.contains("<code>http://mail.example.org/EWS/Exchange.asmx</code>"), "{}", page.text);
    assert!(page.text.contains("href=\"/EWS/Services.wsdl\""));
    let url = Some("https://ews.example.com/EWS/Exchange.asmx?a&b".to_owned());
    let there = app(&Fake::new(), Settings { public_url: url, ..Settings::default() });
    let page = Ask::new("GET", "/", "").of(&there).await.text;
    assert!(page.contains("<code>https://ews.example.com/EWS/Exchange.asmx?a&amp;b</code>"), "{page}");
    // T15: the description is for everybody.
    assert!(Ask::new("GET", "/ews/services.wsdl", "").of(&here).await.text.contains("<wsdl:service"));
}

#[tokio::test]
async fn probes_tell_life_from_readiness() {
    let readiness = Arc::new(Readiness::default());
    let (builder, _) = builder(&Fake::new(), Settings::default());
    let app = builder.readiness(readiness.clone()).build().unwrap();
    let probe = async |path: &str| Ask::new("GET", path, "").of(&app).await.status.as_u16();
    assert_eq!((probe("/healthz").await, probe("/readyz").await), (200, 200));
    readiness.set(false);
    assert_eq!((probe("/healthz").await, probe("/readyz").await), (200, 503));
    // Requests that come all the same are answered.
    assert_eq!(Ask::ews(WHO).signed(&jane()).of(&app).await.status, 200);
}

#[tokio::test]
async fn operations_errors_and_refusals_are_counted() {
    let metrics = Arc::new(Metrics::new());
    let (builder, _) = builder(&Fake::new(), Settings::default());
    let app = builder.metrics(metrics.clone()).build().unwrap();
    Ask::ews(WHO).signed(&jane()).of(&app).await;
    Ask::ews(WHO).signed(&jane()).of(&app).await;
    Ask::ews("<Nothing/>").signed(&jane()).of(&app).await;
    Ask::ews("<AddImGroup/>").signed(&jane()).of(&app).await;
    Ask::ews(WHO).of(&app).await;
    let text = Ask::new("GET", "/metrics", "").of(&app).await;
    assert_eq!(text.lines("content-type"), ["application/openmetrics-text; version=1.0.0; charset=utf-8"]);
    for line in [
        "ucs_operations_total{operation=\"AddImGroup\",code=\"ErrorImGroupLimitReached\"} 2",
        "ucs_operations_total{operation=\"none\",code=\"ErrorInvalidRequest\"} 1",
        "ucs_operations_total{operation=\"AddImGroup\",code=\"ErrorSchemaValidation\"} 1",
        "ucs_operation_seconds_count{operation=\"AddImGroup\"} 3",
        "ucs_http_responses_total{route=\"ews\",status=\"200\"} 2",
        "ucs_http_responses_total{route=\"ews\",status=\"401\"} 1",
        "ucs_http_responses_total{route=\"ews\",status=\"500\"} 2",
        "ucs_sign_ins_total{scheme=\"basic\",outcome=\"accepted\"} 4",
        "ucs_sign_ins_total{scheme=\"none\",outcome=\"refused\"} 1",
        "ucs_requests_in_work 1",
    ] {
        assert!(text.text.lines().any(|known| known == line), "{line} is not in\n{}", text.text);
    }
    assert!(metrics.render().contains("ucs_requests_in_work 0\n"));
    let hidden = http_support::app(&Fake::new(), Settings { metrics: false, ..Settings::default() });
    assert_eq!(Ask::new("GET", "/metrics", "").of(&hidden).await.status, 404);
}

const REQUEST: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006";
const SETTINGS: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// As the client SIPE asks.
async fn discover(app: &TestApp, caller: &str, address: &str) -> Answer {
    let body = format!(
        "<Autodiscover xmlns=\"{REQUEST}\"><Request><EMailAddress>{address}</EMailAddress>\
         <AcceptableResponseSchema>{SETTINGS}</AcceptableResponseSchema></Request></Autodiscover>"
    );
    let ask = Ask::new("POST", "/Autodiscover/Autodiscover.xml", &body);
    ask.with("accept", "text/xml").with("content-type", "text/xml").signed(caller).of(app).await
}

fn code(answer: &Answer) -> &str {
    assert_eq!(
        (answer.status.as_u16(), answer.lines("content-type")),
        (200, vec!["text/xml; charset=utf-8"])
    );
    let rest = answer.text.split_once("<ErrorCode>").map_or("", |(_, rest)| rest);
    rest.split('<').next().unwrap()
}

#[tokio::test]
async fn autodiscover_tells_the_endpoint_for_the_callers_own_addresses() {
    let app = app(&Fake::new(), Settings::default());
    for address in ["jane@example.org", "JANE@EXAMPLE.ORG", "alias.jane@example.org"] {
        let answer = discover(&app, &jane(), address).await;
        assert_eq!(code(&answer), "", "{}", answer.text);
        let tree = AutodiscoverReply::of(&answer.text);
        assert_eq!(tree.all("EwsUrl"), ["http://mail.example.org/EWS/Exchange.asmx"; 2]);
        assert_eq!(tree.all("ASUrl"), ["http://mail.example.org/EWS/Exchange.asmx"; 2]);
        assert_eq!(tree.all("Server"), ["mail.example.org"; 2]);
        assert_eq!(tree.all("Type"), ["EXCH", "EXPR"]);
        assert_eq!(tree.all("DisplayName"), ["jane@example.org"]);
        assert_eq!(tree.all("LegacyDN").len(), 1);
        let root =
            "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">";
        assert!(answer.text.contains(&format!("{root}<Response xmlns=\"{SETTINGS}\">")));
    }
    let url = Some("https://ews.example.com/EWS/Exchange.asmx".to_owned());
    let configured = http_support::app(&Fake::new(), Settings { public_url: url, ..Settings::default() });
    let answer = discover(&configured, &jane(), "jane@example.org").await;
    let tree = AutodiscoverReply::of(&answer.text);
    assert_eq!(tree.all("EwsUrl"), ["https://ews.example.com/EWS/Exchange.asmx"; 2]);
    assert_eq!(tree.all("Server"), ["ews.example.com"; 2]);
}

/// The texts of a reply by element, read as a client does.
struct AutodiscoverReply(Vec<(String, String)>);

impl AutodiscoverReply {
    fn of(text: &str) -> AutodiscoverReply {
        let mut reader = quick_xml::Reader::from_str(text);
        let (mut open, mut all) = (Vec::new(), Vec::new());
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(start) => open.push(start.local_name().as_ref().to_owned()),
                quick_xml::events::Event::Text(text) => {
                    all.push((open.last().cloned().unwrap_or_default(), text.xml10_content().into_owned()));
                }
                quick_xml::events::Event::End(_) => drop(open.pop()),
                quick_xml::events::Event::Eof => return AutodiscoverReply(all),
                _ => {}
            }
        }
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, text)| text.as_str()).collect()
    }
}

#[tokio::test]
async fn autodiscover_tells_nothing_of_others() {
    let accounts = Fake::new();
    let mut disabled = account(3, "disabled@example.org");
    disabled.disabled = true;
    accounts.put(disabled);
    accounts.grant(1, 3);
    let app = app(&accounts, Settings::default());
    // Everything but time and id is the same for one that is not the caller's and one that there is not.
    let rest = |answer: &Answer| answer.text.split_once("<ErrorCode>").unwrap().1.to_owned();
    let unknown = discover(&app, &jane(), "nobody@example.org").await;
    assert_eq!(code(&unknown), "500");
    for other in ["joe@example.org", "disabled@example.org", "nobody@example.com"] {
        assert_eq!(rest(&discover(&app, &jane(), other).await), rest(&unknown), "{other}");
    }
    accounts.grant(1, 2);
    assert_eq!(code(&discover(&app, &jane(), "joe@example.org").await), "");
    assert_eq!(code(&discover(&app, &basic("joe@example.org", "secret"), "jane@example.org").await), "500");
    assert_eq!(code(&discover(&app, &jane(), "jane").await), "501");
    assert_eq!(discover(&app, &basic("jane@example.org", "wrong"), "jane@example.org").await.status, 401);
}

#[tokio::test]
async fn t17_autodiscover_answers_whatever_it_is_sent() {
    let app = app(&Fake::new(), Settings::default());
    let ask = |body: &str| Ask::new("POST", "/AUTODISCOVER/autodiscover.XML", body).signed(&jane());
    for body in ["", "<", "<Autodiscover/>", "\u{0}", &envelope(WHO)] {
        assert_eq!(code(&ask(body).of(&app).await), "600", "{body}");
    }
    let large = ask(&" ".repeat(70_000)).of(&app).await;
    assert_eq!((large.status.as_u16(), large.lines("request-id").len()), (413, 1));
    let schema = format!(
        "<Autodiscover xmlns='{REQUEST}'><Request><EMailAddress>jane@example.org</EMailAddress>\
         <AcceptableResponseSchema>urn:other</AcceptableResponseSchema></Request></Autodiscover>"
    );
    assert_eq!(code(&ask(&schema).of(&app).await), "601");
}
