//! Start tags, attributes, namespace declarations and end tags, as they stand in the document.

use std::borrow::Cow;

use super::error::{Error, ErrorKind, Result};
use super::escape;
use super::expect::Beginning;
use super::name::{Ns, XML_URI};
use super::reader::{Binding, Open, RawAttribute, Reader};
use super::space::{is_space, trim_start};
use super::words;

/// What a byte is to a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A letter or `_`, which can begin a part of a name.
    Start,
    /// A digit, `-` or `.`, which cannot.
    Within,
    /// The colon between prefix and local part.
    Colon,
    /// Part of a character beyond ASCII, which `escape::is_name` knows.
    Other,
    /// Anything else: the name has ended.
    End,
}

const CLASSES: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut byte = 0;
    while byte < 0x80 {
        let c = byte as u8;
        table[byte] = match c {
            b'_' => Class::Start,
            b'0'..=b'9' | b'-' | b'.' => Class::Within,
            b':' => Class::Colon,
            _ if c.is_ascii_alphabetic() => Class::Start,
            _ => Class::End,
        };
        byte += 1;
    }
    table
};

/// How many times as many declarations as an element may have may be in force.
const NESTED: usize = 4;
/// Bytes of a namespace that no type here is of.
const URI: usize = 2048;

impl<'a> Reader<'a> {
    /// Reads a name and returns it with the offset of its colon.
    #[inline]
    fn name(&mut self) -> Result<(&'a str, Option<usize>)> {
        let start = self.pos;
        let rest = &self.src.as_bytes()[start..];
        let (mut colon, mut ascii) = (None, true);
        let mut end = words::letters(rest);
        while let Some(&byte) = rest.get(end) {
            match CLASSES[usize::from(byte)] {
                Class::Start | Class::Within => {}
                Class::End => break,
                Class::Colon if colon.is_some() => {
                    return Err(self.malformed(start + end, "a name with two colons"));
                }
                Class::Colon => {
                    colon = Some(end);
                    end += words::letters(&rest[end + 1..]);
                }
                Class::Other => ascii = false,
            }
            end += 1;
        }
        let name = &self.src[start..start + end];
        let bad_start = |at: usize| {
            let first = name.as_bytes().get(at);
            !first.is_some_and(|b| matches!(CLASSES[usize::from(*b)], Class::Start | Class::Other))
        };
        let bad = bad_start(0) || colon.is_some_and(|at| bad_start(at + 1));
        if bad || (!ascii && !escape::is_name(name)) {
            return Err(self.malformed(start, "a name was expected here"));
        }
        self.pos = start + end;
        Ok((name, colon))
    }

    #[inline]
    pub(crate) fn skip_space(&mut self) -> bool {
        let start = self.pos;
        let bytes = self.src.as_bytes();
        while bytes.get(self.pos).copied().is_some_and(is_space) {
            self.pos += 1;
        }
        self.pos > start
    }
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
        let Some(binding) = self.bound(&qname[..colon.unwrap_or(0)]) else {
            return Err(self.malformed(offset + 1, "a prefix that no xmlns declaration binds"));
        };
        let (ns, prefix) = (binding.ns, colon.map_or(0, |at| at + 1));
        self.keep_beginning(Beginning::new(&self.src.as_bytes()[offset..], 1 + prefix, ns));
        self.enter(Open { offset, len: qname.len(), prefix, ns, bindings })
    }

    /// Reads the start tag at `offset`, whose name up to and with the local part, which begins after `before` bytes and
    /// has `local`, was recognized. `false` when the tag declares namespaces: it is left unread.
    #[inline]
    pub(crate) fn expected_tag(
        &mut self,
        offset: usize,
        before: usize,
        local: usize,
        ns: Ns,
    ) -> Result<bool> {
        let bindings = self.bindings.len();
        let end = offset + before + local;
        self.attributes.clear();
        self.pos = end;
        match self.src.as_bytes().get(end) {
            Some(b'>') => self.pos += 1,
            _ => {
                self.rest_of_tag(offset)?;
                if self.bindings.len() > bindings {
                    self.bindings.truncate(bindings);
                    self.self_closed = false;
                    self.pos = offset;
                    return Ok(false);
                }
            }
        }
        self.enter(Open { offset, len: end - offset - 1, prefix: before - 1, ns, bindings })?;
        Ok(true)
    }

    /// One more element is open.
    #[inline]
    fn enter(&mut self, open: Open) -> Result<()> {
        if self.open.len() >= self.limits.depth {
            return Err(self.too_deep(open.offset));
        }
        self.open.push(open);
        Ok(())
    }

    #[cold]
    fn too_deep(&self, offset: usize) -> Error {
        let message = format!("elements are nested deeper than the limit of {}", self.limits.depth);
        self.error(ErrorKind::Limit, offset, message)
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
                        return Err(
                            self.malformed(self.pos, "a `/` in a start tag that is not followed by `>`")
                        );
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

    /// The name of an attribute: most are letters with `=` right behind them.
    #[inline]
    fn attribute_name(&mut self) -> Result<(&'a str, Option<usize>)> {
        let rest = self.src.as_bytes().get(self.pos..).unwrap_or_default();
        let len = words::letters(rest);
        match self.src.get(self.pos..self.pos + len) {
            Some(name) if len > 0 && rest.get(len) == Some(&b'=') => {
                self.pos += len;
                Ok((name, None))
            }
            _ => self.name(),
        }
    }

    fn attribute_as_written(&mut self, tag: usize, outer: usize) -> Result<()> {
        let offset = self.pos;
        let (qname, colon) = self.attribute_name()?;
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
        // A plain value ends with the first that is met of all that could be in one.
        let plain = words::value_end(rest).filter(|at| rest[*at] == quote);
        let end = match plain.or_else(|| memchr::memchr2(quote, b'<', rest)) {
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
        let plain = plain.is_some();
        let value = if plain { Cow::Borrowed(raw) } else { self.unescape_attribute(raw)? };
        match colon {
            None if qname == "xmlns" => self.declare("", value, offset, outer),
            Some(5) if qname.starts_with("xmlns") => self.declare(&qname[6..], value, offset, outer),
            None => {
                self.attributes.push(RawAttribute { qname, local: qname, ns: Ns::NONE, raw, offset, plain });
                Ok(())
            }
            Some(at) => {
                let local = &qname[at + 1..];
                self.attributes.push(RawAttribute { qname, local, ns: Ns::FOREIGN, raw, offset, plain });
                Ok(())
            }
        }
    }

    /// Binds a prefix; `outer` is the number of bindings outside of this element.
    fn declare(&mut self, prefix: &'a str, uri: Cow<'a, str>, offset: usize, outer: usize) -> Result<()> {
        let reserved = prefix == "xmlns" || (prefix == "xml") != (&*uri == XML_URI);
        if reserved || (uri.is_empty() && !prefix.is_empty()) {
            return Err(self.malformed(offset, "a namespace declaration that Namespaces in XML forbids"));
        }
        if self.bindings[outer..].iter().any(|binding| binding.prefix == prefix) {
            return Err(self.malformed(offset, "an attribute that the element already has"));
        }
        let ns = if uri.is_empty() { Ns::NONE } else { self.vocabulary.find(&uri).unwrap_or(Ns::FOREIGN) };
        // A prefix is looked for among all, and each name that is kept has a copy of its URI.
        if self.bindings.len() >= self.limits.attributes.saturating_mul(NESTED) {
            return Err(self.error(ErrorKind::Limit, offset, "too many namespace declarations are in force"));
        }
        if ns == Ns::FOREIGN && uri.len() > URI {
            let message = format!("a namespace has more than {URI} bytes");
            return Err(self.error(ErrorKind::Limit, offset, message));
        }
        self.bindings.push(Binding { prefix, uri, ns });
        self.beginnings = [Beginning::NONE; 2];
        Ok(())
    }

    /// Resolves the prefixes of the attributes and refuses doubles.
    fn resolve_attributes(&mut self) -> Result<()> {
        for index in 0..self.attributes.len() {
            let RawAttribute { qname, local, offset, .. } = self.attributes[index];
            if qname.len() != local.len() {
                let Some(binding) = self.bound(&qname[..qname.len() - local.len() - 1]) else {
                    return Err(self.malformed(offset, "a prefix that no xmlns declaration binds"));
                };
                self.attributes[index].ns = binding.ns;
            }
            for other in 0..index {
                if self.same_attribute(other, index) {
                    return Err(self.malformed(offset, "an attribute that the element already has"));
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

    #[inline]
    pub(crate) fn close(&mut self) {
        if let Some(open) = self.open.pop()
            && self.bindings.len() > open.bindings
        {
            self.bindings.truncate(open.bindings);
            self.beginnings = [Beginning::NONE; 2];
        }
    }

    /// Reads the end tag at `pos`, which must be that of the innermost open element.
    #[inline]
    pub(crate) fn end_tag(&mut self) -> Result<()> {
        let src = self.src.as_bytes();
        if let Some(&Open { offset, len, .. }) = self.open.last()
            && let Some(name) = src.get(offset + 1..offset + 1 + len)
            && let Some((written, [b'>', ..])) =
                src.get(self.pos + 2..).and_then(|rest| rest.split_at_checked(len))
            && words::same(written, name)
        {
            self.pos += 2 + len + 1;
            self.close();
            return Ok(());
        }
        self.other_end_tag()
    }

    /// The same with white space in it, or the error for what stands there.
    #[cold]
    fn other_end_tag(&mut self) -> Result<()> {
        let Some(open) = self.open.last() else {
            return Err(self.malformed(self.pos, "an end tag without a start tag"));
        };
        let name = self.qname_of(open);
        if let Some(rest) = self.src.get(self.pos + 2..).and_then(|rest| rest.strip_prefix(name)) {
            let after = trim_start(rest);
            if after.starts_with('>') {
                self.pos += 2 + name.len() + (rest.len() - after.len()) + 1;
                self.close();
                return Ok(());
            }
        }
        let message = format!("the end tag of `{name}` was expected here");
        Err(self.error(ErrorKind::Malformed, self.pos, message))
    }
}
