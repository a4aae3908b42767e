//! Publishes for many callers at once.
//!
//! A few lanes, each with a channel of its own, take what is there from one intake, up to a confirm window, write all of
//! it and wait for all of its confirms; meanwhile the next lane fills its window. What goes to exchanges of others has a
//! lane apart.

mod carrier;
mod foreign;
mod lane;

use std::sync::Arc;

use lapin::types::ShortString;
use ringback_ports::bus::{Address, Message, PublishError, Queue};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

use super::link::{Link, LinkError};
use super::topology::{Names, short};
use foreign::ForeignLane;
use lane::{Lane, Waiting};

/// How many messages wait for their confirm on one channel.
const WINDOW: usize = 256;

/// How many windows are under way within the house.
const LANES: usize = 2;

/// How many batches wait for a lane before publishers wait for room.
const INTAKE: usize = 256;

/// Where RabbitMQ delivers to a requester without a queue. Mandatory messages come back although they were delivered.
const DIRECT_REPLY: &str = "amq.rabbitmq.reply-to.";

pub(super) struct Publisher {
    house: mpsc::Sender<Batch>,
    foreign: mpsc::Sender<Batch>,
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
        let mut lanes = JoinSet::new();
        let (house, batches) = mpsc::channel(INTAKE);
        let waiting = Arc::new(Mutex::new(Waiting::new(batches)));
        for _ in 0..LANES {
            lanes.spawn(Lane::new(link.watcher(), names).run(Arc::clone(&waiting)));
        }
        let (foreign, batches) = mpsc::channel(INTAKE);
        lanes.spawn(ForeignLane::new(link.watcher(), names).run(Waiting::new(batches)));
        Self {
            house,
            foreign,
            names: names.clone(),
            _lanes: lanes,
        }
    }

    /// Publishes what passes its check; gives the outcomes in order.
    pub(super) async fn publish(&self, batch: Vec<(Address, Message)>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        let (mut house, mut foreign) = (Placed::default(), Placed::default());
        for (place, (address, message)) in batch.into_iter().enumerate() {
            let checked = message.check();
            match checked.and_then(|()| Letter::new(&self.names, address, message)) {
                Ok(letter) if self.is_foreign(&letter) => foreign.put(place, letter),
                Ok(letter) => house.put(place, letter),
                Err(error) => outcomes.push((place, Err(error))),
            }
        }
        let (house, foreign) =
            tokio::join!(house.deliver(&self.house), foreign.deliver(&self.foreign));
        outcomes.extend(house);
        outcomes.extend(foreign);
        outcomes.sort_unstable_by_key(|(place, _)| *place);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// Publishes a dead message, whatever its size.
    pub(super) async fn park(&self, message: Message) -> Outcome {
        let letter = Letter::new(&self.names, Address::Queue(Queue::Dead), message)?;
        deliver(&self.house, vec![letter])
            .await
            .pop()
            .unwrap_or_else(|| Err(unavailable(LinkError::Down)))
    }

    fn is_foreign(&self, letter: &Letter) -> bool {
        let exchange = letter.exchange.as_str();
        !exchange.is_empty() && !self.names.is_own(exchange)
    }
}

/// Some letters of a batch, and their places in it.
#[derive(Default)]
struct Placed {
    places: Vec<usize>,
    letters: Vec<Letter>,
}

impl Placed {
    fn put(&mut self, place: usize, letter: Letter) {
        self.places.push(place);
        self.letters.push(letter);
    }

    async fn deliver(self, to: &mpsc::Sender<Batch>) -> impl Iterator<Item = (usize, Outcome)> {
        self.places.into_iter().zip(deliver(to, self.letters).await)
    }
}

/// One window after the other, so that the messages stay in order.
async fn deliver(to: &mpsc::Sender<Batch>, mut letters: Vec<Letter>) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(letters.len());
    while !letters.is_empty() {
        let rest = letters.split_off(letters.len().min(WINDOW));
        outcomes.extend(deliver_window(to, letters).await);
        letters = rest;
    }
    outcomes
}

async fn deliver_window(to: &mpsc::Sender<Batch>, letters: Vec<Letter>) -> Vec<Outcome> {
    let count = letters.len();
    let (outcomes, settled) = oneshot::channel();
    // A lane that is gone drops the batch, and with it the other end.
    to.send(Batch { letters, outcomes })
        .await
        .unwrap_or_default();
    let lost = || Err(unavailable(LinkError::Down));
    settled
        .await
        .unwrap_or_else(|_| (0..count).map(|_| lost()).collect())
}

impl Letter {
    fn new(names: &Names, address: Address, message: Message) -> Result<Self, PublishError> {
        let direct = ShortString::default();
        let (exchange, key, mandatory) = match address {
            Address::Queue(queue) => (direct, names.queue(&queue), true),
            Address::Reply(name) if names.is_own(&name) => {
                return Err(PublishError::Unroutable(name));
            }
            Address::Reply(name) => {
                let mandatory = !name.starts_with(DIRECT_REPLY);
                (direct, name, mandatory)
            }
            Address::Requests(key) => (names.requests(), key, true),
            Address::Live => (names.live(), "live".to_owned(), true),
            Address::Exchange { name, key } => (names.outward(name)?, key, true),
        };
        let key = short(&key).ok_or(PublishError::Unroutable(key))?;
        Ok(Self {
            exchange,
            key,
            mandatory,
            message,
        })
    }

    fn unroutable(&self) -> PublishError {
        PublishError::Unroutable(self.key.to_string())
    }
}

fn unavailable(reason: LinkError) -> PublishError {
    PublishError::Unavailable(Box::new(reason))
}
