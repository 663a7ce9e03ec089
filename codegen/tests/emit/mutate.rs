//! Damage to documents: every small change of a document, each with a name, always the same.

#![allow(clippy::unwrap_used, reason = "a panic in a test is the report")]

use quick_xml::Reader;
use quick_xml::events::Event;

/// An element by its places in the text.
struct Place {
    /// Names and positions from the root: `/Team/Player[2]`.
    path: String,
    /// Start of the start tag, end of it, start of the end tag, end of that. Without an end tag the last three are equal.
    start: usize,
    opened: usize,
    closed: usize,
    end: usize,
    /// The next sibling, by its index.
    next: Option<usize>,
    parent: Option<usize>,
    children: usize,
}

/// Texts that are values of some types and not of others.
const VALUES: &[&str] = &[
    "",
    " ",
    "x",
    "-1",
    "0",
    "1",
    "true",
    "99999999999999999999",
    "1.50",
    "-0.5e3",
    "INF",
    "2020-02-30",
    "2020-02-29",
    "a b",
    "a:b",
    "é",
    "P1D",
    "12:00:00",
    "2020-01-01T00:00:00Z",
    "AA==",
    "0F",
    "http://x/%",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

/// Attributes of the instance namespace.
const NIL: &str = " xmlns:zi=\"http://www.w3.org/2001/XMLSchema-instance\" zi:nil=\"true\"";

/// All damaged copies of a document, with what was done.
pub(crate) fn mutants(text: &str) -> Vec<(String, String)> {
    let places = places(text);
    let mut out = Vec::new();
    let splice = |from: usize, to: usize, with: &str| format!("{}{with}{}", &text[..from], &text[to..]);
    for place in &places {
        let mut add = |what: &str, document: String| out.push((format!("{what} {}", place.path), document));
        let (start, opened, closed, end) = (place.start, place.opened, place.closed, place.end);
        let whole = &text[start..end];
        let empty = opened == end;
        // Where the start tag has room for attributes.
        let room = if empty { opened - 2 } else { opened - 1 };
        let name = text[start + 1..room].split_whitespace().next().unwrap_or_default();
        if place.parent.is_some() {
            add("drop", splice(start, end, ""));
            add("double", splice(end, end, whole));
            add("comment", splice(start, start, "<!-- c --><?p?>"));
            let renamed = whole.replace(name, &format!("{name}X"));
            add("rename", splice(start, end, &renamed));
            let last = start + 1 + name.len();
            if !text[start..opened].contains("xmlns=") {
                add("namespace", splice(last, last, " xmlns=\"urn:zz\""));
            }
        }
        if let Some(next) = place.next {
            let (from, to) = (places[next].start, places[next].end);
            add(
                "swap",
                format!("{}{}{}{whole}{}", &text[..start], &text[from..to], &text[end..from], &text[to..]),
            );
        }
        add("attribute", splice(room, room, " zz=\"1\""));
        if !empty {
            add("child first", splice(opened, opened, "<zz/>"));
            add("child last", splice(closed, closed, "<zz/>"));
            add("text first", splice(opened, opened, "junk"));
            add("cdata last", splice(closed, closed, "<![CDATA[ ]]>"));
            add("clear", splice(opened, closed, ""));
        }
        if !text[start..opened].contains(":nil=") {
            add("nil", splice(room, room, NIL));
            if !empty {
                let cleared = splice(opened, closed, "");
                add("nil and clear", format!("{}{NIL}{}", &cleared[..room], &cleared[room..]));
            }
        }
        if place.children == 0 && !empty {
            for value in VALUES {
                add(&format!("text {value:?}"), splice(opened, closed, value));
            }
            let old = &text[opened..closed];
            add("spaces", splice(opened, closed, &format!(" {old}\t")));
            add("twice", splice(opened, closed, &format!("{old}{old}")));
            add("twice with space", splice(opened, closed, &format!("{old}  {old}")));
        }
        for (from, to, attribute) in attributes(&text[..opened], start) {
            add(&format!("drop @{attribute}"), splice(from, to, ""));
            let value = from + text[from..].find('=').unwrap_or_default() + 2;
            for other in VALUES {
                add(&format!("set {other:?} @{attribute}"), splice(value, to - 1, other));
            }
            add(
                &format!("spaces @{attribute}"),
                splice(value, to - 1, &format!(" {} ", &text[value..to - 1])),
            );
        }
    }
    out
}

/// Attributes of the start tag at `start` that are no declarations: from the space before to the end, and the name.
fn attributes(text: &str, start: usize) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut at = start;
    while let Some(equals) = text[at..].find('=').map(|found| at + found) {
        let Some(quote) = text[equals + 1..].chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            break;
        };
        let Some(len) = text[equals + 2..].find(quote) else { break };
        let name_start = text[..equals].rfind(|c: char| c.is_ascii_whitespace()).unwrap_or(equals);
        let name = text[name_start..equals].trim();
        at = equals + 2 + len + 1;
        if !name.starts_with("xmlns") {
            found.push((name_start, at, name.to_owned()));
        }
    }
    found
}

fn places(text: &str) -> Vec<Place> {
    let mut reader = Reader::from_str(text);
    let mut places: Vec<Place> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut before = 0;
    loop {
        let event = reader.read_event().unwrap();
        let after = usize::try_from(reader.buffer_position()).unwrap();
        match event {
            Event::Start(ref tag) | Event::Empty(ref tag) => {
                let parent = open.last().copied();
                let at = places.len();
                let local: &str = tag.name().into_inner();
                let step = local.rsplit(':').next().unwrap_or_default().to_owned();
                let above = parent.map_or("", |parent| &*places[parent].path).to_owned();
                let same = places.iter().filter(|p| p.parent == parent && named(&p.path, &step)).count();
                let path = if same == 0 {
                    format!("{above}/{step}")
                } else {
                    format!("{above}/{step}[{}]", same + 1)
                };
                if let Some(brother) =
                    places.iter_mut().rev().find(|p| p.parent == parent && parent.is_some())
                {
                    brother.next = Some(at);
                }
                if let Some(parent) = parent {
                    places[parent].children += 1;
                }
                places.push(Place {
                    path,
                    start: before,
                    opened: after,
                    closed: after,
                    end: after,
                    next: None,
                    parent,
                    children: 0,
                });
                if matches!(event, Event::Start(_)) {
                    open.push(at);
                }
            }
            Event::End(_) => {
                let at = open.pop().unwrap();
                (places[at].closed, places[at].end) = (before, after);
            }
            Event::Eof => return places,
            _ => {}
        }
        before = after;
    }
}

/// Whether the last step of a path has this name.
fn named(path: &str, step: &str) -> bool {
    path.rsplit('/').next().and_then(|last| last.split('[').next()) == Some(step)
}
