//! `AnyUri`: xs:anyURI.

use super::strings::text_type;
use crate::rt::space::collapse;

/// Whether the text is a reference of RFC 2396 once the characters that need it are escaped, which excludes
/// little: a `%` that escapes nothing, a second `#`, a `:` where no scheme can end.
fn is_uri(text: &str) -> bool {
    let mut parts = text.split('%');
    let _ = parts.next();
    let escape =
        |part: &str| matches!(part.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    if !parts.all(escape) || text.bytes().filter(|b| *b == b'#').count() > 1 {
        return false;
    }
    let scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    match text.split_once([':', '/', '?', '#']) {
        Some((before, _)) => text.as_bytes().get(before.len()) != Some(&b':') || scheme(before),
        None => true,
    }
}

text_type! {
    /// An absolute or relative URI, or one with characters that are not escaped yet: xs:anyURI.
    ///
    /// Valid literals: `http://example.com/a%20b#c`, `http://example.com/räksmörgås`, `../a b`, `urn:x:y`,
    /// `mailto:a@b` and the empty text. Invalid: `100%`, `%zz`, `a#b#c`, `:a`, `1a:b`.
    ///
    /// What a certain scheme asks for is not checked.
    AnyUri, "anyURI", "Uri", collapse, is_uri
}
