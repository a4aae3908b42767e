//! What every store has to do, as tests: [`store_conformance!`](crate::store_conformance) runs each of them on a store
//! of its own.
//!
//! Each behaviour is a function over an empty store and the clock it goes by. A store on a server goes by the server's
//! clock, so nothing here compares a time with another to the millisecond: what is due lies a minute back, what is not
//! lies an hour ahead, and to see a claim lapse one claims until it has, within bounds.

use std::time::{Duration, Instant};

use ringback_core::key::{IndexName, Key, Kind};
use ringback_core::time::Timestamp;

use super::{Change, Claim, Commit, Document, Outcome, Put, Store, StoreError};
use crate::clock::Clock;

pub mod alarms;
pub mod commits;
pub mod limits;
pub mod lists;
pub mod refusals;
pub mod removal;

/// One `#[tokio::test]` per behaviour. `$open` is an async function without arguments that answers
/// `Option<(store, clock, guard)>`: an empty store, the clock it goes by ([`Clock::system`] for a server), and whatever
/// has to outlive the test. On `None` the tests are left out; `$open` says why.
#[macro_export]
macro_rules! store_conformance {
    ($open:path) => {
        $crate::store_conformance! { @each $open;
            commits::creates_once_and_puts_on_the_version_read,
            commits::writes_all_of_a_commit_or_nothing,
            refusals::refuses_what_is_too_large,
            refusals::refuses_what_is_not_one_commit,
            commits::knows_a_repeated_commit,
            commits::knows_a_repeated_commit_when_others_wrote_in_between,
            commits::keeps_any_bytes_and_ids,
            commits::lets_one_of_several_writers_win,
            alarms::claims_what_is_due_and_again_when_the_claim_lapses,
            alarms::claims_oldest_first_and_names_the_next,
            alarms::leaves_documents_at_rest,
            alarms::a_commit_settles_a_claim,
            alarms::a_wake_only_brings_forward,
            alarms::puts_off_what_nobody_gets_on_with,
            alarms::claims_each_document_once_among_many_claimers,
            alarms::tells_the_time_that_its_alarms_go_by,
            removal::a_delete_leaves_nothing,
            removal::a_delete_goes_by_the_version,
            removal::a_document_past_retention_leaves_nothing,
            limits::refuses_what_is_over_a_limit,
            limits::a_limit_comes_after_versions_and_repeats,
            limits::holds_a_limit_among_many_writers,
            lists::an_index_is_in_order,
            lists::an_index_follows_its_documents,
            lists::an_index_spans_the_shards,
            lists::a_log_is_read_in_pages,
        }
    };
    (@each $open:path; $($part:ident :: $behaviour:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                let Some((store, clock, _guard)) = $open().await else {
                    return;
                };
                $crate::store::conformance::$part::$behaviour(store, clock).await;
            }
        )*
    };
}

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A document on shard `shard`.
fn callback(shard: u16, name: &str) -> Key {
    Key::new(Kind::Callback, format!("{shard:02}-{name}"))
}

fn index(what: &str) -> IndexName {
    IndexName::new(what, "conformance")
}

/// Long past for every clock that is about right.
fn past(clock: &Clock) -> Timestamp {
    clock.now() - Duration::from_secs(60)
}

/// Far off for every clock that is about right.
fn future(clock: &Clock) -> Timestamp {
    clock.now() + Duration::from_secs(3600)
}

/// A write of `key` at `version`: the body names the version that it makes, nothing else changes.
fn put(key: &Key, version: u64) -> Put {
    Put {
        key: key.clone(),
        version,
        body: format!("body {}", version + 1).into_bytes(),
        alarm: None,
        log: Vec::new(),
        indexes: Vec::new(),
    }
}

fn delete(key: &Key, version: u64, indexes: &[IndexName]) -> Change {
    Change::Delete {
        key: key.clone(),
        version,
        indexes: indexes.to_vec(),
    }
}

fn wake(key: &Key, at: Timestamp) -> Change {
    Change::Wake {
        key: key.clone(),
        at,
    }
}

/// One commit of `changes` with a token that no other has.
async fn commit<S: Store>(store: &S, changes: Vec<Change>) -> Outcome {
    let answer = try_commit(store, changes).await;
    answer.expect("a well-formed commit is answered")
}

async fn try_commit<S: Store>(store: &S, changes: Vec<Change>) -> Result<Outcome, StoreError> {
    let token = fresh_token();
    store.commit(Commit::new(token, changes)).await
}

/// One commit that has to go through.
async fn written<S: Store>(store: &S, changes: Vec<Change>) {
    assert_eq!(commit(store, changes).await, Outcome::Committed);
}

fn fresh_token() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

async fn get<S: Store>(store: &S, key: &Key) -> Option<Document> {
    let mut found = store.get(std::slice::from_ref(key)).await.expect("get");
    assert_eq!(found.len(), 1, "one answer per key");
    found.remove(0)
}

async fn version<S: Store>(store: &S, key: &Key) -> u64 {
    get(store, key).await.map_or(0, |document| document.version)
}

async fn log<S: Store>(store: &S, key: &Key) -> Vec<Vec<u8>> {
    store.log(key, 0, 1000).await.expect("log")
}

/// The ids of an index, in its order.
async fn listed<S: Store>(store: &S, name: &IndexName) -> Vec<String> {
    let entries = store.range(name, i64::MIN, 1000).await.expect("range");
    entries.into_iter().map(|entry| entry.id).collect()
}

async fn claim<S: Store>(store: &S, visibility: Duration) -> Claim {
    store.claim_due(100, visibility).await.expect("claim")
}

/// Nothing is due, and no alarm is left.
async fn assert_at_rest<S: Store>(store: &S, why: &str) {
    let claimed = claim(store, PATIENCE).await;
    let left = (claimed.due, claimed.next, claimed.next_in);
    assert_eq!(left, (Vec::new(), None, None), "{why}");
}

/// Claims until something is due, moving a manual clock on meanwhile.
async fn claim_when_due<S: Store>(store: &S, clock: &Clock, visibility: Duration) -> Claim {
    let start = Instant::now();
    loop {
        let claimed = claim(store, visibility).await;
        if !claimed.due.is_empty() {
            return claimed;
        }
        assert!(start.elapsed() < PATIENCE, "nothing became due");
        clock.advance(Duration::from_millis(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
