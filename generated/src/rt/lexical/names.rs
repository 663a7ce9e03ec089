//! Names of XML as values: `NmToken`, `XmlName`, `NcName`, `Id`, `IdRef`, `Entity`. Their characters are those of XML
//! 1.0, fifth edition, which has more than the second one that XML Schema 1.0 refers to.

use super::strings::text_type;
use crate::rt::escape::is_name;
use crate::rt::space::collapse;

/// Whether the text consists of characters that names may have, at least one.
fn is_name_token(text: &str) -> bool {
    let within = |c: char| {
        // After a character that may begin a name, every character of a name may stand.
        let mut name = [b'_'; 5];
        let len = name.split_first_mut().map_or(0, |(_, rest)| c.encode_utf8(rest).len());
        name.get(..=len).and_then(|name| std::str::from_utf8(name).ok()).is_some_and(is_name)
    };
    for c in text.chars() {
        if !within(c) {
            return false;
        }
    }
    !text.is_empty()
}

/// Whether the text is a name without colon.
pub(super) fn is_plain_name(text: &str) -> bool {
    is_name(text) && !text.as_bytes().contains(&b':')
}

text_type! {
    /// One or more characters that names may have: xs:NMTOKEN.
    ///
    /// Valid literals: `a`, `123`, `-x:y`. Invalid: `a b`, `a,b` and the empty text.
    NmToken, "NMTOKEN", "NMTOKEN", collapse, is_name_token
}

text_type! {
    /// A name of XML, colons allowed: xs:Name.
    ///
    /// Valid literals: `a`, `_1`, `x:y`, `:a`. Invalid: `1a`, `-a`, `a b` and the empty text.
    XmlName, "Name", "Name", collapse, is_name
}

text_type! {
    /// A name without colons: xs:NCName.
    ///
    /// Valid literals: `a`, `_1`, `x-y.z`. Invalid: `x:y`, `1a`, `a b` and the empty text.
    NcName, "NCName", "NCName", collapse, is_plain_name
}

text_type! {
    /// A name that is given to the element it stands at: xs:ID.
    ///
    /// Literals are those of [`NcName`]. A strict reader refuses a document that gives one twice.
    Id, "ID", "ID", collapse, is_plain_name, Given
}

text_type! {
    /// The [`Id`] of another element: xs:IDREF.
    ///
    /// Literals are those of [`NcName`]. A strict reader refuses a document that gives IDs, but not this one.
    IdRef, "IDREF", "IDREF", collapse, is_plain_name, Named
}

text_type! {
    /// The name of an unparsed entity: xs:ENTITY.
    ///
    /// Literals are those of [`NcName`]. That it is declared is not checked: these documents have no DOCTYPE.
    Entity, "ENTITY", "ENTITY", collapse, is_plain_name
}
