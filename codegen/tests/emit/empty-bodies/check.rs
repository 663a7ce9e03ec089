//! Messages whose Body is empty: told apart by the action where they are requests, with header parts as others have.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::test::{
    Clock, ClockServer, GetRequest, OPERATIONS, RequestHeaders, ResponseHeaders, SetRequest, SetResponse, StopRequest, Time,
    WindRequest, WindResponse,
};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Extensions, Message, NoReply, Outcome, Reply, Request, Rules, answer};

struct Hall;

impl Clock for Hall {
    async fn get(&self, request: Request<GetRequest>) -> Outcome<Time> {
        let zone = request.headers.zone.unwrap_or_default();
        Ok(Envelope::new(Time::new(i32::try_from(zone.len()).unwrap_or(0))))
    }

    async fn set(&self, _: Request<SetRequest>) -> Outcome<SetResponse> {
        Ok(Envelope::new(SetResponse).with_headers(ResponseHeaders { zone: Some("UTC".to_owned()) }))
    }

    async fn wind(&self, _: Request<WindRequest>) -> Outcome<WindResponse> {
        Ok(Envelope::new(WindResponse))
    }

    async fn stop(&self, _: Request<StopRequest>) -> Outcome<NoReply> {
        Ok(Envelope::new(NoReply))
    }
}

fn run<F: Future>(future: F) -> Result<F::Output, String> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err("the service waits".to_owned()),
    }
}

fn shown<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

/// The reply to a request that came without HTTP, and so without an action.
fn ask<T: Message>(request: &Envelope<T>) -> Result<Reply, String> {
    let request = request.to_xml().map_err(shown)?;
    run(answer(&ClockServer(Hall), &request, Extensions::new(), &Rules::default()))
}

pub(crate) fn check() -> Result<(), String> {
    let told: Vec<_> = OPERATIONS.iter().map(|o| (o.request.is_some(), o.response.is_some(), o.one_way)).collect();
    if told != [(false, true, false), (true, false, false), (false, false, false), (false, false, true)] {
        return Err(format!("{told:?}"));
    }
    let request = Envelope::new(GetRequest).with_headers(RequestHeaders { zone: Some("CET".to_owned()) });
    let text = String::from_utf8(request.to_xml().map_err(shown)?).map_err(shown)?;
    if !text.contains("<t:Zone>CET</t:Zone></soap:Header><soap:Body/></soap:Envelope>") {
        return Err(text);
    }
    // Nothing says which of the three it is for.
    let refused = ask(&request)?.fault.map(|fault| fault.text.clone()).unwrap_or_default();
    if !refused.ends_with("of the operations with an empty request it has no action that names one.") {
        return Err(refused);
    }
    let reply = ask(&Envelope::new(SetRequest::from(Time::new(1))))?;
    let read = Envelope::<SetResponse>::from_xml(&reply.body, &ReadOptions::strict()).map_err(shown)?;
    let zone = read.content.map_err(shown)?.headers.zone;
    if (reply.status, zone.as_deref()) != (200, Some("UTC")) {
        return Err(format!("{reply:?}"));
    }
    // White space is no content; an element is an error to a strict reader, and a note to a lenient one.
    for (body, notes) in [("", 0), (" \n ", 0), ("<x xmlns='urn:x'><y/></x>", 1)] {
        let text = format!("<s:Envelope xmlns:s='{}'><s:Body>{body}</s:Body></s:Envelope>", oxws::rt::SOAP_URI);
        let strict = Envelope::<WindResponse>::from_xml(text.as_bytes(), &ReadOptions::strict());
        let lenient = Envelope::<WindResponse>::from_xml(text.as_bytes(), &ReadOptions::lenient()).map_err(shown)?;
        let message = "The element 'x' in namespace 'urn:x' is not expected here: the Body of this message is empty.";
        let as_wanted = match &strict {
            Ok(read) => notes == 0 && read.content == Ok(Envelope::new(WindResponse)),
            Err(error) => notes == 1 && error.message() == message && lenient.notes[0].message == message,
        };
        if !as_wanted || lenient.notes.len() != notes || lenient.content != Ok(Envelope::new(WindResponse)) {
            return Err(format!("{text}: {strict:?} {lenient:?}"));
        }
    }
    Ok(())
}
