//! `Gather`: the chunks of a body put together. One chunk is the body as it is; more are copied into room that is made
//! once, as far as the length was announced.

use bytes::{Bytes, BytesMut};

/// Most bytes that are set aside because they were announced: that costs the other side nothing.
const TRUSTED: usize = 128 << 10;

/// A body as it comes in.
#[derive(Default, Debug)]
pub(crate) struct Gather {
    first: Bytes,
    more: BytesMut,
    announced: usize,
}

impl Gather {
    /// Nothing yet of a body that is said to have so many bytes.
    pub(crate) fn new(announced: u64) -> Gather {
        let announced = usize::try_from(announced).unwrap_or(TRUSTED).min(TRUSTED);
        Gather { announced, ..Gather::default() }
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.first.len().max(self.more.len())
    }

    /// Adds a chunk.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        if self.len() == 0 {
            self.first = chunk;
            return;
        }
        if self.more.is_empty() {
            self.more.reserve(self.announced.max(self.first.len() + chunk.len()));
            self.more.extend_from_slice(&self.first);
        }
        self.more.extend_from_slice(&chunk);
    }

    /// The body.
    pub(crate) fn finish(self) -> Bytes {
        if self.more.is_empty() { self.first } else { self.more.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_chunk_is_not_copied() {
        let chunk = Bytes::from(vec![7; 1000]);
        let mut gather = Gather::new(1000);
        gather.push(Bytes::new());
        gather.push(chunk.clone());
        assert_eq!(gather.len(), 1000);
        assert_eq!(gather.finish().as_ptr(), chunk.as_ptr());
    }

    #[test]
    fn more_are_put_together() {
        for announced in [0, 6, u64::MAX] {
            let mut gather = Gather::new(announced);
            for chunk in ["ab", "", "cd", "ef"] {
                gather.push(Bytes::from_static(chunk.as_bytes()));
            }
            assert_eq!((gather.len(), &gather.finish()[..]), (6, &b"abcdef"[..]), "{announced}");
        }
        assert!(Gather::new(5).finish().is_empty());
    }
}
