//! What the server says of itself (UCS T15): one WSDL and its schemas, with the address that the caller used, from
//! which the generator of this project makes the same operations again.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use oxws::oxwscos::{ExchangeService, ExchangeServiceServer, OPERATIONS};
use oxws::server::{Endpoint, Peer};
use oxws_codegen::{Inputs, pipeline};
use oxws_tests::EXAMPLES;
use oxws_tests::run::block_on;
use xmltree::{Element, XMLNode};

struct Nothing;

impl ExchangeService for Nothing {}

fn endpoint() -> Endpoint<ExchangeServiceServer<Nothing>> {
    Endpoint::new(ExchangeServiceServer(Nothing))
}

/// Asks with a `Host`, and gives what comes.
fn ask(endpoint: &Endpoint<ExchangeServiceServer<Nothing>>, path: &str, host: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("host", host).body(Full::new(Bytes::new())).unwrap();
    answer(endpoint, request)
}

fn answer(
    endpoint: &Endpoint<ExchangeServiceServer<Nothing>>,
    request: Request<Full<Bytes>>,
) -> (StatusCode, String) {
    let response = block_on(endpoint.answer(request));
    let status = response.status();
    let body = block_on(response.into_body().collect()).unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// A document that must be there.
fn document(path: &str) -> String {
    let (status, text) = ask(&endpoint(), path, "mail.example.org");
    assert_eq!(status, 200, "{path}");
    text
}

/// Value of `location` in a WSDL.
fn location(wsdl: &str) -> &str {
    let (_, rest) = wsdl.split_once("<soap:address location=\"").unwrap();
    rest.split_once('"').unwrap().0
}

/// UCS T15.
#[test]
fn t15_the_documents_are_served_whatever_the_case_of_their_path() {
    for path in
        ["/EWS/Services.wsdl", "/ews/services.WSDL", "/EWS/Exchange.asmx?wsdl", "/EWS/Exchange.asmx?WSDL"]
    {
        assert!(document(path).contains("<wsdl:definitions "), "{path}");
    }
    for path in ["/EWS/messages.xsd", "/ews/Types.xsd"] {
        assert!(document(path).contains("<xs:schema "), "{path}");
    }
    for path in ["/Services.wsdl", "/EWS/other.xsd", "/EWS/", "/EWS/Exchange.asmx/Services.wsdl", "/"] {
        assert_eq!(ask(&endpoint(), path, "a").0, 404, "{path}");
    }
    assert_eq!(ask(&endpoint(), "/EWS/Exchange.asmx?other", "a").0, 405);
}

/// UCS T15.
#[test]
fn t15_the_address_is_the_one_that_the_caller_used() {
    let wsdl = |host: &str| ask(&endpoint(), "/EWS/Services.wsdl", host).1;
    assert_eq!(location(&wsdl("mail.example.org")), "http://mail.example.org/EWS/Exchange.asmx");
    assert_eq!(location(&wsdl("[::1]:8443")), "http://[::1]:8443/EWS/Exchange.asmx");
    assert_eq!(location(&wsdl("jane:secret@a.example:80")), "http://a.example:80/EWS/Exchange.asmx");
    let mut request =
        Request::get("/EWS/Services.wsdl").header("host", "a.example").body(Full::default()).unwrap();
    request.extensions_mut().insert(Peer { address: ([127, 0, 0, 1], 1).into(), tls: true });
    assert_eq!(location(&answer(&endpoint(), request).1), "https://a.example/EWS/Exchange.asmx");
    let absolute = Request::get("https://b.example/EWS/Services.wsdl").body(Full::default()).unwrap();
    assert_eq!(location(&answer(&endpoint(), absolute).1), "https://b.example/EWS/Exchange.asmx");
}

/// UCS T15.
#[test]
fn t15_the_address_may_be_set_and_the_path_too() {
    let endpoint = Endpoint::builder(ExchangeServiceServer(Nothing))
        .path("a/b.svc")
        .address("https://front.example/x?a=1&b=\"2\"")
        .build();
    let (status, wsdl) = ask(&endpoint, "/a/Services.wsdl", "inner");
    assert_eq!(
        (status, location(&wsdl)),
        (StatusCode::OK, "https://front.example/x?a=1&amp;b=&quot;2&quot;")
    );
    assert_eq!(ask(&endpoint, "/a/types.xsd", "inner").0, 200);
    assert_eq!(ask(&endpoint, "/EWS/Services.wsdl", "inner").0, 404);
}

/// UCS T15.
#[test]
fn t15_what_two_implementations_have_is_described_once() {
    let pair = Endpoint::new((ExchangeServiceServer(Nothing), ExchangeServiceServer(Nothing)));
    let request = Request::get("/EWS/Services.wsdl").header("host", "mail.example.org");
    let response = block_on(pair.answer(request.body(Full::new(Bytes::new())).unwrap()));
    let body = block_on(response.into_body().collect()).unwrap().to_bytes();
    assert_eq!(std::str::from_utf8(&body).unwrap(), document("/EWS/Services.wsdl"));
}

/// UCS T15.
#[test]
fn t15_a_host_cannot_bring_in_markup() {
    for host in ["a\"/><x", "a<b>", "a b", "a/b", "\"", "a?b", "user@host\"<"] {
        let (status, text) = ask(&endpoint(), "/EWS/Services.wsdl", host);
        assert!(status == 400 || !location(&text).contains(['<', '>']), "{host}: {text}");
        assert!(!text.contains("<x") && !text.contains("<b>"), "{host}");
    }
}

/// The description as input of the generator.
fn described() -> Inputs {
    let manifest = "[[protocol]]\nname = \"P\"\nmodule = \"p\"\nwsdl = \"Services.wsdl\"\n\
                    files = [\"messages.xsd\", \"types.xsd\"]\n";
    let mut inputs = BTreeMap::from([("manifest.toml".to_owned(), manifest.as_bytes().to_vec())]);
    for name in ["Services.wsdl", "messages.xsd", "types.xsd"] {
        inputs.insert(name.to_owned(), document(&format!("/EWS/{name}")).into_bytes());
    }
    Inputs(inputs)
}

/// UCS T15.
#[test]
fn t15_the_generator_makes_the_same_operations_of_it() {
    let inputs = described();
    let (front, diagnostics) = pipeline::front(&inputs);
    let (_, set) = front.unwrap();
    assert_eq!(diagnostics.render(), "");
    let [service] = &*set.services else { panic!("{:?}", set.services) };
    assert_eq!(service.operations.len(), OPERATIONS.len());
    let element = |id: oxws_codegen::schema::ElementId| set.elements[id.0].name.local.to_string();
    for (operation, expected) in service.operations.iter().zip(OPERATIONS) {
        assert_eq!((&*operation.name, &*operation.soap_action), (expected.name, expected.soap_action));
        let output = operation.output.as_ref().unwrap();
        assert_eq!(element(operation.input.body.unwrap()), expected.request.unwrap().local());
        assert_eq!(element(output.body.unwrap()), expected.response.unwrap().local());
        let parts = |message: &oxws_codegen::schema::Message| -> Vec<(String, String)> {
            message.headers.iter().map(|part| (part.part.to_string(), element(part.element))).collect()
        };
        let pair = |part: &str, name: &str| (part.to_owned(), name.to_owned());
        let requests = [
            pair("Impersonation", "ExchangeImpersonation"),
            pair("MailboxCulture", "MailboxCulture"),
            pair("RequestVersion", "RequestServerVersion"),
        ];
        assert_eq!(parts(&operation.input), requests);
        assert_eq!(parts(output), [pair("ServerVersion", "ServerVersionInfo")]);
    }
    let (output, diagnostics) = oxws_codegen::generate(&inputs, &oxws_codegen::emit::Config::default());
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    let summary = output.summary;
    assert_eq!((summary.operations, summary.elements, summary.types), (13, 30, 94));
}

/// Runs xmllint in a folder; `None` where it is not installed.
fn xmllint(folder: &Path, arguments: &[&str]) -> Option<Output> {
    Command::new("xmllint").args(["--noout", "--nonet"]).args(arguments).current_dir(folder).output().ok()
}

/// The child of an envelope's Body as a document of its own.
fn body_of(envelope: &[u8]) -> String {
    let envelope = Element::parse(envelope).unwrap();
    let body = envelope.get_child("Body").unwrap();
    let message = body.children.iter().find_map(XMLNode::as_element).unwrap();
    let mut text = Vec::new();
    message.write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// UCS T15.
#[test]
fn t15_the_examples_are_valid_by_the_served_schemas() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, text) in described().0 {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let Some(output) = xmllint(folder, &["Services.wsdl", "messages.xsd", "types.xsd"]) else {
        eprintln!("skipped: there is no xmllint (Debian: libxml2-utils)");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let validate = |message: &str| {
        std::fs::write(folder.join("message.xml"), message).unwrap();
        xmllint(folder, &["--schema", "messages.xsd", "message.xml"]).unwrap()
    };
    for (name, envelope) in EXAMPLES {
        let message = body_of(envelope);
        let output = validate(&message);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        // The same with an element too many, to see that the schema says anything at all.
        let mut spoilt = message.clone();
        spoilt.insert_str(message.rfind("</").unwrap(), "<more/>");
        assert_eq!(validate(&spoilt).status.code(), Some(3), "{name}");
    }
}
