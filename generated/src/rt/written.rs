//! What stands in the text that a writer has written so far: the start tag begun last, and the elements that are open.
//! Read from the text when it is asked for, which is rare, so that nothing has to be kept for it.

use super::escape;
use super::space;
use super::words;
use super::writer::Writer;

impl Writer {
    /// The start tag begun last, which has no `>` yet.
    fn open_tag(&self) -> &[u8] {
        // No value holds a `<`.
        let out = self.written();
        &out[memchr::memrchr(b'<', out).unwrap_or(0)..]
    }

    /// Whether the start tag begun last holds this text outside of values.
    pub(crate) fn open_tag_has(&self, text: &str) -> bool {
        // No value holds the `"` that `text` has.
        words::find(self.open_tag(), text.as_bytes()).is_some()
    }

    /// The value of the attribute of the start tag begun last that begins with this text: ` name="`.
    pub(crate) fn open_tag_value(&self, open: &str) -> Option<String> {
        let tag = self.open_tag();
        let at = words::find(tag, open.as_bytes())? + open.len();
        let len = memchr::memchr(b'"', &tag[at..])?;
        let raw = String::from_utf8_lossy(&tag[at..at + len]);
        Some(escape::attribute(&raw).unwrap_or_default().into_owned())
    }

    /// Whether the name of the start tag begun last has a prefix.
    pub(crate) fn open_tag_is_prefixed(&self) -> bool {
        for byte in self.open_tag() {
            if *byte == b':' || space::is_space(*byte) {
                return *byte == b':';
            }
        }
        false
    }

    /// Local names of the elements that are open, each after a slash.
    #[cold]
    pub(super) fn path(&self) -> String {
        path(&String::from_utf8_lossy(self.written()))
    }
}

/// Local names of the elements that a text begins and does not end, each after a slash.
fn path(text: &str) -> String {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((_, markup)) = rest.split_once('<') {
        // Elements that were kept as XML may hold anything.
        let end = match markup {
            _ if markup.starts_with("!--") => "-->",
            _ if markup.starts_with("![CDATA[") => "]]>",
            _ if markup.starts_with('?') => "?>",
            _ => {
                let (tag, after) = tag(markup);
                if tag.starts_with('/') {
                    open.pop();
                } else if !tag.ends_with('/') {
                    let mut name = tag;
                    for (at, byte) in tag.bytes().enumerate() {
                        if space::is_space(byte) {
                            name = &tag[..at];
                            break;
                        }
                    }
                    if let Some((_, local)) = name.split_once(':') {
                        name = local;
                    }
                    open.push(name);
                }
                rest = after;
                continue;
            }
        };
        rest = match words::find(markup.as_bytes(), end.as_bytes()) {
            Some(at) => &markup[at + end.len()..],
            None => "",
        };
    }
    let mut path = String::new();
    for name in open {
        path.push('/');
        path.push_str(name);
    }
    path
}

/// A tag without its angle brackets, and what follows it. The last one may have no end yet.
fn tag(markup: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in markup.char_indices() {
        match (quote, c) {
            (None, '>') => return (&markup[..at], &markup[at + 1..]),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    (markup, "")
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn the_path_is_that_of_the_elements_without_an_end() {
        for (text, expected) in [
            ("", ""),
            ("<a", "/a"),
            ("<?xml version=\"1.0\"?>\n<s:a xmlns:s=\"b\"><b/><s:c x='>/'>text</s:c><d y=\"1\"", "/a/d"),
            ("<a><!-- <b> --><c><![CDATA[<d>]]>", "/a/c"),
            ("<a><b x=\"/>\"/><b></b></a>", ""),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
    }
}
