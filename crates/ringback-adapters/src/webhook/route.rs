//! A provider made ready: one client, and what it may be used for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use reqwest::{Client, ClientBuilder, redirect, retry};
use ringback_core::outbound::{AllowList, Forbidden};
use ringback_ports::sender::{Failure, SendError};
use tower::util::MapRequestLayer;
use url::{Origin, Url};

use super::connected;
use super::provider::{Provider, WebhookError};
use super::resolver::{Lookup, LookupError, Resolver};
use super::secret::Secret;
use super::settings::{self, Wrong};

/// How many idle connections are kept for each target: as many as there are deliveries to it at a time.
pub(super) const IDLE: usize = 64;

/// How long they are kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// What holds for every provider.
pub(super) struct Limits {
    pub(super) allow: AllowList,
    pub(super) connect: Duration,
    pub(super) total: Duration,
}

pub(super) struct Route {
    pub(super) client: Client,
    pub(super) secrets: Vec<Secret>,
    total: Duration,
    allow: Arc<AllowList>,
    credentials: Option<(Origin, HeaderValue)>,
    proxied: Option<Proxied>,
}

/// What is needed to look at names that somebody else resolves.
struct Proxied {
    lookup: Lookup,
    connect: Duration,
}

/// Where a post goes.
pub(super) struct Target {
    pub(super) url: Url,
    /// What is left of the time for the delivery.
    pub(super) time_left: Duration,
}

impl Route {
    pub(super) fn new(
        name: &str,
        provider: Provider,
        limits: &Limits,
        lookup: &Lookup,
    ) -> Result<Self, WebhookError> {
        let wrong = |(field, reason): Wrong| WebhookError::Setting {
            provider: name.to_owned(),
            field,
            reason,
        };
        let credentials = settings::credentials(&provider).map_err(wrong)?;
        let own = settings::own_host(&provider).map_err(wrong)?;
        let allow = Arc::new(own.into_iter().fold(limits.allow.clone(), AllowList::with));
        let (mut client, mut connects_to) = (builder(limits), Arc::clone(&allow));
        if let Some((proxy, host)) = settings::proxy(&provider).map_err(wrong)? {
            client = client.proxy(proxy);
            connects_to = Arc::new(AllowList::default().with(host));
        }
        client = settings::certified(client, &provider).map_err(wrong)?;
        client = client.dns_resolver(Resolver::new(connects_to, lookup.clone()));
        Ok(Self {
            client: client.build().map_err(WebhookError::Machine)?,
            secrets: provider.secrets,
            total: limits.total,
            allow,
            credentials,
            proxied: provider.proxy.map(|_| Proxied {
                lookup: lookup.clone(),
                connect: limits.connect,
            }),
        })
    }

    /// The address, when it may be tried. A name is looked at when it is resolved, or here when a proxy resolves it.
    pub(super) async fn target(&self, url: &str) -> Result<Target, SendError> {
        let url = self.allow.check(url).map_err(forbidden)?;
        let mut time_left = self.total;
        if let (Some(proxied), Some(name)) = (&self.proxied, url.domain()) {
            let begun = Instant::now();
            proxied.look(&self.allow, name).await?;
            time_left = time_left.saturating_sub(begun.elapsed());
        }
        Ok(Target { url, time_left })
    }

    /// The credentials, when they are for this address and it brings none of its own.
    pub(super) fn authorization(&self, url: &Url) -> Option<&HeaderValue> {
        let (home, authorization) = self.credentials.as_ref()?;
        let has_own = !url.username().is_empty() || url.password().is_some();
        (!has_own && url.origin() == *home).then_some(authorization)
    }
}

impl Proxied {
    async fn look(&self, allow: &AllowList, name: &str) -> Result<(), SendError> {
        if allow.names(name) {
            return Ok(());
        }
        let looking = self.lookup.admitted(allow, name);
        let looked = tokio::time::timeout(self.connect, looking).await;
        match looked.map_err(|_| SendError::Failed(Failure::Timeout))? {
            Ok(found) if !found.is_empty() => Ok(()),
            Ok(_) | Err(LookupError::Unknown(_)) => Err(SendError::Failed(Failure::Connect)),
            Err(LookupError::Forbidden(error)) => Err(forbidden(error)),
        }
    }
}

fn forbidden(error: Forbidden) -> SendError {
    SendError::Forbidden(error.to_string())
}

/// What all clients have in common: one HTTP/1.1 exchange, as it is.
fn builder(limits: &Limits) -> ClientBuilder {
    Client::builder()
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .http1_only()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .tcp_nodelay(true)
        .pool_max_idle_per_host(IDLE)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent("ringback")
        .connector_layer(MapRequestLayer::new(connected::note))
}
