//! What stands between tags: the next child or end, text, CDATA sections, comments, processing instructions.

use std::borrow::Cow;

use super::error::{Error, ErrorKind, Result};
use super::escape;
use super::reader::{Next, Reader};
use super::words;

impl<'a> Reader<'a> {
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
                (Some(b'<'), Some(b'!')) if self.src[self.pos..].starts_with("<![CDATA[") => {
                    return Ok(Next::Text);
                }
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
    pub(crate) fn unclosed(&self) -> Error {
        let name = self.qname();
        let message = format!("the document ends inside the element `{name}`");
        self.error(ErrorKind::Malformed, self.src.len(), message)
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
        let Some(at) = words::find(&rest.as_bytes()[skip..], end.as_bytes()) else {
            return Err(self.malformed(self.pos, what));
        };
        let mut after = skip + at + end.len();
        if skip == 4 {
            if rest.as_bytes().get(after) != Some(&b'>') {
                return Err(self.malformed(self.pos + skip + at, "`--` inside a comment"));
            }
            after += 1;
        } else {
            let mut target = &rest[2..skip + at];
            for (at, byte) in target.bytes().enumerate() {
                if byte.is_ascii_whitespace() {
                    target = &target[..at];
                    break;
                }
            }
            if !escape::is_name(target)
                || matches!(target.as_bytes(), [b'x' | b'X', b'm' | b'M', b'l' | b'L'])
            {
                return Err(self.malformed(self.pos, "a processing instruction without a proper name"));
            }
        }
        self.pos += after;
        Ok(())
    }

    /// The text up to the end tag of the innermost open element, if it stands there as it is: the reader is then at the
    /// end tag. Otherwise it is where it was.
    #[inline]
    pub(crate) fn plain_text(&mut self) -> Option<&'a str> {
        let rest = self.src.get(self.pos..)?;
        let at = words::markup(rest.as_bytes())?;
        let text = rest.get(..at)?;
        if rest.as_bytes().get(at..at + 2) != Some(b"</") || at > self.limits.text || !self.is_plain(text) {
            return None;
        }
        self.pos += at;
        Some(text)
    }

    /// All text up to the end tag of the innermost open element, which is taken. Stops with `None` at a
    /// child element, text read so far dropped.
    pub(crate) fn text(&mut self) -> Result<Option<Cow<'a, str>>> {
        if self.self_closed {
            self.take_end()?;
            return Ok(Some(Cow::Borrowed("")));
        }
        if let Some(text) = self.plain_text() {
            self.end_tag()?;
            return Ok(Some(Cow::Borrowed(text)));
        }
        self.long_text()
    }

    /// The text that the innermost open element has, which stays to be read. `None` when it has a child, or is not
    /// well-formed: that is told when it is read.
    pub(crate) fn peek_text(&mut self) -> Option<Cow<'a, str>> {
        if self.self_closed {
            return Some(Cow::Borrowed(""));
        }
        let start = self.pos;
        let text = match self.plain_text() {
            Some(text) => Some(Cow::Borrowed(text)),
            None => {
                let mut text = String::new();
                let whole = self.characters(&mut text).is_ok() && self.src[self.pos..].starts_with("</");
                whole.then_some(Cow::Owned(text))
            }
        };
        self.pos = start;
        text
    }

    /// Whether a text without references stands for itself. Most documents have nothing to look for.
    #[inline]
    fn is_plain(&self, text: &str) -> bool {
        let has = |possible: bool, byte: u8| possible && text.as_bytes().contains(&byte);
        !has(self.traits.returns, b'\r') && !has(self.traits.brackets, b']')
    }

    /// The general case of `text`: references, CDATA sections, comments, line ends.
    fn long_text(&mut self) -> Result<Option<Cow<'a, str>>> {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        self.characters(&mut text)?;
        if !self.src[self.pos..].starts_with("</") {
            return Ok(None);
        }
        self.take_end()?;
        Ok(Some(Cow::Owned(text)))
    }

    /// Appends text up to the next start or end tag: references replaced, line ends normalized, CDATA
    /// sections taken as text, comments and processing instructions left out.
    pub(crate) fn characters(&mut self, text: &mut String) -> Result<()> {
        loop {
            let start = self.pos;
            let rest = &self.src[start..];
            let Some(end) = words::markup(rest.as_bytes()) else {
                return Err(self.unclosed());
            };
            let piece = &rest[..end];
            if self.traits.brackets
                && let Some(at) = words::find(piece.as_bytes(), b"]]>")
            {
                return Err(self.malformed(start + at, "`]]>` in text"));
            }
            self.limit_text(text.len() + end)?;
            if self.traits.returns {
                escape::append_lines(piece, text)
            } else {
                text.push_str(piece)
            }
            self.pos = start + end;
            let markup = &rest[end..];
            if markup.starts_with('&') {
                let Some((c, len)) = escape::reference(markup) else {
                    return Err(self.malformed(self.pos, escape::BAD_REFERENCE));
                };
                text.push(c);
                self.pos += len;
            } else if let Some(inner) = markup.strip_prefix("<![CDATA[") {
                let Some(end) = words::find(inner.as_bytes(), b"]]>") else {
                    return Err(self.malformed(self.pos, "a CDATA section that does not end"));
                };
                self.limit_text(text.len() + end)?;
                escape::append_lines(&inner[..end], text);
                self.pos += "<![CDATA[".len() + end + "]]>".len();
            } else if markup.starts_with("<!") || markup.starts_with("<?") {
                self.skip_markup()?;
            } else {
                return Ok(());
            }
        }
    }

    fn limit_text(&self, len: usize) -> Result<()> {
        if len <= self.limits.text {
            return Ok(());
        }
        let message = format!("a text is longer than {} bytes", self.limits.text);
        Err(self.error(ErrorKind::Limit, self.pos, message))
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

    /// Skips text at `pos`, checking it.
    pub(crate) fn skip_text(&mut self) -> Result<()> {
        self.characters(&mut String::new())
    }

    /// Appends all text of the innermost open element and takes its end tag.
    #[inline]
    pub(crate) fn collect_text(&mut self, text: &mut String) -> Result<()> {
        let depth = self.open.len();
        while self.open.len() >= depth {
            if self.self_closed {
                self.take_end()?;
                continue;
            }
            self.characters(text)?;
            if self.src[self.pos..].starts_with("</") { self.take_end()? } else { self.start_tag()? }
        }
        Ok(())
    }
}
