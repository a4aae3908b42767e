//! Writes finished callbacks with their whole log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::ensure;
use ringback_core::ids::CallbackId;
use ringback_core::service::Service;
use ringback_workers::house::{Committed, Created};
use tokio::task::JoinSet;

use super::{Bench, DEAD, HEALTHY, course};
use crate::rooms::Rooms;

/// How many commits are under way at a time.
const AT_A_TIME: usize = 32;
/// How many hints wait for the broker: fewer than are dropped.
const HINTS: u64 = 8192;
/// How often is looked whether the broker has them.
const LOOK: Duration = Duration::from_millis(5);
/// Of so many callbacks the last is for the dead target.
const EACH: u32 = 11;

/// What a backlog consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Backlog {
    /// Callbacks whose target takes everything.
    Healthy,
    /// The same, and a tenth as many whose target never answers.
    WithDead,
}

impl Backlog {
    /// Callbacks in all, when there are so many healthy ones.
    pub const fn size(self, healthy: u32) -> u32 {
        match self {
            Self::Healthy => healthy,
            Self::WithDead => healthy + healthy / (EACH - 1),
        }
    }

    const fn is_dead(self, number: u32) -> bool {
        matches!(self, Self::WithDead) && number % EACH == EACH - 1
    }
}

impl Bench<'_> {
    /// Writes a backlog; the broker has a hint for each callback of it. Who they are.
    pub(super) async fn write(&self, backlog: Backlog) -> anyhow::Result<Vec<CallbackId>> {
        let size = backlog.size(self.options.callbacks);
        let sent = self.house.counters.messages_published.get();
        let next = Arc::new(AtomicU32::new(0));
        let mut writers = JoinSet::new();
        for _ in 0..AT_A_TIME {
            let writer = Writer {
                house: self.house.clone(),
                services: [self.service(HEALTHY)?, self.service(DEAD)?],
                sent,
            };
            let next = next.clone();
            writers.spawn(async move {
                let mut written = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= size {
                        return anyhow::Ok(written);
                    }
                    written.push(writer.write(number, backlog.is_dead(number)).await?);
                }
            });
        }
        let mut callbacks = Vec::with_capacity(size as usize);
        while let Some(written) = writers.join_next().await {
            callbacks.extend(written??);
        }
        until_sent(&self.house, sent + u64::from(size)).await;
        Ok(callbacks)
    }

    /// Removes callbacks with all that belongs to them.
    pub(super) async fn clear(&self, callbacks: Vec<CallbackId>) -> anyhow::Result<()> {
        let mut removers = JoinSet::new();
        for id in callbacks {
            if removers.len() >= AT_A_TIME {
                removers.join_next().await.transpose()?.transpose()?;
            }
            removers.spawn(remove(self.house.clone(), id));
        }
        while let Some(removed) = removers.join_next().await {
            removed??;
        }
        Ok(())
    }
}

async fn remove(house: Rooms, id: CallbackId) -> anyhow::Result<()> {
    while let Some(held) = house.hold(&id).await? {
        if house.purge(&held).await? == Committed::Yes {
            break;
        }
    }
    Ok(())
}

/// One who writes.
struct Writer {
    house: Rooms,
    /// The healthy and the dead one.
    services: [Arc<Service>; 2],
    /// Hints sent before.
    sent: u64,
}

impl Writer {
    async fn write(&self, number: u32, is_dead: bool) -> anyhow::Result<CallbackId> {
        let [healthy, dead] = &self.services;
        let service = if is_dead { dead } else { healthy };
        let house = &self.house;
        until_sent(house, (self.sent + u64::from(number)).saturating_sub(HINTS)).await;
        let (callback, events) = course::whole(service, number, house.shards, house.clock.now())?;
        let written = house.create(&callback, &events, &[]).await?;
        ensure!(written == Created::New, "a callback was there already");
        Ok(callback.id)
    }
}

async fn until_sent(house: &Rooms, count: u64) {
    while house.counters.messages_published.get() < count {
        tokio::time::sleep(LOOK).await;
    }
}
