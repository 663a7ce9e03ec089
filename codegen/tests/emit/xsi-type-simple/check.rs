//! The type of a simple value may be said again, or be a built-in one that is derived from it; it is not written back.

use super::test::Row;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    let text = "<Row xmlns='urn:t' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' xmlns:s='http://www.w3.org/2001/XMLSchema'>\
        <Text i:type='s:NCName'>a</Text><Sum i:type='s:unsignedByte'>1</Sum><Count i:type='s:int'>5</Count>\
        <Own i:type='OwnType'>9</Own><Days i:type='DaysType'>Tue Mon</Days><Size i:type='SizeType'>big</Size>\
        <Place i:type='PlaceType'>abc</Place><Words i:type='s:NMTOKENS'>a b</Words><Words i:type='FewType'>a</Words>\
        <Few i:type='FewType'>a b</Few></Row>";
    let read = Row::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
    let lenient = Row::from_xml_lenient(text.as_bytes()).map_err(|error| error.to_string())?;
    if read == lenient.value && lenient.notes.is_empty() && read.text.as_deref() == Some("a") {
        Ok(())
    } else {
        Err(format!("{read:?} {lenient:?}"))
    }
}
