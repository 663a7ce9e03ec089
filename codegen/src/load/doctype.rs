//! The entities of a document type declaration, as far as schemas use them: plain text for attribute values.

use std::collections::BTreeMap;

/// Entity name to text.
pub(super) type Entities = BTreeMap<String, String>;

/// The general entities that a declaration gives as plain text. `None` when an entity's text holds `<` or a
/// character reference: it could expand to elements, which the scan would not see. Comments and attribute
/// lists may hold both. Entities made of other entities are left out, so that nothing grows beyond what is
/// written.
pub(super) fn entities(doctype: &str) -> Option<Entities> {
    let mut entities = Entities::new();
    let mut rest = doctype;
    while let Some((_, declaration)) = rest.split_once("<!") {
        rest = declaration;
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some(entity) = rest.strip_prefix("ENTITY") {
            rest = entity;
            // Up to the `>` that ends the declaration, literals in quotes on the way.
            while let Some(at) = rest.find(['"', '\'', '>']) {
                let (before, found) = rest.split_at(at);
                let (quote, after) = found.split_at(1);
                rest = after;
                if quote == ">" {
                    break;
                }
                let (literal, after) = rest.split_once(quote).unwrap_or((rest, ""));
                if literal.contains('<') || literal.contains("&#") {
                    return None;
                }
                // Parameter entities and external ones have more than a name before the literal.
                let name = before.trim();
                if !name.is_empty() && !name.contains(char::is_whitespace) && !literal.contains(['&', '%']) {
                    entities.entry(name.to_owned()).or_insert_with(|| literal.to_owned());
                }
                rest = after;
            }
        }
    }
    Some(entities)
}

#[cfg(test)]
mod tests {
    use super::entities;

    #[test]
    fn plain_text_is_kept_and_markup_refused() {
        let text = "s [<!-- <!ENTITY c '<'> --><!ENTITY a 'one'><!ENTITY % p 'x'><!ENTITY b \"&a;&a;\">\
         <!ATTLIST s x CDATA '<'>]";
        let found = entities(text).unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("a".to_owned(), "one".to_owned())]);
        assert!(entities("s [<!ENTITY a '<b/>'>]").is_none());
        assert!(entities("s [<!ENTITY a '&#60;b/>'>]").is_none());
        assert!(entities("s [<!ENTITY a '").is_some_and(|e| e.is_empty() || e.len() == 1));
    }
}
