//! An empty element of mixed content has the text of its declaration; what is there takes its place.

use super::test::Letter;
use oxws::rt::Document;

pub(crate) fn check() -> Result<(), String> {
    let read = |text: &str| Letter::from_xml(text.as_bytes()).map_err(|error| error.to_string());
    let empty = read("<Letter xmlns='urn:t'><Greeting lang='en'/><Body/><Closing/><Note/></Letter>")?;
    let said = read("<Letter xmlns='urn:t'><Greeting lang='en'>Hello</Greeting><Body/><Closing>Yours</Closing><Note>none</Note></Letter>")?;
    if empty != said || !empty.greeting.is_implied() || said.greeting.is_implied() {
        return Err(format!("{empty:?} {said:?}"));
    }
    // Where there is a fixed value there are no children (XML Schema Part 1, 3.3.4, 5.2.2.1).
    let child = read("<Letter xmlns='urn:t'><Greeting/><Closing>Yours<Name>A</Name></Closing></Letter>");
    match child {
        Err(message) if message.contains("fixed value 'Yours'") => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
