//! Time slots: what callbacks of the same few minutes share their places in.
//!
//! A grid cuts the time line of a zone into slots of at most one bucket: at every local time that is a whole number of
//! buckets after midnight, and wherever the clock changes. So every instant belongs to exactly one slot, no slot starts at a
//! local time that does not exist, and a repeated hour has its slots twice. Which slot an instant belongs to depends on the
//! grid alone, never on what is asked for.

mod book;
mod place;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::service::shorten;
use crate::time::Timestamp;
use crate::zone::{MINUTE, Zone};
pub use book::{Book, Granted, HOLD, Look, MOST_PLACES, Mark, Wish};
pub use place::{LATEST, Owner, SlotId, entry, first_score, places_index};

/// A slot, by its first instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(Timestamp);

impl Slot {
    /// Its first instant.
    pub const fn start(self) -> Timestamp {
        self.0
    }
}

/// Writes when it starts, in UTC.
impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How long slots are: a number of minutes that whole days consist of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bucket(u8);

impl Bucket {
    /// All there are, in minutes.
    pub const MINUTES: [u8; 7] = [5, 10, 15, 20, 30, 60, 120];

    /// In minutes.
    pub const fn minutes(self) -> u8 {
        self.0
    }

    /// The same as a duration.
    pub const fn duration(self) -> Duration {
        Duration::from_mins(self.0 as u64)
    }
}

/// Five minutes.
impl Default for Bucket {
    fn default() -> Self {
        Self(5)
    }
}

impl FromStr for Bucket {
    type Err = BucketError;

    fn from_str(text: &str) -> Result<Self, BucketError> {
        let minutes = text.trim().parse().ok();
        let known = minutes.filter(|minutes| Self::MINUTES.contains(minutes));
        known.map(Self).ok_or_else(|| BucketError(shorten(text)))
    }
}

/// The text is no length of slots.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no length of time slots: allowed are 5, 10, 15, 20, 30, 60 and 120 minutes")]
pub struct BucketError(String);

/// How the time line of a zone falls into slots.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    zone: Zone,
    bucket: Bucket,
}

impl Grid {
    /// Slots of that length by the clock of that zone.
    pub const fn new(zone: Zone, bucket: Bucket) -> Self {
        Self { zone, bucket }
    }

    /// How long its slots are.
    pub const fn bucket(&self) -> Bucket {
        self.bucket
    }

    /// The slot that an instant belongs to.
    pub fn slot(&self, at: Timestamp) -> Slot {
        let into = self.zone.wall(at).0.rem_euclid(self.length());
        let aligned = Timestamp::from_millis(at.as_millis().saturating_sub(into));
        let stretches = self.zone.stretches(aligned, at + Duration::from_millis(1));
        Slot(
            stretches
                .iter()
                .next_back()
                .map_or(aligned, |last| last.start),
        )
    }

    /// The slots that start between two instants, in order.
    pub fn slots(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Slot> + use<> {
        let length = self.length();
        // A stretch starts with a slot, but for the first one, which is cut off anywhere.
        let stretches = self.zone.stretches(from - self.bucket.duration(), until);
        stretches
            .into_iter()
            .flat_map(move |stretch| {
                let into = stretch.wall_start().0.rem_euclid(length);
                let aligned = stretch.start.as_millis().saturating_sub(into);
                let starts =
                    (0..).map_while(move |n: i64| aligned.checked_add(n.checked_mul(length)?));
                starts
                    .map(move |start| Timestamp::from_millis(start).max(stretch.start))
                    .take_while(move |start| *start < stretch.end)
            })
            .skip_while(move |start| *start < from)
            .map(Slot)
    }

    const fn length(&self) -> i64 {
        self.bucket.0 as i64 * MINUTE
    }
}
