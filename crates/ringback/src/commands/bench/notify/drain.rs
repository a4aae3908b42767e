//! A backlog meets a notifier.

use std::time::Duration;

use anyhow::{Context, ensure};

use super::super::processes::Processes;
use super::Bench;
use super::backlog::Backlog;
use super::course::TOLD;

/// How often is looked whether the notifier has seen all hints.
const LOOK: Duration = Duration::from_millis(20);

/// What a drain was like; of the healthy deliveries.
pub struct Drained {
    /// Per second, from the first receipt to the last.
    pub rate: f64,
    /// Seconds per 1,000 deliveries.
    pub cpu: f64,
    /// Per delivery.
    pub store_calls: f64,
    /// That the notifier was sent, per delivery.
    pub messages: f64,
}

impl Bench<'_> {
    pub(super) async fn drain(&self, backlog: Backlog) -> anyhow::Result<Drained> {
        let limit = Duration::from_secs(self.options.limit);
        self.receiver.begin();
        let written = tokio::time::timeout(limit, self.write(backlog)).await;
        let callbacks = written
            .with_context(|| format!("the backlog is not written after {} s", limit.as_secs()))??;
        let early = self.receiver.seen().count;
        ensure!(early == 0, "another notifier is at work on this broker");
        let mut processes = Processes::none()?;
        processes
            .spawn_worker("notifier", &self.shared, &[])
            .await?;
        let drained = tokio::time::timeout(limit, self.watch(backlog, &processes)).await;
        let drained = drained.with_context(|| self.too_late(limit))??;
        processes.stop().await;
        self.clear(callbacks).await?;
        Ok(drained)
    }

    async fn watch(&self, backlog: Backlog, processes: &Processes) -> anyhow::Result<Drained> {
        let callbacks = self.options.callbacks;
        let all = callbacks as usize * TOLD;
        processes.until_ready().await?;
        let (cpu, before) = (processes.cpu().await?, self.receiver.seen().count);
        self.receiver.until(all).await;
        let cpu = processes.cpu().await?.saturating_sub(cpu);
        let hints = u64::from(backlog.size(callbacks));
        let counted = loop {
            let counted = processes.counters().await?;
            if counted.handled >= hints {
                break counted;
            }
            tokio::time::sleep(LOOK).await;
        };
        let seen = self.receiver.seen();
        let count = seen.count;
        ensure!(count == all, "{count} notifications came, there are {all}");
        let (first, last) = seen.between.context("nothing came")?;
        let each = |count: u64| count as f64 / all as f64;
        Ok(Drained {
            rate: (all - 1) as f64 / (last - first).as_secs_f64(),
            cpu: cpu.as_secs_f64() * 1000.0 / (all - before) as f64,
            store_calls: each(counted.store_calls),
            messages: each(counted.handled),
        })
    }
}
