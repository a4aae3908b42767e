//! A callback as the API returns it.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::callback::{Callback, NUMBER_KEY, State};
use crate::service::{OptionSpec, Options, Service};

/// The keys that a record can have of its own, besides keys of user data.
pub const RECORD_KEYS: [&str; 8] = [
    "_id",
    "_service_name",
    NUMBER_KEY,
    "_desired_time",
    "_expiration_time",
    "_callback_state",
    "_callback_reason",
    "url",
];

/// Which keys callbacks are listed by, and shown with, besides those that always are (the established product's section
/// `[callback]`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordKeys {
    /// `filter-keys`: user data that the callbacks of queues can be asked for by, besides lookup keys.
    pub filter: Vec<String>,
    /// `base-path`: where the callback API is reached besides [`BASE`], as answers and messages write it.
    pub base: Option<String>,
    /// `returned-keys`: what records show: options that hold, the virtual queue, user data.
    pub returned: Vec<String>,
}

/// The record's own name of what is also called otherwise.
pub fn own_key(key: &str) -> &str {
    match key {
        "_service_id" => "_id",
        "_phone_number" => NUMBER_KEY,
        other => other,
    }
}

/// Where the callback API always is.
pub const BASE: &str = "/genesys";

impl RecordKeys {
    /// Paths of the callback API as callers reach it.
    pub fn rebase(&self, answer: &mut Map<String, Value>) {
        let Some(base) = &self.base else {
            return;
        };
        for key in ["url", "_user_action_url"] {
            if let Some(Value::String(path)) = answer.get_mut(key)
                && let Some(rest) = path.strip_prefix(BASE)
            {
                *path = format!("{base}{rest}");
            }
        }
    }

    /// Adds `returned-keys` to a record, as far as the callback has them.
    pub fn complete(
        &self,
        record: &mut Map<String, Value>,
        callback: &Callback,
        service: Option<&Service>,
    ) {
        for key in &self.returned {
            if !record.contains_key(key)
                && let Some(value) = shown(key, callback, service)
            {
                record.insert(key.clone(), value);
            }
        }
    }
}

fn shown(key: &str, callback: &Callback, service: Option<&Service>) -> Option<Value> {
    let text = |text: &str| (!text.is_empty()).then(|| Value::from(text));
    match key {
        "_service_id" => text(callback.id.as_str()),
        "_phone_number" => text(callback.number.as_ref()?.as_written()),
        "_vq" | "_v_queue" | "_urs_virtual_queue" => text(&callback.route.virtual_queue),
        "_vq_for_outbound_calls" => text(&callback.route.outbound_queue),
        _ => match OptionSpec::find(key) {
            Some(spec) => Some(service?.option_text(spec.name, &callback.overrides)?.into()),
            None => callback.user_data.get(key).cloned(),
        },
    }
}

/// The record keys that are always returned, the service's lookup keys, and the reason when it is over.
pub fn record(callback: &Callback, options: &Options) -> Map<String, Value> {
    let mut record = Map::new();
    let mut put = |key: &str, value: String| record.insert(key.to_owned(), value.into());
    put("_id", callback.id.to_string());
    put("_service_name", callback.service.to_string());
    if let Some(number) = &callback.number {
        put(NUMBER_KEY, number.as_written().to_owned());
    }
    put("_desired_time", callback.wanted().to_string());
    put("_expiration_time", callback.expires(options).to_string());
    put("_callback_state", callback.callback_state().to_string());
    put("url", url(callback));
    if let State::Completed { reason, .. } = callback.state {
        put("_callback_reason", reason.as_str().to_owned());
    }
    for key in &callback.lookup {
        if let Some(value) = callback.user_data.get(key) {
            record.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    record
}

/// Where the API has it.
pub(crate) fn url(callback: &Callback) -> String {
    format!(
        "/genesys/1/service/callback/{}/{}",
        callback.service, callback.id
    )
}
