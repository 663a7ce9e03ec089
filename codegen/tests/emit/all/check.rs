//! An `all` group is read in any order and written in that of the schema.

use oxws::rt::Document;

pub(crate) fn check() -> Result<(), String> {
    let text = r#"<Card xmlns="urn:t"><Age>7</Age><Name>N</Name></Card>"#;
    let card = super::test::Card::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
    let written = String::from_utf8(card.to_xml().map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let expected = r#"<t:Card xmlns:t="urn:t"><t:Name>N</t:Name><t:Age>7</t:Age></t:Card>"#;
    if written == expected { Ok(()) } else { Err(written) }
}
