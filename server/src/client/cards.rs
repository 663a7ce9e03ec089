//! Cards: a file of vCards in parts, with what belongs to no card beside them.

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
                line.parts.iter().for_each(|part| {
                    card.text.push_str(part);
                    card.text.push_str("\r\n");
                });
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
}

/// The lines before they were folded: by a blank or a tab, or as quoted-printable of version 2.1.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    // Whether the next line goes on with a value in quoted-printable: it may be anything.
    let mut goes_on = false;
    for (at, line) in text.split('\n').enumerate() {
        let bare = line.trim_end_matches('\r');
        let continues = goes_on;
        goes_on = (continues || is_quoted_printable(bare)) && bare.ends_with('=');
        let ends = bare.trim_end().eq_ignore_ascii_case("END:VCARD");
        match lines.last_mut() {
            Some(last) if !ends && (continues || bare.starts_with([' ', '\t'])) => last.parts.push(bare),
            _ => lines.push(Line { at: at + 1, parts: vec![bare] }),
        }
        goes_on &= !ends;
    }
    lines
}

/// Whether the value of a property is in quoted-printable, by its parameters.
fn is_quoted_printable(line: &str) -> bool {
    let head = line.split(':').next().unwrap_or_default();
    head.split(';').skip(1).any(|parameter| {
        let value = parameter.rsplit('=').next().unwrap_or_default();
        value.trim().eq_ignore_ascii_case("QUOTED-PRINTABLE")
    })
}
