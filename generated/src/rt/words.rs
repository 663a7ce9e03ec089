//! Short texts eight bytes at a time: comparing names and looking for the end of a text without a call into a
//! library, whose preparations cost more than the work on the ten or twenty bytes that names and texts have.

/// The first eight bytes as a number, if there are so many.
#[inline]
pub(crate) fn word(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().copied().map(u64::from_le_bytes)
}

/// Up to eight bytes of a text as a number, and the mask of those that count: what [`word`] reads of a text that
/// begins with them, once masked.
pub(crate) const fn head(text: &[u8]) -> (u64, u64) {
    let (mut word, mut mask, mut at) = (0, 0, 0);
    while at < text.len() && at < 8 {
        word |= (text[at] as u64) << (8 * at);
        mask |= 0xFF << (8 * at);
        at += 1;
    }
    (word, mask)
}

/// Whether two texts are the same.
#[inline]
pub(crate) fn same(one: &[u8], two: &[u8]) -> bool {
    if one.len() != two.len() {
        return false;
    }
    let len = one.len();
    if let (Some(a), Some(b), Some(c), Some(d)) =
        (one.first_chunk::<8>(), two.first_chunk::<8>(), one.last_chunk::<8>(), two.last_chunk::<8>())
    {
        // The two parts overlap, or leave a middle.
        return (a == b) & (c == d) && (len <= 16 || one[8..len - 8] == two[8..len - 8]);
    }
    if let (Some(a), Some(b), Some(c), Some(d)) =
        (one.first_chunk::<4>(), two.first_chunk::<4>(), one.last_chunk::<4>(), two.last_chunk::<4>())
    {
        return (a == b) & (c == d);
    }
    one.iter().zip(two).all(|(a, b)| a == b)
}

/// Where the first `<` or `&` stands.
#[inline]
pub(crate) fn markup(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < 32 {
        let Some(word) = bytes.get(at..).and_then(word) else { break };
        let found = zero_byte(word ^ repeated(b'<')) | zero_byte(word ^ repeated(b'&'));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr::memchr2(b'<', b'&', bytes.get(at..)?).map(|found| at + found)
}

const fn repeated(byte: u8) -> u64 {
    0x0101_0101_0101_0101 * byte as u64
}

/// A number whose lowest bit that is set is in the first byte that is zero; 0 when none is.
#[inline]
const fn zero_byte(word: u64) -> u64 {
    word.wrapping_sub(repeated(1)) & !word & repeated(0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_or_not() {
        let text = b"abcdefghijklmnopqrstuvwxyz0123456789";
        for len in 0..=text.len() {
            assert!(same(&text[..len], &text[..len]));
            assert!(!same(&text[..len], &text[..len.saturating_sub(1)]) || len == 0);
            for at in 0..len {
                let mut other = text[..len].to_vec();
                other[at] ^= 1;
                assert!(!same(&text[..len], &other), "{len} {at}");
            }
        }
    }

    #[test]
    fn the_head_of_a_name_is_the_masked_word() {
        for name in ["", "a", "Id", "Surname", "GivenNam", "DisplayName"] {
            let (head, mask) = head(name.as_bytes());
            let text = format!("{name}>........");
            assert_eq!(word(text.as_bytes()).unwrap() & mask, head, "{name}");
            let other = format!("{}x.......", &name[..name.len().min(7).saturating_sub(1)]);
            assert_eq!(word(other.as_bytes()).unwrap() & mask == head, name.is_empty(), "{name}");
        }
    }

    #[test]
    fn markup_is_found_wherever_it_stands() {
        for len in 0..100 {
            let mut text = vec![b'\xBD'; len];
            assert_eq!(markup(&text), None, "{len}");
            for at in (0..len).rev() {
                // Neighbours in value, and what stands behind, do not mislead.
                text[at] = if at % 2 == 0 { b'<' } else { b'&' };
                assert_eq!(markup(&text), Some(at), "{len} {at}");
                text[at] = if at % 3 == 0 { b'=' } else { b'\'' };
                assert_eq!(markup(&text[..=at]), None, "{len} {at}");
                text[at] = if at % 2 == 0 { b'<' } else { b'&' };
            }
        }
    }
}
