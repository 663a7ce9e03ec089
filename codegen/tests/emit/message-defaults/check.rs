//! Messages and header parts that are empty have the values of their declarations.

use super::test::{AskRequest, AskResponse, RequestHeaders};
use oxws::rt::{Document, ReadOptions};
use oxws::soap::Envelope;

pub(crate) fn check() -> Result<(), String> {
    let read = |header: &str, body: &str| {
        let text = format!(
            "<s:Envelope xmlns:s='{}' xmlns:t='urn:t'><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>",
            oxws::rt::SOAP_URI
        );
        let read = Envelope::<AskRequest>::from_xml(text.as_bytes(), &ReadOptions::strict());
        let read = read.map_err(|error| error.to_string())?;
        let content = read.content.map_err(|error| error.to_string())?;
        Ok::<_, String>((content.headers, content.body))
    };
    let (headers, body) = read("<t:Level/><t:Edition/>", "<t:Count/>")?;
    let level = headers.level.as_ref().is_some_and(|level| **level == 3 && level.is_implied());
    let edition = headers.edition.as_ref().is_some_and(|edition| edition.as_str() == "second");
    if !level || !edition || **body != 5 || !body.is_implied() {
        return Err(format!("{headers:?} {body:?}"));
    }
    let (headers, _) = read("<t:Level>4</t:Level>", "<t:Count/>")?;
    let expected = RequestHeaders { level: Some(4.into()), edition: None };
    if headers != expected {
        return Err(format!("{headers:?}"));
    }
    let xml = AskResponse(7.into()).to_xml().map_err(|error| error.to_string())?;
    let xml = String::from_utf8_lossy(&xml);
    if xml.contains(">7<") { Ok(()) } else { Err(xml.into_owned()) }
}
