//! Bulletins: what others publish to subscriptions.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::{BulletinId, SubscriptionId};
use crate::time::Timestamp;
use crate::untrusted::{TooMuch, check_value};

/// How long a bulletin is kept: long enough for every repeat of its delivery.
const KEPT: Duration = Duration::from_secs(86_400);
/// The longest tag, in bytes.
const MAX_TAG: usize = 128;

/// A message to every subscription whose filter fits its tag.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Bulletin {
    /// Its name.
    pub id: BulletinId,
    /// What filters are held against.
    pub tag: String,
    /// What is told.
    pub message: Map<String, Value>,
    /// When it was published.
    pub at: Timestamp,
    /// The subscriptions that it goes to.
    pub to: Vec<SubscriptionId>,
}

impl Bulletin {
    /// When it goes, with its lanes.
    pub fn alarm(&self) -> Timestamp {
        self.at + KEPT
    }
}

/// Shows which it is, nothing of what it says.
impl fmt::Debug for Bulletin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bulletin({} {})", self.id, self.tag)
    }
}

/// What is wrong with a publish call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BulletinError {
    /// The tag.
    #[error(
        "parameter 'tag' = {0}: allowed is a text of 1 to {MAX_TAG} letters, digits, '_', '-', '.', ':' and '/'"
    )]
    Tag(String),
    /// The message.
    #[error("parameter 'message' is missing or no object: allowed is a JSON object")]
    Message,
    /// Too much of it.
    #[error("parameter {0}")]
    TooMuch(#[from] TooMuch),
    /// There is no such parameter.
    #[error("unknown parameter '{0}': allowed are tag and message")]
    Unknown(String),
}

/// Reads the body of a publish call: `{tag, message}`.
///
/// # Errors
/// With the parameter, its value and what is allowed.
pub fn read_bulletin(
    mut body: Map<String, Value>,
    id: BulletinId,
    now: Timestamp,
) -> Result<Bulletin, BulletinError> {
    let tag = body.remove("tag").unwrap_or_default();
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
    let text = tag
        .as_str()
        .filter(|tag| (1..=MAX_TAG).contains(&tag.len()) && tag.chars().all(legal));
    let text =
        text.ok_or_else(|| BulletinError::Tag(tag.to_string().chars().take(80).collect()))?;
    let message = body.remove("message").unwrap_or_default();
    check_value("message", &message)?;
    let Value::Object(message) = message else {
        return Err(BulletinError::Message);
    };
    if let Some(name) = body.keys().next() {
        return Err(BulletinError::Unknown(name.chars().take(80).collect()));
    }
    Ok(Bulletin {
        id,
        tag: text.to_owned(),
        message,
        at: now,
        to: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: Value) -> Result<Bulletin, String> {
        let Value::Object(body) = body else {
            panic!("{body} is no object");
        };
        let id = BulletinId::new("07-x");
        read_bulletin(body, id, Timestamp::from_millis(5)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_bulletin_has_a_tag_and_a_message() {
        let bulletin = read(json!({"tag": "news.weather", "message": {"rain": true}})).unwrap();
        assert_eq!(
            (bulletin.tag.as_str(), &bulletin.message["rain"]),
            ("news.weather", &json!(true))
        );
        assert_eq!(bulletin.alarm().as_millis(), 86_400_005);
        assert_eq!(format!("{bulletin:?}"), "Bulletin(07-x news.weather)");
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for (body, part) in [
            (json!({"message": {}}), "'tag' = null"),
            (json!({"tag": "a b", "message": {}}), "'tag' = \"a b\""),
            (json!({"tag": 5, "message": {}}), "'tag' = 5"),
            (json!({"tag": "x".repeat(129), "message": {}}), "1 to 128"),
            (
                json!({"tag": "a", "message": "text"}),
                "'message' is missing or no object",
            ),
            (
                json!({"tag": "a", "message": {"a": (0..16).fold(json!(1), |it, _| json!([it]))}}),
                "parameter 'message' is nested 17 levels deep: must be at most 16",
            ),
            (
                json!({"tag": "a", "message": {}, "to": 1}),
                "unknown parameter 'to'",
            ),
        ] {
            let error = read(body).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
