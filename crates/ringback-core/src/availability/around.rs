//! Slots to take instead of a refused one.

use std::time::Duration;

use super::{OpenSlot, Rules, SlotView};
use crate::slots::Slot;
use crate::time::Timestamp;

/// How many slots are looked at, earlier and later ones each.
const EACH_SIDE: usize = 100;

/// How far they are looked for, in days, until there are enough.
const REACH: [u32; 3] = [1, 7, 31];

/// The open slots around a time, nearest first: at most two hundred, from 31 days before it to 31 days after.
pub fn slots_around(at: Timestamp, rules: &Rules<'_>) -> Vec<OpenSlot> {
    let middle = at.min(rules.latest).max(rules.earliest);
    let mut slots = before(middle, rules);
    slots.extend(after(middle, rules));
    slots.sort_by_key(|open| open.from.as_millis().abs_diff(at.as_millis()));
    slots
}

/// The nearest of these that have a place left, `count` of them, in order of time. `booked` tells how many places of a slot
/// are taken.
pub fn proposals(around: &[OpenSlot], booked: impl Fn(Slot) -> u32, count: usize) -> Vec<SlotView> {
    let mut free: Vec<_> = around
        .iter()
        .map(|open| open.view(booked(open.slot)))
        .filter(|view| view.free > 0)
        .take(count)
        .collect();
    free.sort_unstable_by_key(|view| view.slot);
    free
}

fn before(middle: Timestamp, rules: &Rules<'_>) -> Vec<OpenSlot> {
    look(|reach| {
        let from = (middle - reach).max(rules.earliest);
        let mut slots: Vec<_> = rules.open_slots(from, middle).collect();
        slots.split_off(slots.len().saturating_sub(EACH_SIDE))
    })
}

fn after(middle: Timestamp, rules: &Rules<'_>) -> Vec<OpenSlot> {
    look(|reach| {
        let until = (middle + reach).min(rules.latest + Duration::from_millis(1));
        rules.open_slots(middle, until).take(EACH_SIDE).collect()
    })
}

/// What is found within reach, the shortest that has enough.
fn look(found: impl Fn(Duration) -> Vec<OpenSlot>) -> Vec<OpenSlot> {
    let mut slots = Vec::new();
    for days in REACH {
        slots = found(Duration::from_hours(24) * days);
        if slots.len() == EACH_SIDE {
            break;
        }
    }
    slots
}
