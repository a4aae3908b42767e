//! The store that an address names.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ringback_core::key::{IndexName, Key, Shards};
use ringback_ports::clock::Clock;
use ringback_ports::store::memory::MemoryStore;
use ringback_ports::store::{Claim, Commit, Document, Entry, Outcome, Store, StoreError};

use crate::redis::{RedisOptions, RedisStore};
use crate::sqlite::SqliteStore;

/// The addresses of stores.
const ALLOWED: &str = "memory:, sqlite:PATH, redis://HOST:PORT, rediss://HOST:PORT, redis+sentinel://HOST:PORT,…/SERVICE \
                       or redis+cluster://HOST:PORT,…";

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

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        match self {
            Self::Memory(store) => store.count(index, from, until).await,
            Self::Sqlite(store) => store.count(index, from, until).await,
            Self::Redis(store) => store.count(index, from, until).await,
        }
    }
}

/// The store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreOpenError {
    /// The address names no kind of store.
    #[error("store '{0}' is unknown: write {ALLOWED}")]
    Unknown(String),
    /// The address of a Redis store is incomplete.
    #[error("the store's address cannot be read: {0}")]
    Address(&'static str),
    /// No Redis server answered.
    #[error("the store at redis {place} cannot be opened")]
    Redis {
        /// Hosts and ports.
        place: String,
        /// Why.
        source: redis::RedisError,
    },
    /// The file or its folder cannot be used.
    #[error("the store's file {} cannot be opened", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite cannot use the file.
    #[error("the store's file {} cannot be used", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The file is something else.
    #[error("{} is no store of this program: name another file", .0.display())]
    Foreign(PathBuf),
    /// The file is from another release.
    #[error("the store's file {} has layout {found}, this release knows {known}", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// As stored.
        found: i32,
        /// What this release writes.
        known: i32,
    },
    /// Another process has the file.
    #[error("the store's file {} is in use: one process at a time, use redis:// for several", .0.display())]
    InUse(PathBuf),
    /// The program is ending.
    #[error("the store was not opened")]
    Interrupted(#[source] tokio::task::JoinError),
    /// What is stored was spread over another number of shards.
    #[error("the store has {found} shards, not {wanted}: their number is fixed at the first start")]
    Shards {
        /// As stored.
        found: u16,
        /// As asked for.
        wanted: u16,
    },
}

impl StoreOpenError {
    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        Self::File { path, source }
    }

    pub(crate) fn sqlite(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        Self::Sqlite { path, source }
    }

    /// An address of no known scheme, without what may be a password.
    pub(crate) fn unknown(address: &str) -> Self {
        let shown = match (address.split_once("://"), address.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
            (None, Some((_, place))) => format!("…@{place}"),
            (_, None) => address.to_owned(),
        };
        Self::Unknown(shown.chars().take(80).collect())
    }
}
