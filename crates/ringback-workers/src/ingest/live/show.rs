//! Follows hints to the logs of callbacks, and shows what is new there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use ringback_core::event::Event;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::watch::{Read, Seen};
use ringback_ports::bus::{Bus, Delivery, Disposition, Subscription};
use ringback_ports::desk::LiveEvent;
use ringback_ports::store::{Store, StoreError};
use serde_json::Value;
use tokio::sync::broadcast;
use tokio::time::Instant;

use crate::hint::Happened;
use crate::house::{House, HouseError, read_callback};
use crate::ingest::views::live_view;
use crate::watched::Chain;

/// How many callbacks are looked at in one go.
const BATCH: usize = 512;
/// How many logs are read at a time.
const READS: usize = 32;
/// After how long, and how often, those are looked at of which no hint came; and how many then.
const QUIET: Duration = Duration::from_secs(15);
const MOST_QUIET: usize = 256;
/// The pause before a store that does not answer is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// A show in progress.
pub(super) struct Show<S, B> {
    house: House<S, B>,
    ring: broadcast::Sender<Arc<LiveEvent>>,
    seen: Seen,
    /// Which callbacks have to be looked at.
    wanted: BTreeSet<CallbackId>,
    begun: Instant,
}

/// A log, from a place on.
struct Log {
    id: CallbackId,
    service: ServiceName,
    after: u64,
    events: Vec<Event>,
}

impl<S: Store, B: Bus> Show<S, B> {
    pub(super) fn new(
        house: House<S, B>,
        ring: broadcast::Sender<Arc<LiveEvent>>,
        seen: Seen,
    ) -> Self {
        Self {
            house,
            ring,
            seen,
            wanted: BTreeSet::new(),
            begun: Instant::now(),
        }
    }

    /// Shows what hints lead to, for ever.
    pub(super) async fn run(mut self, mut hints: impl Subscription) {
        let mut quiet = tokio::time::interval_at(self.begun + QUIET, QUIET);
        loop {
            tokio::select! {
                delivery = hints.next() => self.take(delivery).await,
                _ = quiet.tick() => {
                    let quiet = self.seen.quiet(self.begun.elapsed(), QUIET, MOST_QUIET);
                    self.wanted.extend(quiet);
                }
            }
            // Hints that are there already are followed with this one.
            while self.wanted.len() < BATCH
                && let Some(delivery) = hints.next().now_or_never()
            {
                self.take(delivery).await;
            }
            while !self.wanted.is_empty()
                && let Err(error) = self.look().await
            {
                tracing::debug!(error = %Chain(&error), "events that are watched wait for the store");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn take(&mut self, delivery: impl Delivery) {
        match serde_json::from_slice::<Happened>(&delivery.message().body) {
            Ok(happened) => self.wanted.extend(happened.callbacks),
            Err(error) => tracing::debug!(%error, "a message for watchers that is no hint"),
        }
        self.house.counters.messages_handled.add(1);
        if let Err(error) = delivery.settle(Disposition::Done).await {
            tracing::debug!(%error, "a hint for watchers will come again");
        }
    }

    /// Looks at what is wanted. What could not be read stays wanted.
    async fn look(&mut self) -> Result<(), StoreError> {
        let places = self.places().await?;
        let logs = places.into_iter().map(|log| self.read(log));
        let logs: Vec<_> = stream::iter(logs).buffered(READS).collect().await;
        let mut outcome = Ok(());
        for log in logs {
            match log {
                Ok(log) => self.show(&log),
                Err((_, HouseError::Store(error))) => outcome = Err(error),
                Err((id, error)) => self.pass_over(&id, &error),
            }
        }
        outcome
    }

    /// It would be read in vain, again and again.
    fn pass_over(&mut self, id: &CallbackId, error: &HouseError) {
        tracing::error!(callback.id = %id, error = %Chain(error), "a callback that is watched cannot be read");
        self.wanted.remove(id);
    }

    /// Where to read on of all that are wanted; those that are gone are wanted no longer.
    async fn places(&mut self) -> Result<Vec<Log>, StoreError> {
        let (mut places, mut unknown) = (Vec::new(), Vec::new());
        let log = |id: &CallbackId, service: &ServiceName, after| Log {
            id: id.clone(),
            service: service.clone(),
            after,
            events: Vec::new(),
        };
        for id in &self.wanted {
            match self.seen.place(id) {
                Some((after, service)) => places.push(log(id, service, after)),
                None => unknown.push(id.clone()),
            }
        }
        if unknown.is_empty() {
            return Ok(places);
        }
        let keys: Vec<_> = unknown.iter().map(CallbackId::key).collect();
        let documents = self.house.store.get(&keys).await?;
        for ((id, key), document) in unknown.iter().zip(&keys).zip(documents) {
            match document.map(|document| read_callback(key, &document.body)) {
                Some(Ok(callback)) => places.push(log(id, &callback.service, 0)),
                Some(Err(error)) => self.pass_over(id, &error),
                None => {
                    self.wanted.remove(id);
                }
            }
        }
        Ok(places)
    }

    async fn read(&self, log: Log) -> Result<Log, (CallbackId, HouseError)> {
        match self.house.events_after(&log.id, log.after).await {
            Ok(events) => Ok(Log { events, ..log }),
            Err(error) => Err((log.id, error)),
        }
    }

    fn show(&mut self, log: &Log) {
        let Log {
            id,
            service,
            after,
            events,
        } = log;
        self.wanted.remove(id);
        let read = Read {
            id,
            service,
            after: *after,
            events,
        };
        for (sequence, event) in self.seen.look(&read, self.begun.elapsed()) {
            let shown = LiveEvent {
                callback: id.clone(),
                service: service.clone(),
                sequence,
                name: event.name,
                json: Value::Object(live_view(id, service, sequence, event)).to_string(),
            };
            // Between two watchers there may be none for a moment.
            self.ring.send(Arc::new(shown)).unwrap_or_default();
        }
    }
}
