//! A request of parts goes through the dispatch of the service, and its reply comes back.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::test::{Clear, ClearResponse, Move, MoveResponse, Plane, Point, RequestHeaders, dispatch};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Outcome, Request};

struct Flat;

impl Plane for Flat {
    async fn r#move(&self, request: Request<Move>) -> Outcome<MoveResponse> {
        let Move { from, by } = request.body;
        let traced = request.headers.trace.as_deref() == Some("on");
        Ok(Envelope::new(MoveResponse::new(Point::new(from.x, if traced { from.y + by } else { 0 }))))
    }

    async fn clear(&self, _: Request<Clear>) -> Outcome<ClearResponse> {
        Ok(Envelope::new(ClearResponse::default()))
    }
}

fn run<F: Future>(future: F) -> Result<F::Output, String> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err("the service waits".to_owned()),
    }
}

pub(crate) fn check() -> Result<(), String> {
    let headers = RequestHeaders { trace: Some("on".to_owned()) };
    let request = Envelope::new(Move::new(Point::new(1, 2), 3)).with_headers(headers);
    let request = request.to_xml().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&request).into_owned();
    if !text.contains("<t:Move><from><t:X>1</t:X><t:Y>2</t:Y></from><by>3</by></t:Move>") {
        return Err(text);
    }
    let reply = run(dispatch(&Flat, &request))?;
    let read = Envelope::<MoveResponse>::from_xml(&reply.body, &ReadOptions::strict());
    let answer = read.map_err(|error| error.to_string())?.content.map_err(|fault| fault.to_string())?;
    if answer.body.to != Point::new(1, 5) {
        return Err(format!("{answer:?}"));
    }
    let request = Envelope::new(Clear::default()).to_xml().map_err(|error| error.to_string())?;
    let reply = run(dispatch(&Flat, &request))?;
    if reply.status == 200 { Ok(()) } else { Err(format!("{reply:?}")) }
}
