//! What a switch reports of a virtual queue: the calls that wait there, and the agents who serve it.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::key::{IndexName, Key, Kind};
use crate::time::Timestamp;

/// How long a report counts. A switch reports again before that, or the queue is estimated without it.
pub const LIFETIME: Duration = Duration::from_secs(120);
/// The longest name of a queue that is reported on.
pub const LONGEST_QUEUE: usize = 128;

/// The most calls or agents.
const MOST: u64 = 1_000_000;
/// The longest handle time in seconds.
const LONGEST_HANDLE: u64 = 86_400;

/// A report on one virtual queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveReport {
    /// Calls that wait in the queue.
    pub waiting: u64,
    /// Agents of the queue that are ready, if that is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<u64>,
    /// Agents of the queue that are busy, if that is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<u64>,
    /// Mean handle time in seconds, if that is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle_time: Option<u64>,
    /// When it came.
    pub at: Timestamp,
}

/// What is wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// It lacks what every report has.
    #[error("'waiting' is missing: how many live calls wait in the queue, from 0 to {MOST}")]
    Missing,
    /// A value that is none.
    #[error("'{field}' is {found}: allowed is a whole number from {least} to {most}")]
    Value {
        /// The field.
        field: &'static str,
        /// What it says.
        found: String,
        /// The least that is allowed.
        least: u64,
        /// The most that is allowed.
        most: u64,
    },
    /// A field that no report has.
    #[error("'{0}' is unknown: allowed are waiting, ready, busy and handle_time (seconds)")]
    Unknown(String),
    /// A name that no queue has.
    #[error(
        "the queue's name has {0} bytes: allowed are 1 to {LONGEST_QUEUE} without control characters"
    )]
    Name(usize),
}

impl LiveReport {
    /// Reads a report on the queue `name`.
    ///
    /// # Errors
    /// With the field, its value and what is allowed.
    pub fn read(
        name: &str,
        report: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Self, ReportError> {
        if !(1..=LONGEST_QUEUE).contains(&name.len()) || name.chars().any(char::is_control) {
            return Err(ReportError::Name(name.len()));
        }
        let known = ["waiting", "ready", "busy", "handle_time"];
        if let Some(other) = report.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(ReportError::Unknown(other.chars().take(80).collect()));
        }
        let read = |field, least, most| number(report.get(field), field, least, most);
        Ok(Self {
            waiting: read("waiting", 0, MOST)?.ok_or(ReportError::Missing)?,
            ready: read("ready", 0, MOST)?,
            busy: read("busy", 0, MOST)?,
            handle_time: read("handle_time", 1, LONGEST_HANDLE)?,
            at: now,
        })
    }

    /// When it counts no longer.
    pub fn expires(&self) -> Timestamp {
        self.at + LIFETIME
    }

    /// Whether it still counts.
    pub fn counts(&self, now: Timestamp) -> bool {
        now < self.expires()
    }

    /// The agents of the queue, ready or busy, as far as they are reported.
    pub fn staff(&self) -> u64 {
        let [ready, busy] = [self.ready, self.busy].map(Option::unwrap_or_default);
        ready.saturating_add(busy)
    }
}

/// Where the report on a queue lies.
pub fn report_key(queue: &str) -> Key {
    Key::new(Kind::Live, queue)
}

/// All queues that are reported on.
pub fn reports_index() -> IndexName {
    IndexName::new("live", "all")
}

fn number(
    found: Option<&Value>,
    field: &'static str,
    least: u64,
    most: u64,
) -> Result<Option<u64>, ReportError> {
    let Some(found) = found.filter(|found| !found.is_null()) else {
        return Ok(None);
    };
    let number = found
        .as_u64()
        .filter(|number| (least..=most).contains(number));
    let shown = || found.to_string().chars().take(80).collect();
    number.map(Some).ok_or_else(|| ReportError::Value {
        field,
        found: shown(),
        least,
        most,
    })
}
