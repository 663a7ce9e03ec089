//! Pattern facets: regular expressions of XML Schema. Those with character classes of its own (`\i`, `\p{L}`,
//! `[a-z-[aeiou]]`) are translated into those of the regex crates when first used.

use std::sync::OnceLock;

use regex_lite::Regex;

use super::categories::{BLOCKS, CATEGORIES};

/// A pattern facet.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    /// Makes an expression of the regex crates of it that matches whole texts.
    expression: fn(&str) -> Option<String>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern as it stands in the schema; the generator has checked its syntax.
    pub const fn new(source: &'static str) -> Pattern {
        Pattern { source, expression: translate::<Pattern>, compiled: OnceLock::new() }
    }

    /// The same for one that the generator has seen to mean the same to the regex crates: a crate that has no others
    /// goes without the code that translates them.
    pub const fn plain(source: &'static str) -> Pattern {
        Pattern { source, expression: whole, compiled: OnceLock::new() }
    }

    /// Whether the whole text matches. A pattern that is too large to compile refuses nothing.
    pub fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(&(self.expression)(self.source)?).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

/// An expression of the regex crates as one that matches whole texts.
fn whole(expression: &str) -> Option<String> {
    Some(format!("^(?:{expression})$"))
}

/// A set of characters: ranges of code points, sorted, none touching another.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Set(Vec<(u32, u32)>);

const LAST: u32 = 0x10_FFFF;

impl Set {
    #[inline]
    fn of(ranges: Vec<(u32, u32)>) -> Set {
        // They are few: a sort of the standard library is 7 KB of code that every crate would compile.
        let mut sorted: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for range in ranges {
            let at = sorted.partition_point(|before| *before <= range);
            sorted.insert(at, range);
        }
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(sorted.len());
        for (from, to) in sorted {
            match joined.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Set(joined)
    }

    #[inline]
    fn chars(list: &str) -> Set {
        Set::of(list.chars().map(|c| (u32::from(c), u32::from(c))).collect())
    }

    #[inline]
    fn union(self, other: Set) -> Set {
        let mut ranges = self.0;
        ranges.extend(other.0);
        Set::of(ranges)
    }

    #[inline]
    fn complement(&self) -> Set {
        let (mut ranges, mut next) = (Vec::with_capacity(self.0.len() + 1), 0);
        for (from, to) in &self.0 {
            if *from > next {
                ranges.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Set(ranges)
    }

    #[inline]
    fn without(&self, other: &Set) -> Set {
        self.complement().union(other.clone()).complement()
    }

    /// As a class of the regex crates.
    #[inline]
    fn write(&self, out: &mut String) {
        // Surrogates are no characters, so a range that ends among them ends before or after them.
        let shown = |code: u32, otherwise: char| char::from_u32(code).unwrap_or(otherwise);
        let ranges = self.0.iter().map(|(from, to)| (shown(*from, '\u{E000}'), shown(*to, '\u{D7FF}')));
        let ranges: Vec<(char, char)> = ranges.filter(|(from, to)| from <= to).collect();
        if ranges.is_empty() {
            // A class must have something; this one has nothing that a text can hold.
            return out.push_str("[^\\x{0}-\\x{10FFFF}]");
        }
        out.push('[');
        for (from, to) in ranges {
            out.push_str(&format!("\\x{{{:X}}}", u32::from(from)));
            if from != to {
                out.push_str(&format!("-\\x{{{:X}}}", u32::from(to)));
            }
        }
        out.push(']');
    }
}

/// The characters of a general category (`Lu`), of all that begin with a letter (`L`), or of a block (`IsGreek`).
#[inline]
fn property(name: &str) -> Option<Set> {
    if let Some(block) = name.strip_prefix("Is") {
        let ranges = BLOCKS.iter().filter(|(known, ..)| *known == block).map(|(_, from, to)| (*from, *to));
        let ranges: Vec<(u32, u32)> = ranges.collect();
        return (!ranges.is_empty()).then(|| Set::of(ranges));
    }
    let mut ranges = Vec::new();
    let mut known = false;
    let mut add = |wanted: &str| {
        for (category, data) in CATEGORIES.iter().filter(|(category, _)| category.starts_with(wanted)) {
            let _ = category;
            known = true;
            let mut numbers = data.split(' ').filter_map(|number| u32::from_str_radix(number, 16).ok());
            let mut end = 0;
            while let (Some(gap), Some(more)) = (numbers.next(), numbers.next()) {
                ranges.push((end + gap, end + gap + more));
                end += gap + more;
            }
        }
    };
    match name {
        "" => return None,
        "Cn" => {
            add("");
            return Some(Set::of(ranges).complement());
        }
        // All others have no unassigned code points.
        "C" => {
            ["L", "M", "N", "P", "S", "Z"].into_iter().for_each(add);
            return Some(Set::of(ranges).complement());
        }
        name => add(name),
    }
    known.then(|| Set::of(ranges))
}

/// Characters that begin a name, and those that continue one.
#[inline]
fn names(within: bool) -> Set {
    let mut ranges = vec![
        (0x3A, 0x3A),
        (0x41, 0x5A),
        (0x5F, 0x5F),
        (0x61, 0x7A),
        (0xC0, 0xD6),
        (0xD8, 0xF6),
        (0xF8, 0x2FF),
        (0x370, 0x37D),
        (0x37F, 0x1FFF),
        (0x200C, 0x200D),
        (0x2070, 0x218F),
        (0x2C00, 0x2FEF),
        (0x3001, 0xD7FF),
        (0xF900, 0xFDCF),
        (0xFDF0, 0xFFFD),
        (0x1_0000, 0xE_FFFF),
    ];
    if within {
        ranges.extend([(0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)]);
    }
    Set::of(ranges)
}

/// What an escape stands for.
enum Escape {
    Char(char),
    Set(Set),
}

/// Reads a pattern.
struct Parser<'p> {
    chars: std::iter::Peekable<std::str::Chars<'p>>,
}

impl Parser<'_> {
    /// What follows a backslash.
    #[inline]
    fn escape(&mut self) -> Option<Escape> {
        let escape = self.chars.next()?;
        let set = match escape.to_ascii_lowercase() {
            'n' if escape == 'n' => return Some(Escape::Char('\n')),
            'r' if escape == 'r' => return Some(Escape::Char('\r')),
            't' if escape == 't' => return Some(Escape::Char('\t')),
            's' => Set::chars(" \t\n\r"),
            'd' => property("Nd")?,
            'w' => property("P")?.union(property("Z")?).union(property("C")?).complement(),
            'i' => names(false),
            'c' => names(true),
            'p' => {
                if self.chars.next() != Some('{') {
                    return None;
                }
                let name: String = self.chars.by_ref().take_while(|c| *c != '}').collect();
                property(&name)?
            }
            _ if escape.is_ascii_alphanumeric() => return None,
            _ => return Some(Escape::Char(escape)),
        };
        Some(Escape::Set(if escape.is_ascii_uppercase() { set.complement() } else { set }))
    }

    /// A class, after its `[`.
    #[inline]
    fn class(&mut self) -> Option<Set> {
        let negated = self.chars.next_if_eq(&'^').is_some();
        let mut set = Set(Vec::new());
        let subtracted = loop {
            let from = match self.chars.next()? {
                ']' => break None,
                '-' if self.chars.peek() == Some(&'[') => {
                    self.chars.next();
                    let inner = self.class()?;
                    if self.chars.next()? != ']' {
                        return None;
                    }
                    break Some(inner);
                }
                '\\' => match self.escape()? {
                    Escape::Char(c) => c,
                    Escape::Set(inner) => {
                        set = set.union(inner);
                        continue;
                    }
                },
                c => c,
            };
            let mut to = from;
            // A hyphen makes a range, except at the end and before a class that is subtracted.
            let mut ahead = self.chars.clone();
            if ahead.next() == Some('-') && !matches!(ahead.peek(), None | Some(']' | '[')) {
                self.chars.next();
                to = match self.chars.next()? {
                    '\\' => match self.escape()? {
                        Escape::Char(c) => c,
                        Escape::Set(_) => return None,
                    },
                    c => c,
                };
            }
            if to < from {
                return None;
            }
            set = set.union(Set(vec![(u32::from(from), u32::from(to))]));
        };
        if negated {
            set = set.complement();
        }
        Some(match subtracted {
            Some(inner) => set.without(&inner),
            None => set,
        })
    }
}

/// The pattern as a regular expression of the regex crates that matches whole texts. Few crates have patterns that need
/// this, and what it calls.
#[expect(clippy::extra_unused_type_parameters, reason = "compiled only in crates that call it, once in each")]
fn translate<Unused>(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut parser = Parser { chars: pattern.chars().peekable() };
    while let Some(c) = parser.chars.next() {
        match c {
            '\\' => match parser.escape()? {
                Escape::Char(c) => literal(c, &mut out),
                Escape::Set(set) => set.write(&mut out),
            },
            '[' => parser.class()?.write(&mut out),
            '.' => out.push_str("[^\\n\\r]"),
            '(' => out.push_str("(?:"),
            ')' | '|' | '?' | '*' | '+' => out.push(c),
            '{' => {
                out.push('{');
                out.extend(parser.chars.by_ref().take_while(|c| *c != '}'));
                out.push('}');
            }
            c => literal(c, &mut out),
        }
    }
    whole(&out)
}

#[inline]
fn literal(c: char, out: &mut String) {
    // To the regex crates `\<` and `\>` are the edges of words.
    if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
        out.push('\\');
    }
    out.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &'static str, text: &str) -> bool {
        assert!(
            translate::<Pattern>(pattern).is_some_and(|t| Regex::new(&t).is_ok()),
            "{pattern}: {:?}",
            translate::<Pattern>(pattern)
        );
        Pattern::new(pattern).matches(text)
    }

    #[test]
    fn plain_patterns_are_as_good_untranslated() {
        for (pattern, texts) in [
            ("(0x|0X)[0-9A-Fa-f]{1,4}", &["0x8", "0XfFfF", "0x", "8", "0x12345", "0x8\n"][..]),
            ("a|b|", &["a", "b", "", "ab", "c"]),
            (r"[^@]+@[^.]+\.[a-z]{2,}", &["a@b.de", "\n@é.com", "a@b.c", "@b.de", "a@b@c.de"]),
            (r"[+\-*/.]|a b", &["+", "-", ".", "a b", "ab", ","]),
            (r"a\|\n\[\\", &["a|\n[\\", "a", "|"]),
        ] {
            for text in texts {
                assert_eq!(
                    Pattern::plain(pattern).matches(text),
                    matches(pattern, text),
                    "{pattern}: {text:?}"
                );
            }
        }
    }

    #[test]
    fn patterns_mean_what_xml_schema_says() {
        for (pattern, good, bad) in [
            (r"[0-9A-F]{2,3}", &["0A", "FFF"][..], &["0", "0a", "FFFF", "0A\n"][..]),
            (r"\p{L}+", &["Müller", "Ωμέγα", "漢字"], &["a1", "", "a b", "é!"]),
            (r"\P{Lu}*", &["abc", "1 é"], &["aBc", "É"]),
            (r"[\p{Lu}\p{Nd}-]+", &["É-1", "٣"], &["é"]),
            (r"[a-z-[aeiou]]+", &["xyz"], &["a", "xa", "-"]),
            (r"[^a-c-[x-z]]", &["d", "é"], &["a", "x"]),
            (r"[\w-[\d_]]+", &["aé", "漢"], &["a1", "_", "a b", "a-b"]),
            (r"\i\c*", &["a", "_x:1", "é·"], &["1a", "-", ""]),
            (r"[\i-[:]][\c-[:]]*", &["a-b"], &["a:b"]),
            (r"\d", &["7", "٣"], &["x", "77"]),
            (r"\w", &["é", "5", "€"], &[" ", "-", "_"]),
            (r"\S\s\D\W", &["a b-"], &["a1b-"]),
            (r"\p{IsGreek}*", &["αβ"], &["ab"]),
            (r"\p{IsBasicLatin}\P{IsBasicLatin}", &["aé"], &["aa", "éé"]),
            (r"^a$", &["^a$"], &["a"]),
            (r"a.b", &["a b", "a$b"], &["a\nb", "ab"]),
            (r"a|b|", &["a", "b", ""], &["ab", "c"]),
            (r"(a|bc){2}", &["abc", "aa"], &["a", "aabc"]),
            (r"[+\-*/]", &["-", "/", "+"], &[",", "."]),
            (r"[a\]b]", &["]", "a"], &["\\"]),
            (r"[&~#^\[]+", &["&&", "~~#^["], &["a"]),
            (r"\.\\\?\*\+\{\}\(\)\[\]\|\^\-", &[r".\?*+{}()[]|^-"], &["x"]),
            (r"[-a]", &["-", "a"], &["b"]),
            (r"[a-]", &["-", "a"], &["b"]),
            (r"\p{C}", &["\u{7}", "\u{378}", "\u{E000}"], &["a", " "]),
            (r"\p{Cn}", &["\u{378}"], &["\u{7}"]),
            (r"\n\t\r", &["\n\t\r"], &["ntr"]),
            (r"\d<\i>=#~&'!", &["1<a>=#~&'!"], &["1a"]),
        ] {
            for text in good {
                assert!(matches(pattern, text), "{pattern} must match {text:?}");
            }
            for text in bad {
                assert!(!matches(pattern, text), "{pattern} must not match {text:?}");
            }
        }
    }

    #[test]
    fn categories_agree_with_the_standard_library() {
        let is = |name: &str, c: char| {
            let set = property(name).unwrap();
            set.0.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(c)))
        };
        for c in ('\0'..='\u{2FF}').chain('\u{370}'..='\u{5FF}').chain('\u{4E00}'..='\u{4E20}') {
            assert_eq!(is("Cc", c), c.is_control(), "{c:?}");
            if !is("Cn", c) && !is("M", c) {
                assert_eq!(is("L", c) || is("Nl", c), c.is_alphabetic(), "{c:?}");
                assert_eq!(is("N", c), c.is_numeric(), "{c:?}");
            }
        }
        let all: usize = CATEGORIES.iter().map(|(name, _)| property(name).unwrap().0.len()).sum();
        assert!(all > 3000, "{all}");
        assert_eq!(property("Xx"), None);
        assert_eq!(property("IsNowhere"), None);
    }

    #[test]
    fn a_class_may_be_empty_and_a_pattern_too_large() {
        assert!(!matches(r"[a-[a]]", "a"));
        assert!(Pattern::new(r"(a{1,1000}){1,1000}").matches("anything"));
    }
}
