//! The bus inside one process.

mod bindings;
mod state;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::{
    Address, Bus, BusError, Delivery, Disposition, Message, PublishError, Queue, SettleError,
    Subscription,
};
use state::{State, Taken};

/// Queues in memory, shared by all clones. What waits in them ends with the process.
#[derive(Clone)]
pub struct MemoryBus(Arc<Mutex<State>>);

impl MemoryBus {
    /// A bus with the fixed queues, all empty.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State::new())))
    }

    /// Declares the queue of a requester, for [`Address::Reply`]; it is gone with the subscription.
    ///
    /// # Errors
    /// When a queue of that name exists.
    pub fn reply_queue(&self, name: &str) -> Result<MemorySubscription, BusError> {
        self.open(name.to_owned(), true, u16::MAX)
    }

    /// Listens to [`Address::Exchange`] as a queue that is bound to it does: in the pattern `*` is one word of the routing
    /// key, `#` any number of them, and words are parted by dots. The binding is gone with the subscription.
    ///
    /// # Errors
    /// When nobody can publish to an exchange of that name.
    pub fn listen(
        &self,
        exchange: Option<&str>,
        pattern: &str,
    ) -> Result<MemorySubscription, BusError> {
        let name = self.state().bind(exchange, pattern)?;
        self.open(name, false, u16::MAX)
    }

    fn open(
        &self,
        name: String,
        private: bool,
        prefetch: u16,
    ) -> Result<MemorySubscription, BusError> {
        let (subscriber, arrived) = self.state().enter(&name, private)?;
        Ok(MemorySubscription {
            bus: self.clone(),
            name,
            subscriber,
            arrived,
            places: Arc::new(Semaphore::new(usize::from(prefetch.max(1)))),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryBus")
    }
}

impl Bus for MemoryBus {
    type Subscription = MemorySubscription;

    async fn publish(&self, batch: Vec<(Address, Message)>) -> Vec<Result<(), PublishError>> {
        let mut state = self.state();
        batch
            .into_iter()
            .map(|(address, message)| state.publish(address, message))
            .collect()
    }

    async fn subscribe(&self, queue: Queue, prefetch: u16) -> Result<MemorySubscription, BusError> {
        let subscription = self.open(queue.to_string(), queue.is_private(), prefetch)?;
        if matches!(queue, Queue::Live(_)) {
            self.state().listen_live(&queue);
        }
        Ok(subscription)
    }

    fn is_ready(&self) -> bool {
        true
    }
}

/// A flow of deliveries out of one queue of a [`MemoryBus`].
#[derive(Debug)]
pub struct MemorySubscription {
    bus: MemoryBus,
    name: String,
    subscriber: u64,
    arrived: Arc<Notify>,
    places: Arc<Semaphore>,
}

impl Subscription for MemorySubscription {
    type Delivery = MemoryDelivery;

    async fn next(&mut self) -> MemoryDelivery {
        let permit = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        loop {
            let mut arrived = std::pin::pin!(self.arrived.notified());
            // From here on an arrival is noticed, so that none slips in between looking and waiting.
            arrived.as_mut().enable();
            if let Some(taken) = self.bus.state().take(&self.name, self.subscriber) {
                return MemoryDelivery {
                    bus: self.bus.clone(),
                    taken,
                    settled: false,
                    _permit: permit,
                };
            }
            arrived.await;
        }
    }
}

impl Drop for MemorySubscription {
    fn drop(&mut self) {
        self.bus.state().leave(&self.name, self.subscriber);
    }
}

/// A message taken out of a queue of a [`MemoryBus`].
#[derive(Debug)]
pub struct MemoryDelivery {
    bus: MemoryBus,
    taken: Taken,
    settled: bool,
    _permit: OwnedSemaphorePermit,
}

impl Delivery for MemoryDelivery {
    fn message(&self) -> &Message {
        &self.taken.message
    }

    async fn settle(mut self, disposition: Disposition) -> Result<(), SettleError> {
        self.settled = true;
        self.bus.state().settle(&self.taken, disposition)
    }
}

impl Drop for MemoryDelivery {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        // A delivery that outlived its subscription was handed back with it.
        self.bus
            .state()
            .settle(&self.taken, Disposition::Later)
            .unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn with<F: Future<Output = ()>>(check: impl FnOnce(MemoryBus) -> F) {
        check(MemoryBus::new()).await;
    }

    crate::bus_conformance!(with);

    #[tokio::test]
    async fn an_answer_reaches_the_queue_that_waits_for_it() {
        let bus = MemoryBus::new();
        let answer = || (Address::Reply("ivr.1".to_owned()), Message::default());
        let refused = bus.publish(vec![answer()]).await.remove(0);
        assert!(matches!(refused, Err(PublishError::Unroutable(name)) if name == "ivr.1"));

        let mut answers = bus.reply_queue("ivr.1").unwrap();
        assert!(bus.reply_queue("ivr.1").is_err());
        bus.publish(vec![answer()]).await.remove(0).unwrap();
        assert_eq!(answers.next().await.message().routing_key, "ivr.1");
    }

    #[tokio::test]
    async fn no_answer_is_slipped_into_a_queue_of_the_house() {
        let bus = MemoryBus::new();
        let answer = (Address::Reply(Queue::Dial.to_string()), Message::default());
        let refused = bus.publish(vec![answer]).await.remove(0);
        assert!(matches!(refused, Err(PublishError::Unroutable(_))));
    }

    #[tokio::test]
    async fn whoever_listens_to_an_exchange_gets_what_its_pattern_matches() {
        let bus = MemoryBus::new();
        let mut all = bus.listen(None, "#").unwrap();
        let mut dialed = bus.listen(Some("ringback.events"), "dial.*").unwrap();
        let mut others = bus.listen(Some("analysts"), "dial.init").unwrap();
        let to = |name: Option<&str>, key: &str| {
            let (name, key) = (name.map(str::to_owned), key.to_owned());
            (Address::Exchange { name, key }, Message::default())
        };
        let sent = [to(None, "exit"), to(None, "dial.init")].into();
        assert!(bus.publish(sent).await.iter().all(Result::is_ok));
        assert_eq!(next_key(&mut all).await, "exit");
        assert_eq!(next_key(&mut all).await, "dial.init");
        assert_eq!(next_key(&mut dialed).await, "dial.init");

        let sent = vec![to(Some("analysts"), "dial.init")];
        bus.publish(sent).await.remove(0).unwrap();
        assert_eq!(next_key(&mut others).await, "dial.init");

        drop(others);
        let sent = vec![to(Some("analysts"), "dial.init")];
        let refused = bus.publish(sent).await.remove(0);
        assert!(matches!(refused, Err(PublishError::Unroutable(_))));
        for closed in ["", "amq.default", "ringback.requests"] {
            assert!(bus.listen(Some(closed), "#").is_err(), "{closed}");
        }
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_what_it_holds_stays() {
        let bus = MemoryBus::new();
        let hint = || (Address::Queue(Queue::Schedule), Message::default());
        let taken = bus
            .publish((0..state::CAPACITY).map(|_| hint()).collect())
            .await;
        assert!(taken.iter().all(Result::is_ok));
        let refused = bus.publish(vec![hint()]).await.remove(0);
        assert!(matches!(refused, Err(PublishError::Unavailable(_))));

        let mut hints = bus.subscribe(Queue::Schedule, 1).await.unwrap();
        hints.next().await.settle(Disposition::Done).await.unwrap();
        bus.publish(vec![hint()]).await.remove(0).unwrap();
    }

    async fn next_key(flow: &mut MemorySubscription) -> String {
        let delivery = flow.next().await;
        let key = delivery.message().routing_key.clone();
        delivery.settle(Disposition::Done).await.unwrap();
        key
    }
}
