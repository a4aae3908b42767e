//! Who has the places of a slot.
//!
//! A callback and its slot are documents of different shards, so no commit covers both. Who is about to change a callback
//! so that it gets a place or loses one first writes a *mark* behind its name in the slot's book, then changes the
//! callback, and then, if a place was left, takes the name out. If it dies in between, the mark is left; when that is
//! older than [`HOLD`], the slot's alarm asks the callback whether the place is its own, and keeps or frees it. So a
//! marked place is never given to somebody else, and what was marked and not taken out is found out later.
//!
//! | | nobody's | kept | marked |
//! |---|---|---|---|
//! | take | marked, if a place is free | marked | marked anew |
//! | doubt (about to be left) | nothing | marked | marked anew |
//! | give back with its mark | nothing | marked anew: it was asked about meanwhile | free; stays with another mark |
//! | alarm, mark older than [`HOLD`] | | | kept if the callback says so, else free |
//!
//! Who marks must be done well within [`HOLD`], or not at all.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SlotId;
use crate::ids::CallbackId;
use crate::time::Timestamp;

/// How long a mark is left alone.
pub const HOLD: Duration = Duration::from_secs(60);

/// The most places of a slot, whatever its options say: its book is one document.
pub const MOST_PLACES: u32 = 16_384;

/// How long after its start a slot is forgotten. The longest slot takes two hours, and a callback is not late for ever.
const AFTERLIFE: Duration = Duration::from_hours(6);

/// The layout of stored books.
const SCHEMA: u8 = 1;

/// Who has the places of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// The layout.
    #[serde(rename = "v", deserialize_with = "known_schema")]
    schema: u8,
    /// Those who said so when they were asked.
    #[serde(rename = "in", default, skip_serializing_if = "BTreeSet::is_empty")]
    kept: BTreeSet<CallbackId>,
    /// Those who are about to get a place or to leave it.
    #[serde(rename = "mk", default, skip_serializing_if = "BTreeMap::is_empty")]
    marked: BTreeMap<CallbackId, Mark>,
}

/// What has become of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The mark that was set, or taken out.
    pub mark: Mark,
    /// Whether it had no place before.
    pub is_new: bool,
}

/// When somebody began to change a callback. No two changes of one callback have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(Timestamp);

/// What a callback wants of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// One of so many places; whoever has one keeps it, also when there are fewer than before.
    Take(u32),
    /// To leave its place soon.
    Doubt,
    /// To have left the place that it doubted with this mark.
    GiveBack(Mark),
}

/// What the alarm of a slot is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing yet.
    TooEarly,
    /// These are to be asked whether they have a place here: see [`Book::settle`].
    Ask(Vec<CallbackId>),
    /// The slot is over, and its document goes.
    Over,
}

/// Nobody has a place.
impl Default for Book {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            kept: BTreeSet::new(),
            marked: BTreeMap::new(),
        }
    }
}

impl Book {
    /// How many places are taken.
    pub fn taken(&self) -> usize {
        self.kept.len() + self.marked.len()
    }

    /// Whether it has a place, or may have one.
    pub fn has(&self, holder: &CallbackId) -> bool {
        self.kept.contains(holder) || self.marked.contains_key(holder)
    }

    /// Does what a callback wants. `None` if the book stays as it is: a place that is wanted is not to be had, and one that
    /// is to be left is not its own.
    pub fn grant(&mut self, wish: Wish, holder: &CallbackId, now: Timestamp) -> Option<Granted> {
        let is_new = !self.has(holder);
        let is_granted = match wish {
            Wish::Take(total) => !is_new || self.taken() < most(total),
            Wish::Doubt => !is_new,
            Wish::GiveBack(mark) if self.marked.get(holder) == Some(&mark) => {
                self.marked.remove(holder);
                return Some(Granted { mark, is_new });
            }
            Wish::GiveBack(_) => self.kept.contains(holder),
        };
        is_granted.then(|| Granted {
            mark: self.mark(holder, now),
            is_new,
        })
    }

    /// What there is to do at this time.
    pub fn look(&self, slot: &SlotId, now: Timestamp) -> Look {
        if now >= over(slot) {
            return Look::Over;
        }
        let due = self.marked.iter().filter(|(_, mark)| mark.judged() <= now);
        let asked: Vec<_> = due.map(|(holder, _)| holder.clone()).collect();
        if asked.is_empty() {
            return Look::TooEarly;
        }
        Look::Ask(asked)
    }

    /// Those who were asked keep their place if they said that it is theirs; the places of the others are free.
    pub fn settle(&mut self, asked: &[CallbackId], is_holder: impl Fn(&CallbackId) -> bool) {
        for holder in asked {
            if self.marked.remove(holder).is_some() && is_holder(holder) {
                self.kept.insert(holder.clone());
            }
        }
    }

    /// When somebody must look at it if nothing happens before.
    pub fn alarm(&self, slot: &SlotId) -> Timestamp {
        let first = self.marked.values().min();
        first.map_or(over(slot), |mark| mark.judged().min(over(slot)))
    }

    fn mark(&mut self, holder: &CallbackId, now: Timestamp) -> Mark {
        let before = self.marked.get(holder);
        let after = before.map_or(now, |mark| mark.0 + Duration::from_millis(1));
        let mark = Mark(now.max(after));
        self.kept.remove(holder);
        self.marked.insert(holder.clone(), mark);
        mark
    }
}

impl Mark {
    fn judged(self) -> Timestamp {
        self.0 + HOLD
    }
}

fn most(total: u32) -> usize {
    usize::try_from(total.min(MOST_PLACES)).unwrap_or(usize::MAX)
}

fn over(slot: &SlotId) -> Timestamp {
    slot.start() + AFTERLIFE
}

/// A book of another layout is not guessed at.
fn known_schema<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u8::deserialize(deserializer)? {
        SCHEMA => Ok(SCHEMA),
        other => Err(serde::de::Error::custom(format!(
            "layout {other} of a slot's book is unknown: allowed is {SCHEMA}"
        ))),
    }
}
