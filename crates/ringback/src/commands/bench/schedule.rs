//! `ringback bench schedule`: many callbacks for later, in Redis.
//!
//! They are started at the front desk, each with a place of its slot, and a scheduler works beside. Then is measured what
//! one of them takes in the store, how late callbacks are submitted while so many a second fall due, and how long the
//! question takes which times can still be had. The store is filled and left so; it is to be an empty one.

mod due;
mod fill;
mod questions;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use ringback_adapters::redis::{RedisOptions, RedisStore};
use ringback_core::callback::service_index;
use ringback_core::ids::ServiceName;
use ringback_core::service::Service;
use ringback_core::slots::HOLD;
use ringback_ports::store::Store;
use tokio_util::sync::CancellationToken;

use super::processes::{Processes, Shared};
use super::{FREELY, quantile};
use crate::args::{self, BenchSchedule};
use crate::condition::{Condition, Needs};
use crate::config::Configuration;
use crate::print::line;
use crate::rooms::{Company, Opened};

/// The service of the many, and the one of those that fall due and are told of.
const LATER: &str = "bench";
const DUE: &str = "bench-due";
/// The places of a slot of five minutes.
const PLACES: u32 = 100;
/// After a place was taken, how long its slot may need to know that it is kept.
const SETTLED: Duration = HOLD.saturating_add(Duration::from_secs(15));

/// What is measured with.
struct Bench<'a> {
    options: &'a BenchSchedule,
    opened: Opened,
}

pub async fn run(options: BenchSchedule) -> anyhow::Result<ExitCode> {
    let redis = RedisStore::connect(&options.rooms.store, RedisOptions::default()).await?;
    let index = service_index(LATER);
    ensure!(
        redis.count(&index, i64::MIN, i64::MAX).await? == 0,
        "--store holds callbacks of an earlier run: give an empty one"
    );
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("bench.toml");
    tokio::fs::write(&config, configuration()).await?;
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
    let before = redis.used_memory().await?;
    let shared = Shared {
        store: &options.rooms.store,
        bus: &options.rooms.bus,
        config: &config.display().to_string(),
    };
    let mut workers = Processes::none()?;
    workers.spawn_worker("scheduler", &shared, &[]).await?;
    workers.until_ready().await?;
    let bench = Bench {
        options: &options,
        opened,
    };
    bench.fill().await?;
    line("waiting until every slot knows whose its places are");
    tokio::time::sleep(SETTLED).await;
    let grown = redis.used_memory().await?.saturating_sub(before);
    line(&format!(
        "  bytes per callback         {:.0}",
        grown as f64 / f64::from(options.callbacks)
    ));
    bench.lateness().await?;
    bench.questions(&mut workers, &shared).await?;
    workers.stop().await;
    Ok(ExitCode::SUCCESS)
}

impl Bench<'_> {
    fn service(&self, name: &str) -> anyhow::Result<Arc<Service>> {
        let service = self.opened.house.service(&ServiceName::new(name));
        service.with_context(|| format!("service '{name}' is not configured"))
    }
}

fn configuration() -> String {
    let free = FREELY;
    let service = |name: &str, more: &str| {
        format!(
            "[services.{name}]\ntemplate = \"User Terminated Immediate\"\n_target = \"Bench@Stat.GA\"\n\
             _urs_virtual_queue = \"VQ_Bench\"\n_trunk_group = \"bench-schedule\"\n\
             _reject_future_desired_time = \"5y\"\n_request_execution_time_buffer = 0\n{free}{more}"
        )
    };
    let places = format!("_max_request_by_time_bucket = {PLACES}\n");
    let told = "_enable_status_notification = \"subscribe_notify\"\n_status_notification_target = \"http://127.0.0.1:9/\"\n";
    let allow = "[notifier]\nallow = [\"127.0.0.1\"]\n";
    service(LATER, &places) + &service(DUE, told) + allow
}

fn print_times(what: &str, sorted: &[Duration]) {
    let (p50, p99) = (quantile(sorted, 0.50), quantile(sorted, 0.99));
    line(&format!("  {what:<26} p50 {p50:.1} ms, p99 {p99:.1} ms"));
}
