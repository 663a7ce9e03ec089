//! The whiteSpace facet: what becomes of the white space of a text before it is a value.

use std::borrow::Cow;

/// Nothing: the text stands for itself.
#[inline]
pub fn preserve(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// Each tab and line end becomes a space.
pub fn replace(text: &str) -> Cow<'_, str> {
    match text.contains(['\t', '\n', '\r']) {
        true => Cow::Owned(text.replace(['\t', '\n', '\r'], " ")),
        false => Cow::Borrowed(text),
    }
}

/// White space between words becomes one space, that around them goes.
pub fn collapse(text: &str) -> Cow<'_, str> {
    let text = trim(text);
    if !text.contains(['\t', '\n', '\r']) && !text.contains("  ") {
        return Cow::Borrowed(text);
    }
    let mut words = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    let mut collapsed = String::with_capacity(text.len());
    collapsed.push_str(words.next().unwrap_or_default());
    for word in words {
        collapsed.push(' ');
        collapsed.push_str(word);
    }
    Cow::Owned(collapsed)
}

/// Text without white space at its ends, for types whose values hold none.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
}
