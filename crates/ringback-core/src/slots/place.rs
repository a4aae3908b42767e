//! Where the places of a slot are written down.
//!
//! One document a slot, `{owner}/{start in seconds}`, and one index for each owner, `places:{owner}`, that lists them with
//! the score `start in seconds * 2^20 + places taken`. So one look at the index tells what is taken of every slot from a
//! time on. Whole scores reach to 2^53, which leaves 2^33 seconds: until the year 2242.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Slot;
use crate::ids::ServiceName;
use crate::key::{IndexName, Key, Kind};
use crate::time::Timestamp;

/// How many bits of a score count places.
const PLACES: u32 = 20;

/// The last time that can be booked.
pub const LATEST: Timestamp = Timestamp::from_millis(((1 << 33) - 1) * 1000);

/// Whose places they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// A capacity's: all services that name it share them.
    Capacity(&'a str),
    /// A service's own.
    Service(&'a ServiceName),
}

/// As it stands in keys; a capacity is never taken for the service of the same name.
impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capacity(name) => write!(f, "@{name}"),
            Self::Service(name) => write!(f, "{name}"),
        }
    }
}

/// The slot of an owner: `{owner}/{start in seconds}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotId(String);

impl SlotId {
    /// That slot of that owner.
    pub fn new(owner: Owner<'_>, slot: Slot) -> Self {
        Self(format!("{owner}/{}", slot.start().as_secs()))
    }

    /// As the id of a document has it.
    pub fn from_id(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Slot, self.0.as_str())
    }

    /// Where its document is listed, and under which score when so many places are taken.
    pub fn listing(&self, taken: usize) -> (IndexName, i64) {
        let (owner, secs) = self.parts();
        let taken = i64::try_from(taken).unwrap_or(i64::MAX);
        let score = (secs << PLACES) | taken.min((1 << PLACES) - 1);
        (IndexName::new("places", owner), score)
    }

    /// When the slot starts.
    pub fn start(&self) -> Timestamp {
        Timestamp::from_millis(self.parts().1.saturating_mul(1000))
    }

    fn parts(&self) -> (&str, i64) {
        let (owner, secs) = self.0.rsplit_once('/').unwrap_or((&self.0, ""));
        (owner, secs.parse().unwrap_or(0))
    }
}

/// Writes the owner and the start.
impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The index of the slots of an owner in which places are taken, or were.
pub fn places_index(owner: Owner<'_>) -> IndexName {
    IndexName::new("places", &owner.to_string())
}

/// The lowest score of slots that start then or later.
pub const fn first_score(start: Timestamp) -> i64 {
    start.as_secs() << PLACES
}

/// What a score of that index tells: when the slot starts, and how many places are taken.
pub fn entry(score: i64) -> (Timestamp, u32) {
    let taken = u32::try_from(score & ((1 << PLACES) - 1)).unwrap_or(u32::MAX);
    let start = (score >> PLACES).saturating_mul(1000);
    (Timestamp::from_millis(start), taken)
}
