//! What a wall clock shows, and calendar days, as plain numbers.

use jiff::civil::Date;
use jiff::tz::Offset;

use super::instant;
use crate::time::Timestamp;

/// Milliseconds of a minute.
pub const MINUTE: i64 = 60_000;
/// Milliseconds of a day without changes of the clock.
pub const DAY: i64 = 86_400_000;
/// Minutes of a day without changes of the clock.
pub const MINUTES_A_DAY: u16 = 1440;

/// What a wall clock shows: milliseconds since its own 1970-01-01T00:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wall(pub i64);

impl Wall {
    /// The day it shows.
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(DAY))
    }

    /// How long its day has lasted, in milliseconds.
    pub const fn time_of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }
}

/// A calendar day: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

impl Day {
    /// That day.
    pub fn of(date: Date) -> Self {
        let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0));
        Self(midnight.map_or(0, |midnight| midnight.as_second().div_euclid(86_400)))
    }

    /// So many days later.
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// From this day to `last`.
    pub fn to(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }

    /// What the clock shows so many minutes after midnight.
    pub const fn at(self, minutes: u16) -> Wall {
        Wall(
            self.0
                .saturating_mul(DAY)
                .saturating_add(minutes as i64 * MINUTE),
        )
    }

    /// The day of the week, counted from Monday, which is 0.
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// The month, and the day of the month.
    pub fn month_day(self) -> (i8, i8) {
        let midnight = Timestamp::from_millis(self.at(0).0);
        let date = Offset::UTC.to_datetime(instant(midnight)).date();
        (date.month(), date.day())
    }
}
