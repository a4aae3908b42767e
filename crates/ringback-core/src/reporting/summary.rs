//! Counts of many callbacks, by service and calendar hour or day.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Facts;
use crate::callback::Callback;
use crate::ids::ServiceName;
use crate::time::Timestamp;
use crate::zone::Zone;

/// How long a row's time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// An hour of the wall clock.
    Hour,
    /// A day of the calendar.
    Day,
}

impl Interval {
    /// Each.
    pub const ALL: [Self; 2] = [Self::Hour, Self::Day];

    /// As the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// The one that an instant is in.
    fn around(self, zone: &Zone, at: Timestamp) -> Range<Timestamp> {
        match self {
            Self::Hour => zone.hour(at),
            Self::Day => zone.day(at),
        }
    }
}

/// How long customers have waited, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// On average.
    pub mean: u64,
    /// Half of them no longer than that.
    pub p50: u64,
    /// 95 of a hundred no longer than that.
    pub p95: u64,
    /// The longest.
    pub max: u64,
}

impl Waits {
    pub(super) fn of(mut waits: Vec<u64>) -> Option<Self> {
        waits.sort_unstable();
        let max = *waits.last()?;
        let count = waits.len();
        // The nearest rank: the smallest that so many of a hundred do not exceed.
        let rank = |percent: usize| waits.get((count * percent).div_ceil(100).saturating_sub(1));
        let whole: u128 = waits.iter().map(|wait| u128::from(*wait)).sum();
        let mean = (whole + count as u128 / 2) / count as u128;
        Some(Self {
            mean: u64::try_from(mean).unwrap_or(max),
            p50: rank(50).copied().unwrap_or(max),
            p95: rank(95).copied().unwrap_or(max),
            max,
        })
    }
}

/// Callbacks of a service that are wanted within an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The service.
    pub service: ServiceName,
    /// The interval.
    pub time: Range<Timestamp>,
    /// What the wall clock shows when it begins.
    pub local: String,
    /// How many there are.
    pub callbacks: u64,
    /// How many are over.
    pub completed: u64,
    /// How many ended for which reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// How many attempts were begun.
    pub attempts: u64,
    /// How many attempts had which result.
    pub dial_results: BTreeMap<&'static str, u64>,
    /// How many customers talked to an agent.
    pub connected: u64,
    /// How long those have waited from the time they wanted the call; `None` when there is none.
    pub waits: Option<Waits>,
}

/// A report in the making.
#[derive(Debug)]
pub struct Report {
    zone: Zone,
    interval: Interval,
    rows: BTreeMap<(ServiceName, Timestamp), Tally>,
    /// The interval of the last callback: the next is often of the same.
    last: Range<Timestamp>,
}

#[derive(Debug, Default)]
struct Tally {
    end: Timestamp,
    callbacks: u64,
    completed: u64,
    reasons: BTreeMap<&'static str, u64>,
    attempts: u64,
    dial_results: BTreeMap<&'static str, u64>,
    waits: Vec<u64>,
}

impl Report {
    /// Of nothing yet, by intervals of this zone.
    pub const fn new(zone: Zone, interval: Interval) -> Self {
        let none = Timestamp::from_millis(0);
        Self {
            zone,
            interval,
            rows: BTreeMap::new(),
            last: none..none,
        }
    }

    /// Counts a callback, with what its log tells.
    pub fn count(&mut self, callback: &Callback, facts: &Facts) {
        let wanted = callback.wanted();
        if !self.last.contains(&wanted) {
            self.last = self.interval.around(&self.zone, wanted);
        }
        let place = (callback.service.clone(), self.last.start);
        let tally = self.rows.entry(place).or_default();
        tally.end = self.last.end;
        tally.callbacks += 1;
        if let Some(reason) = callback.reason() {
            tally.completed += 1;
            *tally.reasons.entry(reason.as_str()).or_default() += 1;
        }
        tally.attempts += u64::from(callback.attempts);
        for result in facts.dials.values() {
            *tally.dial_results.entry(result.as_str()).or_default() += 1;
        }
        let waited = facts.connected.map(|at| at.since(wanted).as_secs());
        tally.waits.extend(waited);
    }

    /// How many rows it has so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Its rows, by service and time. An interval without callbacks has none.
    pub fn rows(self) -> Vec<Row> {
        let Self { zone, rows, .. } = self;
        let row = |((service, start), tally): ((ServiceName, Timestamp), Tally)| Row {
            service,
            time: start..tally.end,
            local: zone.local_text(start),
            callbacks: tally.callbacks,
            completed: tally.completed,
            reasons: tally.reasons,
            attempts: tally.attempts,
            dial_results: tally.dial_results,
            connected: tally.waits.len() as u64,
            waits: Waits::of(tally.waits),
        };
        rows.into_iter().map(row).collect()
    }
}
