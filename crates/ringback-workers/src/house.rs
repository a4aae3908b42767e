//! What every worker works with, and the one way to change a document.

mod agents;
mod arrivals;
mod audit;
mod callbacks;
mod estimates;
mod expect;
mod installation;
mod logs;
mod numbers;
mod order;
mod other_calls;
mod pauses;
mod places;
mod purge;
mod queues;
mod rooms;
mod services;
mod sessions;
mod settings;
mod time;
mod trunks;
mod unreadable;

use std::sync::Arc;

use ringback_core::callback::Callback;
use ringback_core::ids::{CallbackId, WorkerId};
use ringback_core::key::{IndexName, Key, Shards};
use ringback_core::notify::Providers;
use ringback_core::outbound::AllowList;
use ringback_core::record::RecordKeys;
use ringback_ports::bus::Bus;
use ringback_ports::clock::Clock;
use ringback_ports::store::{Change, Commit, Limit, Outcome, Store, StoreError};
use ringback_telemetry::Counters;
use tokio_util::sync::CancellationToken;

pub use agents::{AgentDocument, LetGo};
pub use audit::AuditDocument;
pub(crate) use callbacks::HINT_TIME;
pub use callbacks::{Created, Held};
pub use estimates::Estimates;
pub use installation::read_marks;
pub use order::MOST_PACES;
pub use other_calls::Fenced;
pub(crate) use pauses::pause_id;
pub use places::Wishes;
pub(crate) use places::{Place, WRITING};
pub use rooms::{Acted, HeldRoom};
pub(crate) use services::parse_service;
pub use settings::{MOST_SETTINGS, NewSetting};

use crate::heartbeat::Pulse;
use crate::hint::Hints;
use crate::settings::Register;
use crate::watched::Watched;

/// What every worker works with.
#[derive(Clone)]
pub struct House<S, B> {
    /// Documents.
    pub store: Watched<S>,
    /// Messages.
    pub bus: B,
    /// Hints over that bus.
    pub hints: Hints,
    /// The time: the store's ([`Store::clock`]), so that all workers decide by the same, whatever their machines show.
    pub clock: Clock,
    /// Services, event lists and subscriptions.
    pub settings: Register,
    /// What waiting times were made from lately.
    pub estimates: Estimates,
    /// The configured notification providers.
    pub providers: Arc<Providers>,
    /// What notifications may reach although it is not public.
    pub allow: Arc<AllowList>,
    /// Where customers open chats: a URL without a slash at its end, or nothing for a path alone.
    pub base: Arc<str>,
    /// Which keys callbacks are listed by, and shown with.
    pub keys: Arc<RecordKeys>,
    /// Who waits for places of slots.
    pub wishes: Wishes,
    /// How ids are spread.
    pub shards: Shards,
    /// This process.
    pub worker: WorkerId,
    /// What is counted.
    pub counters: Arc<Counters>,
    /// The heartbeats of its loops.
    pub pulse: Pulse,
    /// Called when the process shall end.
    pub stop: CancellationToken,
}

impl<S: Store, B: Bus> House<S, B> {
    /// The same house for somebody who wants an answer at once, also when it is that the store is away.
    #[must_use]
    pub fn prompt(&self, store: S) -> Self {
        Self {
            store: Watched::prompt(store, self.counters.clone()),
            // Nobody here waits for those who are patient.
            wishes: Wishes::default(),
            ..self.clone()
        }
    }
}

impl<S: Store, B> House<S, B> {
    /// Writes all of `changes`, or nothing.
    pub(crate) async fn write(&self, changes: Vec<Change>) -> Result<Committed, HouseError> {
        Ok(match self.write_within(changes, Vec::new()).await? {
            Outcome::Committed => Committed::Yes,
            Outcome::Conflict | Outcome::Over(_) => Committed::Conflict,
        })
    }

    /// The same, if none of `limits` is reached.
    pub(crate) async fn write_within(
        &self,
        changes: Vec<Change>,
        limits: Vec<Limit>,
    ) -> Result<Outcome, HouseError> {
        let commit = Commit {
            limits,
            ..Commit::new(token(), changes)
        };
        Ok(self.store.commit(commit).await?)
    }

    /// The same for what begins something new, which a store that is full refuses.
    pub(crate) async fn write_new(
        &self,
        changes: Vec<Change>,
        limits: Vec<Limit>,
    ) -> Result<Outcome, HouseError> {
        let commit = Commit {
            limits,
            is_new_work: true,
            ..Commit::new(token(), changes)
        };
        Ok(self.store.commit(commit).await?)
    }
}

/// How a change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is written, and the record in hand is the new one.
    Yes,
    /// Somebody else was first; the record in hand is old.
    Conflict,
}

/// A document could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored document cannot be read.
    #[error("document {key} cannot be read: {cause}")]
    Unreadable {
        /// Which.
        key: String,
        /// Why, without anything that stands in it.
        cause: String,
    },
}

/// What changes between two lists of index entries.
pub(crate) fn index_changes(
    old: &[(IndexName, i64)],
    new: Vec<(IndexName, i64)>,
) -> Vec<(IndexName, Option<i64>)> {
    let gone = old
        .iter()
        .filter(|(name, _)| !new.iter().any(|(kept, _)| kept == name));
    let mut changes: Vec<_> = gone.map(|(name, _)| (name.clone(), None)).collect();
    let set = new.into_iter().filter(|entry| !old.contains(entry));
    changes.extend(set.map(|(name, score)| (name, Some(score))));
    changes
}

pub(crate) fn decode<T: serde::de::DeserializeOwned>(
    key: &Key,
    body: &[u8],
) -> Result<T, HouseError> {
    serde_json::from_slice(body).map_err(|error| unreadable(key, &error))
}

pub(crate) fn read_callback(key: &Key, body: &[u8]) -> Result<Callback, HouseError> {
    Callback::read(CallbackId::new(key.id()), body).map_err(|error| unreadable(key, &error))
}

pub(crate) fn encode<T: serde::Serialize>(key: &Key, value: &T) -> Result<Vec<u8>, HouseError> {
    serde_json::to_vec(value).map_err(|error| unreadable(key, &error))
}

fn unreadable(key: &Key, error: &serde_json::Error) -> HouseError {
    HouseError::Unreadable {
        key: key.to_string(),
        cause: unreadable::cause(error),
    }
}

/// What nobody can guess.
pub(crate) fn random() -> u64 {
    getrandom::u64().unwrap_or_else(|_| token())
}

/// A token no other commit has.
fn token() -> u64 {
    uuid::Uuid::now_v7().as_u64_pair().1
}
