//! A request goes through the dispatch of the service and comes back typed.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::test::{
    Answer, Ask, OPERATIONS, Oracle, OracleServer, RequestHeaders, ResponseHeaders, dispatch,
};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Outcome, Request, Service};

struct Delphi;

impl Oracle for Delphi {
    async fn ask(&self, request: Request<Ask>) -> Outcome<Answer> {
        let caller = request.headers.caller.unwrap_or_default();
        let headers = ResponseHeaders { server_info: Some(7) };
        Ok(Envelope::new(Answer::new(format!("{caller}: {}?", request.body.question))).with_headers(headers))
    }
}

struct Mute;

impl Oracle for Mute {}

fn run<F: Future>(future: F) -> Result<F::Output, String> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err("the service waits".to_owned()),
    }
}

pub(crate) fn check() -> Result<(), String> {
    let headers = RequestHeaders { caller: Some("C".to_owned()) };
    let request = Envelope::new(Ask::new("why")).with_headers(headers).to_xml().map_err(|e| e.to_string())?;
    let reply = run(dispatch(&Delphi, &request))?;
    let read = Envelope::<Answer>::from_xml(&reply.body, &ReadOptions::strict()).map_err(|e| e.to_string())?;
    let answer = read.content.map_err(|fault| fault.to_string())?;
    let version = answer.headers.server_info;
    if (answer.body.text.as_str(), version, reply.status) != ("C: why?", Some(7), 200) {
        return Err(format!("{} {version:?}", answer.body.text));
    }
    let mute = run(dispatch(&Mute, &request))?;
    let refused = Envelope::<Answer>::from_xml(&mute.body, &ReadOptions::strict()).map_err(|e| e.to_string())?;
    let operation = OPERATIONS[0];
    let interface = OracleServer(Mute).interfaces().remove(0);
    let parts: Vec<_> = interface.request_parts.iter().map(|(part, name)| (*part, name.local())).collect();
    if parts != [("Caller", "Who")] || operation.read_only {
        return Err(format!("{interface:?}"));
    }
    if refused.content.is_err() && mute.status == 500 && (operation.name, operation.soap_action) == ("Ask", "urn:t/Ask") {
        Ok(())
    } else {
        Err(format!("{refused:?} {operation:?}"))
    }
}
