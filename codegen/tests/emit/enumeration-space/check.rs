//! White space of a document is treated as that of the values is.

use super::test::{Sizes, Word};
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    let text = b"<Sizes xmlns='urn:t' Word=' very large'><Word> very\n large</Word></Sizes>";
    let read = Sizes::from_xml(text).map_err(|error| error.to_string())?;
    if read.word == Some(Word::VeryLarge) { Ok(()) } else { Err(format!("{read:?}")) }
}
