//! The whiteSpace facet: what becomes of the white space of a text before it is a value.
//!
//! In plain loops: of what the standard library has for texts, each use is code of its own in every crate.

use std::borrow::Cow;

/// Whether a byte is white space of XML.
#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Nothing: the text stands for itself.
#[inline]
pub fn preserve(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// Each tab and line end becomes a space.
pub fn replace(text: &str) -> Cow<'_, str> {
    let mut replaced = false;
    for byte in text.bytes() {
        replaced |= is_space(byte) && byte != b' ';
    }
    if !replaced {
        return Cow::Borrowed(text);
    }
    let mut replaced = String::with_capacity(text.len());
    for c in text.chars() {
        replaced.push(if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c });
    }
    Cow::Owned(replaced)
}

/// White space between words becomes one space, that around them goes.
pub fn collapse(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    let (mut before, mut collapsed) = (b'_', true);
    for byte in text.bytes() {
        collapsed &= !is_space(byte) || (byte == b' ' && before != b' ');
        before = byte;
    }
    if collapsed {
        return Cow::Borrowed(text);
    }
    let mut collapsed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(word) = next_word(&mut rest) {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    Cow::Owned(collapsed)
}

/// Text without white space at its ends, for types whose values hold none.
pub fn trim(text: &str) -> &str {
    let text = trim_start(text);
    let mut len = text.len();
    while len > 0 && is_space(text.as_bytes()[len - 1]) {
        len -= 1;
    }
    &text[..len]
}

/// Text without white space at its beginning.
pub(crate) fn trim_start(text: &str) -> &str {
    let mut from = 0;
    while text.as_bytes().get(from).is_some_and(|byte| is_space(*byte)) {
        from += 1;
    }
    &text[from..]
}

/// Takes the first word off a text; `None` when there are no more.
pub(crate) fn next_word<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let (text, mut len) = (trim_start(rest), 0);
    while text.as_bytes().get(len).is_some_and(|byte| !is_space(*byte)) {
        len += 1;
    }
    let (word, after) = text.split_at(len);
    *rest = after;
    if word.is_empty() { None } else { Some(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_that_of_xml() {
        for (text, replaced, collapsed) in [
            ("", "", ""),
            (" ", " ", ""),
            ("a", "a", "a"),
            ("a b", "a b", "a b"),
            (" a\tb\r\n", " a b  ", "a b"),
            ("a  b   c", "a  b   c", "a b c"),
            ("\u{a0}é\n\u{2003}", "\u{a0}é \u{2003}", "\u{a0}é \u{2003}"),
        ] {
            assert_eq!((&*replace(text), &*collapse(text)), (replaced, collapsed), "{text:?}");
            assert_eq!(matches!(collapse(text), Cow::Borrowed(_)), collapsed == trim(text), "{text:?}");
        }
        let mut rest = "\t é  b\n";
        assert_eq!(
            [next_word(&mut rest), next_word(&mut rest), next_word(&mut rest)],
            [Some("é"), Some("b"), None]
        );
    }
}
