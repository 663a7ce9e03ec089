//! XML Schema patterns as regular expressions of the `regex` crates.

/// Translates a pattern facet; the result is not anchored. `Err` says what is not supported.
pub fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars().peekable();
    let mut class = 0_usize;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('i') => out.push_str(if class > 0 { "A-Z_a-z:" } else { "[A-Z_a-z:]" }),
                Some('c') => out.push_str(if class > 0 { "-.0-9A-Z_a-z:" } else { "[-.0-9A-Z_a-z:]" }),
                Some('I') if class == 0 => out.push_str("[^A-Z_a-z:]"),
                Some('C') if class == 0 => out.push_str("[^-.0-9A-Z_a-z:]"),
                Some('s') => out.push_str(if class > 0 { " \\t\\n\\r" } else { "[ \\t\\n\\r]" }),
                Some('S') if class == 0 => out.push_str("[^ \\t\\n\\r]"),
                Some(known @ ('d' | 'D' | 'w' | 'W' | 'n' | 'r' | 't')) => out.extend(['\\', known]),
                Some('p' | 'P') => return Err("a Unicode category (`\\p`)".to_owned()),
                Some(other) if other.is_ascii_alphanumeric() => {
                    return Err(format!("the escape `\\{other}`"));
                }
                Some(other) => out.extend(['\\', other]),
                None => return Err("a `\\` at the end".to_owned()),
            },
            // These anchor or match line ends in the regex crates and stand for themselves in XML Schema.
            '^' if class > 0 && out.ends_with('[') => out.push('^'),
            '^' | '$' => out.extend(['\\', c]),
            '.' if class == 0 => out.push_str("[^\\n\\r]"),
            '-' if class > 0 && chars.peek() == Some(&'[') => {
                return Err("class subtraction (`-[`)".to_owned());
            }
            '[' if class > 0 => out.push_str("\\["),
            '[' => {
                class += 1;
                out.push('[');
            }
            ']' if class > 0 => {
                class -= 1;
                out.push(']');
            }
            '&' | '~' if class > 0 => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    if class > 0 { Err("a class that does not end".to_owned()) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn patterns_keep_their_meaning() {
        let cases = [
            ("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}", "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}"),
            ("(0x|0X)[0-9A-Fa-f]{1,4}", "(0x|0X)[0-9A-Fa-f]{1,4}"),
            (r"\i\c*", "[A-Z_a-z:][-.0-9A-Z_a-z:]*"),
            (r"[\i-[:]]", ""),
            ("^a$", r"\^a\$"),
            ("[^a.]", "[^a.]"),
            (r"\p{L}", ""),
            ("a.b", r"a[^\n\r]b"),
        ];
        for (pattern, expected) in cases {
            assert_eq!(translate(pattern).unwrap_or_default(), expected, "{pattern}");
        }
    }
}
