//! One shard of the store does not answer: the others go on.

use std::time::Duration;

use ringback_core::callback::State;
use ringback_core::ids::CallbackId;
use ringback_core::key::{IndexName, Key, Kind, Shard, Shards};
use ringback_core::time::Timestamp;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Desk, RefusalKind};
use ringback_ports::store::memory::MemoryStore;
use ringback_ports::store::{
    Claim, Commit, Document, Entry, Outcome, Reached, ShardsAway, Store, StoreError,
};
use ringback_workers::house::House;
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use ringback_workers::settings::Register;
use ringback_workers::watched::Watched;

use crate::harness::{Rooms, keep_services, request, rooms, until};

const LIMIT: Duration = Duration::from_secs(20);
const SHARDS: Shards = Shards::DEFAULT;

/// A store without one of its shards.
#[derive(Clone)]
struct Partly {
    store: Watched<MemoryStore>,
    away: Shard,
}

impl Partly {
    fn ask(&self, key: &Key) -> Result<(), StoreError> {
        if key.shard(SHARDS) == self.away {
            return Err(StoreError::Unavailable("nobody answers".into()));
        }
        Ok(())
    }

    /// As a store with many servers answers who wants all of an index.
    fn ask_all(&self, index: &IndexName) -> Result<(), StoreError> {
        if index.home(SHARDS).is_some_and(|home| home != self.away) {
            return Ok(());
        }
        Err(StoreError::Unavailable(Box::new(ShardsAway {
            away: vec![self.away.index()],
            shards: usize::from(SHARDS.count()),
            source: "nobody answers".into(),
        })))
    }
}

impl Store for Partly {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        keys.iter().try_for_each(|key| self.ask(key))?;
        self.store.get(keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let mut changes = commit.changes.iter();
        changes.try_for_each(|change| self.ask(change.key()))?;
        self.store.commit(commit).await
    }

    async fn claim_due(&self, limit: usize, visibility: Duration) -> Result<Claim, StoreError> {
        let mut claim = self.store.claim_due(limit, visibility).await?;
        claim.due.retain(|(key, _)| self.ask(key).is_ok());
        Ok(claim)
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.ask(key)?;
        self.store.log(key, after, limit).await
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.ask_all(index)?;
        self.store.range(index, from, limit).await
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        self.ask_all(index)?;
        self.store.count(index, from, until).await
    }

    async fn range_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Reached<Vec<Entry>>, StoreError> {
        let mut found = self.store.range(index, from, limit).await?;
        found.retain(|entry| self.ask(&Key::new(Kind::Callback, &entry.id)).is_ok());
        Ok(self.reached(found))
    }

    async fn count_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        until: i64,
    ) -> Result<Reached<u64>, StoreError> {
        let entries = self.range_of_reachable(index, from, usize::MAX).await?;
        let counted = entries.found.iter().filter(|entry| entry.score < until);
        Ok(self.reached(counted.count() as u64))
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        self.store.time().await
    }

    fn clock(&self) -> Clock {
        self.store.clock()
    }
}

impl Partly {
    fn reached<T>(&self, found: T) -> Reached<T> {
        Reached {
            found,
            away: 1,
            shards: usize::from(SHARDS.count()),
        }
    }
}

/// The same house as somebody sees it who has just started and cannot reach one shard.
fn without(rooms: &Rooms, away: Shard) -> House<Partly, MemoryBus> {
    let store = Partly {
        store: rooms.store.clone(),
        away,
    };
    House {
        store: Watched::prompt(store, rooms.counters.clone()),
        bus: rooms.bus.clone(),
        hints: rooms.hints.clone(),
        clock: rooms.clock.clone(),
        settings: Register::default(),
        estimates: rooms.estimates.clone(),
        keys: rooms.keys.clone(),
        providers: rooms.providers.clone(),
        allow: rooms.allow.clone(),
        base: rooms.base.clone(),
        wishes: rooms.wishes.clone(),
        shards: rooms.shards,
        worker: rooms.worker.clone(),
        counters: rooms.counters.clone(),
        pulse: rooms.pulse.clone(),
        stop: rooms.stop.clone(),
    }
}

#[tokio::test]
async fn a_shard_that_is_away_stops_neither_settings_nor_what_lies_on_the_others() {
    let rooms = rooms(&[]);
    keep_services(&rooms).await;
    let settings = Key::new(Kind::Setting, "count").shard(SHARDS);
    let mut ids: Vec<CallbackId> = Vec::new();
    for number in 0..40 {
        ids.push(request(&rooms, &format!("55501{number:02}")).await);
    }
    let mut shards = ids.iter().map(|id| id.key().shard(SHARDS));
    let away = shards.find(|shard| *shard != settings).unwrap();
    let house = without(&rooms, away);
    let known = house.refresh_settings().await.unwrap();
    assert!(!known.services.is_empty());

    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    for id in ids.iter().filter(|id| id.key().shard(SHARDS) != away) {
        until("a hand-out", LIMIT, || async {
            let held = rooms.hold(id).await.unwrap()?;
            matches!(held.callback.state, State::HandedOut { .. }).then_some(())
        })
        .await;
    }
    // What would look like all there is, is not told in part.
    let desk = FrontDesk::new(house.clone());
    let refusal = desk.agents(None, 1000).await.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unavailable);
    assert!(refusal.message.contains("1 of 16 shards"), "{refusal}");
    assert!(refusal.retry_after.is_some());
    house.stop.cancel();
    scheduling.await.unwrap();
}
