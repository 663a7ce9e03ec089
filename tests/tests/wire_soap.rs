//! The server shim on the wire: what UCS section 1 asks of HTTP and SOAP, byte by byte where that is the point.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::net::SocketAddr;
use std::sync::Arc;

use oxws::oxwscdata::{ExchangeVersion, ResponseClass, ResponseCode, ServerVersionInfo};
use oxws::oxwscos::{
    AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, GetImItemList,
    GetImItemListResponse, ImGroup, RemoveImGroup, RemoveImGroupResponse, ResponseHeaders,
};
use oxws::rt::ReadOptions;
use oxws::server::{Builder, Endpoint, Peer, Server};
use oxws::soap::{Envelope, Fault, Message, Outcome, Request};
use oxws_tests::wire::{Connection, Reply, post};
use oxws_tests::{M, T, corpus, example};
use tokio::net::TcpListener;

/// Echoes names, panics when it is told to, and tells who asked.
struct Service;

impl ExchangeService for Service {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let name = request.body.display_name.as_str();
        match name {
            "panic" => panic!("a secret of the implementation"),
            "later" => {
                tokio::task::yield_now().await;
                panic!("a secret of the implementation");
            }
            "who" => {
                let peer = request.extensions.get::<Peer>().unwrap();
                let agent =
                    request.extensions.get::<http::HeaderMap>().unwrap()["user-agent"].to_str().unwrap();
                return Err(Fault::new(
                    "ErrorAccessDenied",
                    format!("{} {} {agent}", peer.address.ip(), peer.tls),
                ));
            }
            _ => {}
        }
        let group = ImGroup::new(name.parse().unwrap(), "IPM.DistList.MOC.UserGroup".parse().unwrap());
        let mut reply = AddImGroupResponse::new(ResponseClass::Success);
        reply.response_code = Some(ResponseCode::NoError);
        reply.im_group = Some(group);
        Ok(Envelope::new(reply))
    }

    async fn get_im_item_list(&self, _: Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        let own = ServerVersionInfo { major_version: Some(99), ..ServerVersionInfo::default() };
        let reply = GetImItemListResponse::new(ResponseClass::Success);
        Ok(Envelope::new(reply).with_headers(ResponseHeaders { server_version: Some(own) }))
    }

    async fn remove_im_group(&self, _: Request<RemoveImGroup>) -> Outcome<RemoveImGroupResponse> {
        let mut reply = RemoveImGroupResponse::new(ResponseClass::Error);
        reply.response_code = Some(ResponseCode::ErrorInvalidImGroupId);
        Ok(Envelope::new(reply))
    }
}

/// A server with these settings.
async fn server(
    set: impl FnOnce(Builder<ExchangeServiceServer<Service>>) -> Builder<ExchangeServiceServer<Service>>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endpoint = set(Endpoint::builder(ExchangeServiceServer(Service))).build();
    tokio::spawn(Server::new().serve(listener, endpoint));
    address
}

async fn usual() -> SocketAddr {
    server(|builder| builder).await
}

/// Sends bytes on a new connection and reads one reply.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut connection = Connection::open(address).await.unwrap();
    connection.send(bytes).await.unwrap();
    connection.reply().await.unwrap()
}

/// An envelope of an AddImGroup request by this name, with a version and further header blocks.
fn envelope(version: &str, blocks: &str, name: &str) -> String {
    let version = match version {
        "" => String::new(),
        version => format!("<t:RequestServerVersion Version='{version}'/>"),
    };
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:t='{T}' xmlns:m='{M}'><s:Header>{version}\
         {blocks}</s:Header><s:Body><m:AddImGroup><m:DisplayName>{name}</m:DisplayName></m:AddImGroup></s:Body></s:Envelope>"
    )
}

fn add(name: &str) -> Vec<u8> {
    post(envelope("Exchange2013", "", name).as_bytes(), &[])
}

/// The reply's message or fault, read strictly.
fn read<T: Message>(reply: &Reply) -> Result<Envelope<T>, Fault> {
    Envelope::from_xml(&reply.body, &ReadOptions::strict()).unwrap().content
}

#[track_caller]
fn group(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"));
    read::<AddImGroupResponse>(reply).unwrap().body.im_group.unwrap().display_name.to_string()
}

#[track_caller]
fn fault(reply: &Reply) -> Fault {
    assert_eq!(reply.status, 500, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"));
    assert!(!reply.text().contains("<soap:Header"), "T5: {}", reply.text());
    read::<AddImGroupResponse>(reply).unwrap_err()
}

#[track_caller]
fn code(reply: &Reply) -> String {
    fault(reply).response_code.clone().unwrap()
}

/// UCS T1.
#[tokio::test]
async fn t1_post_at_the_path_and_nothing_else() {
    let address = usual().await;
    let ask = async |line: &str| {
        let head = format!("{line} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        exchange(address, head.as_bytes()).await
    };
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let reply = ask(&format!("{method} /EWS/Exchange.asmx")).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{method}");
    }
    let reply = ask("POST /EWS/Services.wsdl").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD")));
    for path in ["/", "/EWS", "/EWS/Exchange.asmx/", "/EWS/Exchange.asmxx", "/x/EWS/Exchange.asmx"] {
        assert_eq!(ask(&format!("POST {path}")).await.status, 404, "{path}");
    }
    let other_case =
        String::from_utf8(add("a")).unwrap().replace("/EWS/Exchange.asmx", "/ews/EXCHANGE.ASMX?x=y");
    assert_eq!(group(&exchange(address, other_case.as_bytes()).await), "a");
    let address = server(|builder| builder.path("/soap")).await;
    let own_path = String::from_utf8(add("a")).unwrap().replace("/EWS/Exchange.asmx", "/soap");
    assert_eq!(group(&exchange(address, own_path.as_bytes()).await), "a");
    assert_eq!(exchange(address, &add("a")).await.status, 404);
}

/// UCS T2.
#[tokio::test]
async fn t2_the_body_chooses_the_operation() {
    let address = usual().await;
    let envelope = envelope("Exchange2013", "", "a");
    for action in ["", "\"\"", "GetImItemList", &format!("\"{M}/AddImGroup\""), &format!("{M}/RemoveImGroup")]
    {
        let reply = exchange(address, &post(envelope.as_bytes(), &[("SOAPAction", action)])).await;
        assert_eq!(group(&reply), "a", "{action}");
    }
}

/// UCS T3.
#[tokio::test]
async fn t3_media_types_and_encodings() {
    let address = usual().await;
    let text = envelope("Exchange2013", "", "Zoë");
    for media in ["text/xml", "text/xml;charset=\"UTF-8\"", "TEXT/XML; charset=utf8"] {
        let reply = exchange(address, &post(text.as_bytes(), &[("Content-Type", media)])).await;
        assert_eq!(group(&reply), "Zoë", "{media}");
    }
    for media in ["", "application/soap+xml; charset=utf-8", "text/xml; charset=iso-8859-1", "text/plain"] {
        let reply = exchange(address, &post(text.as_bytes(), &[("Content-Type", media)])).await;
        assert_eq!(reply.status, 415, "{media}");
    }
    let zipped = post(text.as_bytes(), &[("Content-Encoding", "gzip")]);
    assert_eq!(exchange(address, &zipped).await.status, 415);
    let wide: Vec<u16> = text.encode_utf16().collect();
    let encoded = [
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        [b"\xFF\xFE".to_vec(), wide.iter().flat_map(|unit| unit.to_le_bytes()).collect()].concat(),
        [b"\xFE\xFF".to_vec(), wide.iter().flat_map(|unit| unit.to_be_bytes()).collect()].concat(),
    ];
    for bytes in encoded {
        assert_eq!(group(&exchange(address, &post(&bytes, &[])).await), "Zoë");
    }
}

/// UCS T4, T11.
#[tokio::test]
async fn t4_t11_replies_carry_their_class_and_the_version_of_the_server() {
    let address = usual().await;
    let reply = exchange(address, &add("a")).await;
    let version = read::<AddImGroupResponse>(&reply).unwrap().headers.server_version.unwrap();
    assert_eq!(version.major_version, Some(15));
    assert!(
        [&version.minor_version, &version.major_build_number, &version.minor_build_number]
            .iter()
            .all(|n| n.is_some())
    );
    assert_eq!(version.version.as_deref(), Some("Exchange2013"));
    // An error of the operation is no fault.
    let refused = exchange(address, &post(example("RemoveImGroup"), &[])).await;
    assert_eq!(refused.status, 200);
    let refused = read::<RemoveImGroupResponse>(&refused).unwrap();
    assert_eq!(refused.body.response_class, ResponseClass::Error);
    assert!(refused.headers.server_version.is_some());
    // What the implementation says stands.
    let list = envelope("Exchange2013", "", "")
        .replace("<m:AddImGroup><m:DisplayName></m:DisplayName></m:AddImGroup>", "<m:GetImItemList/>");
    let list = read::<GetImItemListResponse>(&exchange(address, &post(list.as_bytes(), &[])).await).unwrap();
    assert_eq!(list.headers.server_version.unwrap().major_version, Some(99));
    let configured = ServerVersionInfo { version: Some("V2".to_owned()), ..ServerVersionInfo::default() };
    let address = server(|builder| builder.server_version(configured.clone())).await;
    let reply = exchange(address, &add("a")).await;
    assert_eq!(read::<AddImGroupResponse>(&reply).unwrap().headers.server_version, Some(configured));
}

/// UCS T5, T6, T7, T13.
#[tokio::test]
async fn t5_t6_t7_t13_a_violation_is_a_fault_with_its_place() {
    let address = usual().await;
    let sent = envelope("Exchange2013", "", "a").replace("<m:AddImGroup>", "<m:AddImGroup>\n <m:Nothing/>");
    let reply = exchange(address, &post(sent.as_bytes(), &[])).await;
    let seen = fault(&reply);
    assert_eq!(seen.response_code.as_deref(), Some("ErrorSchemaValidation"));
    assert_eq!((seen.code.namespace.as_str(), seen.code.local.as_str()), (T, "ErrorSchemaValidation"));
    assert!(seen.text.contains("has invalid child element 'Nothing'"), "{}", seen.text);
    let data: Vec<String> = seen.message_xml.iter().map(|element| element.text()).collect();
    assert_eq!(data[..2], ["2".to_owned(), "3".to_owned()]);
    let doctype = sent.replace("<s:Envelope", "<!DOCTYPE x><s:Envelope");
    assert_eq!(code(&exchange(address, &post(doctype.as_bytes(), &[])).await), "ErrorSchemaValidation");
    // T8.
    let empty = envelope("Exchange2013", "", "")
        .replace("<m:AddImGroup><m:DisplayName></m:DisplayName></m:AddImGroup>", "");
    assert_eq!(code(&exchange(address, &post(empty.as_bytes(), &[])).await), "ErrorInvalidRequest");
    // T9.
    let must = envelope("Exchange2013", "<x:a xmlns:x='urn:x' s:mustUnderstand='1'/>", "a");
    assert_eq!(fault(&exchange(address, &post(must.as_bytes(), &[])).await).code.local, "MustUnderstand");
}

/// UCS T10.
#[tokio::test]
async fn t10_versions() {
    let versions = [
        ("", "ErrorIncorrectSchemaVersion"),
        ("Exchange2007", "ErrorIncorrectSchemaVersion"),
        ("Exchange2010_SP2", "ErrorIncorrectSchemaVersion"),
        ("Exchange2031", "ErrorInvalidServerVersion"),
    ];
    let address = usual().await;
    for (version, expected) in versions {
        let reply = exchange(address, &post(envelope(version, "", "a").as_bytes(), &[])).await;
        assert_eq!(code(&reply), expected, "{version}");
        if expected == "ErrorInvalidServerVersion" {
            assert_eq!(fault(&reply).message.as_deref(), Some("The specified server version is invalid."));
        }
    }
    for version in ["Exchange2013", "Exchange2013_SP1", "Exchange2016"] {
        let reply = exchange(address, &post(envelope(version, "", "a").as_bytes(), &[])).await;
        assert_eq!(group(&reply), "a", "{version}");
    }
    let newer = server(|builder| builder.minimum_version(ExchangeVersion::Exchange2016)).await;
    assert_eq!(code(&exchange(newer, &add("a")).await), "ErrorIncorrectSchemaVersion");
    let any = server(Builder::any_version).await;
    for (version, _) in versions {
        assert_eq!(group(&exchange(any, &post(envelope(version, "", "a").as_bytes(), &[])).await), "a");
    }
}

/// UCS T12.
#[tokio::test]
async fn t12_request_ids() {
    let address = usual().await;
    let body = envelope("Exchange2013", "", "a");
    let asked = [("client-request-id", "{my-own}"), ("return-client-request-id", "True")];
    let echoed = exchange(address, &post(body.as_bytes(), &asked)).await;
    assert_eq!(echoed.header("client-request-id"), Some("{my-own}"));
    let silent = exchange(address, &post(body.as_bytes(), &asked[..1])).await;
    assert_eq!(silent.header("client-request-id"), None);
    let mut replies = vec![echoed, silent];
    replies.push(exchange(address, b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").await);
    replies.push(exchange(address, b"GET /EWS/Exchange.asmx HTTP/1.1\r\nHost: a\r\n\r\n").await);
    replies.push(exchange(address, &post(b"", &[("Content-Type", "a/b")])).await);
    replies.push(exchange(address, &post(b"", &[])).await);
    let mut ids: Vec<&str> = replies.iter().map(|reply| reply.header("request-id").unwrap()).collect();
    assert!(ids.iter().all(|id| id.len() == 36), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), replies.len());
}

/// UCS T16.
#[tokio::test]
async fn t16_what_real_clients_send() {
    let address = usual().await;
    let body = envelope(
        "Exchange2013",
        "<t:TimeZoneContext><t:TimeZoneDefinition Id='UTC'/></t:TimeZoneContext>",
        "a",
    );
    // Chunks of every size, down to one byte.
    for size in [1, 7, 100, body.len()] {
        let mut request = post(b"", &[("Transfer-Encoding", "chunked")]);
        for chunk in body.as_bytes().chunks(size) {
            request.extend(format!("{:x}\r\n", chunk.len()).bytes());
            request.extend(chunk);
            request.extend(b"\r\n");
        }
        request.extend(b"0\r\n\r\n");
        assert_eq!(group(&exchange(address, &request).await), "a", "{size}");
    }
    // The body comes when it is asked for.
    let length = body.len().to_string();
    let head = post(b"", &[("Expect", "100-continue"), ("Content-Length", &length)]);
    let mut connection = Connection::open(address).await.unwrap();
    connection.send(&head).await.unwrap();
    assert_eq!(connection.reply().await.unwrap().status, 100);
    connection.send(body.as_bytes()).await.unwrap();
    assert_eq!(group(&connection.reply().await.unwrap()), "a");
    // Credentials that nobody asked for, and the first leg of NTLM, which has no body.
    let basic = [("Authorization", "Basic YTpi")];
    assert_eq!(group(&exchange(address, &post(body.as_bytes(), &basic)).await), "a");
    assert_eq!(
        code(&exchange(address, &post(b"", &[("Authorization", "NTLM TlRMTVNTUAABAAAA")])).await),
        "ErrorSchemaValidation"
    );
    // HTTP/1.0.
    let old = String::from_utf8(add("a")).unwrap().replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(group(&exchange(address, old.as_bytes()).await), "a");
}

#[tokio::test]
async fn requests_follow_each_other_on_a_connection() {
    let mut connection = Connection::open(usual().await).await.unwrap();
    let names = ["a", "b", "c"];
    let pipelined: Vec<u8> = names.iter().flat_map(|name| add(name)).collect();
    connection.send(&pipelined).await.unwrap();
    for name in names {
        assert_eq!(group(&connection.reply().await.unwrap()), name);
    }
    connection.send(&post(b"<a", &[])).await.unwrap();
    assert_eq!(connection.reply().await.unwrap().status, 500);
    connection.send(&add("d")).await.unwrap();
    assert_eq!(group(&connection.reply().await.unwrap()), "d");
}

/// UCS T17.
#[tokio::test]
async fn t17_every_body_gets_an_answer() {
    let address = usual().await;
    let whole = corpus::small_request_text();
    for end in (0..whole.len()).step_by(7) {
        assert_eq!(
            code(&exchange(address, &post(&whole[..end], &[])).await),
            "ErrorSchemaValidation",
            "{end}"
        );
    }
    let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
    for body in
        [binary, b"\xFF\xFE\x00".to_vec(), b"<a>\xC3\x28</a>".to_vec(), vec![0; 100], vec![b'<'; 3000]]
    {
        assert_eq!(code(&exchange(address, &post(&body, &[])).await), "ErrorSchemaValidation");
    }
}

#[tokio::test]
async fn a_panic_is_a_fault_to_its_caller_and_nothing_more() {
    let address = usual().await;
    let mut connection = Connection::open(address).await.unwrap();
    for name in ["panic", "later"] {
        connection.send(&add(name)).await.unwrap();
        let reply = connection.reply().await.unwrap();
        assert_eq!(code(&reply), "ErrorInternalServerError");
        assert!(!reply.text().contains("secret"), "{}", reply.text());
        assert!(reply.header("request-id").is_some());
        // Neither this connection nor another one notices.
        connection.send(&add("a")).await.unwrap();
        assert_eq!(group(&connection.reply().await.unwrap()), "a");
        assert_eq!(group(&exchange(address, &add("b")).await), "b");
    }
}

#[tokio::test]
async fn the_implementation_knows_who_asks() {
    let body = envelope("Exchange2013", "", "who");
    let reply = exchange(usual().await, &post(body.as_bytes(), &[("User-Agent", "tester")])).await;
    assert_eq!(fault(&reply).text, "127.0.0.1 false tester");
}

#[tokio::test]
async fn a_request_is_for_one_host() {
    let address = usual().await;
    let request = String::from_utf8(add("a")).unwrap();
    let none = request.replace("Host: localhost\r\n", "");
    let two = request.replace("Host: localhost\r\n", "Host: a\r\nHost: b\r\n");
    for wrong in [none, two] {
        assert_eq!(exchange(address, wrong.as_bytes()).await.status, 400);
    }
}

#[tokio::test]
async fn operations_of_two_implementations_are_served_together() {
    // Both have all operations, so the second one never gets a request, but it is described.
    struct Nothing;
    impl ExchangeService for Nothing {}
    let pair = (ExchangeServiceServer(Arc::new(Service)), ExchangeServiceServer(Nothing));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(oxws::server::serve(listener, Endpoint::new(pair)));
    assert_eq!(group(&exchange(address, &add("a")).await), "a");
    let unknown = envelope("Exchange2013", "", "a").replace("m:AddImGroup>", "m:Other>");
    assert_eq!(code(&exchange(address, &post(unknown.as_bytes(), &[])).await), "ErrorInvalidRequest");
}
