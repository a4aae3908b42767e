//! The store in one SQLite file, for one process.
//!
//! All writes go through one thread: what waits is written in one transaction and answered when that is on disk, so
//! many commits share one sync. Reads have a thread and a connection of their own and never wait for a write.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ringback_core::key::{IndexName, Key, Shards};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::store::{Claim, Commit, Document, Entry, Outcome, Store, StoreError};

use crate::open_error::StoreOpenError;
use recent::Recent;
use worker::Worker;

mod file;
mod read;
mod recent;
mod worker;
mod write;

/// Keeps everything in one file. The last clone to go closes it.
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

/// Dropped in this order: the writer is the last connection, which tidies the file up, and the lock goes after it.
struct Inner {
    reader: Worker,
    writer: Worker,
    clock: Clock,
    shards: Shards,
    recent: Recent,
    _lock: File,
}

impl SqliteStore {
    /// Opens the store in the file `path`, which is made if there is none; its alarms go by `clock`.
    ///
    /// # Errors
    /// When the file cannot be used, is no store, is in use, or has another number of shards.
    pub async fn open(
        path: impl Into<PathBuf>,
        clock: Clock,
        shards: Shards,
    ) -> Result<Self, StoreOpenError> {
        let path = path.into();
        let opening = tokio::task::spawn_blocking(move || Self::open_file(&path, clock, shards));
        opening.await.map_err(StoreOpenError::Interrupted)?
    }

    fn open_file(path: &Path, clock: Clock, shards: Shards) -> Result<Self, StoreOpenError> {
        let lock = file::lock(path)?;
        let writing = file::open(path, shards)?;
        let reading = file::open_again(path)?;
        let start = |name, connection, serve| {
            let started = Worker::start(name, connection, serve);
            started.map_err(|source| StoreOpenError::file(path, source))
        };
        Ok(Self(Arc::new(Inner {
            reader: start("store-reader", reading, worker::serve_each)?,
            writer: start("store-writer", writing, worker::serve_groups)?,
            clock,
            shards,
            recent: Recent::default(),
            _lock: lock,
        })))
    }

    /// The number of shards.
    pub fn shards(&self) -> Shards {
        self.0.shards
    }
}

impl Store for SqliteStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        let names: Vec<String> = keys.iter().map(Key::to_string).collect();
        let reader = &self.0.reader;
        reader
            .ask(move |connection| read::documents(connection, &names))
            .await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let shard = commit.check(self.0.shards)?;
        let (writer, token) = (&self.0.writer, commit.token);
        if self.0.recent.contains(token) {
            return Ok(Outcome::Committed);
        }
        let written = writer
            .ask(move |connection| write::commit(connection, shard, &commit))
            .await;
        if let Ok(Outcome::Committed) = written {
            self.0.recent.push(token);
        }
        written
    }

    async fn claim_due(&self, limit: usize, visibility: Duration) -> Result<Claim, StoreError> {
        let (clock, shards) = (self.0.clock.clone(), self.0.shards);
        let writer = &self.0.writer;
        writer
            .ask(move |connection| {
                let now = clock.now();
                write::claim(connection, shards, limit, now, visibility)
            })
            .await
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let name = key.to_string();
        let reader = &self.0.reader;
        reader
            .ask(move |connection| read::log(connection, &name, after, limit))
            .await
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let index = index.clone();
        let reader = &self.0.reader;
        reader
            .ask(move |connection| read::range(connection, &index, from, limit))
            .await
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        let index = index.clone();
        let reader = &self.0.reader;
        reader
            .ask(move |connection| read::count(connection, &index, from, until))
            .await
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        Ok(self.0.clock.now())
    }

    fn clock(&self) -> Clock {
        self.0.clock.clone()
    }
}
