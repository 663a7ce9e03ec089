//! Simple types that xsi:type names are read by what it names; the value says no more than its own type.

use oxws::rt::Document;

use super::test::Element;

/// Each document is read strictly and leniently, to a value that another one has without xsi:type.
pub(crate) fn check() -> Result<(), String> {
    let row = |content: &str| {
        format!("<Row xmlns='urn:t' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>{content}</Row>")
    };
    for (typed, plain) in [
        ("<Size i:type='Size'>9</Size>", "<Size>9</Size>"),
        ("<Size i:type='Small'>3</Size>", "<Size>3</Size>"),
        ("<Text i:type='Letter'><!-- c -->b</Text>", "<Text>b</Text>"),
        ("<Text i:type='Alias'>c</Text>", "<Text>c</Text>"),
        ("<Alias i:type='Alias'>c</Alias>", "<Alias>c</Alias>"),
        ("<Alias i:type='Letter'>a</Alias>", "<Alias>a</Alias>"),
        ("<List i:type='Sizes'>1 2</List>", "<List>1 2</List>"),
        ("<Some i:type='Small'>1</Some>", "<Some>1</Some>"),
        ("<Some i:type='Letter'>a</Some>", "<Some>a</Some>"),
        ("<Number i:type='Size'>3</Number>", "<Number>3</Number>"),
        ("<Number i:type='x:byte' xmlns:x='http://www.w3.org/2001/XMLSchema'>3</Number>", "<Number>3</Number>"),
    ] {
        let read = |text: &str| Element::from_xml(row(text).as_bytes()).map_err(|error| format!("{text}: {error}"));
        let lenient = Element::from_xml_lenient(row(typed).as_bytes()).map_err(|error| error.to_string())?;
        if read(typed)? != read(plain)? || lenient.value != read(plain)? || !lenient.notes.is_empty() {
            return Err(format!("{typed} is not {plain}: {:?}", lenient.notes));
        }
    }
    Ok(())
}
