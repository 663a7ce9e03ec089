//! Cards: a file of vCards in parts, with what belongs to no card beside them. What programs write in ways of their own is
//! given one form: each property is one line, types have no quotation marks, quoted-printable has a character set.

use super::format::Malformed;

/// A file in parts.
#[derive(Default)]
pub(super) struct Split {
    /// The cards, each with its first line.
    pub(super) cards: Vec<(usize, String)>,
    /// What is none, and lines of cards that can be no property; those in a row are told once. The cards are without them.
    pub(super) junk: Vec<Malformed>,
}

/// A line as it was before it was folded, of several lines of the file.
struct Line<'t> {
    /// Where it begins, from 1 on.
    at: usize,
    parts: Vec<&'t str>,
}

/// A card that has begun.
struct Open {
    at: usize,
    text: String,
}

/// Finds the cards of a file.
pub(super) fn split(text: &str) -> Split {
    let mut found = Split::default();
    let mut open: Option<Open> = None;
    // Whether the line before was junk already: what follows it often is, too.
    let mut in_junk = false;
    for line in lines(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        let first = line.parts.first().copied().unwrap_or_default();
        let is = |what: &str| first.trim().eq_ignore_ascii_case(what);
        let wrong = match &mut open {
            _ if is("BEGIN:VCARD") => {
                let at = line.at;
                let last = open.replace(Open { at, text: "BEGIN:VCARD\r\n".to_owned() });
                in_junk = false;
                last.map(|_| "a card begins before END:VCARD of the last one")
            }
            _ if line.is_blank() => None,
            None => (!in_junk).then_some("here should be BEGIN:VCARD"),
            Some(_) if !is("END:VCARD") && !line.is_property() => {
                (!in_junk).then_some("this is no property of a card")
            }
            Some(card) => {
                card.text.push_str(&line.property());
                card.text.push_str("\r\n");
                in_junk = false;
                if is("END:VCARD") {
                    found.cards.extend(open.take().map(|card| (card.at, card.text)));
                }
                continue;
            }
        };
        if let Some(wrong) = wrong {
            found.junk.push(Malformed::at(line.at, wrong));
        }
        in_junk |= !line.is_blank() && !is("BEGIN:VCARD");
    }
    if let Some(card) = open {
        found.junk.push(Malformed::at(card.at, "the card has no END:VCARD"));
    }
    found
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.parts.iter().all(|part| part.trim().is_empty())
    }

    /// Whether it has a name, and something of that name.
    fn is_property(&self) -> bool {
        let first = self.parts.first().copied().unwrap_or_default();
        let name = first.split([';', '.', ':']).next().unwrap_or_default();
        // The name of a property may be folded, too.
        let name_is_fine = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        !name.is_empty() && name_is_fine && self.parts.iter().any(|part| part.contains(':'))
    }

    /// The property, unfolded and in the usual form.
    fn property(&self) -> String {
        let mut text = String::new();
        let mut soft = false;
        for (at, part) in self.parts.iter().enumerate() {
            // After a soft break, blanks belong to the value.
            let folded = at > 0 && !soft;
            text.push_str(part.strip_prefix([' ', '\t']).filter(|_| folded).unwrap_or(part));
            soft = is_quoted_printable(&text) && part.trim_end_matches(BLANKS).ends_with('=');
            if soft {
                text.truncate(text.trim_end_matches(BLANKS).len().saturating_sub(1));
            }
        }
        let head = head(&text);
        let value = text.get(head.len()..).unwrap_or_default();
        let mut usual = parts(head).map(bare_types).collect::<Vec<_>>().join(";");
        let has_charset = parameters(head).any(|(name, _)| name.eq_ignore_ascii_case("CHARSET"));
        if is_quoted_printable(head) && !has_charset && is_utf_8(value) {
            usual.push_str(";CHARSET=UTF-8");
        }
        usual + value
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// A property without its value: all before the colon that is not within quotation marks.
fn head(line: &str) -> &str {
    let mut quoted = false;
    let end = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    // An odd quotation mark is none that anything ends.
    end.or_else(|| line.find(':')).and_then(|end| line.get(..end)).unwrap_or(line)
}

/// The name of a property and its parameters: a head without the semicolons between them.
fn parts(head: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    head.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
}

/// The parameters in a head, with their values, which may be missing.
fn parameters(head: &str) -> impl Iterator<Item = (&str, &str)> {
    let parameters = parts(head).skip(1);
    let named = parameters.map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")));
    named.map(|(name, value)| (name.trim(), value.trim()))
}

/// A parameter without quotation marks around a list of types, as RFC 6350 itself has them here and there.
fn bare_types(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, list)) if name.trim().eq_ignore_ascii_case("TYPE") && !list.contains([';', ':']) => {
            parameter.replace('"', "")
        }
        _ => parameter.to_owned(),
    }
}

/// Whether bytes in quoted-printable are UTF-8 beyond ASCII. Some programs do not say so; nothing else is it by chance.
fn is_utf_8(value: &str) -> bool {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let coded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match coded.filter(|_| *byte == b'=') {
            Some(coded) => {
                bytes.push(coded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    !bytes.is_ascii() && std::str::from_utf8(&bytes).is_ok()
}

/// The lines before they were folded: by a blank or a tab, or as quoted-printable or base64 of version 2.1.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    // Whether the next line goes on with a value in quoted-printable: it may be anything.
    let mut goes_on = false;
    // Whether the property is in base64, whose lines need not be indented.
    let mut binary = false;
    for (at, line) in text.split('\n').enumerate() {
        let bare = line.trim_end_matches('\r');
        let continues = goes_on || (binary && is_base64(bare));
        let folded = continues || bare.starts_with(BLANKS);
        goes_on = (goes_on || is_quoted_printable(bare)) && bare.trim_end_matches(BLANKS).ends_with('=');
        let ends = bare.trim_end().eq_ignore_ascii_case("END:VCARD");
        match lines.last_mut() {
            Some(last) if !ends && folded => last.parts.push(bare),
            _ => {
                lines.push(Line { at: at + 1, parts: vec![bare] });
                binary = is_encoded(bare, &["BASE64", "B"]);
            }
        }
        goes_on &= !ends;
    }
    lines
}

/// Whether the value of a property is in quoted-printable, by its parameters.
fn is_quoted_printable(line: &str) -> bool {
    is_encoded(line, &["QUOTED-PRINTABLE"])
}

/// Whether the value of a property is in one of these encodings; version 2.1 needs no name of the parameter.
fn is_encoded(line: &str, encodings: &[&str]) -> bool {
    parameters(head(line)).any(|(name, value)| {
        let is = |text: &str| {
            encodings.iter().any(|encoding| encoding.eq_ignore_ascii_case(text.trim_matches('"')))
        };
        if value.is_empty() { is(name) } else { name.eq_ignore_ascii_case("ENCODING") && is(value) }
    })
}

fn is_base64(line: &str) -> bool {
    let digits = line.trim_end();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}
