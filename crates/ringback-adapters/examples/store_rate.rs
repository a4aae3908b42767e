//! How many commits a store takes: `store_rate ADDRESS [WRITERS [DOCUMENTS]]`, e.g. `store_rate redis://127.0.0.1 64 100000`.
//!
//! Each document is about a callback's size: a body of 500 bytes, an alarm, two index entries, one log entry. It is
//! created, then put once more. Nothing is removed afterwards, so use an empty store.
#![expect(clippy::print_stdout, reason = "this is what it is for")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ringback_adapters::store::AnyStore;
use ringback_core::key::{IndexName, Key, Kind};
use ringback_ports::clock::Clock;
use ringback_ports::store::{Change, Commit, Outcome, Put, Store};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("name a store")?;
    let writers: u64 = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let documents: u64 = arguments.next().map_or(Ok(50_000), |text| text.parse())?;
    let store = AnyStore::open(&address, Clock::system()).await?;
    for version in 0..2 {
        let what = if version == 0 { "creates" } else { "puts" };
        measure(&store, what, writers, documents, version).await?;
    }
    let start = Instant::now();
    let claim = store.claim_due(100, Duration::from_secs(1)).await?;
    println!("a claim of {} took {:?}", claim.due.len(), start.elapsed());
    let start = Instant::now();
    let waiting = store
        .count(&IndexName::new("waiting", "rate"), i64::MIN, i64::MAX)
        .await?;
    println!("a count of {waiting} took {:?}", start.elapsed());
    Ok(())
}

async fn measure(
    store: &AnyStore,
    what: &str,
    writers: u64,
    documents: u64,
    version: u64,
) -> Result<(), Failure> {
    let (next, failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let start = Instant::now();
    let tasks = (0..writers).map(|_| {
        let (store, next, failed) = (store.clone(), Arc::clone(&next), Arc::clone(&failed));
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= documents {
                    return;
                }
                if !matches!(
                    store.commit(commit(number, version)).await,
                    Ok(Outcome::Committed)
                ) {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await?;
    }
    let took = start.elapsed();
    let rate = documents as f64 / took.as_secs_f64();
    let failed = failed.load(Ordering::Relaxed);
    println!(
        "{documents} {what} by {writers} writers took {took:?}: {rate:.0} a second, {failed} failed"
    );
    Ok(())
}

fn commit(number: u64, version: u64) -> Commit {
    let now = Clock::system().now();
    let score = now.as_millis();
    let put = Put {
        key: Key::new(
            Kind::Callback,
            format!("{:02}-20e740d3-8458-43d6-834d-{number:012}", number % 16),
        ),
        version,
        body: vec![b'x'; 500],
        alarm: Some(now + Duration::from_secs(3600)),
        log: vec![vec![b'y'; 200]],
        indexes: ["waiting", "service"]
            .map(|what| (IndexName::new(what, "rate"), Some(score)))
            .to_vec(),
    };
    Commit::new((number << 8) + version + 1, vec![Change::Put(put)])
}
