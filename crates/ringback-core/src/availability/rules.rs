//! Which times a callback may be wished for.

use std::time::Duration;

use super::OpenSlot;
use crate::calendar::{OfficeHours, Period};
use crate::capacity::Capacity;
use crate::slots::{Bucket, Grid, MOST_PLACES, Slot};
use crate::time::Timestamp;
use crate::zone::{MINUTE, Zone};

/// What a service says of the times it can be booked for.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// How long its slots are: `_request_time_bucket`.
    pub bucket: Bucket,
    /// The places of a slot without a capacity: `_max_request_by_time_bucket`.
    pub places: u32,
    /// When somebody is there; always, if it does not say.
    pub hours: Option<&'a OfficeHours>,
    /// The places of its slots.
    pub capacity: Option<&'a Capacity>,
    /// Now: of a slot that has begun, what is left is offered.
    pub earliest: Timestamp,
    /// The last time that can be booked: now and `_reject_future_desired_time`.
    pub latest: Timestamp,
}

impl<'a> Rules<'a> {
    /// How time falls into slots: by the clock of the office hours, else of the capacity, else in UTC.
    pub fn grid(&self) -> Grid {
        let hours = self.hours.map(OfficeHours::zone);
        let zone = hours.or(self.capacity.map(Capacity::zone));
        Grid::new(zone.cloned().unwrap_or(Zone::UTC), self.bucket)
    }

    /// The slot that a wished time belongs to, if it can be wished for at all. Whether a place is left is not looked at.
    ///
    /// # Errors
    /// When it is too far ahead, when nobody is there, or when its slot has no places.
    pub fn admit(&self, at: Timestamp) -> Result<OpenSlot, Refusal> {
        let latest = self.latest;
        if at > latest {
            return Err(Refusal::TooFar { at, latest });
        }
        if let Some(hours) = self.hours.filter(|hours| !hours.is_open(at)) {
            return Err(Refusal::Closed {
                at,
                hours: hours.name().to_owned(),
                opens: hours.next_opening(at),
            });
        }
        let slot = self.grid().slot(at);
        let total = self.total(slot);
        if total == 0 {
            return Err(Refusal::NoPlaces { at });
        }
        Ok(OpenSlot {
            slot,
            from: at,
            total,
        })
    }

    /// The slots that somebody is there for, from a time between two instants on, with places, in order. However short the
    /// office is open, it is open in the slots that it is open in.
    pub(super) fn open_slots(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = OpenSlot> + use<'a> {
        let grid = self.grid();
        let first = grid.slot(from).start();
        let always = vec![Period {
            start: first,
            end: until,
        }];
        let open = self
            .hours
            .map_or(always, |hours| hours.periods(first, until));
        let (earliest, places) = (self.earliest, self.places);
        let mut capacity = self
            .capacity
            .map(|capacity| capacity.periods(first, until).into_iter().peekable());
        let mut last = None;
        open.into_iter()
            .flat_map(move |period| slots_of(&grid, period, earliest))
            // The office may close and open again within one slot.
            .filter(move |(slot, _)| last.replace(*slot) != Some(*slot))
            .filter(move |(_, at)| (from..until).contains(at))
            .map(move |(slot, from)| {
                let total = capacity.as_mut().map_or(places, |periods| {
                    while periods
                        .next_if(|period| period.end <= slot.start())
                        .is_some()
                    {}
                    periods.peek().map_or(0, |period| period.places)
                });
                let total = total.min(MOST_PLACES);
                OpenSlot { slot, from, total }
            })
            .filter(|open| open.total > 0)
    }

    fn total(&self, slot: Slot) -> u32 {
        let places = |capacity: &Capacity| capacity.places(slot.start());
        self.capacity.map_or(self.places, places).min(MOST_PLACES)
    }
}

/// The slots that an open period has a part in, each with the first time of that part which is not over, on a whole minute
/// if there is one: whoever is told of it needs a moment to answer.
fn slots_of(
    grid: &Grid,
    period: Period,
    earliest: Timestamp,
) -> impl Iterator<Item = (Slot, Timestamp)> + use<> {
    let grid = grid.clone();
    let open = period.start.max(earliest);
    let first = grid.slot(open).start();
    let slots: Vec<_> = if open < period.end {
        grid.slots(first, period.end).collect()
    } else {
        Vec::new()
    };
    slots.into_iter().map(move |slot| {
        let at = slot.start().max(open);
        let into = at.as_millis().rem_euclid(MINUTE);
        let minute = at + Duration::from_millis((MINUTE - into).unsigned_abs());
        let is_there = into > 0 && minute < period.end && grid.slot(minute) == slot;
        (slot, if is_there { minute } else { at })
    })
}

/// Why a time cannot be booked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is too far ahead.
    #[error("{at} is too far ahead: allowed are times up to {latest}")]
    TooFar {
        /// The wished time.
        at: Timestamp,
        /// The last one that can be booked.
        latest: Timestamp,
    },
    /// Nobody is there.
    #[error("{at} is outside the office hours '{hours}'{}", opening(*opens))]
    Closed {
        /// The wished time.
        at: Timestamp,
        /// Which hours.
        hours: String,
        /// When they begin next.
        opens: Option<Timestamp>,
    },
    /// The capacity has no places then.
    #[error("{at} is in a time slot that takes no callbacks")]
    NoPlaces {
        /// The wished time.
        at: Timestamp,
    },
    /// All places are taken.
    #[error("{at} is in a time slot that is full: all {total} places are taken")]
    Full {
        /// The wished time.
        at: Timestamp,
        /// The places of its slot.
        total: u32,
    },
}

fn opening(opens: Option<Timestamp>) -> String {
    opens.map_or_else(
        || ", which do not begin again".to_owned(),
        |at| format!(", which begin next at {at}"),
    )
}
