//! A choice whose alternative cannot be read has no value, for a lenient reader either.

use super::test::Shape;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    for content in ["<Square/>", "<Circle>round</Circle>", ""] {
        let text = format!("<Shape xmlns='urn:t'>{content}</Shape>");
        let error = match Shape::from_xml_lenient(text.as_bytes()) {
            Ok(read) => return Err(format!("{content} is read as {read:?}")),
            Err(error) => error,
        };
        if error.message().contains("regenerate") {
            return Err(format!("{content}: {error}"));
        }
    }
    Ok(())
}
