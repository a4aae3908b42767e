//! Who calls, when proxies stand between.
//!
//! A header that names the caller can be written by anybody. It is believed as far as it was written by proxies that are
//! trusted, and no further.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// How much of a wrong entry is shown, in characters.
const SHOWN: usize = 80;

/// The addresses of proxies that are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and networks in CIDR notation, with commas between them.
    ///
    /// # Errors
    /// With the first that is neither.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let entries = text.split(',').map(str::trim);
        let entries = entries.filter(|entry| !entry.is_empty()).map(|entry| {
            let network = IpNet::from_str(entry).map(|network| network.trunc());
            let network = network.or_else(|_| IpAddr::from_str(entry).map(IpNet::from));
            network.map_err(|_| ProxyError(entry.chars().take(SHOWN).collect()))
        });
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// Whether no proxy is trusted.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who calls: the last address of the header, from its end, that is no trusted proxy. `peer` is who is connected,
    /// `named` what the header says, each line of it, in order. Where the header says something that is no address, the
    /// proxy that wrote it is all that is known.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        named: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut known = peer.to_canonical();
        for entry in named.flat_map(|line| line.split(',')).rev() {
            if !self.trusts(known) {
                break;
            }
            let Some(address) = address(entry.trim()) else {
                break;
            };
            known = address;
        }
        known
    }

    /// Whether this is one of them.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address, perhaps with a port, as proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.split(']').next());
    let bare = bare.unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok().or_else(|| {
        let with_port = text.parse::<std::net::SocketAddr>().ok();
        with_port.map(|it| it.ip())
    });
    address.map(|it| it.to_canonical())
}

/// No proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' must be an address such as 10.0.0.7 or a network such as 10.0.0.0/8, with commas between several"
)]
pub struct ProxyError(String);

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, named: &[&str]) -> String {
        let trusted = TrustedProxies::parse(trusted).unwrap();
        let client = trusted.client(peer.parse().unwrap(), named.iter().copied());
        client.to_string()
    }

    #[test]
    fn a_header_is_believed_as_far_as_trusted_proxies_wrote_it() {
        for (trusted, peer, named, expected) in [
            // Nobody is trusted: whatever is written does not count.
            ("", "203.0.113.9", &["1.2.3.4"][..], "203.0.113.9"),
            ("10.0.0.0/8", "203.0.113.9", &["1.2.3.4"], "203.0.113.9"),
            ("10.0.0.0/8", "10.1.1.1", &[], "10.1.1.1"),
            ("10.0.0.0/8", "10.1.1.1", &["1.2.3.4"], "1.2.3.4"),
            // What the caller wrote itself stands before what the proxy added.
            ("10.0.0.0/8", "10.1.1.1", &["9.9.9.9, 1.2.3.4"], "1.2.3.4"),
            ("10.0.0.0/8", "10.1.1.1", &["9.9.9.9", "1.2.3.4"], "1.2.3.4"),
            (
                "10.0.0.0/8",
                "10.1.1.1",
                &["9.9.9.9, 1.2.3.4, 10.2.2.2"],
                "1.2.3.4",
            ),
            ("10.0.0.0/8", "10.1.1.1", &["nonsense"], "10.1.1.1"),
            ("10.0.0.0/8", "10.1.1.1", &["9.9.9.9, ,"], "10.1.1.1"),
            ("10.0.0.0/8", "10.1.1.1", &["1.2.3.4:567"], "1.2.3.4"),
            ("10.1.1.1", "10.1.1.1", &["[2001:db8::1]:8"], "2001:db8::1"),
            ("10.1.1.1", "::ffff:10.1.1.1", &["1.2.3.4"], "1.2.3.4"),
            ("fd00::/8", "fd00::1", &["::ffff:1.2.3.4"], "1.2.3.4"),
        ] {
            assert_eq!(client(trusted, peer, named), expected, "{peer} {named:?}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_named() {
        let error = TrustedProxies::parse("10.0.0.1, lb.example").unwrap_err();
        assert!(error.to_string().starts_with("'lb.example' must be"));
        assert!(TrustedProxies::parse("").unwrap().is_empty());
    }
}
