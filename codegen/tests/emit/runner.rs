//! Main file of the crate that the fixtures are built into; `emit.rs` puts in modules and cases. Prints one line per
//! case: its name, a tab, and what is wrong.

#![allow(dead_code, reason = "a fixture has more than its documents use")]

// MODULES

use std::collections::BTreeMap;

use oxws::rt::Document;
use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::{PrefixDeclaration, ResolveResult};

fn main() {
    if std::env::args().nth(1).is_some_and(|word| word == "judge") {
        return std::io::stdin().lines().map_while(Result::ok).for_each(|line| judge(&line));
    }
    // CASES
}

/// Says what a strict reader thinks of a document: the name of a fixture, a tab, a path.
fn judge(line: &str) {
    let Some((fixture, path)) = line.split_once('\t') else { return };
    let text = std::fs::read(path).unwrap_or_default();
    let verdict = match fixture {
        // JUDGES
        _ => Err("no such fixture".to_owned()),
    };
    report(path, verdict);
}

fn strict<T: Document>(text: &[u8]) -> Result<(), String> {
    T::from_xml(text).map(|_| ()).map_err(|error| error.to_string())
}

fn report(case: &str, outcome: Result<(), String>) {
    println!("{case}\t{}", outcome.err().unwrap_or_default().replace('\n', "\\n"));
}

/// The document is read strictly, written, equal as XML, and read again to an equal value; a lenient reader has the
/// same value and nothing to remark.
fn valid<T: Document + PartialEq + std::fmt::Debug>(text: &str) -> Result<(), String> {
    let value = T::from_xml(text.as_bytes()).map_err(|error| format!("not read: {error}"))?;
    let written = value.to_xml().map_err(|error| format!("not written: {error}"))?;
    let written = String::from_utf8(written).map_err(|error| error.to_string())?;
    let (before, after) = (canonical(text)?, canonical(&written)?);
    if before != after {
        let different = before.iter().zip(&after).find(|(a, b)| a != b);
        return Err(format!("written as {written}\nfirst difference: {different:?}"));
    }
    let again = T::from_xml(written.as_bytes()).map_err(|error| format!("{written}\nnot read again: {error}"))?;
    let lenient = T::from_xml_lenient(text.as_bytes()).map_err(|error| format!("not read leniently: {error}"))?;
    // Not a number is equal to nothing, but shown alike.
    let same = |other: &T| *other == value || format!("{other:?}") == format!("{value:?}");
    if !same(&again) || !same(&lenient.value) {
        return Err(format!("{value:?}\nis not\n{again:?}\nor\n{:?}", lenient.value));
    }
    if lenient.notes.is_empty() { Ok(()) } else { Err(format!("notes: {:?}", lenient.notes)) }
}

/// The document is refused with the text of its first line.
fn invalid<T: Document + std::fmt::Debug>(text: &str) -> Result<(), String> {
    let expected = text.strip_prefix("<!-- expect: ").and_then(|rest| rest.split_once(" -->")).map(|(text, _)| text);
    let expected = expected.ok_or("the first line must be <!-- expect: … -->")?;
    match T::from_xml(text.as_bytes()) {
        Ok(value) => Err(format!("read as {value:?}")),
        Err(error) if error.to_string().contains(expected) => Ok(()),
        Err(error) => Err(format!("refused with: {error}")),
    }
}

/// A document as XML means it: expanded names, sorted attributes, no declarations, no layout.
fn canonical(text: &str) -> Result<Vec<String>, String> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut out: Vec<String> = Vec::new();
    let mut chars = String::new();
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match &event {
            Event::Text(part) => chars.push_str(part.as_ref()),
            Event::CData(part) => chars.push_str(part.as_ref()),
            Event::GeneralRef(name) => chars.push_str(&format!("&{};", name.as_ref())),
            _ => {}
        }
        if !matches!(event, Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) && !chars.is_empty() {
            let unescaped = quick_xml::escape::unescape(&chars).map_err(|error| error.to_string())?;
            // White space between elements is layout where it has a line end.
            if !unescaped.trim().is_empty() || !unescaped.contains('\n') {
                out.push(format!("text {unescaped}"));
            }
            chars.clear();
        }
        match event {
            Event::Start(tag) => {
                out.push(format!("<{}", expanded(reader.resolver().resolve_element(tag.name()))?));
                let mut attributes = BTreeMap::new();
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|error| error.to_string())?;
                    if matches!(attribute.key.as_namespace_binding(), Some(PrefixDeclaration::Default | PrefixDeclaration::Named(_))) {
                        continue;
                    }
                    let name = expanded(reader.resolver().resolve_attribute(attribute.key))?;
                    let raw: &str = attribute.value.as_ref();
                    let mut value = quick_xml::escape::unescape(raw).map_err(|e| e.to_string())?.into_owned();
                    if name == "{http://www.w3.org/2001/XMLSchema-instance}type" {
                        value = expanded(reader.resolver().resolve_element(quick_xml::name::QName(value.trim())))?;
                    }
                    attributes.insert(name, value);
                }
                out.extend(attributes.into_iter().map(|(name, value)| format!("{name}={value}")));
            }
            Event::End(_) => out.push(">".to_owned()),
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

fn expanded((namespace, local): (ResolveResult<'_>, quick_xml::name::LocalName<'_>)) -> Result<String, String> {
    let local: &str = local.as_ref();
    match namespace {
        ResolveResult::Bound(uri) => {
            let uri: &str = uri.as_ref();
            Ok(format!("{{{uri}}}{local}"))
        }
        ResolveResult::Unbound => Ok(local.to_owned()),
        ResolveResult::Unknown(prefix) => Err(format!("unbound prefix {prefix:?}")),
    }
}
