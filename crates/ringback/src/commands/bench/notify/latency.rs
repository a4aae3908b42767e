//! The way of single notifications: from the return of a commit to the receipt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use ringback_core::callback::Callback;
use ringback_core::event::Event;
use ringback_core::ids::CallbackId;
use ringback_core::service::Service;
use ringback_workers::house::{Committed, Created, Held};
use tokio::task::JoinSet;

use super::super::processes::Processes;
use super::course::{self, TOLD};
use super::{Bench, HEALTHY};
use crate::rooms::Rooms;

/// Between two steps of a callback.
const STEP: Duration = Duration::from_millis(100);

/// A callback that has taken its course.
struct Life {
    id: CallbackId,
    /// When each of its notifications had been committed.
    committed: Vec<Instant>,
}

impl Bench<'_> {
    /// Lets so many callbacks live that `--rate` is met; how long each notification took, sorted.
    pub(super) async fn latencies(&self) -> anyhow::Result<Vec<Duration>> {
        let limit = Duration::from_secs(self.options.limit + self.options.seconds);
        let mut processes = Processes::none()?;
        processes
            .spawn_worker("notifier", &self.shared, &[])
            .await?;
        let measured = tokio::time::timeout(limit, self.lives(&processes)).await;
        let measured = measured.with_context(|| self.too_late(limit))??;
        processes.stop().await;
        Ok(measured)
    }

    async fn lives(&self, processes: &Processes) -> anyhow::Result<Vec<Duration>> {
        processes.until_ready().await?;
        let service = self.service(HEALTHY)?;
        // The first waits for the notifier to subscribe.
        self.receiver.begin();
        let first = live(self.house.clone(), service.clone(), 0).await?;
        self.receiver.until(TOLD).await;

        self.receiver.begin();
        let count = u64::from(self.options.rate) * self.options.seconds / TOLD as u64;
        let each = Duration::from_secs(TOLD as u64) / self.options.rate;
        let mut turns = tokio::time::interval(each);
        let mut lives = JoinSet::new();
        for number in 1..=count.max(1) {
            turns.tick().await;
            let (house, service) = (self.house.clone(), service.clone());
            lives.spawn(live(house, service, u32::try_from(number)?));
        }
        let lives = lives.join_all().await;
        self.receiver.until(lives.len() * TOLD).await;
        let lives = lives.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let mut latencies = Vec::with_capacity(lives.len() * TOLD);
        for life in &lives {
            let arrivals = self.receiver.told(&life.id);
            ensure!(
                arrivals.len() == life.committed.len(),
                "callback {} was not told whole",
                life.id
            );
            let ways = arrivals.iter().zip(&life.committed);
            latencies.extend(ways.map(|(came, since)| came.saturating_duration_since(*since)));
        }
        latencies.sort_unstable();
        let all = lives.into_iter().chain([first]);
        self.clear(all.map(|life| life.id).collect()).await?;
        Ok(latencies)
    }
}

/// A whole course, a commit at each step.
async fn live(house: Rooms, service: Arc<Service>, number: u32) -> anyhow::Result<Life> {
    let (callback, events) = course::begin(&service, number, house.shards, house.clock.now())?;
    let mut committed = Vec::with_capacity(TOLD);
    let written = house.create(&callback, &events, &[]).await?;
    ensure!(written == Created::New, "a callback was there already");
    note(&mut committed, Committed::Yes, &events, &callback)?;
    let id = callback.id.clone();
    let version = 1;
    let mut held = Held { callback, version };
    for input in course::inputs() {
        tokio::time::sleep(STEP).await;
        let step = course::go_on(&held.callback, &service, input, house.clock.now())?;
        let written = house.commit(&mut held, &step).await?;
        note(&mut committed, written, &step.events, &held.callback)?;
    }
    Ok(Life { id, committed })
}

fn note(
    committed: &mut Vec<Instant>,
    written: Committed,
    events: &[Event],
    callback: &Callback,
) -> anyhow::Result<()> {
    let now = Instant::now();
    ensure!(
        written == Committed::Yes,
        "somebody else changes {callback:?}"
    );
    committed.extend(std::iter::repeat_n(now, course::told(events)));
    Ok(())
}
