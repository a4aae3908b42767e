//! Capacities: how many callbacks a time slot takes.
//!
//! | option | value |
//! |---|---|
//! | `_timezone` | an IANA time zone; UTC without |
//! | `_capacity` | every day: `{"0000":0,"0830":10,"1800":2}`, the places of a slot from each of these times on |
//! | `_capacity_1` … `_capacity_7` | the same for a day of the week, in place of `_capacity`: 1 is Sunday, 7 is Saturday |
//! | `_capacity_addN` | the same at a date, in place of both: `2026-12-24 {"0000":0}` once, `12-24 {"0000":0}` every year |
//!
//! There are no places before the first time of a day, and none on a day that no option speaks of. A date of one year goes
//! before a date of every year. `_capacity` may also be a list of names, as `[Mon, Tue, Wed, Thu, Fri, Sat, Sun]`: these are
//! then the days that 1 to 7 stand for. Times are what wall clocks show, so a repeated hour has its places both times.

mod json;
mod parse;
mod plan;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::time::Timestamp;
use crate::timetable::{Dated, MAX_DAYS, Mistakes};
use crate::zone::{Day, Zone};
use plan::Plan;

const DAY: Duration = Duration::from_hours(24);

/// How many callbacks a slot takes, week by week, with exceptions at dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    name: String,
    zone: Zone,
    weekdays: [Plan; 7],
    exceptions: Dated<Plan>,
}

/// A time in which every slot has as many places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CapacityPeriod {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The places of a slot that starts in it.
    pub places: u32,
}

impl Capacity {
    /// Reads a capacity from its options as text.
    ///
    /// # Errors
    /// Every mistake at once, with what is allowed.
    pub fn parse(name: &str, given: &BTreeMap<String, String>) -> Result<Self, Mistakes> {
        parse::read(name, given)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its wall clock hangs.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The places of a slot that starts then.
    pub fn places(&self, at: Timestamp) -> u32 {
        let wall = self.zone.wall(at);
        self.plan(wall.day()).places(wall.time_of_day())
    }

    /// The time between two instants, cut where the places change. No more than [`MAX_DAYS`] days are looked at.
    pub fn periods(&self, from: Timestamp, until: Timestamp) -> Vec<CapacityPeriod> {
        let until = until.min(from + DAY * MAX_DAYS as u32);
        let mut periods: Vec<CapacityPeriod> = Vec::new();
        for stretch in self.zone.stretches(from, until) {
            let days = stretch.wall_start().day().to(stretch.wall_end().day());
            let steps = days.flat_map(|day| {
                let plan = self.plan(day);
                plan.steps()
                    .map(move |(minute, places)| (day.at(minute), places))
            });
            for (wall, places) in steps {
                let start = stretch.when(wall).max(stretch.start);
                if start < stretch.end {
                    put(&mut periods, start, until, places);
                }
            }
        }
        periods
    }

    fn plan(&self, day: Day) -> &Plan {
        let exception = self.exceptions.of(day).next();
        exception.unwrap_or(&self.weekdays[day.weekday()])
    }
}

/// From `start` on there are `places`, whatever was said of that time before.
fn put(periods: &mut Vec<CapacityPeriod>, start: Timestamp, end: Timestamp, places: u32) {
    while periods.pop_if(|last| last.start >= start).is_some() {}
    match periods.last_mut() {
        Some(last) if last.places == places => last.end = end,
        last => {
            if let Some(last) = last {
                last.end = start;
            }
            periods.push(CapacityPeriod { start, end, places });
        }
    }
}
