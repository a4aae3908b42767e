//! One publishing channel, opened again when it was lost.
//!
//! A confirm does not say that a message found a queue: an unroutable one comes back first, and the library attaches it
//! to any confirm of the channel. So a window is settled as a whole, and what came back is known by its place in it.

use std::task::Poll;

use futures_util::future::{Either, ready};
use lapin::Channel;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};

use super::super::link::{LinkError, Watcher, bounded};
use super::super::topology::{self, Names};
use super::super::wire;
use super::{Letter, Outcome, unavailable};

pub(super) struct Carrier {
    link: Watcher,
    names: Names,
    channel: Option<Channel>,
    /// A queue or exchange of the house seems to be deleted.
    is_missing: bool,
}

/// What became of one message of a window.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Taken,
    Returned,
    Refused,
}

impl Carrier {
    pub(super) const fn new(link: Watcher, names: Names) -> Self {
        Self {
            link,
            names,
            channel: None,
            is_missing: false,
        }
    }

    /// Publishes a window; after a failure the next one has a new channel.
    pub(super) async fn carry(&mut self, letters: &[&Letter]) -> Result<Vec<Fate>, LinkError> {
        let usable = self.channel.take().filter(|it| it.status().connected());
        let channel = match usable {
            Some(channel) => channel,
            None => bounded(self.open()).await?,
        };
        self.is_missing = false;
        let fates = tokio::select! {
            biased;
            reason = self.link.broken() => Err(reason),
            fates = bounded(send(&channel, letters)) => fates,
        };
        if fates.is_ok() {
            self.channel = Some(channel);
        }
        fates
    }

    /// Something of the house seems to be deleted: it is declared again before the next window.
    pub(super) fn miss(&mut self) {
        self.channel = None;
        self.is_missing = true;
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
    let mut unwritten = Ok(());
    for write in writes {
        match write.await {
            Ok(confirm) => confirms.push(confirm),
            Err(error) => unwritten = Err(error),
        }
    }
    let mut fates = Vec::with_capacity(letters.len());
    let mut returned = Vec::new();
    for confirm in confirms {
        // When the broker closes the channel, what was written knows why; what comes too late does not.
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
    unwritten?;
    for place in returned {
        if let Some(fate) = fates.get_mut(place) {
            *fate = Fate::Returned;
        }
    }
    Ok(fates)
}

/// What the publishers are told.
pub(super) fn outcomes(letters: &[&Letter], fates: Result<Vec<Fate>, LinkError>) -> Vec<Outcome> {
    let fates = match fates {
        Ok(fates) => fates,
        Err(reason) => {
            let failed = |_: &&Letter| Err(unavailable(reason.clone()));
            return letters.iter().map(failed).collect();
        }
    };
    let outcome = |(letter, fate): (&&Letter, Fate)| match fate {
        Fate::Taken => Ok(()),
        Fate::Returned => Err(letter.unroutable()),
        Fate::Refused => Err(unavailable(LinkError::Refused)),
    };
    letters.iter().zip(fates).map(outcome).collect()
}
