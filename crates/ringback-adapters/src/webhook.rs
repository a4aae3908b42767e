//! Webhooks: one HTTP delivery to an address that nobody vouches for.
//!
//! Whoever configures a callback chooses the address, so it may point at machines that only we can reach. A target is
//! connected to only when every address it stands for is public or explicitly allowed, and to no other address than those
//! that were looked at.

mod provider;
mod receipt;
mod resolver;
mod route;
mod secret;
mod settings;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use ringback_core::outbound::AllowList;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::sender::{Post, Receipt, SendError, Sender};
use url::Url;

pub use provider::{Credentials, Provider, WebhookError};
use receipt::{failure, receipt};
use resolver::Lookup;
use route::{Limits, Route};
pub use secret::{Secret, SecretError};

/// The provider of posts that name none. It need not be configured.
const DEFAULT: &str = "default";

/// How much of the name of an unknown provider is shown, in characters.
const SHOWN: usize = 80;

/// What is reachable, by which ways, and how long it may take.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// Hosts and networks that may be used although they are not public.
    pub allow: AllowList,
    /// The ways that posts can name; the one called `default` is for posts that name none.
    pub providers: BTreeMap<String, Provider>,
    /// For resolving the name and connecting.
    pub connect_timeout: Duration,
    /// For the whole delivery.
    pub total_timeout: Duration,
    /// For `webhook-timestamp`.
    pub clock: Clock,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            allow: AllowList::default(),
            providers: BTreeMap::new(),
            connect_timeout: Duration::from_secs(3),
            total_timeout: Duration::from_secs(15),
            clock: Clock::system(),
        }
    }
}

/// Sends webhooks; clones share their connections.
#[derive(Clone)]
pub struct WebhookSender(Arc<Inner>);

struct Inner {
    routes: BTreeMap<String, Route>,
    clock: Clock,
}

impl WebhookSender {
    /// A sender with these limits and providers.
    ///
    /// # Errors
    /// When a provider's settings cannot be used, or the machine has no root certificates that could be used.
    pub fn new(options: WebhookOptions) -> Result<Self, WebhookError> {
        Self::with_lookup(options, &Lookup::system())
    }

    fn with_lookup(mut options: WebhookOptions, lookup: &Lookup) -> Result<Self, WebhookError> {
        let limits = Limits {
            allow: options.allow,
            connect: options.connect_timeout,
            total: options.total_timeout,
        };
        options.providers.entry(DEFAULT.to_owned()).or_default();
        let mut routes = BTreeMap::new();
        for (name, provider) in options.providers {
            let route = Route::new(&name, provider, &limits, lookup)?;
            routes.insert(name, route);
        }
        Ok(Self(Arc::new(Inner {
            routes,
            clock: options.clock,
        })))
    }

    fn route(&self, provider: Option<&str>) -> Result<&Route, SendError> {
        let name = provider.unwrap_or(DEFAULT);
        self.0.routes.get(name).ok_or_else(|| {
            let name: String = name.chars().take(SHOWN).collect();
            SendError::Forbidden(format!("no provider '{name}' is configured"))
        })
    }
}

impl fmt::Debug for WebhookSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebhookSender")
            .field(&self.0.routes.keys())
            .finish()
    }
}

impl Sender for WebhookSender {
    async fn post(&self, post: Post) -> Result<Receipt, SendError> {
        let route = self.route(post.provider.as_deref())?;
        let target = route.target(&post.url).await?;
        let headers = headers(&post, route, &target.url, self.0.clock.now())?;
        let mut request = route.client.post(target.url).headers(headers);
        if let Some(left) = target.time_left {
            request = request.timeout(left);
        }
        let response = request.body(post.body).send().await;
        Ok(receipt(response.map_err(|error| failure(&error))?).await)
    }
}

/// All headers, each once: those of the caller give way to ours.
fn headers(post: &Post, route: &Route, url: &Url, now: Timestamp) -> Result<HeaderMap, SendError> {
    let forbidden = |name: &str| SendError::Forbidden(format!("its header {name} is not HTTP"));
    let mut headers = HeaderMap::with_capacity(post.headers.len() + 5);
    let mut put = |name: &'static str, value: &str| {
        let wrong = |_| forbidden(name);
        let value = HeaderValue::from_str(value).map_err(wrong)?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| forbidden(name))?;
        headers.insert(name, value);
        Ok(())
    };
    for (name, value) in &post.headers {
        put(name, value)?;
    }
    let timestamp = now.as_secs().to_string();
    put(CONTENT_TYPE.as_str(), post.content_type)?;
    put("webhook-id", &post.id)?;
    put("webhook-timestamp", &timestamp)?;
    if let Some(signatures) = secret::sign(&route.secrets, &post.id, &timestamp, &post.body) {
        put("webhook-signature", &signatures)?;
    }
    if let Some(authorization) = route.authorization(url) {
        headers.insert(AUTHORIZATION, authorization.clone());
    }
    Ok(headers)
}
