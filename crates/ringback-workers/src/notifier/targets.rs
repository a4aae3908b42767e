//! Who waits at the gates of targets.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_core::gate::{Admission, Breaker, Gate, Pace};
use ringback_core::ids::LaneId;
use ringback_core::time::Timestamp;
use ringback_telemetry::Counters;
use tokio::sync::Notify;

use super::hand::Found;

/// How many lanes wait at one gate.
const WAITING: usize = 1024;
/// The shortest time that a lane without room is put off by, and the distance to the next such lane.
const PUT_OFF: (Duration, Duration) = (Duration::from_secs(5), Duration::from_millis(5));
/// How many targets are remembered before those that nothing is known of are forgotten.
const KNOWN: usize = 10_000;

/// What waits at a gate.
pub(super) trait Waiter {
    /// The lane it is about.
    fn lane(&self) -> &LaneId;
}

impl Waiter for Found {
    fn lane(&self) -> &LaneId {
        &self.lane.id
    }
}

/// The targets that this notifier has to do with, by host.
pub(super) struct Targets<T> {
    targets: Mutex<HashMap<String, Target<T>>>,
    counters: Arc<Counters>,
}

struct Target<T> {
    gate: Gate,
    waiting: VecDeque<T>,
    /// The lanes among them.
    lanes: BTreeSet<LaneId>,
    room: Arc<Notify>,
    /// The time that the last lane without room was put off to.
    later: Timestamp,
}

/// How a lane comes to its target.
pub(super) enum Entry<T> {
    /// A deliverer may begin with it.
    In(T),
    /// Deliverers at work will come to it.
    Waits,
    /// There is no room to wait.
    Full(T),
    /// The target is left alone until then.
    Shut(T, Timestamp),
}

impl<T: Waiter> Targets<T> {
    pub fn new(counters: Arc<Counters>) -> Self {
        let targets = Mutex::default();
        Self { targets, counters }
    }

    /// A lane comes to the gate of its target.
    pub fn enter(&self, host: &str, pace: Pace, item: T, now: Timestamp) -> Entry<T> {
        let mut targets = self.targets();
        if targets.len() >= KNOWN {
            targets.retain(|_, target| !(target.waiting.is_empty() && target.gate.is_idle(now)));
        }
        let target = targets
            .entry(host.to_owned())
            .or_insert_with(|| Target::new(pace));
        match target.gate.enter(now) {
            Admission::In => Entry::In(item),
            Admission::Shut(until) => Entry::Shut(item, until),
            Admission::Full if target.lanes.contains(item.lane()) => Entry::Waits,
            Admission::Full if target.waiting.len() >= WAITING => Entry::Full(item),
            Admission::Full => {
                target.lanes.insert(item.lane().clone());
                target.waiting.push_back(item);
                Entry::Waits
            }
        }
    }

    /// Ends when there may be room at a gate.
    pub fn room(&self, host: &str) -> impl Future<Output = ()> + Send + use<T> {
        let room = self
            .targets()
            .get(host)
            .map(|target| Arc::clone(&target.room));
        async move {
            if let Some(room) = room {
                room.notified().await;
            }
        }
    }

    /// When a lane that found no room may come again: one after the other.
    pub fn later(&self, host: &str, now: Timestamp) -> Timestamp {
        let mut targets = self.targets();
        let earliest = now + PUT_OFF.0;
        targets.get_mut(host).map_or(earliest, |target| {
            target.later = earliest.max(target.later + PUT_OFF.1);
            target.later
        })
    }

    /// What the deliverer who is through with a lane goes on with; `None` ends its work.
    pub fn next(&self, host: &str, now: Timestamp) -> Option<T> {
        let mut targets = self.targets();
        let target = targets.get_mut(host)?;
        if let Some(item) = target.waiting.pop_front() {
            target.lanes.remove(item.lane());
            target.room.notify_one();
            return Some(item);
        }
        target.gate.leave(now);
        if target.gate.is_new() {
            targets.remove(host);
        }
        None
    }

    /// Until when a target is left alone.
    pub fn shut_until(&self, host: &str, now: Timestamp) -> Option<Timestamp> {
        match self.targets().get(host)?.gate.breaker() {
            Breaker::Open { until, .. } if now < until => Some(until),
            Breaker::Open { .. } | Breaker::HalfOpen { .. } | Breaker::Closed { .. } => None,
        }
    }

    /// When a deliverer may begin its next delivery; an error when that is later than `patience`.
    pub fn turn(
        &self,
        host: &str,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Timestamp, Timestamp> {
        self.targets()
            .get_mut(host)
            .map_or(Ok(now), |target| target.gate.turn(patience, now))
    }

    /// What a delivery showed of a target. Until when it is now left alone.
    pub fn told(&self, host: &str, answers: bool, now: Timestamp) -> Option<Timestamp> {
        let mut targets = self.targets();
        let target = targets.get_mut(host)?;
        let before = target.gate.breaker();
        let until = target.gate.told(answers, now);
        let after = target.gate.breaker();
        if before.name() != after.name() {
            tracing::info!(
                host,
                breaker = after.name(),
                "a target's breaker has changed"
            );
            self.counters
                .breakers
                .note(host, !matches!(after, Breaker::Closed { .. }));
        }
        until
    }

    fn targets(&self) -> MutexGuard<'_, HashMap<String, Target<T>>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Target<T> {
    fn new(pace: Pace) -> Self {
        Self {
            gate: Gate::new(pace),
            waiting: VecDeque::new(),
            lanes: BTreeSet::new(),
            room: Arc::default(),
            later: Timestamp::default(),
        }
    }
}
