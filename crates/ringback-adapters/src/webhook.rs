//! Webhooks: one HTTP delivery to an address that nobody vouches for.
//!
//! Whoever configures a callback chooses the address, so it may point at machines that only we can reach. A target is
//! connected to only when every address it stands for is public or explicitly allowed, and to no other address than those
//! that were looked at.

mod resolver;

#[cfg(test)]
mod tests;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use ringback_core::outbound::{Allow, AllowList, Forbidden};
use ringback_ports::sender::{Post, Receipt, SendError, Sender};

use resolver::Resolver;

/// How much of an answer's body is read, in bytes, so that the connection can be used again.
const MAX_BODY: usize = 64 * 1024;

/// How many idle connections are kept for each target.
const IDLE: usize = 32;

/// What is reachable, and how long it may take.
#[derive(Clone, Debug)]
pub struct WebhookOptions {
    /// Hosts and networks that may be used although they are not public.
    pub allow: Vec<Allow>,
    /// For resolving the name and connecting.
    pub connect_timeout: Duration,
    /// For the whole delivery.
    pub total_timeout: Duration,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            connect_timeout: Duration::from_secs(3),
            total_timeout: Duration::from_secs(15),
        }
    }
}

/// tmp
#[derive(Clone)]
pub struct Provider {
    pub url: Option<url::Url>,
    pub username: Option<String>,
    pub password: Option<String>,
    pub token: Option<String>,
    pub ca: Option<Vec<u8>>,
    pub client_certificate: Option<Vec<u8>>,
    pub proxy: Option<url::Url>,
    pub secrets: Vec<SigningSecret>,
}
/// tmp
#[derive(Clone)]
pub struct SigningSecret;
impl SigningSecret {
    pub fn parse(_: &str) -> Result<Self, std::fmt::Error> {
        Ok(Self)
    }
}
/// Sends webhooks; clones share their connections.
#[derive(Clone)]
pub struct WebhookSender {
    client: Client,
    allow: Arc<AllowList>,
}

impl WebhookSender {
    /// A sender with these limits.
    ///
    /// # Errors
    /// When the machine has no root certificates that could be used.
    pub fn new(options: WebhookOptions) -> Result<Self, WebhookError> {
        let allow = Arc::new(AllowList::new(options.allow));
        let client = Client::builder()
            .connect_timeout(options.connect_timeout)
            .timeout(options.total_timeout)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(IDLE)
            .user_agent("ringback")
            .dns_resolver(Resolver::new(Arc::clone(&allow)))
            .build()
            .map_err(WebhookError)?;
        Ok(Self { client, allow })
    }
}

impl fmt::Debug for WebhookSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSender")
    }
}

impl Sender for WebhookSender {
    async fn post(&self, post: Post) -> Result<Receipt, SendError> {
        let forbidden = |error: Forbidden| SendError::Forbidden(error.to_string());
        let url = self.allow.check(&post.url).map_err(forbidden)?;
        let mut request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, post.content_type)
            .header("webhook-id", post.id);
        for (name, value) in post.headers {
            request = request.header(name, value);
        }
        let response = request.body(post.body).send().await.map_err(failure)?;
        let receipt = Receipt {
            status: response.status().as_u16(),
            retry_after: retry_after(&response),
            answer: String::new(),
        };
        read_away(response).await;
        Ok(receipt)
    }
}

/// Only whole seconds; a date is left to the sender's own pace.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u32 = value.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// Reads the body so that the connection is free again; a long one ends the connection instead. The answer is known, so
/// it does not matter how this ends.
async fn read_away(mut response: Response) {
    let mut room = MAX_BODY;
    while let Ok(Some(part)) = response.chunk().await {
        match room.checked_sub(part.len()) {
            Some(left) => room = left,
            None => return,
        }
    }
}

fn failure(error: reqwest::Error) -> SendError {
    if let Some(refused) = refusal(&error) {
        return SendError::Forbidden(refused.to_string());
    }
    if error.is_builder() {
        return SendError::Forbidden("its headers are not HTTP".to_owned());
    }
    SendError::Failed(if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "it cannot be reached"
    } else {
        "it broke off"
    })
}

fn refusal(error: &reqwest::Error) -> Option<&Forbidden> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref() {
            return Some(refused);
        }
        cause = error.source();
    }
    None
}

/// No client could be made.
#[derive(Debug, thiserror::Error)]
#[error("webhooks cannot be sent from this machine")]
pub struct WebhookError(#[source] reqwest::Error);
