//! The texts of files in whatever encoding they have: UTF-8, UTF-16 as some programs export, the code pages of others.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::format::Format;

/// A text, and what is to be said of how it was found.
pub(super) struct Text<'b> {
    pub(super) text: Cow<'b, str>,
    pub(super) note: Option<String>,
}

/// Reads the name of an encoding, as option of a command.
///
/// # Errors
/// When there is none of that name.
pub fn of_label(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        "no encoding has this name; there are utf-8, utf-16, windows-1250, windows-1252 and others".to_owned()
    })
}

/// Reads the bytes of a file: in the given encoding; or as the file says itself, by a byte order mark; or in UTF-8; or in
/// windows-1252, where nothing but that is likely.
///
/// # Errors
/// How many bytes could be read, where the rest is none of it.
pub(super) fn read<'b>(
    bytes: &'b [u8],
    format: Format,
    given: Option<&'static Encoding>,
) -> Result<Text<'b>, usize> {
    let fine = |text| Text { text, note: None };
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    if let Some(encoding) = marked.or(given).or_else(|| wide(bytes)).filter(|encoding| *encoding != UTF_8) {
        let (text, _, wrong) = encoding.decode(bytes);
        return if wrong { Err(sound(&text, bytes)) } else { Ok(fine(text)) };
    }
    let wrong = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(fine(text.into())),
        Err(error) => error.valid_up_to(),
    };
    if format == Format::Vcard
        && let Ok(text) = String::from_utf8(folds_after_characters(bytes))
    {
        return Ok(fine(text.into()));
    }
    // JSON is in UTF-8 (RFC 8259); and where letters are in UTF-8, something else is damage.
    if given.is_some() || format == Format::Json || has_letters_of_utf_8(bytes) {
        return Err(wrong);
    }
    let (text, _, _) = WINDOWS_1252.decode(bytes);
    let note = "this is no UTF-8 text and was read as windows-1252; --encoding names another encoding";
    Ok(Text { text, note: Some(note.to_owned()) })
}

/// UTF-16 without a mark, by the zeros of the ASCII characters that every file begins with.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes.get(..4)? {
        [1..=255, 0, 1..=255, 0] => Some(UTF_16LE),
        [0, 1..=255, 0, 1..=255] => Some(UTF_16BE),
        _ => None,
    }
}

/// About how many bytes could be read: as many lines as are before the first replacement.
fn sound(text: &str, bytes: &[u8]) -> usize {
    let lines = text.split('\u{fffd}').next().unwrap_or_default().matches('\n').count();
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    lines.checked_sub(1).and_then(|last| ends.nth(last)).map_or(0, |at| at + 1)
}

/// What folds a line.
const FOLDS: [&[u8]; 4] = [b"\r\n ", b"\r\n\t", b"\n ", b"\n\t"];

/// A vCard in which no line is folded within a character: folding counts bytes, as vCard 3.0 has it. Where one was, the
/// line is folded after the character.
fn folds_after_characters(bytes: &[u8]) -> Vec<u8> {
    let mut moved = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    // Bytes that the character still lacks.
    let mut missing = 0;
    let mut fold: &[u8] = b"";
    while let Some((byte, after)) = rest.split_first() {
        if missing > 0 && fold.is_empty() {
            let found = FOLDS.iter().find(|fold| rest.starts_with(fold));
            if let Some(length) = found.map(|fold| fold.len()) {
                (fold, rest) = rest.split_at(length);
                continue;
            }
        }
        missing = match byte {
            0x80..=0xbf if missing > 0 => missing - 1,
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => 0,
        };
        moved.push(*byte);
        if missing == 0 {
            moved.extend_from_slice(std::mem::take(&mut fold));
        }
        rest = after;
    }
    moved.extend_from_slice(fold);
    moved
}

/// Whether some letters beyond ASCII are in UTF-8: hardly any text of another encoding has such a sequence of bytes.
fn has_letters_of_utf_8(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], format: Format) -> Result<(String, bool), usize> {
        read(bytes, format, None).map(|read| (read.text.into_owned(), read.note.is_some()))
    }

    fn utf_16(text: &str, of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(of).collect()
    }

    #[test]
    fn texts_are_read_in_their_encoding() {
        let wanted = "address\r\nM\u{fc}ller \u{20ac} \u{1f46a}\r\n";
        let plain = |text: &str| Ok((text.to_owned(), false));
        for format in [Format::Csv, Format::Json, Format::Vcard] {
            assert_eq!(text(wanted.as_bytes(), format), plain(wanted));
            let marked = format!("\u{feff}{wanted}");
            for of in [u16::to_le_bytes, u16::to_be_bytes] {
                assert_eq!(text(&utf_16(&marked, of), format), plain(wanted));
                assert_eq!(text(&utf_16(wanted, of), format), plain(wanted), "without a mark");
            }
        }
        let old = b"address\r\nM\xfcller \x80\r\n";
        let wanted = "address\r\nM\u{fc}ller \u{20ac}\r\n";
        for format in [Format::Csv, Format::Vcard] {
            assert_eq!(text(old, format), Ok((wanted.to_owned(), true)));
        }
        assert_eq!(text(old, Format::Json), Err(10));
        let given = read(b"\xa3\xf3d\x9f", Format::Csv, Some(of_label("Windows-1250").unwrap()));
        assert_eq!(given.ok().map(|read| read.text.into_owned()).as_deref(), Some("\u{141}\u{f3}d\u{17a}"));
        assert!(of_label("utf-7000").is_err());
    }

    #[test]
    fn damage_is_not_taken_for_another_encoding() {
        assert_eq!(text(b"M\xc3\xbcller\nb\xfc\n", Format::Csv), Err(9));
        // Given as UTF-8, it has to be that.
        assert_eq!(read(b"a\n\xfc", Format::Csv, Some(UTF_8)).map(|_| ()), Err(2));
        // Half of a pair of surrogates, in the third line.
        let mut half = utf_16("\u{feff}a\nb\n", u16::to_le_bytes);
        half.extend([0x00, 0xd8, 0x41, 0x00]);
        assert_eq!(text(&half, Format::Csv), Err(9));
    }

    #[test]
    fn a_fold_within_a_character_is_one_after_it() {
        let card = b"FN:J\xc3\r\n \xbcrgen \xf0\x9f\n\t\x91\xaa!\r\n  x\xe2\n";
        let read = String::from_utf8_lossy(&folds_after_characters(card)).into_owned();
        assert_eq!(read, "FN:J\u{fc}\r\n rgen \u{1f46a}\n\t!\r\n  x\u{fffd}\n");
        let whole = "FN:J\u{fc}\r\n rgen".as_bytes();
        assert_eq!(folds_after_characters(whole), whole);
        let read = text(b"FN:M\xc3\xbcller, J\xc3\r\n \xbcrgen\r\n", Format::Vcard);
        assert_eq!(read, Ok(("FN:M\u{fc}ller, J\u{fc}\r\n rgen\r\n".to_owned(), false)));
    }
}
