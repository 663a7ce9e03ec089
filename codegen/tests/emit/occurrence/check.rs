//! A list that is shorter or longer than the schema asks for is not written.

use super::test::{Element, Team, TeamContent};
use oxws::rt::{Document, ErrorKind, ReadOptions};
use oxws::roundtrip::round_trip;

pub fn check() -> Result<(), String> {
    let mut team = Team { player: vec!["a".to_owned()], ..Team::default() };
    team.content = vec![TeamContent::new(1), TeamContent::new(2)];
    for (players, expected) in [(1, "`t:Player` occurs 1 times; the schema asks for 2 to 5"), (6, "occurs 6 times"), (2, "")] {
        team.player = vec!["p".to_owned(); players];
        match team.to_xml() {
            Err(error) if error.kind() == ErrorKind::Unwritable && error.message().contains(expected) && !expected.is_empty() => {}
            Ok(_) if expected.is_empty() => {}
            other => return Err(format!("{players}: {other:?}")),
        }
    }
    // xmllint lets this pass, so that it cannot be a document.
    let never = "<Team xmlns='urn:t'><Player/><Player/><Home>1</Home><Home>1</Home><Never/></Team>";
    if let Ok(team) = Team::from_xml(never.as_bytes()) {
        return Err(format!("{team:?}"));
    }
    // What a lenient reader took may be written as it is.
    let crowd = format!("<Team xmlns='urn:t'>{}<Home>1</Home><Home>2</Home></Team>", "<Player/>".repeat(7));
    let written = round_trip::<Element>(crowd.as_bytes(), &ReadOptions::lenient()).map_err(|e| e.to_string())?;
    if String::from_utf8_lossy(&written.xml).matches("<t:Player></t:Player>").count() != 7 {
        return Err(String::from_utf8_lossy(&written.xml).into_owned());
    }
    team.content.pop();
    match team.to_xml() {
        Err(error) if error.message().starts_with("`t:Home` occurs 1 times") && error.path() == "/Team" => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
