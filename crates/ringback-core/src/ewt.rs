//! Estimated waiting time.
//!
//! The estimate is the queue-length estimator: whoever finds `n` others before him, with all `s` agents busy and a
//! mean handle time `h`, waits until `n + 1` calls have ended, and they end one every `h / s`, so `(n + 1) · h / s` is
//! the mean of his wait. W. Whitt, "Predicting Queueing Delays", Management Science 45(6), 1999; R. Ibrahim and
//! W. Whitt, "Real-Time Delay Estimation Based on Delay History", Manufacturing & Service Operations Management 11(3),
//! 2009, where it is named QL.
//! Ready agents, of whom each takes one before a call has to end, are ours: they are subtracted.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::Serialize;

use crate::live::LiveReport;
use crate::time::Timestamp;

/// What an estimate is made from, and where that comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Callbacks that come before.
    pub callbacks: u64,
    /// Live calls that wait in the queue, as reported. They come before every callback: somebody holds the line.
    pub live_calls: u64,
    /// Agents that are ready.
    pub ready: u64,
    /// Agents that work, ready or not.
    pub staff: u64,
    /// Mean handle time in ms.
    pub handle_ms: u64,
    /// Who says so.
    pub handle_from: HandleFrom,
    /// How old the report on live calls is, if one counts.
    pub report_age: Option<Duration>,
}

/// Where a handle time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HandleFrom {
    /// The report on live calls.
    Report,
    /// Our own calls.
    Measured,
    /// Nobody has measured any.
    Assumed,
}

/// What this house knows of the agents of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Agents that are ready.
    pub ready: u64,
    /// Agents that work, ready or not.
    pub staff: u64,
    /// Mean handle time in ms, once a call was measured.
    pub handle_ms: Option<u64>,
}

/// Assumed while no call has been measured.
pub const ASSUMED_HANDLE: Duration = Duration::from_secs(180);

impl Inputs {
    /// For somebody with `callbacks` before him. A report that is too old counts for nothing.
    ///
    /// The agents of a report and our own are two views of the same people, of which each may miss some: whoever sees
    /// more is believed. A reported handle time is believed before our own: it is that of all calls of the queue.
    pub fn of(callbacks: u64, own: Own, report: Option<&LiveReport>, now: Timestamp) -> Self {
        let report = report.filter(|report| report.counts(now));
        let ready = own.ready.max(report.and_then(|it| it.ready).unwrap_or(0));
        let staff = own.staff.max(report.map_or(0, LiveReport::staff));
        let reported = report.and_then(|it| it.handle_time);
        let (handle_ms, handle_from) = match (reported, own.handle_ms) {
            (Some(seconds), _) => (seconds.saturating_mul(1000), HandleFrom::Report),
            (None, Some(measured)) => (measured, HandleFrom::Measured),
            (None, None) => (millis(ASSUMED_HANDLE), HandleFrom::Assumed),
        };
        Self {
            callbacks,
            live_calls: report.map_or(0, |it| it.waiting),
            ready,
            staff: staff.max(ready),
            handle_ms,
            handle_from,
            report_age: report.map(|it| now.since(it.at)),
        }
    }

    /// How many come before.
    pub const fn ahead(&self) -> u64 {
        self.callbacks.saturating_add(self.live_calls)
    }
}

/// How long somebody waits: not at all while agents are ready for all before him and for him; else until so many calls
/// have ended as leave him the next agent. Where nobody works, it is estimated as if one agent did.
pub fn estimate(inputs: &Inputs) -> Duration {
    let (ahead, ready) = (inputs.ahead(), inputs.ready);
    if ahead < ready {
        return Duration::ZERO;
    }
    let must_end = (ahead - ready).saturating_add(1);
    Duration::from_millis(must_end.saturating_mul(inputs.handle_ms) / inputs.staff.max(1))
}

/// `_eta_pos_threshold`: whether at this place (from 1; 0 for none) and with this wait the agent is as good as ready. The
/// position of the last pair whose seconds the wait has reached is the farthest that still is; whoever comes first always is.
pub fn is_agent_near(thresholds: &[(u64, u64)], position: u64, eta: Duration) -> bool {
    let reached = thresholds.iter().rev().find(|pair| pair.0 <= eta.as_secs());
    position == 1 || position > 0 && reached.is_some_and(|pair| position <= pair.1)
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
