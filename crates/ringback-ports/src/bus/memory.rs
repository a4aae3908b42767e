//! The bus inside one process.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::{
    Address, Bus, BusError, Delivery, Disposition, Message, PublishError, Queue, SettleError,
    Subscription,
};

/// How many messages wait in one queue before it refuses more.
const CAPACITY: usize = 100_000;

const FIXED: [Queue; 5] = [
    Queue::Requests,
    Queue::Schedule,
    Queue::Dial,
    Queue::Notify,
    Queue::Dead,
];

/// Queues in memory, shared by all clones. What waits in them ends with the process.
#[derive(Clone)]
pub struct MemoryBus(Arc<Mutex<State>>);

struct State {
    lines: HashMap<String, Line>,
    last: u64,
}

/// One queue: what waits, by its place, and what each subscriber holds.
struct Line {
    private: bool,
    waiting: BTreeMap<u64, Arc<Message>>,
    held: HashMap<u64, BTreeMap<u64, Arc<Message>>>,
    arrived: Arc<Notify>,
}

impl MemoryBus {
    /// A bus with the fixed queues, all empty.
    pub fn new() -> Self {
        let line = |queue: Queue| (queue.to_string(), Line::new(false));
        Self(Arc::new(Mutex::new(State {
            lines: FIXED.into_iter().map(line).collect(),
            last: 0,
        })))
    }

    /// Declares the queue of a requester, for [`Address::Reply`]; it is gone with the subscription.
    ///
    /// # Errors
    /// When a queue of that name exists.
    pub fn reply_queue(&self, name: &str) -> Result<MemorySubscription, BusError> {
        self.open(name.to_owned(), true, u16::MAX)
    }

    fn open(
        &self,
        name: String,
        private: bool,
        prefetch: u16,
    ) -> Result<MemorySubscription, BusError> {
        let mut state = self.state();
        if private && state.lines.contains_key(&name) {
            return Err(BusError("the queue belongs to another subscriber".into()));
        }
        let subscriber = state.next();
        let line = state
            .lines
            .entry(name.clone())
            .or_insert_with(|| Line::new(private));
        line.held.insert(subscriber, BTreeMap::new());
        let arrived = Arc::clone(&line.arrived);
        drop(state);
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
        let private = matches!(queue, Queue::Dialer(_));
        self.open(queue.to_string(), private, prefetch)
    }

    fn is_ready(&self) -> bool {
        true
    }
}

impl State {
    fn publish(&mut self, address: Address, mut message: Message) -> Result<(), PublishError> {
        message.check()?;
        let (queue, key) = match address {
            Address::Queue(queue) => (queue.to_string(), queue.to_string()),
            Address::Reply(name) => (name.clone(), name),
            Address::Requests(key) if is_request(&key) => (Queue::Requests.to_string(), key),
            Address::Requests(key) => return Err(PublishError::Unroutable(key)),
        };
        let place = self.next();
        let Some(line) = self.lines.get_mut(&queue) else {
            return Err(PublishError::Unroutable(key));
        };
        if line.waiting.len() >= CAPACITY {
            return Err(PublishError::Unavailable("the queue is full".into()));
        }
        message.routing_key = key;
        message.redelivered = false;
        line.put(place, Arc::new(message));
        Ok(())
    }

    /// Parks a message; the oldest parked one makes room when there are too many.
    fn park(&mut self, mut message: Message) {
        let place = self.next();
        let name = Queue::Dead.to_string();
        message.routing_key.clone_from(&name);
        message.redelivered = false;
        let line = self.lines.entry(name).or_insert_with(|| Line::new(false));
        if line.waiting.len() >= CAPACITY {
            line.waiting.pop_first();
        }
        line.put(place, Arc::new(message));
    }

    fn settle(&mut self, taken: &Taken, disposition: Disposition) -> Result<(), SettleError> {
        let line = self.lines.get_mut(&taken.queue).ok_or(SettleError)?;
        let held = line.held.get_mut(&taken.subscriber).ok_or(SettleError)?;
        let message = held.remove(&taken.place).ok_or(SettleError)?;
        match disposition {
            Disposition::Done => {}
            Disposition::Later => line.put_back(taken.place, message),
            Disposition::Dead(reason) => self.park(Arc::unwrap_or_clone(message).dead(&reason)),
        }
        Ok(())
    }

    fn leave(&mut self, queue: &str, subscriber: u64) {
        let Some(line) = self.lines.get_mut(queue) else {
            return;
        };
        if line.private {
            self.lines.remove(queue);
            return;
        }
        for (place, message) in line.held.remove(&subscriber).unwrap_or_default() {
            line.put_back(place, message);
        }
    }

    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

impl Line {
    fn new(private: bool) -> Self {
        Self {
            private,
            waiting: BTreeMap::new(),
            held: HashMap::new(),
            arrived: Arc::new(Notify::new()),
        }
    }

    fn put(&mut self, place: u64, message: Arc<Message>) {
        self.waiting.insert(place, message);
        self.arrived.notify_one();
    }

    fn put_back(&mut self, place: u64, message: Arc<Message>) {
        let mut message = Arc::unwrap_or_clone(message);
        message.redelivered = true;
        self.put(place, Arc::new(message));
    }
}

fn is_request(key: &str) -> bool {
    [".start", ".cancel", ".reschedule"]
        .iter()
        .any(|verb| key.ends_with(verb))
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

impl MemorySubscription {
    fn take(&self) -> Option<Taken> {
        let mut state = self.bus.state();
        let line = state.lines.get_mut(&self.name)?;
        let (place, message) = line.waiting.pop_first()?;
        let held = line.held.entry(self.subscriber).or_default();
        held.insert(place, Arc::clone(&message));
        Some(Taken {
            queue: self.name.clone(),
            subscriber: self.subscriber,
            place,
            message,
        })
    }
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
            if let Some(taken) = self.take() {
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

#[derive(Debug)]
struct Taken {
    queue: String,
    subscriber: u64,
    place: u64,
    message: Arc<Message>,
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
    async fn a_full_queue_refuses_and_what_it_holds_stays() {
        let bus = MemoryBus::new();
        let hint = || (Address::Queue(Queue::Schedule), Message::default());
        let taken = bus.publish((0..CAPACITY).map(|_| hint()).collect()).await;
        assert!(taken.iter().all(Result::is_ok));
        let refused = bus.publish(vec![hint()]).await.remove(0);
        assert!(matches!(refused, Err(PublishError::Unavailable(_))));

        let mut hints = bus.subscribe(Queue::Schedule, 1).await.unwrap();
        hints.next().await.settle(Disposition::Done).await.unwrap();
        bus.publish(vec![hint()]).await.remove(0).unwrap();
    }
}
