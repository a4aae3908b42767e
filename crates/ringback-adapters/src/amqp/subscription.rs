//! Takes messages from a queue.

use std::fmt;

use futures_util::StreamExt;
use lapin::message::Delivery as Arrival;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{Acker, Consumer};
use ringback_ports::bus::{
    BusError, Delivery, Disposition, Message, Queue, SettleError, Subscription,
};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::AmqpBus;
use super::backoff::Backoff;
use super::link::{LinkError, Watcher, bounded};
use super::topology;
use super::wire;

/// A flow of deliveries out of one queue, taken up again whenever it breaks off.
pub struct AmqpSubscription {
    bus: AmqpBus,
    link: Watcher,
    queue: Queue,
    name: ShortString,
    prefetch: u16,
    /// Gone after a failure. Dropping it closes its channel, and the broker takes back what is unsettled.
    consumer: Option<Consumer>,
    backoff: Backoff,
    again_at: Instant,
}

impl AmqpSubscription {
    pub(super) async fn open(bus: AmqpBus, queue: Queue, prefetch: u16) -> Result<Self, BusError> {
        let name = bus.0.names.queue(&queue);
        let mut subscription = Self {
            link: bus.0.consuming.watcher(),
            name: topology::short(&name)
                .ok_or_else(|| BusError("the queue's name is too long".into()))?,
            bus,
            queue,
            prefetch: prefetch.max(1),
            consumer: None,
            backoff: Backoff::default(),
            again_at: Instant::now(),
        };
        let consumer = subscription.consume().await;
        subscription.consumer = Some(consumer.map_err(|error| BusError(Box::new(error)))?);
        Ok(subscription)
    }

    /// A consumer on a channel of its own.
    async fn consume(&self) -> Result<Consumer, LinkError> {
        let channel = self.link.channel().await?;
        bounded(async {
            let names = &self.bus.0.names;
            topology::declare(&channel, names, &self.queue, self.name.clone()).await?;
            channel
                .basic_qos(self.prefetch, BasicQosOptions::default())
                .await?;
            let options = BasicConsumeOptions {
                exclusive: self.queue.is_private(),
                ..BasicConsumeOptions::default()
            };
            let tag = ShortString::default();
            let consumer = channel
                .basic_consume(self.name.clone(), tag, options, FieldTable::default())
                .await?;
            Ok(consumer)
        })
        .await
    }

    /// The next arrival, or why there is none. Giving up while it waits loses nothing.
    async fn arrival(&mut self) -> Result<Arrival, LinkError> {
        let consumer = match &mut self.consumer {
            Some(consumer) => consumer,
            None => {
                tokio::time::sleep_until(self.again_at).await;
                self.link.up().await;
                let consumer = self.consume().await?;
                tracing::info!(queue = %self.name, "subscribed again");
                self.consumer.insert(consumer)
            }
        };
        match consumer.next().await {
            Some(Ok(arrival)) => Ok(arrival),
            Some(Err(error)) => Err(error.into()),
            // The broker cancels a consumer without an error, as when its queue is deleted.
            None => Err(LinkError::Cancelled),
        }
    }
}

impl Subscription for AmqpSubscription {
    type Delivery = AmqpDelivery;

    async fn next(&mut self) -> AmqpDelivery {
        loop {
            match self.arrival().await {
                Ok(arrival) => {
                    self.backoff.reset();
                    return AmqpDelivery::new(self.bus.clone(), arrival);
                }
                Err(error) => {
                    if self.consumer.take().is_some() {
                        tracing::warn!(queue = %self.name, %error, "the subscription is lost");
                    }
                    self.again_at = Instant::now() + self.backoff.pause();
                }
            }
        }
    }
}

impl fmt::Debug for AmqpSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AmqpSubscription({})", self.name)
    }
}

/// A message that the broker waits to hear about.
pub struct AmqpDelivery {
    bus: AmqpBus,
    message: Message,
    acker: Acker,
}

impl AmqpDelivery {
    fn new(bus: AmqpBus, mut arrival: Arrival) -> Self {
        Self {
            bus,
            message: wire::message(&mut arrival),
            acker: arrival.acker,
        }
    }
}

impl Delivery for AmqpDelivery {
    fn message(&self) -> &Message {
        &self.message
    }

    async fn settle(mut self, disposition: Disposition) -> Result<(), SettleError> {
        let answered = match disposition {
            Disposition::Done => self.acker.ack(BasicAckOptions::default()).await,
            Disposition::Later => put_back(&self.acker).await,
            Disposition::Dead(reason) => {
                let message = std::mem::take(&mut self.message).dead(&reason);
                if let Err(error) = self.bus.0.publisher.park(message).await {
                    // Dropping the delivery puts the message back.
                    tracing::warn!(%error, "a dead message could not be parked");
                    return Err(SettleError);
                }
                self.acker.ack(BasicAckOptions::default()).await
            }
        };
        match answered {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(SettleError),
        }
    }
}

impl Drop for AmqpDelivery {
    fn drop(&mut self) {
        if !self.acker.usable() {
            return;
        }
        // Without a runtime the connection is gone as well, and the message is back.
        if let Ok(runtime) = Handle::try_current() {
            let acker = self.acker.clone();
            runtime.spawn(async move { put_back(&acker).await });
        }
    }
}

impl fmt::Debug for AmqpDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AmqpDelivery({:?})", self.message)
    }
}

async fn put_back(acker: &Acker) -> Result<bool, lapin::Error> {
    let options = BasicNackOptions {
        requeue: true,
        ..BasicNackOptions::default()
    };
    acker.nack(options).await
}
