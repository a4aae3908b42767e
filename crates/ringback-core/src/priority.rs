//! Who comes first: the priority of callbacks that wait, and an order of index entries that follows it.
//!
//! The priority is `p + increment × whole intervals waited`, so it changes while everybody waits, and an index cannot be
//! sorted by it. But with `p = rest + increment × k` it is `rest + increment × whole intervals since (since - k × interval)`:
//! those of the same increment, interval and rest keep their order, which is that of `since - k × interval`, the time at
//! which a callback of priority `rest` would have had to come to be equal. That is their score. Each such [`Pace`] has an index
//! of its own, and only the heads of these are compared. Of the same priority, whoever reached it first comes first.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rank {
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    priority: u32,
    #[serde(rename = "i", default, skip_serializing_if = "is_zero")]
    increment: u32,
    /// Seconds; 0 without an increment.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    interval: u32,
}

/// How a priority grows: `points` in every `millis`, from `rest` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pace {
    millis: i64,
    points: i64,
    rest: i64,
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

    /// How it grows.
    pub fn pace(&self) -> Pace {
        let (millis, points) = (i64::from(self.interval) * 1000, i64::from(self.increment));
        let rest = i64::from(self.priority).checked_rem(points).unwrap_or(0);
        Pace::new(millis, points, rest).unwrap_or(Pace::STEADY)
    }

    /// Its place in the index of its pace: lower comes first.
    pub fn score(&self, since: Timestamp) -> i64 {
        let Pace { millis, points, .. } = self.pace();
        let steps = i64::from(self.priority) / points;
        since.as_millis().max(0) - steps * millis
    }
}

impl Pace {
    /// Does not grow. It is treated as growing by one point in 104 days, which nobody waits, and so has scores like all
    /// others; those of the highest priority just fit into an index. Whatever grows even slower is the same.
    pub const STEADY: Self = Self {
        millis: 9_000_000_000,
        points: 1,
        rest: 0,
    };

    fn new(millis: i64, points: i64, rest: i64) -> Option<Self> {
        let grows = (1..Self::STEADY.millis).contains(&millis) && points > 0;
        (grows && (0..points).contains(&rest)).then_some(Self {
            millis,
            points,
            rest,
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
        let (one, other) = (Standing::of(one, now), Standing::of(other, now));
        let by_priority = other.priority.cmp(&one.priority);
        by_priority.then(one.reached.cmp(&other.reached))
    }

    /// The entries of this pace that come before another entry now are those with a lower score than this.
    pub fn before(&self, entry: (Self, i64), now: Timestamp) -> i64 {
        let Standing { priority, reached } = Standing::of(entry, now);
        let above = priority.saturating_sub(self.rest);
        let steps = above.div_euclid(self.points);
        let higher = self.began(now.as_millis(), steps + 1).saturating_add(1);
        if above.rem_euclid(self.points) != 0 {
            return higher;
        }
        higher.max(self.began(reached, steps))
    }

    /// When an entry has begun that has made so many steps by `now`.
    const fn began(&self, now: i64, steps: i64) -> i64 {
        now.saturating_sub(steps.saturating_mul(self.millis))
    }
}

/// The priority of an entry, and since when it has that.
struct Standing {
    priority: i64,
    reached: i64,
}

impl Standing {
    fn of((pace, score): (Pace, i64), now: Timestamp) -> Self {
        let waited = now.as_millis().saturating_sub(score);
        let steps = waited.div_euclid(pace.millis);
        Self {
            priority: steps.saturating_mul(pace.points).saturating_add(pace.rest),
            reached: score.saturating_add(steps.saturating_mul(pace.millis)),
        }
    }
}

/// `millis.points.rest`, as in names.
impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.millis, self.points, self.rest)
    }
}

impl FromStr for Pace {
    type Err = PaceError;

    fn from_str(text: &str) -> Result<Self, PaceError> {
        let numbers: Vec<i64> = text.split('.').map_while(|it| it.parse().ok()).collect();
        let pace = match numbers.as_slice() {
            [millis, points, rest] => Self::new(*millis, *points, *rest),
            _ => None,
        };
        pace.filter(|pace| pace.to_string() == text)
            .ok_or_else(|| PaceError(text.chars().take(80).collect()))
    }
}

/// The text names no pace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names no pace: allowed is milliseconds.points.rest")]
pub struct PaceError(String);

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
