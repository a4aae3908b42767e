//! Who waits at the gates of targets.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringback_core::gate::{Admission, Breaker, Gate, Pace};
use ringback_core::ids::LaneId;
use ringback_core::time::Timestamp;
use ringback_telemetry::Counters;
use tokio::sync::Notify;
use tracing::Span;

/// How many lanes wait at one gate. More than one gets through in the time that those without room are put off by, so
/// that its deliverers do not run out of work.
const WAITING: usize = 8 * 1024;
/// The shortest time that a lane without room is put off by.
const PUT_OFF: Duration = Duration::from_secs(5);
/// The distance between two lanes that are put off, as long as nothing is known of their target, and at the most.
const APART: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(50));
/// When lanes are at the most so far apart, and the last got through so lately, there is room soon.
const FAST: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(250));
/// How many targets are remembered before those that nothing is known of are forgotten.
const KNOWN: usize = 10_000;

/// The targets that this notifier has to do with, by host.
pub(super) struct Targets {
    gates: Mutex<Gates>,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Gates {
    targets: HashMap<String, Target>,
    /// The lanes that wait at any of them.
    waiting: HashSet<LaneId>,
}

struct Target {
    gate: Gate,
    queue: VecDeque<Waiting>,
    room: Arc<Notify>,
    tempo: Tempo,
    /// The time that the last lane without room was put off to, in µs.
    later: i64,
}

/// A lane that waits at a gate. It is read again when it is its turn, so that a long queue takes little room and nobody
/// works from what has become old.
pub(super) struct Waiting {
    pub lane: LaneId,
    /// The trace of the hint that brought it.
    pub span: Span,
}

/// How fast lanes get through a gate while others wait.
#[derive(Default)]
struct Tempo {
    /// When the last one went in, while somebody waits.
    last: Option<Timestamp>,
    /// The distance between two, in µs: a moving average.
    apart: Option<i64>,
}

/// How a lane comes to its target.
#[derive(Debug)]
pub(super) enum Entry {
    /// A deliverer may begin with it.
    In,
    /// Deliverers at work will come to it.
    Waits,
    /// There is no room to wait. There will be soon, which is told there.
    Crowded(Arc<Notify>),
    /// There is no room to wait.
    Full,
    /// The target is left alone until then.
    Shut(Timestamp),
}

impl Targets {
    pub fn new(counters: Arc<Counters>) -> Self {
        let gates = Mutex::default();
        Self { gates, counters }
    }

    /// Whether a lane waits at a gate.
    pub fn waits(&self, lane: &LaneId) -> bool {
        self.gates().waiting.contains(lane)
    }

    /// A lane comes to the gate of its target.
    pub fn enter(&self, host: &str, pace: Pace, lane: &LaneId, now: Timestamp) -> Entry {
        let Gates { targets, waiting } = &mut *self.gates();
        if targets.len() >= KNOWN {
            targets.retain(|_, target| !(target.queue.is_empty() && target.gate.is_idle(now)));
        }
        let target = targets
            .entry(host.to_owned())
            .or_insert_with(|| Target::new(pace));
        match target.gate.enter(now) {
            Admission::In => Entry::In,
            Admission::Shut(until) => Entry::Shut(until),
            Admission::Full if waiting.contains(lane) => Entry::Waits,
            Admission::Full if target.queue.len() < WAITING => {
                waiting.insert(lane.clone());
                let (lane, span) = (lane.clone(), Span::current());
                target.queue.push_back(Waiting { lane, span });
                Entry::Waits
            }
            Admission::Full if target.tempo.is_fast(now) => Entry::Crowded(target.room.clone()),
            Admission::Full => Entry::Full,
        }
    }

    /// When a lane that found no room may come again: one after the other, as fast as they get through.
    pub fn later(&self, host: &str, now: Timestamp) -> Timestamp {
        let earliest = now + PUT_OFF;
        let targets = &mut self.gates().targets;
        targets.get_mut(host).map_or(earliest, |target| {
            let after = target.later.saturating_add(target.tempo.apart());
            target.later = after.max(earliest.as_millis().saturating_mul(1000));
            Timestamp::from_millis(target.later / 1000)
        })
    }

    /// What the deliverer who is through with a lane goes on with; `None` ends its work.
    pub fn next(&self, host: &str, now: Timestamp) -> Option<Waiting> {
        let Gates { targets, waiting } = &mut *self.gates();
        let target = targets.get_mut(host)?;
        if let Some(next) = target.queue.pop_front() {
            waiting.remove(&next.lane);
            target.tempo.beat(now);
            target.room.notify_one();
            return Some(next);
        }
        target.tempo.last = None;
        target.gate.leave(now);
        if target.gate.is_new() {
            targets.remove(host);
        }
        None
    }

    /// Until when a target is left alone.
    pub fn shut_until(&self, host: &str, now: Timestamp) -> Option<Timestamp> {
        match self.gates().targets.get(host)?.gate.breaker() {
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
        self.gates()
            .targets
            .get_mut(host)
            .map_or(Ok(now), |target| target.gate.turn(patience, now))
    }

    /// What a delivery showed of a target. Until when it is now left alone.
    pub fn told(&self, host: &str, answers: bool, now: Timestamp) -> Option<Timestamp> {
        let targets = &mut self.gates().targets;
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

    fn gates(&self) -> MutexGuard<'_, Gates> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Target {
    fn new(pace: Pace) -> Self {
        Self {
            gate: Gate::new(pace),
            queue: VecDeque::new(),
            room: Arc::default(),
            tempo: Tempo::default(),
            later: 0,
        }
    }
}

impl Tempo {
    fn beat(&mut self, now: Timestamp) {
        const WEIGHT: i64 = 64;
        if let Some(last) = self.last {
            let distance = micros(now.since(last).min(APART.1));
            let before = self.apart.unwrap_or(distance);
            self.apart = Some((before * (WEIGHT - 1) + distance) / WEIGHT);
        }
        self.last = Some(now);
    }

    fn is_fast(&self, now: Timestamp) -> bool {
        let lately = self.last.is_some_and(|last| now.since(last) < FAST.1);
        lately && self.apart() <= micros(FAST.0)
    }

    fn apart(&self) -> i64 {
        self.apart.unwrap_or_else(|| micros(APART.0))
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
