//! The targets and their promises. Each answers a short description of what happened, which tells the driver whether
//! an input showed something new.

use std::fmt::Debug;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use oxws::oxwscos::{AddImGroup, Element, ExchangeService, GetImItemListResponse, dispatch};
use oxws::rt::{Document, ReadOptions, read};
use oxws::soap::{Envelope, Message};
use oxws_codegen::emit::Config;
use oxws_codegen::{Inputs, generate, pipeline};

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Takes any bytes; panics when a promise is broken.
    pub run: fn(&[u8]) -> String,
    /// Where its first inputs are, below the root of the repository: folder and extension.
    pub seeds: &'static [(&'static str, &'static str)],
    /// Texts that are put into inputs.
    pub words: &'static [&'static str],
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "reader", run: reader, seeds: &[("fuzz/corpus-seed/reader", "xml")], words: DOCUMENT },
    Target { name: "envelope", run: envelope, seeds: &[("tests/examples", "xml")], words: DOCUMENT },
    Target {
        name: "generator",
        run: generator,
        seeds: &[
            ("codegen/tests/emit", "xsd"),
            ("codegen/tests/emit", "wsdl"),
            ("codegen/tests/diagnostics", "xsd"),
        ],
        words: SCHEMA,
    },
];

const DOCUMENT: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "&amp;",
    "&lt;",
    "&#0;",
    "&#xD;",
    "&#x10FFFF;",
    "&a;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x ?>",
    "<!DOCTYPE a>",
    " xmlns=\"\"",
    " xmlns:t=\"urn:x\"",
    " xsi:nil=\"true\"",
    " xsi:type=\"t:ItemIdType\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
    " soap:mustUnderstand=\"1\"",
    " Id=\"\"",
    "\u{feff}",
    "\u{0}",
    "\u{fffe}",
    "\u{85}",
    "\t",
    "\r\n",
    "-1",
    "2147483648",
    "NaN",
    "INF",
    "true",
    "2024-02-30T24:00:00-14:00",
    "=",
];

const SCHEMA: &[&str] = &[
    " minOccurs=\"0\"",
    " maxOccurs=\"unbounded\"",
    " maxOccurs=\"2\"",
    " minOccurs=\"3\"",
    " nillable=\"true\"",
    " abstract=\"true\"",
    " mixed=\"true\"",
    " use=\"required\"",
    " use=\"prohibited\"",
    " default=\"1\"",
    " fixed=\"`\"",
    " form=\"qualified\"",
    " type=\"xs:int\"",
    " type=\"xs:string\"",
    " type=\"xs:anyType\"",
    " type=\"xs:NMTOKENS\"",
    " name=\"Self\"",
    " name=\"type\"",
    " name=\"a-b\"",
    " name=\"Option\"",
    " name=\"Element\"",
    " ref=\"t:a\"",
    " substitutionGroup=\"t:Rule\"",
    " base=\"xs:anyType\"",
    "<xs:any/>",
    "<xs:anyAttribute/>",
    "<xs:sequence>",
    "</xs:sequence>",
    "<xs:choice>",
    "</xs:choice>",
    "<xs:all>",
    "</xs:all>",
    "<xs:enumeration value=\"\"/>",
    "<xs:pattern value=\"[a-z-[m]]\"/>",
    "<xs:pattern value=\"\\p{L}*\"/>",
    "<xs:length value=\"1\"/>",
    "<xs:minInclusive value=\"-1\"/>",
    "xs:extension",
    "xs:restriction",
    "<xs:list itemType=\"xs:int\"/>",
    "<xs:union memberTypes=\"xs:int xs:string\"/>",
    "<",
    ">",
    "\"",
];

/// What is read can be written, and read again to the same; what a strict reader takes, a lenient one takes too.
fn reader(bytes: &[u8]) -> String {
    let strict = document::<Element>(bytes, &ReadOptions::strict());
    let lenient = document::<Element>(bytes, &ReadOptions::lenient());
    if let Ok((value, _)) = &strict {
        match &lenient {
            Ok((other, 0)) if other == value => {}
            other => panic!("strictly {value}, leniently {other:?}"),
        }
    }
    format!("{:?} {:?}", strict.map(|_| ()), lenient.map(|(_, notes)| notes.min(3)))
}

/// Reads, writes and reads again. Values are compared as text, so that NaN is itself.
fn document<T: Document + Debug>(bytes: &[u8], options: &ReadOptions) -> Result<(String, usize), String> {
    let first = read::<T>(bytes, options).map_err(|error| shape(error.message()))?;
    let again = |value: &T| {
        let written = value.to_xml().unwrap_or_else(|error| panic!("read and not written: {error}"));
        match read::<T>(&written, options) {
            Ok(again) => again.value,
            Err(error) => panic!("{error}\nwritten as: {}", String::from_utf8_lossy(&written)),
        }
    };
    let second = again(&first.value);
    let text = format!("{:?}", first.value);
    if text.contains("AnyElement") {
        // Elements kept as XML keep the namespaces that are in scope, and the writer's root has more of them.
        assert_eq!(format!("{second:?}"), format!("{:?}", again(&second)));
    } else {
        assert_eq!(text, format!("{second:?}"));
    }
    Ok((text, first.notes.len()))
}

/// An envelope is read or refused; a request gets a reply that can be read.
fn envelope(bytes: &[u8]) -> String {
    let request = envelopes::<AddImGroup>(bytes);
    let reply = envelopes::<GetImItemListResponse>(bytes);
    let answer = match pin!(dispatch(&Mute, bytes)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the service waits"),
    };
    match Envelope::<AddImGroup>::from_xml(&answer.body, &ReadOptions::strict()) {
        Ok(read) => assert!(read.content.is_err() && answer.status == 500, "a mute service answers faults"),
        Err(error) => panic!("{error}\nthe reply is: {}", String::from_utf8_lossy(&answer.body)),
    }
    format!("{request} {reply} {}", answer.status)
}

struct Mute;

impl ExchangeService for Mute {}

fn envelopes<T: Message + PartialEq + Debug>(bytes: &[u8]) -> String {
    let mut seen = String::new();
    for options in [ReadOptions::strict(), ReadOptions::lenient()] {
        let first = match Envelope::<T>::from_xml(bytes, &options) {
            Ok(first) => first,
            Err(error) => {
                seen += &shape(error.message());
                continue;
            }
        };
        let Ok(value) = first.content else {
            seen += "fault ";
            continue;
        };
        let written = match value.to_xml() {
            Ok(written) => written,
            Err(error) => panic!("read and not written: {error}"),
        };
        let second = match Envelope::<T>::from_xml(&written, &options) {
            Ok(second) => second.content,
            Err(error) => panic!("{error}\nwritten as: {}", String::from_utf8_lossy(&written)),
        };
        assert_eq!(format!("Ok({value:?})"), format!("{second:?}"));
        seen += "message ";
    }
    seen
}

/// A schema is refused with places, or gives Rust; its own lock gives the same again.
fn generator(bytes: &[u8]) -> String {
    let mut inputs = Inputs::default();
    let is_wsdl = bytes.windows(12).any(|window| window == b"definitions ");
    let key = if is_wsdl { "wsdl = 'x'" } else { "files = ['x']" };
    let manifest =
        format!("[[protocol]]\nname = 'P'\nmodule = 'p'\nstrict = false\n{key}\n[prefixes]\nt = 'urn:t'\n");
    inputs.0.insert("manifest.toml".to_owned(), manifest.into_bytes());
    inputs.0.insert("x".to_owned(), bytes.to_vec());
    let (output, diagnostics) = generate(&inputs, &Config::default());
    let mut codes: Vec<&str> = diagnostics.sorted().iter().map(|diagnostic| diagnostic.code.id()).collect();
    codes.dedup();
    let report = diagnostics.render();
    assert!(!report.contains("is no Rust"), "{report}");
    if diagnostics.has_errors() {
        return format!("{codes:?}");
    }
    let mut schemas = Inputs::default();
    for (path, text) in &output.files {
        if path.ends_with(".xsd") {
            schemas.0.insert(path.clone(), text.clone().into_bytes());
        } else if let Err(error) = syn::parse_file(text) {
            panic!("{path}: {error}\n{text}");
        }
    }
    // What a server hands out can be read again.
    let (_, diagnostics) = pipeline::resolved_all(&schemas);
    assert!(!diagnostics.has_errors(), "{}", diagnostics.render());
    inputs.0.insert("names.lock".to_owned(), output.lock.clone().into_bytes());
    let (again, diagnostics) = generate(&inputs, &Config::default());
    assert!(!diagnostics.has_errors(), "with its own lock:\n{}\n{}", output.lock, diagnostics.render());
    assert!(again.files == output.files && again.lock == output.lock, "its own lock gives something else");
    // New constructs show as new words of the runtime.
    let mut words: Vec<&str> = output.files.values().flat_map(|text| text.split("rt::")).collect();
    words
        .iter_mut()
        .for_each(|word| *word = word.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""));
    words.sort_unstable();
    words.dedup();
    format!("{codes:?} {words:?}")
}

/// A message without names, values and numbers.
fn shape(message: &str) -> String {
    message.split('\'').step_by(2).flat_map(str::chars).filter(|c| !c.is_ascii_digit()).take(120).collect()
}

/// The first inputs of a target.
pub fn seeds(target: &Target, root: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (folder, extension) in target.seeds {
        collect(&root.join(folder), extension, &mut found);
    }
    found.sort();
    found.into_iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
}
