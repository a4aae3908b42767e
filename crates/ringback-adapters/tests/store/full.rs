//! What becomes of a store whose server is full.

use std::time::Duration;

use ringback_adapters::redis::{RedisStore, Severity};
use ringback_core::key::{Key, Kind};
use ringback_ports::clock::Clock;
use ringback_ports::store::{Change, Commit, Outcome, Put, Store, StoreError};

use crate::servers::{Own, options};

/// A put of this document that was due a minute ago.
fn put(id: &str, version: u64) -> Put {
    Put {
        key: Key::new(Kind::Agent, id),
        version,
        body: vec![b'x'; 1000],
        alarm: Some(Clock::system().now() - Duration::from_secs(60)),
        log: vec![b"entry".to_vec()],
        indexes: Vec::new(),
    }
}

fn new_work(id: &str) -> Commit {
    Commit {
        is_new_work: true,
        ..Commit::new(3, vec![Change::Put(put(id, 0))])
    }
}

async fn set(address: &str, name: &str, value: &str) {
    let client = redis::Client::open(address).expect("the address of a server");
    let connection = client.get_multiplexed_async_connection().await;
    let mut connection = connection.expect("the server answers");
    let mut command = redis::cmd("CONFIG");
    command.arg("SET").arg(name).arg(value);
    let set = command.exec_async(&mut connection).await;
    set.expect("the server is the test's own");
}

#[tokio::test]
async fn full_store_refuses_new_work_and_goes_on_with_the_rest() {
    let Some(server) = Own::start("redis") else {
        return;
    };
    for replicas in ["", "?replicas=0"] {
        let address = format!("{}{replicas}", server.address);
        let store = RedisStore::connect(&address, options()).await;
        let store = store.expect("the server was started");
        let first = store.commit(new_work("begun")).await;
        assert_eq!(first.expect("there is room"), Outcome::Committed);

        set(&server.address, "maxmemory", "1mb").await;
        let refused = store.commit(new_work("new")).await;
        assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
        let claim = store.claim_due(10, Duration::from_secs(60)).await;
        assert_eq!(claim.expect("alarms are claimed").due.len(), 1);
        let mut changed = put("begun", 1);
        changed.body = vec![b'y'; 2000];
        // An event of a call in progress, and the document of a delivery for it.
        let changes = vec![Change::Put(changed), Change::Put(put("beside", 0))];
        let on = store
            .commit(Commit::new(4, changes.clone()[..1].to_vec()))
            .await;
        assert_eq!(on.expect("it goes on"), Outcome::Committed);
        let beside = store.commit(Commit::new(5, changes[1..].to_vec())).await;
        assert_eq!(beside.expect("it goes on"), Outcome::Committed);
        set(&server.address, "maxmemory", "0").await;
        let again = store.commit(new_work("new")).await;
        assert_eq!(again.expect("there is room"), Outcome::Committed);
    }
}

#[tokio::test]
async fn evicting_server_is_told_from_one_that_keeps_everything() {
    let Some(server) = Own::start("redis") else {
        return;
    };
    let store = RedisStore::connect(&server.address, options()).await;
    let store = store.expect("the server was started");
    assert_eq!(store.setting_faults().await.expect("it answers"), []);
    set(&server.address, "maxmemory-policy", "allkeys-lru").await;
    set(&server.address, "maxmemory", "100mb").await;
    set(&server.address, "appendonly", "no").await;
    let faults = store.setting_faults().await.expect("it answers");
    let found: Vec<_> = faults.iter().map(|it| it.severity).collect();
    assert_eq!(found, [Severity::Loses, Severity::Evicts], "{faults:?}");
}
