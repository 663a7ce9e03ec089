//! What of an HTTP reply is the envelope: its body, or the root part where there are attachments; and the encoding that
//! its headers say.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use memchr::memmem;

use crate::soap::parameter;

/// The envelope, and the charset of its media type.
pub(super) fn envelope<'b>(headers: &HeaderMap, body: &'b [u8]) -> (&'b [u8], Option<Cow<'static, str>>) {
    let Some(media) = headers.get(CONTENT_TYPE) else { return (body, None) };
    // The usual spelling at once.
    if media.as_bytes() == b"text/xml; charset=utf-8" {
        return (body, Some("utf-8".into()));
    }
    let media = String::from_utf8_lossy(media.as_bytes());
    let kind = media.get(..10).filter(|kind| kind.eq_ignore_ascii_case("multipart/"));
    match kind.and_then(|_| root(&media, body)) {
        Some(part) => (part.content, part.header("content-type").and_then(|media| charset(&media))),
        None => (body, charset(&media)),
    }
}

fn charset(media: &str) -> Option<Cow<'static, str>> {
    parameter(media, "charset").map(|name| name.trim_matches('\'').to_owned().into())
}

/// A part of a message with several.
struct Part<'b> {
    head: String,
    content: &'b [u8],
}

impl Part<'_> {
    /// Value of a header.
    fn header(&self, wanted: &str) -> Option<String> {
        let mut lines = self.head.lines();
        let named = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        });
        // A long one goes on in lines that begin with a blank.
        let more = lines.take_while(|line| line.starts_with([' ', '\t']));
        named.map(|first| more.fold(first, |value, line| value + line))
    }

    fn is_plain(&self) -> bool {
        let coding = self.header("content-transfer-encoding").unwrap_or_default();
        ["", "7bit", "8bit", "binary"].iter().any(|plain| coding.eq_ignore_ascii_case(plain))
    }
}

/// The root of a `multipart/related` body (RFC 2387): the part that `start` names, or the first.
fn root<'b>(media: &str, body: &'b [u8]) -> Option<Part<'b>> {
    let boundary = format!("--{}", parameter(media, "boundary").filter(|name| !name.is_empty())?);
    let bare = |id: &str| id.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
    let start = parameter(media, "start").map(bare);
    let (mut first, mut rest) = (None, after_boundary(body, &boundary)?);
    while let Some((part, after)) = next_part(rest, &boundary) {
        if start.is_none() || part.header("content-id").map(|id| bare(&id)) == start {
            return Some(part).filter(Part::is_plain);
        }
        first.get_or_insert(part);
        rest = after;
    }
    first.filter(Part::is_plain)
}

/// What follows the first boundary.
fn after_boundary<'b>(body: &'b [u8], boundary: &str) -> Option<&'b [u8]> {
    body.get(find(body, boundary)? + boundary.len()..)
}

/// Where a boundary stands: on a line of its own, with blanks behind it at most, or what ends the last part.
fn find(body: &[u8], boundary: &str) -> Option<usize> {
    memmem::find_iter(body, boundary).find(|at| {
        let after = &body[at + boundary.len()..];
        let ends = after.first().is_none_or(u8::is_ascii_whitespace) || after.starts_with(b"--");
        ends && (*at == 0 || body[at - 1] == b'\n')
    })
}

/// The part behind a boundary, and what follows the next one. None is behind the last.
fn next_part<'b>(rest: &'b [u8], boundary: &str) -> Option<(Part<'b>, &'b [u8])> {
    if rest.starts_with(b"--") {
        return None;
    }
    let line = memchr::memchr(b'\n', rest)? + 1;
    let rest = rest.get(line..)?;
    let end = find(rest, boundary)?;
    let (part, after) = (&rest[..end], &rest[end + boundary.len()..]);
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    let part = part.strip_suffix(b"\r").unwrap_or(part);
    let (head, content) = if let Some(content) = part.strip_prefix(b"\r\n").or(part.strip_prefix(b"\n")) {
        (&[][..], content)
    } else if let Some(at) = memmem::find(part, b"\r\n\r\n") {
        (&part[..at], &part[at + 4..])
    } else {
        let at = memmem::find(part, b"\n\n")?;
        (&part[..at], &part[at + 2..])
    };
    Some((Part { head: String::from_utf8_lossy(head).into_owned(), content }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(media: &'static str, body: &str) -> (String, Option<String>) {
        let headers = [(CONTENT_TYPE, http::HeaderValue::from_static(media))].into_iter().collect();
        let (xml, charset) = envelope(&headers, body.as_bytes());
        (String::from_utf8_lossy(xml).into_owned(), charset.map(Cow::into_owned))
    }

    #[test]
    fn the_root_part_is_the_envelope() {
        let parts = "before\r\n--b\r\nContent-Type: text/plain\r\nContent-ID: <one>\r\n\r\nfirst --b here\r\n--b \r\n\
                     Content-ID: <two>\r\ncontent-type: application/xop+xml;\r\n charset=ISO-8859-1; type=x\r\n\r\n\
                     second\r\n\r\n--b--\r\n--b\r\n\r\nafter";
        assert_eq!(found("multipart/related; boundary=b", parts), ("first --b here".to_owned(), None));
        let second = ("second\r\n".to_owned(), Some("ISO-8859-1".to_owned()));
        for media in [
            "Multipart/Related; boundary=\"b\"; start=\"<two>\"",
            "multipart/related; type=\"a/b\"; start=two; boundary=b",
        ] {
            assert_eq!(found(media, parts), second, "{media}");
        }
        assert_eq!(found("multipart/related; start=three; boundary=b", parts).0, "first --b here");
        let plain = "--b\n\nx\n--b\nContent-Transfer-Encoding: binary\n\ny\n--b--";
        assert_eq!(found("multipart/mixed; boundary=b", plain).0, "x");
    }

    #[test]
    fn what_has_no_such_part_is_left_as_it_is() {
        for (media, body) in [
            ("multipart/related", "--b\n\nx\n--b--"),
            ("multipart/related; boundary=\"\"", "--\n\nx\n----"),
            ("multipart/related; boundary=b", "<a/>"),
            ("multipart/related; boundary=b", "--b"),
            ("multipart/related; boundary=b", "--b\n"),
            ("multipart/related; boundary=b", "--b--\n\nx\n--b--"),
            ("multipart/related; boundary=b", "--b\nContent-ID: x\n--b--"),
            ("multipart/related; boundary=b", "--b\nContent-Transfer-Encoding: base64\n\nx\n--b--"),
            ("text/xml; boundary=b", "--b\n\nx\n--b--"),
            ("", "--b\n\nx\n--b--"),
        ] {
            assert_eq!(found(media, body).0, body, "{media}");
        }
    }

    #[test]
    fn charsets() {
        let charset = |media| found(media, "").1;
        assert_eq!(charset("text/xml; charset=utf-8").as_deref(), Some("utf-8"));
        assert_eq!(charset("text/xml;Charset=\"UTF-16\"").as_deref(), Some("UTF-16"));
        assert_eq!(charset("text/xml; charset='latin1'").as_deref(), Some("latin1"));
        assert_eq!(charset("text/xml"), None);
    }
}
