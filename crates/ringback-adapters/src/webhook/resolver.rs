//! Resolves a name, and refuses it when it leads where webhooks may not go.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use ringback_core::outbound::{AllowList, Forbidden};

type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Asks for the addresses of a name, with port zero.
#[derive(Clone)]
pub(super) struct Lookup(Arc<dyn Fn(String) -> Looking + Send + Sync>);

/// A name was not resolved.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookupError {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("the name cannot be resolved")]
    Unknown(#[from] io::Error),
}

impl Lookup {
    /// As the machine does.
    pub(super) fn system() -> Self {
        Self::new(|name| {
            Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
        })
    }

    pub(super) fn new(ask: impl Fn(String) -> Looking + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// All addresses of the name, or none: one that is closed says that the name is not what it seems.
    pub(super) async fn admitted(
        &self,
        allow: &AllowList,
        host: &str,
    ) -> Result<Vec<SocketAddr>, LookupError> {
        let found = (self.0)(host.to_owned()).await?;
        Ok(admit(allow, host, found)?)
    }
}

/// The client connects to the addresses it gets from here and to no others, so what was looked at is what is used.
pub(super) struct Resolver {
    allow: Arc<AllowList>,
    lookup: Lookup,
}

impl Resolver {
    pub(super) const fn new(allow: Arc<AllowList>, lookup: Lookup) -> Self {
        Self { allow, lookup }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (allow, lookup) = (Arc::clone(&self.allow), self.lookup.clone());
        Box::pin(async move {
            // The client puts the port in the place of zero.
            let admitted = lookup.admitted(&allow, name.as_str()).await?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

fn admit(
    allow: &AllowList,
    host: &str,
    found: Vec<SocketAddr>,
) -> Result<Vec<SocketAddr>, Forbidden> {
    if allow.names(host) {
        return Ok(found);
    }
    match found.iter().find(|address| !allow.admits(address.ip())) {
        Some(address) => Err(Forbidden::Leads {
            host: host.to_owned(),
            address: address.ip(),
        }),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use ringback_core::outbound::Allow;

    use super::*;

    #[test]
    fn one_closed_address_refuses_the_name() {
        let allow = AllowList::new(vec![Allow::parse("10.0.0.0/8").unwrap()]);
        let check = |addresses: &[&str]| {
            let found = addresses
                .iter()
                .map(|text| SocketAddr::new(text.parse().unwrap(), 0));
            admit(&allow, "hooks.example", found.collect())
        };
        assert_eq!(check(&["1.1.1.1", "10.0.0.1"]).unwrap().len(), 2);
        let refused = check(&["1.1.1.1", "192.168.0.1"]).unwrap_err().to_string();
        assert!(
            refused.contains("'hooks.example' leads to 192.168.0.1"),
            "{refused}"
        );
        assert!(check(&["2606:4700::1", "fd00:ec2::254"]).is_err());
    }

    #[test]
    fn an_allowed_name_may_lead_anywhere() {
        let allow = AllowList::new(vec![Allow::parse("hooks.example").unwrap()]);
        let found = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        assert!(admit(&allow, "hooks.example", found.clone()).is_ok());
        assert!(admit(&allow, "other.example", found).is_err());
    }
}
