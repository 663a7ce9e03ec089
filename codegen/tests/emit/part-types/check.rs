//! The element of a part goes through the dispatch of the service, and that of the reply comes back.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::test::{AskResponse, Oracle, Question, dispatch};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Outcome, Request};

struct Delphi;

impl Oracle for Delphi {
    async fn ask(&self, request: Request<Question>) -> Outcome<AskResponse> {
        Ok(Envelope::new(format!("{} Well.", request.body.text).into()))
    }
}

pub(crate) fn check() -> Result<(), String> {
    let request = Envelope::new(Question::new("Why?")).to_xml().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&request).into_owned();
    if !text.contains("<soap:Body><question><t:Text>Why?</t:Text></question></soap:Body>") {
        return Err(text);
    }
    let Poll::Ready(reply) = pin!(dispatch(&Delphi, &request)).poll(&mut Context::from_waker(Waker::noop())) else {
        return Err("the service waits".to_owned());
    };
    let read = Envelope::<AskResponse>::from_xml(&reply.body, &ReadOptions::strict());
    let answer = read.map_err(|error| error.to_string())?.content.map_err(|fault| fault.to_string())?;
    if *answer.body == "Why? Well." { Ok(()) } else { Err(format!("{answer:?}")) }
}
