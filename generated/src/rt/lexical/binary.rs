//! `Base64Binary`: xs:base64Binary; what it has in common with `HexBinary`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::literal;
use crate::rt::TypeName;
use crate::rt::error::Invalid;
use crate::rt::simple::{Simple, Text, builtin};
use crate::rt::space::is_space;

/// Bytes that are written in base64: xs:base64Binary.
///
/// Valid literals: `aGVsbG8=`, `aGVs bG8=` (white space may stand anywhere and is not kept), `0FB8` and the
/// empty text. Invalid: `aGVsbG8` (no padding), `aGVsbG9=` (padded bits must be 0), `-_8=`.
///
/// ```
/// # use oxws::rt::Base64Binary;
/// let read: Base64Binary = "aGVs\n bG8=".parse()?;
/// assert_eq!((&*read, read.to_string().as_str()), (&b"hello"[..], "aGVsbG8="));
/// # Ok::<(), oxws::rt::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Base64Binary(pub(super) Vec<u8>);

// Bytes that are written at once, whole groups of three, and their characters.
const CHUNK: usize = 3 * 256;
const CHARS: usize = 4 * 256;

/// Hands the text out piece by piece.
#[inline]
fn encode(bytes: &[u8], mut push: impl FnMut(&str)) {
    let mut chars = [0; CHARS];
    for chunk in bytes.chunks(CHUNK) {
        // There is room for every chunk, and base64 is ASCII.
        if let Ok(len) = STANDARD.encode_slice(chunk, &mut chars)
            && let Some(Ok(text)) = chars.get(..len).map(std::str::from_utf8)
        {
            push(text);
        }
    }
}

impl Simple for Base64Binary {
    const TYPE: TypeName = builtin("base64Binary");

    fn parse(text: &str) -> Result<Base64Binary, Invalid> {
        if let Ok(bytes) = STANDARD.decode(text.as_bytes()) {
            return Ok(Base64Binary(bytes));
        }
        // White space is rare, and not looked for before.
        let mut bare = Vec::with_capacity(text.len());
        for byte in text.bytes() {
            if !is_space(byte) {
                bare.push(byte);
            }
        }
        match STANDARD.decode(&*bare) {
            Ok(bytes) => Ok(Base64Binary(bytes)),
            Err(_) => Err(literal(text, "Base64Binary")),
        }
    }

    #[inline]
    fn write(&self, out: &mut Text<'_>) {
        encode(&self.0, |text| out.push_plain(text));
    }
}

impl fmt::Display for Base64Binary {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut done = Ok(());
        encode(&self.0, |text| done = done.and_then(|()| f.write_str(text)));
        done
    }
}

impl From<Vec<u8>> for Base64Binary {
    #[inline]
    fn from(bytes: Vec<u8>) -> Base64Binary {
        Base64Binary(bytes)
    }
}

impl Base64Binary {
    /// The bytes, to change them.
    #[inline]
    pub fn as_mut_vec(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

/// Length and first bytes, for `Debug`.
#[inline]
pub(super) fn show(name: &str, bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name}({} bytes", bytes.len())?;
    for (at, byte) in bytes.iter().take(16).enumerate() {
        write!(f, "{}{byte:02x}", if at == 0 { ": " } else { " " })?;
    }
    f.write_str(if bytes.len() > 16 { " …)" } else { ")" })
}

/// What bytes in base64 and in hexadecimal digits have alike; the bytes are field 0.
macro_rules! binary {
    ($type:ident) => {
        impl $type {
            /// The bytes.
            #[inline]
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The bytes by themselves.
            #[inline]
            pub fn into_inner(self) -> Vec<u8> {
                self.0
            }
        }

        impl std::ops::Deref for $type {
            type Target = [u8];

            #[inline]
            fn deref(&self) -> &[u8] {
                &self.0
            }
        }

        impl AsRef<[u8]> for $type {
            #[inline]
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl From<&[u8]> for $type {
            #[inline]
            fn from(bytes: &[u8]) -> $type {
                $type::from(bytes.to_vec())
            }
        }

        impl From<$type> for Vec<u8> {
            #[inline]
            fn from(value: $type) -> Vec<u8> {
                value.0
            }
        }

        impl std::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::rt::lexical::binary::show(stringify!($type), &self.0, f)
            }
        }

        impl $crate::rt::Blank for $type {
            fn blank() -> $type {
                $type::default()
            }
        }

        /// Length in bytes; not ordered.
        impl $crate::rt::restricted::Measured for $type {
            #[inline]
            fn length(&self) -> usize {
                self.0.len()
            }

            #[inline]
            fn order(&self, _bound: &str) -> Option<std::cmp::Ordering> {
                None
            }
        }

        $crate::rt::lexical::from_text!($type);
    };
}
pub(super) use binary;

binary!(Base64Binary);
