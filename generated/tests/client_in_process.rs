//! A service in the same program, and a client behind a service.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

mod client_support;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use client_support::{Script, read, reply, write, written};
use http_body_util::{BodyExt as _, Full};
use oxws::client::{CallOptions, Client, Error, InProcess, TransportErrorKind};
use oxws::oxwscdata::ResponseClass;
use oxws::oxwscos::{
    AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, GetImItemList,
    GetImItemListResponse, dispatch,
};
use oxws::soap::{Extensions, Outcome, Request, Response, Rules, answer};
use tower_service::Service;

/// Replies with the path of the request as status text, or not at all.
#[derive(Clone)]
struct Fixed {
    ready: bool,
}

impl Service<http::Request<Full<Bytes>>> for Fixed {
    type Response = http::Response<Full<Bytes>>;
    type Error = &'static str;
    type Future = Ready<Result<http::Response<Full<Bytes>>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(if self.ready { Ok(()) } else { Err("closed") })
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        ready(match request.uri().path() {
            "/EWS/Exchange.asmx" => {
                assert!(request.extensions().is_empty());
                Ok(http::Response::new(Full::from(written())))
            }
            "/broken" => Err("broken"),
            _ => Ok(http::Response::builder().status(404).body(Full::default()).unwrap()),
        })
    }
}

fn client(path: &str, ready: bool) -> Client<InProcess<Fixed>> {
    let builder = Client::builder(format!("http://localhost{path}"));
    builder.build_with(InProcess::new(Fixed { ready })).unwrap()
}

#[tokio::test]
async fn a_service_answers() {
    let request = Request::new(write()).with_extension("of the caller").with_extension(CallOptions::new());
    let reply = client("/EWS/Exchange.asmx", true).call(request).await.unwrap();
    assert_eq!(reply.response_class, ResponseClass::Success);
    let error = client("/other", true).call(write()).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
}

#[tokio::test]
async fn a_service_may_fail() {
    for (path, ready) in [("/broken", true), ("/EWS/Exchange.asmx", false)] {
        let error = client(path, ready).call(write()).await.unwrap_err();
        assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Other));
        assert_eq!(error.outcome_unknown(), ready);
    }
}

/// An operation trait over HTTP without a server shim.
#[derive(Clone)]
struct Endpoint<S>(S);

impl<S: ExchangeService + Clone + 'static> Service<http::Request<Full<Bytes>>> for Endpoint<S> {
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        let service = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let envelope = body.collect().await?.to_bytes();
            let mut extensions: Extensions = head.extensions;
            extensions.insert("what a server knows");
            let service = ExchangeServiceServer(service);
            let reply = answer(&service, &envelope, extensions, &Rules::default()).await;
            Ok(http::Response::builder().status(reply.status).body(Full::from(reply.body)).unwrap())
        })
    }
}

#[derive(Clone)]
struct Store;

impl ExchangeService for Store {
    async fn get_im_item_list(&self, _: Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        Ok(Response::new(GetImItemListResponse::new(ResponseClass::Success)))
    }

    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let mut reply = AddImGroupResponse::new(ResponseClass::Success);
        reply.message_text = Some(request.body.display_name.to_string());
        Ok(Response::new(reply))
    }
}

#[tokio::test]
async fn a_client_may_stand_behind_a_service() {
    let client = |transport| Client::builder("http://localhost/").build_with(transport).unwrap();
    let direct = client(InProcess::new(Endpoint(Store)));
    direct.call(read()).await.unwrap();
    let proxy = Client::builder("http://localhost/").build_with(InProcess::new(Endpoint(direct))).unwrap();
    let reply = proxy.call(write()).await.unwrap();
    assert_eq!(reply.message_text.as_deref(), Some("Friends"));
    let error = proxy.call(oxws::oxwscos::GetImItems::default()).await.unwrap_err();
    assert_eq!(error.response_code().unwrap().as_str(), "ErrorNotSupported");
}

#[tokio::test]
async fn what_goes_wrong_behind_a_service_stays_there() {
    let script = Script::new([reply(401, "<html>Secret</html>")]);
    let request = Request::new(write()).to_xml().unwrap();
    let reply = dispatch(&script.client(), &request).await;
    assert_eq!(reply.status, 500);
    assert_eq!(reply.fault.unwrap().response_code.as_deref(), Some("ErrorProxyCallFailed"));
    assert!(!String::from_utf8(reply.body.to_vec()).unwrap().contains("Secret"));
}
