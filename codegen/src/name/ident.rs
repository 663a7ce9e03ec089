//! Identifiers from names on the wire: case, keywords, names that do not begin with a letter.

use heck::{ToSnakeCase, ToUpperCamelCase};
use unicode_ident::{is_xid_continue, is_xid_start};

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Modules that are there beside those of the protocols.
pub const RESERVED_MODULES: &[&str] = &["modules", "names"];

/// Only what Rust accepts in identifiers, of any script; other characters separate words. The plural
/// of an abbreviation is one word: `FieldURIs` is field uris.
fn words(name: &str) -> String {
    let name = unescaped(name);
    let mut chars: Vec<char> = name.chars().map(|c| if is_xid_continue(c) { c } else { ' ' }).collect();
    for end in 2..chars.len() {
        let plural = chars[end] == 's' && !chars.get(end + 1).is_some_and(|c| c.is_lowercase());
        let start = chars[..end].iter().rposition(|c| !c.is_uppercase()).map_or(0, |at| at + 1);
        if plural && end - start >= 2 {
            for c in &mut chars[start + 1..end] {
                *c = c.to_ascii_lowercase();
            }
        }
    }
    chars.into_iter().collect()
}

/// A name with the characters that are written as `_x0020_` there, because names cannot have them.
fn unescaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once("_x") {
        let digits = after.get(..4).filter(|_| after.get(4..5) == Some("_"));
        let code = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?)) {
            Some(c) => {
                out.push_str(before);
                out.push(c);
                rest = after.get(5..).unwrap_or_default();
            }
            None => {
                out.push_str(before);
                out.push_str("_x");
                rest = after;
            }
        }
    }
    out + rest
}

/// A type or variant: `ImGroup` from `ImGroupType`'s words.
pub fn camel(name: &str) -> String {
    let ident = words(name).to_upper_camel_case();
    match ident.chars().next() {
        None => "Unnamed".to_owned(),
        Some(first) if !is_xid_start(first) => format!("N{ident}"),
        _ if ident == "Self" => "SelfValue".to_owned(),
        _ => ident,
    }
}

/// A field or method; keywords become raw identifiers.
pub fn snake(name: &str) -> String {
    let ident = words(name).to_snake_case();
    match ident.chars().next() {
        None => "unnamed".to_owned(),
        Some(first) if !is_xid_start(first) => format!("n{ident}"),
        _ if matches!(ident.as_str(), "self" | "super" | "crate") => format!("{ident}_"),
        _ if KEYWORDS.contains(&ident.as_str()) => format!("r#{ident}"),
        _ => ident,
    }
}

/// A variant for an enumeration value, which may be any text.
pub(super) fn variant(value: &str) -> String {
    if value.is_empty() {
        return "Empty".to_owned();
    }
    // Signs have names where there is nothing else.
    let signs = !value.chars().any(char::is_alphanumeric);
    let spelled: String = value
        .chars()
        .map(|c| match c {
            '+' => " plus ".to_owned(),
            '-' if value.len() == 1 => " minus ".to_owned(),
            '*' => " star ".to_owned(),
            '=' => " equals ".to_owned(),
            '<' => " less ".to_owned(),
            '>' => " greater ".to_owned(),
            '!' => " not ".to_owned(),
            c if signs => sign(c).map_or_else(|| c.to_string(), |name| format!(" {name} ")),
            c => c.to_string(),
        })
        .collect();
    camel(&spelled)
}

/// The name of a sign.
fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        ' ' => "space",
        '"' => "quote",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '\'' => "apostrophe",
        '(' => "open",
        ')' => "close",
        ',' => "comma",
        '.' => "dot",
        '/' => "slash",
        ':' => "colon",
        ';' => "semicolon",
        '?' => "question",
        '@' => "at",
        '[' => "open bracket",
        '\\' => "backslash",
        ']' => "close bracket",
        '^' => "caret",
        '_' => "underscore",
        '`' => "backtick",
        '{' => "open brace",
        '|' => "bar",
        '}' => "close brace",
        '~' => "tilde",
        '-' => "minus",
        _ => return None,
    })
}

/// An identifier for a file and its module, which rustc wants of ASCII only.
pub fn ascii(ident: &str) -> String {
    let mut plain = String::with_capacity(ident.len());
    for c in ident.chars() {
        match c {
            'ä' | 'æ' => plain.push_str("ae"),
            'ö' | 'ø' | 'œ' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => plain.push('a'),
            'ç' => plain.push('c'),
            'è' | 'é' | 'ê' | 'ë' => plain.push('e'),
            'ì' | 'í' | 'î' | 'ï' => plain.push('i'),
            'ñ' => plain.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => plain.push('o'),
            'ù' | 'ú' | 'û' => plain.push('u'),
            c if c.is_ascii() => plain.push(c),
            c => plain.push_str(&format!("u{:x}", u32::from(c))),
        }
    }
    plain
}

/// Whether a text can name a file and module without being raw.
pub fn is_plain(name: &str) -> bool {
    is_ident(name) && !name.starts_with("r#") && name.is_ascii()
}

/// Whether a text is an identifier, raw or not.
pub(super) fn is_ident(text: &str) -> bool {
    let raw = text.strip_prefix("r#");
    let plain = raw.unwrap_or(text);
    let mut chars = plain.chars();
    let starts = chars.next().is_some_and(|c| is_xid_start(c) || (c == '_' && plain.len() > 1));
    let special = matches!(plain, "self" | "super" | "crate" | "Self");
    starts && chars.all(is_xid_continue) && !special && (raw.is_some() || !KEYWORDS.contains(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_names_of_ascii() {
        assert_eq!(ascii("straßengröße"), "strassengroesse");
        assert_eq!(ascii("数"), "u6570");
    }

    #[test]
    fn names_of_all_kinds_become_identifiers() {
        let cases = [
            ("ImGroup", "ImGroup", "im_group"),
            ("SID", "Sid", "sid"),
            ("type", "Type", "r#type"),
            ("Lot_x0020_No.", "LotNo", "lot_no"),
            ("_x0040_key_x00E9_", "Keyé", "keyé"),
            ("a_x_y", "AXY", "a_x_y"),
            ("self", "SelfValue", "self_"),
            ("IPM.DistList", "IpmDistList", "ipm_dist_list"),
            ("2ndLine", "N2ndLine", "n2nd_line"),
            ("Exchange2007_SP1", "Exchange2007Sp1", "exchange2007_sp1"),
            ("gen", "Gen", "r#gen"),
            ("FieldURIs", "FieldUris", "field_uris"),
            ("größe", "Größe", "größe"),
            ("...", "Unnamed", "unnamed"),
            ("m²", "M", "m"),
            ("\u{301}a", "A", "a"),
        ];
        for (name, upper, lower) in cases {
            assert_eq!((camel(name).as_str(), snake(name).as_str()), (upper, lower));
            assert!(is_ident(&camel(name)) && is_ident(&snake(name)), "{name}");
        }
        assert_eq!(
            (variant("").as_str(), variant("+").as_str(), variant("-").as_str()),
            ("Empty", "Plus", "Minus")
        );
    }
}
