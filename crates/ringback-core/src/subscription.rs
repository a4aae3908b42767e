//! Subscriptions: who is told about every callback that notifies, until they expire.

mod read;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::ids::SubscriptionId;
use crate::notify::Recipient;
use crate::service::shorten_address;
use crate::time::Timestamp;
pub use read::{SubscriptionError, read_subscription};

/// The longest pattern, in bytes.
const MAX_FILTER: usize = 256;

/// Somebody wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its name.
    pub id: SubscriptionId,
    /// `subscriberId`: what the subscriber calls itself.
    pub subscriber: String,
    /// Which events.
    pub filter: Filter,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
    /// How.
    pub recipient: Recipient,
}

impl Subscription {
    /// Whether it wants to be told what happened at `at` under that name.
    pub fn wants(&self, name: &str, at: Timestamp) -> bool {
        self.created <= at && at < self.expires && self.filter.matches(name)
    }
}

/// A pattern of event names: `*` stands for any characters, everything else for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filter(String);

impl Filter {
    /// A pattern; blank means every event.
    ///
    /// # Errors
    /// When it is too long or contains what no name does.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let legal =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '_' | '-' | '.' | ':' | '/');
        match text.trim() {
            "" => Ok(Self("*".to_owned())),
            text if text.len() <= MAX_FILTER && text.chars().all(legal) => {
                Ok(Self(text.to_owned()))
            }
            text => Err(FilterError(shorten_address(text))),
        }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a name fits. Linear in its length for each `*`.
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else {
            return self.0 == name;
        };
        let Some(mut left) = name.strip_prefix(first) else {
            return false;
        };
        let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        for part in middle.split('*') {
            match left.find(part) {
                Some(place) => left = &left[place + part.len()..],
                None => return false,
            }
        }
        left.ends_with(last)
    }
}

/// A pattern that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "filter '{0}': allowed are at most {MAX_FILTER} letters, digits, '_', '-', '.', ':', '/' and '*' for any characters"
)]
pub struct FilterError(String);
