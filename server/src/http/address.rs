//! The URLs of this server, as a client must write them.

use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use oxws::server::Peer;

/// Path of the operations (UCS T1).
pub(super) const ENDPOINT: &str = "/EWS/Exchange.asmx";

/// A URL of the endpoint, and the host in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Address {
    pub(super) url: String,
    pub(super) host: String,
}

impl Address {
    /// The address that is configured: the endpoint, or what the path of the endpoint is added to.
    pub(super) fn configured(url: &str) -> Option<Address> {
        let uri: http::Uri = url.parse().ok()?;
        let web = matches!(uri.scheme_str(), Some("http" | "https"));
        let host = uri.host().filter(|_| web)?.to_owned();
        // Nobody's password, and a port that there is, if any.
        let authority = uri.authority()?.as_str();
        if authority.contains('@') || authority != host && uri.port().is_none() {
            return None;
        }
        let url = match uri.path().to_ascii_lowercase().ends_with(".asmx") {
            true => url.to_owned(),
            false if uri.query().is_some() => return None,
            false => format!("{}{ENDPOINT}", url.trim_end_matches('/')),
        };
        Some(Address { url, host })
    }

    /// The address that a request was sent to; `None` when its Host is no host.
    pub(super) fn of(head: &Parts) -> Option<Address> {
        let authority = match (head.uri.authority(), head.headers.get(HOST)) {
            (Some(authority), _) => authority.clone(),
            (None, Some(host)) => Authority::try_from(host.as_bytes()).ok()?,
            (None, None) => Authority::from_static("localhost"),
        };
        let tls = head.extensions.get::<Peer>().is_some_and(|peer| peer.tls);
        let scheme = match head.uri.scheme_str() {
            Some(scheme) => scheme,
            None if tls => "https",
            None => "http",
        };
        // Without a user, which no client sends here.
        let place = authority.as_str().rsplit('@').next().unwrap_or_default();
        Some(Address { url: format!("{scheme}://{place}{ENDPOINT}"), host: authority.host().to_owned() })
    }
}

/// Text for XML and HTML, between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What XML cannot carry.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}')
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn of(uri: &str, host: Option<&str>, tls: bool) -> Option<String> {
        let mut request = Request::builder().uri(uri);
        if let Some(host) = host {
            request = request.header(HOST, host);
        }
        let request = request.extension(Peer { address: ([127, 0, 0, 1], 1).into(), tls });
        Address::of(&request.body(()).unwrap().into_parts().0)
            .map(|address| format!("{} {}", address.url, address.host))
    }

    #[test]
    fn the_address_is_what_the_request_was_sent_to() {
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(
            of("/", Some("a.example:8443"), true),
            at("https://a.example:8443/EWS/Exchange.asmx a.example")
        );
        assert_eq!(of("/", Some("[::1]:80"), false), at("http://[::1]:80/EWS/Exchange.asmx [::1]"));
        assert_eq!(of("/", None, false), at("http://localhost/EWS/Exchange.asmx localhost"));
        assert_eq!(
            of("https://b.example/", Some("a.example"), false),
            at("https://b.example/EWS/Exchange.asmx b.example")
        );
        assert_eq!(of("/", Some("a b"), false), None);
        assert_eq!(of("/", Some("<script>"), false), None);
        assert_eq!(of("/", Some("u:p@a.example"), false), at("http://a.example/EWS/Exchange.asmx a.example"));
    }

    #[test]
    fn configured_addresses_are_urls() {
        for (set, url) in [
            ("https://a.example:8443", "https://a.example:8443/EWS/Exchange.asmx"),
            ("https://a.example:8443/", "https://a.example:8443/EWS/Exchange.asmx"),
            ("https://a.example/im/", "https://a.example/im/EWS/Exchange.asmx"),
            ("https://a.example/EWS/Exchange.asmx", "https://a.example/EWS/Exchange.asmx"),
            ("http://a.example/ews/exchange.ASMX?a", "http://a.example/ews/exchange.ASMX?a"),
        ] {
            let address = Address::configured(set).unwrap();
            assert_eq!((address.url.as_str(), address.host.as_str()), (url, "a.example"));
        }
        let wrong = ["", "a.example", "/EWS", "ftp://a.example/", "https://", "https://a.example/?a"];
        let others = [
            "https://u:p@a.example/",
            "https://u@a.example:1/",
            "https://a.example:99999/",
            "https://a.example:/",
        ];
        for wrong in wrong.into_iter().chain(others) {
            assert_eq!(Address::configured(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("<a b='\"&\u{1}\n"), "&lt;a b=&#39;&quot;&amp;\u{fffd}\n");
    }
}
