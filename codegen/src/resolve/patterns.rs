//! Patterns, the regular expressions of XML Schema: whether their syntax is in order, and which of them mean the same
//! to the regex crates that generated code uses.

/// What is wrong with the syntax of a pattern: brackets, parentheses, escapes and quantifiers must be in
/// order.
pub(super) fn problem(pattern: &str) -> Option<&'static str> {
    let mut open = 0usize;
    let mut class = 0usize;
    let mut atom = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match c {
            '\\' => match next {
                None => return Some("ends with a backslash"),
                Some('p' | 'P') => {
                    chars.next();
                    if chars.next() != Some('{') || !chars.by_ref().any(|c| c == '}') {
                        return Some("has a category escape without braces, as in \\p{L}");
                    }
                    atom = true;
                }
                Some(_) => {
                    chars.next();
                    atom = true;
                }
            },
            // Within a class, `[` only opens a subtraction: `[a-z-[aeiou]]`.
            '[' => {
                class += 1;
                if next == Some('^') {
                    chars.next();
                }
                if chars.peek() == Some(&']') {
                    return Some("has an empty character class");
                }
            }
            ']' if class > 0 => {
                class -= 1;
                atom = true;
            }
            _ if class > 0 => {}
            ']' => return Some("has a `]` without `[`"),
            '(' => {
                open += 1;
                atom = false;
            }
            ')' if open == 0 => return Some("has a `)` without `(`"),
            ')' => {
                open -= 1;
                atom = true;
            }
            '|' => atom = false,
            '?' | '*' | '+' | '{' => {
                if !atom {
                    return Some("repeats nothing");
                }
                if c == '{' {
                    let count: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    if !is_count(&count) {
                        return Some("has a repetition that is not {n}, {n,} or {n,m}");
                    }
                }
                atom = false;
            }
            _ => atom = true,
        }
    }
    match (open, class) {
        (0, 0) => None,
        (_, 0) => Some("has a `(` that is not closed"),
        _ => Some("has a `[` that is not closed"),
    }
}

/// Whether a pattern whose syntax is in order begins with `^` and ends with `$`, as those of other languages do, where
/// these are the ends of the text.
pub(super) fn has_anchors(pattern: &str) -> bool {
    let before = pattern.strip_suffix('$').map(|rest| rest.len() - rest.trim_end_matches('\\').len());
    let end = before.is_some_and(|slashes| slashes.is_multiple_of(2));
    pattern.starts_with('^') && end
}

fn is_count(text: &str) -> bool {
    let (low, high) = text.split_once(',').unwrap_or((text, text));
    let number = |s: &str| s.parse::<u32>().ok();
    match (number(low), high.is_empty(), number(high)) {
        (Some(_), true, _) => true,
        (Some(low), false, Some(high)) => low <= high,
        _ => false,
    }
}

/// Whether a pattern whose syntax is in order means the same to the regex crates, as most do: it has neither character
/// classes nor signs that are special to only one of the two. The runtime translates the others.
pub(crate) fn is_plain(pattern: &str) -> bool {
    let mut rest = pattern.as_bytes();
    let mut class = false;
    while let [byte, after @ ..] = rest {
        rest = after;
        let plain = match (class, byte, after) {
            (_, b'\\', [escaped, after @ ..]) => {
                rest = after;
                let sign = escaped.is_ascii_punctuation() && !matches!(escaped, b'<' | b'>');
                sign || matches!(escaped, b'n' | b'r' | b't')
            }
            (false, b'[', _) => {
                class = true;
                rest = after.strip_prefix(b"^").unwrap_or(after);
                true
            }
            (true, b']', _) => {
                class = false;
                true
            }
            (true, from, [b'-', to, after @ ..]) if from.is_ascii_alphanumeric() => {
                rest = after;
                to.is_ascii_alphanumeric() && from <= to
            }
            (true, byte, _) => byte.is_ascii_alphanumeric() || b" !\"#$%'()*+,./:;<=>?@_`{|}".contains(byte),
            (false, byte, _) => {
                byte.is_ascii_alphanumeric() || b" !\"#%&'()*+,-/:;<=>?@_`{|}~".contains(byte)
            }
        };
        if !plain {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{has_anchors, is_plain, problem};

    #[test]
    fn syntax() {
        for good in [
            "[a-z]{3}",
            r"\d+(\.\d+)?",
            r"\p{L}*",
            "[a-z-[aeiou]]+",
            "a|b|",
            "",
            r"[\]]x{2,}",
            "(a(b)c)?",
            "[^()]{1,5}",
            "a{0}",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["[a-z", "a)", "(a", "*a", "a**", "a{x}", "a{3,2}", "\\", r"\pL", "a]", "[]"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn anchors() {
        for anchored in ["^a$", r"^a\\$", "^a$|^b$"] {
            assert!(has_anchors(anchored), "{anchored}");
        }
        for other in ["a", "$", "^", r"US\$", "[^a]", "[a$]", r"\^a", ""] {
            assert!(!has_anchors(other), "{other}");
        }
    }

    #[test]
    fn plain_patterns_mean_the_same_to_the_regex_crates() {
        for plain in [
            "",
            "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}",
            "(0x|0X)[0-9A-Fa-f]{1,4}",
            r"[^@]+@[^.]+\.[a-z]{2,}",
            r"[+\-*/.]|a b",
            r"a\|\n\[",
        ] {
            assert!(problem(plain).is_none() && is_plain(plain), "{plain}");
        }
        for other in [
            r"\d+",
            r"\w",
            r"\i\c*",
            r"\p{L}",
            ".",
            "a.b",
            "^a$",
            "[a-z-[aeiou]]",
            "[a-]",
            "[-a]",
            "[a&&b]",
            "[a~~b]",
            "[a^[]",
            "[+--]",
            "[é]",
            "é",
            r"\<",
            r"[\d]",
            r"[\s]",
            "[z-a]",
            "[ --]",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
