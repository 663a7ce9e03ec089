//! Texts that match a pattern of XML Schema.

use std::collections::BTreeSet;

use fastrand::Rng;

/// Characters that stand for all others.
const POOL: &str = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\
    \u{a0}\u{d7}éßÆñæøÿĀłΑωЖя\u{661}अ中あ한€→\u{1F600}";

/// Repetitions beyond the least of a quantifier without an end.
const MORE: usize = 4;

enum Node {
    /// One of these characters.
    Class(Vec<char>),
    Group(Vec<Vec<(Node, usize, usize)>>),
}

/// A text that matches, when the pattern is understood.
pub(super) fn sample(pattern: &str, rng: &mut Rng) -> Option<String> {
    let mut parser = Parser { text: pattern.chars().collect(), at: 0 };
    let branches = parser.branches()?;
    if parser.at < parser.text.len() {
        return None;
    }
    let mut out = String::new();
    write(&branches, rng, &mut out)?;
    Some(out)
}

/// Whether a text matches; a pattern that is not understood matches all. Characters beyond the usual ones may be taken
/// for no match.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut parser = Parser { text: pattern.chars().collect(), at: 0 };
    let Some(branches) = parser.branches().filter(|_| parser.at >= parser.text.len()) else { return true };
    let text: Vec<char> = text.chars().collect();
    ends(&branches, &text, BTreeSet::from([0])).contains(&text.len())
}

/// Where a match that begins at one of these places may end.
fn ends(branches: &[Vec<(Node, usize, usize)>], text: &[char], from: BTreeSet<usize>) -> BTreeSet<usize> {
    let step = |node: &Node, from: BTreeSet<usize>| match node {
        Node::Class(chars) => {
            let taken = from.into_iter().filter(|at| text.get(*at).is_some_and(|c| chars.contains(c)));
            taken.map(|at| at + 1).collect()
        }
        Node::Group(branches) => ends(branches, text, from),
    };
    let mut all = BTreeSet::new();
    for branch in branches {
        let mut places = from.clone();
        for (node, least, most) in branch {
            for _ in 0..*least {
                places = step(node, places);
            }
            // Without an end: no text is longer than itself.
            let most = if *most > least + MORE - 1 { text.len() } else { most - least };
            let mut next = places.clone();
            for _ in 0..most {
                next = step(node, next);
                let before = places.len();
                places.extend(&next);
                if next.is_empty() || places.len() == before {
                    break;
                }
            }
        }
        all.extend(places);
    }
    all
}

fn write(branches: &[Vec<(Node, usize, usize)>], rng: &mut Rng, out: &mut String) -> Option<()> {
    let branch = branches.get(rng.usize(..branches.len()))?;
    for (node, least, most) in branch {
        // The ends are where mistakes are.
        let times = match rng.usize(..4) {
            0 => *least,
            1 => (*most).min(least + 40),
            _ => rng.usize(*least..=(*most).min(least + MORE)),
        };
        for _ in 0..times {
            match node {
                Node::Class(chars) => out.push(*chars.get(rng.usize(..chars.len().max(1)))?),
                Node::Group(branches) => write(branches, rng, out)?,
            }
        }
    }
    Some(())
}

struct Parser {
    text: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        self.at += usize::from(there);
        there
    }

    fn branches(&mut self) -> Option<Vec<Vec<(Node, usize, usize)>>> {
        let mut branches = vec![Vec::new()];
        loop {
            match self.peek() {
                None | Some(')') => return Some(branches),
                Some('|') => {
                    self.at += 1;
                    branches.push(Vec::new());
                }
                Some(_) => {
                    let node = self.atom()?;
                    let (least, most) = self.quantifier()?;
                    branches.last_mut()?.push((node, least, most));
                }
            }
        }
    }

    fn quantifier(&mut self) -> Option<(usize, usize)> {
        if self.take('?') {
            return Some((0, 1));
        }
        if self.take('*') {
            return Some((0, MORE));
        }
        if self.take('+') {
            return Some((1, 1 + MORE));
        }
        if !self.take('{') {
            return Some((1, 1));
        }
        let rest: String = self.text[self.at..].iter().take_while(|c| **c != '}').collect();
        self.at += rest.chars().count() + 1;
        Some(match rest.split_once(',') {
            None => (rest.parse().ok()?, rest.parse().ok()?),
            Some((least, "")) => (least.parse().ok()?, least.parse::<usize>().ok()? + MORE),
            Some((least, most)) => (least.parse().unwrap_or(0), most.parse().ok()?),
        })
    }

    fn atom(&mut self) -> Option<Node> {
        let c = self.peek()?;
        self.at += 1;
        Some(match c {
            '(' => {
                let branches = self.branches()?;
                if !self.take(')') {
                    return None;
                }
                Node::Group(branches)
            }
            '[' => Node::Class(self.class()?),
            '.' => Node::Class(POOL.chars().collect()),
            '\\' => Node::Class(self.escape()?),
            c => Node::Class(vec![c]),
        })
    }

    /// What a backslash begins.
    fn escape(&mut self) -> Option<Vec<char>> {
        let c = self.peek()?;
        self.at += 1;
        let name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let start = |c: char| c.is_alphabetic() || c == '_' || c == ':';
        let word = |c: char| c.is_alphanumeric() || "$+<=>^`|~€→×\u{1F600}".contains(c);
        let these = |wanted: &dyn Fn(char) -> bool| Some(POOL.chars().filter(|c| wanted(*c)).collect());
        match c {
            'n' => Some(vec!['\n']),
            'r' => Some(vec!['\r']),
            't' => Some(vec!['\t']),
            'd' => these(&|c| c.is_numeric()),
            'D' => these(&|c| !c.is_numeric()),
            's' => Some(vec![' ', '\t', '\n']),
            'S' => these(&|c| c != ' '),
            'w' => these(&word),
            'W' => these(&|c| !word(c)),
            'i' => these(&|c| c.is_ascii() && start(c)),
            'I' => these(&|c| c.is_ascii() && !start(c)),
            'c' => these(&|c| c.is_ascii() && (name(c) || c == '-' || c == '.')),
            'C' => these(&|c| c.is_ascii() && !(name(c) || c == '-' || c == '.')),
            'p' | 'P' => {
                let rest: String = self.text[self.at..].iter().take_while(|c| **c != '}').collect();
                self.at += rest.chars().count() + 1;
                let category = rest.strip_prefix('{')?;
                let of: &dyn Fn(char) -> bool = match category {
                    "L" => &char::is_alphabetic,
                    "Lu" => &char::is_uppercase,
                    "Ll" => &char::is_lowercase,
                    "N" | "Nd" => &char::is_numeric,
                    "IsBasicLatin" => &|c| c.is_ascii(),
                    _ => return None,
                };
                these(&|c| of(c) == (self.text[self.at - rest.chars().count() - 2] == 'p'))
            }
            c => Some(vec![c]),
        }
    }

    /// What stands between brackets, the first of which is behind.
    fn class(&mut self) -> Option<Vec<char>> {
        let negative = self.take('^');
        let mut chars: Vec<char> = Vec::new();
        let mut without = Vec::new();
        loop {
            let c = self.peek()?;
            self.at += 1;
            match c {
                ']' => break,
                '-' if self.peek() == Some('[') => {
                    self.at += 1;
                    without = self.class()?;
                    if !self.take(']') {
                        return None;
                    }
                    break;
                }
                _ => {}
            }
            let from = if c == '\\' { self.escape()? } else { vec![c] };
            let ranged =
                self.peek() == Some('-') && !matches!(self.text.get(self.at + 1), Some(']' | '[') | None);
            if !ranged || from.len() != 1 {
                chars.extend(from);
                continue;
            }
            self.at += 1;
            let end = self.peek()?;
            self.at += 1;
            let end = if end == '\\' { *self.escape()?.first()? } else { end };
            let all: Vec<char> = (from[0]..=end).filter(|c| is_xml(*c)).take(600).collect();
            chars.extend(all);
            chars.extend(Some(end).filter(|c| is_xml(*c)));
        }
        if negative {
            let none = chars;
            chars = POOL.chars().filter(|c| !none.contains(c)).collect();
        }
        chars.retain(|c| !without.contains(c));
        Some(chars)
    }
}

/// Whether a document may hold it.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
