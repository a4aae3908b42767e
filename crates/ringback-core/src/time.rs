//! Points in time, as arguments.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads RFC 3339 (`2026-11-20T12:00:00.000Z`, offsets accepted).
    ///
    /// # Errors
    /// When `text` is not such a time, or carries no offset.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let parsed: jiff::Timestamp = text
            .parse()
            .map_err(|_| TimeError(text.chars().take(64).collect()))?;
        Ok(Self(parsed.as_millisecond()))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

/// Writes UTC as the original API does: `yyyy-MM-ddTHH:mm:ss.SSSZ`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => write!(f, "{time:.3}"),
            Err(_) => write!(f, "{}ms", self.0),
        }
    }
}

/// The text is not a point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a time: write UTC as yyyy-MM-ddTHH:mm:ss.SSSZ, or RFC 3339 with an offset")]
pub struct TimeError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_api_form() {
        let time = Timestamp::parse("2026-11-20T12:00:00.250Z").unwrap();
        assert_eq!(time.to_string(), "2026-11-20T12:00:00.250Z");
        assert_eq!(
            Timestamp::parse("2026-11-20T14:00:00.25+02:00").unwrap(),
            time
        );
        assert_eq!(
            Timestamp::from_millis(0).to_string(),
            "1970-01-01T00:00:00.000Z"
        );
    }

    #[test]
    fn names_what_is_not_a_time() {
        let error = Timestamp::parse("tomorrow").unwrap_err().to_string();
        assert!(
            error.contains("'tomorrow'") && error.contains("yyyy-MM-dd"),
            "{error}"
        );
        assert!(
            Timestamp::parse("2026-11-20T12:00:00").is_err(),
            "a time without an offset is ambiguous"
        );
    }

    #[test]
    fn spans_saturate() {
        let (early, late) = (Timestamp::from_millis(5), Timestamp::from_millis(9));
        assert_eq!(late.since(early), Duration::from_millis(4));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(
            Timestamp::from_millis(i64::MAX) + Duration::MAX,
            Timestamp::from_millis(i64::MAX)
        );
    }
}
