//! Writes finished callbacks with their whole log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::ensure;
use ringback_workers::house::Committed;
use tokio::task::JoinSet;

use super::{Bench, DEAD, HEALTHY, course};
use crate::rooms::Rooms;

/// How many commits are under way at a time.
const WRITERS: u32 = 32;
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

    const fn service(self, number: u32) -> &'static str {
        match self {
            Self::WithDead if number % EACH == EACH - 1 => DEAD,
            Self::Healthy | Self::WithDead => HEALTHY,
        }
    }
}

impl Bench<'_> {
    /// Writes a backlog; the broker has a hint for each callback of it.
    pub(super) async fn write(&self, backlog: Backlog) -> anyhow::Result<()> {
        let size = backlog.size(self.options.callbacks);
        let sent = self.house.counters.messages_published.get();
        let next = Arc::new(AtomicU32::new(0));
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            let (house, next) = (self.house.clone(), next.clone());
            let services = [HEALTHY, DEAD].map(|name| self.service(name));
            let [healthy, dead] = services;
            let (healthy, dead) = (healthy?, dead?);
            writers.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= size {
                        return anyhow::Ok(());
                    }
                    let service = match backlog.service(number) {
                        DEAD => &dead,
                        _ => &healthy,
                    };
                    until_sent(&house, (sent + u64::from(number)).saturating_sub(HINTS)).await;
                    let now = house.clock.now();
                    let (callback, events) = course::whole(service, number, house.shards, now)?;
                    let written = house.create(&callback, &events).await?;
                    ensure!(written == Committed::Yes, "a callback was there already");
                }
            });
        }
        while let Some(written) = writers.join_next().await {
            written??;
        }
        until_sent(&self.house, sent + u64::from(size)).await;
        Ok(())
    }
}

async fn until_sent(house: &Rooms, count: u64) {
    while house.counters.messages_published.get() < count {
        tokio::time::sleep(LOOK).await;
    }
}
