//! The bus on RabbitMQ.
//!
//! One connection publishes and another one consumes, because a broker that is short of memory blocks publishers only.
//! Both are kept up by a supervisor each; what runs on them opens a channel again when it loses it.

mod backoff;
mod dialer;
mod link;
mod publisher;
mod subscription;
mod topology;
mod wire;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use ringback_ports::bus::{Address, Bus, BusError, Message, PublishError, Queue};

use dialer::Dialer;
use link::Link;
use publisher::Publisher;
pub use subscription::{AmqpDelivery, AmqpSubscription};
use topology::Names;

/// How the bus is named and where its queues are.
#[derive(Clone, Debug)]
pub struct AmqpOptions {
    /// What the broker shows for this process.
    pub connection_name: String,
    /// The first part of every queue and exchange name.
    pub prefix: String,
}

impl Default for AmqpOptions {
    fn default() -> Self {
        Self {
            connection_name: "ringback".to_owned(),
            prefix: "ringback".to_owned(),
        }
    }
}

/// A bus on RabbitMQ; clones share its two connections.
#[derive(Clone)]
pub struct AmqpBus(Arc<Inner>);

struct Inner {
    publishing: Link,
    consuming: Link,
    publisher: Publisher,
    names: Names,
}

impl AmqpBus {
    /// Connects and declares the queues. Once connected, the bus survives the loss of the broker for as long as it lasts.
    ///
    /// # Errors
    /// When the address or an option cannot be used, or the broker is not there within a few seconds.
    pub async fn connect(address: &str, options: AmqpOptions) -> Result<Self, ConnectError> {
        let names = Names::new(options.prefix)?;
        let dialer = |part| Dialer::new(address, format!("{} {part}", options.connection_name));
        let publishing = Link::connect(dialer("publisher")?.publishing(), &names).await?;
        let consuming = Link::connect(dialer("consumer")?, &names).await?;
        Ok(Self::on(publishing, consuming, names))
    }

    /// The same without a broker: connects, and declares the queues, as soon as it is there.
    ///
    /// # Errors
    /// When the address or an option cannot be used.
    pub fn open(address: &str, options: AmqpOptions) -> Result<Self, ConnectError> {
        let names = Names::new(options.prefix)?;
        let dialer = |part| Dialer::new(address, format!("{} {part}", options.connection_name));
        let publishing = Link::open(dialer("publisher")?.publishing(), &names);
        let consuming = Link::open(dialer("consumer")?, &names);
        Ok(Self::on(publishing, consuming, names))
    }

    fn on(publishing: Link, consuming: Link, names: Names) -> Self {
        Self(Arc::new(Inner {
            publisher: Publisher::start(&publishing, &names),
            publishing,
            consuming,
            names,
        }))
    }
}

impl fmt::Debug for AmqpBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AmqpBus({:?})", self.0.names)
    }
}

impl Bus for AmqpBus {
    type Subscription = AmqpSubscription;

    async fn publish(&self, batch: Vec<(Address, Message)>) -> Vec<Result<(), PublishError>> {
        self.0.publisher.publish(batch).await
    }

    async fn subscribe(&self, queue: Queue, prefetch: u16) -> Result<AmqpSubscription, BusError> {
        AmqpSubscription::open(self.clone(), queue, prefetch).await
    }

    fn is_ready(&self) -> bool {
        self.0.publishing.is_up() && self.0.consuming.is_up()
    }
}

/// The bus cannot be used. Never names credentials.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address says nothing about a broker.
    #[error("the bus address cannot be used: {0}: write amqp://user:password@host:port/vhost")]
    Address(String),
    /// The prefix does not make good queue names.
    #[error("the bus prefix '{0}' cannot be used: write 1 to 64 letters, digits, '.', '-' and '_'")]
    Prefix(String),
    /// The broker is away or refuses.
    #[error("the broker at {place} cannot be used: {reason}")]
    Broker {
        /// Host and port.
        place: String,
        /// What went wrong.
        reason: String,
    },
}
