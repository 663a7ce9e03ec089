//! Documents as trees with the prefixes that are in scope: schemas that are read, and what a crate wrote.

use std::collections::BTreeMap;
use std::rc::Rc;

use anyhow::{Context, Result, anyhow, bail};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

/// The namespace of XML Schema.
pub(super) const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// The namespace of `xsi:type`.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace of `xml:lang`.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Namespace, empty for none, and local name.
pub(super) type Name = (String, String);

/// Prefixes, empty for the default namespace, and what they mean.
type Scope = BTreeMap<String, String>;

/// An element.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: Name,
    /// The name as it was written.
    written: String,
    /// Names, names as they were written, values; no declarations.
    attributes: Vec<(Name, String, String)>,
    pub(super) scope: Rc<Scope>,
    pub(super) children: Vec<Child>,
}

/// What an element contains.
#[derive(Debug)]
pub(super) enum Child {
    Tag(Rc<Tag>),
    Text(String),
}

impl Tag {
    /// An attribute without a namespace.
    pub(super) fn get(&self, local: &str) -> Option<&str> {
        self.attributes().find(|((ns, name), _)| ns.is_empty() && name == local).map(|(_, value)| value)
    }

    /// All attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.attributes.iter().map(|(name, _, value)| (name, value.as_str()))
    }

    /// Child elements of the namespace of XML Schema.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Rc<Tag>> {
        self.tags().filter(|tag| tag.name.0 == XS)
    }

    /// The first child with this name in XML Schema.
    pub(super) fn part(&self, local: &str) -> Option<&Rc<Tag>> {
        self.parts().find(|tag| tag.name.1 == local)
    }

    /// Child elements.
    pub(super) fn tags(&self) -> impl Iterator<Item = &Rc<Tag>> {
        self.children.iter().filter_map(|child| match child {
            Child::Tag(tag) => Some(tag),
            Child::Text(_) => None,
        })
    }

    /// What a prefixed name means here.
    pub(super) fn resolve(&self, name: &str) -> Option<Name> {
        let (prefix, local) = name.trim().split_once(':').unwrap_or(("", name.trim()));
        match self.scope.get(prefix) {
            Some(uri) => Some((uri.clone(), local.to_owned())),
            None if prefix.is_empty() => Some((String::new(), local.to_owned())),
            None => None,
        }
    }

    /// The element as text, where `location` says what becomes of an attribute: its new value, or that it goes.
    pub(super) fn print(&self, location: &dyn Fn(&Tag, &str, &str) -> Option<String>, extra: &str) -> String {
        let mut out = String::new();
        self.print_in(&Scope::new(), location, extra, &mut out);
        out
    }

    fn print_in(
        &self,
        outer: &Scope,
        location: &dyn Fn(&Tag, &str, &str) -> Option<String>,
        extra: &str,
        out: &mut String,
    ) {
        out.push('<');
        out.push_str(&self.written);
        for (prefix, uri) in self.scope.iter().filter(|(prefix, uri)| outer.get(*prefix) != Some(uri)) {
            if prefix == "xml" {
                continue;
            }
            let colon = if prefix.is_empty() { "" } else { ":" };
            out.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", escaped(uri)));
        }
        for (name, written, value) in &self.attributes {
            if let Some(value) = location(self, &name.1, value) {
                out.push_str(&format!(" {written}=\"{}\"", escaped(&value)));
            }
        }
        out.push('>');
        out.push_str(extra);
        for child in &self.children {
            match child {
                // Documentation says nothing to a validator; imports are `extra`.
                Child::Tag(tag) if tag.name.0 == XS && matches!(&*tag.name.1, "annotation" | "import") => {}
                Child::Tag(tag) => tag.print_in(&self.scope, location, "", out),
                Child::Text(text) => out.push_str(&escaped(text)),
            }
        }
        out.push_str(&format!("</{}>", self.written));
    }
}

/// Text for an attribute between double quotes, or for content.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Reads a document.
pub(super) fn parse(bytes: &[u8]) -> Result<Rc<Tag>> {
    let text = decoded(bytes);
    let mut reader = Reader::from_str(&text);
    let scope: Scope = [("xml".to_owned(), XML.to_owned())].into();
    let mut open: Vec<Tag> = Vec::new();
    let mut scopes = vec![Rc::new(scope)];
    let mut root = None;
    loop {
        let (tag, ends) = match reader.read_event()? {
            Event::Start(tag) => (opened(&tag, &mut scopes)?, false),
            Event::Empty(tag) => (opened(&tag, &mut scopes)?, true),
            Event::End(_) => (open.pop().context("an end tag too many")?, true),
            Event::Eof => break,
            event => {
                if let (Some(text), Some(tag)) = (text_of(&event)?, open.last_mut()) {
                    match tag.children.last_mut() {
                        Some(Child::Text(known)) => known.push_str(&text),
                        _ => tag.children.push(Child::Text(text)),
                    }
                }
                continue;
            }
        };
        if !ends {
            open.push(tag);
            continue;
        }
        scopes.pop();
        let tag = Rc::new(tag);
        match open.last_mut() {
            Some(parent) => parent.children.push(Child::Tag(tag)),
            None => root = Some(tag),
        }
    }
    root.filter(|_| open.is_empty()).context("no whole root element")
}

fn text_of(event: &Event<'_>) -> Result<Option<String>> {
    Ok(match event {
        Event::Text(text) => Some(text.xml10_content().into_owned()),
        Event::CData(text) => Some(text.xml10_content().into_owned()),
        Event::GeneralRef(reference) => match reference.resolve_char_ref()? {
            Some(c) => Some(c.to_string()),
            None => Some(
                quick_xml::escape::resolve_predefined_entity(reference)
                    .context("an unknown entity")?
                    .to_owned(),
            ),
        },
        _ => None,
    })
}

fn opened(start: &BytesStart<'_>, scopes: &mut Vec<Rc<Scope>>) -> Result<Tag> {
    let mut scope = scopes.last().context("no scope")?.clone();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let key: &str = attribute.key.into_inner();
        let value = attribute.normalized_value(XmlVersion::Explicit1_0)?.into_owned();
        match key.strip_prefix("xmlns") {
            Some("") => drop(Rc::make_mut(&mut scope).insert(String::new(), value)),
            Some(rest) if rest.starts_with(':') => {
                Rc::make_mut(&mut scope).insert(rest[1..].to_owned(), value);
            }
            _ => attributes.push((key.to_owned(), value)),
        }
    }
    scopes.push(scope.clone());
    let expanded = |name: &str, default: bool| -> Result<Name> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        match scope.get(prefix) {
            _ if prefix.is_empty() && !default => Ok((String::new(), local.to_owned())),
            Some(uri) => Ok((uri.clone(), local.to_owned())),
            None if prefix.is_empty() => Ok((String::new(), local.to_owned())),
            None => bail!("the prefix {prefix} is not declared"),
        }
    };
    let written: &str = start.name().into_inner();
    let name = expanded(written, true)?;
    let attributes = attributes
        .into_iter()
        .map(|(key, value)| Ok((expanded(&key, false)?, key, value)))
        .collect::<Result<_>>()?;
    Ok(Tag { name, written: written.to_owned(), attributes, scope: scope.clone(), children: Vec::new() })
}

/// UTF-8, or UTF-16 with its mark, or Latin-1.
fn decoded(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> =
            bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes)) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

/// As [`parse`], of a file.
pub(super) fn read(path: &std::path::Path) -> Result<Rc<Tag>> {
    parse(&crate::files::read(path)?).map_err(|error| anyhow!("{}: {error}", path.display()))
}
