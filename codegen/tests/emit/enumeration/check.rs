//! A value that the schema does not list is kept by a lenient reader.

use super::test::{Element, Value};
use oxws::rt::Document;

pub(crate) fn check() -> Result<(), String> {
    let read = Element::from_xml_lenient(br#"<Value xmlns="urn:t">new</Value>"#).map_err(|e| e.to_string())?;
    let kept = read.value == Element::Value(Value::Other("new".to_owned())) && read.notes.len() == 1;
    let texts: Vec<&str> = Value::VALUES.iter().map(Value::as_str).collect();
    let listed = texts == ["", "Other", "1st", "+", "-", "<=\"", "m²", "type", "self"];
    if kept && listed { Ok(()) } else { Err(format!("{read:?} {texts:?}")) }
}
