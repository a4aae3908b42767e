//! Where documents live.
//!
//! A store knows keys, versions, bodies, alarms, logs and indexes; it knows nothing of callbacks. All of a [`Commit`]
//! happens or none of it, and every change names the version it was decided on, so two writers can never both win.

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::time::Duration;

use ringback_core::key::{IndexName, Key};
use ringback_core::time::Timestamp;

use crate::clock::Clock;

mod check;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod memory;

/// Of how many of its last commits a document remembers the tokens.
pub const TOKENS: usize = 8;

/// The largest body or log entry that a store takes, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// The highest score of an index; its negative is the lowest. Every store can order whole numbers up to here.
pub const MAX_SCORE: i64 = 1 << 53;

/// How many times `visibility` a claim puts a document off at the most.
pub const MOST_PUT_OFF: u32 = 16;

/// How many times `visibility` a claim puts a document off that was claimed `before` without having been changed since.
pub fn put_off(before: u32) -> u32 {
    2_u32.saturating_pow(before).min(MOST_PUT_OFF)
}

/// A document as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// Counts the commits of this document, from 1.
    pub version: u64,
    /// What was written last.
    pub body: Vec<u8>,
}

/// Never shows the body: it holds phone numbers.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Document(version {}, {} bytes)",
            self.version,
            self.body.len()
        )
    }
}

/// Changes that happen together or not at all. All its documents live on one shard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Names this commit among all: a store that sees it again (a repeat after a broken connection) answers as it did
    /// the first time and changes nothing, also when others have changed its documents meanwhile, as long as these are
    /// fewer than [`TOKENS`] commits. So whoever is told of a conflict was not first. 0 names none: a repeat of such a
    /// commit is a conflict.
    pub token: u64,
    /// What happens, in order. Never empty, and at most one change per document.
    pub changes: Vec<Change>,
    /// What must hold before: see [`Outcome::Over`].
    pub limits: Vec<Limit>,
    /// Whether it begins something new. A store that is full refuses it with [`StoreError::Full`] and keeps its last room for
    /// what is under way.
    pub is_new_work: bool,
}

impl Commit {
    /// Without limits.
    pub const fn new(token: u64, changes: Vec<Change>) -> Self {
        let limits = Vec::new();
        Self {
            token,
            changes,
            limits,
            is_new_work: false,
        }
    }
}

/// An index that must not be full. Whoever sets one keeps all its entries on the shard of the commit: a store may count
/// those alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The index.
    pub index: IndexName,
    /// The scores that count; the end of each is out.
    pub scores: Vec<Range<i64>>,
    /// How many entries with such a score there may be after a commit that adds one.
    pub most: u64,
}

/// One change of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes the document.
    Put(Put),
    /// Removes the document with its log, its alarm and the named index entries. Nothing happens when it is gone.
    Delete {
        /// The document.
        key: Key,
        /// The version that was read.
        version: u64,
        /// The indexes it is listed in.
        indexes: Vec<IndexName>,
    },
    /// Brings the alarm of a document forward to `at`, if it exists and its alarm is later or unset. Counts as a new
    /// version of that document in any case, so that somebody who is about to put its alarm off, or to clear it, notices.
    Wake {
        /// The document.
        key: Key,
        /// The latest time at which somebody must look at it.
        at: Timestamp,
    },
}

impl Change {
    /// The document that it changes.
    pub const fn key(&self) -> &Key {
        match self {
            Self::Put(put) => &put.key,
            Self::Delete { key, .. } | Self::Wake { key, .. } => key,
        }
    }
}

/// A document as it shall be.
#[derive(Clone, PartialEq, Eq)]
pub struct Put {
    /// The document.
    pub key: Key,
    /// The version that was read; 0 when the document must not exist yet. The new version is one more.
    pub version: u64,
    /// What it says from now on; at most [`MAX_BODY`] bytes.
    pub body: Vec<u8>,
    /// When somebody must look at it if nothing happens before; `None` for a document at rest.
    pub alarm: Option<Timestamp>,
    /// Entries added to the end of its log; each at most [`MAX_BODY`] bytes.
    pub log: Vec<Vec<u8>>,
    /// What changes in the indexes: `Some(score)` lists the document's id (at a new place if it is listed), `None`
    /// takes it out. Scores are at most [`MAX_SCORE`] away from zero.
    pub indexes: Vec<(IndexName, Option<i64>)>,
}

/// Never shows the body.
impl fmt::Debug for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Put({} at {}, {} bytes)",
            self.key,
            self.version,
            self.body.len()
        )
    }
}

/// How a commit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was written.
    Committed,
    /// A document had another version than the one named; nothing was written.
    Conflict,
    /// The versions were right, and this one of the limits, counted from 0, was reached already; nothing was written.
    /// Counting and writing are one: however many commit at once, no limit is exceeded.
    Over(usize),
}

/// Documents whose alarm was due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The store's time when they were taken: everything in `due` is due by it. What is decided on an alarm is decided at
    /// this time or later, whatever the claimer's own clock shows. The latest of the servers when there are several.
    pub now: Timestamp,
    /// The documents with the time that was set, oldest first on each shard.
    pub due: Vec<(Key, Timestamp)>,
    /// The earliest alarm that is left, if any: nothing is due before it.
    pub next: Option<Timestamp>,
    /// How long it was then, by the store's clock, until the first alarm that is left; `None` when there is none.
    pub next_in: Option<Duration>,
}

/// The place of a document in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The document's id.
    pub id: String,
    /// What it is ordered by.
    pub score: i64,
}

/// What the shards that could be reached hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached<T> {
    /// That.
    pub found: T,
    /// How many shards it is missing from.
    pub away: usize,
    /// Of how many.
    pub shards: usize,
}

impl<T> Reached<T> {
    /// Nothing is missing.
    pub const fn whole(found: T) -> Self {
        Self {
            found,
            away: 0,
            shards: 1,
        }
    }
}

impl Reached<u64> {
    /// How many there are in all, if those that do not answer have as many as the others: never less than were counted.
    pub fn estimated(&self) -> u64 {
        let answered = self.shards.saturating_sub(self.away).max(1) as u64;
        let all = self.found.saturating_mul(self.shards as u64);
        all.div_ceil(answered).max(self.found)
    }
}

/// Shards of the store do not answer, while others do.
#[derive(Debug, thiserror::Error)]
#[error("{} of {shards} shards of the store do not answer", away.len())]
pub struct ShardsAway {
    /// Which.
    pub away: Vec<usize>,
    /// Of how many.
    pub shards: usize,
    /// Why the last of them does not.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Documents by key, with versions, alarms, logs and indexes.
pub trait Store: Clone + Send + Sync + 'static {
    /// The documents of `keys`, in their order; `None` where there is none.
    ///
    /// # Errors
    /// When the store cannot be reached or what it holds cannot be read.
    fn get(
        &self,
        keys: &[Key],
    ) -> impl Future<Output = Result<Vec<Option<Document>>, StoreError>> + Send;

    /// Writes all changes or none. Durable, as far as the store is, once it returns.
    ///
    /// # Errors
    /// Besides a store that cannot be reached: a commit that is none (see [`StoreError::Malformed`]), a body or log entry
    /// over [`MAX_BODY`]. Nothing is written on any of those; after [`StoreError::Unavailable`] the commit may have happened.
    fn commit(&self, commit: Commit) -> impl Future<Output = Result<Outcome, StoreError>> + Send;

    /// Takes up to `limit` documents per shard whose alarm is due, by the store's own clock, and puts their alarm off by
    /// `visibility`: a claimer that dies is replaced when that has passed. Their version stays. A document that has been
    /// claimed before and not been changed since is put off by twice as long each time, up to [`MOST_PUT_OFF`] times, so
    /// that what nobody gets on with is not looked at again and again.
    ///
    /// # Errors
    /// When the store cannot be reached.
    fn claim_due(
        &self,
        limit: usize,
        visibility: Duration,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// Up to `limit` log entries of a document after the first `after` ones.
    ///
    /// # Errors
    /// When the store cannot be reached.
    fn log(
        &self,
        key: &Key,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>, StoreError>> + Send;

    /// Up to `limit` entries of an index with the lowest scores from `from` on, in the order of (score, id).
    ///
    /// # Errors
    /// When the store cannot be reached.
    fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;

    /// How many entries of an index have a score in `from..until` (`until` itself is out).
    ///
    /// # Errors
    /// When the store cannot be reached.
    fn count(
        &self,
        index: &IndexName,
        from: i64,
        until: i64,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// As [`Store::range`], of the shards that answer. For who would rather go on with what can be had than wait for all.
    ///
    /// # Errors
    /// When no shard answers.
    fn range_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> impl Future<Output = Result<Reached<Vec<Entry>>, StoreError>> + Send {
        async move { self.range(index, from, limit).await.map(Reached::whole) }
    }

    /// As [`Store::count`], of the shards that answer.
    ///
    /// # Errors
    /// When no shard answers.
    fn count_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        until: i64,
    ) -> impl Future<Output = Result<Reached<u64>, StoreError>> + Send {
        async move { self.count(index, from, until).await.map(Reached::whole) }
    }

    /// The store's own time, which its alarms go by; the latest of its servers when there are several. Asking keeps
    /// [`Store::clock`] near to it.
    ///
    /// # Errors
    /// When the store cannot be reached.
    fn time(&self) -> impl Future<Output = Result<Timestamp, StoreError>> + Send;

    /// The clock that its alarms go by. Of a store on a server it is estimated from the answers to [`Store::time`] and
    /// [`Store::claim_due`], so whoever uses it asks now and then.
    fn clock(&self) -> Clock;
}

/// The store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not reachable now, or it refused for a reason that may pass (out of memory, read only): try again later.
    #[error("the store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is full: new work is refused, what is under way goes on.
    #[error("the store is full")]
    Full,
    /// A body or log entry over the limit.
    #[error("{key} would have {size} bytes, allowed are {MAX_BODY}")]
    TooLarge {
        /// The document.
        key: Key,
        /// What was offered.
        size: usize,
    },
    /// The commit names no change, one document twice, documents of more than one shard, or a score over
    /// [`MAX_SCORE`].
    #[error("not one commit: {0}")]
    Malformed(&'static str),
    /// What is stored cannot be understood.
    #[error("the store holds something unreadable")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
