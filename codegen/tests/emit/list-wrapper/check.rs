//! An absent list is told apart from an empty one.

use oxws::rt::Document;

pub(crate) fn check() -> Result<(), String> {
    let read = |text: &str| super::test::Team::from_xml(text.as_bytes()).map_err(|error| error.to_string());
    let absent = read(r#"<Team xmlns="urn:t"><Members/></Team>"#)?;
    let empty = read(r#"<Team xmlns="urn:t"><Members/><Guests/></Team>"#)?;
    let fine = absent.guests.is_none() && empty.guests.as_ref().is_some_and(Vec::is_empty) && absent != empty;
    if fine { Ok(()) } else { Err(format!("{absent:?} {empty:?}")) }
}
