//! A store that is counted, and waited for.

use std::sync::Arc;
use std::time::Duration;

use ringback_core::key::{IndexName, Key};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::store::{Claim, Commit, Document, Entry, Outcome, Reached, Store, StoreError};
use ringback_telemetry::Counters;
use tokio_util::sync::CancellationToken;

use crate::heartbeat::Pulse;

/// The first and the longest pause before an unavailable store is asked again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Counts the calls of a store. For workers it also waits while the store is away, so that a message or a call in
/// progress is neither lost nor decided on old knowledge; for people who wait for an answer it does not.
#[derive(Clone)]
pub struct Watched<S> {
    store: S,
    counters: Arc<Counters>,
    patience: Option<Patience>,
}

/// How a worker waits.
#[derive(Clone)]
pub struct Patience {
    /// Called when it shall not wait any longer.
    pub stop: CancellationToken,
    /// Is told that loops cannot turn while it waits.
    pub pulse: Pulse,
}

impl<S: Store> Watched<S> {
    /// Answers at once, also with [`StoreError::Unavailable`].
    pub const fn prompt(store: S, counters: Arc<Counters>) -> Self {
        Self {
            store,
            counters,
            patience: None,
        }
    }

    /// Asks again until the store answers or `stop` is called.
    pub const fn patient(store: S, counters: Arc<Counters>, patience: Patience) -> Self {
        Self {
            store,
            counters,
            patience: Some(patience),
        }
    }

    async fn ask<T, F>(&self, call: impl Fn(S) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut pause = PAUSES.0;
        loop {
            self.counters.store_calls.add(1);
            let answer = call(self.store.clone()).await;
            let Err(StoreError::Unavailable(error)) = &answer else {
                return answer;
            };
            self.counters.store_failures.add(1);
            // One line for all who ask, however many.
            if let Some(times) = self.counters.lines.tell("the store is unavailable") {
                tracing::warn!(error = %Chain(error.as_ref()), times, "the store is unavailable");
            }
            let Some(patience) = &self.patience else {
                return answer;
            };
            patience.pulse.excuse();
            tokio::select! {
                () = patience.stop.cancelled() => return answer,
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSES.1),
            }
        }
    }
}

impl<S: Store> Store for Watched<S> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Document>>, StoreError> {
        self.ask(|store| async move { store.get(keys).await }).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let outcome = self.ask(|store| {
            let commit = commit.clone();
            async move { store.commit(commit).await }
        });
        let outcome = outcome.await?;
        if outcome == Outcome::Conflict {
            self.counters.commit_conflicts.add(1);
        }
        Ok(outcome)
    }

    async fn claim_due(&self, limit: usize, visibility: Duration) -> Result<Claim, StoreError> {
        self.ask(|store| async move { store.claim_due(limit, visibility).await })
            .await
    }

    async fn log(&self, key: &Key, after: u64, limit: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.ask(|store| async move { store.log(key, after, limit).await })
            .await
    }

    async fn range(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        self.ask(|store| async move { store.range(index, from, limit).await })
            .await
    }

    async fn range_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        limit: usize,
    ) -> Result<Reached<Vec<Entry>>, StoreError> {
        self.ask(|store| async move { store.range_of_reachable(index, from, limit).await })
            .await
    }

    async fn count_of_reachable(
        &self,
        index: &IndexName,
        from: i64,
        until: i64,
    ) -> Result<Reached<u64>, StoreError> {
        self.ask(|store| async move { store.count_of_reachable(index, from, until).await })
            .await
    }

    async fn count(&self, index: &IndexName, from: i64, until: i64) -> Result<u64, StoreError> {
        self.ask(|store| async move { store.count(index, from, until).await })
            .await
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        self.ask(|store| async move { store.time().await }).await
    }

    fn clock(&self) -> Clock {
        self.store.clock()
    }
}

/// An error with its causes on one line.
pub struct Chain<'a>(pub &'a (dyn std::error::Error + 'static));

/// A cause that only repeats what was said last is left out.
impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let next = error.to_string();
            if !said.ends_with(&next) {
                write!(f, ": {next}")?;
                said = next;
            }
            cause = error.source();
        }
        Ok(())
    }
}
