//! Webhooks: one HTTP delivery to an address that nobody vouches for.
//!
//! Whoever configures a callback chooses the address, so it may point at machines that only we can reach. A target is
//! connected to only when every address it stands for is public or explicitly allowed, and to no other address than those
//! that were looked at.

mod connected;
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
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Response};
use ringback_core::outbound::AllowList;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::sender::{Failure, Post, Receipt, SendError, Sender};
use url::Url;

pub use provider::{Credentials, Provider, WebhookError};
use receipt::{failure, receipt};
use resolver::Lookup;
use route::{IDLE, Limits, Route};
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
        let now = self.0.clock.now();
        let headers = headers(&post, route, &target.url, now)?;
        let request = route.client.post(target.url).headers(headers);
        let response = exchange(&request.body(post.body), target.time_left).await?;
        Ok(receipt(response, now).await)
    }
}

/// One exchange. Connections that were kept and are closed by now are left behind, at once and however many there are: what
/// is delivered twice by that has the same `webhook-id`.
async fn exchange(request: &RequestBuilder, time_left: Duration) -> Result<Response, SendError> {
    let begun = Instant::now();
    let mut kept = IDLE;
    loop {
        let left = time_left.saturating_sub(begun.elapsed());
        let once = request.try_clone().map(|once| once.timeout(left).send());
        let Some(once) = once else {
            return Err(SendError::Forbidden(
                "its body cannot be repeated".to_owned(),
            ));
        };
        let (answered, connects) = connected::watched(once).await;
        let failed = match answered {
            Ok(response) => return Ok(response),
            Err(error) => failure(&error),
        };
        if connects || kept == 0 || failed != SendError::Failed(Failure::Broken) {
            return Err(failed);
        }
        kept -= 1;
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
    let timestamp = now.as_secs();
    put(CONTENT_TYPE.as_str(), post.content_type)?;
    put("webhook-id", &post.id)?;
    put("webhook-timestamp", &timestamp.to_string())?;
    if !route.secrets.is_empty() {
        let signatures = secret::sign(&route.secrets, &post.id, timestamp, &post.body);
        let not_text = || SendError::Forbidden("only a text can be signed".to_owned());
        put("webhook-signature", &signatures.ok_or_else(not_text)?)?;
    }
    if let Some(authorization) = route.authorization(url) {
        headers.insert(AUTHORIZATION, authorization.clone());
    }
    Ok(headers)
}
