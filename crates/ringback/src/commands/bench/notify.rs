//! `ringback bench notify`: status notifications through one notifier process, with a scheduler beside it.
//!
//! Callbacks are written straight into the store, as the workers of a house would, and a receiver in this process takes
//! what the notifier tells of them. Measured are backlogs that lie there before the notifier starts, without and with a
//! target beside that accepts connections and never answers, and the way of single notifications.

mod backlog;
mod course;
mod drain;
mod latency;
mod receiver;
mod silent;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use ringback_core::ids::ServiceName;
use ringback_core::service::Service;
use tokio_util::sync::CancellationToken;

use super::processes::{Processes, Shared};
use super::quantile;
use crate::args::{self, BenchNotify};
use crate::condition::{Condition, Needs};
use crate::config::Configuration;
use crate::print::line;
use crate::rooms::{Company, Opened, Rooms};
use backlog::Backlog;
use drain::Drained;
use receiver::Receiver;
use silent::Silent;

/// Names of the services: told to the receiver, and to the target that does not answer.
const HEALTHY: &str = "bench";
const DEAD: &str = "bench-silent";

/// What is measured with.
struct Bench<'a> {
    shared: Shared<'a>,
    options: &'a BenchNotify,
    house: Rooms,
    receiver: Receiver,
}

pub async fn run(options: BenchNotify) -> anyhow::Result<ExitCode> {
    let (receiver, silent) = (Receiver::start().await?, Silent::start().await?);
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("bench.toml");
    tokio::fs::write(&config, configuration(&receiver.url, &silent.url)).await?;
    let rooms = args::Shared {
        store: Some(options.rooms.store.clone()),
        bus: Some(options.rooms.bus.clone()),
        config: Some(config.clone()),
        health_listen: None,
        worker: None,
    };
    let condition = Condition::new(Needs::STORE, CancellationToken::new());
    let found = Configuration::read(Some(&config))?;
    let opened = Opened::open("bench", &rooms, Company::Others, found, &condition).await?;
    opened.write_settings().await?;
    let bench = Bench {
        shared: Shared {
            store: &options.rooms.store,
            bus: &options.rooms.bus,
            config: &config.display().to_string(),
        },
        options: &options,
        house: opened.house,
        receiver,
    };
    // It brings back the lanes that the notifier puts off.
    let mut scheduler = Processes::none()?;
    scheduler
        .spawn_worker("scheduler", &bench.shared, &[])
        .await?;
    scheduler.until_ready().await?;
    bench.drains().await?;
    bench.latency().await?;
    scheduler.stop().await;
    let seen = bench.receiver.seen();
    line(&format!(
        "duplicates {}, out of order {}",
        seen.duplicates, seen.disordered
    ));
    ensure!(seen.disordered == 0, "notifications came out of order");
    ensure!(seen.duplicates == 0, "notifications came twice");
    Ok(ExitCode::SUCCESS)
}

impl Bench<'_> {
    fn service(&self, name: &str) -> anyhow::Result<Arc<Service>> {
        let service = self.house.service(&ServiceName::new(name));
        service.with_context(|| format!("service '{name}' is not configured"))
    }

    fn too_late(&self, limit: Duration) -> String {
        let (count, seconds) = (self.receiver.seen().count, limit.as_secs());
        format!("not all notifications came within {seconds} s, only {count}")
    }

    /// Backlogs in turn without and with a dead target, so that what else the machine does falls on both.
    async fn drains(&self) -> anyhow::Result<()> {
        line(&format!(
            "backlogs of {} callbacks, {} each without and with a dead target",
            self.options.callbacks, self.options.rounds
        ));
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        for _ in 0..self.options.rounds {
            alone.push(self.drain(Backlog::Healthy).await?);
            beside.push(self.drain(Backlog::WithDead).await?);
            if let (Some(alone), Some(beside)) = (alone.last(), beside.last()) {
                line(&format!(
                    "  {:.0} deliveries per second, with a dead target beside {:.0}",
                    alone.rate, beside.rate
                ));
            }
        }
        let of = |figure: fn(&Drained) -> f64| median(&alone, figure);
        let (rate, with_dead) = (of(|it| it.rate), median(&beside, |it| it.rate));
        line(&format!("  deliveries per second      {rate:.0} (median)"));
        line(&format!(
            "  CPU s per 1,000 deliveries {:.3}",
            of(|it| it.cpu)
        ));
        line(&format!(
            "  store calls per delivery   {:.3}",
            of(|it| it.store_calls)
        ));
        line(&format!(
            "  messages per delivery      {:.3}",
            of(|it| it.messages)
        ));
        line(&format!(
            "  with a dead target beside  {with_dead:.0} ({:.3} of that without)",
            with_dead / rate
        ));
        Ok(())
    }

    async fn latency(&self) -> anyhow::Result<()> {
        let latencies = self.latencies().await?;
        let (p50, p99) = (quantile(&latencies, 0.50), quantile(&latencies, 0.99));
        line(&format!(
            "{} notifications per second for {} s",
            self.options.rate, self.options.seconds
        ));
        line(&format!(
            "  from commit to receipt     p50 {p50:.1} ms, p99 {p99:.1} ms"
        ));
        Ok(())
    }
}

fn configuration(healthy: &str, silent: &str) -> String {
    let mut text = "[notifier]\nallow = [\"127.0.0.0/8\"]\n".to_owned();
    for (name, target) in [(HEALTHY, healthy), (DEAD, silent)] {
        text += &format!(
            "[services.{name}]\ntemplate = \"User Terminated Immediate\"\n_target = \"Bench@Stat.GA\"\n\
             _urs_virtual_queue = \"VQ_Bench\"\n_vq_for_outbound_calls = \"VQ_Bench_Out\"\n\
             _trunk_group = \"bench-notify\"\n_ttl = 600\n_enable_status_notification = \"subscribe_notify\"\n\
             _status_notification_target = \"{target}\"\n"
        );
    }
    text
}

fn median(drained: &[Drained], figure: fn(&Drained) -> f64) -> f64 {
    let mut figures: Vec<f64> = drained.iter().map(figure).collect();
    figures.sort_unstable_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() % 2 {
        0 => figures
            .get(middle.wrapping_sub(1)..=middle)
            .map_or(f64::NAN, |two| two.iter().sum::<f64>() / 2.0),
        _ => figures[middle],
    }
}
