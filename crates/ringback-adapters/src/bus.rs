//! The bus that an address names.

use ringback_ports::bus::memory::{MemoryBus, MemoryDelivery, MemorySubscription};
use ringback_ports::bus::{
    Address, Bus, BusError, Delivery, Disposition, Message, PublishError, Queue, SettleError,
    Subscription,
};
use url::Url;

use crate::amqp::{AmqpBus, AmqpDelivery, AmqpOptions, AmqpSubscription, ConnectError};

/// How much of an unknown address is shown.
const SHOWN: usize = 20;

/// Any of the buses.
#[derive(Clone, Debug)]
pub enum AnyBus {
    /// Within this process.
    Memory(MemoryBus),
    /// RabbitMQ.
    Amqp(AmqpBus),
}

impl AnyBus {
    /// Connects to `memory:`, `amqp://…` or `amqps://…`. Installations that share a broker tell their queues apart by
    /// `?prefix=…`, which is `ringback` when it is left out.
    ///
    /// # Errors
    /// When the address cannot be used, or the broker is not there.
    pub async fn connect(address: &str, connection_name: &str) -> Result<Self, OpenError> {
        let (scheme, _) = address.split_once(':').unwrap_or((address, ""));
        match scheme {
            "memory" if address == "memory:" => Ok(Self::Memory(MemoryBus::new())),
            "amqp" | "amqps" => {
                let options = options(address, connection_name);
                Ok(Self::Amqp(AmqpBus::connect(address, options).await?))
            }
            _ => Err(OpenError::unknown(scheme)),
        }
    }

    /// The same without waiting for a broker: it is connected to as soon as it is there. Until then nothing is published.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn open(address: &str, connection_name: &str) -> Result<Self, OpenError> {
        let (scheme, _) = address.split_once(':').unwrap_or((address, ""));
        match scheme {
            "memory" if address == "memory:" => Ok(Self::Memory(MemoryBus::new())),
            "amqp" | "amqps" => {
                let options = options(address, connection_name);
                Ok(Self::Amqp(AmqpBus::open(address, options)?))
            }
            _ => Err(OpenError::unknown(scheme)),
        }
    }

    /// Whether other processes can be reached by it.
    pub const fn is_shared(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Amqp(_) => true,
        }
    }
}

fn options(address: &str, connection_name: &str) -> AmqpOptions {
    let mut options = AmqpOptions {
        connection_name: connection_name.to_owned(),
        ..AmqpOptions::default()
    };
    if let Some(prefix) = prefix(address) {
        options.prefix = prefix;
    }
    options
}

fn prefix(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let mut pairs = url.query_pairs();
    pairs.find_map(|(name, value)| (name == "prefix").then(|| value.into_owned()))
}

/// No bus was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address names no bus. Shows only its first part, because the rest may carry credentials.
    #[error(
        "a bus address that begins with '{0}' is not known: allowed are memory:, amqp://host:port/vhost and amqps://host:port/vhost"
    )]
    Unknown(String),
    /// RabbitMQ cannot be used.
    #[error(transparent)]
    Amqp(#[from] ConnectError),
}

impl OpenError {
    fn unknown(scheme: &str) -> Self {
        Self::Unknown(scheme.chars().take(SHOWN).collect())
    }
}

impl Bus for AnyBus {
    type Subscription = AnySubscription;

    async fn publish(&self, batch: Vec<(Address, Message)>) -> Vec<Result<(), PublishError>> {
        match self {
            Self::Memory(bus) => bus.publish(batch).await,
            Self::Amqp(bus) => bus.publish(batch).await,
        }
    }

    async fn subscribe(&self, queue: Queue, prefetch: u16) -> Result<AnySubscription, BusError> {
        Ok(match self {
            Self::Memory(bus) => AnySubscription::Memory(bus.subscribe(queue, prefetch).await?),
            Self::Amqp(bus) => {
                AnySubscription::Amqp(Box::new(bus.subscribe(queue, prefetch).await?))
            }
        })
    }

    fn is_ready(&self) -> bool {
        match self {
            Self::Memory(bus) => bus.is_ready(),
            Self::Amqp(bus) => bus.is_ready(),
        }
    }
}

/// A subscription of an [`AnyBus`].
#[derive(Debug)]
pub enum AnySubscription {
    /// Within this process.
    Memory(MemorySubscription),
    /// RabbitMQ.
    Amqp(Box<AmqpSubscription>),
}

impl Subscription for AnySubscription {
    type Delivery = AnyDelivery;

    async fn next(&mut self) -> AnyDelivery {
        match self {
            Self::Memory(flow) => AnyDelivery::Memory(flow.next().await),
            Self::Amqp(flow) => AnyDelivery::Amqp(flow.next().await),
        }
    }
}

/// A delivery of an [`AnyBus`].
#[derive(Debug)]
pub enum AnyDelivery {
    /// Within this process.
    Memory(MemoryDelivery),
    /// RabbitMQ.
    Amqp(AmqpDelivery),
}

impl Delivery for AnyDelivery {
    fn message(&self) -> &Message {
        match self {
            Self::Memory(delivery) => delivery.message(),
            Self::Amqp(delivery) => delivery.message(),
        }
    }

    async fn settle(self, disposition: Disposition) -> Result<(), SettleError> {
        match self {
            Self::Memory(delivery) => delivery.settle(disposition).await,
            Self::Amqp(delivery) => delivery.settle(disposition).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn with<F: Future<Output = ()>>(check: impl FnOnce(AnyBus) -> F) {
        check(AnyBus::connect("memory:", "test").await.unwrap()).await;
    }

    ringback_ports::bus_conformance!(with);

    #[tokio::test]
    async fn an_unknown_address_is_refused_by_name() {
        for (address, shown) in [
            ("redis://user:secret@host", "'redis'"),
            ("memory:secret", "'memory'"),
            ("secret-free nonsense without end", "'secret-free nonsense'"),
            ("", "''"),
        ] {
            let error = AnyBus::connect(address, "test").await.unwrap_err();
            let text = error.to_string();
            assert!(text.contains(shown) && text.contains("amqps://"), "{text}");
            assert!(!text.contains(":secret"), "{text}");
        }
    }

    #[tokio::test]
    async fn the_prefix_is_part_of_the_address() {
        let address = "amqp://127.0.0.1:1/?prefix=not%20a%20word";
        let error = AnyBus::connect(address, "test").await.unwrap_err();
        assert!(error.to_string().contains("'not a word'"), "{error}");
    }

    #[tokio::test]
    async fn only_a_broker_is_shared() {
        assert!(
            !AnyBus::connect("memory:", "test")
                .await
                .unwrap()
                .is_shared()
        );
    }
}
