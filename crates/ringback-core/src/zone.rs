//! Time zones, and what their clocks show.
//!
//! Two facts carry everything that deals with local time here. A zone's time line falls into *stretches* of one offset, so
//! local time is plain arithmetic inside a stretch and a zone is asked once for each of them, not once for each instant.
//! And a span of local time stands for all instants from the first to the last at which the wall clock shows it, so it
//! starts after a gap that swallows its start, holds a repeated hour twice, and is nothing if a gap swallows all of it.

mod stretch;
#[cfg(test)]
pub(crate) mod tests;
mod wall;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::nearest::{nearest, offer};
use crate::service::shorten;
use crate::time::Timestamp;
pub(crate) use stretch::Stretches;
pub(crate) use wall::{DAY, Day, MINUTE, MINUTES_A_DAY, Wall};

/// Milliseconds of an hour.
const HOUR: i64 = 60 * MINUTE;

/// A time zone by its IANA name. The database is part of the program, so a zone means the same on every machine.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the wall clock shows, as ISO 8601 without an offset: `yyyy-MM-ddTHH:mm:ss.SSS`.
    pub fn local_text(&self, at: Timestamp) -> String {
        format!("{:.3}", self.0.to_datetime(instant(at)))
    }

    /// The first instant at which the wall clock shows `local` (ISO 8601 without an offset) or has gone past it.
    pub fn local_time(&self, local: &str) -> Option<Timestamp> {
        // What jiff would read and leave out: the zone it is said to be in.
        let local: jiff::civil::DateTime = (!local.contains('[')).then(|| local.parse().ok())??;
        let utc = TimeZone::UTC.to_timestamp(local).ok()?.as_millisecond();
        let (from, until) = (utc - 2 * DAY, utc + 2 * DAY);
        self.stretches(Timestamp::from_millis(from), Timestamp::from_millis(until))
            .first(Wall(utc))
    }

    /// The calendar day that an instant is in: from the first instant of its date to that of the next date.
    pub fn day(&self, at: Timestamp) -> Range<Timestamp> {
        let margin = 3 * DAY;
        let (from, until) = (at.as_millis() - margin, at.as_millis() + margin);
        let stretches = self.stretches(Timestamp::from_millis(from), Timestamp::from_millis(until));
        let shown = self.wall(at).day();
        let begins = |day: Day| stretches.first(day.at(0));
        let days =
            [-1, 0, 1].map(|step| Some(begins(shown.plus(step))?..begins(shown.plus(step + 1))?));
        let mut days = days.into_iter().flatten();
        days.find(|day| day.contains(&at)).unwrap_or(at..at)
    }

    /// The hour of the wall clock that an instant is in. An hour that the clock shows twice is two of them, and one in which
    /// the clock changes ends or begins there.
    pub fn hour(&self, at: Timestamp) -> Range<Timestamp> {
        let (from, until) = (at.as_millis() - HOUR, at.as_millis() + HOUR);
        let stretches = self.stretches(Timestamp::from_millis(from), Timestamp::from_millis(until));
        let passed = self.wall(at).0.rem_euclid(HOUR);
        let start = Timestamp::from_millis(at.as_millis() - passed);
        let hour = start..Timestamp::from_millis(start.as_millis() + HOUR);
        let stretch = stretches.iter().find(|it| (it.start..it.end).contains(&at));
        stretch.map_or(hour.clone(), |it| {
            hour.start.max(it.start)..hour.end.min(it.end)
        })
    }

    /// What the wall clock shows.
    pub(crate) fn wall(&self, at: Timestamp) -> Wall {
        Wall(at.as_millis().saturating_add(self.offset(at)))
    }

    /// The stretches of one offset between two instants.
    pub(crate) fn stretches(&self, from: Timestamp, until: Timestamp) -> Stretches {
        let changes = self.0.following(instant(from)).map(|change| {
            let at = Timestamp::from_millis(change.timestamp().as_millisecond());
            (at, i64::from(change.offset().seconds()) * 1000)
        });
        Stretches::new(from, until, self.offset(from), changes)
    }

    fn offset(&self, at: Timestamp) -> i64 {
        i64::from(self.0.to_offset(instant(at)).seconds()) * 1000
    }
}

/// Finds a zone by its IANA name, in any case.
impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, ZoneError> {
        let zones = TimeZoneDatabase::bundled();
        let found = zones
            .get(name.trim())
            .ok()
            .filter(|zone| !zone.is_unknown());
        found.map(Self).ok_or_else(|| {
            let names: Vec<_> = zones.available().collect();
            ZoneError {
                name: shorten(name),
                nearest: nearest(name, names.iter().map(|name| name.as_str())).map(str::to_owned),
            }
        })
    }
}

/// Shows its name.
impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

/// There is no such time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{name}' is no time zone: allowed are IANA names, as Europe/Paris{}", offer(nearest.as_deref()))]
pub struct ZoneError {
    /// As written, shortened.
    pub name: String,
    /// The name that looks most like it, if one is close.
    pub nearest: Option<String>,
}

/// The nearest instant that the database reaches.
fn instant(at: Timestamp) -> jiff::Timestamp {
    match jiff::Timestamp::from_millisecond(at.as_millis()) {
        Ok(instant) => instant,
        Err(_) if at.as_millis() < 0 => jiff::Timestamp::MIN,
        Err(_) => jiff::Timestamp::MAX,
    }
}
