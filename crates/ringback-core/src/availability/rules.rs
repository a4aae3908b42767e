//! Which times a callback may be wished for.

use super::OpenSlot;
use crate::calendar::{OfficeHours, Period};
use crate::capacity::Capacity;
use crate::slots::{Bucket, Grid, MOST_PLACES, Slot};
use crate::time::Timestamp;
use crate::zone::Zone;

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
    /// Now: no slot is offered that has started before.
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
        Ok(OpenSlot { slot, total })
    }

    /// The slots that start between two instants when somebody is there, with places, in order.
    pub(super) fn open_slots(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = OpenSlot> + use<'a> {
        let always = vec![Period {
            start: from,
            end: until,
        }];
        let open = self
            .hours
            .map_or(always, |hours| hours.periods(from, until));
        let (grid, places) = (self.grid(), self.places);
        let mut capacity = self
            .capacity
            .map(|capacity| capacity.periods(from, until).into_iter().peekable());
        open.into_iter()
            .flat_map(move |period| grid.slots(period.start, period.end))
            .map(move |slot| {
                let total = capacity.as_mut().map_or(places, |periods| {
                    while periods
                        .next_if(|period| period.end <= slot.start())
                        .is_some()
                    {}
                    periods.peek().map_or(0, |period| period.places)
                });
                let total = total.min(MOST_PLACES);
                OpenSlot { slot, total }
            })
            .filter(|open| open.total > 0)
    }

    fn total(&self, slot: Slot) -> u32 {
        let places = |capacity: &Capacity| capacity.places(slot.start());
        self.capacity.map_or(self.places, places).min(MOST_PLACES)
    }
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
