//! One element of a document: xmltree's name, text and attribute values, joined with the place, prefixes and
//! scopes of the quick-xml pass. Also the readers of attribute values that the parsers of XSD and WSDL share.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, closest};
use crate::load::{Scope, Source, Tag, WSDL, XML, XSD};
use crate::schema::QName;
use crate::span::Span;

use super::syntax::NameRef;

const REPAIR: &str = "correct the document at this place";

/// An element with its children.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) namespace: Rc<str>,
    pub(super) local: Rc<str>,
    pub(super) span: Span,
    pub(super) attributes: Vec<Attr>,
    pub(super) children: Vec<Node>,
    /// All text within, kept for `documentation` only, which has no children here.
    pub(super) text: String,
    scope: Rc<Scope>,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attr {
    pub(super) namespace: Rc<str>,
    pub(super) local: Rc<str>,
    pub(super) value: Rc<str>,
}

/// Names seen, so that equal ones share their memory.
#[derive(Default, Debug)]
pub(super) struct Interner(BTreeSet<Rc<str>>);

impl Interner {
    pub(super) fn get(&mut self, text: &str) -> Rc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Rc<str> = text.into();
        self.0.insert(new.clone());
        new
    }
}

/// Builds the tree of a document. `None` when it is not well-formed, which is reported.
pub(super) fn tree(source: &Source, names: &mut Interner, diagnostics: &mut Diagnostics) -> Option<Node> {
    // Without tags the quick-xml pass has refused and reported the document.
    let tags = source.tags.as_ref()?;
    let root = match xmltree::Element::parse_all(source.body.as_bytes()) {
        Ok(nodes) => nodes.into_iter().find_map(|n| match n {
            xmltree::XMLNode::Element(element) => Some(element),
            _ => None,
        }),
        Err(error) => {
            diagnostics.push(malformed(source, &error));
            return None;
        }
    };
    let mut tags = tags.iter();
    let tree = root.and_then(|root| join(&root, &mut tags, names));
    if tree.is_none() {
        let span = Span { file: source.name.clone(), line: 0, column: 0 };
        let message = "not well-formed XML: its elements cannot be told apart";
        diagnostics.push(Diagnostic::error(Code::MalformedXml, &span, message).help(REPAIR));
    }
    tree
}

/// The error of xmltree, at the line and column that it says.
fn malformed(source: &Source, error: &xmltree::ParseError) -> Diagnostic {
    let text = match error {
        xmltree::ParseError::MalformedXml(error) => error.to_string(),
        xmltree::ParseError::CannotParse => "unexpected end of an element".to_owned(),
    };
    // The text is `line:column what`.
    let mut span = Span { file: source.name.clone(), line: 0, column: 0 };
    let mut message = text.as_str();
    if let Some((place, rest)) = text.split_once(' ')
        && let Some((line, column)) = place.split_once(':')
        && let (Ok(line), Ok(column)) = (line.parse::<u32>(), column.parse::<u32>())
    {
        message = rest;
        span.line = line.saturating_add(source.start.0);
        span.column = if line == 1 { column.saturating_add(source.start.1) } else { column };
    }
    Diagnostic::error(Code::MalformedXml, &span, format!("not well-formed XML: {message}")).help(REPAIR)
}

/// Joins an element with its tag. The recursion is as deep as the document, which the scan has limited.
fn join(
    element: &xmltree::Element,
    tags: &mut std::slice::Iter<'_, Tag>,
    names: &mut Interner,
) -> Option<Node> {
    let tag = tags.next().filter(|tag| *tag.local == *element.name)?;
    let namespace = names.get(element.namespace.as_deref().unwrap_or(""));
    let mut attributes = Vec::with_capacity(tag.attributes.len());
    for attribute in &tag.attributes {
        let twins = tag.attributes.iter().filter(|a| a.local == attribute.local).count();
        let value = match element.attributes.get(&*attribute.local) {
            Some(value) if twins == 1 => names.get(value),
            // xmltree keeps one attribute per local name.
            _ => attribute.value.clone(),
        };
        let namespace = match attribute.prefix.as_deref() {
            None => names.get(""),
            Some("xml") => names.get(XML),
            Some(prefix) => tag.scope.get(prefix).cloned().unwrap_or_else(|| prefix.into()),
        };
        attributes.push(Attr { namespace, local: names.get(&attribute.local), value });
    }
    let mut node = Node {
        local: names.get(&element.name),
        span: tag.span.clone(),
        attributes,
        children: Vec::new(),
        text: String::new(),
        scope: tag.scope.clone(),
        namespace,
    };
    let documentation = matches!(&*node.namespace, XSD | WSDL) && &*node.local == "documentation";
    if documentation {
        text_within(element, &mut node.text);
    }
    for child in element.children.iter().filter_map(xmltree::XMLNode::as_element) {
        let child = join(child, tags, names)?;
        if !documentation {
            node.children.push(child);
        }
    }
    Some(node)
}

fn text_within(element: &xmltree::Element, out: &mut String) {
    for child in &element.children {
        match child {
            xmltree::XMLNode::Text(text) | xmltree::XMLNode::CData(text) => out.push_str(text),
            xmltree::XMLNode::Element(child) => {
                // An element of HTML with text begins and ends a paragraph, but for those within a line.
                let block = super::html::is_block(&child.name);
                let gap = if block { "\n\n" } else { "" };
                out.push_str(gap);
                text_within(child, out);
                out.push_str(gap);
            }
            _ => {}
        }
    }
}

impl Node {
    /// Whether it is this element of XML Schema.
    pub(super) fn is_xsd(&self, local: &str) -> bool {
        &*self.namespace == XSD && &*self.local == local
    }

    /// An attribute without namespace.
    pub(super) fn attr(&self, local: &str) -> Option<&Rc<str>> {
        self.attributes.iter().find(|a| a.namespace.is_empty() && &*a.local == local).map(|a| &a.value)
    }

    /// Value of an attribute, blanks around it removed.
    pub(super) fn trimmed(&self, local: &str) -> Option<&str> {
        self.attr(local).map(|v| v.trim())
    }

    /// A boolean attribute.
    pub(super) fn boolean(&self, local: &str, diagnostics: &mut Diagnostics) -> Option<bool> {
        match self.trimmed(local)? {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            other => {
                diagnostics.push(self.bad_value(local, other, &["true", "false"]));
                None
            }
        }
    }

    /// An attribute with a fixed set of values.
    pub(super) fn one_of<'v>(
        &self,
        local: &str,
        allowed: &[&'v str],
        diagnostics: &mut Diagnostics,
    ) -> Option<&'v str> {
        let value = self.trimmed(local)?;
        let known = allowed.iter().find(|a| **a == value).copied();
        if known.is_none() {
            diagnostics.push(self.bad_value(local, value, allowed));
        }
        known
    }

    fn bad_value(&self, local: &str, value: &str, allowed: &[&str]) -> Diagnostic {
        let message = format!("`{local}=\"{value}\"` is not one of the values of {local}");
        Diagnostic::error(Code::BadValue, &self.span, message)
            .help(format!("use one of: {}", allowed.join(", ")))
    }

    /// The `name` of a declaration. Reports when it is missing or not a name.
    pub(super) fn name(&self, diagnostics: &mut Diagnostics) -> Option<Rc<str>> {
        let Some(name) = self.trimmed("name") else {
            let message = format!("this {} needs a name", self.local);
            diagnostics.push(Diagnostic::error(Code::BadStructure, &self.span, message));
            return None;
        };
        if !is_ncname(name) {
            let message = format!("`{name}` is not a name");
            let help = "a name starts with a letter or `_`, and has letters, digits, `.`, `-` and `_`";
            diagnostics.push(Diagnostic::error(Code::BadValue, &self.span, message).help(help));
            return None;
        }
        Some(name.into())
    }

    /// An attribute that holds one prefixed name.
    pub(super) fn name_ref(&self, local: &str, diagnostics: &mut Diagnostics) -> Option<NameRef> {
        let value = self.trimmed(local)?;
        self.expand(local, value, diagnostics)
    }

    /// An attribute whose value may be a list of names, which is nothing to complain about when it is none.
    pub(super) fn value_names(&self, local: &str) -> Vec<QName> {
        let words = self.attr(local).map_or("", |value| value).split_whitespace();
        let names = words.map(|word| self.expand(local, word, &mut Diagnostics::new()));
        names
            .map(|reference| reference.map(|reference| reference.name))
            .collect::<Option<_>>()
            .unwrap_or_default()
    }

    /// An attribute that holds a list of prefixed names.
    pub(super) fn name_refs(&self, local: &str, diagnostics: &mut Diagnostics) -> Vec<NameRef> {
        let value = self.attr(local).map_or("", |v| v);
        value.split_whitespace().filter_map(|name| self.expand(local, name, diagnostics)).collect()
    }

    fn expand(&self, attribute: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<NameRef> {
        let (prefix, local) = text.split_once(':').unwrap_or(("", text));
        if !is_ncname(local) || (text.contains(':') && !is_ncname(prefix)) {
            let message = format!("`{attribute}=\"{text}\"` is not a name");
            let help = "write a name, with the prefix of its namespace: prefix:name";
            diagnostics.push(Diagnostic::error(Code::BadValue, &self.span, message).help(help));
            return None;
        }
        let namespace: Rc<str> = match self.scope.get(prefix) {
            Some(uri) => uri.clone(),
            None if prefix.is_empty() => "".into(),
            None => {
                let message =
                    format!("the prefix `{prefix}` of `{attribute}=\"{text}\"` is bound to no namespace");
                let help = format!("declare it on this element or around it: xmlns:{prefix}=\"…\"");
                diagnostics.push(Diagnostic::error(Code::UnknownPrefix, &self.span, message).help(help));
                return None;
            }
        };
        Some(NameRef {
            name: QName { namespace, local: local.into() },
            text: text.into(),
            span: self.span.clone(),
        })
    }

    /// Reports attributes that are not in `allowed`. Those of other namespaces are extensions.
    pub(super) fn check_attributes(&self, allowed: &[&str], diagnostics: &mut Diagnostics) {
        for attribute in &self.attributes {
            let own = attribute.namespace == self.namespace;
            let known = allowed.contains(&&*attribute.local) || &*attribute.local == "id";
            if own || (attribute.namespace.is_empty() && !known) {
                let message = format!("{} has no attribute `{}`; it is ignored", self.local, attribute.local);
                let mut diagnostic = Diagnostic::warning(Code::UnknownSyntax, &self.span, message);
                if let Some(near) = closest(&attribute.local, allowed.iter().copied()) {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                }
                diagnostics.push(diagnostic);
            }
        }
    }
}

/// Whether `text` is a name without a colon, as the fifth edition of XML 1.0 has it: of any script, with its signs and
/// marks.
pub(super) fn is_ncname(text: &str) -> bool {
    let start = |c: char| {
        matches!(c, 'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
            | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
            | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
            | '\u{10000}'..='\u{EFFFF}')
    };
    let mark = |c: char| matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}');
    text.chars().next().is_some_and(start) && text.chars().all(|c| start(c) || mark(c))
}

/// Text of documentation without the indentation of the schema: paragraphs separated by one empty line.
pub(super) fn dedent(text: &str) -> Option<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut gap = true;
    let text = super::html::plain(text);
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut().filter(|_| !gap) {
            _ if line.is_empty() => gap = true,
            Some(paragraph) => {
                paragraph.push('\n');
                paragraph.push_str(line);
            }
            None => {
                paragraphs.push(line.to_owned());
                gap = false;
            }
        }
    }
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
}
