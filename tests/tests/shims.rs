//! Every operation by every way from a caller to an implementation: called directly, in process, in an axum program, over
//! HTTP, over HTTPS with a private CA, and through a proxy that is a client behind a server. The same requests arrive, and the
//! same replies and faults come back.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::fmt::Debug;
use std::sync::Arc;

use oxws::client::{Client, InProcess};
use oxws::oxwscdata::{ExchangeVersion, RequestServerVersion, ServerVersionInfo};
use oxws::oxwscos::*;
use oxws::server::{Endpoint, Server};
use oxws::soap::{Fault, Message, Operation, Outcome, Request, Response};
use oxws_tests::strategies;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::net::TcpListener;

/// Requests of each operation.
const CASES: usize = 8;

type Case<O> = (Request<O>, Outcome<<O as Operation>::Response>);

/// Requests that differ, each with its outcome: a reply, or for every fourth a fault.
fn cases<O>(requests: impl Strategy<Value = O>, replies: impl Strategy<Value = O::Response>) -> Vec<Case<O>>
where
    O: Operation<Headers = RequestHeaders> + PartialEq,
    O::Response: Message<Headers = ResponseHeaders>,
{
    let config =
        Config { rng_seed: RngSeed::Fixed(20_261_123), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let faults = (strategies::non_empty(), strategies::text(), strategies::any_element());
    let mut cases: Vec<Case<O>> = Vec::new();
    // GetImItemList can differ in its headers only.
    for at in 0..CASES {
        let mut headers = strategies::request_headers().new_tree(&mut runner).unwrap().current();
        headers.request_version = Some(RequestServerVersion::new(ExchangeVersion::Exchange2013));
        let request = Request::new(requests.new_tree(&mut runner).unwrap().current()).with_headers(headers);
        let mut headers = strategies::response_headers().new_tree(&mut runner).unwrap().current();
        // Absent, it would be filled in on the way.
        headers.server_version.get_or_insert_with(ServerVersionInfo::default);
        let reply = Response::new(replies.new_tree(&mut runner).unwrap().current()).with_headers(headers);
        let (text, message, element) = faults.new_tree(&mut runner).unwrap().current();
        let mut fault = Fault::new("ErrorItemNotFound", message);
        fault.text = text.to_string();
        fault.message_xml.push(element);
        if !cases.iter().any(|(known, _)| *known == request) {
            cases.push((request, if at % 4 == 3 { Err(fault) } else { Ok(reply) }));
        }
    }
    cases
}

/// The outcome that a request has.
fn outcome<O: Operation + PartialEq + Debug>(cases: &[Case<O>], request: &Request<O>) -> Outcome<O::Response>
where
    O::Response: Clone,
{
    match cases.iter().find(|(known, _)| known == request) {
        Some((_, outcome)) => outcome.clone(),
        None => Err(Fault::new("ErrorInvalidRequest", format!("nobody asked this: {request:?}"))),
    }
}

macro_rules! operations {
    ($($method:ident, $reply:ident: $request:ident => $response:ident;)*) => {
        /// An implementation that knows what it will be asked.
        struct Script {
            $($method: Vec<Case<$request>>,)*
        }

        impl Script {
            fn new() -> Script {
                Script { $($method: cases(strategies::$method(), strategies::$reply()),)* }
            }

            /// Asks everything.
            async fn run(&self, service: &impl ExchangeService) {
                let mut asked = Vec::new();
                $(
                    for (request, expected) in &self.$method {
                        let outcome = service.$method(request.clone()).await;
                        assert_eq!(outcome, *expected, "{request:?}");
                    }
                    asked.push(stringify!($request));
                )*
                let all: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
                assert_eq!(asked, all);
            }
        }

        impl ExchangeService for Script {
            $(
                async fn $method(&self, request: Request<$request>) -> Outcome<$response> {
                    outcome(&self.$method, &request)
                }
            )*
        }
    };
}

operations! {
    add_distribution_group_to_im_list, add_distribution_group_to_im_list_response:
        AddDistributionGroupToImList => AddDistributionGroupToImListResponse;
    add_im_contact_to_group, add_im_contact_to_group_response: AddImContactToGroup => AddImContactToGroupResponse;
    add_im_group, add_im_group_response: AddImGroup => AddImGroupResponse;
    add_new_im_contact_to_group, add_new_im_contact_to_group_response:
        AddNewImContactToGroup => AddNewImContactToGroupResponse;
    add_new_tel_uri_contact_to_group, add_new_tel_uri_contact_to_group_response:
        AddNewTelUriContactToGroup => AddNewTelUriContactToGroupResponse;
    get_im_item_list, get_im_item_list_response: GetImItemList => GetImItemListResponse;
    get_im_items, get_im_items_response: GetImItems => GetImItemsResponse;
    remove_contact_from_im_list, remove_contact_from_im_list_response:
        RemoveContactFromImList => RemoveContactFromImListResponse;
    remove_distribution_group_from_im_list, remove_distribution_group_from_im_list_response:
        RemoveDistributionGroupFromImList => RemoveDistributionGroupFromImListResponse;
    remove_im_contact_from_group, remove_im_contact_from_group_response:
        RemoveImContactFromGroup => RemoveImContactFromGroupResponse;
    remove_im_group, remove_im_group_response: RemoveImGroup => RemoveImGroupResponse;
    set_im_group, set_im_group_response: SetImGroup => SetImGroupResponse;
    set_im_list_migration_completed, set_im_list_migration_completed_response:
        SetImListMigrationCompleted => SetImListMigrationCompletedResponse;
}

/// Serves an implementation over HTTP on a port of its own; gives the URL.
async fn serve(service: impl ExchangeService + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endpoint = Endpoint::new(ExchangeServiceServer(service));
    tokio::spawn(Server::new().serve(listener, endpoint));
    format!("http://{address}/EWS/Exchange.asmx")
}

#[tokio::test]
async fn direct() {
    let script = Script::new();
    script.run(&script).await;
    script.run(&&script).await;
}

#[tokio::test]
async fn in_process() {
    let script = Arc::new(Script::new());
    let endpoint = Endpoint::new(ExchangeServiceServer(script.clone()));
    let client =
        Client::builder("http://localhost/EWS/Exchange.asmx").build_with(InProcess::new(endpoint)).unwrap();
    script.run(&client).await;
}

#[tokio::test]
async fn within_an_axum_program() {
    let script = Arc::new(Script::new());
    let endpoint = Endpoint::new(ExchangeServiceServer(script.clone()));
    let router = axum::Router::new()
        .route("/healthz", axum::routing::get(|| async { "fine" }))
        .route_service("/EWS/{*rest}", endpoint);
    let client =
        Client::builder("http://localhost/EWS/Exchange.asmx").build_with(InProcess::new(router)).unwrap();
    script.run(&client).await;
}

#[tokio::test]
async fn http() {
    let script = Arc::new(Script::new());
    let url = serve(script.clone()).await;
    let client = Client::builder(url).no_proxy().build().unwrap();
    script.run(&client).await;
}

/// UCS T1.
#[tokio::test]
async fn https_with_a_private_ca() {
    let script = Arc::new(Script::new());
    let (ca, config) = tls();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/EWS/Exchange.asmx", listener.local_addr().unwrap().port());
    let endpoint = Endpoint::new(ExchangeServiceServer(script.clone()));
    tokio::spawn(Server::new().tls(config).serve(listener, endpoint));
    let client = Client::builder(&url).no_proxy().root_certificate_pem(ca.as_bytes()).only_these_roots();
    script.run(&client.build().unwrap()).await;
}

#[tokio::test]
async fn through_a_proxy_of_client_and_server() {
    let script = Arc::new(Script::new());
    let origin = serve(script.clone()).await;
    let proxy = serve(Client::builder(origin).no_proxy().build().unwrap()).await;
    let client = Client::builder(proxy).no_proxy().build().unwrap();
    script.run(&client).await;
}

/// A CA made up for this run, as PEM, and a server with a certificate of it for `localhost`.
fn tls() -> (String, Arc<tokio_rustls::rustls::ServerConfig>) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let leaf =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    (ca_pem, Arc::new(config))
}
