//! `guid`: ids of requests, for logs on both sides.

/// Where the digits of each byte are.
const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/// A GUID as text, all of it ASCII.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Guid(pub(crate) [u8; 36]);

impl Guid {
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A random GUID (version 4). Good for telling requests apart, not for secrets.
pub(crate) fn guid() -> Guid {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bits = fastrand::u128(..);
    let bits = bits & !(0xF << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let mut text = [b'-'; 36];
    for (place, byte) in PLACES.into_iter().zip(bits.to_be_bytes()) {
        text[place] = DIGITS[usize::from(byte >> 4)];
        text[place + 1] = DIGITS[usize::from(byte & 0xF)];
    }
    Guid(text)
}

#[cfg(test)]
mod tests {
    use super::guid;

    #[test]
    fn guids_have_their_form_and_differ() {
        let (one, other) = (guid(), guid());
        assert_ne!(one, other);
        for text in [one, other] {
            let text = text.as_str();
            let groups: Vec<usize> = text.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{text}");
            assert_eq!(text.as_bytes()[14], b'4', "{text}");
            assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{text}");
        }
    }
}
