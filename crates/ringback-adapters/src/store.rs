//! The store that an address names.

use std::time::Duration;

use ringback_core::key::{IndexName, Key, Shards};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::store::memory::MemoryStore;
use ringback_ports::store::{Claim, Commit, Document, Entry, Outcome, Reached, Store, StoreError};

use crate::open_error::StoreOpenError;
use crate::redis::{RedisOptions, RedisStore, SettingFault};
use crate::sqlite::SqliteStore;

/// Any of the stores.
#[derive(Clone)]
pub enum AnyStore {
    /// In the memory of this process.
    Memory(MemoryStore),
    /// In a file that this process has for itself.
    Sqlite(SqliteStore),
    /// On Redis, shared with other processes.
    Redis(RedisStore),
}

impl AnyStore {
    /// Opens the store at `address`. Alarms go by `clock`, except on Redis, which has the clock of its server.
    ///
    /// # Errors
    /// When the address names no kind of store, or its store cannot be used.
    pub async fn open(address: &str, clock: Clock) -> Result<Self, StoreOpenError> {
        match address.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory(MemoryStore::new(clock))),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(
                SqliteStore::open(path, clock, Shards::DEFAULT).await?,
            )),
            Some((scheme, _)) if scheme.starts_with("redis") => Ok(Self::Redis(
                RedisStore::connect(address, RedisOptions::default()).await?,
            )),
            _ => Err(StoreOpenError::unknown(address)),
        }
    }

    /// How its servers are set, where that may lose something; nothing to say of a store in this process.
    ///
    /// # Errors
    /// When a server does not answer.
    pub async fn setting_faults(&self) -> Result<Vec<SettingFault>, StoreError> {
        match self {
            Self::Memory(_) | Self::Sqlite(_) => Ok(Vec::new()),
            Self::Redis(store) => store.setting_faults().await,
        }
    }

    /// Whether several processes may use it at the same time.
    pub const fn is_shared(&self) -> bool {
        matches!(self, Self::Redis(_))
    }

    /// The number of shards.
    pub fn shards(&self) -> Shards {
        match self {
            Self::Memory(store) => store.shards(),
            Self::Sqlite(store) => store.shards(),
            Self::Redis(store) => store.shards(),
        }
    }
}

impl Store for AnyStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        match self {
            Self::Memory(store) => store.get(keys).await,
            Self::Sqlite(store) => store.get(keys).await,
            Self::Redis(store) => store.get(keys).await,
        }
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        match self {
            Self::Memory(store) => store.commit(commit).await,
            Self::Sqlite(store) => store.commit(commit).await,
            Self::Redis(store) => store.commit(commit).await,
        }
    }

    async fn claim_due(&self, limit: usize, visibility: Duration) -> Result<Claim, StoreError> {
        match self {
            Self::Memory(store) => store.claim_due(limit, visibility).await,
            Self::Sqlite(store) => store.claim_due(limit, visibility).await,
            Self::Redis(store) => store.claim_due(limit, visibility).await,
        }
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        match self {
            Self::Memory(store) => store.log(key, after, limit).await,
            Self::Sqlite(store) => store.log(key, after, limit).await,
            Self::Redis(store) => store.log(key, after, limit).await,
        }
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        match self {
            Self::Memory(store) => store.range(index, from, limit).await,
            Self::Sqlite(store) => store.range(index, from, limit).await,
            Self::Redis(store) => store.range(index, from, limit).await,
        }
    }

    async fn range_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Reached<Vec<Entry>>, StoreError> {
        match self {
            Self::Memory(store) => store.range_of_reachable(index, from, limit).await,
            Self::Sqlite(store) => store.range_of_reachable(index, from, limit).await,
            Self::Redis(store) => store.range_of_reachable(index, from, limit).await,
        }
    }

    async fn count_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        until: i64,
    ) -> Result<Reached<u64>, StoreError> {
        match self {
            Self::Memory(store) => store.count_of_reachable(index, from, until).await,
            Self::Sqlite(store) => store.count_of_reachable(index, from, until).await,
            Self::Redis(store) => store.count_of_reachable(index, from, until).await,
        }
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        match self {
            Self::Memory(store) => store.count(index, from, until).await,
            Self::Sqlite(store) => store.count(index, from, until).await,
            Self::Redis(store) => store.count(index, from, until).await,
        }
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        match self {
            Self::Memory(store) => store.time().await,
            Self::Sqlite(store) => store.time().await,
            Self::Redis(store) => store.time().await,
        }
    }

    fn clock(&self) -> Clock {
        match self {
            Self::Memory(store) => store.clock(),
            Self::Sqlite(store) => store.clock(),
            Self::Redis(store) => store.clock(),
        }
    }
}
