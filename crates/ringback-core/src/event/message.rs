//! The notification message of an event.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::{CallbackState, Event, EventName};
use crate::callback::{Callback, NUMBER_KEY, State};
use crate::event_list::Told;
use crate::record::url;
use crate::service::{OptionSpec, Service};

/// The message that tells `event` of `callback`: `event_id`, `timestamp` (epoch seconds, as a string), `_service_id`,
/// `_service_name`, `_callback_state`, and the attributes of the default set, or those that an event list asks for with
/// what it adds itself. `service` is the callback's, if there still is one.
pub fn message(
    event: &Event,
    callback: &Callback,
    service: Option<&Service>,
    told: Option<&Told>,
) -> Map<String, Value> {
    let mut message = Map::new();
    let mut put = |key: &str, value: &str| message.insert(key.to_owned(), value.into());
    put("event_id", event.name.as_str());
    put("timestamp", &event.at.as_secs().to_string());
    put("_service_id", callback.id.as_str());
    put("_service_name", callback.service.as_str());
    put("_callback_state", event.state.as_str());
    let mut tell = |key: &str| {
        let key = reference_name(key);
        if let Some(value) = parameter(key, event, callback, service) {
            message.insert(key.to_owned(), value);
        }
    };
    let Some(told) = told else {
        default_parameters(event.name)
            .iter()
            .for_each(|key| tell(key));
        return message;
    };
    told.params.iter().for_each(|key| tell(key));
    message.extend(told.custom.clone());
    message
}

/// A parameter by its name: an attribute of the event, a key of the record, an option, or a key of the user data.
fn parameter(
    key: &str,
    event: &Event,
    callback: &Callback,
    service: Option<&Service>,
) -> Option<Value> {
    let of_event = || event.attributes.get(key).cloned();
    let option = || {
        service
            .and_then(|service| service.option_text(key, &callback.overrides))
            .map(Value::from)
    };
    of_event()
        .or_else(|| record_key(key, event, callback, service))
        .or_else(option)
        .or_else(|| callback.user_data.get(key).cloned())
}

fn record_key(
    key: &str,
    event: &Event,
    callback: &Callback,
    service: Option<&Service>,
) -> Option<Value> {
    let route = &callback.route;
    match key {
        "_id" | "_service_id" => Some(callback.id.as_str().into()),
        "_service_name" => Some(callback.service.as_str().into()),
        "_callback_state" => Some(event.state.as_str().into()),
        "_callback_reason" => reason(event, callback),
        "_desired_time" => Some(callback.wanted().to_string().into()),
        "_expiration_time" => {
            service.map(|service| callback.expires(&service.options).to_string().into())
        }
        "url" => Some(url(callback).into()),
        "_urs_virtual_queue" | "_v_queue" => filled(&route.virtual_queue),
        "_vq_for_outbound_calls" => filled(&route.outbound_queue),
        NUMBER_KEY => callback.number.as_ref().map(|it| it.as_written().into()),
        _ => None,
    }
}

/// Once it is known.
fn reason(event: &Event, callback: &Callback) -> Option<Value> {
    let State::Completed { reason, .. } = &callback.state else {
        return None;
    };
    (event.state == CallbackState::Completed).then(|| reason.as_str().into())
}

/// The documents' own name of what they also call otherwise.
fn reference_name(key: &str) -> &str {
    match key {
        "_phone_number" => NUMBER_KEY,
        other => OptionSpec::find(other).map_or(other, |spec| spec.name),
    }
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
        EventName::UserConfirm => &[
            "_id",
            "_dialog_id",
            "_action",
            "_user_action_url",
            "_user_confirm_timeout",
            "_device_os",
        ],
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
