//! `ringback bench`: measures.
//!
//! What is measured are processes of this executable, with a real store and a real broker; this one only gives them
//! something to do and watches.

mod notify;
mod pipeline;
mod processes;
mod schedule;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::BenchCommand;

/// Options of a service that takes whatever comes, however often.
const FREELY: &str = "_enable_in_queue_checking = \"false\"\n_max_queued_callbacks_per_service = 1000000\n\
                      _throttle_callbacks_per_service_1 = 0\n_throttle_callbacks_per_service_2 = 0\n\
                      _throttle_request_parameters_limit = 0\n";

/// Dropping what is under way, as on a signal, ends the processes that it has started.
pub async fn run(command: BenchCommand) -> anyhow::Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let measuring = async {
        match command {
            BenchCommand::Pipeline(options) => pipeline::run(options).await,
            BenchCommand::Notify(options) => notify::run(options).await,
            BenchCommand::Schedule(options) => schedule::run(options).await,
        }
    };
    tokio::select! {
        measured = measuring => measured,
        _ = terminate.recv() => bail!("ended by a signal"),
        _ = interrupt.recv() => bail!("ended by a signal"),
    }
}

/// A quantile of sorted times, in ms.
fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1)) as f64 * share;
    sorted
        .get(place as usize)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}
