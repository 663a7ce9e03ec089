//! `oxws::roundtrip`, the example of every generated crate: bare documents and envelopes, strict and lenient, its exit
//! status, and what it says on standard error.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use oxws::oxwscdata;
use oxws::oxwscos;
use oxws::roundtrip::{round_trip, run};
use oxws::rt::{NoteKind, ReadOptions};

oxws::rt::prelude::elements!(
    /// The elements of two modules, as a generated crate has them.
    #[derive(Debug)]
    GlobalElement, oxws::names::VOCABULARY,
    [
        0 => /// Those of the contact store.
        Store: oxwscos::Element,
        1 => /// Those that all share.
        Common: oxwscdata::Element,
    ]
);

const M: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const T: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

fn add_group(inner: &str) -> String {
    format!("<AddImGroup xmlns=\"{M}\" xmlns:t=\"{T}\">{inner}</AddImGroup>")
}

/// A folder of documents, and what the program says of them.
struct Bench {
    folder: tempfile::TempDir,
}

struct Said {
    code: u8,
    output: String,
    errors: String,
}

impl Bench {
    fn new() -> Bench {
        Bench { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, arguments: &[&str], files: &[&Path], input: &str) -> Said {
        let words =
            arguments.iter().map(OsString::from).chain(files.iter().map(|file| file.as_os_str().to_owned()));
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let code = run::<GlobalElement>(words, &mut input.as_bytes(), &mut output, &mut errors);
        // Paths differ from run to run.
        let folder = format!("{}/", self.folder.path().display());
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(&folder, "");
        Said { code, output: text(output), errors: text(errors) }
    }
}

#[test]
fn a_bare_document_is_written_back() {
    let bench = Bench::new();
    let file = bench.file("a.xml", add_group("<DisplayName>G &amp; H</DisplayName>"));
    for mode in [&[][..], &["--strict"]] {
        let said = bench.run(mode, &[&file], "");
        assert_eq!((said.code, said.errors.as_str()), (0, ""));
        let expected = "<m:DisplayName>G &amp; H</m:DisplayName></m:AddImGroup>\n";
        assert!(
            said.output.starts_with("<m:AddImGroup xmlns:") && said.output.ends_with(expected),
            "{}",
            said.output
        );
    }
}

#[test]
fn standard_input_is_a_document_too() {
    let said = Bench::new().run(&["--strict", "-"], &[], &add_group("<DisplayName>G</DisplayName>"));
    assert_eq!((said.code, said.errors.as_str()), (0, ""));
    let said = Bench::new().run(&["-"], &[], "<a>");
    assert_eq!((said.code, said.output.as_str()), (1, ""));
    assert!(said.errors.starts_with("<stdin>:1:"), "{}", said.errors);
}

#[test]
fn of_an_envelope_headers_body_and_details_are_read() {
    for soap in [SOAP_11, SOAP_12] {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"{soap}\" xmlns:t=\"{T}\">\n<s:Header>\
             <t:RequestServerVersion Version=\"Exchange2013\" s:mustUnderstand=\"1\"/><x:Own xmlns:x=\"urn:x\">kept</x:Own>\
             </s:Header>\n<s:Body>{}</s:Body>\n</s:Envelope>",
            add_group("<DisplayName>G</DisplayName>")
        );
        let done = round_trip::<GlobalElement>(envelope.as_bytes(), &ReadOptions::strict()).unwrap();
        let xml = String::from_utf8(done.xml).unwrap();
        for part in [
            "<m:DisplayName>G</m:DisplayName>",
            "Version=\"Exchange2013\"",
            ":mustUnderstand=\"1\"",
            "<x:Own xmlns:x=\"urn:x\">kept</x:Own>",
        ] {
            assert!(xml.contains(part), "{part} is not in {xml}");
        }
        let notes: Vec<_> = done.notes.iter().map(|note| (note.kind, note.place.line)).collect();
        assert_eq!(notes, [(NoteKind::Untyped, 2)]);
        // What was written is read to the same again.
        let again = round_trip::<GlobalElement>(xml.as_bytes(), &ReadOptions::strict()).unwrap();
        assert_eq!(String::from_utf8(again.xml).unwrap(), xml);
    }
}

/// That of a message without an element.
#[test]
fn an_envelope_with_an_empty_body_stays_as_it_is() {
    for soap in [SOAP_11, SOAP_12] {
        let envelope = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<s:Envelope xmlns:s=\"{soap}\"><s:Header/><s:Body> </s:Body></s:Envelope>"
        );
        let done = round_trip::<GlobalElement>(envelope.as_bytes(), &ReadOptions::strict()).unwrap();
        assert_eq!((String::from_utf8(done.xml).unwrap(), done.notes.len()), (envelope, 0));
    }
}

#[test]
fn a_fault_keeps_its_code_and_its_details_are_read() {
    let fault = format!(
        "<s:Envelope xmlns:s=\"{SOAP_11}\"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring>\
         <detail>{}</detail></s:Fault></s:Body></s:Envelope>",
        add_group("<DisplayName>G</DisplayName>")
    );
    let done = round_trip::<GlobalElement>(fault.as_bytes(), &ReadOptions::strict()).unwrap();
    let xml = String::from_utf8(done.xml).unwrap();
    assert!(
        xml.contains("<faultcode>s:Client</faultcode>") && xml.contains("<m:DisplayName>G</m:DisplayName>"),
        "{xml}"
    );
}

#[test]
fn a_body_that_no_type_is_known_for_is_not_understood() {
    let envelope = format!(
        "<s:Envelope xmlns:s=\"{SOAP_11}\"><s:Body>\n  <Unknown xmlns=\"urn:x\"/></s:Body></s:Envelope>"
    );
    let bench = Bench::new();
    let said = bench.run(&[], &[&bench.file("a.xml", envelope)], "");
    assert_eq!(said.code, 1);
    assert!(
        said.errors.starts_with("a.xml:2:4: The element 'Unknown' in namespace 'urn:x' is not declared"),
        "{}",
        said.errors
    );
    assert_eq!(said.output, "");
}

#[test]
fn problems_name_file_line_and_column() {
    let bench = Bench::new();
    let unknown =
        bench.file("unknown.xml", add_group("\n  <DisplayName>G</DisplayName>\n  <Colour>red</Colour>"));
    let cut = bench.file("cut.xml", add_group("\n<DisplayName>"));
    let absent = bench.folder.path().join("absent.xml");
    let said = bench.run(&["--strict"], &[&unknown, &cut, &absent], "");
    let lines: Vec<&str> = said.errors.lines().collect();
    assert_eq!(said.code, 1);
    assert!(
        lines[0].starts_with("unknown.xml:3:4: The element 'AddImGroup'")
            && lines[0].ends_with("(in /AddImGroup/Colour)"),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("cut.xml:2:14: "), "{}", lines[1]);
    assert!(lines[2].starts_with("absent.xml: "), "{}", lines[2]);
}

#[test]
fn a_lenient_reader_notes_what_it_skips_and_is_content() {
    let bench = Bench::new();
    let file =
        bench.file("a.xml", add_group("\n  <Colour>red</Colour><DisplayName more=\"1\">G</DisplayName>"));
    let said = bench.run(&[], &[&file], "");
    let lines: Vec<&str> = said.errors.lines().collect();
    assert_eq!((said.code, lines.len()), (0, 2), "{}", said.errors);
    assert!(lines[0].starts_with("a.xml:2:4: note: The element 'AddImGroup'"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("a.xml:2:") && lines[1].contains("note: The 'more' attribute is not declared."),
        "{}",
        lines[1]
    );
    assert!(said.output.contains("<m:DisplayName>G</m:DisplayName>") && !said.output.contains("Colour"));
}

#[test]
fn one_that_is_not_understood_does_not_stop_the_others() {
    let bench = Bench::new();
    let bad = bench.file("bad.xml", "<Other/>");
    let good = bench.file("in/good.xml", add_group("<DisplayName>G</DisplayName>"));
    let out = bench.folder.path().join("out");
    let said = bench.run(&["--out", out.to_str().unwrap()], &[&bad, &good], "");
    assert_eq!((said.code, said.output.as_str()), (1, ""));
    assert!(said.errors.starts_with("bad.xml:1:2: "), "{}", said.errors);
    let written = std::fs::read_to_string(out.join("good.xml")).unwrap();
    assert!(written.contains("<m:DisplayName>G</m:DisplayName>"));
    assert!(!out.join("bad.xml").exists());
}

#[test]
fn a_wrong_command_line_is_told_from_a_wrong_document() {
    let bench = Bench::new();
    let file = bench.file("a.xml", add_group("<DisplayName>G</DisplayName>"));
    let twin = bench.file("b/a.xml", "");
    for (arguments, files, expected) in [
        (&[][..], &[][..], "no FILE is given"),
        (&["--loose"], &[&*file], "there is no option --loose"),
        (&["--out"], &[], "--out needs the name of a folder"),
        (&["--out=o"], &[&*file, &*twin], "would be the same file"),
    ] {
        let said = bench.run(arguments, files, "");
        assert_eq!((said.code, said.output.as_str()), (2, ""));
        assert!(
            said.errors.contains(expected) && said.errors.contains("usage: roundtrip"),
            "{}",
            said.errors
        );
    }
    let said = bench.run(&["--help"], &[], "");
    assert_eq!((said.code, said.errors.as_str()), (0, ""));
    assert!(said.output.contains("Exit codes: 0 "));
}
