//! The type of a simple value may be a complex one that extends the declared one. Where its attributes would be lost, a
//! strict reader refuses them, and a lenient one notes them.

use super::test::Row;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    let row = |content: &str| {
        format!("<Row xmlns='urn:t' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>{content}</Row>")
    };
    let text = row("<Sum i:type='PriceType'>5</Sum><Size i:type='LengthType'>9</Size>");
    let read = Row::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
    let lenient = Row::from_xml_lenient(text.as_bytes()).map_err(|error| error.to_string())?;
    if read != lenient.value || !lenient.notes.is_empty() {
        return Err(format!("{read:?} {lenient:?}"));
    }
    let text = row("<Sum i:type='PriceType' currency='EUR'>5</Sum>");
    let lenient = Row::from_xml_lenient(text.as_bytes()).map_err(|error| error.to_string())?;
    let notes: Vec<String> = lenient.notes.iter().map(|note| note.message.clone()).collect();
    match (&lenient.value.sum, notes.as_slice()) {
        (Some(sum), [note]) if sum.to_string() == "5" && note.contains("'currency' attribute has no place") => Ok(()),
        _ => Err(format!("{lenient:?}")),
    }
}
