//! Who comes first: the priority of callbacks that wait, and an order of index entries that follows it.
//!
//! By definition the priority is `p + increment × whole intervals waited`, so it changes while everybody waits, and an
//! index cannot be sorted by it. But callbacks whose priority grows at the same [`Pace`] keep their order: it is that of
//! `since - p × interval / increment`, the time at which a callback of priority 0 would have had to come to be equal. That is
//! their score. Each pace has an index of its own, and only the heads of these have to be compared.
//!
//! The order takes the priority as growing evenly where the definition grows in steps; so it agrees with the definition
//! wherever two priorities differ by a whole increment, and between steps it is nearer to whoever waited longer.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::key::IndexName;
use crate::service::options::Aging;
use crate::time::Timestamp;

/// `_urs_vq_priority`, `_increment` and `_increment_interval` of one callback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    priority: u32,
    #[serde(rename = "i", default, skip_serializing_if = "is_zero")]
    increment: u32,
    /// Seconds; 0 without an increment.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    interval: u32,
}

/// How fast a priority grows: one point in `millis / points`, reduced, so that equal paces are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pace {
    millis: u64,
    points: u64,
}

impl Rank {
    /// As the options say.
    pub fn of(aging: &Aging) -> Self {
        let interval = u32::try_from(aging.interval.as_secs()).unwrap_or(u32::MAX);
        let (increment, interval) = match (aging.increment, interval) {
            (0, _) | (_, 0) => (0, 0),
            both => both,
        };
        Self {
            priority: aging.priority,
            increment,
            interval,
        }
    }

    /// `_urs_vq_priority_increment`.
    pub const fn increment(&self) -> u32 {
        self.increment
    }

    /// `_urs_vq_priority_increment_interval` in seconds.
    pub const fn interval(&self) -> u32 {
        self.interval
    }

    /// Whether it is that of everybody who asks for nothing.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The priority by definition.
    pub fn priority(&self, since: Timestamp, now: Timestamp) -> u64 {
        let intervals = now.since(since).as_secs().checked_div(self.interval.into());
        let grown = intervals.unwrap_or(0).saturating_mul(self.increment.into());
        u64::from(self.priority).saturating_add(grown)
    }

    /// How fast it grows.
    pub fn pace(&self) -> Pace {
        Pace::new(u64::from(self.interval) * 1000, self.increment.into()).unwrap_or(Pace::STEADY)
    }

    /// Its place in the index of its pace: lower comes first.
    pub fn score(&self, since: Timestamp) -> i64 {
        let Pace { millis, points } = self.pace();
        let ahead = u128::from(self.priority) * u128::from(millis) / u128::from(points);
        let ahead = i64::try_from(ahead).unwrap_or(i64::MAX);
        since.as_millis().max(0).saturating_sub(ahead)
    }
}

impl Pace {
    /// Does not grow. It is treated as growing by one point in 104 days, which nobody waits, and so has scores like all
    /// others; those of the highest priority just fit into an index. Whatever grows even slower is the same.
    pub const STEADY: Self = Self {
        millis: 9_000_000_000,
        points: 1,
    };

    fn new(millis: u64, points: u64) -> Option<Self> {
        let slowest = Self::STEADY.millis.saturating_mul(points);
        if millis == 0 || points == 0 || millis >= slowest {
            return None;
        }
        let common = common_divisor(millis, points);
        Some(Self {
            millis: millis / common,
            points: points / common,
        })
    }

    /// Of an index, the part that has entries of this pace.
    pub fn part_of(&self, index: IndexName) -> IndexName {
        if *self == Self::STEADY {
            return index;
        }
        IndexName::new(&self.to_string(), index.as_str())
    }

    /// All callbacks of this pace that are not over.
    pub fn members(&self) -> IndexName {
        IndexName::new("pace", &self.to_string())
    }

    /// Which of two entries comes first now, each with its pace.
    pub fn order(one: (Self, i64), other: (Self, i64), now: Timestamp) -> Ordering {
        // (now - score) × points / millis, compared without dividing.
        let grown = |(pace, score): (Self, i64), by: Self| {
            now.as_millis().saturating_sub(score) as i128
                * i128::from(pace.points)
                * i128::from(by.millis)
        };
        grown(other, one.0).cmp(&grown(one, other.0))
    }

    /// The entries of this pace that come before another entry now are those with a lower score than this.
    pub fn before(&self, (pace, score): (Self, i64), now: Timestamp) -> i64 {
        if *self == pace {
            return score;
        }
        let now = i128::from(now.as_millis());
        let grown = (now - i128::from(score)) * i128::from(pace.points) * i128::from(self.millis);
        let as_much = grown.div_euclid(i128::from(pace.millis) * i128::from(self.points));
        let bound = now.saturating_sub(as_much);
        i64::try_from(bound).unwrap_or(if bound < 0 { i64::MIN } else { i64::MAX })
    }
}

/// `millis.points`, as in names.
impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.millis, self.points)
    }
}

impl FromStr for Pace {
    type Err = PaceError;

    fn from_str(text: &str) -> Result<Self, PaceError> {
        let error = || PaceError(text.chars().take(80).collect());
        let (millis, points) = text.split_once('.').ok_or_else(error)?;
        let read = |number: &str| number.parse().map_err(|_| error());
        let pace = Self::new(read(millis)?, read(points)?).ok_or_else(error)?;
        Some(pace)
            .filter(|pace| pace.to_string() == text)
            .ok_or_else(error)
    }
}

/// The text names no pace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names no pace: allowed is milliseconds.points, reduced")]
pub struct PaceError(String);

const fn common_divisor(one: u64, other: u64) -> u64 {
    let (mut one, mut other) = (one, other);
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
