//! Publishes for many callers at once.
//!
//! A few lanes, each with a channel of its own, take what is there from one intake, up to a confirm window, write all of
//! it and wait for all of its confirms; meanwhile the next lane fills its window.

mod lane;

use std::sync::Arc;

use lapin::types::ShortString;
use ringback_ports::bus::{Address, Message, PublishError, Queue};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

use super::link::{Link, LinkError};
use super::topology::{Names, short};
use lane::{Lane, Waiting};

/// How many messages wait for their confirm on one channel.
const WINDOW: usize = 256;

/// How many windows are under way.
const LANES: usize = 2;

/// How many batches wait for a lane before publishers wait for room.
const INTAKE: usize = 256;

/// Where RabbitMQ delivers to a requester without a queue. Mandatory messages come back although they were delivered.
const DIRECT_REPLY: &str = "amq.rabbitmq.reply-to.";

pub(super) struct Publisher {
    intake: mpsc::Sender<Batch>,
    names: Names,
    _lanes: JoinSet<()>,
}

/// Some messages of one caller, who waits for the outcomes; at most a window.
struct Batch {
    letters: Vec<Letter>,
    outcomes: oneshot::Sender<Vec<Outcome>>,
}

type Outcome = Result<(), PublishError>;

/// A message and its way.
struct Letter {
    exchange: ShortString,
    key: ShortString,
    mandatory: bool,
    message: Message,
}

impl Publisher {
    pub(super) fn start(link: &Link, names: &Names) -> Self {
        let (intake, batches) = mpsc::channel(INTAKE);
        let waiting = Arc::new(Mutex::new(Waiting::new(batches)));
        let mut lanes = JoinSet::new();
        for _ in 0..LANES {
            lanes.spawn(Lane::new(link.watcher(), names.clone()).run(Arc::clone(&waiting)));
        }
        Self {
            intake,
            names: names.clone(),
            _lanes: lanes,
        }
    }

    /// Publishes what passes its check; gives the outcomes in order.
    pub(super) async fn publish(&self, batch: Vec<(Address, Message)>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut places = Vec::with_capacity(batch.len());
        let mut letters = Vec::with_capacity(batch.len());
        for (place, (address, message)) in batch.into_iter().enumerate() {
            let checked = message.check();
            match checked.and_then(|()| Letter::new(&self.names, address, message)) {
                Ok(letter) => {
                    places.push(place);
                    letters.push(letter);
                }
                Err(error) => outcomes.push((place, Err(error))),
            }
        }
        outcomes.extend(places.into_iter().zip(self.deliver(letters).await));
        outcomes.sort_unstable_by_key(|(place, _)| *place);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// Publishes a dead message, whatever its size.
    pub(super) async fn park(&self, message: Message) -> Outcome {
        let letter = Letter::new(&self.names, Address::Queue(Queue::Dead), message)?;
        self.deliver(vec![letter])
            .await
            .pop()
            .unwrap_or_else(|| Err(unavailable(LinkError::Down)))
    }

    /// One window after the other, so that the messages stay in order.
    async fn deliver(&self, mut letters: Vec<Letter>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(letters.len());
        while !letters.is_empty() {
            let rest = letters.split_off(letters.len().min(WINDOW));
            outcomes.extend(self.deliver_window(letters).await);
            letters = rest;
        }
        outcomes
    }

    async fn deliver_window(&self, letters: Vec<Letter>) -> Vec<Outcome> {
        let count = letters.len();
        let (outcomes, settled) = oneshot::channel();
        // A lane that is gone drops the batch, and with it the other end.
        self.intake
            .send(Batch { letters, outcomes })
            .await
            .unwrap_or_default();
        let lost = || Err(unavailable(LinkError::Down));
        settled
            .await
            .unwrap_or_else(|_| (0..count).map(|_| lost()).collect())
    }
}

impl Letter {
    fn new(names: &Names, address: Address, message: Message) -> Result<Self, PublishError> {
        let name = match &address {
            Address::Queue(queue) => names.queue(queue),
            Address::Reply(name) => name.clone(),
            Address::Requests(key) | Address::Exchange { key, .. } => key.clone(),
        };
        let is_reply = matches!(address, Address::Reply(_));
        if is_reply && names.is_own(&name) {
            return Err(PublishError::Unroutable(name));
        }
        let exchange = match address {
            Address::Queue(_) | Address::Reply(_) => ShortString::default(),
            Address::Requests(_) => names.requests(),
            Address::Exchange { .. } => return Err(PublishError::Unroutable(name)),
        };
        let mandatory = !(is_reply && name.starts_with(DIRECT_REPLY));
        let key = short(&name).ok_or(PublishError::Unroutable(name))?;
        Ok(Self {
            exchange,
            key,
            mandatory,
            message,
        })
    }
}

fn unavailable(reason: LinkError) -> PublishError {
    PublishError::Unavailable(Box::new(reason))
}
