//! A service that is bound for SOAP 1.2 alone: envelopes and faults are those of that version.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::test::{Answer, Ask, OPERATIONS, Oracle, dispatch};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Fault, Outcome, Request, Version};

struct Delphi;

impl Oracle for Delphi {
    async fn ask(&self, request: Request<Ask>) -> Outcome<Answer> {
        match request.body.question.as_str() {
            "" => Err(Fault::new("ErrorNothingAsked", "Ask something.")),
            question => Ok(Envelope::new(Answer::new(format!("{question}?")))),
        }
    }
}

fn run<F: Future>(future: F) -> Result<F::Output, String> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err("the service waits".to_owned()),
    }
}

fn ask(question: &str) -> Result<(String, oxws::soap::Reply), String> {
    let request = Envelope::new(Ask::new(question)).to_xml().map_err(|error| error.to_string())?;
    let reply = run(dispatch(&Delphi, &request))?;
    Ok((String::from_utf8_lossy(&request).into_owned(), reply))
}

pub(crate) fn check() -> Result<(), String> {
    const SOAP12: &str = "xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"";
    let (request, reply) = ask("why")?;
    let written = String::from_utf8_lossy(&reply.body).into_owned();
    if OPERATIONS[0].soap != Version::V12 || !request.contains(SOAP12) || !written.contains(SOAP12) {
        return Err(format!("{request}\n{written}"));
    }
    let read = |body: &[u8]| {
        let read = Envelope::<Answer>::from_xml(body, &ReadOptions::strict()).map_err(|error| error.to_string())?;
        Ok::<_, String>(read.content)
    };
    let answer = read(&reply.body)?.map_err(|fault| fault.to_string())?;
    if (answer.body.text.as_str(), reply.status, reply.soap) != ("why?", 200, Version::V12) {
        return Err(format!("{answer:?}"));
    }
    let (_, refused) = ask("")?;
    let written = String::from_utf8_lossy(&refused.body).into_owned();
    let code = "<soap:Code><soap:Value>soap:Sender</soap:Value><soap:Subcode><soap:Value";
    let fault = read(&refused.body)?.err().ok_or("no fault")?;
    let told = (fault.code.local.as_str(), fault.response_code.as_deref(), fault.text.as_str(), refused.status);
    if !written.contains(code) || told != ("ErrorNothingAsked", Some("ErrorNothingAsked"), "Ask something.", 400) {
        return Err(format!("{written}\n{fault:?}"));
    }
    // The other version is refused, in the version that is spoken.
    let other = request.replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/");
    let refused = run(dispatch(&Delphi, other.as_bytes()))?;
    let text = refused.fault.map(|fault| fault.text.clone()).unwrap_or_default();
    match refused.soap {
        Version::V12 if text.contains("'Envelope' in namespace 'http://www.w3.org/2003/05/soap-envelope'") => Ok(()),
        version => Err(format!("{version:?} {text}")),
    }
}
