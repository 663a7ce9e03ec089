//! What `oxws` does with each document.

use std::hint::black_box;

use oxws::oxwscos::{AddImGroup, GetImItemListResponse, GetImItems};
use oxws::rt::{self, ReadOptions};
use oxws::soap::{Envelope, Message};

use crate::cases::Run;
use crate::documents::Document;

/// Calls a function with the type of the message in the document's envelope, or does something else with one that has no
/// envelope.
macro_rules! message {
    ($document:ident, $function:ident($($argument:expr),*), body: $body:expr) => {
        Some(match $document {
            Document::Large | Document::Medium => $function::<GetImItemListResponse>($($argument),*),
            Document::Request => $function::<AddImGroup>($($argument),*),
            Document::Ids => $function::<GetImItems>($($argument),*),
            Document::Body => $body,
            Document::Codes => return None,
        })
    };
}

/// Bytes into types.
pub(crate) fn read(document: Document, options: ReadOptions) -> Option<Run> {
    fn envelope<T: Message + 'static>(text: String, options: ReadOptions) -> Run {
        Box::new(move || {
            black_box(parsed::<T>(black_box(&text), &options));
        })
    }
    let text = document.text();
    message!(
        document,
        envelope(text, options),
        body: Box::new(move || {
            black_box(body(black_box(&text), &options));
        })
    )
}

/// Types into bytes.
pub(crate) fn write(document: Document) -> Option<Run> {
    fn envelope<T: Message + 'static>(text: &str) -> Run {
        let value = parsed::<T>(text, &ReadOptions::strict());
        Box::new(move || {
            black_box(black_box(&value).to_xml().unwrap_or_else(|error| panic!("{error}")));
        })
    }
    let text = document.text();
    message!(document, envelope(&text), body: {
        let value = body(&text, &ReadOptions::strict());
        Box::new(move || {
            black_box(oxws::Document::to_xml(black_box(&value)).unwrap_or_else(|error| panic!("{error}")));
        })
    })
}

/// Copies the value that reading makes: its allocations are those that the result itself needs.
pub(crate) fn clone(document: Document) -> Option<Run> {
    fn copies<T: Clone + 'static>(value: T) -> Run {
        Box::new(move || {
            black_box(black_box(&value).clone());
        })
    }
    fn envelope<T: Message<Headers: Clone> + Clone + 'static>(text: &str) -> Run {
        copies(parsed::<T>(text, &ReadOptions::strict()))
    }
    let text = document.text();
    message!(document, envelope(&text), body: copies(body(&text, &ReadOptions::strict())))
}

/// The documents are valid.
fn parsed<T: Message>(text: &str, options: &ReadOptions) -> Envelope<T> {
    let read = Envelope::<T>::from_xml(text.as_bytes(), options).unwrap_or_else(|error| panic!("{error}"));
    read.content.unwrap_or_else(|fault| panic!("{fault:?}"))
}

fn body(text: &str, options: &ReadOptions) -> AddImGroup {
    rt::read(text.as_bytes(), options).unwrap_or_else(|error| panic!("{error}")).value
}

/// Whether a text says what the document says. Leniently: hard-xml writes texts before other children.
pub fn same(document: Document, written: &str) -> bool {
    fn envelopes<T: Message + PartialEq>(one: &str, other: &str) -> bool {
        let read = |text: &str| parsed::<T>(text, &ReadOptions::lenient());
        read(one) == read(other)
    }
    let text = document.text();
    match document {
        Document::Large | Document::Medium => envelopes::<GetImItemListResponse>(&text, written),
        Document::Request => envelopes::<AddImGroup>(&text, written),
        Document::Ids => envelopes::<GetImItems>(&text, written),
        Document::Body => body(&text, &ReadOptions::lenient()) == body(written, &ReadOptions::lenient()),
        Document::Codes => text == written,
    }
}
