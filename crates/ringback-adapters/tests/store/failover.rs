//! What was answered is there after a fail-over, when commits wait for a replica.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ringback_adapters::redis::RedisStore;
use ringback_core::key::{Key, Kind};
use ringback_ports::store::{Change, Commit, Outcome, Put, Store};

use crate::servers::{Own, options};

/// How many write at a time.
const WRITERS: usize = 8;
/// How many writes are under way, or answered, before the next blow.
const ENOUGH: usize = 200;
/// A guard against a hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// Eight writers, until they are told to stop: the keys of all commits that were answered.
struct Load {
    writers: Vec<tokio::task::JoinHandle<Vec<Key>>>,
    tried: Arc<AtomicUsize>,
    answered: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
}

impl Load {
    fn on(store: &RedisStore) -> Self {
        let ends = Arc::<AtomicBool>::default();
        let (tried, answers) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let writers = (0..WRITERS).map(|writer| {
            let (store, ends) = (store.clone(), ends.clone());
            let (tried, answers) = (tried.clone(), answers.clone());
            tokio::spawn(async move {
                let mut answered = Vec::new();
                for number in 0.. {
                    if ends.load(Ordering::SeqCst) {
                        break;
                    }
                    tried.fetch_add(1, Ordering::SeqCst);
                    let key = Key::new(Kind::Callback, format!("{writer:02}-{number}"));
                    let put = Put {
                        key: key.clone(),
                        version: 0,
                        body: b"accepted".to_vec(),
                        alarm: None,
                        log: Vec::new(),
                        indexes: Vec::new(),
                    };
                    let token = (writer * 1_000_000 + number + 1) as u64;
                    let commit = Commit::new(token, vec![Change::Put(put)]);
                    // One that is not answered was not accepted: its caller is told to try again.
                    if let Ok(Outcome::Committed) = store.commit(commit).await {
                        answered.push(key);
                        answers.fetch_add(1, Ordering::SeqCst);
                    } else {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
                answered
            })
        });
        Self {
            writers: writers.collect(),
            tried,
            answered: answers,
            ends,
        }
    }

    async fn until_tried(&self, more: usize) {
        until_more(&self.tried, more).await;
    }

    async fn until_answered(&self, more: usize) {
        until_more(&self.answered, more).await;
    }

    async fn ended(self) -> Vec<Key> {
        self.ends.store(true, Ordering::SeqCst);
        let mut answered = Vec::new();
        for writer in self.writers {
            answered.extend(writer.await.expect("a writer ends well"));
        }
        answered
    }
}

async fn until_more(count: &AtomicUsize, more: usize) {
    let (enough, start) = (count.load(Ordering::SeqCst) + more, Instant::now());
    while count.load(Ordering::SeqCst) < enough {
        assert!(start.elapsed() < PATIENCE, "the writers stand still");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How many of the answered commits are gone after a fail-over to replicas that were away for a while; and how many there were.
async fn lost_in_a_failover(replicas: &str) -> Option<(usize, usize)> {
    let servers = Own::start("sentinel")?;
    let address = format!("{}{replicas}", servers.address);
    let store = RedisStore::connect(&address, options()).await;
    let store = store.expect("the servers were started");
    let load = Load::on(&store);
    load.until_answered(ENOUGH).await;
    servers.run("cut-replicas");
    if replicas.is_empty() {
        load.until_answered(ENOUGH).await;
    } else {
        // Each is written on the primary, and waits in vain.
        load.until_tried(WRITERS).await;
    }
    servers.run("kill-primary");
    // Until the new primary takes writes.
    load.until_answered(ENOUGH).await;
    let answered = load.ended().await;
    let mut lost = 0;
    for keys in answered.chunks(500) {
        let found = store.get(keys).await.expect("the new primary answers");
        lost += found.iter().filter(|document| document.is_none()).count();
    }
    Some((lost, answered.len()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failover_loses_nothing_that_waited_for_a_replica() {
    let Some((lost, answered)) = lost_in_a_failover("?replicas=1").await else {
        return;
    };
    assert!(answered >= ENOUGH, "{answered}");
    assert_eq!(lost, 0, "of {answered} that were answered");
}

/// That the test above would see a loss; and why the setting is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failover_loses_what_no_replica_had() {
    let Some((lost, answered)) = lost_in_a_failover("").await else {
        return;
    };
    assert!(lost > 0, "none of {answered} is lost");
    eprintln!("{lost} of {answered} are lost");
}
