//! What one type holds may be put into the other.

use super::test::{Bold, BoldContent, Para};
use oxws::rt::Document;

pub(crate) fn check() -> Result<(), String> {
    let para = Para::from_xml(b"<t:Para xmlns:t='urn:t'>a<t:Bold>b</t:Bold></t:Para>").map_err(|e| e.to_string())?;
    let inline = Bold { content: para.content };
    match inline.content.as_slice() {
        [BoldContent::Text(a), BoldContent::Bold(b)] if a == "a" && b.content.len() == 1 => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
