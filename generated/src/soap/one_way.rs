//! The reply of a one-way operation, which is none: an empty body on the wire.

use super::{HeaderParts, Headers, Message};
use crate::rt::prelude::NO_ROOTS;
use crate::rt::{Document, Fields, Particle, Reader, Result, Shape, Shaped, TypeName, Vocabulary, Writer};

static VOCABULARY: Vocabulary = Vocabulary::new(&[]);
static NO_HEADERS: Shape = Shape::empty(TypeName { uri: "", local: "" });

/// What a one-way operation answers: that the request was taken, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct NoReply;

/// The header parts of [`NoReply`], which has none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct NoHeaders;

impl Document for NoReply {
    const VOCABULARY: &'static Vocabulary = &VOCABULARY;
    const ROOTS: &'static Shape = &NO_ROOTS;

    #[inline]
    fn read_root(at: usize, r: &mut Reader<'_>) -> Result<NoReply> {
        r.no_such_field(at)
    }

    fn write_root(&self, _particle: &'static Particle, _w: &mut Writer) {}

    fn nothing() -> Option<NoReply> {
        Some(NoReply)
    }
}

impl Message for NoReply {
    type Headers = NoHeaders;
    const ONE_WAY: bool = true;
}

impl Fields for NoHeaders {}

impl Shaped for NoHeaders {
    const SHAPE: &'static Shape = &NO_HEADERS;
}

impl HeaderParts for NoHeaders {
    fn each_part(&mut self, _visit: &mut dyn FnMut(&mut dyn std::any::Any)) {}
}

impl Headers for NoHeaders {
    const VOCABULARY: &'static Vocabulary = &VOCABULARY;
    const PARTS: &'static [&'static str] = &[];
}
