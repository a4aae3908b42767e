//! One HTTP delivery to an address that nobody vouches for.

use std::fmt;
use std::future::Future;
use std::time::Duration;

/// What is delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Whose way it goes: credentials, certificates, proxy and signing secrets; `None` for the default provider.
    pub provider: Option<String>,
    /// Where to, as configured.
    pub url: String,
    /// `webhook-id`: the same whenever this message is delivered again. The sender adds `webhook-timestamp`, the time of
    /// this delivery, and `webhook-signature` when the provider has secrets (Standard Webhooks).
    pub id: String,
    /// `content-type`.
    pub content_type: &'static str,
    /// More headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Never shows the body, nor the address, which may carry credentials.
impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Post({} bytes)", self.body.len())
    }
}

/// What the target answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`: how long from now on.
    pub retry_after: Option<Duration>,
    /// The beginning of what it said, as text.
    pub answer: String,
}

/// Never shows the answer.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receipt({})", self.status)
    }
}

/// Delivers one message over HTTP, bounded in time and size, following no redirect.
pub trait Sender: Clone + Send + Sync + 'static {
    /// Posts and waits for the answer.
    ///
    /// # Errors
    /// When there was no answer, or the address may not be used.
    fn post(&self, post: Post) -> impl Future<Output = Result<Receipt, SendError>> + Send;
}

/// There was no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The address is not allowed; it will not become so by waiting.
    #[error("the target is not allowed: {0}")]
    Forbidden(String),
    /// The target may answer another time.
    #[error("no answer: {0}")]
    Failed(Failure),
}

impl SendError {
    /// One word for it, for counting.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "forbidden",
            Self::Failed(Failure::Timeout) => "timeout",
            Self::Failed(Failure::Connect) => "connect",
            Self::Failed(Failure::Tls) => "tls",
            Self::Failed(Failure::Broken) => "broken",
        }
    }
}

/// How a delivery failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection or no answer in time.
    #[error("it took too long")]
    Timeout,
    /// Nobody is there.
    #[error("it cannot be reached")]
    Connect,
    /// The two sides do not agree on a secure connection.
    #[error("no secure connection could be made")]
    Tls,
    /// The connection was lost, or what came over it was no HTTP.
    #[error("it broke off")]
    Broken,
}
