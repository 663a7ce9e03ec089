//! Documents that declare ISO-8859-1 or windows-1252, as older services write them, made into text. Servers do not take
//! them (UCS T3): they read by `decode` alone.

use std::borrow::Cow;
use std::ops::Range;

use super::decode;
use super::error::Error;
use super::escape::pseudo_attribute;

/// What windows-1252 has where ISO-8859-1 has control characters. Five are not assigned, and stay what they are.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The text of a document in any encoding that is read.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    // `<?xml version="1.0" encoding="` is before the name, and nearly all documents go on with `utf-8`.
    let usual = bytes.get(1) != Some(&b'?') || matches!(bytes.get(30), Some(b'u' | b'U'));
    if usual { decode::text(bytes) } else { declared(bytes) }
}

#[cold]
fn declared(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let Some((name, windows)) = single_byte(bytes) else { return decode::text(bytes) };
    let char = |byte: &u8| match byte {
        0x80..0xA0 if windows => WINDOWS[usize::from(*byte - 0x80)],
        byte => char::from(*byte),
    };
    let (before, after) = (&bytes[..name.start], &bytes[name.end..]);
    // The quote that ends the name: what follows keeps its column.
    let (quote, rest) = after.split_at(1);
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    text.extend(before.iter().map(char));
    text.push_str("utf-8");
    text.extend(quote.iter().map(char));
    text.extend(std::iter::repeat_n(' ', name.len().saturating_sub("utf-8".len())));
    text.extend(rest.iter().map(char));
    Ok(Cow::Owned(text))
}

/// Where the name of the encoding stands, and whether that is windows-1252, if it is one of those that are made into text
/// here.
fn single_byte(bytes: &[u8]) -> Option<(Range<usize>, bool)> {
    let end = memchr::memchr(b'?', bytes.get(5..)?)? + 5;
    let declaration = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let mut rest = declaration.strip_prefix("<?xml")?;
    loop {
        let (name, value, after) = pseudo_attribute(rest)?;
        if name != "encoding" {
            rest = after;
            continue;
        }
        let windows = match &*value.to_ascii_lowercase() {
            "iso-8859-1" | "iso8859-1" | "latin1" => false,
            "windows-1252" | "cp1252" => true,
            _ => return None,
        };
        let close = declaration.len() - after.len() - 1;
        return Some((close - value.len()..close, windows));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_counts() {
        let bytes = |name: &str| {
            let mut bytes =
                format!("<?xml version='1.0' encoding=\"{name}\" standalone='yes'?><a>").into_bytes();
            bytes.extend(b"\xE9\x80</a>");
            bytes
        };
        let cases = [
            ("ISO-8859-1", "\u{E9}\u{80}"),
            ("windows-1252", "\u{E9}\u{20AC}"),
            ("Cp1252", "\u{E9}\u{20AC}"),
        ];
        for (name, content) in cases {
            let spaces = " ".repeat(name.len() - 5);
            let expected =
                format!("<?xml version='1.0' encoding=\"utf-8\"{spaces} standalone='yes'?><a>{content}</a>");
            assert_eq!(text(&bytes(name)).unwrap(), expected);
        }
        for other in ["koi8-r", "utf-8", ""] {
            assert!(text(&bytes(other)).is_err(), "{other}");
        }
    }

    #[test]
    fn other_documents_are_left_alone() {
        let plain = [
            "<a/>",
            "",
            "<",
            "<?",
            "<?xml",
            "<?xml version=\"1.0\"?><a encoding='latin1'/>",
            "<?pi encoding='iso-8859-1'?><a/>",
            "<?xml version=\"1.0\" encoding=\"us-ascii\"?><a/>",
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"",
            "<?xml encoding='latin1?>",
        ];
        for document in plain {
            let same = text(document.as_bytes()).unwrap();
            assert!(matches!(same, Cow::Borrowed(_)) || document.ends_with('"'), "{document}");
        }
    }
}
