//! `HexBinary`: xs:hexBinary.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::binary::binary;
use super::literal;
use crate::rt::TypeName;
use crate::rt::error::Invalid;
use crate::rt::simple::{Simple, Text, builtin, trim};

/// Bytes that are written in hexadecimal digits: xs:hexBinary.
///
/// Valid literals: `0FB7`, `0fb7` and the empty text. Invalid: `FB7` (an odd number), `0F B7`, `0x0F`.
///
/// Digits are written as capitals, except when those that were read were all small. Equality and order look
/// at the bytes only.
#[derive(Clone, Default)]
pub struct HexBinary(Vec<u8>, Letters);

#[derive(Clone, Copy, Default)]
enum Letters {
    #[default]
    Capital,
    Small,
}

/// The bytes, and whether all letters are small; none are capital.
fn decode(text: &str) -> Option<HexBinary> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let mut bytes = Vec::with_capacity(pairs.len());
    let (mut small, mut capital) = (false, false);
    for pair in pairs {
        let mut value = 0;
        for digit in pair {
            small |= digit.is_ascii_lowercase();
            capital |= digit.is_ascii_uppercase();
            value = value << 4 | char::from(*digit).to_digit(16)?;
        }
        // Two digits: at most 255.
        bytes.push(u8::try_from(value).ok()?);
    }
    Some(HexBinary(bytes, if small && !capital { Letters::Small } else { Letters::Capital }))
}

impl HexBinary {
    /// Hands the text out piece by piece.
    #[inline]
    fn encode(&self, mut push: impl FnMut(&str)) {
        let digits: &[u8; 16] = match self.1 {
            Letters::Capital => b"0123456789ABCDEF",
            Letters::Small => b"0123456789abcdef",
        };
        let mut text = [0; 512];
        for chunk in self.0.chunks(text.len() / 2) {
            for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(chunk) {
                *pair = [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]];
            }
            // Only ASCII.
            if let Some(Ok(text)) = text.get(..chunk.len() * 2).map(std::str::from_utf8) {
                push(text);
            }
        }
    }
}

impl Simple for HexBinary {
    const TYPE: TypeName = builtin("hexBinary");

    fn parse(text: &str) -> Result<HexBinary, Invalid> {
        let text = trim(text);
        decode(text).ok_or_else(|| literal(text, "HexBinary"))
    }

    #[inline]
    fn write(&self, out: &mut Text<'_>) {
        self.encode(|text| out.push_plain(text));
    }
}

impl fmt::Display for HexBinary {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut done = Ok(());
        self.encode(|text| done = done.and_then(|()| f.write_str(text)));
        done
    }
}

impl From<Vec<u8>> for HexBinary {
    #[inline]
    fn from(bytes: Vec<u8>) -> HexBinary {
        HexBinary(bytes, Letters::Capital)
    }
}

impl PartialEq for HexBinary {
    #[inline]
    fn eq(&self, other: &HexBinary) -> bool {
        self.0 == other.0
    }
}

impl Eq for HexBinary {}

impl Hash for HexBinary {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Ord for HexBinary {
    #[inline]
    fn cmp(&self, other: &HexBinary) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for HexBinary {
    #[inline]
    fn partial_cmp(&self, other: &HexBinary) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

binary!(HexBinary);
