//! Documents as texts, each in a manner of its own: prefixes, places of declarations, quotes, references, CDATA,
//! comments and white space, none of which changes what they say.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::make::{Item, Node};
use super::simple::{Value, White};
use super::tree::{XML, XSI};

/// Prefixes in scope, and what they mean.
type Scope = BTreeMap<String, String>;

/// A document as text.
pub(super) struct Printed {
    pub(super) text: String,
    /// White space stands around values that collapse it, of which not all validators know.
    pub(super) padded: bool,
}

/// How elements get their prefixes.
#[derive(Clone, Copy, PartialEq)]
enum Prefixes {
    /// All at the root.
    Root,
    /// A default namespace wherever it changes.
    Default,
    /// Where they are used, each time another.
    Local,
}

struct Printer<'r> {
    rng: &'r mut Rng,
    out: String,
    prefixes: Prefixes,
    /// Line ends, comments and processing instructions between elements.
    layout: bool,
    comments: bool,
    /// White space around values.
    padding: bool,
    padded: bool,
    references: bool,
    count: usize,
}

/// Prints a document.
pub(super) fn print(node: &Node, rng: &mut Rng) -> Printed {
    let prefixes = [Prefixes::Root, Prefixes::Root, Prefixes::Default, Prefixes::Local][rng.usize(..4)];
    let mut p = Printer {
        out: String::new(),
        prefixes,
        layout: rng.bool(),
        comments: rng.usize(..4) == 0,
        padding: rng.usize(..5) == 0,
        padded: false,
        references: rng.usize(..3) == 0,
        count: 0,
        rng,
    };
    if p.rng.bool() {
        p.out.push_str("<?xml version='1.0' encoding='UTF-8'?>\n");
    }
    if p.comments {
        p.out.push_str("<!-- before --><?target data?>\n");
    }
    let mut scope = Scope::from([("xml".to_owned(), XML.to_owned())]);
    let mut declared = Vec::new();
    if prefixes == Prefixes::Root {
        namespaces(node, &mut |uri| {
            if !uri.is_empty() && !scope.values().any(|known| known == uri) {
                let prefix = format!("ns{}", scope.len());
                declared.push((prefix.clone(), uri.to_owned()));
                scope.insert(prefix, uri.to_owned());
            }
        });
    }
    p.element(node, &scope, declared);
    if p.comments {
        p.out.push_str("\n<!-- after -->");
    }
    if p.rng.bool() {
        p.out.push('\n');
    }
    Printed { text: p.out, padded: p.padded }
}

/// All namespaces that an element needs, those in its values too.
fn namespaces(node: &Node, seen: &mut dyn FnMut(&str)) {
    seen(&node.name.0);
    let mut values = |value: &Value| {
        value
            .text
            .split('\u{E000}')
            .skip(1)
            .for_each(|rest| seen(rest.split('\u{E001}').next().unwrap_or_default()))
    };
    node.attributes.iter().for_each(|(_, value)| values(value));
    for child in &node.children {
        if let Item::Text(value) = child {
            values(value);
        }
    }
    node.attributes.iter().for_each(|(name, _)| seen(&name.0));
    for child in &node.children {
        if let Item::Node(child) = child {
            namespaces(child, seen);
        }
    }
}

impl Printer<'_> {
    fn chance(&mut self, of: usize) -> bool {
        self.rng.usize(..of) == 0
    }

    /// A prefix for a namespace, declared if need be.
    fn prefix(&mut self, uri: &str, scope: &mut Scope, declared: &mut Vec<(String, String)>) -> String {
        let mut known = scope.iter().filter(|(prefix, known)| !prefix.is_empty() && *known == uri);
        let fresh = self.prefixes == Prefixes::Local && uri != XML;
        if let Some((prefix, _)) =
            known.next().filter(|(prefix, _)| !fresh || declared.iter().any(|(known, _)| known == *prefix))
        {
            return prefix.clone();
        }
        let mut prefix = if self.prefixes == Prefixes::Local {
            // The same few again and again, for other namespaces.
            ["a", "b", "xs", "p-1.x", "_"][self.count % 5].to_owned()
        } else {
            format!("n{}", self.count)
        };
        self.count += 1;
        while declared.iter().any(|(known, _)| *known == prefix) {
            prefix.push('_');
        }
        declared.push((prefix.clone(), uri.to_owned()));
        scope.insert(prefix.clone(), uri.to_owned());
        prefix
    }

    fn element(&mut self, node: &Node, outer: &Scope, mut declared: Vec<(String, String)>) {
        let mut scope = outer.clone();
        let default = scope.get("").cloned().unwrap_or_default();
        let uri = &node.name.0;
        // A name without a namespace in a value can only be written where there is no default namespace.
        let bare = values(node).any(|value| value.text.contains("\u{E000}\u{E001}"));
        let plain = uri.is_empty() || !bare && (default == *uri || self.prefixes == Prefixes::Default);
        if plain && default != *uri || bare && !default.is_empty() {
            let uri = if plain { uri.clone() } else { String::new() };
            declared.push((String::new(), uri.clone()));
            scope.insert(String::new(), uri);
        }
        let mut attributes = Vec::new();
        let prefix = if plain { String::new() } else { self.prefix(uri, &mut scope, &mut declared) };
        for ((uri, local), value) in &node.attributes {
            let mut prefix =
                if uri.is_empty() { String::new() } else { self.prefix(uri, &mut scope, &mut declared) };
            if !prefix.is_empty() {
                prefix.push(':');
            }
            let text = self.named(value, &mut scope, &mut declared);
            attributes
                .push((format!("{prefix}{local}"), self.attribute(&text, value, node.opaque || uri == XSI)));
        }
        let mut texts = Vec::new();
        for child in &node.children {
            if let Item::Text(value) = child {
                texts.push(self.named(value, &mut scope, &mut declared));
            }
        }
        for (prefix, uri) in declared {
            let colon = if prefix.is_empty() { "" } else { ":" };
            let at = self.rng.usize(..=attributes.len());
            attributes
                .insert(at, (format!("xmlns{colon}{prefix}"), format!("\"{}\"", uri.replace('&', "&amp;"))));
        }
        let name = if prefix.is_empty() { node.name.1.clone() } else { format!("{prefix}:{}", node.name.1) };
        self.out.push_str(&format!("<{name}"));
        for (name, value) in attributes {
            let space = if self.layout && self.chance(6) { "\n\t " } else { " " };
            let equals = if self.chance(20) { " = " } else { "=" };
            self.out.push_str(&format!("{space}{name}{equals}{value}"));
        }
        if node.children.is_empty() && !self.chance(3) {
            let end = if self.chance(2) { "/>" } else { " />" };
            self.out.push_str(end);
            return;
        }
        self.out.push('>');
        let mut texts = texts.into_iter();
        for child in &node.children {
            if node.elements_only {
                self.between();
            }
            match child {
                Item::Node(child) => self.element(child, &scope, Vec::new()),
                Item::Text(value) => {
                    let text = texts.next().unwrap_or_default();
                    self.text(&text, value, node.opaque);
                }
            }
        }
        if node.elements_only && !node.children.is_empty() {
            self.between();
        }
        let space = if self.chance(20) { " " } else { "" };
        self.out.push_str(&format!("</{name}{space}>"));
    }

    /// What may stand between elements.
    fn between(&mut self) {
        if self.layout {
            self.out.push_str(["\n  ", "\n", " \t", "\r\n"][self.rng.usize(..4)]);
        }
        if self.comments && self.chance(3) {
            self.out.push_str(["<!-- c & < -->", "<?p i?>"][self.rng.usize(..2)]);
        }
    }

    /// A value with prefixes for the names in it.
    fn named(&mut self, value: &Value, scope: &mut Scope, declared: &mut Vec<(String, String)>) -> String {
        let mut parts = value.text.split('\u{E000}');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (uri, rest) = part.split_once('\u{E001}').unwrap_or((part, ""));
            if !uri.is_empty() {
                text.push_str(&self.prefix(uri, scope, declared));
                text.push(':');
            }
            text.push_str(&rest.replace('\u{E002}', ""));
        }
        text
    }

    /// White space that does not count.
    fn pad(&mut self, text: &str, value: &Value, fixed: bool) -> String {
        if !self.padding || fixed || value.white != White::Collapse || self.chance(2) {
            return text.to_owned();
        }
        self.padded = true;
        let inner = text.replace(' ', [" ", "  ", "\n\t"][self.rng.usize(..3)]);
        format!("{}{inner}{}", [" ", "\n", ""][self.rng.usize(..3)], [" \t", "\n ", ""][self.rng.usize(..3)])
    }

    fn attribute(&mut self, text: &str, value: &Value, fixed: bool) -> String {
        let text = self.pad(text, value, fixed);
        let quote = ['"', '\''][self.rng.usize(..2)];
        let mut out = String::from(quote);
        for c in text.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '&' => out.push_str("&amp;"),
                '\t' | '\n' | '\r' => out.push_str(&format!("&#x{:X};", u32::from(c))),
                c if c == quote => out.push_str(if c == '"' { "&quot;" } else { "&apos;" }),
                c => self.character(c, &mut out),
            }
        }
        out.push(quote);
        out
    }

    fn character(&mut self, c: char, out: &mut String) {
        if self.references && self.chance(8) {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }

    fn text(&mut self, text: &str, value: &Value, opaque: bool) {
        let text = self.pad(text, value, opaque);
        if self.references && self.chance(3) && !text.is_empty() && !text.contains(['\r', ']']) {
            self.out.push_str(&format!("<![CDATA[{text}]]>"));
            return;
        }
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '&' => out.push_str("&amp;"),
                '>' => out.push_str("&gt;"),
                '\r' => out.push_str("&#xD;"),
                c => self.character(c, &mut out),
            }
            if self.comments && !opaque && self.chance(10) {
                out.push_str("<!-- within -->");
            }
        }
        self.out.push_str(&out);
    }
}

fn values(node: &Node) -> impl Iterator<Item = &Value> {
    let texts = node.children.iter().filter_map(|child| match child {
        Item::Text(value) => Some(value),
        Item::Node(_) => None,
    });
    node.attributes.iter().map(|(_, value)| value).chain(texts)
}
