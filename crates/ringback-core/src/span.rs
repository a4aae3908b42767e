//! Spans of the calendar, as in "not more than one month ahead".

use std::str::FromStr;

use jiff::ToSpan;
use jiff::tz::TimeZone;

use crate::service::shorten;
use crate::time::Timestamp;

/// A number of calendar units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    count: u32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
}

impl Unit {
    /// The most of it: ten years.
    const fn most(self) -> u32 {
        match self {
            Self::Year => 10,
            Self::Month => 120,
            Self::Week => 520,
            Self::Day => 3650,
            Self::Hour => 87_600,
            Self::Minute => 5_256_000,
        }
    }
}

impl Span {
    /// Reads a number and a unit: `1y`, `1M`, `2w`, `10d`, `36h` or `90m`.
    ///
    /// # Errors
    /// When it is no such span, none at all, or longer than ten years.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        read(text.trim()).ok_or_else(|| SpanError(shorten(text)))
    }

    /// The instant that is this span later. Years, months, weeks and days are those of the calendar in UTC: a month after 31
    /// January is the last day of February.
    pub fn after(self, at: Timestamp) -> Timestamp {
        let count = i64::from(self.count);
        let span = match self.unit {
            Unit::Year => count.years(),
            Unit::Month => count.months(),
            Unit::Week => count.weeks(),
            Unit::Day => count.days(),
            Unit::Hour => count.hours(),
            Unit::Minute => count.minutes(),
        };
        let later = jiff::Timestamp::from_millisecond(at.as_millis())
            .and_then(|at| at.to_zoned(TimeZone::UTC).checked_add(span));
        later.map_or(at, |later| {
            Timestamp::from_millis(later.timestamp().as_millisecond())
        })
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        Self::parse(text)
    }
}

fn read(text: &str) -> Option<Span> {
    let unit = match text.chars().next_back()? {
        'y' => Unit::Year,
        'M' => Unit::Month,
        'w' => Unit::Week,
        'd' => Unit::Day,
        'h' => Unit::Hour,
        'm' => Unit::Minute,
        _ => return None,
    };
    let count = text.get(..text.len() - 1)?;
    if !count.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let count = count.parse().ok()?;
    (1..=unit.most())
        .contains(&count)
        .then_some(Span { count, unit })
}

/// The text is no span of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no span of time: write a number and y, M, w, d, h or m, as 1M for a month; at most ten years"
)]
pub struct SpanError(String);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::zone::tests::time;

    #[test]
    fn spans_are_of_the_calendar() {
        for (span, from, later) in [
            ("1M", "2026-11-20T12:00:00.250Z", "2026-12-20T12:00:00.250Z"),
            ("1M", "2027-01-31T12:00:00Z", "2027-02-28T12:00:00Z"),
            ("12M", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"),
            ("1y", "2026-11-20T12:00:00Z", "2027-11-20T12:00:00Z"),
            ("2w", "2026-11-20T12:00:00Z", "2026-12-04T12:00:00Z"),
            (" 10d ", "2026-11-20T12:00:00Z", "2026-11-30T12:00:00Z"),
            ("36h", "2026-11-20T12:00:00Z", "2026-11-22T00:00:00Z"),
            ("90m", "2026-11-20T12:00:00Z", "2026-11-20T13:30:00Z"),
        ] {
            let read: Span = span.parse().unwrap();
            assert_eq!(read.after(time(from)), time(later), "{span}");
        }
    }

    #[test]
    fn what_is_no_span_is_named() {
        for text in [
            "",
            "M",
            "1",
            "0d",
            "1D",
            "-1d",
            "1.5h",
            "1 d",
            "1Md",
            "11y",
            "3651d",
            "99999999999m",
            "é",
        ] {
            assert_eq!(
                Span::parse(text).unwrap_err().to_string(),
                format!(
                    "'{text}' is no span of time: write a number and y, M, w, d, h or m, as 1M for a month; at most ten \
                     years"
                )
            );
        }
    }

    proptest! {
        #[test]
        fn a_span_ends_later_and_never_overflows(text in "[0-9]{1,8}[yMwdhm]", from in any::<i64>()) {
            if let Ok(span) = Span::parse(&text) {
                let from = Timestamp::from_millis(from);
                prop_assert!(span.after(from) >= from);
            }
        }
    }
}
