//! An element that is nillable may say that it is not nil; one that is not may say nothing, which a lenient reader takes.

use super::test::Form;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    let text = "<Form xmlns='urn:t' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><Age i:nil='false'>1</Age>\
                <Next i:nil=' 0 '/></Form>";
    let form = Form::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
    if form.age.value() != Some(&1) || form.next.iter().all(|next| next.value().is_none()) {
        return Err(format!("{form:?}"));
    }
    let wrong = text.replacen("false", "maybe", 1);
    if Form::from_xml(wrong.as_bytes()).is_ok() {
        return Err(wrong);
    }
    let text = text.replace("<Next", "<Tags><Tag i:nil='false'>a</Tag></Tags><Next");
    let lenient = Form::from_xml_lenient(text.as_bytes()).map_err(|error| error.to_string())?;
    if lenient.notes.is_empty() { Ok(()) } else { Err(format!("{:?}", lenient.notes)) }
}
