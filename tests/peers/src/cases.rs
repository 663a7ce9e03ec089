//! What is measured: for each peer the reading and writing of each document, as a closure to call again and again.

use std::hint::black_box;

use oxws::oxwscos::{AddImGroup, GetImItemListResponse, GetImItems};
use oxws::rt::ReadOptions;
use oxws::soap::{Envelope, Message};

use crate::documents::Document;
use crate::{hard_peer, instant_peer, loops, serde_peer};

/// One thing to do with a document, again and again.
pub type Run = Box<dyn Fn()>;

/// A peer's way of handling documents.
pub struct Case {
    /// Its name in results and on the command line.
    pub name: &'static str,
    /// Makes what it does with a document; everything that it needs once is done here.
    pub prepare: fn(Document) -> Run,
}

/// Reading or writing a document with the types of a peer.
macro_rules! typed {
    (read $peer:ident $document:ident) => {
        match $document {
            Document::Large | Document::Medium => typed!(@read $peer $document List),
            Document::Request => typed!(@read $peer $document Request),
            Document::Ids => typed!(@read $peer $document Ids),
        }
    };
    (@read $peer:ident $document:ident $type:ident) => {
        on_text($document, |text| {
            black_box($peer::read::<$peer::$type>(text));
        })
    };
    (write $peer:ident $document:ident) => {
        match $document {
            Document::Large | Document::Medium => typed!(@write $peer $document List),
            Document::Request => typed!(@write $peer $document Request),
            Document::Ids => typed!(@write $peer $document Ids),
        }
    };
    (@write $peer:ident $document:ident $type:ident) => {{
        let value: $peer::$type = $peer::read(&$document.text());
        Box::new(move || {
            black_box($peer::write(black_box(&value)));
        })
    }};
}
/// All of them. The first is the unit.
pub const CASES: &[Case] = &[
    Case {
        name: "ns_reader",
        prepare: |document| {
            on_text(document, |text| {
                black_box(loops::ns_reader(text));
            })
        },
    },
    Case {
        name: "reader",
        prepare: |document| {
            on_text(document, |text| {
                black_box(loops::reader(text));
            })
        },
    },
    Case { name: "oxws_strict", prepare: |document| oxws_read(document, ReadOptions::strict()) },
    Case { name: "oxws_lenient", prepare: |document| oxws_read(document, ReadOptions::lenient()) },
    Case { name: "serde", prepare: |document| typed!(read serde_peer document) },
    Case { name: "instant", prepare: |document| typed!(read instant_peer document) },
    Case { name: "hard", prepare: |document| typed!(read hard_peer document) },
    Case { name: "roxmltree", prepare: |document| on_text(document, dom) },
    Case { name: "replay", prepare: replay },
    Case { name: "oxws_write", prepare: oxws_write },
    Case { name: "oxws_clone", prepare: oxws_clone },
    Case { name: "serde_write", prepare: |document| typed!(write serde_peer document) },
    Case { name: "instant_write", prepare: |document| typed!(write instant_peer document) },
    Case { name: "hard_write", prepare: |document| typed!(write hard_peer document) },
];

/// A DOM of the document.
fn dom(text: &str) {
    black_box(roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}")));
}

/// The case with this name.
pub fn named(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

pub(crate) fn on_text(document: Document, run: fn(&str)) -> Run {
    let text = document.text();
    Box::new(move || run(black_box(&text)))
}

fn replay(document: Document) -> Run {
    // The events borrow from the text, which lives as long as the process.
    let text: &'static str = document.text().leak();
    let events = loops::events(text);
    Box::new(move || {
        black_box(loops::replay(black_box(&events), text.len()));
    })
}

fn oxws_read(document: Document, options: ReadOptions) -> Run {
    match document {
        Document::Large | Document::Medium => oxws_read_as::<GetImItemListResponse>(document, options),
        Document::Request => oxws_read_as::<AddImGroup>(document, options),
        Document::Ids => oxws_read_as::<GetImItems>(document, options),
    }
}

fn oxws_read_as<T: Message + 'static>(document: Document, options: ReadOptions) -> Run {
    let text = document.text();
    Box::new(move || {
        black_box(parsed::<T>(black_box(&text), &options));
    })
}

fn oxws_write(document: Document) -> Run {
    match document {
        Document::Large | Document::Medium => oxws_write_as::<GetImItemListResponse>(document),
        Document::Request => oxws_write_as::<AddImGroup>(document),
        Document::Ids => oxws_write_as::<GetImItems>(document),
    }
}

fn oxws_write_as<T: Message + 'static>(document: Document) -> Run {
    let value = parsed::<T>(&document.text(), &ReadOptions::strict());
    Box::new(move || {
        black_box(black_box(&value).to_xml().unwrap_or_else(|error| panic!("{error}")));
    })
}

/// Copies the value that reading makes: its allocations are those that the result itself needs.
fn oxws_clone(document: Document) -> Run {
    match document {
        Document::Large | Document::Medium => oxws_clone_of::<GetImItemListResponse>(document),
        Document::Request => oxws_clone_of::<AddImGroup>(document),
        Document::Ids => oxws_clone_of::<GetImItems>(document),
    }
}

fn oxws_clone_of<T: Message<Headers: Clone> + Clone + 'static>(document: Document) -> Run {
    let value = parsed::<T>(&document.text(), &ReadOptions::strict());
    Box::new(move || {
        black_box(black_box(&value).clone());
    })
}

/// The documents are valid.
fn parsed<T: Message>(text: &str, options: &ReadOptions) -> Envelope<T> {
    let read = Envelope::<T>::from_xml(text.as_bytes(), options).unwrap_or_else(|error| panic!("{error}"));
    read.content.unwrap_or_else(|fault| panic!("{fault:?}"))
}

/// Whether a text says what the document says. Leniently: hard-xml writes texts before other children.
pub(crate) fn same<T: Message + PartialEq>(document: Document, written: &str) -> bool {
    let read = |text: &str| parsed::<T>(text, &ReadOptions::lenient());
    read(written) == read(&document.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a peer writes of what it read says all that the document said.
    macro_rules! complete {
        ($name:ident $peer:ident) => {
            #[test]
            fn $name() {
                let document = Document::Medium;
                let text = $peer::write(&$peer::read::<$peer::List>(&document.text()));
                assert!(same::<GetImItemListResponse>(document, &text), "{text}");
                let document = Document::Request;
                let text = $peer::write(&$peer::read::<$peer::Request>(&document.text()));
                assert!(same::<AddImGroup>(document, &text), "{text}");
                let document = Document::Ids;
                let text = $peer::write(&$peer::read::<$peer::Ids>(&document.text()));
                assert!(same::<GetImItems>(document, &text), "{text}");
            }
        };
    }
    complete!(serde_reads_and_writes_everything serde_peer);
    complete!(instant_xml_reads_and_writes_everything instant_peer);
    complete!(hard_xml_reads_and_writes_everything hard_peer);

    #[test]
    fn every_case_runs_on_every_document() {
        for document in Document::ALL.into_iter().filter(|document| *document != Document::Large) {
            CASES.iter().for_each(|case| (case.prepare)(document)());
        }
    }
}
