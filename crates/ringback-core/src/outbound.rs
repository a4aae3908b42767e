//! Which addresses may be posted to.
//!
//! Whoever configures a callback chooses the address of its notifications, so it may point at machines that only we can
//! reach. Two looks keep us from them: one at the address as it is written, here, and one at whatever its name resolves to,
//! by who connects ([`AllowList::names`] and [`AllowList::admits`]).

mod allow;
mod public;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

pub use allow::{Allow, AllowError, AllowList};

/// The longest address that is posted to, in bytes.
pub const MAX_URL: usize = 4096;

/// How much of a wrong part is shown, in characters.
const SHOWN: usize = 80;

/// What `localhost` and the names below it stand for everywhere.
const LOOPBACK: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// What `metadata.google.internal` stands for in that cloud.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

impl AllowList {
    /// The address, when it may be tried. What its name resolves to is looked at later, by who connects.
    ///
    /// # Errors
    /// When it is no address of a web server, or one that is neither public nor allowed.
    pub fn check(&self, url: &str) -> Result<Url, Forbidden> {
        if url.len() > MAX_URL {
            return Err(Forbidden::TooLong(url.len()));
        }
        let url = Url::parse(url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Forbidden::Scheme(cut(url.scheme())));
        }
        let closed = match url.host() {
            None => return Err(Forbidden::NoHost),
            Some(Host::Ipv4(address)) => self.refuses(address.into()),
            Some(Host::Ipv6(address)) => self.refuses(address.into()),
            Some(Host::Domain(name)) => self.refuses_name(name),
        };
        closed.map_or(Ok(url), Err)
    }

    fn refuses(&self, address: IpAddr) -> Option<Forbidden> {
        (!self.admits(address)).then_some(Forbidden::Address(address))
    }

    fn refuses_name(&self, name: &str) -> Option<Forbidden> {
        let meant = stands_for(name)?;
        let is_open = self.names(name) || meant.iter().any(|address| self.admits(*address));
        (!is_open).then(|| Forbidden::Name(cut(name)))
    }
}

/// An address as it is shown to people: without user and password, query and fragment.
pub fn shown(url: &Url) -> String {
    let Some(host) = url.host() else {
        return format!("{}:", url.scheme());
    };
    let port = url.port().map(|port| format!(":{port}"));
    let port = port.unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// An address that may not be posted to; it will not become allowed by waiting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// It is not the address of anything.
    #[error("it is no address: {0}; allowed is e.g. https://crm.example/")]
    NoUrl(#[from] url::ParseError),
    /// Over [`MAX_URL`].
    #[error("it has {0} bytes, allowed are {MAX_URL}")]
    TooLong(usize),
    /// Neither `http` nor `https`.
    #[error("'{0}': allowed are http and https")]
    Scheme(String),
    /// Nothing to connect to.
    #[error("no host in it: allowed is e.g. https://crm.example/")]
    NoHost,
    /// An address that is not public, however it was written.
    #[error("{0} is neither public nor allowed")]
    Address(IpAddr),
    /// A name that never leads to a public address.
    #[error("'{0}' is neither public nor allowed")]
    Name(String),
    /// A name that leads to an address that is not public.
    #[error("'{host}' leads to {address}, which is neither public nor allowed")]
    Leads {
        /// The name.
        host: String,
        /// The first such address.
        address: IpAddr,
    },
}

/// The addresses of a name, as it stands in a parsed address, that is known without asking.
fn stands_for(name: &str) -> Option<&'static [IpAddr]> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(&LOOPBACK);
    }
    (name == "metadata.google.internal").then_some(&METADATA)
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
