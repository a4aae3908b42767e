//! `[audit]`: how long changes are known.

use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::ensure;
use serde::Deserialize;

/// For how many days, when nothing is said.
const DAYS: u64 = 90;
/// For how many it may be.
const ALLOWED: RangeInclusive<u64> = 1..=3650;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditTable {
    /// Entries are kept for so many days.
    keep_days: Option<u64>,
}

impl AuditTable {
    pub fn read(self) -> anyhow::Result<Duration> {
        let days = self.keep_days.unwrap_or(DAYS);
        let (least, most) = ALLOWED.into_inner();
        ensure!(
            ALLOWED.contains(&days),
            "keep_days = {days}: allowed are {least} to {most}"
        );
        Ok(Duration::from_secs(days * 24 * 60 * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_known_for_three_months_unless_said_otherwise() {
        let read = |keep_days| AuditTable { keep_days }.read();
        assert_eq!(read(None).unwrap().as_secs(), 90 * 86_400);
        assert_eq!(read(Some(1)).unwrap().as_secs(), 86_400);
        for wrong in [0, 3651, u64::MAX] {
            let error = read(Some(wrong)).unwrap_err().to_string();
            assert_eq!(error, format!("keep_days = {wrong}: allowed are 1 to 3650"));
        }
    }
}
