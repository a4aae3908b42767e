//! Office hours: when somebody is there.
//!
//! | option | value |
//! |---|---|
//! | `_timezone` | an IANA time zone; UTC without |
//! | `_bh_regularN` | every week: `Mon-Fri 08:00-20:00`, `Sat 10:00-14:00`, `Mon,Wed-Thu 9:00-12:00`, `Fri-Sat 22:00-02:00` |
//! | `_bh_addN` | at a date, also: `07-14 12:00-14:30` every year, `2026-07-14 12:00-14:30` once |
//! | `_holidayN` | a date without regular hours: `12-25` every year, `2026-12-25` once |
//!
//! `N` is any number. Hours that end before they begin end on the next day and belong to the day they begin: `Fri
//! 22:00-02:00` ends on Saturday. On a holiday no regular hours begin, and those of the day before end at midnight;
//! `_bh_add` opens a part of it, or of any day, whatever else is said.
//!
//! Hours are what wall clocks show. When clocks change, a period begins at the first instant at which the clock shows its
//! hours and ends at the last: nothing is open in the hour that is left out, a repeated hour is open both times.

mod json;
mod parse;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::time::Timestamp;
use crate::timetable::{Dated, Hours, MAX_DAYS, Mistakes};
use crate::zone::{Day, Wall, Zone};

const DAY: Duration = Duration::from_hours(24);

/// How many days around an instant have hours that can hold it: hours last up to two days, and a zone that changes sides of
/// the date line repeats one or leaves one out.
const AROUND: i64 = 3;

/// Hours at which somebody is there, week by week, with exceptions at dates.
#[derive(Clone, Debug, PartialEq)]
pub struct OfficeHours {
    name: String,
    zone: Zone,
    regular: [Vec<Hours>; 7],
    added: Dated<Vec<Hours>>,
    holidays: Dated<()>,
}

/// A time without interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl OfficeHours {
    /// Reads office hours from their options as text.
    ///
    /// # Errors
    /// Every mistake at once, with what is allowed.
    pub fn parse(name: &str, given: &BTreeMap<String, String>) -> Result<Self, Mistakes> {
        parse::read(name, given)
    }

    /// Their name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where their wall clock hangs.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The open periods between two instants: in order, as long as they can be, and none beyond the two. No more than
    /// [`MAX_DAYS`] days are looked at.
    pub fn periods(&self, from: Timestamp, until: Timestamp) -> Vec<Period> {
        let until = until.min(from + DAY * MAX_DAYS as u32);
        if until <= from {
            return Vec::new();
        }
        let margin = DAY * (AROUND as u32 + 1);
        let stretches = self.zone.stretches(from - margin, until + margin);
        let first = self.zone.wall(from).day().plus(-AROUND);
        let last = self.zone.wall(until).day().plus(AROUND);
        let mut periods: Vec<_> = first
            .to(last)
            .flat_map(|day| self.hours(day))
            .filter_map(|(begin, end)| stretches.span(begin, end))
            .map(|span| Period {
                start: span.start.max(from),
                end: span.end.min(until),
            })
            .filter(|period| period.start < period.end)
            .collect();
        periods.sort_unstable();
        merge(periods)
    }

    /// Whether somebody is there.
    pub fn is_open(&self, at: Timestamp) -> bool {
        !self.periods(at, at + Duration::from_millis(1)).is_empty()
    }

    /// The first instant, not before `at`, at which somebody is there. `None` if that is more than [`MAX_DAYS`] days away.
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        [1, 8, 64, MAX_DAYS as u32]
            .into_iter()
            .find_map(|days| Some(self.periods(at, at + DAY * days).first()?.start))
    }

    /// The hours that begin on a day, as spans of the wall clock.
    fn hours(&self, day: Day) -> impl Iterator<Item = (Wall, Wall)> {
        let added = self.added.of(day).flatten().copied();
        let regular = if self.is_holiday(day) {
            &[][..]
        } else {
            &self.regular[day.weekday()]
        };
        let regular = regular.iter().map(move |hours| {
            if hours.until > hours.until_midnight().until && self.is_holiday(day.plus(1)) {
                hours.until_midnight()
            } else {
                *hours
            }
        });
        regular
            .chain(added)
            .map(move |hours| (day.at(hours.from), day.at(hours.until)))
    }

    fn is_holiday(&self, day: Day) -> bool {
        self.holidays.of(day).next().is_some()
    }
}

/// The same periods, those that touch as one. They come in order of their starts.
fn merge(periods: Vec<Period>) -> Vec<Period> {
    let mut merged: Vec<Period> = Vec::with_capacity(periods.len());
    for next in periods {
        match merged.last_mut() {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => merged.push(next),
        }
    }
    merged
}
