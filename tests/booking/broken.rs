//! A process dies at each of its writes: what it had taken is free again, what it had not yet left is still its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::key::{IndexName, Key};
use ringback_core::time::Timestamp;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Channel, Desk, Refusal, RefusalKind, Start};
use ringback_ports::store::memory::MemoryStore;
use ringback_ports::store::{Claim, Commit, Document, Entry, Outcome, Store, StoreError};
use ringback_workers::house::{House as Workers, Wishes};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::watched::Watched;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use super::House;
use crate::harness::Rooms;

const NOON: &str = "2026-11-21T12:00:00.000Z";
const LATER: &str = "2026-11-21T13:00:00.000Z";

/// A store that takes so many more commits, and then none.
#[derive(Clone)]
struct Breaking<S> {
    store: S,
    left: Arc<AtomicI64>,
    /// What is written is told only when one of these is there.
    told: Option<Arc<Semaphore>>,
}

impl<S: Store> Store for Breaking<S> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        self.store.get(keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(StoreError::Unavailable("the process has died".into()));
        }
        let written = self.store.commit(commit).await;
        if let Some(told) = &self.told {
            told.acquire().await.unwrap().forget();
        }
        written
    }

    async fn claim_due(&self, limit: usize, visibility: Duration) -> Result<Claim, StoreError> {
        self.store.claim_due(limit, visibility).await
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.store.log(key, after, limit).await
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.store.range(index, from, limit).await
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        self.store.count(index, from, until).await
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        self.store.time().await
    }

    fn clock(&self) -> Clock {
        self.store.clock()
    }
}

type DyingDesk = FrontDesk<Breaking<Watched<MemoryStore>>, MemoryBus>;

/// Another front desk of the same house, which dies after so many writes.
fn dying(rooms: &Rooms, writes: i64) -> DyingDesk {
    desk_on(rooms, writes, None)
}

fn desk_on(rooms: &Rooms, writes: i64, told: Option<Arc<Semaphore>>) -> DyingDesk {
    let store = Breaking {
        store: rooms.store.clone(),
        left: Arc::new(AtomicI64::new(writes)),
        told,
    };
    FrontDesk::new(Workers {
        store: Watched::prompt(store, rooms.counters.clone()),
        hints: rooms.hints.clone(),
        bus: rooms.bus.clone(),
        clock: rooms.clock.clone(),
        settings: rooms.settings.clone(),
        providers: rooms.providers.clone(),
        allow: rooms.allow.clone(),
        base: rooms.base.clone(),
        keys: rooms.keys.clone(),
        estimates: rooms.estimates.clone(),
        wishes: Wishes::default(),
        shards: rooms.shards,
        worker: rooms.worker.clone(),
        counters: rooms.counters.clone(),
        pulse: rooms.pulse.clone(),
        stop: rooms.stop.clone(),
    })
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn is_unavailable<T>(answer: Result<T, Refusal>) -> bool {
    answer.is_err_and(|refusal| refusal.kind == RefusalKind::Unavailable)
}

async fn one_place() -> House {
    House::start(&[("_max_request_by_time_bucket", "1")]).await
}

fn start_at_noon() -> Start {
    Start {
        service: ServiceName::new("now"),
        parameters: object(json!({"_customer_number": "5115", "_desired_time": NOON})),
        idempotency_key: Some("one".to_owned()),
        trace: None,
        channel: Channel::Http,
    }
}

/// Its place was freed meanwhile, and is somebody else's.
#[tokio::test]
async fn an_ingest_that_stood_still_for_a_minute_does_not_go_on() {
    let (house, told) = (one_place().await, Arc::new(Semaphore::new(0)));
    let desk = desk_on(&house.rooms, i64::MAX, Some(told.clone()));
    let started = tokio::spawn(async move { desk.start(start_at_noon()).await });
    house.until_left(NOON, 0).await;
    house.advance(61);
    house.until_left(NOON, 1).await;
    house.book(NOON).await;
    told.add_permits(100);
    let refusal = started.await.unwrap().err();
    assert_eq!(refusal.map(|it| it.kind), Some(RefusalKind::Availability));
    assert_eq!(house.left(NOON).await, 0);
}

#[tokio::test]
async fn an_ingest_that_dies_before_the_callback_leaves_no_place_taken() {
    let (house, start) = (one_place().await, start_at_noon());
    assert!(is_unavailable(
        dying(&house.rooms, 1).start(start.clone()).await
    ));
    assert_eq!(house.left(NOON).await, 0);
    assert_eq!(
        house.ask("now", NOON).await.0,
        400,
        "it is held for a minute"
    );
    house.advance(61);
    house.until_left(NOON, 1).await;
    // Its repeat takes it again.
    assert!(is_unavailable(
        dying(&house.rooms, 1).start(start.clone()).await
    ));
    FrontDesk::new(house.rooms.clone())
        .start(start)
        .await
        .unwrap();
    house.advance(61);
    house.until_left(NOON, 0).await;
    assert_eq!(house.ask("now", NOON).await.0, 400);
}

/// The new place is taken, the old one doubted, the callback written, the old one given back.
#[tokio::test]
async fn an_ingest_that_dies_while_a_callback_moves_leaves_it_one_place() {
    for writes in 0..4 {
        let house = one_place().await;
        let id = CallbackId::new(house.book(NOON).await);
        house.advance(61);
        let parameters = object(json!({"_new_desired_time": LATER}));
        let desk = dying(&house.rooms, writes);
        let moved = desk.update(&ServiceName::new("now"), &id, parameters).await;
        assert_eq!(is_unavailable(moved), writes < 3, "{writes}");
        house.advance(61);
        let (noon, later) = if writes < 3 { (0, 1) } else { (1, 0) };
        house.until_left(NOON, noon).await;
        house.until_left(LATER, later).await;
    }
}

/// The place is doubted, the callback written, the place given back.
#[tokio::test]
async fn an_ingest_that_dies_while_a_callback_is_called_off_leaves_what_is_true() {
    for writes in 0..3 {
        let house = one_place().await;
        let id = CallbackId::new(house.book(NOON).await);
        let cancelled = dying(&house.rooms, writes)
            .cancel(&ServiceName::new("now"), &id)
            .await;
        assert_eq!(is_unavailable(cancelled), writes < 2, "{writes}");
        house.advance(61);
        house.until_left(NOON, if writes < 2 { 0 } else { 1 }).await;
        let status = house.ask("now", NOON).await.0;
        assert_eq!(status, if writes < 2 { 400 } else { 200 }, "{writes}");
    }
}
