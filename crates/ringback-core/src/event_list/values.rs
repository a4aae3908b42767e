//! Values of an event list, whatever its form.

use serde_json::{Map, Value};

use super::mistakes::Reason;
use crate::nearest::nearest;
use crate::service::shorten;
use crate::untrusted::check_value;

/// The most names of `notify_params`.
const MAX_PARAMS: usize = 64;
/// The longest of them, in characters.
const MAX_PARAM: usize = 128;
/// The most bytes of a `notify_custom`, as compact JSON.
const MAX_CUSTOM: usize = 8 * 1024;
/// What every message tells.
const OF_EVERY_MESSAGE: [&str; 5] = [
    "event_id",
    "timestamp",
    "_service_id",
    "_service_name",
    "_callback_state",
];

pub fn params(value: &Value) -> Result<Vec<String>, Reason> {
    let names = match value {
        Value::String(text) if text.trim().is_empty() => Vec::new(),
        Value::String(text) => text.split(',').collect(),
        Value::Array(names) => names
            .iter()
            .map(|name| name.as_str().ok_or_else(|| kind(name, "a name")))
            .collect::<Result<_, _>>()?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            return Err(kind(value, "names, as a list or a comma-separated text"));
        }
    };
    if names.len() > MAX_PARAMS {
        return Err(Reason::TooMany(names.len(), MAX_PARAMS));
    }
    names.into_iter().map(param).collect()
}

/// In either form it must read back as what it is.
fn param(name: &str) -> Result<String, Reason> {
    let name = name.trim();
    let legal = |c: char| c != ',' && !c.is_control();
    if name.is_empty() || name.chars().count() > MAX_PARAM || !name.chars().all(legal) {
        return Err(Reason::Name(shorten(name)));
    }
    Ok(name.to_owned())
}

pub fn custom(value: &Value) -> Result<Map<String, Value>, Reason> {
    match value.as_str() {
        Some(text) if text.trim().is_empty() => Ok(Map::new()),
        Some(text) => checked(&serde_json::from_str(text)?),
        None => checked(value),
    }
}

fn checked(value: &Value) -> Result<Map<String, Value>, Reason> {
    let Value::Object(custom) = value else {
        return Err(kind(value, "a JSON object"));
    };
    check_value("notify_custom", value)?;
    let size = value.to_string().len();
    if size > MAX_CUSTOM {
        return Err(Reason::TooLong(size, MAX_CUSTOM));
    }
    let hidden = OF_EVERY_MESSAGE
        .into_iter()
        .find(|key| custom.contains_key(*key));
    hidden.map_or_else(|| Ok(custom.clone()), |key| Err(Reason::Hides(key)))
}

pub fn unknown(name: &str, known: &[&'static str]) -> Reason {
    Reason::Unknown {
        nearest: nearest(name, known.iter().copied()),
        allowed: known.join(", "),
    }
}

pub fn kind(value: &Value, allowed: &'static str) -> Reason {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Reason::Kind { found, allowed }
}
