//! Many callbacks for later.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::ProgressBar;
use ringback_core::ids::ServiceName;
use ringback_core::time::Timestamp;
use ringback_ports::desk::{Channel, Desk, Start};
use serde_json::json;
use tokio::task::JoinSet;

use super::{Bench, LATER, PLACES};
use crate::print::line;

/// How many requests are under way at a time.
const AT_A_TIME: u32 = 64;
/// The first of them is wanted so much later, so that none falls due meanwhile.
const AHEAD: Duration = Duration::from_hours(24);
const SLOT: Duration = Duration::from_mins(5);

impl Bench<'_> {
    /// Starts them, slot after slot, until each has all the places taken that it has.
    pub(super) async fn fill(&self) -> anyhow::Result<()> {
        let count = self.options.callbacks;
        line(&format!("starting {count} callbacks for later"));
        let progress = ProgressBar::new(count.into());
        let first = self.opened.house.clock.now() + AHEAD;
        let (next, begun) = (Arc::new(AtomicU32::new(0)), Instant::now());
        let mut starters = JoinSet::new();
        for _ in 0..AT_A_TIME {
            let (desk, next, progress) = (self.opened.desk(), next.clone(), progress.clone());
            starters.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return anyhow::Ok(());
                    }
                    let start = desk.start(request(number, wanted(first, number, count)));
                    start.await.with_context(|| format!("request {number}"))?;
                    progress.inc(1);
                }
            });
        }
        while let Some(done) = starters.join_next().await {
            done??;
        }
        progress.finish_and_clear();
        let seconds = begun.elapsed().as_secs_f64();
        line(&format!(
            "  started per second         {:.0}",
            f64::from(count) / seconds
        ));
        Ok(())
    }
}

/// Neighbours in number are in different slots.
fn wanted(first: Timestamp, number: u32, count: u32) -> Timestamp {
    let slots = count.div_ceil(PLACES);
    first + SLOT * (number % slots)
}

fn request(number: u32, wanted: Timestamp) -> Start {
    let body = json!({
        "_customer_number": format!("+1{}", 2_000_000_000_u64 + u64::from(number)),
        "_desired_time": wanted.to_string(),
    });
    Start {
        service: ServiceName::new(LATER),
        parameters: body.as_object().cloned().unwrap_or_default(),
        idempotency_key: None,
        trace: None,
        channel: Channel::Http,
    }
}
