//! Escapes in both directions: references and line ends while reading, the five characters while writing;
//! names and the XML declaration.

use std::borrow::Cow;

use super::decode::allowed;
use super::space::{is_space, trim, trim_start};
use super::words;

/// Message for a reference that cannot be replaced.
pub(crate) const BAD_REFERENCE: &str =
    "a reference that is neither a character nor one of the five predefined entities";

/// Appends text with `\r\n` and `\r` as `\n`.
pub(crate) fn append_lines(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
}

/// The value of an attribute. `Err` is the offset of a bad reference.
pub(crate) fn attribute(raw: &str) -> Result<Cow<'_, str>, usize> {
    let replaced = |text: &str| {
        let found = |byte: &u8| !matches!(byte, b'&' | b'\t' | b'\n' | b'\r');
        let mut at = 0;
        while text.as_bytes().get(at).is_some_and(found) {
            at += 1;
        }
        if at < text.len() { Some(at) } else { None }
    };
    if replaced(raw).is_none() {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = replaced(rest) {
        out.push_str(&rest[..at]);
        let len = match rest.as_bytes()[at] {
            b'&' => {
                let (c, len) = reference(&rest[at..]).ok_or(raw.len() - rest.len() + at)?;
                out.push(c);
                len
            }
            b'\r' if rest.as_bytes().get(at + 1) == Some(&b'\n') => {
                out.push(' ');
                2
            }
            _ => {
                out.push(' ');
                1
            }
        };
        rest = &rest[at + len..];
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// The character of the reference that `text` begins with, and the reference's length.
pub(crate) fn reference(text: &str) -> Option<(char, usize)> {
    match text.as_bytes() {
        [b'&', b'a', b'm', b'p', b';', ..] => Some(('&', 5)),
        [b'&', b'l', b't', b';', ..] => Some(('<', 4)),
        [b'&', b'g', b't', b';', ..] => Some(('>', 4)),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => Some(('"', 6)),
        [b'&', b'a', b'p', b'o', b's', b';', ..] => Some(('\'', 6)),
        _ => numbered(text),
    }
}

/// The same for a character by its number.
fn numbered(text: &str) -> Option<(char, usize)> {
    // The longest valid one is `&#x10FFFF;` with leading zeros; anything very long is refused.
    let end = memchr::memchr(b';', &text.as_bytes()[..text.len().min(64)])?;
    let number = text.get(1..end)?.strip_prefix('#')?;
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if digits.is_empty() {
        return None;
    }
    let mut number = 0u32;
    for digit in digits.bytes() {
        number = number.checked_mul(radix)?.checked_add(char::from(digit).to_digit(radix)?)?;
    }
    let c = char::from_u32(number).filter(|c| allowed(*c))?;
    Some((c, end + 1))
}

/// Whether `text` is an NCName or QName by its characters (XML 1.0, section 2.3).
pub(crate) fn is_name(text: &str) -> bool {
    for (at, c) in text.char_indices() {
        if !(c == ':' || is_name_start(c) || (at > 0 && is_name_char(c))) {
            return false;
        }
    }
    !text.is_empty()
}

fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Whether a character may stand in a name that has no colon.
pub(crate) fn is_name_char(c: char) -> bool {
    let within = |c: char| matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}');
    is_name_start(c) || within(c)
}

/// Checks the pseudo-attributes of an XML declaration.
pub(crate) fn declaration(text: &str) -> Result<(), &'static str> {
    // What nearly all documents have.
    const USUAL: [&str; 2] = [" version=\"1.0\" encoding=\"utf-8\"", " version=\"1.0\" encoding=\"UTF-8\""];
    if USUAL.contains(&text) {
        return Ok(());
    }
    const SHAPE: &str = "an XML declaration must have version, then encoding and standalone if at all";
    let (mut rest, mut done) = (text, 0);
    while !trim(rest).is_empty() {
        let (name, value, after) = pseudo_attribute(rest).ok_or(SHAPE)?;
        let place = match name {
            "version" => 1,
            "encoding" => 2,
            "standalone" => 3,
            _ => return Err(SHAPE),
        };
        if place <= done || (done == 0 && place > 1) {
            return Err(SHAPE);
        }
        let fine = match place {
            1 => value.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && words::is_digits(minor)),
            // Bytes are known to be UTF-8 by now, or were UTF-16 with a byte order mark.
            2 => matches!(&*value.to_ascii_lowercase(), "utf-8" | "utf8" | "us-ascii" | "utf-16"),
            _ => matches!(value, "yes" | "no"),
        };
        if !fine {
            return Err("an XML declaration with a value that is not supported (UTF-8 or UTF-16 only)");
        }
        (rest, done) = (after, place);
    }
    if done == 0 { Err(SHAPE) } else { Ok(()) }
}

/// White space, a name and its value between quotes; and what follows.
pub(crate) fn pseudo_attribute(text: &str) -> Option<(&str, &str, &str)> {
    if !text.bytes().next().is_some_and(is_space) {
        return None;
    }
    let (name, after) = text.split_once('=')?;
    let opened = trim_start(after);
    let quote = *opened.as_bytes().first().filter(|b| matches!(b, b'"' | b'\''))?;
    let end = memchr::memchr(quote, &opened.as_bytes()[1..])? + 1;
    Some((trim(name), &opened[1..end], &opened[end + 1..]))
}

/// Whether a byte of text may have to be escaped: `<`, `>`, `&`, control characters, and what is from 0xEF on, with which
/// U+FFFE and U+FFFF begin.
#[inline]
fn is_special(byte: u8) -> bool {
    (byte | ANGLES == b'>') | (byte == b'&') | (byte.wrapping_add(HIGH) < b' ' + HIGH)
}

/// `<` and `>` differ in this bit.
const ANGLES: u8 = 0x02;
/// `"` and `&` differ in this one.
const QUOTE: u8 = 0x04;
/// With this, the bytes from 0xEF on stand before those of the control characters.
const HIGH: u8 = 0x11;

/// A number whose lowest bit that is set is in the first of eight bytes that is special; 0 when none is.
#[inline]
fn special(word: u64) -> u64 {
    words::has(word, b'&') | angle_or_control(word)
}

/// The same for what may have to be escaped in an attribute: a quote, too.
#[inline]
fn special_or_quote(word: u64) -> u64 {
    words::has(word | words::repeated(QUOTE), b'&') | angle_or_control(word)
}

#[inline]
fn angle_or_control(word: u64) -> u64 {
    // What is carried from one byte into the next cannot hide it: after 0xEF and the like comes no control character.
    let shifted = word.wrapping_add(words::repeated(HIGH));
    words::has(word | words::repeated(ANGLES), b'>') | words::has_less(shifted, b' ' + HIGH)
}

/// Appends text, escaped. `Err` is a character that XML cannot carry. Never part of its callers, which would become too
/// large to be part of theirs.
#[inline(never)]
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) -> Result<(), char> {
    if words::any(text.as_bytes(), is_special, special) {
        return write_escaped::<false>(text, out);
    }
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

/// Appends the value of an attribute, escaped for double quotes.
#[inline(never)]
pub(crate) fn write_attribute(text: &str, out: &mut Vec<u8>) -> Result<(), char> {
    let byte = |byte: u8| is_special(byte) | (byte == b'"');
    if words::any(text.as_bytes(), byte, special_or_quote) {
        return write_escaped::<true>(text, out);
    }
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

/// Appends text that has something to escape, or may have: eight bytes at a time as they are or, where something in them has
/// to be escaped, byte by byte as what each becomes, without a branch, which would seldom be foreseen. It is put together in
/// a block, by copies of a fixed length, which take no call.
#[inline(never)]
fn write_escaped<const ATTRIBUTE: bool>(text: &str, out: &mut Vec<u8>) -> Result<(), char> {
    let bytes = text.as_bytes();
    let becomes = if ATTRIBUTE { &IN_ATTRIBUTE } else { &IN_TEXT };
    let mut block = [0; BLOCK];
    let mut len = 0;
    let (words, rest) = bytes.as_chunks();
    // Spaces stand for what is beyond the end.
    let (last, beyond) = (words::filled(bytes, bytes.len() - rest.len()), (8 - rest.len()) % 8);
    for at in 0..bytes.len().div_ceil(8) {
        if len > BLOCK - MOST {
            out.extend_from_slice(&block[..len]);
            len = 0;
        }
        let word = words.get(at).map_or(last, |word| u64::from_le_bytes(*word));
        let found = if ATTRIBUTE { special_or_quote(word) } else { special(word) };
        if found == 0 {
            put(&mut block, len, word);
            len += 8;
            continue;
        }
        let mut all = 0;
        for byte in word.to_le_bytes() {
            let Becomes(text) = becomes[usize::from(byte)];
            put(&mut block, len, text);
            len += (text >> LENGTH) as usize;
            all |= text;
        }
        if all & DOUBTFUL != 0 {
            check(text, at * 8)?;
        }
    }
    out.extend_from_slice(&block[..len - beyond]);
    Ok(())
}

/// Bytes that are put together before they are appended.
const BLOCK: usize = 256;
/// Bytes that eight can become, and what is written beyond them.
const MOST: usize = 8 * 7 + 8;

/// Writes eight bytes there.
#[inline]
fn put(block: &mut [u8; BLOCK], at: usize, bytes: u64) {
    if let Some(room) = block.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *room = bytes.to_le_bytes();
    }
}

/// Whether XML can carry the characters that begin in the eight bytes from there on.
#[cold]
fn check(text: &str, at: usize) -> Result<(), char> {
    let mut from = at;
    while !text.is_char_boundary(from) {
        from += 1;
    }
    for (of, c) in text.get(from..).unwrap_or_default().char_indices() {
        if from + of >= at + 8 {
            break;
        }
        if !allowed(c) {
            return Err(c);
        }
    }
    Ok(())
}

/// What a byte becomes: its text, and in the highest byte how long that is.
#[derive(Clone, Copy)]
struct Becomes(u64);

/// Where the length begins.
const LENGTH: u32 = 61;
/// With this, a byte may be part of a character that XML cannot carry.
const DOUBTFUL: u64 = 1 << 56;

static IN_TEXT: [Becomes; 256] = Becomes::all(false);
static IN_ATTRIBUTE: [Becomes; 256] = Becomes::all(true);

impl Becomes {
    const fn of(text: [u8; 7], len: u64) -> Becomes {
        let [a, b, c, d, e, f, g] = text;
        Becomes(u64::from_le_bytes([a, b, c, d, e, f, g, 0]) | len << LENGTH)
    }

    const fn all(attribute: bool) -> [Becomes; 256] {
        let mut all = [Becomes(0); 256];
        let mut byte = 0;
        while byte < 256 {
            // U+FFFE and U+FFFF begin with 0xEF.
            let doubtful = (byte < 0x20 && !matches!(byte, 0x09 | 0x0A | 0x0D)) || byte == 0xEF;
            all[byte] = Becomes(byte as u64 | 1 << LENGTH | if doubtful { DOUBTFUL } else { 0 });
            byte += 1;
        }
        all[b'<' as usize] = Becomes::of(*b"&lt;\0\0\0", 4);
        all[b'>' as usize] = Becomes::of(*b"&gt;\0\0\0", 4);
        all[b'&' as usize] = Becomes::of(*b"&amp;\0\0", 5);
        all[b'\r' as usize] = Becomes::of(*b"&#xD;\0\0", 5);
        if attribute {
            all[b'"' as usize] = Becomes::of(*b"&quot;\0", 6);
            all[b'\t' as usize] = Becomes::of(*b"&#x9;\0\0", 5);
            all[b'\n' as usize] = Becomes::of(*b"&#xA;\0\0", 5);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escape(attribute: bool, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        if attribute { write_escaped::<true>(text, out) } else { write_escaped::<false>(text, out) }
    }

    #[test]
    fn everything_special_is_escaped_wherever_it_stands() {
        let cases = [
            ('<', "&lt;", "&lt;"),
            ('>', "&gt;", "&gt;"),
            ('&', "&amp;", "&amp;"),
            ('"', "\"", "&quot;"),
            ('\r', "&#xD;", "&#xD;"),
            ('\t', "\t", "&#x9;"),
            ('\n', "\n", "&#xA;"),
            ('\u{F8FF}', "\u{F8FF}", "\u{F8FF}"),
            ('\u{FFFD}', "\u{FFFD}", "\u{FFFD}"),
        ];
        for (c, in_text, in_attribute) in cases {
            let long = "&<>\u{FF21}".repeat(100);
            for before in
                ["", "a", "äöü", "seven b", "eight by", "more than sixteen bytes", "é&\u{FF21}", &long]
            {
                for after in ["", "b", "and some more of them \u{20AC}", "<"] {
                    let escaped =
                        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                    for (attribute, expected) in [(false, in_text), (true, in_attribute)] {
                        let mut out = Vec::new();
                        assert_eq!(escape(attribute, &format!("{before}{c}{after}"), &mut out), Ok(()));
                        let expected = format!("{}{expected}{}", escaped(before), escaped(after));
                        assert_eq!(String::from_utf8_lossy(&out), expected, "{before:?} {c:?} {after:?}");
                    }
                }
            }
        }
        for bad in ['\0', '\u{1F}', '\u{FFFE}', '\u{FFFF}'] {
            for len in 0..20 {
                for filler in ["a", "&", "é", "\u{FF21}"] {
                    let text = format!("{}{bad} and after", filler.repeat(len));
                    assert_eq!(escape(false, &text, &mut Vec::new()), Err(bad), "{text:?}");
                    assert_eq!(escape(true, &text, &mut Vec::new()), Err(bad), "{text:?}");
                    assert_eq!(write_text(&text, &mut Vec::new()), Err(bad), "{text:?}");
                }
            }
        }
    }
}
