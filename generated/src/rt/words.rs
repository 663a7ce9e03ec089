//! Short texts eight bytes at a time: comparing names and looking for the end of a text without a call into a
//! library, whose preparations cost more than the work on the ten or twenty bytes that names and texts have.

/// The first eight bytes as a number, if there are so many.
#[inline]
pub(crate) fn word(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().copied().map(u64::from_le_bytes)
}

/// The eight bytes from `at` on as a number; spaces stand for those beyond the end.
#[inline]
pub(crate) fn filled(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(word) = word(rest) {
        return word;
    }
    // Seven bytes at most.
    let missing = 8 * (8 - rest.len() as u32);
    let spaces = repeated(b' ').unbounded_shl(64 - missing);
    if let Some(last) = bytes.last_chunk() {
        return u64::from_le_bytes(*last).unbounded_shr(missing) | spaces;
    }
    let mut word = 0;
    for byte in rest.iter().rev() {
        word = word << 8 | u64::from(*byte);
    }
    word | spaces
}

/// The first bytes of a text, up to eight, to be compared with what [`word`] reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Head {
    word: u64,
    /// The bits of a word that count.
    mask: u64,
}

impl Head {
    /// The beginning of no text that XML can have.
    pub(crate) const NONE: Head = Head { word: 0, mask: u64::MAX };

    /// The beginning of a text.
    pub(crate) const fn of(text: &[u8]) -> Head {
        // Evaluated by the compiler for every name of a schema: patterns cost it least.
        if let [a, b, c, d, e, f, g, h, ..] = text {
            return Head { word: u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), mask: u64::MAX };
        }
        let (mut word, mut rest) = (0, text);
        while let [before @ .., byte] = rest {
            word = word << 8 | *byte as u64;
            rest = before;
        }
        Head { word, mask: (1 << (8 * text.len())) - 1 }
    }

    /// Whether a text that begins with these eight bytes begins with this one.
    #[inline]
    pub(crate) fn begins(&self, word: u64) -> bool {
        word & self.mask == self.word
    }
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
    // Three at most.
    let mut at = 0;
    while let (Some(a), Some(b)) = (one.get(at), two.get(at)) {
        if a != b {
            return false;
        }
        at += 1;
    }
    true
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

/// Where something first stands that can end the value of an attribute, or that its value is read closely for: a quote of
/// either kind, `<`, `&`, a control character, and `#`, which it costs nothing to look for. `None` also when it is among
/// the last bytes.
#[inline]
pub(crate) fn value_end(bytes: &[u8]) -> Option<usize> {
    // `"`, `#`, `&` and `'` differ in these bits.
    const ALIKE: u8 = 0x05;
    let mut at = 0;
    // A loop that the compiler turns into vector code, with bytes in place of `bool` into less of it.
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<32>()) {
        let mut found = 0;
        for &byte in block {
            found |= u8::from(byte | ALIKE == b'\'') | u8::from(byte == b'<') | u8::from(byte < b' ');
        }
        if found != 0 {
            break;
        }
        at += 32;
    }
    loop {
        let word = bytes.get(at..).and_then(word)?;
        let found = has(word | repeated(ALIKE), b'\'') | has(word, b'<') | has_control(word);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
}

/// Where a text first stands in another one. For what is rare: the searchers of the libraries, which are faster for
/// long texts, are thousands of lines of code in every crate.
pub(crate) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let (first, others) = wanted.split_first()?;
    let mut at = 0;
    loop {
        at += memchr::memchr(*first, text.get(at..)?)?;
        if text[at + 1..].starts_with(others) {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether all bytes of a text are ASCII digits.
pub(crate) fn is_digits(text: &str) -> bool {
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return false;
        }
    }
    true
}

/// The first characters of a text that may be long, 256 at most.
pub(crate) fn beginning(text: &str) -> &str {
    let mut left = 256;
    for (at, _) in text.char_indices() {
        if left == 0 {
            return &text[..at];
        }
        left -= 1;
    }
    text
}

/// How many ASCII letters a text begins with.
#[inline]
pub(crate) fn letters(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = bytes.get(at..).and_then(word) {
        // Capitals made small; the highest bit of a byte is set by the first sum from `a` on, by the second beyond `z`.
        let small = (word | repeated(0x20)) & repeated(0x7F);
        let within = (small + repeated(0x80 - b'a')) & !(small + repeated(0x7F - b'z'));
        let others = (!within | word) & repeated(0x80);
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// Whether a byte occurs for which `special` answers `true`; `in_word` answers a number other than 0 for eight bytes
/// among which there is one.
#[inline]
pub(crate) fn any(bytes: &[u8], special: impl Fn(u8) -> bool, in_word: impl Fn(u64) -> u64) -> bool {
    let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    // Loops that the compiler turns into vector code, without the bytes that it would look at one by one: what is looked at
    // last may overlap.
    let in_pair = |one: &[u8; 16], other: &[u8; 16]| {
        let mut found = false;
        for (one, other) in one.iter().zip(other) {
            found |= special(*one) | special(*other);
        }
        found
    };
    if let Some(last) = bytes.last_chunk::<32>() {
        let mut found = false;
        for &byte in &bytes[..bytes.len() & !31] {
            found |= special(byte);
        }
        if let [one, other] = last.as_chunks().0 {
            found |= in_pair(one, other);
        }
        found
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        in_pair(first, last)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        in_word(u64::from_le_bytes(*first)) | in_word(u64::from_le_bytes(*last)) != 0
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        in_word(half(first) | half(last) << 32) != 0
    } else {
        bytes.iter().any(|byte| special(*byte))
    }
}

/// A number whose lowest bit that is set is in the first of eight bytes that is this one; 0 when none is. The other bytes
/// that are this one have a bit too, and some others may.
#[inline]
pub(crate) const fn has(word: u64, byte: u8) -> u64 {
    zero_byte(word ^ repeated(byte))
}

/// The same for bytes less than a space.
#[inline]
pub(crate) const fn has_control(word: u64) -> u64 {
    has_less(word, b' ')
}

/// The same for bytes less than this one, which is 128 at most.
#[inline]
pub(crate) const fn has_less(word: u64, byte: u8) -> u64 {
    word.wrapping_sub(repeated(byte)) & !word & repeated(0x80)
}

/// A byte eight times.
pub(crate) const fn repeated(byte: u8) -> u64 {
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
    fn what_is_missing_is_filled_with_spaces() {
        let text = b"abcdefghijklmnopq";
        for len in 0..=text.len() {
            for at in 0..=len {
                let mut expected = [b' '; 8];
                let rest = &text[at..len.min(at + 8)];
                expected[..rest.len()].copy_from_slice(rest);
                assert_eq!(filled(&text[..len], at).to_le_bytes(), expected, "{at} of {len}");
            }
        }
    }

    #[test]
    fn a_text_is_known_by_its_head() {
        let begins =
            |name: &str, text: &str| Head::of(name.as_bytes()).begins(word(text.as_bytes()).unwrap());
        for name in ["a", "Id", "Surname", "GivenNam", "DisplayName"] {
            assert!(begins(name, &format!("{name}>........")), "{name}");
            let shorter = &name[..name.len().min(8) - 1];
            assert!(!begins(name, &format!("{shorter}>........")), "{name}");
        }
        assert!(begins("", "a>......"));
        assert!(!Head::NONE.begins(word(b"<t:Name>").unwrap()));
    }

    #[test]
    fn letters_are_counted_up_to_anything_else() {
        let letters = b"abcXYZzZaAmMnNoOyYqQ";
        for len in 0..=letters.len() {
            for byte in 0..=255_u8 {
                let mut text = letters[..len].to_vec();
                text.push(byte);
                text.extend_from_slice(b"................");
                let expected = len + usize::from(byte.is_ascii_alphabetic());
                assert_eq!(super::letters(&text), expected, "{len} {byte}");
            }
        }
        // The last seven bytes are left to others.
        assert_eq!(super::letters(b"abcdefg"), 0);
    }

    #[test]
    fn special_bytes_are_found_wherever_they_stand() {
        let found =
            |text: &[u8]| any(text, |b| b == b'&' || b < b' ', |word| has(word, b'&') | has_control(word));
        for len in 0..70 {
            for filler in [b' ', b'\'', b'%', b'a', 0x7F, 0x80, 0xA6, 0xFF] {
                let mut text = vec![filler; len];
                assert!(!found(&text), "{len} {filler}");
                for at in 0..len {
                    for byte in [b'&', 0, 0x1F, b'\n'] {
                        text[at] = byte;
                        assert!(found(&text), "{len} {at} {byte}");
                    }
                    text[at] = filler;
                }
            }
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

    #[test]
    fn the_end_of_a_value_is_found_wherever_it_stands() {
        for len in 0..100 {
            let mut text = vec![b'\xA2'; len];
            text.extend([b'a'; 8]);
            assert_eq!(value_end(&text), None, "{len}");
            for at in (0..len).rev() {
                text[at] = b"\"<&\n\'#"[at % 6];
                assert_eq!(value_end(&text), Some(at), "{len} {at}");
                text[at] = b"(>% !$;\x7F"[at % 8];
                assert_eq!(value_end(&text), None, "{len} {at}");
            }
        }
        // The last seven bytes are left to others.
        assert_eq!(value_end(b"Success\""), Some(7));
        assert_eq!(value_end(b"Succes\""), None);
    }

    #[test]
    fn texts_are_found_where_they_first_stand() {
        for (text, wanted) in [
            ("", "a"),
            ("a", "a"),
            ("ab", "b"),
            ("]]]>", "]]>"),
            ("]]", "]]>"),
            ("aabaac", "aac"),
            ("a", ""),
            ("é<ü", "<ü"),
        ] {
            let expected = if wanted.is_empty() { None } else { text.find(wanted) };
            assert_eq!(find(text.as_bytes(), wanted.as_bytes()), expected, "{text} {wanted}");
        }
    }
}
