//! SOAP 1.2 through client and server: media types, the action, envelopes and faults; and beside it SOAP 1.1 in the
//! same endpoint. The types are written in the shape that the generator emits.

#![cfg(all(feature = "client", feature = "server"))]
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "types and helpers of a test")]

use std::future::Future;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use oxws::client::{Client, Error, InProcess, Transport, TransportError};
use oxws::rt::prelude as rt;
use oxws::rt::{Ns, Vocabulary};
use oxws::server::Endpoint;
use oxws::soap::{Envelope, Fault, Outcome, Request};

static VOCABULARY: Vocabulary = Vocabulary::new(&[("t", "urn:t")]);

macro_rules! t {
    (type $local:literal) => {
        rt::TypeName { uri: "urn:t", local: $local }
    };
    ($local:literal) => {
        rt::Name::new(Ns::of(0), $local, concat!("<t:", $local, "></t:", $local, ">"))
    };
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Number {
    pub value: i32,
}
rt::new!(Number(value: i32));
rt::fields! {
    NUMBER: Number = Text(t!(type "Number"));
    text value;
}

macro_rules! service {
    ($module:ident, $trait:ident, $server:ident, $request:literal, $reply:literal, $action:literal $(, $version:ident)?) => {
        mod $module {
            use super::*;

            rt::message! { Ask(Number), VOCABULARY, t!($request) }
            rt::message! { Answer(Number), VOCABULARY, t!($reply) }

            #[derive(Clone, Debug, Default, PartialEq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
            pub struct NoParts {}
            static NO_PARTS: rt::Shape = rt::Shape::roots(&[]);
            impl rt::Shaped for NoParts {
                const SHAPE: &'static rt::Shape = &NO_PARTS;
            }
            impl rt::Fields for NoParts {}
            oxws::soap::headers!(NoParts, VOCABULARY, []);

            pub trait $trait: Send + Sync {
                fn ask(&self, request: Request<Ask>) -> impl Future<Output = Outcome<Answer>> + Send {
                    oxws::soap::unsupported(request)
                }
            }
            oxws::soap::service!($trait, $server, NoParts => NoParts, &[], [0 => ask: Ask => Answer]);
            oxws::soap::operation!("Ask", $action, Ask: NoParts => Answer: NoParts $(, soap = $version)?);
        }
    };
}
service!(new, New, NewServer, "Ask", "Answer", "urn:t/Ask", V12);
service!(old, Old, OldServer, "AskOld", "AnswerOld", "urn:t/Ask");
service!(other, Other, OtherServer, "AskOther", "AnswerOther", "urn:t/Größe", V12);

/// Doubles; is afraid of negative numbers, and breaks at 0.
struct Double;

impl new::New for Double {
    async fn ask(&self, request: Request<new::Ask>) -> Outcome<new::Answer> {
        match request.body.value {
            ..0 => Err(Fault::new("ErrorNegative", "Not below zero.")),
            0 => panic!("zero"),
            value => Ok(Envelope::new(Number::new(2 * value).into())),
        }
    }
}

impl old::Old for Double {
    async fn ask(&self, request: Request<old::Ask>) -> Outcome<old::Answer> {
        Ok(Envelope::new(Number::new(2 * request.body.value).into()))
    }
}

/// Keeps the heads and bodies of what passes.
struct Watched<T> {
    inner: T,
    seen: Seen,
}

/// Head of the request; status, head and body of the response.
type Seen = Arc<Mutex<Vec<(http::HeaderMap, http::StatusCode, http::HeaderMap, String)>>>;

impl<T: Transport> Transport for Watched<T> {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let head = request.headers().clone();
        let response = self.inner.send(request).await?;
        let body = String::from_utf8_lossy(response.body()).into_owned();
        self.seen.lock().unwrap().push((head, response.status(), response.headers().clone(), body));
        Ok(response)
    }
}

fn media(headers: &http::HeaderMap) -> &str {
    headers.get("content-type").map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn both_versions_in_one_endpoint() {
    let endpoint = Endpoint::builder((new::NewServer(Double), old::OldServer(Double))).path("/ask").build();
    let seen = Seen::default();
    let watched = Watched { inner: InProcess::new(endpoint), seen: seen.clone() };
    let client = Client::builder("http://localhost/ask").build_with(watched).unwrap();
    let last = || seen.lock().unwrap().pop().unwrap();

    let answer = client.send(new::Ask(Number::new(4))).await.unwrap();
    assert_eq!(answer.body.value, 8);
    let (asked, status, told, body) = last();
    assert_eq!(media(&asked), "application/soap+xml; charset=utf-8; action=\"urn:t/Ask\"");
    assert!(!asked.contains_key("soapaction"));
    assert_eq!((status.as_u16(), media(&told)), (200, "application/soap+xml; charset=utf-8"));
    assert!(body.contains("xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\""), "{body}");

    let answer = client.send(old::Ask(Number::new(5))).await.unwrap();
    assert_eq!(answer.body.value, 10);
    let (asked, _, told, body) = last();
    assert_eq!(media(&asked), "text/xml; charset=utf-8");
    assert_eq!(
        (&asked["soapaction"], media(&told)),
        (&"\"urn:t/Ask\"".parse().unwrap(), "text/xml; charset=utf-8")
    );
    assert!(body.contains("xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\""), "{body}");
}

#[tokio::test]
async fn actions_have_letters_of_any_script() {
    struct Same;
    impl other::Other for Same {
        async fn ask(&self, request: Request<other::Ask>) -> Outcome<other::Answer> {
            Ok(Envelope::new(Number::new(request.body.value).into()))
        }
    }
    let endpoint = Endpoint::builder(other::OtherServer(Same)).path("/ask").build();
    let seen = Seen::default();
    let watched = Watched { inner: InProcess::new(endpoint), seen: seen.clone() };
    let client = Client::builder("http://localhost/ask").build_with(watched).unwrap();
    assert_eq!(client.send(other::Ask(Number::new(3))).await.unwrap().body.value, 3);
    let asked = seen.lock().unwrap().pop().unwrap().0;
    let media = "application/soap+xml; charset=utf-8; action=\"urn:t/Größe\"";
    assert_eq!(asked["content-type"].as_bytes(), media.as_bytes());
}

#[tokio::test]
async fn faults_are_of_the_version_of_the_request() {
    let endpoint = Endpoint::builder((old::OldServer(Double), new::NewServer(Double))).path("/ask").build();
    let seen = Seen::default();
    let watched = Watched { inner: InProcess::new(endpoint), seen: seen.clone() };
    let client = Client::builder("http://localhost/ask").build_with(watched).unwrap();
    let last = || seen.lock().unwrap().pop().unwrap();

    for (number, code, value, status) in
        [(-1, "ErrorNegative", "Sender", 400), (0, "ErrorInternalServerError", "Receiver", 500)]
    {
        let error = client.send(new::Ask(Number::new(number))).await.unwrap_err();
        let Error::Fault(fault) = &error else { panic!("{error:?}") };
        assert_eq!((fault.code.local.as_str(), fault.response_code.as_deref()), (code, Some(code)));
        assert_eq!(fault.lang, "en-US");
        let (_, was, told, body) = last();
        assert_eq!((was.as_u16(), media(&told)), (status, "application/soap+xml; charset=utf-8"));
        assert!(body.contains(&format!("<soap:Value>soap:{value}</soap:Value><soap:Subcode>")), "{body}");
    }
}

/// A server of SOAP 1.1 alone refuses the media type of the other version, as it did.
#[tokio::test]
async fn what_nobody_speaks_is_refused() {
    let endpoint = Endpoint::builder(old::OldServer(Double)).path("/ask").build();
    let client = Client::builder("http://localhost/ask").build_with(InProcess::new(endpoint)).unwrap();
    let error = client.send(new::Ask(Number::new(1))).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(415));
}

/// A fault that another server wrote: subcodes within subcodes, reasons in several languages.
#[test]
fn a_foreign_fault_is_read() {
    let text = r#"<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault>
        <e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value xmlns:n="urn:n">n:NotNow</e:Value>
          <e:Subcode><e:Value>e:deeper</e:Value></e:Subcode></e:Subcode></e:Code>
        <e:Reason><e:Text xml:lang="de">Nicht jetzt.</e:Text><e:Text xml:lang="en">Not now.</e:Text></e:Reason>
        <e:Node>urn:node</e:Node><e:Role>urn:role</e:Role>
        <e:Detail><x xmlns="urn:x">more</x></e:Detail></e:Fault></e:Body></e:Envelope>"#;
    let read = Envelope::<new::Answer>::from_xml(text.as_bytes(), &oxws::rt::ReadOptions::strict()).unwrap();
    let fault = read.content.unwrap_err();
    assert_eq!((fault.code.namespace.as_str(), fault.code.local.as_str()), ("urn:n", "NotNow"));
    assert_eq!((fault.text.as_str(), fault.lang.as_str()), ("Nicht jetzt.", "de"));
    assert_eq!((fault.actor.as_deref(), fault.detail.len()), (Some("urn:role"), 1));
}
