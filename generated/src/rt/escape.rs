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
    let start = |c: char| {
        matches!(c, 'A'..='Z' | 'a'..='z' | '_' | ':' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
            | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
            | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
            | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
    };
    let within = |c: char| matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}');
    for (at, c) in text.char_indices() {
        if !(start(c) || (at > 0 && within(c))) {
            return false;
        }
    }
    !text.is_empty()
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
        return write_escaped(text, out, false);
    }
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

/// Appends the value of an attribute, escaped for double quotes.
#[inline(never)]
pub(crate) fn write_attribute(text: &str, out: &mut Vec<u8>) -> Result<(), char> {
    let byte = |byte: u8| is_special(byte) | (byte == b'"');
    if words::any(text.as_bytes(), byte, special_or_quote) {
        return write_escaped(text, out, true);
    }
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

/// Appends text that has something to escape, or may have. All copies are of a fixed length, which takes no call: what
/// was copied beyond a character to be escaped is cut off again.
#[inline(never)]
fn write_escaped(text: &str, out: &mut Vec<u8>, attribute: bool) -> Result<(), char> {
    let bytes = text.as_bytes();
    let mut at = 0;
    'words: while at < bytes.len() {
        let word = words::filled(bytes, at);
        let start = out.len();
        out.extend_from_slice(&word.to_le_bytes());
        // Its bits beyond the lowest may be wrong, but none is missing.
        let mut found = if attribute { special_or_quote(word) } else { special(word) };
        while found != 0 {
            let within = found.trailing_zeros() as usize / 8;
            let byte = word.to_le_bytes()[within];
            if let Some(escape) = Escape::of(byte, text, at + within, attribute)? {
                out.truncate(start + within);
                escape.append(out);
                at += within + 1;
                continue 'words;
            }
            found &= found - 1;
        }
        at += 8;
        if at > bytes.len() {
            out.truncate(start + 8 - (at - bytes.len()));
        }
    }
    Ok(())
}

/// What stands for a character.
struct Escape {
    text: [u8; 8],
    len: usize,
}

impl Escape {
    const fn new(text: &str) -> Escape {
        let mut escape = Escape { text: [0; 8], len: text.len() };
        escape.text.split_at_mut(text.len()).0.copy_from_slice(text.as_bytes());
        escape
    }

    /// Of the character whose first byte is this one, at `at`, if it does not stand for itself.
    #[inline]
    fn of(byte: u8, text: &str, at: usize, attribute: bool) -> Result<Option<&'static Escape>, char> {
        Ok(Some(match byte {
            b'<' => const { &Escape::new("&lt;") },
            b'>' => const { &Escape::new("&gt;") },
            b'&' => const { &Escape::new("&amp;") },
            b'"' if attribute => const { &Escape::new("&quot;") },
            b'\r' => const { &Escape::new("&#xD;") },
            b'\t' if attribute => const { &Escape::new("&#x9;") },
            b'\n' if attribute => const { &Escape::new("&#xA;") },
            b'\t' | b'\n' => return Ok(None),
            // Control characters, U+FFFE and U+FFFF.
            0..0x20 | 0xEF => match text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(c) if !allowed(c) => return Err(c),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    #[inline]
    fn append(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.text);
        out.truncate(out.len() - self.text.len() + self.len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            for before in ["", "a", "äöü", "seven b", "eight by", "more than sixteen bytes", "é&\u{FF21}"]
            {
                for after in ["", "b", "and some more of them \u{20AC}", "<"] {
                    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
                    for (attribute, expected) in [(false, in_text), (true, in_attribute)] {
                        let mut out = Vec::new();
                        assert_eq!(
                            write_escaped(&format!("{before}{c}{after}"), &mut out, attribute),
                            Ok(())
                        );
                        let expected = format!("{}{expected}{}", escaped(before), escaped(after));
                        assert_eq!(String::from_utf8_lossy(&out), expected, "{before:?} {c:?} {after:?}");
                    }
                }
            }
        }
        for bad in ['\0', '\u{1F}', '\u{FFFE}', '\u{FFFF}'] {
            for before in ["", "a long text before it, with &"] {
                let text = format!("{before}{bad} and after");
                assert_eq!(write_escaped(&text, &mut Vec::new(), false), Err(bad));
                assert_eq!(write_text(&text, &mut Vec::new()), Err(bad));
            }
        }
    }
}
