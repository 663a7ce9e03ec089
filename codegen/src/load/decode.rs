//! From the bytes of one document to its text: byte order marks, UTF-16, the encoding declaration.

use std::rc::Rc;

use super::{Source, scan};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::span::{LineMap, Span};

/// Decodes and indexes one document. `None` when it cannot be decoded, which is reported.
pub(super) fn source(name: &Rc<str>, bytes: &[u8], diagnostics: &mut Diagnostics) -> Option<Source> {
    let text: Rc<str> = match decode(bytes) {
        Ok((text, tolerated)) => {
            if let Some((message, help)) = tolerated {
                // The declaration.
                let span = Span { file: name.clone(), line: 1, column: 1 };
                diagnostics.push(Diagnostic::warning(Code::Undecodable, &span, message).help(help));
            }
            text.into()
        }
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

/// What is wrong with a file, and what to do.
type Problem = (String, &'static str);

const AS_UTF8: &str = "save the file as UTF-8";

/// Text of a document, without its byte order mark, with what was tolerated.
fn decode(bytes: &[u8]) -> Result<(String, Option<Problem>), Problem> {
    let plain = |text: Result<String, Problem>| text.map(|text| (text, None));
    // Without a mark the first characters tell (XML 1.0, appendix F).
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return plain(utf8(rest)),
        [0xFE, 0xFF, rest @ ..] => return plain(utf16(rest, u16::from_be_bytes)),
        [0xFF, 0xFE, rest @ ..] => return plain(utf16(rest, u16::from_le_bytes)),
        [0, b'<', 0, b'?', ..] => return plain(utf16(bytes, u16::from_be_bytes)),
        [b'<', 0, b'?', 0, ..] => return plain(utf16(bytes, u16::from_le_bytes)),
        _ => {}
    }
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let rest = bytes.get(blank..).unwrap_or_default();
    let before = (blank > 0 && rest.starts_with(b"<?xml")).then(|| {
        let message = "white space stands before the XML declaration, which must be the first of all";
        (message.to_owned(), "remove the white space")
    });
    // Lines and columns stay those of the file: the white space goes behind the declaration, where it may be.
    let moved: Vec<u8>;
    let bytes = match (&before, rest.windows(2).position(|window| window == b"?>")) {
        (Some(_), Some(end)) => {
            let (declaration, document) = rest.split_at(end + 2);
            let (white, _) = bytes.split_at(blank);
            moved = [declaration, white, document].concat();
            moved.as_slice()
        }
        _ => bytes,
    };
    let Some(declared) = declared_encoding(bytes) else { return Ok((utf8(bytes)?, before)) };
    match declared.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Ok((utf8(bytes)?, before)),
        // Not as browsers take it, for windows-1252.
        "iso-8859-1" | "latin1" | "latin-1" => Ok((bytes.iter().map(|b| char::from(*b)).collect(), before)),
        "utf-16" | "utf-16le" | "utf-16be" => {
            let problem = format!("the file declares {declared} and is not in it");
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    Ok((text.to_owned(), Some((format!("{problem}, but in UTF-8"), "declare UTF-8"))))
                }
                Err(_) => Err((problem, AS_UTF8)),
            }
        }
        label => {
            let Some(encoding) = encoding_rs::Encoding::for_label(label.as_bytes()) else {
                return Err((format!("the encoding `{declared}` is not supported"), AS_UTF8));
            };
            match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
                Some(text) => Ok((text.into_owned(), before)),
                None => Err((format!("the file declares {declared} and is not in it"), AS_UTF8)),
            }
        }
    }
}

fn utf8(bytes: &[u8]) -> Result<String, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let offset = error.valid_up_to();
            let line = bytes.get(..offset).unwrap_or(bytes).iter().filter(|b| **b == b'\n').count() + 1;
            let message = format!("the file is not UTF-8: bad byte {offset}, on line {line}");
            Err((message, "save the file as UTF-8, or declare its encoding"))
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Problem> {
    let bad = || ("the file is not UTF-16, though its first bytes say so".to_owned(), AS_UTF8);
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
        let text = |bytes: &[u8]| decode(bytes).map(|(text, tolerated)| (text, tolerated.is_some()));
        let plain = |text: &str| Ok((text.to_owned(), false));
        assert_eq!(text(b"\xEF\xBB\xBF<a/>"), plain("<a/>"));
        assert_eq!(text(b"\xFF\xFE<\0a\0/\0>\0"), plain("<a/>"));
        assert_eq!(text(b"\xFE\xFF\0<\0a\0/\0>"), plain("<a/>"));
        assert_eq!(text(b"<\0?\0a\0?\0>\0"), plain("<?a?>"));
        assert_eq!(text(b"\0<\0?\0a\0?\0>"), plain("<?a?>"));
        for (encoding, byte, expected) in [
            ("ISO-8859-1", 0xE9, "é"),
            ("windows-1252", 0x80, "€"),
            ("CP1252", 0x80, "€"),
            ("ISO-8859-15", 0xA4, "€"),
            ("windows-1251", 0xFF, "я"),
        ] {
            let declaration = format!("<?xml version='1.0' encoding='{encoding}'?>");
            let bytes = [declaration.as_bytes(), b"<a>", &[byte], b"</a>"].concat();
            assert_eq!(text(&bytes), plain(&format!("{declaration}<a>{expected}</a>")), "{encoding}");
        }
        assert!(decode(b"<a>\xE9</a>").is_err());
        assert!(decode(b"\xFF\xFE<").is_err());
        assert!(decode(b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>").is_err());
        assert!(decode(b"<?xml version='1.0' encoding='Shift_JIS'?><a>\x81</a>").is_err());
    }

    #[test]
    fn declarations_that_are_not_true_or_not_first_are_tolerated() {
        let declared = "<?xml version='1.0' encoding='utf-16'?><a>\u{e9}</a>";
        let (text, tolerated) = decode(declared.as_bytes()).unwrap_or_default();
        assert_eq!((text.as_str(), tolerated.is_some()), (declared, true));
        let (text, tolerated) = decode(b"\n <?xml version='1.0'?><a/>").unwrap_or_default();
        assert_eq!((text.as_str(), tolerated.is_some()), ("<?xml version='1.0'?>\n <a/>", true));
        assert!(decode(b"<?xml version='1.0' encoding='utf-16'?><a>\xE9</a>").is_err());
    }
}
