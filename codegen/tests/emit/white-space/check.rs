//! What stands in values, in place of the white space of the document.

use super::test::{Collapsed, Replaced, Spaces, Word};
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    let text = "<Spaces xmlns='urn:t'><Replaced>\ta\n b</Replaced><Collapsed>\n a \t b\n</Collapsed><Word> two\nwords </Word></Spaces>";
    let read = Spaces::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
    let written = read.to_xml().map_err(|error| error.to_string())?;
    let written = String::from_utf8_lossy(&written).into_owned();
    let expected = "<t:Replaced> a  b</t:Replaced><t:Collapsed>a b</t:Collapsed><t:Word>two words</t:Word>";
    if !written.contains(expected) {
        return Err(written);
    }
    let built = Collapsed::new(Replaced::new("\ta  b ").map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    if built.as_str() != "a b" || Collapsed::new(Replaced::new("a b cd").map_err(|e| e.to_string())?).is_ok() {
        return Err(format!("{built:?}"));
    }
    if Word::from("two words") != Word::TwoWords { Err("the word".to_owned()) } else { Ok(()) }
}
