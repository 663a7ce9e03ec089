//! A prefix that means something else where the name is written gives way.

use super::test::{Marked, Names};
use oxws::rt::{Document, QName};

pub fn check() -> Result<(), String> {
    let text = "<n:Names xmlns:n='urn:t' xmlns:t='urn:other' main='t:x'><n:Name>t:y</n:Name><n:Name xmlns='urn:d'>z</n:Name></n:Names>";
    let read = Names::from_xml(text.as_bytes()).map_err(|error| error.to_string())?;
    let mut named = read.clone();
    let made = QName::within("urn:made", None, "made").map_err(|error| error.to_string())?;
    named.marked = Some(Marked { also: Some(made.clone()), ..Marked::new(made) });
    let written = named.to_xml().map_err(|error| error.to_string())?;
    let again = Names::from_xml(&written).map_err(|error| error.to_string())?;
    let namespaces: Vec<Option<&str>> = again.name.iter().map(QName::namespace).collect();
    if again != named || namespaces != [Some("urn:other"), Some("urn:d")] {
        return Err(format!("{}\n{again:?}", String::from_utf8_lossy(&written)));
    }
    Ok(())
}
