//! A one-way operation answers nothing; a message that shares its type with others is a newtype with its own element.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::test::{
    Entry, Names, NamesResponse, OPERATIONS, PutRequest, RequestHeaders, SameRequest, SameResponse, Store, dispatch,
};
use oxws::rt::{Document, ReadOptions};
use oxws::soap::{Envelope, NoReply, Outcome, Request};

struct Shelf;

impl Store for Shelf {
    async fn put(&self, request: Request<PutRequest>) -> Outcome<NoReply> {
        // Its fields are those of the type.
        assert_eq!(request.body.name, "a");
        Ok(Envelope::new(NoReply))
    }

    async fn names(&self, request: Request<Names>) -> Outcome<NamesResponse> {
        let count = i32::try_from(request.body.name.len()).unwrap_or(i32::MAX);
        Ok(Envelope::new(NamesResponse(count)))
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

pub(crate) fn check() -> Result<(), String> {
    let put = Envelope::new(PutRequest::from(Entry::new("a"))).with_headers(RequestHeaders::default());
    let reply = run(dispatch(&Shelf, &put.to_xml().map_err(shown)?))?;
    if (reply.status, reply.body.len()) != (202, 0) || OPERATIONS[0].response.is_some() {
        return Err(format!("{} {:?}", reply.status, reply.body));
    }
    // An envelope with an empty body is no reply too; one with content is a wrong one.
    for (body, fine) in [("", true), ("<Count xmlns='urn:t'>1</Count>", false)] {
        let text = format!("<s:Envelope xmlns:s='{}'><s:Body>{body}</s:Body></s:Envelope>", oxws::rt::SOAP_URI);
        let read = Envelope::<NoReply>::from_xml(text.as_bytes(), &ReadOptions::strict());
        if read.is_ok_and(|read| read.content.is_ok()) != fine {
            return Err(format!("no reply: {text}"));
        }
    }
    let names = Envelope::new(Names { name: vec!["a".to_owned(), "b".to_owned()] });
    let names = names.with_headers(RequestHeaders::default()).to_xml().map_err(shown)?;
    let reply = run(dispatch(&Shelf, &names))?;
    let read = Envelope::<NamesResponse>::from_xml(&reply.body, &ReadOptions::strict()).map_err(shown)?;
    let answer = read.content.map_err(shown)?.body;
    if *answer != 2 || answer != NamesResponse(2) {
        return Err(format!("{answer:?}"));
    }
    // Of two messages of one type each has its own element.
    let same = SameRequest(Entry::new("a")).to_xml().map_err(shown)?;
    let put = PutRequest(Entry::new("a")).to_xml().map_err(shown)?;
    if SameRequest::from_xml(&put).is_ok() || SameRequest::from_xml(&same).map_err(shown)?.0 != Entry::new("a") {
        return Err("the element of another message was taken".to_owned());
    }
    match SameResponse::from_xml(b"<Count xmlns='urn:t'>x</Count>") {
        Err(error) if error.message().contains("Int32") => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
