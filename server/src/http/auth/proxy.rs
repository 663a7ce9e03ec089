//! A reverse proxy that has authenticated the caller: believed by its address alone (UCS I1).

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};

use crate::http::settings::{ProxySettings, SetupError};

const HEADER: &str = "auth.trusted_proxy.header";
const ADDRESSES: &str = "auth.trusted_proxy.addresses";
const ADDRESS_HEADER: &str = "auth.trusted_proxy.address_header";

/// Whom to believe, and what.
#[derive(Debug)]
pub(in crate::http) struct Proxy {
    header: HeaderName,
    networks: Vec<Network>,
    address_header: Option<HeaderName>,
}

impl Proxy {
    pub(in crate::http) fn new(settings: &ProxySettings) -> Result<Proxy, SetupError> {
        if settings.header.is_empty() {
            return Err(SetupError::Missing(HEADER));
        }
        if settings.addresses.is_empty() {
            return Err(SetupError::Missing(ADDRESSES));
        }
        Ok(Proxy {
            header: name(HEADER, &settings.header)?,
            networks: settings.addresses.iter().map(|text| network(text)).collect::<Result<_, _>>()?,
            address_header: settings
                .address_header
                .as_deref()
                .map(|text| name(ADDRESS_HEADER, text))
                .transpose()?,
        })
    }

    /// Why there can be no proxy by these settings: all of it.
    pub(super) fn problems(settings: &ProxySettings) -> Vec<SetupError> {
        let mut problems = Vec::new();
        match settings.header.is_empty() {
            true => problems.push(SetupError::Missing(HEADER)),
            false => problems.extend(name(HEADER, &settings.header).err()),
        }
        if settings.addresses.is_empty() {
            problems.push(SetupError::Missing(ADDRESSES));
        }
        problems.extend(settings.addresses.iter().filter_map(|text| network(text).err()));
        problems.extend(settings.address_header.iter().filter_map(|text| name(ADDRESS_HEADER, text).err()));
        problems
    }

    /// Whether this address is the proxy's.
    pub(in crate::http) fn is_at(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.holds(address))
    }

    /// Whom the proxy names: nobody, somebody, or something that nobody is called.
    pub(super) fn login<'a>(&self, headers: &'a HeaderMap) -> Option<Result<&'a str, ()>> {
        let mut values = headers.get_all(&self.header).iter();
        let first = values.next()?;
        // Twice: one of them is the caller's own.
        if values.next().is_some() {
            return Some(Err(()));
        }
        let text = std::str::from_utf8(first.as_bytes()).map(str::trim);
        Some(text.ok().filter(|text| !text.is_empty()).ok_or(()))
    }

    /// The address of the proxy's caller, by the proxy.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Option<IpAddr> {
        // The last value of the last line is what the proxy has added.
        let line = headers.get_all(self.address_header.as_ref()?).iter().next_back()?;
        address(line.to_str().ok()?.rsplit(',').next()?.trim())
    }
}

/// An address as proxies write it: alone, with a port, in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(bare).or_else(with_port)
}

fn name(key: &'static str, text: &str) -> Result<HeaderName, SetupError> {
    let wrong = |_| SetupError::setting(key, format!("{text:?} is no name of a header"));
    HeaderName::try_from(text).map_err(wrong)
}

fn network(text: &str) -> Result<Network, SetupError> {
    let wrong = || SetupError::setting(ADDRESSES, format!("{text:?} is no address and no network"));
    Network::parse(text).ok_or_else(wrong)
}

/// Addresses with a common beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Network {
    address: IpAddr,
    /// Bits that count.
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(all);
        (bits <= all).then_some(Network { address, bits })
    }

    fn holds(self, other: IpAddr) -> bool {
        let same = match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros(),
            _ => return false,
        };
        same >= self.bits
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn proxy(addresses: &[&str]) -> Result<Proxy, SetupError> {
        Proxy::new(&ProxySettings {
            header: "X-Remote-User".to_owned(),
            addresses: addresses.iter().map(|&text| text.to_owned()).collect(),
            address_header: Some("X-Forwarded-For".to_owned()),
        })
    }

    #[test]
    fn networks_hold_their_addresses() {
        let proxy = proxy(&["192.0.2.1", "198.51.100.0/24", "2001:db8::/32", "10.0.0.0/9"]).unwrap();
        let at = |text: &str| proxy.is_at(text.parse().unwrap());
        for inside in
            ["192.0.2.1", "::ffff:192.0.2.1", "198.51.100.255", "2001:db8:ffff::1", "10.127.255.255"]
        {
            assert!(at(inside), "{inside}");
        }
        for outside in ["192.0.2.2", "198.51.101.0", "2001:db9::1", "10.128.0.0", "::1", "::192.0.2.1"] {
            assert!(!at(outside), "{outside}");
        }
        let everywhere = Network::parse("0.0.0.0/0").unwrap();
        assert!(everywhere.holds([203, 0, 113, 9].into()) && !everywhere.holds("::1".parse().unwrap()));
        for wrong in ["", "example.org", "192.0.2.1/33", "192.0.2.1/", "::/129"] {
            assert!(self::proxy(&[wrong]).is_err(), "{wrong}");
        }
        assert!(self::proxy(&[]).is_err());
    }

    #[test]
    fn one_value_names_the_caller_and_the_last_one_the_address() {
        let proxy = proxy(&["192.0.2.1"]).unwrap();
        let mut headers = HeaderMap::new();
        assert_eq!((proxy.login(&headers), proxy.caller(&headers)), (None, None));
        headers.insert("x-remote-user", HeaderValue::from_static(" jane "));
        assert_eq!(proxy.login(&headers), Some(Ok("jane")));
        headers.append("x-remote-user", HeaderValue::from_static("root"));
        assert_eq!(proxy.login(&headers), Some(Err(())));
        headers.insert("x-remote-user", HeaderValue::from_static(""));
        assert_eq!(proxy.login(&headers), Some(Err(())));
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.1"));
        headers.append("x-forwarded-for", HeaderValue::from_static("203.0.113.2, 203.0.113.3"));
        assert_eq!(proxy.caller(&headers), Some([203, 0, 113, 3].into()));
    }

    #[test]
    fn an_address_may_have_a_port_and_brackets() {
        for (text, wanted) in [
            ("203.0.113.3:4711", "203.0.113.3"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
        ] {
            assert_eq!(address(text), wanted.parse().ok(), "{text}");
        }
        for wrong in ["", "unknown", "203.0.113.3:", "[203.0.113.3", "203.0.113"] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
    }
}
