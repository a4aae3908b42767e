//! What is asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::service::shorten;
use crate::time::Timestamp;
use crate::zone::{Zone, ZoneError};

/// The longest time that availability is told for, in days.
pub const MAX_QUERY_DAYS: u32 = 31;
/// The longest time that office hours and capacities are told for, in days.
pub const MAX_WINDOW_DAYS: u32 = 366;
/// The most slots that are told of.
pub const MAX_SLOTS: usize = 5000;

const DAY: Duration = Duration::from_hours(24);
const TIME: &str = "a time, as 2026-11-20T12:00:00.000Z; without an offset it is local to the 'timezone', which is UTC if \
     not given";
/// Milliseconds of the year 9999.
const MAX_MILLIS: i64 = 253_370_764_800_000;

/// From one instant to another, which is not before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

/// Who asks for availability asks for this.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The time in which slots start.
    pub window: Window,
    /// How many slots to tell of at most.
    pub max_slots: usize,
    /// Whether to tell of slots without a place left.
    pub report_busy: bool,
    /// The zone in which to tell local times.
    pub zone: Option<Zone>,
}

impl Query {
    /// Reads the parameters of the first version: `start` (now), and one of `end` and `number-of-days` (1);
    /// `max-time-slots`. Others are left alone.
    ///
    /// # Errors
    /// The first parameter that is wrong, with what is allowed.
    pub fn v1(given: &BTreeMap<String, String>, now: Timestamp) -> Result<Self, QueryError> {
        let fields = Fields(given);
        let bounds = Bounds {
            start: fields.time("start", &Zone::UTC)?,
            end: fields.time("end", &Zone::UTC)?,
            days: fields.days(MAX_QUERY_DAYS)?,
        };
        Ok(Self {
            window: bounds.window(now, DAY, MAX_QUERY_DAYS)?,
            max_slots: fields.max_slots()?,
            report_busy: false,
            zone: None,
        })
    }

    /// Reads the parameters of the second version: also `start-ms` and `end-ms` in place of `start` and `end`, `timezone` and
    /// `report-busy`.
    ///
    /// # Errors
    /// The first parameter that is wrong, with what is allowed.
    pub fn v2(given: &BTreeMap<String, String>, now: Timestamp) -> Result<Self, QueryError> {
        let fields = Fields(given);
        let zone = fields.zone()?;
        let local = zone.clone().unwrap_or(Zone::UTC);
        let bounds = Bounds {
            start: either(fields.time("start", &local)?, fields.millis("start-ms")?)?,
            end: either(fields.time("end", &local)?, fields.millis("end-ms")?)?,
            days: fields.days(MAX_QUERY_DAYS)?,
        };
        Ok(Self {
            window: bounds.window(now, DAY, MAX_QUERY_DAYS)?,
            max_slots: fields.max_slots()?,
            report_busy: fields.flag("report-busy")?,
            zone,
        })
    }
}

impl Window {
    /// Reads the parameters of office hours and capacities: `start` (now), and one of `end` (the start) and
    /// `number-of-days`; `timezone`. Others are left alone.
    ///
    /// # Errors
    /// The first parameter that is wrong, with what is allowed.
    pub fn parse(given: &BTreeMap<String, String>, now: Timestamp) -> Result<Self, QueryError> {
        let fields = Fields(given);
        let zone = fields.zone()?.unwrap_or(Zone::UTC);
        let bounds = Bounds {
            start: fields.time("start", &zone)?,
            end: fields.time("end", &zone)?,
            days: fields.days(MAX_WINDOW_DAYS)?,
        };
        bounds.window(now, Duration::ZERO, MAX_WINDOW_DAYS)
    }
}

/// A parameter is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Its value is not allowed.
    #[error("'{field}' = '{value}': allowed is {allowed}")]
    Value {
        /// Which.
        field: &'static str,
        /// As written, shortened.
        value: String,
        /// What it takes.
        allowed: String,
    },
    /// There is no such time zone.
    #[error("'timezone': {0}")]
    Zone(#[from] ZoneError),
    /// Two of them say the same.
    #[error("'{one}' and '{other}' are given: allowed is one of them")]
    Both {
        /// One.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
}

/// A parameter that was given: its name, and what it says.
type Given<T> = Option<(&'static str, T)>;

/// What was given of a window.
struct Bounds {
    start: Given<Timestamp>,
    end: Given<Timestamp>,
    days: Given<u32>,
}

impl Bounds {
    fn window(self, now: Timestamp, or: Duration, most: u32) -> Result<Window, QueryError> {
        let start = self.start.map_or(now, |(_, start)| start);
        let (field, end) = match (self.end, self.days) {
            (Some((one, _)), Some((other, _))) => return Err(QueryError::Both { one, other }),
            (Some(end), None) => end,
            (None, Some((field, days))) => (field, start + DAY * days),
            (None, None) => ("end", start + or),
        };
        if end < start || end > start + DAY * most {
            return Err(QueryError::Value {
                field,
                value: end.to_string(),
                allowed: format!("at most {most} days after the start, {start}, and not before it"),
            });
        }
        Ok(Window { start, end })
    }
}

/// The parameters as they are given.
struct Fields<'a>(&'a BTreeMap<String, String>);

impl Fields<'_> {
    fn zone(&self) -> Result<Option<Zone>, QueryError> {
        let zone = self.text("timezone").map(str::parse).transpose();
        Ok(zone?)
    }

    fn time(&self, field: &'static str, zone: &Zone) -> Result<Given<Timestamp>, QueryError> {
        let read = |text: &str| {
            Timestamp::parse(text)
                .ok()
                .or_else(|| zone.local_time(text))
        };
        self.read(field, TIME, read)
    }

    fn millis(&self, field: &'static str) -> Result<Given<Timestamp>, QueryError> {
        let allowed = "milliseconds since 1970, as 1795176000000";
        self.read(field, allowed, |text| {
            let millis = text.parse().ok()?;
            (0..MAX_MILLIS)
                .contains(&millis)
                .then_some(Timestamp::from_millis(millis))
        })
    }

    fn days(&self, most: u32) -> Result<Given<u32>, QueryError> {
        let allowed = format!("a number from 1 to {most}");
        self.read("number-of-days", &allowed, |text| {
            text.parse().ok().filter(|days| (1..=most).contains(days))
        })
    }

    fn max_slots(&self) -> Result<usize, QueryError> {
        let allowed = format!("a number from 1 to {MAX_SLOTS}");
        let given = self.read("max-time-slots", &allowed, |text| {
            text.parse()
                .ok()
                .filter(|most| (1..=MAX_SLOTS).contains(most))
        })?;
        Ok(given.map_or(MAX_SLOTS, |(_, most)| most))
    }

    fn flag(&self, field: &'static str) -> Result<bool, QueryError> {
        let given = self.read(field, "true or false", |text| text.parse().ok())?;
        Ok(given.is_some_and(|(_, set)| set))
    }

    fn read<T>(
        &self,
        field: &'static str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Given<T>, QueryError> {
        let Some(text) = self.text(field) else {
            return Ok(None);
        };
        match read(text) {
            Some(value) => Ok(Some((field, value))),
            None => Err(QueryError::Value {
                field,
                value: shorten(text),
                allowed: allowed.to_owned(),
            }),
        }
    }

    /// What is given under that name, unless it is blank.
    fn text(&self, field: &str) -> Option<&str> {
        let text = self.0.get(field)?.trim();
        (!text.is_empty()).then_some(text)
    }
}

fn either<T>(one: Given<T>, other: Given<T>) -> Result<Given<T>, QueryError> {
    match (one, other) {
        (Some((one, _)), Some((other, _))) => Err(QueryError::Both { one, other }),
        (one, other) => Ok(one.or(other)),
    }
}
