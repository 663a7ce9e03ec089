//! Patterns, the regular expressions of XML Schema: whether their syntax is in order, and which of them mean the same
//! to the regex crates that generated code uses.

use std::iter::Peekable;
use std::str::Chars;

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

/// What has no meaning in a pattern whose syntax is in order otherwise: escapes that XML Schema does not have, and ranges
/// that have no end. The runtime would refuse nothing.
pub(super) fn doubt(pattern: &str) -> Option<&'static str> {
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let read = match c {
            '\\' => escape(&mut chars).map(|_| ()),
            '[' => class(&mut chars),
            _ => Ok(()),
        };
        if let Err(what) = read {
            return Some(what);
        }
    }
    None
}

/// The character that follows a backslash, or `None` where that stands for several.
fn escape(chars: &mut Peekable<Chars<'_>>) -> Result<Option<char>, &'static str> {
    match chars.next() {
        Some('p' | 'P') => {
            chars.next();
            let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
            if is_category(&name) { Ok(None) } else { Err("names a category that there is not") }
        }
        Some('s' | 'S' | 'i' | 'I' | 'c' | 'C' | 'd' | 'D' | 'w' | 'W') => Ok(None),
        Some('n') => Ok(Some('\n')),
        Some('r') => Ok(Some('\r')),
        Some('t') => Ok(Some('\t')),
        // Signs are often escaped that need not be.
        Some(c) if !c.is_ascii_alphanumeric() => Ok(Some(c)),
        _ => Err("has an escape that XML Schema does not know"),
    }
}

/// What is in a class, after its `[`.
fn class(chars: &mut Peekable<Chars<'_>>) -> Result<(), &'static str> {
    while let Some(c) = chars.next() {
        let from = match c {
            ']' => return Ok(()),
            '-' if chars.next_if_eq(&'[').is_some() => {
                class(chars)?;
                match chars.next() {
                    Some(']') => return Ok(()),
                    _ => return Err("has something behind a class that is taken away"),
                }
            }
            '\\' => match escape(chars)? {
                Some(c) => c,
                None => continue,
            },
            c => c,
        };
        let mut ahead = chars.clone();
        if ahead.next() != Some('-') || matches!(ahead.peek(), None | Some(']' | '[')) {
            continue;
        }
        chars.next();
        let to = match chars.next() {
            Some('\\') => escape(chars)?.ok_or("has a range that ends with a class")?,
            to => to.unwrap_or(from),
        };
        if to < from {
            return Err("has a range that ends before it begins");
        }
    }
    Ok(())
}

/// Whether `\p{…}` may have that name: of a category, or what may be one of a block.
fn is_category(name: &str) -> bool {
    let within = |letters: &str, rest: &str| rest.is_empty() || (rest.len() == 1 && letters.contains(rest));
    match name.split_at_checked(1) {
        Some(("L", rest)) => within("ultmo", rest),
        Some(("M", rest)) => within("nce", rest),
        Some(("N", rest)) => within("dlo", rest),
        Some(("P", rest)) => within("cdseifo", rest),
        Some(("Z", rest)) => within("slp", rest),
        Some(("S", rest)) => within("mcko", rest),
        Some(("C", rest)) => within("cfosn", rest),
        Some(("I", rest)) => rest.strip_prefix('s').is_some_and(|block| {
            !block.is_empty() && block.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        }),
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
    use super::{doubt, has_anchors, is_plain, problem};

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
    fn meaning() {
        for good in [
            r"[a-z-[aeiou]]+\-[\w-_.]",
            r"\p{L}\P{Zs}\p{IsLatin-1Supplement}[\p{Nd}-]",
            r"\/\@\_[+--][^\]-a]",
            r"[-a][a-][^^]\n[\t-\r]",
            r"[\i-[:]][a-z-[b-y-[m]]]",
        ] {
            assert_eq!((problem(good), doubt(good)), (None, None), "{good}");
        }
        for bad in [
            r"\bq",
            r"\u0041",
            r"\1",
            r"\p{\\L}",
            r"\p{Lx}",
            r"\p{Is}",
            r"[\p{}]",
            "[z-a]",
            "[_-.]",
            r"[a-\d]",
            "[a-z-[b]c]",
        ] {
            assert!(problem(bad).is_none() && doubt(bad).is_some(), "{bad}");
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
