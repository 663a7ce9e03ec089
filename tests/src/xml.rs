//! Comparison of documents as XML: names, namespaces, attributes, text and order count; prefixes, the places of
//! namespace declarations, comments and white space between elements do not. Built on quick-xml, so that it
//! shares nothing with what it checks.

use std::collections::BTreeMap;

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, PrefixDeclaration, ResolveResult};

/// An element without anything that does not count.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Node {
    /// Namespace URI, empty for none, and local name.
    pub name: (String, String),
    /// Attributes by namespace and local name, namespace declarations left out.
    pub attributes: BTreeMap<(String, String), String>,
    /// Child elements and texts in order.
    pub children: Vec<Child>,
}

/// What an element contains.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Child {
    /// A child element.
    Element(Node),
    /// Text between two tags, references replaced.
    Text(String),
}

/// Why a document could not be taken apart.
pub type Problem = Box<dyn std::error::Error>;

/// Takes a document apart.
///
/// # Errors
/// When quick-xml refuses it.
pub fn parse(document: &[u8]) -> Result<Node, Problem> {
    let mut reader = NsReader::from_str(std::str::from_utf8(document)?);
    let mut stack = vec![Node::default()];
    loop {
        match reader.read_event()? {
            Event::Start(tag) => stack.push(node(&tag, reader.resolver())?),
            Event::Empty(tag) => {
                let node = node(&tag, reader.resolver())?;
                attach(&mut stack, node);
            }
            Event::End(_) => {
                let mut node = stack.pop().ok_or("an end tag too many")?;
                settle(&mut node);
                attach(&mut stack, node);
            }
            Event::Text(text) => append(&mut stack, &text.xml10_content()),
            Event::CData(text) => append(&mut stack, &text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref()? {
                Some(c) => append(&mut stack, c.encode_utf8(&mut [0; 4])),
                None => {
                    let text = quick_xml::escape::resolve_predefined_entity(&reference)
                        .ok_or("an unknown entity")?;
                    append(&mut stack, text);
                }
            },
            Event::Eof => break,
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    let [document] = stack.as_slice() else { return Err("an element without an end tag".into()) };
    let mut roots = document.children.iter().filter_map(|child| match child {
        Child::Element(node) => Some(node),
        Child::Text(_) => None,
    });
    roots.next().cloned().ok_or_else(|| "no root element".into())
}

fn node(tag: &BytesStart<'_>, resolver: &NamespaceResolver) -> Result<Node, Problem> {
    let (namespace, local) = resolver.resolve_element(tag.name());
    let mut node = Node { name: (uri(namespace)?, local.as_ref().to_owned()), ..Node::default() };
    for attribute in tag.attributes() {
        let attribute = attribute?;
        if matches!(
            attribute.key.as_namespace_binding(),
            Some(PrefixDeclaration::Default | PrefixDeclaration::Named(_))
        ) {
            continue;
        }
        let (namespace, local) = resolver.resolve_attribute(attribute.key);
        let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0)?;
        node.attributes.insert((uri(namespace)?, local.as_ref().to_owned()), value.into_owned());
    }
    Ok(node)
}

fn uri(namespace: ResolveResult<'_>) -> Result<String, Problem> {
    match namespace {
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Bound(namespace) => Ok(quick_xml::escape::unescape(namespace.as_ref())?.into_owned()),
        ResolveResult::Unknown(prefix) => Err(format!("unbound prefix {}", prefix).into()),
    }
}

fn attach(stack: &mut [Node], node: Node) {
    if let Some(parent) = stack.last_mut() {
        parent.children.push(Child::Element(node));
    }
}

fn append(stack: &mut [Node], more: &str) {
    let Some(node) = stack.last_mut() else { return };
    match node.children.last_mut() {
        Some(Child::Text(text)) => text.push_str(more),
        _ if more.is_empty() => {}
        _ => node.children.push(Child::Text(more.to_owned())),
    }
}

/// White space between elements says nothing; in an element without children it is the text.
fn settle(node: &mut Node) {
    let blank = |text: &str| text.bytes().all(|b| b.is_ascii_whitespace());
    if node.children.iter().any(|child| matches!(child, Child::Element(_))) {
        node.children.retain(|child| !matches!(child, Child::Text(text) if blank(text)));
    }
}

/// The first difference between two documents, as a sentence with the path to it; `None` when they are equal.
///
/// # Errors
/// When one of them is no XML.
pub fn difference(expected: &[u8], actual: &[u8]) -> Result<Option<String>, Problem> {
    let (expected, actual) = (parse(expected)?, parse(actual)?);
    Ok(differ(&expected, &actual, &format!("/{}", expected.name.1)))
}

/// Fails the test when the documents differ.
///
/// # Panics
/// With the first difference.
#[track_caller]
pub fn assert_equal(expected: &[u8], actual: &[u8]) {
    report(difference(expected, actual), expected, actual);
}

#[track_caller]
fn report(difference: Result<Option<String>, Problem>, expected: &[u8], actual: &[u8]) {
    let problem = match difference {
        Ok(None) => return,
        Ok(Some(found)) => found,
        Err(problem) => problem.to_string(),
    };
    panic!("{problem}\n--- expected\n{}\n--- actual\n{}", lossy(expected), lossy(actual));
}

fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn differ(expected: &Node, actual: &Node, path: &str) -> Option<String> {
    if expected.name != actual.name {
        return Some(format!("{path}: name {:?}, not {:?}", actual.name, expected.name));
    }
    if expected.attributes != actual.attributes {
        return Some(format!("{path}: attributes {:?}, not {:?}", actual.attributes, expected.attributes));
    }
    for (at, pair) in expected.children.iter().zip(&actual.children).enumerate() {
        let found = match pair {
            (Child::Element(expected), Child::Element(actual)) => {
                differ(expected, actual, &format!("{path}/{}[{at}]", expected.name.1))
            }
            (expected, actual) if expected == actual => None,
            (expected, actual) => Some(format!("{path}: content {at} is {actual:?}, not {expected:?}")),
        };
        if found.is_some() {
            return found;
        }
    }
    let (one, two) = (expected.children.len(), actual.children.len());
    (one != two).then(|| format!("{path}: {two} pieces of content, not {one}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        r#"<a xmlns="u" xmlns:p="v" p:x="1" y="&lt;2"><p:b>t &amp; é</p:b><c/><d>  </d></a>"#;

    #[test]
    fn what_does_not_count_is_ignored() {
        let same = [
            r#"<a xmlns="u" xmlns:p="v" p:x="1" y="&lt;2"><p:b>t &amp; é</p:b><c/><d>  </d></a>"#,
            r#"<?xml version="1.0"?><!-- c --><q:a xmlns:q="u" y='&#60;2' r:x="1" xmlns:r="v"><r:b>t <![CDATA[&]]> é</r:b><q:c></q:c><q:d>  </q:d></q:a>"#,
            "<a xmlns='u' xmlns:p='v' p:x='1' y='&lt;2'>\n  <p:b>t &amp; &#xE9;</p:b>\n  <c />\n  <d>  </d>\n</a>\n",
        ];
        for other in same {
            assert_eq!(difference(DOCUMENT.as_bytes(), other.as_bytes()).unwrap(), None, "{other}");
        }
    }

    #[test]
    fn what_counts_is_found() {
        let edits = [
            (r#"xmlns="u""#, r#"xmlns="w""#, "/a: name"),
            (r#"xmlns:p="v""#, r#"xmlns:p="w""#, "/a: attributes"),
            (r#"p:x="1""#, r#"x="1""#, "/a: attributes"),
            (r#"p:x="1""#, r#"p:x="2""#, "/a: attributes"),
            (r#" y="&lt;2""#, "", "/a: attributes"),
            ("t &amp; é", "t &amp; e", "/a/b[0]: content 0"),
            ("t &amp; é", "t &amp; é ", "/a/b[0]: content 0"),
            ("t &amp; é", "", "/a/b[0]: 0 pieces"),
            ("<c/>", "", "/a/c[1]: name"),
            ("<c/>", "<c/><c/>", "/a/d[2]: name"),
            ("<c/><d>  </d>", "<d>  </d><c/>", "/a/c[1]: name"),
            ("<c/>", "<C/>", "/a/c[1]: name"),
            ("<c/>", "<c/>x", "/a: content 2"),
            ("<d>  </d>", "<d> </d>", "/a/d[2]: content 0"),
            ("<d>  </d>", "<d>  </d><e/>", "/a: 4 pieces"),
        ];
        for (from, to, expected) in edits {
            let changed = DOCUMENT.replacen(from, to, 1);
            assert_ne!(changed, DOCUMENT, "{from}");
            let found = difference(DOCUMENT.as_bytes(), changed.as_bytes()).unwrap();
            assert!(
                found.as_deref().is_some_and(|found| found.starts_with(expected)),
                "{from} -> {to}: {found:?}"
            );
            assert!(difference(changed.as_bytes(), DOCUMENT.as_bytes()).unwrap().is_some(), "{from} -> {to}");
        }
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        for bad in ["", "x", "<a>", "<a></b>", "<p:a/>", "<a>&x;</a>"] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
