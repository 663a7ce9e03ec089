//! `Query`: words that all have to match, and when one does (UCS F1).

use super::Refusal;
use crate::contacts::{TEXT_LIMIT, fold_address, fold_name};

/// Words that a query may have.
pub const WORD_LIMIT: usize = 32;

/// The words of a query, as they are compared.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Query {
    words: Vec<String>,
}

impl Query {
    /// The words of a text: what is between white space, without quotation marks and a leading `sip:` or `tel:`.
    ///
    /// # Errors
    /// When there are too many, or the text is too long.
    pub fn new(text: &str) -> Result<Query, Refusal> {
        if text.len() > TEXT_LIMIT && text.chars().count() > TEXT_LIMIT {
            return Err(Refusal::QueryTooLong);
        }
        let unquoted = text.split_whitespace().map(|word| word.trim_matches(['"', '“', '”', '„']));
        let words: Vec<String> = unquoted.map(fold_address).filter(|word| !word.is_empty()).collect();
        match words.len() {
            0..=WORD_LIMIT => Ok(Query { words }),
            _ => Err(Refusal::TooManyWords),
        }
    }

    /// Of one word that is folded; `None` when it is empty.
    pub(super) fn of_word(folded: &str) -> Option<Query> {
        (!folded.is_empty()).then(|| Query { words: vec![folded.to_owned()] })
    }

    /// Whether it asks for nothing in particular.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words, folded.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether each word begins some word of a searchable text.
    pub fn matches(&self, text: &str) -> bool {
        self.words.iter().all(|word| is_in(word, text))
    }
}

/// The form in which fields are searched: folded, one line for each, so that no word of a query spans two.
pub(super) fn searchable<'f>(fields: impl IntoIterator<Item = &'f str>) -> String {
    let mut lines = String::new();
    for field in fields {
        lines.push_str(field);
        lines.push('\n');
    }
    fold_name(&lines)
}

/// Whether a word begins a word of a text.
fn is_in(word: &str, text: &str) -> bool {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(word)) {
        let at = from + found;
        if is_start(text, at) {
            return true;
        }
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
    }
    false
}

/// Whether a word begins at that place: anything after what is neither letter nor digit, what is neither anywhere, and
/// every character of a script that writes no blanks between words.
pub(super) fn is_start(text: &str, at: usize) -> bool {
    let Some(first) = text[at..].chars().next() else { return false };
    let before = text[..at].chars().next_back();
    before.is_none_or(|before| !before.is_alphanumeric()) || !first.is_alphanumeric() || is_unspaced(first)
}

/// Thai to Khmer, kana, Han and Hangul.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2E80..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF
        | 0x2_0000..=0x3_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(query: &str, fields: &[&str]) -> bool {
        Query::new(query).is_ok_and(|query| query.matches(&searchable(fields.iter().copied())))
    }

    /// UCS F1.
    #[test]
    fn all_words_begin_words_whatever_their_case_and_order() {
        let jane = ["Jane O'Brien-Müller", "jane.doe@example.org", "Contoso Ltd.", "+1 555 0100"];
        for found in [
            "jane",
            "JAN",
            "müller jane",
            "MU\u{308}LLER",
            "brien",
            "o'brien",
            "example",
            "doe@example.org",
            "sip:jane.doe",
            "@example.org",
            "contoso jane",
            "  jane \t doe ",
            "\"jane contoso\"",
            "555",
            "",
            "\"\"",
            "ltd.",
            "'",
        ] {
            assert!(matches(found, &jane), "{found}");
        }
        for lost in ["ane", "jane smith", "uller", "xample", "janedoe", "jane@", "ltd.x", "***", "jane\u{0}"]
        {
            assert!(!matches(lost, &jane), "{lost}");
        }
    }

    /// UCS F1: no word is found across two fields, nor only where matches overlap.
    #[test]
    fn words_are_found_where_they_are() {
        assert!(!matches("jane.doe", &["jane", "doe"]));
        assert!(matches("a.a", &["xa.a.a"]));
        assert!(matches("太郎", &["山田太郎"]) && matches("수", &["김철수"]));
        assert!(matches("STRASSE", &["Straße 5"]) && matches("straße", &["STRASSE"]));
    }

    /// UCS F1.
    #[test]
    fn a_query_has_its_limits() {
        let words = vec!["a"; WORD_LIMIT].join(" ");
        assert_eq!(Query::new(&words).map(|query| query.words().len()), Ok(WORD_LIMIT));
        assert_eq!(Query::new(&format!("{words} a")), Err(Refusal::TooManyWords));
        assert!(Query::new(&"ä".repeat(TEXT_LIMIT)).is_ok());
        assert_eq!(Query::new(&"ä".repeat(TEXT_LIMIT + 1)), Err(Refusal::QueryTooLong));
    }
}
