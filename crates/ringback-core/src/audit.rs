//! The audit: who has changed what.
//!
//! An entry is written before its change is begun, and gets its outcome once that is through. So there is no change
//! without an entry, whatever crashes; an entry that stays without an outcome says that nobody saw the end, and that
//! the change may have happened or not.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::AuditId;
use crate::key::IndexName;
use crate::time::Timestamp;

/// One change that somebody asked for. It holds no phone number: a customer who is erased is not named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its name.
    pub id: AuditId,
    /// When it was asked for.
    pub at: Timestamp,
    /// Until when the entry is kept.
    pub until: Timestamp,
    /// The user or key.
    pub who: String,
    /// What that was.
    pub role: String,
    /// The call, e.g. `PUT /v1/services/{service}`.
    pub what: String,
    /// What was to be changed: a kind, e.g. `callbacks`, or one of it, e.g. `services/desk`.
    pub object: String,
    /// How it ended; `None` while it has not, or when nobody saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AuditOutcome>,
}

/// How a change ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditOutcome {
    /// When.
    pub at: Timestamp,
    /// The status it was answered with: of 400 and more it was refused, wholly or for the rest.
    pub status: u16,
    /// What else is known of it, e.g. how many callbacks it was.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

/// A change that is about to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    /// The user or key.
    pub who: String,
    /// What that is.
    pub role: String,
    /// The call.
    pub what: String,
    /// What is to be changed.
    pub object: String,
    /// How long that is to be known.
    pub keep: Duration,
}

impl AuditEntry {
    /// Of a change that begins now.
    pub fn new(id: AuditId, note: AuditNote, now: Timestamp) -> Self {
        let AuditNote {
            who,
            role,
            what,
            object,
            keep,
        } = note;
        Self {
            id,
            at: now,
            until: now + keep,
            who,
            role,
            what,
            object,
            outcome: None,
        }
    }

    /// When it goes.
    pub const fn alarm(&self) -> Timestamp {
        self.until
    }

    /// Where it is found: among all, by who it was, by the kind of what was changed and by that itself. The latest
    /// comes first.
    pub fn listings(&self) -> Vec<(IndexName, i64)> {
        let score = place(self.at);
        let mut listings = vec![(all_index(), score), (index_of_who(&self.who), score)];
        if let Some((kind, _)) = self.object.split_once('/') {
            listings.push((index_of_object(kind), score));
        }
        listings.push((index_of_object(&self.object), score));
        listings
    }
}

/// Where an entry of a time stands in the indexes.
pub const fn place(at: Timestamp) -> i64 {
    -at.as_millis()
}

/// Every entry.
pub fn all_index() -> IndexName {
    IndexName::new("audit", "all")
}

/// What somebody did.
pub fn index_of_who(who: &str) -> IndexName {
    IndexName::new("audit-who", who)
}

/// What was done to a kind of things, or to one.
pub fn index_of_object(object: &str) -> IndexName {
    IndexName::new("audit-of", object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(object: &str) -> AuditEntry {
        let note = AuditNote {
            who: "root".to_owned(),
            role: "admin".to_owned(),
            what: "PUT /v1/services/{service}".to_owned(),
            object: object.to_owned(),
            keep: Duration::from_secs(60),
        };
        AuditEntry::new(AuditId::new("a"), note, Timestamp::from_millis(1000))
    }

    #[test]
    fn it_is_found_by_who_and_what() {
        let names = |object| {
            let listings = entry(object).listings().into_iter();
            let names = listings.map(|(name, score)| {
                assert_eq!(score, -1000);
                name.as_str().to_owned()
            });
            names.collect::<Vec<_>>()
        };
        assert_eq!(
            names("services/desk"),
            [
                "audit:all",
                "audit-who:root",
                "audit-of:services",
                "audit-of:services/desk"
            ]
        );
        assert_eq!(
            names("customers"),
            ["audit:all", "audit-who:root", "audit-of:customers"]
        );
    }

    #[test]
    fn the_latest_comes_first() {
        let (early, late) = (Timestamp::from_millis(1), Timestamp::from_millis(2));
        assert!(place(late) < place(early));
    }

    #[test]
    fn the_stored_layout_is_known() {
        let mut entry = entry("customers");
        let stored = r#"{"id":"a","at":1000,"until":61000,"who":"root","role":"admin","what":"PUT /v1/services/{service}","object":"customers"}"#;
        assert_eq!(serde_json::to_string(&entry).unwrap(), stored);
        assert_eq!(serde_json::from_str::<AuditEntry>(stored).unwrap(), entry);
        let details = Map::from_iter([("erased".to_owned(), 4.into())]);
        let at = Timestamp::from_millis(1001);
        entry.outcome = Some(AuditOutcome {
            at,
            status: 200,
            details,
        });
        let stored = serde_json::to_string(&entry).unwrap();
        assert!(
            stored.ends_with(r#","outcome":{"at":1001,"status":200,"details":{"erased":4}}}"#),
            "{stored}"
        );
        assert_eq!(serde_json::from_str::<AuditEntry>(&stored).unwrap(), entry);
    }
}
