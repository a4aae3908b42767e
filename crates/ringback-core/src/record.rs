//! A callback as the API returns it.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::callback::{Callback, NUMBER_KEY, State};
use crate::service::Options;

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
