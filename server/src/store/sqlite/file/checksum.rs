//! `Checksum`: over the fields of a row. SQLite's own checks miss most single flipped bits.

use sha2::{Digest, Sha256};

/// A checksum over the fields of a row.
pub(crate) struct Checksum(Sha256);

impl Checksum {
    /// Of a row in that table.
    pub(crate) fn new(table: &str) -> Checksum {
        Checksum(Sha256::new()).bytes(table.as_bytes())
    }

    /// With a field of bytes.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Checksum {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// With a field that may be absent.
    pub(crate) fn option(self, text: Option<&str>) -> Checksum {
        match text {
            Some(text) => self.bytes(&[1]).bytes(text.as_bytes()),
            None => self.bytes(&[0]),
        }
    }

    /// With a number.
    pub(crate) fn number(mut self, number: i64) -> Checksum {
        self.0.update(number.to_be_bytes());
        self
    }

    /// As it stands in the row.
    pub(crate) fn finish(self) -> i64 {
        self.0.finalize().first_chunk::<8>().map_or(0, |first| i64::from_be_bytes(*first))
    }
}
