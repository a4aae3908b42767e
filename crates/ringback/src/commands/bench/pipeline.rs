//! `ringback bench pipeline`: whole lives of callbacks through four worker processes.
//!
//! The workers, the instant phone network, the broker and the store are processes of their own; this one only sends
//! requests over HTTP and looks whether anybody still waits. The broker's own rate is measured in the same run, so that
//! the figures can be compared between machines.

mod lives;
mod load;
mod raw;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use ringback_adapters::simulator::client::SimulatorClient;
use ringback_adapters::store::AnyStore;
use ringback_core::callback::{Wait, dialing_index, wait_index};
use ringback_ports::clock::Clock;
use ringback_ports::store::Store;

use super::processes::Counted;
use super::quantile;
use crate::args::BenchPipeline;
use crate::print::{self, line};
use lives::Lives;

/// The trunk group of the benchmark's own service.
const TRUNK: &str = "bench";
/// How often is looked whether all is done.
const LOOK: Duration = Duration::from_millis(20);

pub async fn run(options: BenchPipeline) -> anyhow::Result<ExitCode> {
    let raw = raw::rate(&options.rooms.bus)
        .await
        .context("measuring the broker itself")?;
    line(&format!(
        "broker alone: {raw:.0} confirmed publishes and consumes per second"
    ));
    let lives = Lives::start(&options).await?;
    let measured = measure(&options, &lives).await?;
    let tally = SimulatorClient::connect(&lives.phone)
        .await?
        .tally()
        .await?;
    lives.processes.stop().await;
    measured.print(&options, raw);
    line(&format!(
        "  dials {}, call ids dialed twice {}",
        tally.dials, tally.dialed_twice
    ));
    ensure!(tally.dialed_twice == 0, "an attempt was dialed twice");
    let (callbacks, dials) = (u64::from(options.callbacks), tally.dials);
    ensure!(
        dials == callbacks,
        "{callbacks} callbacks made {dials} dials"
    );
    Ok(ExitCode::SUCCESS)
}

/// What was measured.
struct Measured {
    took: Duration,
    /// Of the start calls, sorted.
    latencies: Vec<Duration>,
    counted: Counted,
}

async fn measure(options: &BenchPipeline, lives: &Lives) -> anyhow::Result<Measured> {
    let store = AnyStore::open(&options.rooms.store, Clock::system()).await?;
    ensure!(
        in_progress(&store).await? == 0,
        "callbacks of an earlier run are in progress"
    );
    let before = lives.processes.counters().await?;
    let progress = print::bar(u64::from(options.callbacks), "requests");
    let begun = std::time::Instant::now();
    let all = async {
        let latencies = load::send(&lives.api, options, &progress).await?;
        while in_progress(&store).await? > 0 {
            tokio::time::sleep(LOOK).await;
        }
        anyhow::Ok(latencies)
    };
    let latencies = tokio::time::timeout(Duration::from_secs(options.limit), all)
        .await
        .with_context(|| format!("not all callbacks were over after {} s", options.limit))??;
    let took = begun.elapsed();
    progress.finish_and_clear();
    let counted = lives.processes.counters().await?.since(before);
    Ok(Measured {
        took,
        latencies,
        counted,
    })
}

impl Measured {
    fn print(&self, options: &BenchPipeline, raw: f64) {
        let (callbacks, took) = (f64::from(options.callbacks), self.took.as_secs_f64());
        let (rate, each) = (callbacks / took, |count: u64| count as f64 / callbacks);
        line(&format!("{} callbacks in {took:.2} s", options.callbacks));
        line(&format!(
            "  lives per second       {rate:.0}  ({:.3} of the broker alone)",
            rate / raw
        ));
        line(&format!(
            "  messages per callback  {:.2}",
            each(self.counted.published)
        ));
        line(&format!(
            "  store calls per callback {:.2}",
            each(self.counted.store_calls)
        ));
        line(&format!(
            "  commit conflicts per callback {:.4}",
            each(self.counted.conflicts)
        ));
        let (p50, p99) = (
            quantile(&self.latencies, 0.50),
            quantile(&self.latencies, 0.99),
        );
        line(&format!("  start call p50 {p50:.1} ms, p99 {p99:.1} ms"));
    }
}

/// How many callbacks of the benchmark wait or are on the phone.
async fn in_progress(store: &AnyStore) -> anyhow::Result<u64> {
    let (waiting, out) = (
        wait_index(&Wait::Line {
            trunk: TRUNK.to_owned(),
        }),
        dialing_index(TRUNK),
    );
    let (waiting, out) = tokio::join!(
        store.count(&waiting, i64::MIN, i64::MAX),
        store.count(&out, i64::MIN, i64::MAX)
    );
    Ok(waiting? + out?)
}
