//! Records of builds that compared spellings, in every store.

use std::io::Write;
use std::time::Duration;

use ringback_adapters::redis::{RedisOptions, RedisStore};
use ringback_adapters::store::AnyStore;
use ringback_core::ids::CallbackId;
use ringback_core::key::IndexName;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::store::memory::MemoryStore;
use ringback_ports::store::{Change, Commit, Outcome, Put, Store};
use ringback_workers::scheduler::{self, Limits};

use crate::harness::{rooms_over, until};

const LIMIT: Duration = Duration::from_secs(20);
const BODY: &str = r#"{"v":1,"svc":"now","num":"6502530000","at":1800000000000,"des":4000000600000,
    "rt":{"pool":"GA:Nobody","trk":"default"},"data":{"visits":3},"lk":["visits"],
    "st":{"is":"scheduled","due":4000000600000}}"#;

#[tokio::test]
async fn old_records_are_listed_by_their_number_in_memory() {
    listed_by_their_number(MemoryStore::new(Clock::system())).await;
}

#[tokio::test]
async fn old_records_are_listed_by_their_number_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", folder.path().join("data").display());
    let store = AnyStore::open(&address, Clock::system()).await.unwrap();
    listed_by_their_number(store).await;
}

#[tokio::test]
async fn old_records_are_listed_by_their_number_in_redis() {
    if let Some(store) = redis("RINGBACK_TEST_REDIS").await {
        listed_by_their_number(store).await;
    }
}

#[tokio::test]
async fn old_records_are_listed_by_their_number_in_a_redis_cluster() {
    if let Some(store) = redis("RINGBACK_TEST_REDIS_CLUSTER").await {
        listed_by_their_number(store).await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests find their servers in the environment"
)]
async fn redis(variable: &str) -> Option<RedisStore> {
    let Ok(address) = std::env::var(variable) else {
        // Not by a macro, whose words the test runner keeps to itself when a test passes.
        let told = writeln!(std::io::stderr(), "left out: needs {variable}");
        told.unwrap();
        return None;
    };
    // Of no other test, now or on an earlier run.
    let options = RedisOptions {
        prefix: format!("test-{}", uuid::Uuid::now_v7()),
        ..RedisOptions::default()
    };
    Some(RedisStore::connect(&address, options).await.unwrap())
}

/// One as that build wrote it, on the shard of the spelling; then the schedulers of this build start.
async fn listed_by_their_number<S: Store>(store: S) {
    let house = rooms_over(store.clone(), store.clock(), &[]);
    let id = CallbackId::new("07-20e740d3-8458-43d6-834d-3713c3385bac");
    let put = Put {
        key: id.key(),
        version: 0,
        body: BODY.as_bytes().to_vec(),
        alarm: Some(Timestamp::from_millis(4_000_000_600_000)),
        log: Vec::new(),
        indexes: vec![
            (IndexName::new("svc", "now"), Some(1)),
            (IndexName::new("num", "6502530000"), Some(0)),
        ],
    };
    let committed = store.commit(Commit::new(1, vec![Change::Put(put)])).await;
    assert_eq!(committed.unwrap(), Outcome::Committed);
    let schedulers =
        [(); 2].map(|()| tokio::spawn(scheduler::run(house.clone(), Limits::default())));
    let listed = async |index: &str, value: &str| {
        let index = IndexName::new(index, value);
        let found = store.range(&index, i64::MIN, 9).await.unwrap();
        found.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    until("the record is listed by its number", LIMIT, || async {
        (listed("num", "+16502530000").await == [id.as_str()]).then_some(())
    })
    .await;
    assert_eq!(listed("num", "6502530000").await, Vec::<String>::new());
    assert_eq!(listed("by", "visits=3").await, [id.as_str()]);
    assert_eq!(listed("svc", "now").await, [id.as_str()]);
    house.stop.cancel();
    for scheduler in schedulers {
        scheduler.await.unwrap();
    }
}
