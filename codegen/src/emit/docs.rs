//! Documentation of emitted items: the schema's text, what stands on the wire, how often, where it is from.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Field, Term};

/// One attribute for each line of a text, as rustfmt would have it.
pub(super) fn attributes(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// The same as comment lines, for text that is not printed from tokens.
pub(super) fn comments(text: &str, indent: &str) -> String {
    text.lines().map(|line| format!("{indent}/// {line}").trim_end().to_owned() + "\n").collect()
}

/// A schema's text as Markdown: wrapped, and with nothing that Markdown would take for a link or a tag.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::new();
    for paragraph in text.split("\n\n") {
        let words: Vec<String> = escaped_words(paragraph);
        let mut line = String::new();
        if words.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        for word in words {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > 96 {
                out.push_str(&line);
                out.push('\n');
                line.clear();
            }
            match line.is_empty() {
                true => line.push_str(&not_a_block(word)),
                false => {
                    line.push(' ');
                    line.push_str(&word);
                }
            }
        }
        out.push_str(&line);
    }
    out
}

/// The first word of a line, so that it does not begin a heading, list, quotation or rule.
fn not_a_block(word: String) -> String {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
    match word.chars().next() {
        Some('#' | '=' | '~') => format!("\\{word}"),
        Some('-' | '+') if word.chars().all(|c| matches!(c, '-' | '+')) => format!("\\{word}"),
        Some('0'..='9') if matches!(digits, "." | ")") => {
            format!("{}\\{digits}", &word[..word.len() - digits.len()])
        }
        _ => word,
    }
}

/// The words of a paragraph; what stands in backticks is left alone.
fn escaped_words(paragraph: &str) -> Vec<String> {
    let balanced = paragraph.matches('`').count().is_multiple_of(2);
    let mut code = false;
    paragraph
        .split_whitespace()
        .map(|word| {
            let mut out = String::with_capacity(word.len());
            let mut text = word;
            if !code && let Some(start) = ["http://", "https://"].iter().filter_map(|s| word.find(s)).min() {
                // What stands around an address ends it, too: `(http://example.org)`, `href="http://example.org"`.
                let rest = &word[start..];
                let end = rest.find(['"', '\'', '<', '>', '`']).unwrap_or(rest.len());
                let end = rest[..end].trim_end_matches(['.', ',', ';', ')', ']', '}']).len();
                if start == 0 && end == rest.trim_end_matches(['.', ',', ';', ')']).len() {
                    return format!("<{}>{}", &rest[..end], &rest[end..]);
                }
                escape(&word[..start], &mut out);
                out.push_str(&format!("<{}>", &rest[..end]));
                text = &rest[end..];
            }
            for c in text.chars() {
                if c == '`' && balanced {
                    code = !code;
                }
                if !code && matches!(c, '<' | '>' | '[' | ']' | '*' | '_' | '\\') || (c == '`' && !balanced) {
                    out.push('\\');
                }
                out.push(c);
            }
            out
        })
        .collect()
}

/// Adds a text that is no code.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '<' | '>' | '[' | ']' | '*' | '_' | '\\' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// Documentation of a field: text, then where it stands and how often.
pub(super) fn field(field: &Field, wire: &str) -> String {
    let often = match (field.min, field.max) {
        (1, Some(1)) => "required".to_owned(),
        (0, Some(1)) => "optional".to_owned(),
        (0, None) => "any number".to_owned(),
        (1, None) => "one or more".to_owned(),
        (min, None) => format!("{min} or more"),
        (min, Some(max)) => format!("{min} to {max}"),
    };
    let place = match &field.term {
        Term::Element(_) => format!("`{wire}`, {often}."),
        Term::Attribute(name) => format!("Attribute `{}`, {often}.", name.local),
        Term::Text => "Text.".to_owned(),
        Term::Mixed => "Any number.".to_owned(),
        Term::Any(_) | Term::Group | Term::AnyAttribute(_) => format!("{}.", capital(&often)),
    };
    let mut text = field.docs.as_deref().map(prose).unwrap_or_default();
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&place);
    if let Some(default) = &field.default {
        // An element that is absent means nothing.
        let when = if field.is_attribute() { "Absent" } else { "Empty" };
        text.push_str(&format!(" {when}, it means {}.", code(default)));
    }
    if let Some(fixed) = &field.fixed {
        text.push_str(&format!(" Always {}.", code(fixed)));
    }
    text
}

/// A value between backticks, more of them than it holds itself.
pub(super) fn code(value: &str) -> String {
    let shown: String = value
        .chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect();
    if shown.is_empty() {
        return "the empty text".to_owned();
    }
    if !shown.contains('`') {
        return format!("`{shown}`");
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    format!("{fence} {shown} {fence}")
}

pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
