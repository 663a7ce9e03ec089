//! `tidy`: each habit has a text that breaks it, found at its line, and one beside it that does not.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use xtask::tidy::{check, text};

/// Findings in a file, as `line: message`.
fn findings(path: &str, content: &str) -> Vec<String> {
    let mut found = Vec::new();
    text(path, content, &mut found);
    found.iter().map(|finding| format!("{}: {}", finding.line, finding.message)).collect()
}

/// The only finding in a Rust file that opens as it should, from line 2 on.
#[track_caller]
fn only(content: &str, expected: &str) {
    let found = findings("a.rs", &format!("//! Header.\n{content}"));
    assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
}

#[track_caller]
fn fine(content: &str) {
    assert_eq!(findings("a.rs", &format!("//! Header.\n{content}")), [""; 0]);
}

#[test]
fn headers_and_lengths() {
    assert_eq!(findings("a.rs", "fn a() {}\n"), ["1: the file does not open with `//!` and what it is for"]);
    assert_eq!(findings("a.md", "words\n"), [""; 0]);
    fine(&"\n".repeat(599));
    only(&"\n".repeat(600), "601: 601 lines, 600 at most");
    fine(&format!("//! @generated\n{}", "\n".repeat(1_998)));
    only(&format!("//! @generated\n{}", "\n".repeat(1_999)), "2001: 2001 lines, 2000 at most");
}

#[test]
fn white_space() {
    only("a \n", "2: white space at the end");
    only("a\r\n", "2: the line ends with CR LF");
    only("\ta\n", "2: a tab");
    only("a", "2: no line end at the end");
    assert_eq!(findings(".ci/run", "#!/bin/sh\n\ttrue\n"), ["2: a tab"]);
    assert_eq!(findings("a.xsd", "\t<a/> \r\n"), [""; 0]);
}

#[test]
fn reminders_and_leftovers() {
    let (reminder, other) = (concat!("TO", "DO"), concat!("FIX", "ME"));
    only(&format!("// {reminder}: later\n"), &format!("2: {reminder} without a reason"));
    only(&format!("// {other}() later\n"), &format!("2: {other} without a reason"));
    fine(&format!("// {reminder}(needs rust 2.0): later. METHODO{reminder} {reminder}_LIST\n"));
    only(concat!("fn a() { to", "do!() }\n"), "2: `");
    only(concat!("db", "g!(1);\n"), "2: `");
    only(concat!("#[ig", "nore]\n"), "2: an ignored test without a reason");
    only(concat!("#[ig", "nore = \"\"]\n"), "2: an ignored test without a reason");
    fine(concat!("#[ig", "nore = \"needs a network\"]\n"));
    only(concat!("// see /ho", "me/me\n"), "2: `");
    assert_eq!(findings("a.xml", concat!("<a href='/wo", "rk/x'/>")).len(), 1);
}

/// A checkout with licences and one schema.
fn checkout() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    fs::create_dir(folder.path().join("schemas")).unwrap();
    write("LICENSE-MIT", "MIT\n");
    write("LICENSE-APACHE", "Apache\n");
    write("schemas/a.xsd", "abc");
    write("schemas/SHA256SUMS", &format!("{ABC}  a.xsd\n"));
    write("schemas/README.md", &format!("| a.xsd | {ABC} |\n"));
    folder
}

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn found(root: &Path) -> Vec<String> {
    check(root).unwrap().0.iter().map(ToString::to_string).collect()
}

#[test]
fn licences_and_checksums() {
    let folder = checkout();
    let root = folder.path();
    assert_eq!(found(root), [""; 0]);
    fs::write(root.join("schemas/a.xsd"), "abd").unwrap();
    fs::write(root.join("schemas/b.xsd"), "").unwrap();
    fs::write(root.join("schemas/SHA256SUMS"), format!("{ABC}  a.xsd\n{ABC}  c.xsd\nx\n")).unwrap();
    fs::remove_file(root.join("LICENSE-MIT")).unwrap();
    let expected = [
        "LICENSE-MIT:1: missing",
        "schemas/SHA256SUMS:3: not a line",
        "schemas/SHA256SUMS:1: schemas/a.xsd has the checksum",
        "schemas/README.md:1: the table lacks the checksum of schemas/a.xsd",
        "schemas/SHA256SUMS:1: schemas/b.xsd is not listed",
        "schemas/SHA256SUMS:2: schemas/c.xsd is missing",
    ];
    let found = found(root);
    assert!(found.len() == expected.len(), "{found:#?}");
    assert!(found.iter().zip(expected).all(|(line, start)| line.starts_with(start)), "{found:#?}");
}

#[test]
fn what_tools_leave_is_not_looked_at() {
    let folder = checkout();
    let root = folder.path();
    for path in
        ["target/a.rs", "fuzz/target/a.rs", ".git/a.rs", ".tool/a.rs", "elsewhere/a.rs", "inside/a.rs"]
    {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), "no header").unwrap();
    }
    fs::write(root.join("elsewhere/CACHEDIR.TAG"), "").unwrap();
    assert!(found(root).iter().all(|line| line.starts_with("inside/a.rs:")), "{:?}", found(root));
    assert_eq!(found(root).len(), 2);
}
