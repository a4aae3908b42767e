//! What may be used although it is not public.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::Host;

use super::public;

/// How much of a wrong entry is shown.
const SHOWN: usize = 80;

/// A host or a network that may be posted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow(Entry);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// Exactly this name, whatever it resolves to.
    Host(String),
    /// Every address in it.
    Network(IpNet),
}

impl Allow {
    /// Reads a host name, an address or a network in CIDR notation.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn parse(text: &str) -> Result<Self, AllowError> {
        let wrong = || AllowError(text.chars().take(SHOWN).collect());
        if let Ok(network) = IpNet::from_str(text) {
            return Ok(Self(Entry::Network(network.trunc())));
        }
        if let Ok(address) = IpAddr::from_str(text) {
            return Ok(Self(Entry::Network(address.into())));
        }
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !text.contains(['/', '*']) => {
                Ok(Self(Entry::Host(bare(&name))))
            }
            Ok(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => Err(wrong()),
        }
    }

    /// The host of an address that somebody vouches for.
    pub fn host(host: Host<&str>) -> Self {
        Self(match host {
            Host::Domain(name) => Entry::Host(bare(name)),
            Host::Ipv4(address) => Entry::Network(IpAddr::from(address).into()),
            Host::Ipv6(address) => Entry::Network(IpAddr::from(address).into()),
        })
    }
}

/// An entry of the allow list is neither a host nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' cannot be allowed: write an exact host such as hooks.example.com or a network such as 10.1.0.0/16"
)]
pub struct AllowError(String);

/// Everything that may be used although it is not public.
#[derive(Clone, Debug, Default)]
pub struct AllowList(Vec<Allow>);

impl AllowList {
    /// These entries.
    pub const fn new(entries: Vec<Allow>) -> Self {
        Self(entries)
    }

    /// These and another one.
    #[must_use]
    pub fn with(mut self, entry: Allow) -> Self {
        self.0.push(entry);
        self
    }

    /// Whether the name may be used whatever it resolves to.
    pub fn names(&self, host: &str) -> bool {
        let host = bare(host);
        let is_it = |Allow(entry): &Allow| matches!(entry, Entry::Host(name) if *name == host);
        self.0.iter().any(is_it)
    }

    /// Whether the address may be connected to: it is public, or an entry opens it.
    pub fn admits(&self, address: IpAddr) -> bool {
        let real = public::carried(address);
        public::is_public(real)
            || self.0.iter().any(|Allow(entry)| match entry {
                Entry::Network(network) => network.contains(&real) || network.contains(&address),
                Entry::Host(_) => false,
            })
    }
}

/// A name as it is compared: lower case, without the dot of the root.
fn bare(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> AllowList {
        let parse = |text: &&str| Allow::parse(text).unwrap();
        AllowList::new(entries.iter().map(parse).collect())
    }

    fn admits(list: &AllowList, address: &str) -> bool {
        list.admits(address.parse().unwrap())
    }

    #[test]
    fn networks_and_addresses_open_what_is_in_them() {
        let list = list(&["10.1.2.3/16", "192.168.7.7", "fd00::/8"]);
        for inside in ["10.1.255.255", "192.168.7.7", "fd12::1", "::ffff:10.1.0.1"] {
            assert!(admits(&list, inside), "{inside}");
        }
        for outside in ["10.2.0.0", "192.168.7.8", "fc00::1", "127.0.0.1"] {
            assert!(!admits(&list, outside), "{outside}");
        }
        assert!(admits(&list, "8.8.8.8"));
    }

    #[test]
    fn hosts_are_exact() {
        let list = list(&["Hooks.Example.com", "b\u{fc}cher.example"]);
        for same in [
            "hooks.example.com",
            "HOOKS.example.com.",
            "xn--bcher-kva.example",
        ] {
            assert!(list.names(same), "{same}");
        }
        for other in [
            "example.com",
            "a.hooks.example.com",
            "hooks.example.com.evil",
        ] {
            assert!(!list.names(other), "{other}");
        }
    }

    #[test]
    fn a_host_that_is_vouched_for_is_open() {
        let opened = |url: &str| {
            let url = url::Url::parse(url).unwrap();
            AllowList::default().with(Allow::host(url.host().unwrap()))
        };
        assert!(opened("https://Inside.example./x").names("inside.example"));
        assert!(!opened("https://inside.example/x").names("b.inside.example"));
        assert!(admits(&opened("http://10.0.0.7:1"), "10.0.0.7"));
        assert!(!admits(&opened("http://10.0.0.7:1"), "10.0.0.8"));
        assert!(admits(&opened("http://[fd00::1]/"), "fd00::1"));
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for wrong in [
            "",
            "10.0.0.0/33",
            "*.example.com",
            "http://host",
            "a b",
            "10.1",
            "host/8",
        ] {
            let error = Allow::parse(wrong).unwrap_err().to_string();
            assert!(error.contains(&format!("'{wrong}'")), "{error}");
            assert!(error.contains("10.1.0.0/16"), "{error}");
        }
    }
}
