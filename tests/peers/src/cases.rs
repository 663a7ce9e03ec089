//! What is measured: for each peer the reading and writing of each document, as a closure to call again and again.
//! What `oxws` does itself is in `own`.

use std::collections::HashMap;
use std::hint::black_box;

use oxws::oxwscdata::ResponseCode;
use oxws::rt::ReadOptions;

use crate::documents::Document;
use crate::{hard_peer, instant_peer, loops, own, serde_peer};

/// One thing to do with a document, again and again.
pub type Run = Box<dyn Fn()>;

/// A peer's way of handling documents.
pub struct Case {
    /// Its name in results and on the command line.
    pub name: &'static str,
    /// Makes what it does with a document; everything that it needs once is done here. `None` for a document that is
    /// nothing for this case.
    pub prepare: fn(Document) -> Option<Run>,
}

/// Reading or writing a document with the types of a peer.
macro_rules! typed {
    (read $peer:ident $document:ident) => {
        match $document {
            Document::Large | Document::Medium => typed!(@read $peer $document List),
            Document::Request => typed!(@read $peer $document Request),
            Document::Ids => typed!(@read $peer $document Ids),
            Document::Body => typed!(@read $peer $document AddImGroup),
            Document::Codes => None,
        }
    };
    (@read $peer:ident $document:ident $type:ident) => {
        on_xml($document, |text| {
            black_box($peer::read::<$peer::$type>(text));
        })
    };
    (write $peer:ident $document:ident) => {
        match $document {
            Document::Large | Document::Medium => typed!(@write $peer $document List),
            Document::Request => typed!(@write $peer $document Request),
            Document::Ids => typed!(@write $peer $document Ids),
            // The types of the peers declare prefixes on envelopes alone.
            Document::Body | Document::Codes => None,
        }
    };
    (@write $peer:ident $document:ident $type:ident) => {{
        let value: $peer::$type = $peer::read(&$document.text());
        Some(Box::new(move || {
            black_box($peer::write(black_box(&value)));
        }))
    }};
    (rewrite $peer:ident $document:ident) => {
        match $document {
            Document::Large | Document::Medium => typed!(@rewrite $peer $document List),
            Document::Request => typed!(@rewrite $peer $document Request),
            Document::Ids => typed!(@rewrite $peer $document Ids),
            Document::Body | Document::Codes => None,
        }
    };
    (@rewrite $peer:ident $document:ident $type:ident) => {
        Some($peer::write(&$peer::read::<$peer::$type>(&$document.text())))
    };
}

/// What one of the peers with types writes of what it has read.
pub fn rewritten(peer: &str, document: Document) -> Option<String> {
    match peer {
        "serde" => typed!(rewrite serde_peer document),
        "instant" => typed!(rewrite instant_peer document),
        "hard" => typed!(rewrite hard_peer document),
        _ => None,
    }
}

/// All of them. The first is the unit.
pub const CASES: &[Case] = &[
    Case {
        name: "ns_reader",
        prepare: |document| {
            on_xml(document, |text| {
                black_box(loops::ns_reader(text));
            })
        },
    },
    Case {
        name: "reader",
        prepare: |document| {
            on_xml(document, |text| {
                black_box(loops::reader(text));
            })
        },
    },
    Case { name: "oxws_strict", prepare: |document| own::read(document, ReadOptions::strict()) },
    Case { name: "oxws_lenient", prepare: |document| own::read(document, ReadOptions::lenient()) },
    Case { name: "oxws_clone", prepare: own::clone },
    Case { name: "serde", prepare: |document| typed!(read serde_peer document) },
    Case { name: "instant", prepare: |document| typed!(read instant_peer document) },
    Case { name: "hard", prepare: |document| typed!(read hard_peer document) },
    Case { name: "roxmltree", prepare: |document| on_xml(document, dom) },
    Case { name: "replay", prepare: replay },
    Case { name: "oxws_write", prepare: own::write },
    Case { name: "serde_write", prepare: |document| typed!(write serde_peer document) },
    Case { name: "instant_write", prepare: |document| typed!(write instant_peer document) },
    Case { name: "hard_write", prepare: |document| typed!(write hard_peer document) },
    Case { name: "hash_map", prepare: hash_map },
    Case { name: "oxws_code", prepare: oxws_code },
];

/// The case with this name.
pub fn named(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

/// Something that is done to the text of any XML.
fn on_xml(document: Document, run: fn(&str)) -> Option<Run> {
    let text = document.xml()?;
    Some(Box::new(move || run(black_box(&text))))
}

/// A DOM of the document.
fn dom(text: &str) {
    black_box(roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}")));
}

fn replay(document: Document) -> Option<Run> {
    // The events borrow from the text, which lives as long as the process.
    let text: &'static str = document.xml()?.leak();
    let events = loops::events(text);
    Some(Box::new(move || {
        black_box(loops::replay(black_box(&events), text.len()));
    }))
}

/// The codes from text to position, by the standard library's map.
fn hash_map(document: Document) -> Option<Run> {
    let texts = document.codes()?;
    let map: HashMap<&str, usize> = texts.iter().enumerate().map(|(at, text)| (*text, at)).collect();
    Some(Box::new(move || {
        black_box(black_box(&texts).iter().map(|text| map[text]).sum::<usize>());
    }))
}

/// The codes from text to variant.
fn oxws_code(document: Document) -> Option<Run> {
    let texts = document.codes()?;
    Some(Box::new(move || {
        let found = |text: &&&str| ResponseCode::from(**text) == ResponseCode::NoError;
        black_box(black_box(&texts).iter().filter(found).count());
    }))
}
