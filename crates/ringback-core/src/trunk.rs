//! How fast a trunk group may be dialed, by all dialers together: a token bucket of one token, and a cap on calls at once.
//!
//! Its state is one small document. A dialer reads it, asks [`Trunk::turn`] and writes the answer back under the version it
//! has read, so that no token is spent twice. A carrier that reports congestion slows the bucket down for a while.

#[cfg(test)]
mod tests;

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::CallbackId;
use crate::key::{Key, Kind};
use crate::time::Timestamp;

/// How long after its turn a call is listed at the latest. Whoever needs longer has to ask for a turn anew.
pub const TURN: Duration = Duration::from_secs(2);
/// When somebody who found all lines taken asks again.
const ALL_TAKEN: Duration = Duration::from_millis(250);
/// For how long ahead dialers have callbacks at hand.
const AT_HAND: Duration = Duration::from_secs(2);
/// So many at the least: one may be cancelled, or belong to a dialer that has died.
const FEWEST: u64 = 4;
/// How long after the last turn a rate is taken to hold still.
const COUNTED: Duration = Duration::from_secs(3600);
/// How often congestion halves the rate at most: to 1/32.
const SLOWEST: u8 = 5;
/// How long without congestion until the rate doubles again.
const RELIEF: Duration = Duration::from_secs(30);

/// What a trunk group takes. By default, everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrunkLimits {
    /// How often it is dialed.
    pub rate: Option<CallRate>,
    /// How many calls it carries at once, conversations included.
    pub calls: Option<u32>,
}

impl TrunkLimits {
    /// Whether there is nothing to ask for.
    pub const fn are_none(&self) -> bool {
        self.rate.is_none() && self.calls.is_none()
    }
}

/// Calls per second; in thousandths, from 0.001 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallRate(u32);

impl CallRate {
    /// What carriers grant unless something else is agreed.
    pub const ONE: Self = Self(1000);

    /// From one call to the next, in whole milliseconds, rounded up: the carrier's limit is never exceeded.
    fn interval(self) -> Duration {
        Duration::from_millis(1_000_000_u64.div_ceil(self.0.into()))
    }
}

impl FromStr for CallRate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(whole) || !are_digits(part) || whole.len() > 4 || part.len() > 3 {
            return Err(RateError);
        }
        let number: u32 = format!("{whole}{part:0<3}")
            .parse()
            .map_err(|_| RateError)?;
        let legal = (1..=1_000_000).contains(&number);
        legal.then_some(Self(number)).ok_or(RateError)
    }
}

/// The text is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of calls per second from 0.001 to 1000, with up to three decimals")]
pub struct RateError;

/// The state of a trunk group, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trunk {
    /// When the last call began.
    #[serde(rename = "last", default)]
    last: Option<Timestamp>,
    /// How far apart calls have to be, in milliseconds, as of that call.
    #[serde(rename = "iv", default)]
    interval: u64,
    /// How often congestion has halved the rate.
    #[serde(rename = "slow", default)]
    slow: u8,
    /// Since when it has that rate.
    #[serde(rename = "at", default)]
    since: Timestamp,
    /// Who had a turn lately and may not be listed as a call yet.
    #[serde(rename = "new", default)]
    begun: Vec<(CallbackId, Timestamp)>,
}

/// The calls of a trunk group, as they are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Those that are being dialed, or wait for an agent.
    pub dialing: Vec<CallbackId>,
    /// How many customers talk.
    pub talking: u64,
}

/// Whether a call may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Yes, once this is written.
    Now(Trunk),
    /// Not before this is over; then it has to be asked again.
    In(Duration),
}

impl Trunk {
    /// Its document.
    pub fn key(trunk: &str) -> Key {
        Key::new(Kind::House, format!("trunk:{trunk}"))
    }

    /// Asks for the next call, that of `id`.
    pub fn turn(
        &self,
        id: &CallbackId,
        limits: TrunkLimits,
        lines: &Lines,
        now: Timestamp,
    ) -> Turn {
        let mut next = self.relieved(now);
        next.begun.retain(|(_, at)| now.since(*at) < TURN);
        if let Some(most) = limits.calls
            && next.taken(lines) >= u64::from(most)
        {
            return Turn::In(ALL_TAKEN);
        }
        let interval = limits.rate.map(|rate| rate.interval() * (1 << next.slow));
        // A clock that went back must not keep everybody waiting.
        let last = next.last.filter(|last| last.since(now) < TURN);
        if let (Some(last), Some(interval)) = (last, interval)
            && last + interval > now
        {
            return Turn::In((last + interval).since(now));
        }
        next.last = Some(now);
        let millis = interval.unwrap_or_default().as_millis();
        next.interval = u64::try_from(millis).unwrap_or(u64::MAX);
        if limits.calls.is_some() {
            next.begun.push((id.clone(), now));
        }
        Turn::Now(next)
    }

    /// How many callbacks may wait at dialers for a turn: those of the next two seconds. Who waits there can no longer be
    /// overtaken by somebody more urgent. `None` where turns are not counted.
    pub fn at_hand(&self, now: Timestamp) -> Option<u64> {
        let is_counted = self.last.is_some_and(|last| now.since(last) < COUNTED);
        let millis = u64::try_from(AT_HAND.as_millis()).unwrap_or(u64::MAX);
        let turns = millis.checked_div(self.interval).filter(|_| is_counted);
        turns.map(|turns| turns.max(FEWEST))
    }

    /// The carrier has reported congestion: the rate is halved, once for all calls of the same moment. `None` when it
    /// was slowed just now.
    pub fn congested(&self, now: Timestamp) -> Option<Self> {
        let relieved = self.relieved(now);
        if relieved.slow > 0 && now.since(relieved.since) < TURN {
            return None;
        }
        Some(Self {
            slow: (relieved.slow + 1).min(SLOWEST),
            since: now,
            ..relieved
        })
    }

    fn taken(&self, lines: &Lines) -> u64 {
        let unlisted = self
            .begun
            .iter()
            .filter(|(id, _)| !lines.dialing.contains(id));
        let known = lines.dialing.len() + unlisted.count();
        lines
            .talking
            .saturating_add(u64::try_from(known).unwrap_or(u64::MAX))
    }

    /// As it is after some time without congestion.
    fn relieved(&self, now: Timestamp) -> Self {
        let quiet = now.since(self.since).as_millis() / RELIEF.as_millis();
        let steps = u8::try_from(quiet).unwrap_or(u8::MAX).min(self.slow);
        Self {
            slow: self.slow.min(SLOWEST) - steps.min(self.slow.min(SLOWEST)),
            since: self.since + RELIEF * steps.into(),
            ..self.clone()
        }
    }
}
