//! Names, addresses and numbers: in which form they are kept, and in which compared.

pub use crate::contacts::fold_name as fold;

/// An address without leading `sip:` and `tel:`, and whether there was a `tel:`.
pub fn split_scheme(address: &str) -> (bool, &str) {
    let (mut tel, mut rest) = (false, address.trim());
    while let Some((scheme, bare)) = rest.split_at_checked(4) {
        let is_tel = scheme.eq_ignore_ascii_case("tel:");
        if !is_tel && !scheme.eq_ignore_ascii_case("sip:") {
            break;
        }
        tel |= is_tel;
        rest = bare.trim();
    }
    (tel, rest)
}

/// A telephone number without what only helps the eye (RFC 3966), unless nothing else is in it.
pub(super) fn compact(number: &str) -> String {
    let digits: String =
        number.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')')).collect();
    if digits.is_empty() { line(number) } else { digits }
}

/// An address or number as one line, without `sip:` and `tel:`.
pub(super) fn bare_line(text: &str) -> String {
    split_scheme(&line(text)).1.to_owned()
}

/// A text as one line: control characters become blanks, and none are left around it.
pub(super) fn line(text: &str) -> String {
    let one: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    one.trim().to_owned()
}
