//! Temporary.
use crate::amqp::*;
use ringback_ports::bus::memory::*;
use ringback_ports::bus::*;
#[derive(Clone)]
pub enum AnyBus {
    M(MemoryBus),
    A(AmqpBus),
}
pub enum AnySub {
    M(MemorySubscription),
    A(AmqpSubscription),
}
pub enum AnyDel {
    M(MemoryDelivery),
    A(AmqpDelivery),
}
impl AnyBus {
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::A(_))
    }
    pub async fn connect(a: &str, n: &str) -> Result<Self, ConnectError> {
        if a == "memory:" {
            Ok(Self::M(MemoryBus::new()))
        } else {
            Ok(Self::A(
                AmqpBus::connect(
                    a,
                    AmqpOptions {
                        connection_name: n.to_owned(),
                        ..AmqpOptions::default()
                    },
                )
                .await?,
            ))
        }
    }
}
impl Bus for AnyBus {
    type Subscription = AnySub;
    async fn publish(&self, b: Vec<(Address, Message)>) -> Vec<Result<(), PublishError>> {
        match self {
            Self::M(x) => x.publish(b).await,
            Self::A(x) => x.publish(b).await,
        }
    }
    async fn subscribe(&self, q: Queue, p: u16) -> Result<AnySub, BusError> {
        Ok(match self {
            Self::M(x) => AnySub::M(x.subscribe(q, p).await?),
            Self::A(x) => AnySub::A(x.subscribe(q, p).await?),
        })
    }
    fn is_ready(&self) -> bool {
        match self {
            Self::M(x) => x.is_ready(),
            Self::A(x) => x.is_ready(),
        }
    }
}
impl Subscription for AnySub {
    type Delivery = AnyDel;
    async fn next(&mut self) -> AnyDel {
        match self {
            Self::M(x) => AnyDel::M(x.next().await),
            Self::A(x) => AnyDel::A(x.next().await),
        }
    }
}
impl Delivery for AnyDel {
    fn message(&self) -> &Message {
        match self {
            Self::M(x) => x.message(),
            Self::A(x) => x.message(),
        }
    }
    async fn settle(self, d: Disposition) -> Result<(), SettleError> {
        match self {
            Self::M(x) => x.settle(d).await,
            Self::A(x) => x.settle(d).await,
        }
    }
}
