//! Waiting times as both families show them.

use ringback_core::ewt::Inputs;
use ringback_ports::desk::Outlook;
use serde_json::{Value, json};

/// A queue with its waiting time, and what that is made from.
pub fn outlook_view(outlook: &Outlook) -> Value {
    let Outlook {
        name,
        ewt,
        inputs,
        report,
    } = outlook;
    json!({
        "name": name,
        "ewt": ewt.as_secs(),
        "waiting": inputs.ahead(),
        "inputs": inputs_view(inputs),
        "live": report.as_ref().map(|report| json!({
            "waiting": report.waiting,
            "ready": report.ready,
            "busy": report.busy,
            "handle_time": report.handle_time,
            "reported": report.at.to_string(),
            "expires": report.expires().to_string(),
        })),
    })
}

/// What an estimate is made from. Times in seconds; `live_report_age` is null where no report counts.
pub fn inputs_view(inputs: &Inputs) -> Value {
    json!({
        "callbacks_ahead": inputs.callbacks,
        "live_calls_ahead": inputs.live_calls,
        "agents_ready": inputs.ready,
        "agents_busy": inputs.staff.saturating_sub(inputs.ready),
        "handle_time": inputs.handle_ms / 1000,
        "handle_time_from": inputs.handle_from,
        "live_report_age": inputs.report_age.map(|age| age.as_secs()),
    })
}
