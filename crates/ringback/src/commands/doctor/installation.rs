//! Whether the store still holds what it held.

use std::time::Duration;

use anyhow::ensure;
use ringback_adapters::store::AnyStore;
use ringback_core::installation::Mark;
use ringback_ports::clock::Clock;
use ringback_ports::store::Store;
use ringback_workers::house::read_marks;

/// How long a loss is a failure; after that it is only told.
const FRESH: Duration = Duration::from_secs(24 * 3600);

pub async fn check(address: &str) -> anyhow::Result<String> {
    let store = AnyStore::open(address, Clock::system()).await?;
    let mut marks: Vec<Option<Mark>> = Vec::new();
    for found in read_marks(&store, store.shards()).await {
        marks.push(found?);
    }
    let marked: Vec<&Mark> = marks.iter().flatten().collect();
    let Some(since) = marked.iter().map(|mark| mark.made).min() else {
        return Ok("no worker has started on this store yet".to_owned());
    };
    let missing = marks.len() - marked.len();
    ensure!(
        missing == 0,
        "the store has lost what was on {missing} of {} shards, and nobody has written again what is configured: is an \
         ingest worker running?",
        marks.len()
    );
    let Some(lost) = marked.iter().filter_map(|mark| mark.lost).max() else {
        return Ok(format!("whole since {since}"));
    };
    let told = format!(
        "the store came back empty at {lost}: callbacks accepted before are lost, agents and services as configured"
    );
    ensure!(store.time().await?.since(lost) > FRESH, told);
    Ok(told)
}
