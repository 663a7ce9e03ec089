//! A list may be said to be of its type, or of one that restricts it, and not of that of its items.

use super::test::Row;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    for (ints, either) in [("IntsType", "EitherType"), ("SameIntsType", "IntsType"), ("FewIntsType", "FewIntsType")] {
        let text = format!(
            "<Row xmlns='urn:t' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' xmlns:s='http://www.w3.org/2001/XMLSchema'>\
             <One i:type='SizeType'>5</One><Ints i:type='{ints}'>1 2</Ints><Size i:type='SizeType'>9</Size>\
             <Sizes i:type='SizesType'>9 8</Sizes><Either i:type='{either}'>1 2</Either></Row>"
        );
        let read = Row::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
        let lenient = Row::from_xml_lenient(text.as_bytes()).map_err(|error| error.to_string())?;
        if read != lenient.value || !lenient.notes.is_empty() || read.ints != Some(vec![1, 2]) {
            return Err(format!("{read:?} {lenient:?}"));
        }
    }
    Ok(())
}
