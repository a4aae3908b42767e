//! Names that a caller cannot give to user data: they are ours, and somebody would read them as our word.

use serde_json::{Map, Value};

use crate::event::CallbackState;
use crate::ids::CallbackId;
use crate::reporting::is_sent;

/// Keys of a record that nobody sets.
const OF_A_RECORD: [&str; 6] = [
    ID,
    STATE,
    REASON,
    SERVICE,
    "_expiration_time",
    "_new_desired_time",
];
const ID: &str = "_id";
const STATE: &str = "_callback_state";
const REASON: &str = "_callback_reason";
const SERVICE: &str = "_service_name";

/// Whether user data cannot have this name: a key of a record, one that is reported of a callback (`_CB_*`, but those
/// that the request itself says), or an attribute of an event (`c_*`).
pub fn is_reserved(key: &str) -> bool {
    let is_reported = key.starts_with("_CB_") && !is_sent(key);
    is_reported || key.starts_with("c_") || OF_A_RECORD.contains(&key)
}

/// What a row of a file is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Somebody to call.
    New,
    /// A callback that was exported before it was over.
    Open(CallbackId),
    /// A callback that was over, or about to be, when it was exported: its customer is not to be called again.
    Over {
        /// Which, if the row says so.
        id: Option<CallbackId>,
        /// Where it stood, and why it was over if the row says so.
        state: String,
    },
}

/// Reads what an export says of a callback, and takes out of a row what is no parameter of a start request.
///
/// # Errors
/// When a key of a record says something that no export says: with the key, its value and what is allowed.
pub fn read_exported(row: &mut Map<String, Value>) -> Result<Row, String> {
    let id = take_text(row, ID)?.map(CallbackId::new);
    let state = take_text(row, STATE)?;
    let reason = take_text(row, REASON)?;
    if id.is_none() && state.is_none() && reason.is_none() {
        return Ok(Row::New);
    }
    row.retain(|key, _| !is_left_out(key));
    let known = state.as_deref().map(|text| {
        let known = CallbackState::ALL
            .into_iter()
            .find(|it| it.as_str() == text);
        known.ok_or_else(|| {
            let shown: String = text.chars().take(80).collect();
            let all = CallbackState::ALL.map(CallbackState::as_str).join(", ");
            format!("{STATE} '{shown}': must be one of {all}")
        })
    });
    let known = known.transpose()?;
    let is_open = reason.is_none()
        && !matches!(
            known,
            Some(CallbackState::Completed | CallbackState::Processing)
        );
    match id {
        Some(id) if is_open => Ok(Row::Open(id)),
        None if is_open => Ok(Row::New),
        id => {
            let state = known.unwrap_or(CallbackState::Completed);
            let why = reason.map(|reason| format!(" ({reason})"));
            let state = format!("{state}{}", why.unwrap_or_default());
            Ok(Row::Over { id, state })
        }
    }
}

/// What an export tells besides, and a start request does not say.
fn is_left_out(key: &str) -> bool {
    let is_reported = key.starts_with("_CB_") && !is_sent(key);
    is_reported || matches!(key, "_expiration_time" | "url")
}

fn take_text(row: &mut Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match row.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(format!("{key} must be a text"))
        }
    }
}
