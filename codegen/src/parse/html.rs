//! Documentation that was written in HTML: its tags taken out, what stands in blocks of its own made paragraphs.

/// Elements within a line.
const INLINE: [&str; 21] = [
    "a", "abbr", "acronym", "b", "big", "center", "code", "em", "font", "i", "img", "kbd", "small", "span",
    "strong", "sub", "sup", "tt", "u", "var", "nobr",
];
/// Elements that begin a paragraph.
const BLOCK: [&str; 26] = [
    "blockquote",
    "body",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "html",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Those of them that often have no end tag.
const OPEN: [&str; 7] = ["br", "hr", "img", "p", "li", "td", "tr"];

/// What a tag is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Inline,
    Block,
}

/// The text of `text`. What is between backticks, and tags that are not those of HTML or have no end, stay.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let balanced = text.matches('`').count().is_multiple_of(2);
    let mut code = false;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '`' && balanced {
            code = !code;
        }
        match tag(rest, &lower).filter(|_| !code) {
            Some((length, kind)) => {
                if kind == Kind::Block {
                    out.push_str("\n\n");
                }
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

/// Whether an element of that name begins a paragraph.
pub(super) fn is_block(name: &str) -> bool {
    BLOCK.contains(&name.to_ascii_lowercase().as_str())
}

/// The tag that `rest`, a part of a text, begins with, if it is to go: its length and kind.
fn tag(rest: &str, lower: &str) -> Option<(usize, Kind)> {
    let inner = rest.strip_prefix('<')?;
    let end = inner.find('>')?;
    let inner = inner.get(..end)?;
    let name = inner.trim_start_matches('/');
    let name = name.split(|c: char| c.is_whitespace() || c == '/').next()?.to_ascii_lowercase();
    let kind = match () {
        () if INLINE.contains(&name.as_str()) => Kind::Inline,
        () if BLOCK.contains(&name.as_str()) => Kind::Block,
        () => return None,
    };
    let has_end = OPEN.contains(&name.as_str()) || lower.contains(&format!("</{name}>"));
    let is_tag = !inner.contains('<') && (!inner.contains(char::is_whitespace) || inner.contains(['=', '/']));
    (has_end && is_tag).then_some((end + 2, kind))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn tags_go_and_blocks_become_paragraphs() {
        assert_eq!(plain("A <b>bold</b> <a href=\"x\">link</a>."), "A bold link.");
        assert_eq!(plain("One<br/>two<P>three</p>"), "One\n\ntwo\n\nthree\n\n");
        assert_eq!(plain("<ul><li>x<li>y</ul>"), "\n\n\n\nx\n\ny\n\n");
    }

    #[test]
    fn what_is_no_html_stays() {
        for text in
            ["a < b > c", "from <a> to <b>", "`code <i>x</i>`", "a <T> b", "Vec<T></T>", "<", "x <b c>"]
        {
            assert_eq!(plain(text), text);
        }
    }
}
