//! Allocations of a request on its way through server and client: a regression here costs every message, and no test of
//! behaviour notices it. The numbers are those of one AddImGroup with two header parts, as measured: reading takes
//! those of the value, and no more.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::alloc::System;
use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use http_body_util::Full;
use oxws::client::{Client, InProcess};
use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{AddImGroup, AddImGroupResponse, ExchangeService, ExchangeServiceServer, ImGroup};
use oxws::rt::ReadOptions;
use oxws::server::Endpoint;
use oxws::soap::{self, Envelope, Outcome};
use oxws_tests::corpus;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tower_service::Service as _;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Makes a group of every request: six texts.
struct Trivial;

impl ExchangeService for Trivial {
    async fn add_im_group(&self, request: soap::Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        let kind = "IPM.DistList.MOC.UserGroup".parse().unwrap();
        let mut group = ImGroup::new(request.body.display_name, kind);
        group.exchange_store_id = Some(ItemId::new("AAMkADQwZmQ0ZGU3LTI5YTctNDVhYi1hMmVlLTg="));
        let mut reply = AddImGroupResponse::new(ResponseClass::Success);
        reply.response_code = Some(ResponseCode::NoError);
        reply.im_group = Some(group);
        Ok(soap::Response::new(reply))
    }
}

/// Answers the same bytes to every request.
#[derive(Clone)]
struct Fixed(Bytes);

impl tower_service::Service<Request<Full<Bytes>>> for Fixed {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        let mut response = Response::new(Full::new(self.0.clone()));
        response.headers_mut().insert(CONTENT_TYPE, "text/xml; charset=utf-8".parse().unwrap());
        std::future::ready(Ok(response))
    }
}

/// The value of a future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("something waits"),
    }
}

/// Allocations and blocks that grew while something was done that had been done before.
fn count(what: &str, most: usize, run: impl Fn()) {
    run();
    let region = Region::new(ALLOCATOR);
    run();
    let change = region.change();
    let count = change.allocations + change.reallocations;
    println!("{what}: {count} allocations, {} bytes", change.bytes_allocated);
    assert!(count <= most, "{what}: {count} allocations, not {most}");
}

/// One test, since all threads of a process are counted.
#[test]
fn a_message_takes_no_more_allocations_than_it_did() {
    let request = Bytes::from(corpus::small_request_text());
    let value = corpus::small_request();
    count("the request copied", 2, || drop(value.clone()));
    count("the request read", 2, || {
        drop(Envelope::<AddImGroup>::from_xml(&request, &ReadOptions::strict()).unwrap());
    });
    count("the request written", 1, || drop(value.to_xml().unwrap()));

    let rules = soap::Rules::default();
    let service = ExchangeServiceServer(Trivial);
    count("the request answered", 6, || {
        let reply = now(soap::answer(&service, &request, soap::Extensions::new(), &rules));
        assert_eq!(reply.status, 200);
    });

    let endpoint = Endpoint::new(ExchangeServiceServer(Trivial));
    let post = || {
        let mut post = Request::new(Full::new(request.clone()));
        *post.method_mut() = http::Method::POST;
        *post.uri_mut() = http::Uri::from_static("/EWS/Exchange.asmx");
        post.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("text/xml; charset=utf-8"));
        post
    };
    count("an HTTP request made", 2, || drop(post()));
    count("an HTTP request answered", 19, || {
        let response = now(endpoint.clone().call(post())).unwrap();
        assert_eq!(response.status(), 200);
    });

    let reply = now(soap::answer(&service, &request, soap::Extensions::new(), &rules)).body;
    let fixed = InProcess::new(Fixed(reply.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder("http://localhost/EWS/Exchange.asmx").build_with(fixed).unwrap();
    count("the reply read", 3, || {
        drop(Envelope::<AddImGroupResponse>::from_xml(&reply, &ReadOptions::lenient()).unwrap());
    });
    count("a call by the client", 27, || {
        runtime.block_on(client.add_im_group(value.clone())).unwrap();
    });
}
