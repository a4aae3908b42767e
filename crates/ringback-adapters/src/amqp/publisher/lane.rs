//! Takes what waits for a channel of its own, window by window.

use std::sync::Arc;

use ringback_ports::bus::Queue;
use tokio::sync::{Mutex, mpsc};

use super::super::link::{LinkError, Watcher};
use super::super::topology::Names;
use super::carrier::{Carrier, Fate, outcomes};
use super::{Batch, Letter, WINDOW};

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
    pub(super) async fn window(&mut self) -> Option<Vec<Batch>> {
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

/// Publishes to queues and exchanges of the house, and to those who asked.
pub(super) struct Lane {
    carrier: Carrier,
    dead: String,
}

impl Lane {
    pub(super) fn new(link: Watcher, names: &Names) -> Self {
        Self {
            carrier: Carrier::new(link, names.clone()),
            dead: names.queue(&Queue::Dead),
        }
    }

    pub(super) async fn run(mut self, waiting: Arc<Mutex<Waiting>>) {
        loop {
            let window = waiting.lock().await.window().await;
            let Some(window) = window else { return };
            let letters: Vec<_> = window.iter().flat_map(|batch| &batch.letters).collect();
            let fates = self.carrier.carry(&letters).await;
            if self.misses_something(&letters, &fates) {
                self.carrier.miss();
            }
            let outcomes = outcomes(&letters, fates);
            settle(window, outcomes);
        }
    }

    /// Whether somebody deleted what only a publisher would notice: the queue for the dead, which nobody consumes, or an
    /// exchange, without which the broker closes the channel.
    fn misses_something(&self, letters: &[&Letter], fates: &Result<Vec<Fate>, LinkError>) -> bool {
        let is_dead = |letter: &Letter| {
            letter.exchange.as_str().is_empty() && letter.key.as_str() == self.dead
        };
        match fates {
            Ok(fates) => {
                let mut fates = letters.iter().zip(fates);
                fates.any(|(letter, fate)| *fate == Fate::Returned && is_dead(letter))
            }
            Err(LinkError::Broker(error)) => error.is_amqp_soft_error(),
            Err(_) => false,
        }
    }
}

/// Gives each publisher of a window its outcomes.
pub(super) fn settle(window: Vec<Batch>, outcomes: Vec<super::Outcome>) {
    let mut outcomes = outcomes.into_iter();
    for batch in window {
        let own = outcomes.by_ref().take(batch.letters.len()).collect();
        // Nobody waits for an answer that was given up.
        batch.outcomes.send(own).unwrap_or_default();
    }
}
