//! The queues of a [`MemoryBus`](super::MemoryBus) and what is in them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::Notify;

use super::super::{
    Address, BusError, Disposition, Message, PublishError, Queue, SettleError, is_exchange_name,
};
use super::bindings::Bindings;

/// How many messages wait in one queue before it refuses more.
pub(super) const CAPACITY: usize = 100_000;

const FIXED: [Queue; 5] = [
    Queue::Requests,
    Queue::Schedule,
    Queue::Dial,
    Queue::Notify,
    Queue::Dead,
];

/// The exchange for whom it may concern.
const EVENTS: &str = "ringback.events";

/// The exchange for whoever listens at the moment, and the key of all that goes through it.
const LIVE: (&str, &str) = ("ringback.live", "live");

pub(super) struct State {
    lines: HashMap<String, Line>,
    bindings: Bindings,
    last: u64,
}

/// One queue: what waits, by its place, and what each subscriber holds.
struct Line {
    private: bool,
    waiting: BTreeMap<u64, Arc<Message>>,
    held: HashMap<u64, BTreeMap<u64, Arc<Message>>>,
    arrived: Arc<Notify>,
}

/// A message that a subscriber holds.
#[derive(Debug)]
pub(super) struct Taken {
    queue: String,
    subscriber: u64,
    place: u64,
    pub(super) message: Arc<Message>,
}

impl State {
    pub(super) fn new() -> Self {
        let line = |queue: Queue| (queue.to_string(), Line::new(false));
        Self {
            lines: FIXED.into_iter().map(line).collect(),
            bindings: Bindings::default(),
            last: 0,
        }
    }

    /// Makes a queue that gets what an exchange has for it; its name.
    pub(super) fn bind(
        &mut self,
        exchange: Option<&str>,
        pattern: &str,
    ) -> Result<String, BusError> {
        let exchange = exchange.unwrap_or(EVENTS);
        if !is_exchange_name(exchange) || is_own(exchange) && exchange != EVENTS {
            return Err(BusError("nobody publishes to this exchange".into()));
        }
        let queue = format!("ringback.listener.{}", self.next());
        self.lines.insert(queue.clone(), Line::new(true));
        self.bindings.add(exchange, pattern, &queue);
        Ok(queue)
    }

    /// From now on the queue gets what is published for whoever listens.
    pub(super) fn listen_live(&mut self, queue: &Queue) {
        self.bindings.add(LIVE.0, LIVE.1, &queue.to_string());
    }

    /// Adds a subscriber to a queue; a private queue comes into being with its only one.
    pub(super) fn enter(
        &mut self,
        queue: &str,
        private: bool,
    ) -> Result<(u64, Arc<Notify>), BusError> {
        if private && self.lines.contains_key(queue) {
            return Err(BusError("the queue belongs to another subscriber".into()));
        }
        let subscriber = self.next();
        let line = self
            .lines
            .entry(queue.to_owned())
            .or_insert_with(|| Line::new(private));
        line.held.insert(subscriber, BTreeMap::new());
        Ok((subscriber, Arc::clone(&line.arrived)))
    }

    pub(super) fn publish(
        &mut self,
        address: Address,
        mut message: Message,
    ) -> Result<(), PublishError> {
        message.check()?;
        let (queues, key) = self.route(address)?;
        let is_full = |queue: &String| {
            let line = self.lines.get(queue);
            line.is_some_and(|line| line.waiting.len() >= CAPACITY)
        };
        if queues.iter().any(is_full) {
            return Err(PublishError::Unavailable("the queue is full".into()));
        }
        message.routing_key = key;
        message.redelivered = false;
        message.returns = 0;
        let message = Arc::new(message);
        for queue in queues {
            let place = self.next();
            if let Some(line) = self.lines.get_mut(&queue) {
                line.put(place, Arc::clone(&message));
            }
        }
        Ok(())
    }

    /// The queues that get it, all of which exist, and its routing key.
    fn route(&self, address: Address) -> Result<(Vec<String>, String), PublishError> {
        let (queues, key) = match address {
            Address::Queue(queue) => (vec![queue.to_string()], queue.to_string()),
            Address::Reply(name) if is_own(&name) => (Vec::new(), name),
            Address::Reply(name) => (vec![name.clone()], name),
            Address::Requests(key) => (vec![Queue::Requests.to_string()], key),
            Address::Live => (self.bindings.queues(LIVE.0, LIVE.1), LIVE.1.to_owned()),
            Address::Exchange { name, key } => (
                self.bindings
                    .queues(name.as_deref().unwrap_or(EVENTS), &key),
                key,
            ),
        };
        let is_there = |queue: &String| self.lines.contains_key(queue);
        match queues.is_empty() || !queues.iter().all(is_there) {
            true => Err(PublishError::Unroutable(key)),
            false => Ok((queues, key)),
        }
    }

    pub(super) fn take(&mut self, queue: &str, subscriber: u64) -> Option<Taken> {
        let line = self.lines.get_mut(queue)?;
        let (place, message) = line.waiting.pop_first()?;
        let held = line.held.entry(subscriber).or_default();
        held.insert(place, Arc::clone(&message));
        Some(Taken {
            queue: queue.to_owned(),
            subscriber,
            place,
            message,
        })
    }

    /// Parks a message; the oldest parked one makes room when there are too many.
    fn park(&mut self, mut message: Message) {
        let place = self.next();
        let name = Queue::Dead.to_string();
        message.routing_key.clone_from(&name);
        message.redelivered = false;
        message.returns = 0;
        let line = self.lines.entry(name).or_insert_with(|| Line::new(false));
        if line.waiting.len() >= CAPACITY {
            line.waiting.pop_first();
        }
        line.put(place, Arc::new(message));
    }

    pub(super) fn settle(
        &mut self,
        taken: &Taken,
        disposition: Disposition,
    ) -> Result<(), SettleError> {
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

    /// Removes a subscriber; what it held goes back, a private queue goes with it.
    pub(super) fn leave(&mut self, queue: &str, subscriber: u64) {
        let Some(line) = self.lines.get_mut(queue) else {
            return;
        };
        if line.private {
            self.lines.remove(queue);
            self.bindings.remove(queue);
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
        message.returns += 1;
        self.put(place, Arc::new(message));
    }
}

/// No requester may have its answer sent to a queue of the house.
fn is_own(name: &str) -> bool {
    name.starts_with("ringback.")
}
