//! Availability: which time slots can still be had.
//!
//! Decided in two steps, with a look at the store between them: [`slots_to_ask`] tells which slots are open at all, the
//! caller finds out how many places of each are taken, and [`answer`] tells what is left. A time that is refused gets
//! [`proposals`] the same way, from the slots of [`slots_around`].

mod around;
mod json;
mod query;
mod rules;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use around::{proposals, slots_around};
pub use json::{v1_json, v2_json};
pub use query::{MAX_QUERY_DAYS, MAX_SLOTS, MAX_WINDOW_DAYS, Query, QueryError, Window};
pub use rules::{Refusal, Rules};

use crate::slots::Slot;
use crate::time::Timestamp;

/// A slot that is open, taken or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSlot {
    /// Which.
    pub slot: Slot,
    /// The first time in it that can be booked: its start, unless it has begun, or the office opens later.
    pub from: Timestamp,
    /// All its places: at least one.
    pub total: u32,
}

/// A slot and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotView {
    /// Which.
    pub slot: Slot,
    /// The first time in it that can be booked.
    pub from: Timestamp,
    /// The places that are left.
    pub free: u32,
    /// All its places.
    pub total: u32,
}

impl OpenSlot {
    /// What is left when so many places are taken.
    pub const fn view(self, booked: u32) -> SlotView {
        SlotView {
            slot: self.slot,
            from: self.from,
            free: self.total.saturating_sub(booked),
            total: self.total,
        }
    }
}

/// The open slots that can be booked from a time on that is asked for, in order: at most [`MAX_SLOTS`]. Who asks for less than
/// one slot is told of the next one.
pub fn slots_to_ask(query: &Query, rules: &Rules<'_>) -> Vec<OpenSlot> {
    let Window { start, end } = query.window;
    let from = start.max(rules.earliest);
    let until = end
        .max(start + rules.bucket.duration())
        .min(rules.latest + Duration::from_millis(1));
    let most = if query.report_busy {
        query.max_slots
    } else {
        MAX_SLOTS
    };
    rules.open_slots(from, until).take(most).collect()
}

/// What is left of the slots that were asked for. `booked` tells how many places of a slot are taken.
pub fn answer(query: &Query, asked: &[OpenSlot], booked: impl Fn(Slot) -> u32) -> Vec<SlotView> {
    asked
        .iter()
        .map(|open| open.view(booked(open.slot)))
        .filter(|view| view.free > 0 || query.report_busy)
        .take(query.max_slots)
        .collect()
}
