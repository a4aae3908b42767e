//! Sessions: who has logged in with a browser, and for how long that holds.
//!
//! A browser shows a random token; what is stored is named by its SHA-256, so that nobody who reads the store can use it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::key::{Key, Kind};
use crate::time::Timestamp;

/// How much later than written a session may have been used: writing each use would cost a commit a request.
const SEEN_STEP: Duration = Duration::from_secs(300);

/// The name of a session: the SHA-256 of its token, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// Of a token with this SHA-256.
    pub fn of(sum: &[u8; 32]) -> Self {
        Self(sum.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As it stands in the key of its document.
    pub fn stored(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// Where its document lies.
    pub fn key(&self) -> Key {
        Key::new(Kind::Session, &self.0)
    }
}

/// How long sessions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// From the login on.
    pub longest: Duration,
    /// Without being used.
    pub unused: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            longest: Duration::from_secs(12 * 3600),
            unused: Duration::from_secs(2 * 3600),
        }
    }
}

/// Somebody who has logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The user. What that may do is read from the users at each request, never kept.
    pub user: String,
    /// When it last was seen to be used; up to five minutes before it last was.
    pub seen: Timestamp,
    /// When it ends, however much it is used.
    pub until: Timestamp,
    /// For how many seconds it may stay unused.
    pub unused: u64,
}

impl Session {
    /// Of somebody who logs in now.
    pub fn begin(user: String, limits: SessionLimits, now: Timestamp) -> Self {
        Self {
            user,
            seen: now,
            until: now + limits.longest,
            unused: limits.unused.as_secs(),
        }
    }

    /// When it ends if it is not used any more.
    pub fn ends(&self) -> Timestamp {
        let unused = Duration::from_secs(self.unused);
        self.until.min(self.seen + unused + SEEN_STEP)
    }

    /// Whether it holds no longer.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends() <= now
    }

    /// The same once it is used again; `None` when that is not worth a commit.
    pub fn used(&self, now: Timestamp) -> Option<Self> {
        (self.seen + SEEN_STEP <= now).then(|| Self {
            seen: now,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_session_ends_after_its_time_or_when_it_is_not_used() {
        let limits = SessionLimits {
            longest: MINUTE * 60,
            unused: MINUTE * 10,
        };
        let begun = Timestamp::from_millis(1_000_000);
        let session = Session::begin("ada".to_owned(), limits, begun);
        assert_eq!(session.used(begun + MINUTE * 4), None);
        assert!(!session.is_over(begun + MINUTE * 14));
        assert!(session.is_over(begun + MINUTE * 15));
        let used = session.used(begun + MINUTE * 9).unwrap();
        assert_eq!(used.until, session.until);
        assert!(!used.is_over(begun + MINUTE * 23));
        let used = used.used(begun + MINUTE * 58).unwrap();
        assert_eq!(used.ends(), session.until);
        assert!(used.is_over(begun + MINUTE * 60));
    }

    #[test]
    fn its_name_is_the_sum_of_its_token() {
        let id = SessionId::of(&[0xAB; 32]);
        assert_eq!(id.key().to_string(), format!("se:{}", "ab".repeat(32)));
        assert_eq!(SessionId::stored(id.key().id()), id);
    }
}
