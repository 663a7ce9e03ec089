//! Fixed values are compared as values; a lenient reader takes others, with a note.

use super::test::Job;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    let same = Job::from_xml(b"<Job xmlns='urn:t' must='1' scale='1.00'/>").map_err(|error| error.to_string())?;
    let read = Job::from_xml_lenient(b"<Job xmlns='urn:t' must='false'/>").map_err(|error| error.to_string())?;
    let notes: Vec<&str> = read.notes.iter().map(|note| &*note.message).collect();
    if !same.must || read.value.must || notes != ["The value of the 'must' attribute does not equal its fixed value 'true'."] {
        return Err(format!("{same:?} {notes:?}"));
    }
    Ok(())
}
