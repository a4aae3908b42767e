//! One publishing channel.
//!
//! A confirm does not say that a message found a queue: an unroutable one comes back first, and the library attaches it
//! to any confirm of the channel. So a window is settled as a whole, and what came back is known by its place in it.

use std::sync::Arc;
use std::task::Poll;

use futures_util::future::{Either, ready};
use lapin::Channel;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use ringback_ports::bus::{PublishError, Queue};
use tokio::sync::{Mutex, mpsc};

use super::super::link::{LinkError, Watcher, bounded};
use super::super::topology::{self, Names};
use super::super::wire;
use super::{Batch, Letter, Outcome, WINDOW, unavailable};

/// What waits for a lane. The lane that holds the lock waits for work, so that a message wakes one lane only.
pub(super) struct Waiting {
    batches: mpsc::Receiver<Batch>,
    /// The batch that did not fit into the last window.
    held: Option<Batch>,
}

impl Waiting {
    pub(super) const fn new(batches: mpsc::Receiver<Batch>) -> Self {
        Self {
            batches,
            held: None,
        }
    }

    /// The next batches that together fit into a window; none when the bus is dropped.
    async fn window(&mut self) -> Option<Vec<Batch>> {
        let first = match self.held.take() {
            Some(batch) => batch,
            None => self.batches.recv().await?,
        };
        let mut room = WINDOW.saturating_sub(first.letters.len());
        let mut window = vec![first];
        while let Ok(batch) = self.batches.try_recv() {
            let Some(left) = room.checked_sub(batch.letters.len()) else {
                self.held = Some(batch);
                break;
            };
            room = left;
            window.push(batch);
        }
        Some(window)
    }
}

pub(super) struct Lane {
    link: Watcher,
    names: Names,
    channel: Option<Channel>,
    /// A queue or exchange of the house seems to be deleted.
    is_missing: bool,
}

/// What became of one message of a window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Taken,
    Returned,
    Refused,
}

impl Lane {
    pub(super) const fn new(link: Watcher, names: Names) -> Self {
        Self {
            link,
            names,
            channel: None,
            is_missing: false,
        }
    }

    pub(super) async fn run(mut self, waiting: Arc<Mutex<Waiting>>) {
        loop {
            let window = waiting.lock().await.window().await;
            let Some(window) = window else { return };
            self.settle(window).await;
        }
    }

    async fn settle(&mut self, window: Vec<Batch>) {
        let letters: Vec<_> = window.iter().flat_map(|batch| &batch.letters).collect();
        let fates = self.carry(&letters).await;
        self.is_missing = self.misses_something(&letters, &fates);
        if self.is_missing || fates.is_err() {
            self.channel = None;
        }
        let mut outcomes = outcomes(&letters, fates).into_iter();
        for batch in window {
            let own = outcomes.by_ref().take(batch.letters.len()).collect();
            // Nobody waits for an answer that was given up.
            batch.outcomes.send(own).unwrap_or_default();
        }
    }

    /// Whether somebody deleted what only a publisher would notice: the queue for the dead, which nobody consumes, or the
    /// exchange for requests, without which the broker closes the channel.
    fn misses_something(&self, letters: &[&Letter], fates: &Result<Vec<Fate>, LinkError>) -> bool {
        match fates {
            Ok(fates) => {
                let dead = self.names.queue(&Queue::Dead);
                let mut fates = letters.iter().zip(fates);
                fates.any(|(letter, fate)| *fate == Fate::Returned && letter.key.as_str() == dead)
            }
            Err(LinkError::Broker(error)) => error.is_amqp_soft_error(),
            Err(_) => false,
        }
    }

    async fn carry(&mut self, letters: &[&Letter]) -> Result<Vec<Fate>, LinkError> {
        let usable = self.channel.take().filter(|it| it.status().connected());
        let channel = match usable {
            Some(channel) => self.channel.insert(channel),
            None => self.channel.insert(bounded(self.open()).await?),
        };
        tokio::select! {
            biased;
            reason = self.link.broken() => Err(reason),
            fates = bounded(send(channel, letters)) => fates,
        }
    }

    async fn open(&self) -> Result<Channel, LinkError> {
        let channel = self.link.channel().await?;
        if self.is_missing {
            topology::declare_all(&channel, &self.names).await?;
        }
        let options = ConfirmSelectOptions::default();
        channel.confirm_select(options).await?;
        Ok(channel)
    }
}

/// Writes a window and waits for all of its confirms.
async fn send(channel: &Channel, letters: &[&Letter]) -> Result<Vec<Fate>, LinkError> {
    let mut writes = Vec::with_capacity(letters.len());
    for (place, letter) in letters.iter().enumerate() {
        let options = BasicPublishOptions {
            mandatory: letter.mandatory,
            ..BasicPublishOptions::default()
        };
        let mut write = Box::pin(channel.basic_publish(
            letter.exchange.clone(),
            letter.key.clone(),
            options,
            &letter.message.body,
            wire::properties(&letter.message, place),
        ));
        // The first poll queues it, in order; it ends when the message was written.
        writes.push(match futures_util::poll!(write.as_mut()) {
            Poll::Ready(written) => Either::Left(ready(written)),
            Poll::Pending => Either::Right(write),
        });
    }
    let mut confirms = Vec::with_capacity(letters.len());
    for write in writes {
        confirms.push(write.await?);
    }
    let mut fates = Vec::with_capacity(letters.len());
    let mut returned = Vec::new();
    for confirm in confirms {
        let confirmation = confirm.await?;
        fates.push(match confirmation.is_ack() {
            true => Fate::Taken,
            false => Fate::Refused,
        });
        if let Some(message) = confirmation.take_message() {
            let place = wire::sequence(&message.delivery.properties);
            returned.push(place.ok_or(LinkError::Refused)?);
        }
    }
    for place in returned {
        if let Some(fate) = fates.get_mut(place) {
            *fate = Fate::Returned;
        }
    }
    Ok(fates)
}

fn outcomes(letters: &[&Letter], fates: Result<Vec<Fate>, LinkError>) -> Vec<Outcome> {
    let fates = match fates {
        Ok(fates) => fates,
        Err(reason) => {
            let failed = |_: &&Letter| Err(unavailable(reason.clone()));
            return letters.iter().map(failed).collect();
        }
    };
    let outcome = |(letter, fate): (&&Letter, Fate)| match fate {
        Fate::Taken => Ok(()),
        Fate::Returned => Err(PublishError::Unroutable(letter.key.to_string())),
        Fate::Refused => Err(unavailable(LinkError::Refused)),
    };
    letters.iter().zip(fates).map(outcome).collect()
}
