//! Messages between workers.
//!
//! A message says "look at this now" and carries trace context; the truth is in the store. So a lost or doubled message
//! does no harm, but the ones that carry a request from outside are not hints: they are confirmed, and settled by value.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod memory;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

/// The largest body that is published or taken, in bytes.
pub const MAX_MESSAGE: usize = ringback_core::untrusted::MAX_BYTES;

/// The longest name, identifier or short property that AMQP carries, in bytes.
const MAX_SHORT: usize = 255;

/// How much text the headers of a message hold together, in bytes; they share one AMQP frame.
const MAX_HEADERS: usize = 32 * 1024;

/// How much of an error is kept with a dead message, in characters.
const MAX_ERROR: usize = 1000;

/// A queue of the house.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Queue {
    /// `ringback.requests`: what IVRs publish.
    Requests,
    /// `ringback.schedule`: look for something to hand out.
    Schedule,
    /// `ringback.dial`: call this customer.
    Dial,
    /// `ringback.notify`: tell this callback's subscribers.
    Notify,
    /// `ringback.dead`: what could not be processed, with its reason.
    Dead,
    /// `ringback.dial.<worker>`: for the one dialer that holds a call. Exclusive to its subscriber, gone with it.
    Dialer(String),
    /// `ringback.live.<listener>`: gets what is published to [`Address::Live`]. Exclusive to its subscriber, gone with it.
    Live(String),
}

impl Queue {
    /// Whether it belongs to its only subscriber: there when it is subscribed, and gone with it.
    pub const fn is_private(&self) -> bool {
        match self {
            Self::Dialer(_) | Self::Live(_) => true,
            Self::Requests | Self::Schedule | Self::Dial | Self::Notify | Self::Dead => false,
        }
    }

    /// The name that queues of this kind have in common, for spans.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Requests => "ringback.requests",
            Self::Schedule => "ringback.schedule",
            Self::Dial => "ringback.dial",
            Self::Notify => "ringback.notify",
            Self::Dead => "ringback.dead",
            Self::Dialer(_) => "ringback.dial.*",
            Self::Live(_) => "ringback.live.*",
        }
    }
}

/// The name on the broker.
impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dialer(worker) => write!(f, "ringback.dial.{worker}"),
            Self::Live(listener) => write!(f, "ringback.live.{listener}"),
            Self::Requests | Self::Schedule | Self::Dial | Self::Notify | Self::Dead => {
                f.write_str(self.kind())
            }
        }
    }
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A queue of the house.
    Queue(Queue),
    /// The queue that a requester named in `reply_to`; one of the house's own has no route.
    Reply(String),
    /// `ringback.requests`, the exchange: key `<service>.<start|cancel|reschedule>`; one with any other key arrives, too.
    Requests(String),
    /// `ringback.live`, the exchange that gives each [`Queue::Live`] a copy; there is no route while nobody listens.
    Live,
    /// An exchange that others listen to: status notifications.
    Exchange {
        /// Its name; `None` for `ringback.events`. One of the house's other exchanges, and the default one, has no route.
        name: Option<String>,
        /// The routing key.
        key: String,
    },
}

/// Whether an exchange of others may have this name: not the default one, and one that every broker takes as it is.
pub fn is_exchange_name(name: &str) -> bool {
    let is_default = name.is_empty() || name == "amq.default";
    !is_default && name.len() <= MAX_SHORT && !name.chars().any(char::is_control)
}

/// A message, the same when it is sent and when it arrives.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The payload; at most [`MAX_MESSAGE`] bytes are published.
    pub body: Vec<u8>,
    /// `content_type`.
    pub content_type: Option<String>,
    /// `message_id`: the idempotency key of a request.
    pub message_id: Option<String>,
    /// `correlation_id`, returned with the answer.
    pub correlation_id: Option<String>,
    /// `reply_to`: the queue that waits for the answer.
    pub reply_to: Option<String>,
    /// Text headers; `traceparent` and `tracestate` among them. Headers of other types are left out.
    pub headers: BTreeMap<String, String>,
    /// The routing key it was published with; set on arrival.
    pub routing_key: String,
    /// Whether the broker has delivered it before; set on arrival.
    pub redelivered: bool,
    /// How often it has come back to its queue, where the broker counts that; set on arrival.
    pub returns: u64,
}

/// Never shows the body.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Message({:?}, {} bytes)",
            self.routing_key,
            self.body.len()
        )
    }
}

impl Message {
    /// Whether it can be published.
    ///
    /// # Errors
    /// When the body, a property or the headers are over their limits.
    pub fn check(&self) -> Result<(), PublishError> {
        if self.body.len() > MAX_MESSAGE {
            return Err(PublishError::TooLarge(self.body.len()));
        }
        let too_long = [
            ("content_type", &self.content_type),
            ("message_id", &self.message_id),
            ("correlation_id", &self.correlation_id),
            ("reply_to", &self.reply_to),
        ]
        .into_iter()
        .find(|(_, value)| value.as_ref().is_some_and(|text| text.len() > MAX_SHORT));
        if let Some((name, _)) = too_long {
            return Err(PublishError::TooLong(name));
        }
        let long_name = self.headers.keys().any(|name| name.len() > MAX_SHORT);
        if long_name || self.header_size() > MAX_HEADERS {
            return Err(PublishError::TooLong("headers"));
        }
        Ok(())
    }

    /// What goes to [`Queue::Dead`] for it. Headers that fill a frame are left out to make room for the reason.
    #[must_use]
    pub fn dead(mut self, reason: &Reason) -> Self {
        if self.header_size() > MAX_HEADERS {
            self.headers.clear();
        }
        let error = reason.error.chars().take(MAX_ERROR).collect();
        let why = [
            ("x-reason", reason.word.to_owned()),
            ("x-error", error),
            ("x-routing-key", self.routing_key.clone()),
        ];
        self.headers
            .extend(why.map(|(name, value)| (name.to_owned(), value)));
        self
    }

    fn header_size(&self) -> usize {
        let size = |(name, value): (&String, &String)| name.len() + value.len();
        self.headers.iter().map(size).sum()
    }
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// It is handled and forgotten.
    Done,
    /// It goes back to its queue, for somebody else or for later.
    Later,
    /// It goes to `ringback.dead` with headers `x-reason`, `x-error` and `x-routing-key` (the one it came with), body and
    /// properties as they were.
    Dead(Reason),
}

/// Why a message cannot be processed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// One word, for counting: header `x-reason`.
    pub word: &'static str,
    /// What was wrong, for a person: header `x-error`.
    pub error: String,
}

/// Carries messages between workers.
pub trait Bus: Clone + Send + Sync + 'static {
    /// What [`Bus::subscribe`] gives.
    type Subscription: Subscription;

    /// Publishes a batch; returns once the broker has confirmed and routed each message or refused it, in their order.
    /// Messages are persistent; after [`PublishError::Unavailable`] one may have arrived all the same.
    fn publish(
        &self,
        batch: Vec<(Address, Message)>,
    ) -> impl Future<Output = Vec<Result<(), PublishError>>> + Send;

    /// Takes messages from a queue, at most `prefetch` unsettled ones at a time.
    ///
    /// # Errors
    /// When the broker cannot be reached now.
    fn subscribe(
        &self,
        queue: Queue,
        prefetch: u16,
    ) -> impl Future<Output = Result<Self::Subscription, BusError>> + Send;

    /// Whether messages can be published and taken at this moment: connected, and not blocked by the broker.
    fn is_ready(&self) -> bool;
}

/// A flow of deliveries. Dropping it hands every unsettled one back.
pub trait Subscription: Send + 'static {
    /// One delivery.
    type Delivery: Delivery;

    /// The next delivery. Waits through a lost connection: it connects and subscribes again for as long as it takes.
    ///
    /// Cancel-safe: a future that is dropped before it is ready has taken no delivery, so it may stand in a `select!`.
    fn next(&mut self) -> impl Future<Output = Self::Delivery> + Send;
}

/// A message that waits to be settled. Dropping it unsettled is as [`Disposition::Later`].
pub trait Delivery: Send + 'static {
    /// What arrived.
    fn message(&self) -> &Message;

    /// Ends it.
    ///
    /// # Errors
    /// When the broker did not take the answer: the message will be delivered again.
    fn settle(
        self,
        disposition: Disposition,
    ) -> impl Future<Output = Result<(), SettleError>> + Send;
}

/// A message was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// No queue takes it.
    #[error("no queue takes messages for '{0}'")]
    Unroutable(String),
    /// Over [`MAX_MESSAGE`].
    #[error("a message of {0} bytes, allowed are {MAX_MESSAGE}")]
    TooLarge(usize),
    /// A property over 255 bytes, or headers over 32 KiB.
    #[error("the {0} of a message is too long")]
    TooLong(&'static str),
    /// The broker is away, blocked, or refused it.
    #[error("the broker is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The broker cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("the broker is unavailable")]
pub struct BusError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The delivery was lost with its connection; it will come again.
#[derive(Debug, thiserror::Error)]
#[error("the delivery was lost with its connection")]
pub struct SettleError;
