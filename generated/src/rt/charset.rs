//! Documents in ISO-8859-1 or windows-1252, as older services write them, and those of which HTTP says the encoding, made
//! into text. Servers do not take them (UCS T3): they read by `decode` alone.

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
    if is_usual(bytes) { decode::text(bytes) } else { declared(bytes) }
}

/// Whether a document is in what every reader knows: `<?xml version="1.0" encoding="` is before the name, and nearly all go
/// on with `utf-8`.
#[inline]
fn is_usual(bytes: &[u8]) -> bool {
    bytes.get(1) != Some(&b'?') || matches!(bytes.get(30), Some(b'u' | b'U'))
}

/// The text of a document of which HTTP says the encoding, if it says any: that counts, except where there is a byte order
/// mark (RFC 7303, section 3). A document that is not in that encoding, or in one that is not read, is in the one that
/// it declares itself.
#[cfg(feature = "client")]
pub(crate) fn announced<'b>(bytes: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, Error> {
    let marked = matches!(bytes, [0xEF, 0xBB, 0xBF, ..] | [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..]);
    let usual = |charset: &&str| charset.eq_ignore_ascii_case("utf-8") && is_usual(bytes);
    let Some(charset) = charset.filter(|charset| !marked && !usual(charset)) else { return text(bytes) };
    let charset = charset.to_ascii_lowercase();
    let found = match (&*charset, bytes) {
        ("utf-8" | "utf8", _) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        // The first character of a document is one of ASCII.
        ("utf-16" | "utf16" | "utf-16be", [0, _, ..]) => decode::utf16(bytes, 0, u16::from_be_bytes).ok(),
        ("utf-16" | "utf16" | "utf-16le", [_, 0, ..]) => decode::utf16(bytes, 0, u16::from_le_bytes).ok(),
        (name, _) => is_windows(name).map(|windows| single_bytes(bytes, windows)),
    };
    found.map_or_else(|| text(bytes), |text| Ok(Cow::Owned(renamed(text))))
}

#[cold]
fn declared(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let name = encoding(bytes).and_then(|name| std::str::from_utf8(bytes.get(name)?).ok());
    match name.and_then(|name| is_windows(&name.to_ascii_lowercase())) {
        Some(windows) => Ok(Cow::Owned(renamed(single_bytes(bytes, windows)))),
        None => decode::text(bytes),
    }
}

/// Whether an encoding of single bytes is windows-1252; `None` for any that is not made into text here.
fn is_windows(name: &str) -> Option<bool> {
    match name {
        "iso-8859-1" | "iso8859-1" | "latin1" => Some(false),
        "windows-1252" | "cp1252" => Some(true),
        _ => None,
    }
}

fn single_bytes(bytes: &[u8], windows: bool) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    text.extend(bytes.iter().map(|byte| match byte {
        0x80..0xA0 if windows => WINDOWS[usize::from(*byte - 0x80)],
        byte => char::from(*byte),
    }));
    text
}

/// The text with the name of the encoding in which it is now.
fn renamed(mut text: String) -> String {
    if let Some(name) = encoding(text.as_bytes()) {
        // Behind the quote that ends the name: what follows keeps its column.
        let spaces = " ".repeat(name.len().saturating_sub("utf-8".len()));
        text.insert_str(name.end + 1, &spaces);
        text.replace_range(name, "utf-8");
    }
    text
}

/// Where the name of the encoding stands in an XML declaration.
fn encoding(bytes: &[u8]) -> Option<Range<usize>> {
    let end = memchr::memchr(b'?', bytes.get(5..)?)? + 5;
    let declaration = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let mut rest = declaration.strip_prefix("<?xml")?;
    loop {
        let (name, value, after) = pseudo_attribute(rest)?;
        if name == "encoding" {
            let close = declaration.len() - after.len() - 1;
            return Some(close - value.len()..close);
        }
        rest = after;
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

    #[cfg(feature = "client")]
    #[test]
    fn what_http_says_counts_more() {
        let declared = |name: &str, content: &[u8]| {
            [format!("<?xml version=\"1.0\" encoding=\"{name}\"?><a>").as_bytes(), content, b"</a>"].concat()
        };
        let plain = |content: &[u8]| [b"<a>", content, b"</a>"].concat();
        let wide =
            |unit: fn(u16) -> [u8; 2]| -> Vec<u8> { "<a>é</a>".encode_utf16().flat_map(unit).collect() };
        let marked = [&b"\xEF\xBB\xBF"[..], &plain("é".as_bytes())].concat();
        let cases = [
            (plain(b"\xE9"), "ISO-8859-1", "é"),
            (plain(b"\x80"), "windows-1252", "€"),
            (declared("utf-8", b"\xE9"), "iso-8859-1", "é"),
            (declared("iso-8859-1", "é".as_bytes()), "utf-8", "é"),
            // No UTF-8: what the document says is more likely.
            (declared("iso-8859-1", b"\xE9"), "UTF-8", "é"),
            (declared("iso-8859-1", b"\xE9"), "koi8-r", "é"),
            (plain("é".as_bytes()), "koi8-r", "é"),
            (plain("é".as_bytes()), "us-ascii", "é"),
            (wide(u16::to_be_bytes), "utf-16", "é"),
            (wide(u16::to_le_bytes), "utf-16", "é"),
            (wide(u16::to_le_bytes), "UTF-16LE", "é"),
            (plain("é".as_bytes()), "utf-16", "é"),
            (marked, "iso-8859-1", "é"),
        ];
        for (bytes, charset, content) in cases {
            let text = announced(&bytes, Some(charset)).unwrap();
            assert!(text.ends_with(&format!("<a>{content}</a>")), "{charset}: {text}");
            assert!(!text.contains("8859"), "{charset}: {text}");
        }
        assert!(announced(&plain(b"\xE9"), None).is_err());
        assert!(announced(&plain(b"\xE9"), Some("utf-8")).is_err());
        assert!(announced(b"\0<\xD8\0", Some("utf-16")).is_err());
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
