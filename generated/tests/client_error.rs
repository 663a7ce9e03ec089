//! What becomes of replies that are not good ones.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod client_support;

use std::error::Error as _;

use client_support::{Script, back_off, list, read, refused, reply, reply_with, write, written};
use oxws::client::{Error, Notes, OperationError, TransportError, TransportErrorKind};
use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscos::ExchangeService;
use oxws::rt::NoteKind;
use oxws::soap::{Fault, Request};

#[tokio::test]
async fn an_error_reply_is_an_error_of_call() {
    let xml = back_off(5).replace("BackOffMilliseconds", "MailboxGuid");
    let body = refused("ErrorInvalidImGroupId", &xml);
    let script = Script::new([reply(200, body.clone()), reply(200, body)]);
    let error = script.client().call(write()).await.unwrap_err();
    assert_eq!(error.to_string(), "AddImGroup failed: ErrorInvalidImGroupId: It cannot be.");
    assert_eq!(error.response_code(), Some(ResponseCode::ErrorInvalidImGroupId));
    assert!(!error.outcome_unknown() && !error.is_transient());
    let Error::Operation(error) = error else { panic!("{error:?}") };
    assert_eq!(error.operation, "AddImGroup");
    assert_eq!(error.text.as_deref(), Some("It cannot be."));
    assert_eq!(error.message_xml.len(), 1);
    assert_eq!(error.detail("MailboxGuid").as_deref(), Some("5"));
    assert_eq!(error.detail("BackOffMilliseconds"), None);

    let reply = script.client().send(write()).await.unwrap();
    assert_eq!(reply.body.response_class, ResponseClass::Error);
    assert_eq!(OperationError::of("AddImGroup", &reply.body), Some(*error));
}

#[tokio::test]
async fn a_warning_is_no_error() {
    let body = String::from_utf8(written()).unwrap().replace("\"Success\"", "\"Warning\"");
    let reply = Script::new([reply(200, body)]).client().call(write()).await.unwrap();
    assert_eq!(reply.response_class, ResponseClass::Warning);
}

#[tokio::test]
async fn a_fault_is_one_whatever_the_status() {
    for status in [500, 200, 400, 403] {
        let fault = Fault::new("ErrorImpersonateUserDenied", "You are not Jane.");
        let error = Script::new([reply(status, fault.to_xml())]).client().call(write()).await.unwrap_err();
        assert_eq!(error.response_code(), Some(ResponseCode::ErrorImpersonateUserDenied));
        assert_eq!(error.to_string(), "ErrorImpersonateUserDenied: You are not Jane.");
        let Error::Fault(received) = error else { panic!("{error:?}") };
        assert_eq!(received, fault);
    }
}

#[tokio::test]
async fn other_replies_keep_status_header_and_body() {
    for status in [401, 403, 404, 500, 405] {
        let body = "<html><body>Secret thing</body></html>";
        let script = Script::new([reply_with(status, "x-reason", "why", body)]);
        let error = script.client().call(write()).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.outcome_unknown(), status == 500);
        assert!(!format!("{error} {error:?}").contains("Secret"), "{error:?}");
        let Error::Status(error) = error else { panic!("{error:?}") };
        assert_eq!((&error.headers["x-reason"], &error.body[..]), (&"why".parse().unwrap(), body.as_bytes()));
    }
    // An envelope is no reason to believe that a 500 is a success, and a 401 is one.
    for status in [500, 401] {
        let script = Script::new([reply(status, written())]);
        assert!(matches!(script.client().call(write()).await, Err(Error::Status(_))));
    }
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_tells_where() {
    let body = String::from_utf8(written()).unwrap().replace("ResponseClass=\"Success\"", "");
    let script = Script::new([reply_with(200, "content-type", "text/xml", body.clone())]);
    let error = script.client().call(write()).await.unwrap_err();
    assert!(error.outcome_unknown() && !error.is_transient());
    assert!(error.to_string().starts_with("the reply (HTTP 200 OK) cannot be read: line "), "{error}");
    assert!(error.source().unwrap().to_string().contains("'ResponseClass' is missing"), "{error:?}");
    let Error::Undecodable(error) = error else { panic!("{error:?}") };
    assert_eq!(error.body, body);
    assert_eq!(error.error.path(), "/soap:Envelope/soap:Body/m:AddImGroupResponse");

    let body = "<html>\n<body>Welcome</body></html>";
    let error = Script::new([reply(200, body)]).client().call(write()).await.unwrap_err();
    assert!(matches!(error, Error::Undecodable(_)), "{error:?}");
}

#[tokio::test]
async fn the_content_type_is_not_asked() {
    let script = Script::new([reply_with(200, "content-type", "text/html", list())]);
    script.client().call(read()).await.unwrap();
}

#[tokio::test]
async fn what_the_schema_does_not_know_is_noted() {
    let body = String::from_utf8(list()).unwrap();
    let known = "</m:ResponseCode>";
    let body = body.replace(known, &format!("{known}<m:FromTheFuture>1</m:FromTheFuture>"));
    let reply = Script::new([reply(200, body)]).client().send(read()).await.unwrap();
    let notes: &Notes = reply.extensions.get().unwrap();
    assert_eq!((notes.notes.len(), notes.dropped), (1, 0));
    assert_eq!(notes.notes[0].kind, NoteKind::UnknownElement);
}

#[tokio::test]
async fn what_follows_the_message_is_noted() {
    let body = String::from_utf8(list()).unwrap();
    let body = body.replace("</soap:Body>", "<more xmlns=\"urn:x\"><m:List/></more></soap:Body><soap:Body/>");
    let reply = Script::new([reply(200, body)]).client().send(read()).await.unwrap();
    let notes: &Notes = reply.extensions.get().unwrap();
    let noted: Vec<_> = notes.notes.iter().map(|note| (note.kind, note.message.as_str())).collect();
    let text = |name| format!("The element '{name}' follows the message of the envelope.");
    let (more, body) = (text("more"), text("soap:Body"));
    assert_eq!(noted, [(NoteKind::UnknownElement, &*more), (NoteKind::UnknownElement, &*body)]);
}

#[tokio::test]
async fn errors_are_small_and_travel() {
    fn travels<E: std::error::Error + Send + Sync + 'static>(error: E) -> usize {
        size_of_val(&error)
    }
    let error = Script::new([reply(404, "")]).client().call(write()).await.unwrap_err();
    assert!(travels(error) <= 3 * size_of::<usize>());
}

#[tokio::test]
async fn behind_the_trait_every_error_is_a_fault() {
    // One that the service gave is passed on as it is.
    let fault = Fault::new("ErrorImpersonateUserDenied", "You are not Jane.");
    let client = Script::new([reply(500, fault.to_xml())]).client();
    assert_eq!(client.add_im_group(Request::new(write())).await.unwrap_err(), fault);

    // A refusal is a reply.
    let client = Script::new([reply(200, refused("ErrorInvalidImGroupId", ""))]).client();
    let reply_to = client.add_im_group(Request::new(write())).await.unwrap();
    assert_eq!(reply_to.body.response_code, Some(ResponseCode::ErrorInvalidImGroupId));

    let timeout = || Err(TransportError::new(TransportErrorKind::Timeout));
    let unreachable = || Err(TransportError::new(TransportErrorKind::Tls).with_source("Secret host"));
    let cases = [
        (timeout(), "ErrorTimeoutExpired"),
        (unreachable(), "ErrorProxyCallFailed"),
        (reply(401, "Secret"), "ErrorProxyCallFailed"),
        (reply(504, "Secret"), "ErrorTimeoutExpired"),
        (reply_with(503, "retry-after", "99", "Secret"), "ErrorServerBusy"),
        (reply(200, "<Secret/>"), "ErrorProxyCallFailed"),
    ];
    for (answer, code) in cases {
        let fault = Script::new([answer]).client().add_im_group(Request::new(write())).await.unwrap_err();
        assert_eq!(fault.response_code.as_deref(), Some(code));
        assert!(fault.source().unwrap().is::<Error>());
        let sent = String::from_utf8(fault.to_xml()).unwrap();
        assert!(!sent.contains("Secret") && !sent.contains("localhost"), "{sent}");
    }
    let mut request = Request::new(write());
    request.body.display_name = "\u{1}".parse().unwrap();
    let fault = Script::new([]).client().add_im_group(request).await.unwrap_err();
    assert_eq!(fault.response_code.as_deref(), Some("ErrorInvalidRequest"));
}
