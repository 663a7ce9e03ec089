//! `AnyUri`: xs:anyURI.

use super::strings::text_type;
use crate::rt::space::collapse;

/// Whether the text is a reference of RFC 2396 once the characters that need it are escaped, which excludes
/// little: a `%` that escapes nothing, a second `#`, a `:` where no scheme can end.
fn is_uri(text: &str) -> bool {
    // Whether what was seen so far can be a scheme, that it cannot be one any more, and a fragment.
    let (mut scheme, mut behind, mut fragment) = (false, false, false);
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        match byte {
            b'%' if !matches!(after, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()) => {
                return false;
            }
            b'#' if fragment => return false,
            b':' if !behind && !scheme => return false,
            _ => {}
        }
        fragment |= *byte == b'#';
        behind |= matches!(byte, b':' | b'/' | b'?' | b'#');
        scheme = match rest.len() == text.len() {
            true => byte.is_ascii_alphabetic(),
            false => scheme && (byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')),
        };
        rest = after;
    }
    true
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
