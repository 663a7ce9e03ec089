//! From the bytes of one document to its text: byte order marks, UTF-16, the encoding declaration.

use std::rc::Rc;

use super::{Source, scan};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::span::{LineMap, Span};

/// Decodes and indexes one document. `None` when it cannot be decoded, which is reported.
pub(super) fn source(name: &Rc<str>, bytes: &[u8], diagnostics: &mut Diagnostics) -> Option<Source> {
    let text: Rc<str> = match decode(bytes) {
        Ok(text) => text.into(),
        Err((message, help)) => {
            let span = Span { file: name.clone(), line: 0, column: 0 };
            diagnostics.push(Diagnostic::error(Code::Undecodable, &span, message).help(help));
            return None;
        }
    };
    diagnostics.add_source(name.clone(), text.clone());
    let start = declaration_end(&text);
    let body = text.split_at(start).1;
    let position = LineMap::new(name.clone(), text.split_at(start).0).span(start);
    let mut source = Source {
        name: name.clone(),
        body: body.into(),
        start: (position.line - 1, position.column - 1),
        tags: None,
        references: Vec::new(),
    };
    match scan::scan(&source) {
        Ok(scanned) => {
            source.references = scanned.references;
            source.tags = Some(scanned.tags);
        }
        Err(diagnostic) => diagnostics.push(diagnostic),
    }
    Some(source)
}

/// Text of a document, without its byte order mark; or what is wrong and what to do.
fn decode(bytes: &[u8]) -> Result<String, (String, &'static str)> {
    const HELP: &str = "save the file as UTF-8";
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        _ => match declared_encoding(bytes) {
            None => utf8(bytes),
            Some(encoding) => match encoding.to_ascii_lowercase().as_str() {
                "utf-8" | "utf8" | "us-ascii" | "ascii" => utf8(bytes),
                "iso-8859-1" | "latin1" | "latin-1" => Ok(bytes.iter().map(|b| char::from(*b)).collect()),
                "utf-16" | "utf-16le" | "utf-16be" => {
                    Err((format!("the file declares {encoding} and is not in it"), HELP))
                }
                _ => Err((format!("the encoding `{encoding}` is not supported"), HELP)),
            },
        },
    }
}

fn utf8(bytes: &[u8]) -> Result<String, (String, &'static str)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let offset = error.valid_up_to();
            let line = bytes.get(..offset).unwrap_or(bytes).iter().filter(|b| **b == b'\n').count() + 1;
            let message = format!("the file is not UTF-8: bad byte {offset}, on line {line}");
            Err((message, "save the file as UTF-8, or declare its encoding if that is ISO-8859-1"))
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, (String, &'static str)> {
    let bad =
        || ("the file is not UTF-16, though its first bytes say so".to_owned(), "save the file as UTF-8");
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(bad());
    }
    char::decode_utf16(units.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().map_err(|_| bad())
}

/// The `encoding` of the XML declaration.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = bytes.strip_prefix(b"<?xml")?;
    let end = head.windows(2).take(500).position(|w| w == b"?>")?;
    let declaration = std::str::from_utf8(head.get(..end)?).ok()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next().map(str::to_owned)
}

/// Offset behind the XML declaration, 0 without one.
fn declaration_end(text: &str) -> usize {
    let declared = text.strip_prefix("<?xml").is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n']));
    if declared { text.find("?>").map_or(0, |i| i + 2) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(decode(b"\xEF\xBB\xBF<a/>").as_deref(), Ok("<a/>"));
        assert_eq!(decode(b"\xFF\xFE<\0a\0/\0>\0").as_deref(), Ok("<a/>"));
        assert_eq!(decode(b"\xFE\xFF\0<\0a\0/\0>").as_deref(), Ok("<a/>"));
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>";
        assert!(decode(latin).is_ok_and(|t| t.ends_with("<a>é</a>")));
        assert!(decode(b"<a>\xE9</a>").is_err());
        assert!(decode(b"\xFF\xFE<").is_err());
        assert!(decode(b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>").is_err());
    }
}
