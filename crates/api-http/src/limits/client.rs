//! Who a client is: the address of its connection, or what a trusted proxy says of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose word counts about whom a request comes from, and where they write it.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Networks of the proxies; without any, no header counts.
    pub trusted: Vec<IpNet>,
    /// The one header that they write. Another one may be the client's own and does not count.
    pub header: ProxyHeader,
}

/// Where a proxy writes whom a request comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: addresses separated by commas.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239): the parameter `for` of each element.
    Forwarded,
}

impl Proxies {
    /// The client of a connection from `peer`: `peer` itself unless that is trusted, else the right-most address in the
    /// header that is not. Whatever stands left of it anybody may have written.
    ///
    /// An element that is no address ends the search, as RFC 7239 (section 6) allows proxies to hide it; the client is
    /// then the proxy that wrote it.
    fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
        let Some(peer) = peer else { return IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let name = match self.header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => header::FORWARDED,
        };
        // What a client has written may be no text; that says nothing of what a proxy has added on the right.
        let lines: Vec<_> = headers.get_all(name).map(HeaderValue::as_bytes).collect();
        for element in lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')) {
            let said = str::from_utf8(element).ok().and_then(|element| match self.header {
                ProxyHeader::XForwardedFor => Some(element),
                ProxyHeader::Forwarded => for_parameter(element),
            });
            let Some(address) = said.and_then(address) else { return client };
            client = address;
            if !self.trusts(client) {
                return client;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// The parameter `for` of an element of `Forwarded`.
fn for_parameter(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value)
}

/// Reads an address as proxies write it: quoted or not, an IPv6 address in brackets or not, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// Who a request comes from, as the limits count and the log says.
pub(crate) fn client_of(request: &HttpRequest, proxies: &Proxies) -> IpAddr {
    let peer = request.peer_addr().map(|peer| peer.ip());
    network_of(proxies.client(peer, request.headers()))
}

/// The network that counts as one client: the address itself, of IPv6 its first 64 bits (RFC 4291, section 2.5.4).
fn network_of(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ProxyHeader, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        client_by(header, peer, &lines)
    }

    fn client_by(header: ProxyHeader, peer: &str, lines: &[(&'static str, &[u8])]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
        }
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"].map(|network| network.parse().unwrap()).into();
        Proxies { trusted, header }.client(Some(peer.parse().unwrap()), &headers).to_string()
    }

    fn of_x(peer: &str, line: &'static str) -> String {
        client(ProxyHeader::XForwardedFor, peer, &[("x-forwarded-for", line)])
    }

    #[test]
    fn nobody_else_than_a_trusted_proxy_is_believed() {
        assert_eq!(of_x("192.0.2.1", "203.0.113.9"), "192.0.2.1");
        assert_eq!(of_x("10.1.2.3", "203.0.113.9"), "203.0.113.9");
        assert_eq!(of_x("::ffff:10.1.2.3", "::ffff:203.0.113.9"), "203.0.113.9");
        let nobody = Proxies::default();
        let mut headers = HeaderMap::new();
        headers.insert(X_FORWARDED_FOR, HeaderValue::from_static("203.0.113.9"));
        assert_eq!(nobody.client(Some([10, 1, 2, 3].into()), &headers), IpAddr::from([10, 1, 2, 3]));
    }

    #[test]
    fn the_right_most_address_that_is_not_trusted_counts() {
        assert_eq!(of_x("10.1.2.3", "1.1.1.1, 203.0.113.9, 10.0.0.7"), "203.0.113.9");
        assert_eq!(of_x("2001:db8:1::1", "8.8.8.8,2001:db8:2::5"), "2001:db8:2::5");
        assert_eq!(of_x("10.1.2.3", "10.0.0.9, 10.0.0.7"), "10.0.0.9");
        let two_lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9, 10.0.0.7")];
        assert_eq!(client(ProxyHeader::XForwardedFor, "10.1.2.3", &two_lines), "203.0.113.9");
    }

    #[test]
    fn what_is_no_address_ends_the_search_at_the_one_who_wrote_it() {
        assert_eq!(of_x("10.1.2.3", "203.0.113.9, unknown"), "10.1.2.3");
        assert_eq!(of_x("10.1.2.3", "203.0.113.9, nonsense, 10.0.0.7"), "10.0.0.7");
        assert_eq!(of_x("10.1.2.3", ""), "10.1.2.3");
    }

    #[test]
    fn bytes_that_are_no_text_hide_nothing_that_stands_right_of_them() {
        for (header, name, line) in [
            (ProxyHeader::XForwardedFor, "x-forwarded-for", &b"\xff\xe9, 203.0.113.9, 10.0.0.7"[..]),
            (ProxyHeader::XForwardedFor, "x-forwarded-for", "\u{e9}, 203.0.113.9".as_bytes()),
            (ProxyHeader::Forwarded, "forwarded", &b"for=\xff, for=203.0.113.9;by=x"[..]),
        ] {
            assert_eq!(client_by(header, "10.1.2.3", &[(name, line)]), "203.0.113.9", "{line:?}");
        }
        let hidden = &b"203.0.113.9, \xff, 10.0.0.7"[..];
        let lines = [("x-forwarded-for", hidden)];
        assert_eq!(client_by(ProxyHeader::XForwardedFor, "10.1.2.3", &lines), "10.0.0.7");
    }

    #[test]
    fn addresses_come_with_ports_brackets_and_quotes() {
        assert_eq!(of_x("10.1.2.3", "203.0.113.9:4711"), "203.0.113.9");
        assert_eq!(of_x("10.1.2.3", "[2001:db8:2::5]:4711"), "2001:db8:2::5");
        assert_eq!(of_x("10.1.2.3", "[2001:db8:2::5]"), "2001:db8:2::5");
    }

    #[test]
    fn forwarded_is_read_as_the_rfc_writes_it_and_only_when_it_is_the_proxies_header() {
        let of = |line| client(ProxyHeader::Forwarded, "10.1.2.3", &[("forwarded", line)]);
        assert_eq!(of("for=192.0.2.60;proto=http;by=203.0.113.43"), "192.0.2.60");
        assert_eq!(of("For=\"[2001:db8:cafe::17]:4711\""), "2001:db8:cafe::17");
        assert_eq!(of("for=1.1.1.1, For=192.0.2.43; proto=https, for=10.0.0.7"), "192.0.2.43");
        assert_eq!(of("for=\"1.1.1.1, for=192.0.2.43"), "192.0.2.43");
        assert_eq!(of("for=192.0.2.43, for=_hidden"), "10.1.2.3");
        assert_eq!(of("proto=https"), "10.1.2.3");
        let both = [("x-forwarded-for", "1.1.1.1"), ("forwarded", "for=192.0.2.43")];
        assert_eq!(client(ProxyHeader::Forwarded, "10.1.2.3", &both), "192.0.2.43");
        assert_eq!(client(ProxyHeader::XForwardedFor, "10.1.2.3", &both), "1.1.1.1");
    }

    #[test]
    fn a_client_is_an_ipv4_address_or_an_ipv6_network_of_64_bits() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.60"), "192.0.2.60");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2:ffff::"), "2001:db8:1:2::");
        assert_ne!(network("2001:db8:1:3::6"), network("2001:db8:1:2::6"));
    }
}
