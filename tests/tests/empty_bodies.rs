//! Messages whose Body is empty, through client and server, in process and over HTTP, in SOAP 1.1 and 1.2: which
//! operation a request is for, replies and faults, header parts, and what the service says of itself. The types are
//! written in the shape that the generator emits.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "types and helpers of a test")]
#![allow(unexpected_cfgs, reason = "emitted types ask for the feature `serde` of their crate")]

use std::future::Future;

use oxws::client::{Client, Error, InProcess, Transport};
use oxws::rt::prelude as rt;
use oxws::rt::{Ns, ReadOptions, Vocabulary};
use oxws::server::{Endpoint, Server};
use oxws::soap::{Envelope, Fault, NoReply, Outcome, Request, Service, Version};
use oxws_codegen::new_crate::{Runtime, new_crate};
use oxws_tests::wire::{Connection, Reply};
use tokio::net::TcpListener;

static VOCABULARY: Vocabulary = Vocabulary::new(&[("t", "urn:t")]);
static SCHEMAS: &[oxws::soap::SchemaFile] = &[oxws::soap::SchemaFile {
    name: "t.xsd",
    namespace: "urn:t",
    text: "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t'>\
           <xs:element name='Time' type='xs:int'/><xs:element name='Zone' type='xs:string'/></xs:schema>",
}];

macro_rules! t {
    ($local:literal) => {
        rt::Name::new(Ns::of(0), $local, concat!("<t:", $local, "></t:", $local, ">"))
    };
}

macro_rules! service {
    ($module:ident, $version:ident) => {
        mod $module {
            use super::*;

            rt::empty! { GetRequest, VOCABULARY }
            rt::message! { GetResponse(i32), VOCABULARY, t!("Time") }
            rt::message! { SetRequest(i32), VOCABULARY, t!("Time") }
            rt::empty! { SetResponse, VOCABULARY }
            rt::empty! { WindRequest, VOCABULARY }
            rt::empty! { WindResponse, VOCABULARY }
            rt::empty! { StopRequest, VOCABULARY }
            rt::empty! { BreakRequest, VOCABULARY }
            rt::empty! { BreakResponse, VOCABULARY }

            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct Parts {
                pub zone: Option<String>,
            }
            static PARTS: rt::Shape = rt::Shape::roots(&[rt::Particle::opt(t!("Zone"))]);
            impl rt::Shaped for Parts {
                const SHAPE: &'static rt::Shape = &PARTS;
            }
            impl rt::Fields for Parts {
                fn field(&mut self, at: usize, r: &mut rt::Reader<'_>) -> rt::Result<()> {
                    match at {
                        0 => r.opt(&mut self.zone),
                        _ => r.no_such_field(at),
                    }
                }
                fn write_fields(&self, w: &mut rt::Writer) {
                    w.opt(&PARTS.particles[0], &self.zone);
                }
            }
            oxws::soap::headers!(Parts, VOCABULARY, [zone = "zone"]);

            pub trait Clock: Send + Sync {
                fn get(&self, request: Request<GetRequest>) -> impl Future<Output = Outcome<GetResponse>> + Send {
                    oxws::soap::unsupported(request)
                }
                fn set(&self, request: Request<SetRequest>) -> impl Future<Output = Outcome<SetResponse>> + Send {
                    oxws::soap::unsupported(request)
                }
                fn wind(&self, request: Request<WindRequest>) -> impl Future<Output = Outcome<WindResponse>> + Send {
                    oxws::soap::unsupported(request)
                }
                fn stop(&self, request: Request<StopRequest>) -> impl Future<Output = Outcome<NoReply>> + Send {
                    oxws::soap::unsupported(request)
                }
                fn r#break(&self, request: Request<BreakRequest>) -> impl Future<Output = Outcome<BreakResponse>> + Send {
                    oxws::soap::unsupported(request)
                }
            }
            oxws::soap::service!(Clock, ClockServer, Parts => Parts, SCHEMAS, [
                0 => get: GetRequest => GetResponse,
                1 => set: SetRequest => SetResponse,
                2 => wind: WindRequest => WindResponse,
                3 => stop: StopRequest => NoReply,
                4 => r#break: BreakRequest => BreakResponse,
            ]);
            oxws::soap::operation!("Get", "urn:t/Get", GetRequest: Parts => GetResponse: Parts, soap = $version);
            oxws::soap::operation!("Set", "urn:t/Set", SetRequest: Parts => SetResponse: Parts, soap = $version);
            oxws::soap::operation!("Wind", "urn:t/Wind", WindRequest: Parts => WindResponse: Parts, soap = $version);
            // The action of both.
            oxws::soap::operation!("Stop", "urn:t/End", StopRequest: Parts => NoReply, soap = $version);
            oxws::soap::operation!("Break", "urn:t/End", BreakRequest: Parts => BreakResponse: Parts, soap = $version);

            impl Clock for Hall {
                async fn get(&self, request: Request<GetRequest>) -> Outcome<GetResponse> {
                    let zone = request.headers.zone.unwrap_or_default();
                    Ok(Envelope::new(GetResponse(i32::try_from(zone.len()).unwrap())))
                }
                async fn set(&self, request: Request<SetRequest>) -> Outcome<SetResponse> {
                    match request.body.0 {
                        ..0 => Err(Fault::new("ErrorNegative", "Not below zero.")),
                        time => {
                            let zone = Some(format!("{time}"));
                            Ok(Envelope::new(SetResponse).with_headers(Parts { zone }))
                        }
                    }
                }
                async fn wind(&self, _: Request<WindRequest>) -> Outcome<WindResponse> {
                    Ok(Envelope::new(WindResponse))
                }
            }

            /// What every caller gets, by whatever way.
            pub async fn run<T: Transport>(client: &Client<T>) {
                let zoned = Envelope::new(GetRequest).with_headers(Parts { zone: Some("CET".to_owned()) });
                assert_eq!(client.send(zoned).await.unwrap().body, GetResponse(3));
                let set = client.send(SetRequest(5)).await.unwrap();
                assert_eq!((set.body, set.headers.zone.as_deref()), (SetResponse, Some("5")));
                assert_eq!(client.send(WindRequest).await.unwrap().body, WindResponse);
                // By way of the trait, too.
                assert_eq!(client.wind(Envelope::new(WindRequest)).await.unwrap().body, WindResponse);
                let Error::Fault(fault) = client.send(SetRequest(-1)).await.unwrap_err() else { panic!() };
                assert_eq!(fault.response_code.as_deref(), Some("ErrorNegative"));
                let Error::Fault(fault) = client.send(BreakRequest).await.unwrap_err() else { panic!() };
                let problem = "of the operations with an empty request 2 have the action 'urn:t/End'.";
                assert!(fault.text.ends_with(problem), "{fault:?}");
            }
        }
    };
}
service!(old, V11);
service!(new, V12);

/// A service with one operation whose request is empty, and which has no action.
mod bell {
    use super::*;
    use old::Parts;

    rt::empty! { RingRequest, VOCABULARY }

    pub trait Bell: Send + Sync {
        fn ring(&self, request: Request<RingRequest>) -> impl Future<Output = Outcome<NoReply>> + Send {
            oxws::soap::unsupported(request)
        }
    }
    oxws::soap::service!(Bell, BellServer, Parts => Parts, SCHEMAS, [0 => ring: RingRequest => NoReply]);
    oxws::soap::operation!("Ring", "", RingRequest: Parts => NoReply);

    impl Bell for Hall {
        async fn ring(&self, _: Request<RingRequest>) -> Outcome<NoReply> {
            Ok(Envelope::new(NoReply))
        }
    }
}

/// A clock that knows its zone, and a bell.
#[derive(Clone, Copy)]
struct Hall;

fn endpoint<S: Service>(service: S) -> Endpoint<S> {
    Endpoint::builder(service).path("/clock").build()
}

/// Serves over HTTP on a port of its own.
async fn serve<S: Service + 'static>(service: S) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new().serve(listener, endpoint(service)));
    address
}

#[tokio::test]
async fn in_process() {
    let both = || InProcess::new(endpoint((old::ClockServer(Hall), new::ClockServer(Hall))));
    old::run(&Client::builder("http://localhost/clock").build_with(both()).unwrap()).await;
    new::run(&Client::builder("http://localhost/clock").build_with(both()).unwrap()).await;
}

#[tokio::test]
async fn http() {
    let url = format!("http://{}/clock", serve((new::ClockServer(Hall), old::ClockServer(Hall))).await);
    let client = Client::builder(url).no_proxy().build().unwrap();
    old::run(&client).await;
    new::run(&client).await;
}

/// The reply to an envelope with these headers, which end in line ends.
async fn post(address: std::net::SocketAddr, headers: &str, version: Version, body: &str) -> Reply {
    let envelope = format!("<s:Envelope xmlns:s=\"{}\">{body}</s:Envelope>", version.uri());
    let mut connection = Connection::open(address).await.unwrap();
    let head = format!(
        "POST /clock HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n",
        envelope.len()
    );
    connection.send(format!("{head}{envelope}").as_bytes()).await.unwrap();
    connection.reply().await.unwrap()
}

#[tokio::test]
async fn the_action_tells_the_operation() {
    let address = serve((old::ClockServer(Hall), new::ClockServer(Hall))).await;
    for version in [Version::V11, Version::V12] {
        let reply =
            |headers: String, body: &'static str| async move { post(address, &headers, version, body).await };
        let headers = |action: &str| match version {
            Version::V11 => format!("Content-Type: text/xml; charset=utf-8\r\nSOAPAction: {action}\r\n"),
            Version::V12 => format!("Content-Type: application/soap+xml; action={action}; charset=utf-8\r\n"),
        };
        for body in ["<s:Body/>", "<s:Body></s:Body>", "<s:Header/><s:Body>\n </s:Body>"] {
            for action in ["\"urn:t/Wind\"", "urn:t/Wind"] {
                let wound = reply(headers(action), body).await;
                assert_eq!(wound.status, 200, "{wound:?}");
                let end = "\"><soap:Body/></soap:Envelope>";
                assert!(
                    wound.text().contains(version.uri()) && wound.text().ends_with(end),
                    "{}",
                    wound.text()
                );
            }
        }
        // The element decides where there is one.
        let set = reply(headers("\"urn:t/Wind\""), "<s:Body><Time xmlns=\"urn:t\">4</Time></s:Body>").await;
        assert!(set.text().contains("<t:Zone>4</t:Zone></soap:Header><soap:Body/>"), "{}", set.text());
        let long = "<s:Body><Time xmlns=\"urn:t\">4</Time><Time xmlns=\"urn:t\">5</Time></s:Body>";
        assert!(
            reply(headers("\"urn:t/Set\""), long)
                .await
                .text()
                .contains("follows the message of the envelope")
        );
        for (action, problem) in [
            ("\"urn:t/wind\"", "of the operations with an empty request none has the action 'urn:t/wind'."),
            ("\"\"", "of the operations with an empty request it has no action that names one."),
            // That of an operation with an element.
            ("\"urn:t/Set\"", "of the operations with an empty request none has the action 'urn:t/Set'."),
            ("\"urn:t/End\"", "of the operations with an empty request 2 have the action 'urn:t/End'."),
        ] {
            let refused = reply(headers(action), "<s:Body/>").await;
            let text = refused.text();
            assert_eq!(refused.status, if version == Version::V12 { 400 } else { 500 }, "{text}");
            assert!(text.contains("ErrorInvalidRequest") && text.contains(problem), "{text}");
            assert!(text.contains(version.uri()), "{text}");
        }
        // What names no operation by its element is told as ever.
        let unknown = reply(headers("\"urn:t/Wind\""), "<s:Body><x/></s:Body>").await;
        assert!(unknown.text().contains("The request is invalid.<"), "{}", unknown.text());
    }
}

/// The next service is asked, as it is about requests with elements.
#[tokio::test]
async fn the_only_one_needs_no_action() {
    let text = "Content-Type: text/xml; charset=utf-8\r\n";
    let address = serve((old::ClockServer(Hall), bell::BellServer(Hall))).await;
    for action in ["", "SOAPAction: \"\"\r\n"] {
        let rung = post(address, &format!("{text}{action}"), Version::V11, "<s:Body/>").await;
        assert_eq!((rung.status, rung.body.len()), (202, 0), "{rung:?}");
    }
    let other =
        post(address, &format!("{text}SOAPAction: \"urn:t/Ring\"\r\n"), Version::V11, "<s:Body/>").await;
    assert!(other.text().contains("none has the action 'urn:t/Ring'."), "{}", other.text());
    // Without HTTP there is no action.
    let request = Envelope::new(bell::RingRequest).to_xml().unwrap();
    assert_eq!(bell::dispatch(&Hall, &request).await.status, 202);
}

/// What a service says of itself is a description of the same operations.
#[tokio::test]
async fn the_description_has_empty_messages() {
    for soap in ["http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/"] {
        let address = match soap.ends_with("soap12/") {
            true => serve(new::ClockServer(Hall)).await,
            false => serve(old::ClockServer(Hall)).await,
        };
        let mut connection = Connection::open(address).await.unwrap();
        connection.send(b"GET /clock?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let wsdl = connection.reply().await.unwrap().text();
        assert!(wsdl.contains(soap) && wsdl.contains("targetNamespace=\"urn:t\""), "{wsdl}");
        assert!(wsdl.contains("<soap:body parts=\"\" use=\"literal\"/>"), "{wsdl}");
        // The one-way operation alone has no output.
        assert_eq!(wsdl.matches("<wsdl:output message=").count(), 4, "{wsdl}");
        let mut inputs = oxws_codegen::Inputs::default();
        inputs.0.insert("Services.wsdl".to_owned(), wsdl.into_bytes());
        inputs.0.insert("t.xsd".to_owned(), SCHEMAS[0].text.as_bytes().to_vec());
        let request = oxws_codegen::new_crate::Request {
            name: "clock".to_owned(),
            wsdl: vec!["Services.wsdl".to_owned()],
            xsd: Vec::new(),
            operations: Vec::new(),
            elements: Vec::new(),
            runtime: Runtime::Version("0.1".to_owned()),
            command: "cargo xtask new-crate".to_owned(),
        };
        let (output, diagnostics) = new_crate(&inputs, &request);
        let report = diagnostics.render();
        assert!(
            report.contains("the soapAction `urn:t/End`") && report.ends_with("0 errors, 1 warning\n"),
            "{report}"
        );
        let code: String = output
            .files
            .into_iter()
            .filter(|(path, _)| path.ends_with(".rs"))
            .map(|(_, text)| text)
            .collect();
        for name in
            ["GetRequest", "SetResponse", "WindRequest", "WindResponse", "StopRequest", "BreakResponse"]
        {
            assert!(code.contains(&format!("    {name}, VOCABULARY\n")), "{name}: {code}");
        }
    }
}

/// Of a reply that should be empty a client notes what there is; a strict reader refuses it.
#[test]
fn a_reply_that_is_not_empty() {
    let text =
        format!("<s:Envelope xmlns:s=\"{}\"><s:Body><x><y/></x></s:Body></s:Envelope>", Version::V11.uri());
    let read = |options| Envelope::<old::SetResponse>::from_xml(text.as_bytes(), &options);
    let lenient = read(ReadOptions::lenient()).unwrap();
    assert_eq!((lenient.content.unwrap().body, lenient.notes.len()), (old::SetResponse, 1));
    let error = read(ReadOptions::strict()).unwrap_err();
    assert!(error.message().ends_with("the Body of this message is empty."), "{error}");
}

/// Answers with this status and nothing else.
struct Silent(u16);

impl Transport for Silent {
    async fn send(
        &self,
        _: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<bytes::Bytes>, oxws::client::TransportError> {
        let mut response = http::Response::new(bytes::Bytes::new());
        *response.status_mut() = http::StatusCode::from_u16(self.0).unwrap();
        Ok(response)
    }
}

/// Some servers send no envelope where the reply would be empty: that it was carried out, the status says.
#[tokio::test]
async fn an_empty_reply_without_an_envelope() {
    let client = |status| Client::builder("http://localhost/clock").build_with(Silent(status)).unwrap();
    for status in [200, 202, 204] {
        assert_eq!(client(status).send(old::WindRequest).await.unwrap().body, old::WindResponse);
        assert!(client(status).send(old::GetRequest).await.is_err());
    }
    assert!(client(500).send(old::WindRequest).await.is_err());
}
