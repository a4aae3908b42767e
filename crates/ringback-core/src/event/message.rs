//! The notification message of an event.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::{Event, EventName};
use crate::callback::Callback;

/// The message that tells `event` of `callback`: `event_id`, `timestamp` (epoch seconds, as a string), `_service_id`,
/// `_service_name`, `_callback_state`, and the attributes of the default set.
pub fn message(event: &Event, callback: &Callback) -> Map<String, Value> {
    let mut message = Map::new();
    let mut put = |key: &str, value: &str| message.insert(key.to_owned(), value.into());
    put("event_id", event.name.as_str());
    put("timestamp", &event.at.as_secs().to_string());
    put("_service_id", callback.id.as_str());
    put("_service_name", callback.service.as_str());
    put("_callback_state", event.state.as_str());
    for key in default_parameters(event.name) {
        let value = match *key {
            "_customer_number" => Some(callback.number.as_str().into()),
            "_urs_virtual_queue" => filled(&callback.route.virtual_queue),
            "_v_queue" => filled(&callback.route.virtual_queue),
            "_vq_for_outbound_calls" => filled(&callback.route.outbound_queue),
            other => event.attributes.get(other).cloned(),
        };
        if let Some(value) = value {
            message.insert((*key).to_owned(), value);
        }
    }
    message
}

/// What the default set tells beside the keys of every message (document "Enable Status Notifications", reference table,
/// with `c_target` as sampled there).
const fn default_parameters(name: EventName) -> &'static [&'static str] {
    match name {
        EventName::ServiceCreate => &["_customer_number", "_urs_virtual_queue"],
        EventName::VirtualIxnCreate => &[],
        EventName::TargetFound => &[
            "_urs_virtual_queue",
            "c_target",
            "c_agent_id",
            "c_agent_extension",
        ],
        EventName::DialInit => &["_customer_number", "c_dialed_number"],
        EventName::DialDone => &[
            "_customer_number",
            "c_dialed_number",
            "c_call_result",
            "c_call_num_attempt",
        ],
        EventName::ConnectTreatmentStart | EventName::CustomerQueued => {
            &["_vq_for_outbound_calls", "c_dialed_number"]
        }
        EventName::RouteToAgent => &["c_agent_id", "c_agent_extension"],
        EventName::ServiceExit => &["c_dialed_number", "c_termination_type"],
        EventName::CallbackScheduled
        | EventName::CallbackRescheduled
        | EventName::CallbackCancelled
        | EventName::CallbackStatusUpdated
        | EventName::CallbackSubmitted
        | EventName::CallbackResubmitted
        | EventName::CallbackSubmitFailed
        | EventName::CallbackProcessingFailed
        | EventName::CallbackQueued
        | EventName::CallbackReminder => &["_desired_time", "_customer_number", "_v_queue"],
    }
}

fn filled(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| text.into())
}
