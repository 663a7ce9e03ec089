//! `Reader`: pulls start tags, attributes, text and end tags out of a document, with namespaces resolved,
//! and keeps the open elements for errors. Checks well-formedness; the schema is checked in `content`.

use std::borrow::Cow;

use super::decode::{self, Traits};
use super::error::{Error, ErrorKind, Note, NoteKind, Place, Result};
use super::escape;
use super::name::{Ns, Vocabulary, XML_URI};
use super::shape::Shape;

/// How much a document may hold. Exceeding one is an error of kind [`ErrorKind::Limit`].
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open elements at once; 128 unless set.
    pub depth: usize,
    /// Bytes of one text or attribute value; 64 MiB unless set.
    pub text: usize,
    /// Attributes and namespace declarations of one element; 256 unless set.
    pub attributes: usize,
    /// Notes of a lenient read that are kept; 10,000 unless set. Further ones are counted only.
    pub notes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { depth: 128, text: 64 << 20, attributes: 256, notes: 10_000 }
    }
}

/// How content that the schema does not have is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Any deviation from the schema is an error: what a server wants.
    Strict,
    /// Unknown content is skipped and noted, order does not matter: what a client wants.
    Lenient,
}

/// Pull reader over one document; generated code calls its field methods (`one`, `opt`, `many`, …).
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) src: &'a str,
    pub(crate) pos: usize,
    traits: Traits,
    pub(crate) mode: Mode,
    limits: Limits,
    pub(crate) vocabulary: &'static Vocabulary,
    /// Open elements, outermost first. The last is the one whose start tag was read last, or whose
    /// content is being read.
    pub(crate) open: Vec<Open<'a>>,
    bindings: Vec<Binding<'a>>,
    /// Attributes of the start tag read last, namespace declarations left out.
    pub(crate) attributes: Vec<RawAttribute<'a>>,
    /// The last element of `open` has no end tag of its own.
    pub(crate) self_closed: bool,
    /// The last element of `open` was handed back by a nested group and waits for its place.
    pub(crate) pending: bool,
    /// Value of the attribute that is being read, see `Reader::attribute`.
    pub(crate) value: Cow<'a, str>,
    /// Its index in `attributes`.
    pub(crate) attribute_index: usize,
    pub(crate) notes: Vec<Note>,
    pub(crate) notes_dropped: usize,
}

/// One open element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open<'a> {
    /// Name as written.
    pub(crate) qname: &'a str,
    /// Local part.
    pub(crate) local: &'a str,
    /// Namespace.
    pub(crate) ns: Ns,
    /// Offset of the `<`.
    pub(crate) offset: usize,
    /// Bindings in force outside of it.
    bindings: usize,
}

/// One namespace declaration.
#[derive(Clone, Debug)]
struct Binding<'a> {
    prefix: &'a str,
    uri: Cow<'a, str>,
    ns: Ns,
}

/// One attribute as written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawAttribute<'a> {
    pub(crate) qname: &'a str,
    pub(crate) local: &'a str,
    pub(crate) ns: Ns,
    pub(crate) raw: &'a str,
    pub(crate) offset: usize,
}

/// What stands next in the content of an element.
pub(crate) enum Next {
    /// A start tag, now the last of `open`.
    Start,
    /// The end of the element; `take_end` takes it.
    End,
    /// Text that is not white space begins here.
    Text,
}

const NAME_END: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x80 {
        let c = byte as u8;
        table[byte] = !(c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b':'));
        byte += 1;
    }
    table
};

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

impl<'a> Reader<'a> {
    /// A reader at the start of `src`.
    pub(crate) fn new(src: &'a str, vocabulary: &'static Vocabulary, mode: Mode, limits: Limits) -> Result<Self> {
        let traits = decode::inspect(src)?;
        let mut bindings = Vec::with_capacity(16);
        bindings.push(Binding { prefix: "", uri: Cow::Borrowed(""), ns: Ns::NONE });
        bindings.push(Binding { prefix: "xml", uri: Cow::Borrowed(XML_URI), ns: Ns::XML });
        Ok(Reader {
            src,
            pos: 0,
            traits,
            mode,
            limits,
            vocabulary,
            open: Vec::with_capacity(16),
            bindings,
            attributes: Vec::with_capacity(8),
            self_closed: false,
            pending: false,
            value: Cow::Borrowed(""),
            attribute_index: 0,
            notes: Vec::new(),
            notes_dropped: 0,
        })
    }

    // ---- errors -----------------------------------------------------------------------------------

    /// Qualified names of the open elements.
    pub(crate) fn path(&self) -> String {
        self.open.iter().fold(String::new(), |path, open| path + "/" + open.qname)
    }

    #[cold]
    pub(crate) fn error(&self, kind: ErrorKind, offset: usize, message: impl Into<String>) -> Error {
        Error::new(kind, message.into(), Place::of(self.src, offset), self.path())
    }

    #[cold]
    pub(crate) fn malformed(&self, offset: usize, message: &str) -> Error {
        self.error(ErrorKind::Malformed, offset, message)
    }

    #[cold]
    pub(crate) fn violation(&self, offset: usize, message: String) -> Error {
        self.error(ErrorKind::Violation, offset, message)
    }

    #[cold]
    pub(crate) fn note(&mut self, kind: NoteKind, offset: usize, message: String) {
        let note = Note { kind, message, place: Place::of(self.src, offset), path: self.path() };
        self.keep(note);
    }

    #[cold]
    pub(crate) fn keep(&mut self, note: Note) {
        if self.notes.len() < self.limits.notes { self.notes.push(note) } else { self.notes_dropped += 1 }
    }

    /// Name and namespace URI of the innermost open element, for messages.
    pub(crate) fn current(&self) -> (&'a str, &str) {
        self.open.last().map_or(("", ""), |open| (open.local, self.open_uri(open)))
    }

    /// Offset of the name in the start tag of the innermost open element.
    pub(crate) fn tag(&self) -> usize {
        self.open.last().map_or(0, |open| open.offset + 1)
    }

    // ---- names ------------------------------------------------------------------------------------

    fn bound(&self, prefix: &str) -> Option<&Binding<'a>> {
        self.bindings.iter().rev().find(|binding| binding.prefix == prefix)
    }

    /// URI of an element name as written, while its bindings are in force.
    pub(crate) fn uri_of(&self, qname: &str) -> &str {
        let prefix = qname.split_once(':').map_or("", |(prefix, _)| prefix);
        self.bound(prefix).map_or("", |binding| &*binding.uri)
    }

    /// Namespace URI of an open element.
    pub(crate) fn open_uri(&self, open: &Open<'a>) -> &str {
        if open.ns == Ns::FOREIGN { self.uri_of(open.qname) } else { self.vocabulary.uri(open.ns) }
    }

    /// URI bound to a prefix in force here.
    pub(crate) fn prefix_uri(&self, prefix: &str) -> Option<&str> {
        self.bound(prefix).map(|binding| &*binding.uri)
    }

    /// Prefix and URI of every binding in force, innermost first, each prefix once.
    pub(crate) fn in_scope(&self) -> Vec<(&'a str, &str)> {
        let mut seen: Vec<(&'a str, &str)> = Vec::new();
        for binding in self.bindings.iter().rev() {
            if !seen.iter().any(|(prefix, _)| *prefix == binding.prefix) {
                seen.push((binding.prefix, &binding.uri));
            }
        }
        seen
    }

    /// Reads a name and returns it with the offset of its colon.
    #[inline]
    fn name(&mut self) -> Result<(&'a str, Option<usize>)> {
        let start = self.pos;
        let rest = &self.src.as_bytes()[start..];
        let mut colon = None;
        let mut end = 0;
        let mut ascii = true;
        while let Some(&byte) = rest.get(end) {
            if NAME_END[usize::from(byte)] {
                break;
            }
            if byte == b':' {
                if colon.is_some() {
                    return Err(self.malformed(start + end, "a name with two colons"));
                }
                colon = Some(end);
            }
            ascii &= byte < 0x80;
            end += 1;
        }
        let name = &self.src[start..start + end];
        let bad_start = |part: &str| !part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c >= '\u{80}');
        let bad = match colon {
            None => bad_start(name),
            Some(at) => bad_start(&name[..at]) || bad_start(&name[at + 1..]),
        };
        if bad || (!ascii && !escape::is_name(name)) {
            return Err(self.malformed(start, "a name was expected here"));
        }
        self.pos = start + end;
        Ok((name, colon))
    }

    #[inline]
    fn skip_space(&mut self) -> bool {
        let start = self.pos;
        let bytes = self.src.as_bytes();
        while bytes.get(self.pos).copied().is_some_and(is_space) {
            self.pos += 1;
        }
        self.pos > start
    }

    // ---- start tags -------------------------------------------------------------------------------

    /// Reads the start tag at `pos` and puts it on `open`.
    pub(crate) fn start_tag(&mut self) -> Result<()> {
        let offset = self.pos;
        self.pos += 1;
        let (qname, colon) = self.name()?;
        let bindings = self.bindings.len();
        self.attributes.clear();
        self.self_closed = false;
        match self.src.as_bytes().get(self.pos) {
            Some(b'>') => self.pos += 1,
            _ => self.rest_of_tag(offset)?,
        }
        let (prefix, local) = match colon {
            None => ("", qname),
            Some(at) => (&qname[..at], &qname[at + 1..]),
        };
        let Some(binding) = self.bound(prefix) else {
            return Err(self.malformed(offset + 1, "a prefix that no xmlns declaration binds"));
        };
        let ns = binding.ns;
        if self.open.len() >= self.limits.depth {
            let message = format!("elements are nested deeper than the limit of {}", self.limits.depth);
            return Err(self.error(ErrorKind::Limit, offset, message));
        }
        self.open.push(Open { qname, local, ns, offset, bindings });
        Ok(())
    }

    /// Reads what follows the name of a start tag that is not just `>`.
    fn rest_of_tag(&mut self, tag: usize) -> Result<()> {
        let outer = self.bindings.len();
        let mut count = 0;
        loop {
            let spaced = self.skip_space();
            match self.src.as_bytes().get(self.pos) {
                Some(b'>') => {
                    self.pos += 1;
                    break;
                }
                Some(b'/') => {
                    if self.src.as_bytes().get(self.pos + 1) != Some(&b'>') {
                        return Err(self.malformed(self.pos, "a `/` in a start tag that is not followed by `>`"));
                    }
                    self.self_closed = true;
                    self.pos += 2;
                    break;
                }
                Some(_) if spaced => self.attribute_as_written(tag, outer)?,
                Some(_) => return Err(self.malformed(self.pos, "white space, `>` or `/>` was expected here")),
                None => return Err(self.malformed(tag, "a start tag that does not end")),
            }
            count += 1;
            if count > self.limits.attributes {
                let message = format!("an element has more than {} attributes", self.limits.attributes);
                return Err(self.error(ErrorKind::Limit, tag, message));
            }
        }
        if !self.attributes.is_empty() { self.resolve_attributes() } else { Ok(()) }
    }

    fn attribute_as_written(&mut self, tag: usize, outer: usize) -> Result<()> {
        let offset = self.pos;
        let (qname, colon) = self.name()?;
        self.skip_space();
        if self.src.as_bytes().get(self.pos) != Some(&b'=') {
            return Err(self.malformed(self.pos, "`=` was expected after the name of an attribute"));
        }
        self.pos += 1;
        self.skip_space();
        let quote = match self.src.as_bytes().get(self.pos) {
            Some(&quote @ (b'"' | b'\'')) => quote,
            _ => return Err(self.malformed(self.pos, "the value of an attribute must stand in quotes")),
        };
        let start = self.pos + 1;
        let rest = &self.src.as_bytes()[start..];
        let end = match memchr::memchr2(quote, b'<', rest) {
            Some(at) if rest[at] == quote => at,
            Some(at) => return Err(self.malformed(start + at, "a `<` in the value of an attribute")),
            None => return Err(self.malformed(tag, "a start tag that does not end")),
        };
        if end > self.limits.text {
            let message = format!("the value of an attribute is longer than {} bytes", self.limits.text);
            return Err(self.error(ErrorKind::Limit, offset, message));
        }
        let raw = &self.src[start..start + end];
        self.pos = start + end + 1;
        if raw.contains('&') {
            self.unescape_attribute(raw)?;
        }
        match colon {
            None if qname == "xmlns" => self.declare("", raw, offset, outer),
            Some(5) if qname.starts_with("xmlns") => self.declare(&qname[6..], raw, offset, outer),
            None => {
                self.attributes.push(RawAttribute { qname, local: qname, ns: Ns::NONE, raw, offset });
                Ok(())
            }
            Some(at) => {
                let local = &qname[at + 1..];
                self.attributes.push(RawAttribute { qname, local, ns: Ns::FOREIGN, raw, offset });
                Ok(())
            }
        }
    }

    /// Binds a prefix; `outer` is the number of bindings outside of this element.
    fn declare(&mut self, prefix: &'a str, raw: &'a str, offset: usize, outer: usize) -> Result<()> {
        let uri = self.unescape_attribute(raw)?;
        let reserved = prefix == "xmlns" || (prefix == "xml") != (&*uri == XML_URI);
        if reserved || (uri.is_empty() && !prefix.is_empty()) {
            return Err(self.malformed(offset, "a namespace declaration that Namespaces in XML forbids"));
        }
        if self.bindings[outer..].iter().any(|binding| binding.prefix == prefix) {
            return Err(self.malformed(offset, "an attribute that the element already has"));
        }
        let ns = if uri.is_empty() { Ns::NONE } else { self.vocabulary.find(&uri).unwrap_or(Ns::FOREIGN) };
        self.bindings.push(Binding { prefix, uri, ns });
        Ok(())
    }

    /// Resolves the prefixes of the attributes and refuses doubles.
    fn resolve_attributes(&mut self) -> Result<()> {
        for index in 0..self.attributes.len() {
            let attribute = self.attributes[index];
            if attribute.qname.len() != attribute.local.len() {
                let prefix = &attribute.qname[..attribute.qname.len() - attribute.local.len() - 1];
                let Some(binding) = self.bound(prefix) else {
                    return Err(self.malformed(attribute.offset, "a prefix that no xmlns declaration binds"));
                };
                self.attributes[index].ns = binding.ns;
            }
            for other in 0..index {
                if self.same_attribute(other, index) {
                    return Err(self.malformed(attribute.offset, "an attribute that the element already has"));
                }
            }
        }
        Ok(())
    }

    fn same_attribute(&self, one: usize, two: usize) -> bool {
        let (one, two) = (&self.attributes[one], &self.attributes[two]);
        one.local == two.local
            && one.ns == two.ns
            && (one.ns != Ns::FOREIGN || self.uri_of(one.qname) == self.uri_of(two.qname))
    }

    /// The value of an attribute: references replaced, white space normalized.
    pub(crate) fn unescape_attribute(&self, raw: &'a str) -> Result<Cow<'a, str>> {
        escape::attribute(raw).map_err(|at| {
            // `raw` is a part of `src`, so the difference of the addresses is its offset.
            let start = raw.as_ptr() as usize - self.src.as_ptr() as usize;
            self.malformed(start + at, escape::BAD_REFERENCE)
        })
    }

    // ---- content ----------------------------------------------------------------------------------

    /// Moves to the next child, the end, or text of the innermost open element.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Next> {
        if self.pending {
            self.pending = false;
            return Ok(Next::Start);
        }
        if self.self_closed {
            return Ok(Next::End);
        }
        loop {
            self.skip_space();
            let bytes = self.src.as_bytes();
            match (bytes.get(self.pos), bytes.get(self.pos + 1)) {
                (Some(b'<'), Some(b'/')) => return Ok(Next::End),
                (Some(b'<'), Some(b'!')) if self.src[self.pos..].starts_with("<![CDATA[") => return Ok(Next::Text),
                (Some(b'<'), Some(b'!' | b'?')) => self.skip_markup()?,
                (Some(b'<'), _) => {
                    self.start_tag()?;
                    return Ok(Next::Start);
                }
                (Some(_), _) => return Ok(Next::Text),
                (None, _) => return Err(self.unclosed()),
            }
        }
    }

    #[cold]
    fn unclosed(&self) -> Error {
        let name = self.open.last().map_or("", |open| open.qname);
        let message = format!("the document ends inside the element `{name}`");
        self.error(ErrorKind::Malformed, self.src.len(), message)
    }

    /// Takes the end of the innermost open element, which `next` found.
    #[inline]
    pub(crate) fn take_end(&mut self) -> Result<()> {
        if self.self_closed {
            self.self_closed = false;
            self.close();
            return Ok(());
        }
        self.end_tag()
    }

    /// Offset of the name in the end tag that `next` found, or of the start tag that is its own end.
    pub(crate) fn end_offset(&self) -> usize {
        if self.self_closed { self.tag() } else { self.pos + 2 }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.bindings.truncate(open.bindings);
        }
    }

    /// Reads the end tag at `pos`, which must be that of the innermost open element.
    #[inline]
    fn end_tag(&mut self) -> Result<()> {
        let Some(open) = self.open.last() else {
            return Err(self.malformed(self.pos, "an end tag without a start tag"));
        };
        let rest = &self.src.as_bytes()[self.pos + 2..];
        if rest.starts_with(open.qname.as_bytes()) {
            let mut end = open.qname.len();
            while rest.get(end).copied().is_some_and(is_space) {
                end += 1;
            }
            if rest.get(end) == Some(&b'>') {
                self.pos += 2 + end + 1;
                self.close();
                return Ok(());
            }
        }
        let message = format!("the end tag of `{}` was expected here", open.qname);
        Err(self.error(ErrorKind::Malformed, self.pos, message))
    }

    /// Skips the comment or processing instruction at `pos`; a DOCTYPE is refused.
    pub(crate) fn skip_markup(&mut self) -> Result<()> {
        let rest = &self.src[self.pos..];
        let (skip, end, what) = if rest.starts_with("<!--") {
            (4, "--", "a comment that does not end")
        } else if rest.starts_with("<?") {
            (2, "?>", "a processing instruction that does not end")
        } else if rest.starts_with("<!DOCTYPE") {
            return Err(self.malformed(self.pos, "a document type declaration is not accepted"));
        } else {
            return Err(self.malformed(self.pos, "markup that is neither comment, CDATA nor element"));
        };
        let Some(at) = rest[skip..].find(end) else {
            return Err(self.malformed(self.pos, what));
        };
        let mut after = skip + at + end.len();
        if skip == 4 {
            if rest.as_bytes().get(after) != Some(&b'>') {
                return Err(self.malformed(self.pos + skip + at, "`--` inside a comment"));
            }
            after += 1;
        } else {
            let target = rest[2..].split(|c: char| c.is_ascii_whitespace() || c == '?').next().unwrap_or_default();
            if !escape::is_name(target) || target.eq_ignore_ascii_case("xml") {
                return Err(self.malformed(self.pos, "a processing instruction without a proper name"));
            }
        }
        self.pos += after;
        Ok(())
    }

    /// All text up to the end tag of the innermost open element, which is taken. Stops with `None` at a
    /// child element, text read so far dropped.
    #[inline]
    pub(crate) fn text(&mut self) -> Result<Option<Cow<'a, str>>> {
        if self.self_closed {
            self.take_end()?;
            return Ok(Some(Cow::Borrowed("")));
        }
        let start = self.pos;
        let rest = &self.src.as_bytes()[start..];
        if !self.traits.returns && !self.traits.brackets {
            if let Some(at) = memchr::memchr2(b'<', b'&', rest) {
                if rest[at] == b'<' && rest.get(at + 1) == Some(&b'/') && at <= self.limits.text {
                    self.pos = start + at;
                    self.end_tag()?;
                    return Ok(Some(Cow::Borrowed(&self.src[start..start + at])));
                }
            }
        }
        self.long_text()
    }

    /// The general case of `text`: references, CDATA sections, comments, line ends.
    fn long_text(&mut self) -> Result<Option<Cow<'a, str>>> {
        let mut text = String::new();
        loop {
            let start = self.pos;
            let rest = &self.src[start..];
            let Some(end) = memchr::memchr(b'<', rest.as_bytes()) else {
                return Err(self.unclosed());
            };
            let piece = &rest[..end];
            if self.traits.brackets && piece.contains("]]>") {
                return Err(self.malformed(start + piece.find("]]>").unwrap_or(0), "`]]>` in text"));
            }
            if text.len() + end > self.limits.text {
                let message = format!("a text is longer than {} bytes", self.limits.text);
                return Err(self.error(ErrorKind::Limit, start, message));
            }
            if let Err(at) = escape::append_text(piece, &mut text) {
                return Err(self.malformed(start + at, escape::BAD_REFERENCE));
            }
            self.pos = start + end;
            let markup = &self.src[self.pos..];
            if markup.starts_with("</") {
                self.end_tag()?;
                return Ok(Some(Cow::Owned(text)));
            } else if let Some(inner) = markup.strip_prefix("<![CDATA[") {
                let Some(end) = inner.find("]]>") else {
                    return Err(self.malformed(self.pos, "a CDATA section that does not end"));
                };
                escape::append_lines(&inner[..end], &mut text);
                self.pos += "<![CDATA[".len() + end + "]]>".len();
            } else if markup.starts_with("<!") || markup.starts_with("<?") {
                self.skip_markup()?;
            } else {
                return Ok(None);
            }
        }
    }

    /// Skips the rest of elements until `depth` of them are open.
    pub(crate) fn skip_to(&mut self, depth: usize) -> Result<()> {
        self.pending = false;
        while self.open.len() > depth {
            match self.next()? {
                Next::Start => {}
                Next::End => self.take_end()?,
                Next::Text => self.skip_text()?,
            }
        }
        Ok(())
    }

    /// Skips text at `pos` up to the next markup that is no CDATA section, checking it.
    pub(crate) fn skip_text(&mut self) -> Result<()> {
        let start = self.pos;
        if let Some(inner) = self.src[start..].strip_prefix("<![CDATA[") {
            let Some(end) = inner.find("]]>") else {
                return Err(self.malformed(start, "a CDATA section that does not end"));
            };
            self.pos += "<![CDATA[".len() + end + "]]>".len();
            return Ok(());
        }
        let rest = &self.src[start..];
        let Some(end) = memchr::memchr(b'<', rest.as_bytes()) else {
            return Err(self.unclosed());
        };
        if let Some(at) = rest[..end].find("]]>") {
            return Err(self.malformed(start + at, "`]]>` in text"));
        }
        escape::append_text(&rest[..end], &mut String::new())
            .map_err(|at| self.malformed(start + at, escape::BAD_REFERENCE))?;
        self.pos = start + end;
        Ok(())
    }

    /// Prefixes that the innermost open element declares itself.
    pub(crate) fn own_prefixes(&self) -> Vec<String> {
        let outer = self.open.last().map_or(0, |open| open.bindings);
        self.bindings[outer..].iter().map(|binding| binding.prefix.to_owned()).collect()
    }

    /// Appends all text of the innermost open element and takes its end tag.
    pub(crate) fn collect_text(&mut self, text: &mut String) -> Result<()> {
        let depth = self.open.len();
        while self.open.len() >= depth {
            let bytes = self.src.as_bytes();
            match (bytes.get(self.pos), bytes.get(self.pos + 1)) {
                _ if self.self_closed => self.take_end()?,
                (Some(b'<'), Some(b'/')) => self.end_tag()?,
                (Some(b'<'), Some(b'!' | b'?')) => match self.src[self.pos..].strip_prefix("<![CDATA[") {
                    Some(inner) => {
                        escape::append_lines(inner.split("]]>").next().unwrap_or_default(), text);
                        self.skip_text()?;
                    }
                    None => self.skip_markup()?,
                },
                (Some(b'<'), _) => self.start_tag()?,
                (Some(_), _) => {
                    let rest = &self.src[self.pos..];
                    let end = rest.find('<').unwrap_or(rest.len());
                    escape::append_text(&rest[..end], text)
                        .map_err(|at| self.malformed(self.pos + at, escape::BAD_REFERENCE))?;
                    self.pos += end;
                }
                (None, _) => return Err(self.unclosed()),
            }
        }
        Ok(())
    }

    // ---- for the envelope -------------------------------------------------------------------------

    /// Number of open elements.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether the innermost open element has this name.
    pub(crate) fn is_at(&self, ns: Ns, local: &str) -> bool {
        self.open.last().is_some_and(|open| open.ns == ns && open.local == local)
    }

    /// Name of the innermost open element as written.
    pub(crate) fn qname(&self) -> &'a str {
        self.open.last().map_or("", |open| open.qname)
    }

    /// Local name of the innermost open element.
    pub(crate) fn local(&self) -> &'a str {
        self.open.last().map_or("", |open| open.local)
    }

    /// Namespace URI of the innermost open element.
    pub(crate) fn uri(&self) -> &str {
        self.current().1
    }

    /// Index of the particle that the innermost open element begins.
    pub(crate) fn position(&self, shape: &'static Shape) -> Option<usize> {
        let open = self.open.last()?;
        let uri = self.open_uri(open);
        shape.particles.iter().position(|p| p.starts_with(open.ns, open.local, uri))
    }

    fn flag(&self, ns: Ns, local: &str) -> bool {
        let found = self.attributes.iter().find(|a| a.ns == ns && a.local == local);
        found.is_some_and(|a| matches!(a.raw.trim(), "1" | "true"))
    }

    /// Whether the innermost open element is nil.
    pub(crate) fn is_nil(&self) -> bool {
        self.flag(Ns::XSI, "nil")
    }

    /// Whether the header block just opened must be understood.
    pub(crate) fn must_understand(&self) -> bool {
        self.flag(Ns::SOAP, "mustUnderstand")
    }

    /// Takes the SOAP attributes off a header block, which its type may not know.
    pub(crate) fn drop_soap_attributes(&mut self) {
        self.attributes.retain(|a| a.ns != Ns::SOAP);
    }

    /// Value of `xml:lang` of the element just opened; empty when there is none.
    pub(crate) fn xml_lang(&self) -> String {
        let found = self.attributes.iter().find(|a| a.ns == Ns::XML && a.local == "lang");
        found.and_then(|a| self.unescape_attribute(a.raw).ok()).unwrap_or_default().into_owned()
    }

    /// All text of the innermost open element, and the prefixes in force in it.
    pub(crate) fn text_with_scope(&mut self) -> Result<(String, Vec<(String, String)>)> {
        let scope = self.in_scope().into_iter().map(|(prefix, uri)| (prefix.to_owned(), uri.to_owned())).collect();
        let mut text = String::new();
        self.collect_text(&mut text)?;
        Ok((text, scope))
    }

    /// What was passed over.
    pub(crate) fn into_notes(self) -> Vec<Note> {
        self.notes
    }

    // ---- document ---------------------------------------------------------------------------------

    /// Moves to the start tag of the root element.
    pub(crate) fn root(&mut self) -> Result<()> {
        self.declaration()?;
        loop {
            self.skip_space();
            let bytes = self.src.as_bytes();
            match (bytes.get(self.pos), bytes.get(self.pos + 1)) {
                (Some(b'<'), Some(b'!' | b'?')) => self.skip_markup()?,
                (Some(b'<'), _) => return self.start_tag(),
                (Some(_), _) => return Err(self.malformed(self.pos, "text before the first element")),
                (None, _) => return Err(self.malformed(self.pos, "the document has no element")),
            }
        }
    }

    /// The XML declaration, if there is one.
    fn declaration(&mut self) -> Result<()> {
        let Some(rest) = self.src[self.pos..].strip_prefix("<?xml") else { return Ok(()) };
        if !rest.starts_with(|c: char| c.is_ascii_whitespace()) {
            return Ok(());
        }
        let Some(end) = rest.find("?>") else {
            return Err(self.malformed(self.pos, "an XML declaration that does not end"));
        };
        escape::declaration(&rest[..end]).map_err(|message| self.malformed(self.pos, message))?;
        self.pos += "<?xml".len() + end + "?>".len();
        Ok(())
    }

    /// Checks that only comments and white space follow the root element.
    pub(crate) fn finish(&mut self) -> Result<()> {
        loop {
            self.skip_space();
            let bytes = self.src.as_bytes();
            match (bytes.get(self.pos), bytes.get(self.pos + 1)) {
                (None, _) => return Ok(()),
                (Some(b'<'), Some(b'!' | b'?')) => self.skip_markup()?,
                _ => return Err(self.malformed(self.pos, "content after the root element")),
            }
        }
    }
}
