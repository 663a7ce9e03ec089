//! From a tree to text: prefixes, indentation, wrapped tags and documentation, escapes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::rc::Rc;

use crate::load::{XML, XSD};
use crate::schema::QName;

use super::tree::{Node, Value};

/// Lines are broken before this column where they can be.
const WIDTH: usize = 110;

/// What a document is printed with.
pub(super) struct Printer<'p> {
    /// Prefix of every namespace but those of XML and XML Schema.
    pub(super) prefixes: &'p BTreeMap<Rc<str>, String>,
    /// Whether local elements without `form` are qualified.
    pub(super) qualified: bool,
}

impl Printer<'_> {
    /// Adds the children of the root, with empty lines between them; those that take one line stand together
    /// with their like.
    pub(super) fn blocks(&self, nodes: impl Iterator<Item = Node>, out: &mut String) {
        let mut before = None;
        for node in nodes {
            let mut text = String::new();
            self.node(&node, 1, &mut text);
            let like = (node.name, text.lines().count() == 1);
            if before.is_some_and(|before| before != like || !like.1) {
                out.push('\n');
            }
            before = Some(like);
            out.push_str(&text);
        }
    }

    /// Adds an element with all that it holds.
    fn node(&self, node: &Node, depth: usize, out: &mut String) {
        self.open(node, depth, out);
        if node.docs.is_none() && node.children.is_empty() {
            out.push_str("/>\n");
            return;
        }
        out.push_str(">\n");
        if let Some(docs) = &node.docs {
            documentation(docs, depth + 1, out);
        }
        for child in &node.children {
            self.node(child, depth + 1, out);
        }
        line(depth, &format!("</xs:{}>", node.name), out);
    }

    /// A start tag without its end.
    pub(super) fn open(&self, node: &Node, depth: usize, out: &mut String) {
        let form = if self.qualified { "qualified" } else { "unqualified" };
        let usual = |name: &str, value: &Value| {
            node.name == "element" && name == "form" && *value == Value::from(form)
        };
        let attributes = node.attributes.iter().filter(|(name, value)| !usual(name, value));
        indent(depth, out);
        let mut column = 2 * depth + 4 + node.name.len();
        let _ = write!(out, "<xs:{}", node.name);
        for (name, value) in attributes {
            let text = format!("{name}=\"{}\"", escaped(&self.value(value), true));
            let length = text.chars().count() + 1;
            // Room for `/>`.
            if column + length + 2 > WIDTH {
                out.push('\n');
                indent(depth + 2, out);
                column = 2 * depth + 4 + length;
            } else {
                out.push(' ');
                column += length;
            }
            out.push_str(&text);
        }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => text.clone(),
            Value::Names(names) => names.iter().map(|name| self.name(name)).collect::<Vec<_>>().join(" "),
        }
    }

    fn name(&self, name: &QName) -> String {
        let prefix = match &*name.namespace {
            XSD => "xs",
            XML => "xml",
            uri => self.prefixes.get(uri).map_or("", String::as_str),
        };
        if prefix.is_empty() { name.local.to_string() } else { format!("{prefix}:{}", name.local) }
    }
}

/// The prefix of every namespace of `stems`: the one given for it, else the name of its file.
pub(super) fn prefixes(
    stems: &BTreeMap<Rc<str>, String>,
    given: &[(Rc<str>, Rc<str>)],
) -> BTreeMap<Rc<str>, String> {
    let needed = |uri: &str| !matches!(uri, "" | XML | XSD);
    let mut chosen = BTreeMap::new();
    let mut taken: BTreeSet<String> = ["xs", "xml", "xmlns"].map(str::to_owned).into();
    for (prefix, uri) in given {
        let open = needed(uri) && stems.contains_key(uri) && !chosen.contains_key(uri);
        if open && taken.insert(prefix.to_string()) {
            chosen.insert(uri.clone(), prefix.to_string());
        }
    }
    for (uri, stem) in stems {
        if needed(uri) && !chosen.contains_key(uri) {
            let mut prefix = stem.clone();
            // Stems are ASCII; a prefix begins with a letter, and none with `xml`.
            while !prefix.starts_with(|c: char| c.is_ascii_alphabetic())
                || prefix.to_ascii_lowercase().starts_with("xml")
                || taken.contains(&prefix)
            {
                prefix.insert_str(0, "ns-");
            }
            taken.insert(prefix.clone());
            chosen.insert(uri.clone(), prefix);
        }
    }
    chosen
}

/// The lines before the root element: where the document is from.
pub(super) fn header(command: &str, sources: &BTreeSet<Rc<str>>) -> String {
    let from = if sources.is_empty() {
        "the manifest".to_owned()
    } else {
        sources.iter().map(|source| &**source).collect::<Vec<_>>().join(", ")
    };
    let text = format!("<!-- @generated by `{command}` from {from}; changes are lost.");
    let mut comment = wrapped(&text, 3, WIDTH - 4).join("\n     ");
    // Two hyphens would end it.
    while let Some(at) = comment.get(4..).and_then(|text| text.find("--")) {
        comment.insert(4 + at + 1, ' ');
    }
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{} -->\n", legal(&comment))
}

fn documentation(docs: &str, depth: usize, out: &mut String) {
    let text = escaped(docs, false);
    let lines: Vec<&str> = text.lines().collect();
    let paragraphs = lines.split(|line| line.trim().is_empty()).filter(|paragraph| !paragraph.is_empty());
    let paragraphs: Vec<String> = paragraphs.map(|lines| lines.join(" ")).collect();
    line(depth, "<xs:annotation>", out);
    let words: Vec<&str> = text.split_whitespace().collect();
    let alone = format!("<xs:documentation>{}</xs:documentation>", words.join(" "));
    if paragraphs.len() == 1 && 2 * (depth + 1) + alone.chars().count() <= WIDTH {
        line(depth + 1, &alone, out);
    } else {
        line(depth + 1, "<xs:documentation>", out);
        for (at, paragraph) in paragraphs.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            for text in wrapped(paragraph, depth + 2, WIDTH) {
                line(depth + 2, &text, out);
            }
        }
        line(depth + 1, "</xs:documentation>", out);
    }
    line(depth, "</xs:annotation>", out);
}

/// The words of a text in lines that end before the column `width` when they are indented.
fn wrapped(text: &str, depth: usize, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if column + 1 + length <= width => {
                line.push(' ');
                line.push_str(word);
                column += 1 + length;
            }
            _ => {
                lines.push(word.to_owned());
                column = 2 * depth + length;
            }
        }
    }
    lines
}

fn indent(depth: usize, out: &mut String) {
    (0..depth).for_each(|_| out.push_str("  "));
}

fn line(depth: usize, text: &str, out: &mut String) {
    indent(depth, out);
    out.push_str(text);
    out.push('\n');
}

/// Text as it stands between tags, or in a value, where white space is kept too.
fn escaped(text: &str, value: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in legal(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if value => out.push_str("&quot;"),
            '\t' | '\n' | '\r' if value => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// The text without characters that XML does not have.
fn legal(text: &str) -> String {
    let known = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if known(c) { c } else { '\u{fffd}' }).collect()
}
