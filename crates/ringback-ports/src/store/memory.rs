//! A store in the memory of one process.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_core::key::{IndexName, Key, Shards};
use ringback_core::time::Timestamp;

use super::{
    Change, Claim, Commit, Document, Entry, Limit, Outcome, Put, Store, StoreError, TOKENS, put_off,
};
use crate::clock::Clock;
use index::Index;

mod index;

/// Keeps everything in memory; what it holds is gone when its last clone is.
#[derive(Clone)]
pub struct MemoryStore {
    clock: Clock,
    shards: Shards,
    rooms: Arc<Mutex<Vec<Room>>>,
}

/// What one shard holds.
#[derive(Default)]
struct Room {
    records: HashMap<Key, Record>,
    alarms: BTreeSet<(Timestamp, Key)>,
    indexes: HashMap<IndexName, Index>,
}

#[derive(Default)]
struct Record {
    version: u64,
    /// Of its last puts, the newest first.
    tokens: VecDeque<u64>,
    body: Vec<u8>,
    alarm: Option<Timestamp>,
    /// How often it was claimed since it was changed.
    claims: u32,
    log: Vec<Vec<u8>>,
}

impl MemoryStore {
    /// An empty store whose alarms go by `clock`.
    pub fn new(clock: Clock) -> Self {
        let shards = Shards::DEFAULT;
        let rooms = shards.all().map(|_| Room::default()).collect();
        Self {
            clock,
            shards,
            rooms: Arc::new(Mutex::new(rooms)),
        }
    }

    /// The number of shards.
    pub const fn shards(&self) -> Shards {
        self.shards
    }

    /// Every change below is finished before its guard goes, so a panic elsewhere leaves nothing half done.
    fn rooms(&self) -> MutexGuard<'_, Vec<Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, key: &Key, view: impl FnOnce(&Record) -> T) -> Option<T> {
        let shard = key.shard(self.shards);
        self.rooms()[shard.index()].records.get(key).map(view)
    }
}

impl Store for MemoryStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        let document = |record: &Record| Document {
            version: record.version,
            body: record.body.clone(),
        };
        Ok(keys.iter().map(|key| self.read(key, document)).collect())
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let shard = commit.check(self.shards)?;
        Ok(self.rooms()[shard.index()].commit(commit))
    }

    async fn claim_due(&self, limit: usize, visibility: Duration) -> Result<Claim, StoreError> {
        let mut rooms = self.rooms();
        let now = self.clock.now();
        let due = rooms
            .iter_mut()
            .flat_map(|room| room.claim(now, limit, visibility))
            .collect();
        let next = rooms.iter().filter_map(Room::next).min();
        let next_in = next.map(|next| next.since(now));
        Ok(Claim {
            now,
            due,
            next,
            next_in,
        })
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let page = |record: &Record| {
            let entries = record.log.iter().skip(skip).take(limit);
            entries.cloned().collect()
        };
        Ok(self.read(key, page).unwrap_or_default())
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let rooms = self.rooms();
        let parts = rooms.iter().filter_map(|room| room.indexes.get(index));
        let mut entries: Vec<Entry> = parts.flat_map(|part| part.range(from, limit)).collect();
        entries.sort_unstable_by(|a, b| (a.score, &a.id).cmp(&(b.score, &b.id)));
        entries.truncate(limit);
        Ok(entries)
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        let rooms = self.rooms();
        let parts = rooms.iter().filter_map(|room| room.indexes.get(index));
        Ok(parts.map(|part| part.count(from, until)).sum())
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        Ok(self.clock.now())
    }

    fn clock(&self) -> Clock {
        self.clock.clone()
    }
}

impl Room {
    fn commit(&mut self, commit: Commit) -> Outcome {
        if self.has_seen(&commit) {
            return Outcome::Committed;
        }
        if !commit.changes.iter().all(|change| self.admits(change)) {
            return Outcome::Conflict;
        }
        if let Some(over) = commit
            .limits
            .iter()
            .position(|limit| self.is_reached(limit))
        {
            return Outcome::Over(over);
        }
        for change in commit.changes {
            match change {
                Change::Put(put) => self.put(put, commit.token),
                Change::Delete { key, indexes, .. } => self.delete(&key, &indexes),
                Change::Wake { key, at } => self.wake(key, at),
            }
        }
        Outcome::Committed
    }

    /// A commit happens as a whole, so one document that carries its token shows that it did.
    fn has_seen(&self, commit: &Commit) -> bool {
        commit.token != 0
            && commit.changes.iter().any(|change| {
                matches!(change, Change::Put(put)
                    if self.records.get(&put.key).is_some_and(|record| record.tokens.contains(&commit.token)))
            })
    }

    fn is_reached(&self, limit: &Limit) -> bool {
        let Some(index) = self.indexes.get(&limit.index) else {
            return limit.most == 0;
        };
        let counts = limit.scores.iter().map(|it| index.count(it.start, it.end));
        counts.sum::<u64>() >= limit.most
    }

    fn admits(&self, change: &Change) -> bool {
        let version = |key| self.records.get(key).map_or(0, |record| record.version);
        match change {
            Change::Put(put) => version(&put.key) == put.version,
            Change::Delete {
                key, version: read, ..
            } => [0, *read].contains(&version(key)),
            Change::Wake { .. } => true,
        }
    }

    fn put(&mut self, put: Put, token: u64) {
        for (name, score) in put.indexes {
            self.list(name, put.key.id(), score);
        }
        let record = self.records.entry(put.key.clone()).or_default();
        let earlier = std::mem::replace(&mut record.alarm, put.alarm);
        record.version += 1;
        record.claims = 0;
        record.tokens.push_front(token);
        record.tokens.truncate(TOKENS);
        record.body = put.body;
        record.log.extend(put.log);
        self.move_alarm(put.key, earlier, put.alarm);
    }

    fn delete(&mut self, key: &Key, indexes: &[IndexName]) {
        let Some(record) = self.records.remove(key) else {
            return;
        };
        self.move_alarm(key.clone(), record.alarm, None);
        for name in indexes {
            self.list(name.clone(), key.id(), None);
        }
    }

    fn wake(&mut self, key: Key, at: Timestamp) {
        let Some(record) = self.records.get_mut(&key) else {
            return;
        };
        record.version += 1;
        record.claims = 0;
        let sooner = record.alarm.map_or(at, |alarm| alarm.min(at));
        let earlier = record.alarm.replace(sooner);
        self.move_alarm(key, earlier, Some(sooner));
    }

    fn move_alarm(&mut self, key: Key, from: Option<Timestamp>, to: Option<Timestamp>) {
        if from == to {
            return;
        }
        let key = match from {
            Some(from) => self
                .alarms
                .take(&(from, key.clone()))
                .map_or(key, |(_, key)| key),
            None => key,
        };
        if let Some(to) = to {
            self.alarms.insert((to, key));
        }
    }

    fn list(&mut self, name: IndexName, id: &str, score: Option<i64>) {
        if let Some(score) = score {
            self.indexes.entry(name).or_default().place(id, score);
        } else if let Some(index) = self.indexes.get_mut(&name) {
            index.remove(id);
            if index.is_empty() {
                self.indexes.remove(&name);
            }
        }
    }

    fn claim(
        &mut self,
        now: Timestamp,
        limit: usize,
        visibility: Duration,
    ) -> Vec<(Key, Timestamp)> {
        let due = self.alarms.iter().take_while(|(at, _)| *at <= now);
        let due: Vec<_> = due
            .take(limit)
            .map(|(at, key)| (key.clone(), *at))
            .collect();
        for (key, at) in &due {
            let Some(record) = self.records.get_mut(key) else {
                continue;
            };
            let again = now + visibility.saturating_mul(put_off(record.claims));
            record.alarm = Some(again);
            record.claims = record.claims.saturating_add(1);
            self.move_alarm(key.clone(), Some(*at), Some(again));
        }
        due
    }

    fn next(&self) -> Option<Timestamp> {
        self.alarms.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};

    use super::*;

    fn open() -> Ready<Option<(MemoryStore, Clock, ())>> {
        let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
        ready(Some((MemoryStore::new(clock.clone()), clock, ())))
    }

    crate::store_conformance!(open);
}
