//! A name with a fixed value may have any prefix, and none where its namespace is the default.

use super::test::Fault;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    for text in [
        "<Fault xmlns='urn:t' Code='Sender'><Code>Sender</Code></Fault>",
        "<o:Fault xmlns:o='urn:t' Code='o:Sender'><o:Code>o:Sender</o:Code></o:Fault>",
    ] {
        Fault::from_xml(text.as_bytes()).map_err(|error| format!("{text}: {error}"))?;
    }
    Ok(())
}
