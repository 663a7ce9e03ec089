//! From bytes to text: byte order marks, UTF-16, UTF-8, and one pass over the whole document for the
//! characters that XML forbids, so that nothing later looks at a byte twice.

use std::borrow::Cow;

use super::error::{Error, ErrorKind, Place};

/// What one pass over a document found; the reader skips work that these rule out.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Traits {
    /// A carriage return occurs: line ends need normalizing.
    pub(crate) returns: bool,
    /// A `]` occurs: text may hold the forbidden `]]>`.
    pub(crate) brackets: bool,
}

/// The text of a document: UTF-8 with or without byte order mark, or UTF-16 with one (UCS T3).
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, 3).map(Cow::Borrowed),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, 2, u16::from_be_bytes).map(Cow::Owned),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, 2, u16::from_le_bytes).map(Cow::Owned),
        _ => utf8(bytes, 0).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8], skipped: usize) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let mut place = Place::of(good, good.len());
        place.offset += skipped;
        problem(ErrorKind::Encoding, "the document is not valid UTF-8 at this byte", place)
    })
}

/// Text of UTF-16, before which so many bytes were skipped.
pub(super) fn utf16(bytes: &[u8], skipped: usize, unit: fn([u8; 2]) -> u16) -> Result<String, Error> {
    let bad = |offset: usize| {
        let place = Place { offset, line: 1, column: 1 };
        problem(ErrorKind::Encoding, "the document is not valid UTF-16", place)
    };
    if !bytes.len().is_multiple_of(2) {
        return Err(bad(bytes.len() + skipped - 1));
    }
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = String::with_capacity(bytes.len() / 2);
    for (at, c) in char::decode_utf16(units).enumerate() {
        text.push(c.map_err(|_| bad(skipped + 2 * at))?);
    }
    Ok(text)
}

/// Checks every character once (XML 1.0, section 2.2).
pub(crate) fn inspect(text: &str) -> Result<Traits, Error> {
    let mut traits = Traits::default();
    for (index, block) in text.as_bytes().chunks(4096).enumerate() {
        // Branch-free loops that the compiler turns into vector code.
        let (mut control, mut bracket, mut lead) = (false, false, false);
        for &byte in block {
            control |= (byte < 0x20) & (byte != b'\n') & (byte != b'\t');
            bracket |= byte == b']';
            lead |= byte == 0xEF;
        }
        traits.brackets |= bracket;
        if control | lead {
            let (mut suspicious, mut returns) = (false, false);
            for &byte in block {
                returns |= byte == b'\r';
                suspicious |= ((byte < 0x20) & !matches!(byte, b'\t' | b'\n' | b'\r')) | (byte == 0xEF);
            }
            traits.returns |= returns;
            if suspicious {
                characters(text, index * 4096, block.len())?;
            }
        }
    }
    Ok(traits)
}

/// Looks at the characters of one block more closely.
#[cold]
fn characters(text: &str, start: usize, len: usize) -> Result<(), Error> {
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate().skip(start).take(len) {
        let forbidden = match byte {
            b'\t' | b'\n' | b'\r' => false,
            0..0x20 => true,
            0xEF => matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])),
            _ => false,
        };
        if forbidden {
            let message = "a character that XML does not allow";
            return Err(problem(ErrorKind::Malformed, message, Place::of(text, at)));
        }
    }
    Ok(())
}

/// Whether XML allows the character.
pub(crate) fn allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cold]
fn problem(kind: ErrorKind, message: &str, place: Place) -> Error {
    Error::new(kind, message.to_owned(), place, String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_encodings_give_the_same_text() {
        let plain = "<a>é😀</a>";
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(plain.bytes());
        let mut big = vec![0xFE, 0xFF];
        let mut little = vec![0xFF, 0xFE];
        for unit in plain.encode_utf16() {
            big.extend(unit.to_be_bytes());
            little.extend(unit.to_le_bytes());
        }
        for bytes in [plain.as_bytes(), &marked, &big, &little] {
            assert_eq!(text(bytes).unwrap(), plain);
        }
    }

    #[test]
    fn broken_encodings_name_the_byte() {
        let error = text(b"<a>\n\xFF</a>").unwrap_err();
        assert_eq!(
            (error.kind(), error.line(), error.column(), error.offset()),
            (ErrorKind::Encoding, 2, 1, 4)
        );
        assert_eq!(text(&[0xFE, 0xFF, 0xD8, 0x00]).unwrap_err().kind(), ErrorKind::Encoding);
        assert_eq!(text(&[0xFE, 0xFF, 0x00]).unwrap_err().kind(), ErrorKind::Encoding);
    }

    #[test]
    fn forbidden_characters_are_found_anywhere() {
        for bad in ["\u{1}", "\u{0}", "\u{FFFE}", "\u{FFFF}", "\u{1F}"] {
            let document = format!("<a>{}{bad}</a>", "x".repeat(5000));
            assert_eq!(inspect(&document).unwrap_err().column(), 5004, "{bad:?}");
        }
        let traits = inspect("<a>\u{FEFF}\t\r\n]</a>").unwrap();
        assert!(traits.returns && traits.brackets);
    }
}
