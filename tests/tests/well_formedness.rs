//! What is well-formed: thousands of damaged documents, the same in every run, read by us, by quick-xml and by
//! xmltree. What we accept, xmltree accepts, so what both others refuse we refuse; what both accept we accept, but
//! for the listed differences. Nothing panics, whatever the bytes.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use oxws::oxwscos::{Element, GetImItemListResponse};
use oxws::rt::{AnyElement, Document, ErrorKind, ReadOptions};
use oxws::soap::Envelope;
use oxws_tests::corpus::{self, Random, Size};
use oxws_tests::{EXAMPLES, xml};

/// Damaged documents of each origin.
const EACH: usize = 700;

/// Documents with everything that well-formedness is about.
const HARD: [&str; 6] = [
    "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<!-- a - b -->\n<?pi some data?><a x='1' y=\"'\">t<!--c--><b/>&lt;&#65;&#x42;]] <![CDATA[<&]]]]><![CDATA[>]]>]]&gt;</a>\n<!-- after --> ",
    "<p:a xmlns:p='urn:p' xmlns='urn:d' p:x='1' x='2'><b xmlns=''><p:c xmlns:p='urn:q' xml:lang='de'/></b><p:d/></p:a>",
    "<é xmlns:山='urn:x' 山:ä='&quot;&apos;&amp;&gt;'>\u{1F600}\r\n\t\u{85}<山:b.-_1 /></é >",
    "<a\n\tb = 'x\ny'\r\n  c='&#10;&#x9;'\n>\n</a\n>",
    "<a xmlns:x='urn:1' xmlns:y='urn:1' x:b='1' b='2'><y:a x:b='3' y:c='4'/></a>",
    "<a><b><c><d/></c></b><b><c/></b><b/></a>",
];

/// Pieces that damage is made of.
const PIECES: [&str; 44] = [
    "<",
    ">",
    "/",
    "&",
    ";",
    "'",
    "\"",
    "=",
    " ",
    "\n",
    "\r",
    "!",
    "?",
    "-",
    "]",
    "[",
    ":",
    "x",
    "é",
    "\u{1}",
    "\u{FFFE}",
    "<!--",
    "-->",
    "--",
    "<![CDATA[",
    "]]>",
    "<?x",
    "?>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE a>",
    "&amp;",
    "&x;",
    "&#0;",
    "&#x110000;",
    "&#xD800;",
    "&#;",
    "xmlns=''",
    " xmlns:p=''",
    " a='1'",
    "<b>",
    "</b>",
    "<b/>",
    "<p:b/>",
    " xmlns:xml='u'",
];

/// Whether we accept a document, and the reason if not.
fn ours(bytes: &[u8]) -> Result<(), String> {
    let text = oxws::soap::decode(bytes).map_err(|error| error.to_string())?;
    AnyElement::parse(&text).map(|_| ()).map_err(|error| error.to_string())
}

fn xmltree_accepts(bytes: &[u8]) -> Result<(), String> {
    let nodes = xmltree::Element::parse_all(bytes).map_err(|error| error.to_string())?;
    let roots = nodes.iter().filter(|node| node.as_element().is_some()).count();
    if roots == 1 { Ok(()) } else { Err(format!("{roots} root elements")) }
}

fn quick_xml_accepts(bytes: &[u8]) -> Result<(), String> {
    // A byte order mark is no part of the text.
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    xml::parse(text).map(|_| ()).map_err(|error| error.to_string())
}

/// What we refuse though both others accept it: words of our message, and why we are right.
const STRICTER: [(&str, &str); 4] = [
    ("a `<` in the value of an attribute", "XML 1.0, production 10; the others let it pass"),
    ("a document type declaration is not accepted", "UCS T13"),
    ("a name was expected here", "Namespaces in XML: both parts of a name begin like a name"),
    ("an XML declaration", "encodings that we do not read, and versions and order that XML does not have"),
];

fn damaged(original: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = original.as_bytes().to_vec();
    for _ in 0..1 + random.below(3) {
        let length = bytes.len();
        let start = random.below(length + 1);
        let end = (start + 1 + random.below(12)).min(length);
        match random.below(7) {
            0 => drop(bytes.drain(start..end)),
            1 => {
                let copy = bytes[start..end].to_vec();
                let to = random.below(length + 1);
                bytes.splice(to..to, copy);
            }
            2 => bytes.truncate(start),
            3 if length > 1 => bytes.swap(start.min(length - 1), random.below(length)),
            4 if start < length => bytes[start] = u8::try_from(random.below(256)).unwrap_or(0),
            _ => drop(bytes.splice(start..start, random.pick(&PIECES).bytes()).collect::<Vec<u8>>()),
        }
    }
    bytes
}

/// The documents that damage begins with.
fn originals() -> Vec<String> {
    let examples = EXAMPLES.iter().map(|(_, bytes)| String::from_utf8(bytes.to_vec()).unwrap());
    let list = String::from_utf8(corpus::item_list_text(Size {
        personas: 1,
        groups: 3,
        seed: 5,
        ..Size::default()
    }))
    .unwrap();
    examples.chain(HARD.iter().map(|text| (*text).to_owned())).chain([list]).collect()
}

#[test]
fn the_originals_are_accepted_by_all() {
    for original in originals() {
        assert_eq!(ours(original.as_bytes()), Ok(()), "{original}");
        assert_eq!(xmltree_accepts(original.as_bytes()), Ok(()), "{original}");
        assert_eq!(quick_xml_accepts(original.as_bytes()), Ok(()), "{original}");
    }
}

#[test]
fn damaged_documents_are_judged_alike() {
    let mut random = Random(20_240_229);
    let (mut accepted, mut refused, mut seen) = (0, 0, [false; STRICTER.len()]);
    let mut wrong = Vec::new();
    for original in originals() {
        for _ in 0..EACH {
            let bytes = damaged(&original, &mut random);
            let (we, tree, quick) = (ours(&bytes), xmltree_accepts(&bytes), quick_xml_accepts(&bytes));
            match we {
                Ok(()) => accepted += 1,
                Err(_) => refused += 1,
            }
            let shown = || String::from_utf8_lossy(&bytes).into_owned();
            match (we, tree, quick) {
                // Both others refusing what we accept is a part of this.
                (Ok(()), Err(reason), quick) => {
                    wrong.push(format!("{reason} (quick-xml: {quick:?})\n{}", shown()))
                }
                (Err(reason), Ok(()), Ok(())) => {
                    match STRICTER.iter().position(|(words, _)| reason.contains(words)) {
                        Some(at) => seen[at] = true,
                        None => wrong.push(format!("refused: {reason}\n{}", shown())),
                    }
                }
                _ => {}
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} judged otherwise:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(8)].join("\n---\n")
    );
    assert!(
        accepted > 500 && refused > 3000,
        "{accepted} accepted, {refused} refused: the damage is one-sided"
    );
    for ((words, _), seen) in STRICTER.iter().zip(seen) {
        assert!(seen, "no document shows the difference any more: {words}");
    }
}

/// The typed readers judge as the untyped one: what is malformed by itself is malformed inside of any type.
#[test]
fn typed_reads_refuse_what_is_malformed() {
    let mut random = Random(7);
    for original in originals() {
        for _ in 0..EACH / 4 {
            let bytes = damaged(&original, &mut random);
            let fine = ours(&bytes).is_ok();
            for options in [ReadOptions::strict(), ReadOptions::lenient()] {
                let read = Envelope::<GetImItemListResponse>::from_xml(&bytes, &options);
                assert!(fine || read.is_err(), "{}", String::from_utf8_lossy(&bytes));
                let read = oxws::rt::read::<Element>(&bytes, &options);
                assert!(fine || read.is_err(), "{}", String::from_utf8_lossy(&bytes));
                // A well-formed document is never called malformed.
                if let (true, Err(error)) = (fine, read) {
                    assert!(matches!(error.kind(), ErrorKind::Violation), "{error}");
                }
            }
        }
    }
}

#[test]
fn no_bytes_panic() {
    let mut random = Random(1);
    for round in 0..6000 {
        let length = random.below(60);
        let mut bytes: Vec<u8> = if round % 2 == 0 {
            (0..length).map(|_| u8::try_from(random.below(256)).unwrap_or(0)).collect()
        } else {
            (0..length / 3).flat_map(|_| random.pick(&PIECES).bytes()).collect()
        };
        if round % 7 == 0 {
            bytes.splice(0..0, [0xFF, 0xFE]);
        }
        let _ = ours(&bytes);
        let _ = Element::from_xml(&bytes);
        let _ = Element::from_xml_lenient(&bytes);
        let _ = Envelope::<GetImItemListResponse>::from_xml(&bytes, &ReadOptions::strict());
    }
}

/// Cases that the two others let pass and XML does not; each is refused.
#[test]
fn stricter_than_the_others_where_xml_is() {
    let bad = [
        "<a b='1' b='2'/>",
        "<a xmlns:x='u' xmlns:y='u' x:b='' y:b=''/>",
        "<a>]]></a>",
        "<a b='<'/>",
        "<a><!-- -- --></a>",
        "<!DOCTYPE a><a/>",
        "<a xmlns:p=''/>",
        "<?xml version='1.&#0;'?><a/>",
        "<?xml version='1.'?><a/>",
        "<?xml version='2.0'?><a/>",
        "<?xml encoding='utf-8' version='1.0'?><a/>",
        "<?xml version='1.0' encoding='utf-8' encoding='utf-8'?><a/>",
        "<?xml version='1.0'\u{a0}encoding='utf-8'?><a/>",
        "<xmlns:a xmlns:xmlns='u'/>",
        "<a/><b/>",
        "<a/>&amp;",
        "<a>\u{FFFE}</a>",
        "<a>&#xFFFF;</a>",
        "<a b='1'c='2'/>",
        "<a:b:c xmlns:a='u'/>",
        "<a><?xml version='1.0'?></a>",
        "<?pi? x?><a/>",
        "<a><?x??></a>",
        " <?xml version='1.0'?><a/>",
    ];
    for document in bad {
        assert!(ours(document.as_bytes()).is_err(), "{document}");
    }
}
