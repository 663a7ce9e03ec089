//! Media types: what a request may call itself (UCS T3).

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

/// Whether the server reads what these headers announce: `text/xml` in UTF-8 or UTF-16, not compressed; and
/// `application/soap+xml` where it speaks SOAP 1.2.
///
/// # Errors
/// What is wrong, in a sentence for the caller.
pub(super) fn check(headers: &HeaderMap, soap12: bool) -> Result<(), &'static str> {
    const WANTED: &str = "The Content-Type of a request must be text/xml; charset=utf-8.\n";
    let Some(value) = headers.get(CONTENT_TYPE) else { return Err(WANTED) };
    // The usual spelling at once. An action may have letters of any script.
    if value.as_bytes() != b"text/xml; charset=utf-8"
        && !is_xml(&String::from_utf8_lossy(value.as_bytes()), soap12)
    {
        return Err(WANTED);
    }
    match headers.get(CONTENT_ENCODING) {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err("The Content-Encoding of a request must be identity.\n")
        }
        _ => Ok(()),
    }
}

fn is_xml(value: &str, soap12: bool) -> bool {
    let mut parts = value.split(';');
    let essence = parts.next().unwrap_or_default().trim();
    let known = essence.eq_ignore_ascii_case("text/xml")
        || soap12 && essence.eq_ignore_ascii_case("application/soap+xml");
    known
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => is_charset(value),
            _ => true,
        })
}

/// UTF-8 in any spelling. UTF-16 is told by its byte order mark; naming it does no harm.
fn is_charset(value: &str) -> bool {
    let value = value.trim();
    let value =
        value.strip_prefix(['"', '\'']).and_then(|value| value.strip_suffix(['"', '\''])).unwrap_or(value);
    ["utf-8", "utf8", "utf-16", "utf16"].iter().any(|known| value.trim().eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(http::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), http::HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn t3_any_spelling_of_utf_8_or_none() {
        for fine in [
            "text/xml",
            "text/xml;charset=utf-8",
            "text/xml; charset=UTF-8",
            "Text/XML ; Charset = \"utf-8\"",
            "text/xml; charset='utf8'",
            "text/xml; charset=utf-16",
            "text/xml;",
            "text/xml; action=\"urn:x\"; charset=utf-8",
        ] {
            assert_eq!(check(&headers(&[(CONTENT_TYPE, fine)]), false), Ok(()), "{fine}");
        }
    }

    #[test]
    fn actions_may_have_letters_of_any_script() {
        for value in
            ["application/soap+xml; action=\"urn:\u{e4}\"; charset=utf-8", "text/xml; action=\u{4e2d}"]
        {
            let value = http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
            assert_eq!(check(&[(CONTENT_TYPE, value)].into_iter().collect(), true), Ok(()));
        }
        let latin = http::HeaderValue::from_bytes(b"text/xml; action=\"urn:\xe4\"").unwrap();
        assert_eq!(check(&[(CONTENT_TYPE, latin)].into_iter().collect(), false), Ok(()));
    }

    #[test]
    fn t3_anything_else_is_refused() {
        for wrong in [
            "",
            "application/xml",
            "application/soap+xml; charset=utf-8",
            "text/xml; charset=iso-8859-1",
            "text/xml; charset=",
            "text/xmlx",
            "text/plain",
        ] {
            assert!(check(&headers(&[(CONTENT_TYPE, wrong)]), false).is_err(), "{wrong}");
        }
        assert!(check(&HeaderMap::new(), false).is_err());
        let other = http::HeaderValue::from_bytes(b"text/pl\xc3\xa4in").unwrap();
        assert!(check(&[(CONTENT_TYPE, other)].into_iter().collect(), false).is_err());
        let gzip = [(CONTENT_TYPE, "text/xml"), (CONTENT_ENCODING, "gzip")];
        assert!(check(&headers(&gzip), false).is_err_and(|text| text.contains("Content-Encoding")));
        let identity = [(CONTENT_TYPE, "text/xml"), (CONTENT_ENCODING, "Identity")];
        assert_eq!(check(&headers(&identity), false), Ok(()));
    }
}
