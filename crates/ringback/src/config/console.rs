//! `[console]`: how long one stays logged in.

use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::ensure;
use ringback_core::session::SessionLimits;
use serde::Deserialize;

/// How long that may be, in seconds.
const ALLOWED: RangeInclusive<u64> = 60..=30 * 24 * 3600;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleTable {
    /// A session ends so many seconds after the login.
    session: Option<u64>,
    /// A session ends when it has not been used for so many seconds.
    unused: Option<u64>,
}

impl ConsoleTable {
    /// How long sessions hold.
    ///
    /// # Errors
    /// With what is not allowed.
    pub fn read(self) -> anyhow::Result<SessionLimits> {
        let usual = SessionLimits::default();
        Ok(SessionLimits {
            longest: seconds("session", self.session, usual.longest)?,
            unused: seconds("unused", self.unused, usual.unused)?,
        })
    }
}

fn seconds(name: &str, said: Option<u64>, usual: Duration) -> anyhow::Result<Duration> {
    let seconds = said.unwrap_or(usual.as_secs());
    let (least, most) = ALLOWED.into_inner();
    ensure!(
        ALLOWED.contains(&seconds),
        "{name} = {seconds}: must be {least} to {most} seconds"
    );
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<SessionLimits> {
        toml::from_str::<ConsoleTable>(text)?.read()
    }

    #[test]
    fn sessions_hold_for_a_working_day_unless_said_otherwise() {
        assert_eq!(read("").unwrap(), SessionLimits::default());
        let limits = read("session = 3600\nunused = 600").unwrap();
        assert_eq!(limits.longest, Duration::from_secs(3600));
        assert_eq!(limits.unused, Duration::from_secs(600));
        for wrong in ["session = 59", "unused = 2592001"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.ends_with("must be 60 to 2592000 seconds"), "{error}");
        }
        assert!(read("hours = 1").is_err());
    }
}
