//! Texts of the built-in types, mostly at the edges of what is allowed.

use fastrand::Rng;

use super::simple::{Simple, Variety, White, marked};
use super::tree::Name;

/// The least and the greatest value of an integer type of bounded size.
pub(super) fn range(name: &str) -> Option<(i128, i128)> {
    Some(match name {
        "long" => (i64::MIN.into(), i64::MAX.into()),
        "int" => (i32::MIN.into(), i32::MAX.into()),
        "short" => (i16::MIN.into(), i16::MAX.into()),
        "byte" => (i8::MIN.into(), i8::MAX.into()),
        "unsignedLong" => (0, u64::MAX.into()),
        "unsignedInt" => (0, u32::MAX.into()),
        "unsignedShort" => (0, u16::MAX.into()),
        "unsignedByte" => (0, u8::MAX.into()),
        _ => return None,
    })
}

/// A number between two, often one of them.
pub(super) fn edge(least: usize, most: usize, rng: &mut Rng) -> usize {
    match rng.usize(..4) {
        0 => least,
        1 => most.max(least),
        _ => rng.usize(least..=most.max(least)),
    }
}

fn pick<'t>(rng: &mut Rng, from: &[&'t str]) -> &'t str {
    from[rng.usize(..from.len())]
}

/// A text after white space is treated as a type says.
pub(super) fn spaced(text: &str, white: White) -> String {
    match white {
        White::Preserve => text.to_owned(),
        White::Replace => text.replace(['\t', '\n', '\r'], " "),
        White::Collapse => {
            text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Length in the unit of the type; none for types without one.
pub(super) fn length(name: &str, text: &str) -> Option<usize> {
    match name {
        "hexBinary" => Some(text.len() / 2),
        "base64Binary" => {
            let digits = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').count();
            Some(digits * 3 / 4)
        }
        "QName" | "NOTATION" => None,
        _ if is_text(name) => Some(text.chars().count()),
        _ => None,
    }
}

/// Whether values are times, durations or the like.
pub(super) fn is_time(simple: &Simple) -> bool {
    matches!(&simple.variety, Variety::Atomic(name) if name.starts_with('g') || matches!(&**name, "date" | "time" | "dateTime" | "duration" | "boolean" | "QName" | "NOTATION"))
}

/// Whether values are texts.
pub(super) fn is_text(name: &str) -> bool {
    matches!(
        name,
        "anySimpleType"
            | "string"
            | "normalizedString"
            | "token"
            | "language"
            | "Name"
            | "NCName"
            | "NMTOKEN"
            | "ID"
            | "IDREF"
            | "ENTITY"
            | "anyURI"
    )
}

fn is_decimal(name: &str) -> bool {
    range(name).is_some() || name == "decimal" || name.ends_with("nteger")
}

/// Whether bounds and digits hold, for numbers.
pub(super) fn within(simple: &Simple, text: &str) -> bool {
    let Variety::Atomic(name) = &simple.variety else { return true };
    if name == "float" || name == "double" {
        let Ok(value) = text.parse::<f64>() else { return true };
        let from = simple
            .from
            .as_ref()
            .and_then(|(bound, inclusive)| Some((bound.parse::<f64>().ok()?, *inclusive)));
        let to =
            simple.to.as_ref().and_then(|(bound, inclusive)| Some((bound.parse::<f64>().ok()?, *inclusive)));
        return from.is_none_or(|(bound, inclusive)| value > bound || inclusive && value == bound)
            && to.is_none_or(|(bound, inclusive)| value < bound || inclusive && value == bound);
    }
    if !is_decimal(name) {
        return true;
    }
    let Some(value) = scaled(text) else { return false };
    let bound = |bound: &Option<(String, bool)>| {
        bound.as_ref().and_then(|(text, inclusive)| Some((scaled(text)?, *inclusive)))
    };
    let digits = text.trim_start_matches(['+', '-']);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let (least, most) = match &**name {
        "nonNegativeInteger" => (Some(0), None),
        "positiveInteger" => (Some(1), None),
        "nonPositiveInteger" => (None, Some(0)),
        "negativeInteger" => (None, Some(-1)),
        name => range(name).map_or((None, None), |(least, most)| (Some(least), Some(most))),
    };
    bound(&simple.from).is_none_or(|(bound, inclusive)| value > bound || inclusive && value == bound)
        && bound(&simple.to).is_none_or(|(bound, inclusive)| value < bound || inclusive && value == bound)
        && simple.digits.is_none_or(|most| whole.len() + part.len() <= most)
        && simple.fraction.is_none_or(|most| part.len() <= most)
        && least.is_none_or(|least| value >= least * SCALE)
        && most.is_none_or(|most| value <= most * SCALE)
        && (name == "decimal" || part.is_empty() && !text.contains('.'))
}

/// Decimals are compared as so many parts of one.
const SCALE: i128 = 1_000_000_000_000;

/// A decimal in parts of one; none where these are too coarse.
fn scaled(text: &str) -> Option<i128> {
    let digits = text.trim().trim_start_matches(['+', '-']);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 12 {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: i128 = if part.is_empty() { 0 } else { format!("{part:0<12}").parse().ok()? };
    let value = whole.checked_mul(SCALE)? + part;
    Some(if text.trim().starts_with('-') { -value } else { value })
}

const STRINGS: &[&str] = &[
    "a",
    "",
    "Zoë & <Co>",
    "]]>",
    "\"quoted\" 'too'",
    "two  spaces",
    " around ",
    "line\nbreak",
    "tab\there",
    "中文 \u{1F600}",
    "0",
    "true",
    "-",
    "&amp;",
    "%41",
    "\u{a0}",
    "e\u{301}",
    "\u{fffd}",
    "CR\rLF",
    "{brace}",
    "//comment",
    "\u{85}\u{2028}",
];
const TOKENS: &[&str] = &["a", "B-1.2_3", "x:y", "é", "Ünï", "a b", "1", "中", "none of these", "-.", "&<>"];
const NAMES: &[&str] = &["a", "_x-1.2", "Été", "name", "type", "中文", "self"];
const URIS: &[&str] =
    &["http://example.org/a?b=c&d=e#f", "urn:x:y", "", "../up", "mailto:a@b.example", "#f", "http://[::1]/"];
const DATES: &[&str] =
    &["2024-02-29", "1999-12-31", "0001-01-01", "9999-12-31", "2000-02-29", "12024-03-01", "-0044-03-15"];
const ZONES: &[&str] = &["", "Z", "+14:00", "-14:00", "+05:30", "-00:30", "+00:00"];
const TIMES: &[&str] =
    &["00:00:00", "23:59:59", "12:30:15.5", "12:00:00.000", "23:59:59.999999999", "07:08:09.100"];
const DURATIONS: &[&str] =
    &["P1Y", "PT0S", "-P1Y2M3DT4H5M6.7S", "P400D", "PT36H", "P0Y", "PT0.001S", "P1M", "-PT1M"];
const FLOATS: &[&str] =
    &["0", "-0", "1.5", "INF", "-INF", "NaN", "1E5", "-2.5e-3", "100000", "0.1", "3.4028235E38", "1.0"];
const DECIMALS: &[&str] =
    &["0", "-0.5", "1.50", ".5", "5.", "+7", "0010", "123456789.123456789", "-99999999", "1", "100"];
const INTEGERS: &[&str] =
    &["0", "1", "-1", "+5", "007", "123456789012345678901", "-99999999999999999999", "42", "-0"];
const LANGUAGES: &[&str] = &["en", "de-AT", "x-klingon", "zh-Hant-TW"];

/// A text of a built-in type, near the edges of the facets.
pub(super) fn candidate(simple: &Simple, name: &str, rng: &mut Rng, names: &[Name]) -> String {
    let zone = pick(rng, ZONES);
    if let Some((bound, _)) = [&simple.from, &simple.to].into_iter().flatten().nth(rng.usize(..3)) {
        return around(name, bound, rng);
    }
    let sized = simple.least.is_some() || simple.most.is_some();
    if sized && length(name, "").is_some() {
        let least = simple.least.unwrap_or(0);
        let most = simple.most.unwrap_or(least + 5).min(least + 300);
        return of_length(name, edge(least, most, rng), rng);
    }
    match name {
        "string" | "anySimpleType" => pick(rng, STRINGS).to_owned(),
        "normalizedString" => pick(rng, STRINGS).replace(['\t', '\n', '\r'], " "),
        "token" => pick(rng, TOKENS).to_owned(),
        "language" => pick(rng, LANGUAGES).to_owned(),
        "Name" | "NMTOKEN" | "NCName" | "IDREF" | "ENTITY" => pick(rng, NAMES).to_owned(),
        // Every one is another.
        "ID" => format!("id{:x}", rng.u64(..)),
        "anyURI" => pick(rng, URIS).to_owned(),
        "boolean" => pick(rng, &["true", "false", "1", "0"]).to_owned(),
        "float" | "double" => pick(rng, FLOATS).to_owned(),
        "hexBinary" => pick(rng, &["", "00", "ff", "DEADbeef", "0123456789abcdef"]).to_owned(),
        "base64Binary" => pick(rng, &["", "AA==", "/+8=", "SGVsbG8gd29ybGQh", "AAAA"]).to_owned(),
        "date" => format!("{}{zone}", pick(rng, DATES)),
        "time" => format!("{}{zone}", pick(rng, TIMES)),
        "dateTime" => format!("{}T{}{zone}", pick(rng, DATES), pick(rng, TIMES)),
        "gYear" => format!("{}{zone}", pick(rng, &["2024", "0001", "-0001", "12345"])),
        "gYearMonth" => format!("{}{zone}", pick(rng, &["2024-02", "0001-12", "-0001-01"])),
        "gMonth" => format!("{}{zone}", pick(rng, &["--01", "--12"])),
        "gMonthDay" => format!("{}{zone}", pick(rng, &["--02-29", "--12-31", "--01-01"])),
        "gDay" => format!("{}{zone}", pick(rng, &["---01", "---31"])),
        "duration" => pick(rng, DURATIONS).to_owned(),
        "QName" => match names.len() {
            0 => marked(&("urn:example:names".to_owned(), "n".to_owned())),
            len => marked(&names[rng.usize(..len)]),
        },
        "decimal" => digits(simple, rng).unwrap_or_else(|| pick(rng, DECIMALS).to_owned()),
        _ => match range(name) {
            Some((least, most)) => match rng.usize(..6) {
                0 => least.to_string(),
                1 => most.to_string(),
                2 => format!("00{}", rng.u8(..100)),
                3 if least < 0 => format!("-{}", rng.u8(1..100)),
                // Of the types without negative values, XML Schema 1.0 gives no sign either.
                4 if least < 0 => format!("+{}", rng.u8(..100)),
                _ => rng.u8(..127).to_string(),
            },
            None => {
                let text = digits(simple, rng).unwrap_or_else(|| pick(rng, INTEGERS).to_owned());
                if name == "negativeInteger" && !text.starts_with('-') {
                    format!("-{}", text.trim_start_matches('+'))
                } else {
                    text
                }
            }
        },
    }
}

/// As many digits as are allowed.
fn digits(simple: &Simple, rng: &mut Rng) -> Option<String> {
    if simple.digits.is_none() && simple.fraction.is_none() || rng.bool() {
        return None;
    }
    let total = simple.digits.unwrap_or(18).min(30);
    let part = simple.fraction.unwrap_or(0).min(total);
    let text: String = (0..total).map(|_| char::from(b'1' + rng.u8(..9))).collect();
    let (whole, part) = text.split_at(total - part);
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") })
}

/// A bound or what is next to it.
fn around(name: &str, bound: &str, rng: &mut Rng) -> String {
    if !is_decimal(name) {
        return bound.to_owned();
    }
    let step = rng.i128(-2..=2);
    match bound.parse::<i128>() {
        Ok(number) => (number + step).to_string(),
        Err(_) => match (scaled(bound), bound.split_once('.')) {
            (Some(number), Some((_, part))) if part.len() <= 12 => {
                let unit = SCALE / 10_i128.pow(u32::try_from(part.len()).unwrap_or(0));
                let number = number + step * unit;
                let sign = if number < 0 { "-" } else { "" };
                let (whole, rest) = (number.abs() / SCALE, number.abs() % SCALE);
                format!("{sign}{whole}.{}", &format!("{rest:012}")[..part.len()])
            }
            _ => bound.to_owned(),
        },
    }
}

/// A text of a length in the unit of its type.
fn of_length(name: &str, length: usize, rng: &mut Rng) -> String {
    let letters: &[char] = match name {
        "string" => &['a', 'é', '中', '\u{1F600}', ' ', '<', '&', '\n', '"'],
        "normalizedString" => &['a', 'é', '中', ' ', '<', '&'],
        "token" => &['a', 'é', '中', '\u{1F600}', '&', '-'],
        "hexBinary" => return (0..length).map(|_| format!("{:02X}", rng.u8(..))).collect(),
        "base64Binary" => {
            let rest = match length % 3 {
                1 => "AA==",
                2 => "AAA=",
                _ => "",
            };
            return "Zm9v".repeat(length / 3) + rest;
        }
        _ => &['a', 'B', 'c', 'x'],
    };
    (0..length).map(|_| letters[rng.usize(..letters.len())]).collect()
}
