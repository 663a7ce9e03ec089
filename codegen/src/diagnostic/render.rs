//! Text of diagnostics in the style of rustc: headline, place, excerpt with a caret, notes, help.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use super::{Diagnostic, Severity};
use crate::span::Span;

/// An excerpt shows at most so many characters of a line.
const EXCERPT_WIDTH: usize = 160;

/// So many warnings of a kind are shown in full.
const MOST: usize = 20;
/// So many more warnings of a kind are shown at a place that has one.
const MOST_AT_A_PLACE: usize = 3;

/// All of `diagnostics`, which are sorted already, and a summary.
pub(super) fn render(diagnostics: &[&Diagnostic], sources: &BTreeMap<Rc<str>, Rc<str>>) -> String {
    // Line starts are indexed once per file: thousands of problems in one file stay cheap.
    let mut lines: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for diagnostic in diagnostics {
        for span in diagnostic.span.iter().chain(diagnostic.notes.iter().filter_map(|n| n.0.as_ref())) {
            if let Some(text) = sources.get(&span.file) {
                lines.entry(&span.file).or_insert_with(|| text.lines().collect());
            }
        }
    }
    let mut out = String::new();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut folded: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    let alike = |a: &Diagnostic, b: &Diagnostic| {
        a.severity != Severity::Error && (a.severity, a.code, &a.span) == (b.severity, b.code, &b.span)
    };
    for block in diagnostics.chunk_by(|a, b| alike(a, b)) {
        let Some((diagnostic, others)) = block.split_first() else { continue };
        let code = diagnostic.code.id();
        let count = shown.entry(code).or_default();
        *count += 1;
        if *count > MOST && diagnostic.severity != Severity::Error {
            folded.entry(code).or_default().extend(block);
            continue;
        }
        let word = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        line(&mut out, format_args!("{word}[{}]: {}", diagnostic.code.id(), diagnostic.message));
        if let Some(span) = &diagnostic.span {
            place(&mut out, span, &lines);
        }
        for (span, text) in &diagnostic.notes {
            line(&mut out, format_args!("note: {text}"));
            if let Some(span) = span {
                place(&mut out, span, &lines);
            }
        }
        for other in others.iter().take(MOST_AT_A_PLACE) {
            line(&mut out, format_args!("note: also, {}", other.message));
        }
        if let more @ 1.. = others.len().saturating_sub(MOST_AT_A_PLACE) {
            line(&mut out, format_args!("note: and {more} more of {code} here"));
        }
        if let Some(help) = &diagnostic.help {
            line(&mut out, format_args!("help: {help}"));
        }
        out.push('\n');
    }
    for (code, rest) in folded {
        let first = rest.first().and_then(|diagnostic| diagnostic.span.as_ref());
        line(&mut out, format_args!("warning[{code}]: {} more, which are not shown", rest.len()));
        if let Some(span) = first {
            line(&mut out, format_args!("  --> {}:{}:{}, and further on", span.file, span.line, span.column));
        }
        out.push('\n');
    }
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    if !diagnostics.is_empty() {
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        line(&mut out, format_args!("{}, {}", plural(errors, "error"), plural(warnings, "warning")));
    }
    out
}

/// The `-->` line and the excerpt.
fn place(out: &mut String, span: &Span, lines: &BTreeMap<&str, Vec<&str>>) {
    if span.line == 0 {
        line(out, format_args!("  --> {}", span.file));
        return;
    }
    line(out, format_args!("  --> {}:{}:{}", span.file, span.line, span.column));
    let index = span.line as usize - 1;
    let Some(text) = lines.get(&*span.file).and_then(|lines| lines.get(index)) else { return };
    let width = span.line.to_string().len();
    let column = (span.column as usize).saturating_sub(1);
    // Long lines are shown from shortly before the caret.
    let skip = if text.chars().count() > EXCERPT_WIDTH { column.saturating_sub(40) } else { 0 };
    let shown: String = text
        .chars()
        .skip(skip)
        .take(EXCERPT_WIDTH)
        .map(|c| if c.is_control() || c == '\u{feff}' { ' ' } else { c })
        .collect();
    line(out, format_args!("{:width$} |", ""));
    line(out, format_args!("{} | {}", span.line, shown.trim_end()));
    line(out, format_args!("{:width$} | {:2$}^", "", "", column - skip));
}

/// Writes one line; trailing blanks never reach the output.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}
