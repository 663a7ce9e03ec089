//! When two names, or two addresses, are the same (UCS G3, P2).

use unicode_normalization::UnicodeNormalization;

/// The form in which names are compared: NFC, without regard to case (UCS G3).
///
/// Case is dropped character by character, so that no letter depends on its neighbours (Greek sigma), and by way of
/// lower case, so that `ẞ` is `ß`, then upper case, so that `ß` and `SS` agree.
pub fn fold_name(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let lower = name.nfc().flat_map(char::to_lowercase);
    let folded: String = lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    folded.nfc().collect()
}

/// The form in which IM addresses and TEL URIs are compared: without regard to case, and without a leading `sip:` or
/// `tel:` (UCS P2).
pub fn fold_address(address: &str) -> String {
    fold_name(bare_address(address))
}

/// An address without the white space around it and without a leading `sip:` or `tel:`.
pub fn bare_address(address: &str) -> &str {
    let address = address.trim();
    match address.split_at_checked(4) {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case("sip:") || scheme.eq_ignore_ascii_case("tel:") =>
        {
            rest.trim_start()
        }
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UCS G3.
    #[test]
    fn names_agree_whatever_their_case_and_composition() {
        for (one, other) in [
            ("Friends", "fRIENDS"),
            ("Cafe\u{301}", "CAF\u{c9}"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("ΟΔΟΣ", "οδος"),
            ("ΟΔΟΣ", "οδοσ"),
            ("Жуки", "ЖУКИ"),
        ] {
            assert_eq!(fold_name(one), fold_name(other), "{one} {other}");
        }
        assert_ne!(fold_name("Friends"), fold_name("Friend"));
        assert_ne!(fold_name("Cafe"), fold_name("Café"));
    }

    /// UCS P2.
    #[test]
    fn addresses_agree_whatever_their_case_and_scheme() {
        for same in ["sip:jane@example.org", "SIP:Jane@Example.org", "JANE@EXAMPLE.ORG", "jane@example.org"] {
            assert_eq!(fold_address(same), "jane@example.org");
        }
        assert_eq!(fold_address("tel:+1 555"), fold_address("TEL:+1 555"));
        assert_eq!(fold_address("tel:+1 555"), fold_address("+1 555"));
        assert_ne!(fold_address("sips:jane@example.org"), fold_address("jane@example.org"));
        assert_eq!(fold_address("sip:"), "");
        assert_eq!(fold_address("é€"), "é€");
    }

    /// UCS G3: of every letter that has a case, all forms agree, and folding again changes nothing.
    #[test]
    fn every_letter_agrees_with_its_other_cases() {
        let mut letters = 0;
        for letter in '\u{80}'..=char::MAX {
            let (upper, lower) = (letter.to_uppercase().to_string(), letter.to_lowercase().to_string());
            let letter = letter.to_string();
            if upper != letter || lower != letter {
                letters += 1;
                let folded = fold_name(&letter);
                assert_eq!(fold_name(&upper), folded, "{letter} {upper}");
                assert_eq!(fold_name(&lower), folded, "{letter} {lower}");
                assert_eq!(fold_name(&folded), folded, "{letter}");
            }
        }
        assert!(letters > 2000, "{letters}");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["ŉ", "ΐ", "ǰ", "İstanbul", "ﬁ", "ẞ", "Ǆ", "ᾳ"] {
            assert_eq!(fold_name(&fold_name(text)), fold_name(text), "{text}");
        }
    }
}
