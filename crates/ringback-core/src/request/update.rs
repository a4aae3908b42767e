//! What a caller changes of a callback.

use serde_json::{Map, Value};

use super::{DESIRED_TIME, RequestError, check_time, is_reserved, number, read_time, scalar};
use crate::callback::{NUMBER_KEY, Update};
use crate::event::CallbackState;
use crate::phone::CustomerNumber;
use crate::service::{OptionSpec, Options};
use crate::time::Timestamp;
use crate::untrusted;

const NEW_TIME: &str = "_new_desired_time";
const STATE: &str = "_callback_state";

/// Options that can be corrected until the callback is dialed.
pub const CORRECTABLE: [&str; 4] = [
    "_urs_virtual_queue",
    "_urs_vq_priority",
    "_urs_vq_priority_increment",
    "_urs_vq_priority_increment_interval",
];

/// Keys of a record that nobody changes, besides [`STATE`].
const OF_THE_RECORD: [&str; 5] = [
    DESIRED_TIME,
    "_id",
    "_service_name",
    "_expiration_time",
    "_callback_reason",
];

/// Reads the parameters of a request that changes a callback with `options`: `_new_desired_time`, `_callback_state`,
/// `_customer_number`, its queue and priority, and user data, of which an empty text removes a key.
///
/// # Errors
/// With the parameter, its value and what is allowed; other options hold from the acceptance on.
pub fn read_update(
    parameters: Map<String, Value>,
    options: &Options,
    now: Timestamp,
) -> Result<Update, RequestError> {
    untrusted::check_parameters(&parameters)?;
    if parameters.is_empty() {
        return Err(RequestError::Nothing);
    }
    let mut update = Update::default();
    for (key, value) in parameters {
        match key.as_str() {
            NEW_TIME => update.desired = Some(read_new_time(&value, options, now)?),
            STATE => update.complete = read_state(&value)?,
            NUMBER_KEY | "_phone_number" => {
                update.number = Some(read_number(&key, &value, options)?);
            }
            _ if CORRECTABLE.contains(&key.as_str()) => {
                update.options.insert(key.clone(), scalar(&key, &value)?);
            }
            _ if OF_THE_RECORD.contains(&key.as_str()) || OptionSpec::find(&key).is_some() => {
                return Err(RequestError::Fixed(key));
            }
            // What was kept under such a name before it was reserved can be removed.
            _ if is_reserved(&key) && value.as_str() != Some("") => {
                return Err(RequestError::Reserved(key));
            }
            _ if value.as_str() == Some("") => update.remove.push(key),
            _ => {
                update.set.insert(key, value);
            }
        }
    }
    if update.complete && update.desired.is_some() {
        return Err(RequestError::MovedAndOver);
    }
    Ok(update)
}

/// As at the start.
fn read_number(
    key: &str,
    value: &Value,
    options: &Options,
) -> Result<CustomerNumber, RequestError> {
    let text = number::number_text(key, value)?;
    if text.trim().is_empty() {
        return Err(RequestError::Missing(key.to_owned()));
    }
    let country = options.admission.numbers.country;
    let number = CustomerNumber::read(text.parse()?, country)?;
    number::check(Some(&number), options)?;
    Ok(number)
}

fn read_new_time(
    value: &Value,
    options: &Options,
    now: Timestamp,
) -> Result<Timestamp, RequestError> {
    let desired = read_time(NEW_TIME, value)?.ok_or(RequestError::Missing(NEW_TIME.to_owned()))?;
    check_time(NEW_TIME, desired, options, now)?;
    Ok(desired)
}

/// The only state that a caller can bring about.
fn read_state(value: &Value) -> Result<bool, RequestError> {
    let state = scalar(STATE, value)?;
    if state == CallbackState::Completed.as_str() {
        return Ok(true);
    }
    Err(RequestError::State(state.chars().take(80).collect()))
}
