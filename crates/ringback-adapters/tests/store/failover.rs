//! What was answered is there after a fail-over, when commits wait for a replica.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ringback_adapters::redis::RedisStore;
use ringback_core::key::{IndexName, Key, Kind};
use ringback_ports::store::{Change, Commit, Outcome, Put, Store, StoreError};

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

fn document(key: &Key) -> Put {
    Put {
        key: key.clone(),
        version: 0,
        body: b"accepted".to_vec(),
        alarm: None,
        log: Vec::new(),
        indexes: Vec::new(),
    }
}

/// The former primary goes on answering, and is behind from now on: who only reads would believe it for ever.
#[tokio::test]
async fn failover_is_noticed_by_who_only_reads() {
    let Some(servers) = Own::start("sentinel") else {
        return;
    };
    let options = options();
    let connect = || RedisStore::connect(&servers.address, options.clone());
    let reader = connect().await.expect("the servers were started");
    let key = Key::new(Kind::Callback, "00-after");
    let read = async || reader.get(std::slice::from_ref(&key)).await;
    assert_eq!(read().await.expect("the primary answers"), [None]);
    servers.run("demote-primary");
    let writer = connect().await.expect("there is a new primary");
    let put = Change::Put(document(&key));
    let written = writer.commit(Commit::new(1, vec![put])).await;
    assert_eq!(
        written.expect("the new primary answers"),
        Outcome::Committed
    );
    let start = Instant::now();
    while !matches!(read().await.as_deref(), Ok([Some(_)])) {
        assert!(start.elapsed() < PATIENCE, "the former primary is believed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What lies on the others goes on; what lies there is refused, and is there again when its master is.
#[tokio::test]
async fn a_cluster_whose_master_is_killed_goes_on_with_the_other_shards() {
    let Some(servers) = Own::start_with("redis", &["--cluster"]) else {
        return;
    };
    let store = RedisStore::connect(&servers.address, options()).await;
    let store = store.expect("the servers were started");
    let index = IndexName::new("all", "callbacks");
    let keys: Vec<Key> = store
        .shards()
        .all()
        .map(|shard| Key::new(Kind::Callback, format!("{:02}-one", shard.index())))
        .collect();
    let put = |key: &Key, version| {
        let put = Put {
            version,
            indexes: vec![(index.clone(), Some(0))],
            ..document(key)
        };
        Commit::new(version + 1, vec![Change::Put(put)])
    };
    for key in &keys {
        let written = store.commit(put(key, 0)).await;
        assert_eq!(written.expect("all masters are there"), Outcome::Committed);
    }
    servers.run("kill-one");
    let mut away = 0;
    for key in &keys {
        match store.commit(put(key, 1)).await {
            Ok(outcome) => assert_eq!(outcome, Outcome::Committed),
            Err(StoreError::Unavailable(_)) => away += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!((1..keys.len()).contains(&away), "{away} of {}", keys.len());
    let reached = store.range_of_reachable(&index, 0, 100).await;
    let reached = reached.expect("others answer");
    assert_eq!(
        (reached.away, reached.found.len()),
        (away, keys.len() - away)
    );
    let whole = store.range(&index, 0, 100).await;
    let refused = whole.expect_err("a part would look like all");
    let refused = format!("{refused:?}");
    assert!(refused.contains("ShardsAway"), "{refused}");
    let claimed = store.claim_due(10, Duration::from_secs(1)).await;
    claimed.expect("what can be reached is claimed");
    servers.run("start");
    let start = Instant::now();
    while !matches!(store.range(&index, 0, 100).await, Ok(found) if found.len() == keys.len()) {
        assert!(start.elapsed() < PATIENCE, "it does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
