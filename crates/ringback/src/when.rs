//! Times as people write them on the command line, and as they are shown there.

use anyhow::{Context, anyhow, bail};
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};

/// What a time may look like, for error messages.
const FORMS: &str = "must be a span from now (10m, 2h30m, 3d), a time of day (14:30, tomorrow 09:00), a date and time \
                     (2026-12-02 09:00), both with a time zone after it if not this computer's (tomorrow 09:00 \
                     Europe/Paris), or RFC 3339 (2026-12-02T09:00:00+01:00)";

/// Reads a time. What names no zone is read in `now`'s.
///
/// # Errors
/// When `text` is none of the forms, or names a local time that does not exist or exists twice.
pub fn parse(text: &str, now: &Zoned) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Some(time) = after(text, now) {
        return Ok(time);
    }
    let (local, zone) = split_zone(text)?;
    let zone = zone.unwrap_or_else(|| now.time_zone().clone());
    let now = now.with_time_zone(zone.clone());
    let wall = wall(local, &now).with_context(|| format!("'{text}' {FORMS}"))?;
    let exact = zone.to_ambiguous_zoned(wall).unambiguous();
    let exact = exact.map_err(|_| {
        anyhow!(
            "'{text}' does not exist, or exists twice, where clocks are changed: give RFC 3339, as \
             2026-12-02T09:00:00+01:00"
        )
    })?;
    Ok(exact.timestamp())
}

/// `10m`, `2h30m`, `3d`: days are of 24 hours.
fn after(text: &str, now: &Zoned) -> Option<Timestamp> {
    let mut seconds: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i64 = rest[..end].parse().ok()?;
        let unit = rest[end..].chars().next()?;
        let of_unit = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(of_unit)?)?;
        rest = &rest[end + unit.len_utf8()..];
    }
    let span = Span::new().try_seconds(seconds).ok()?;
    let is_span = !text.is_empty();
    is_span.then(|| now.timestamp().checked_add(span).ok())?
}

/// The zone behind the last blank, when there is one.
fn split_zone(text: &str) -> anyhow::Result<(&str, Option<TimeZone>)> {
    let Some((local, name)) = text.rsplit_once(' ') else {
        return Ok((text, None));
    };
    let name = name.trim_matches(['[', ']']);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok((text, None));
    }
    let zone = TimeZone::get(name);
    let zone = zone.map_err(|_| {
        anyhow!("time zone '{name}' must be a name of the IANA time zone database, as Europe/Paris")
    })?;
    Ok((local.trim_end(), Some(zone)))
}

fn wall(text: &str, now: &Zoned) -> anyhow::Result<DateTime> {
    let today = now.date();
    let on = |date: jiff::civil::Date, time: &str| anyhow::Ok(date.to_datetime(clock(time)?));
    if let Some(time) = text.strip_prefix("today ") {
        return on(today, time);
    }
    if let Some(time) = text.strip_prefix("tomorrow ") {
        return on(today.checked_add(1.day())?, time);
    }
    if let Ok(time) = clock(text) {
        let passed = time <= now.time();
        let date = if passed {
            today.checked_add(1.day())?
        } else {
            today
        };
        return Ok(date.to_datetime(time));
    }
    let (date, time) = text.split_once([' ', 'T']).context("no date and time")?;
    on(date.parse()?, time)
}

/// `09:00` or `09:00:30`.
fn clock(text: &str) -> anyhow::Result<Time> {
    let text = text.trim();
    let is_clock = text.len() >= 4 && text.bytes().all(|b| b.is_ascii_digit() || b == b':');
    if !is_clock {
        bail!("no time of day");
    }
    let padded = if text.find(':') == Some(1) {
        format!("0{text}")
    } else {
        text.to_owned()
    };
    Ok(padded.parse()?)
}

/// A time of the API, in `zone`, which is said: `2026-12-02 09:00:00.250 CET`.
pub fn shown(text: &str, zone: &TimeZone) -> String {
    let Ok(time) = text.parse::<Timestamp>() else {
        return text.to_owned();
    };
    let local = time.to_zoned(zone.clone());
    local.strftime("%Y-%m-%d %H:%M:%S%.3f %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tuesday, 10:30 in Paris.
    fn now() -> Zoned {
        "2026-12-01T10:30:00[Europe/Paris]".parse().unwrap()
    }

    fn check(text: &str, expected: &str) {
        let read = parse(text, &now()).map(|time| time.to_string());
        assert_eq!(
            read.map_err(|error| error.to_string()),
            Ok(expected.to_owned()),
            "{text}"
        );
    }

    fn check_refused(text: &str, part: &str) {
        let error = format!("{:#}", parse(text, &now()).unwrap_err());
        assert!(error.contains(part), "{text}: {error}");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [
            ("10m", "2026-12-01T09:40:00Z"),
            ("2h30m", "2026-12-01T12:00:00Z"),
            ("3d", "2026-12-04T09:30:00Z"),
            ("0s", "2026-12-01T09:30:00Z"),
            ("14:30", "2026-12-01T13:30:00Z"),
            ("9:00", "2026-12-02T08:00:00Z"),
            ("today 18:00", "2026-12-01T17:00:00Z"),
            ("tomorrow 09:00", "2026-12-02T08:00:00Z"),
            ("tomorrow 09:00 America/New_York", "2026-12-02T14:00:00Z"),
            ("2026-12-24 09:00", "2026-12-24T08:00:00Z"),
            ("2026-12-24T09:00:30", "2026-12-24T08:00:30Z"),
            ("2026-07-01 09:00 [Europe/Paris]", "2026-07-01T07:00:00Z"),
            ("2026-12-02T09:00:00+01:00", "2026-12-02T08:00:00Z"),
            ("2026-12-02T09:00:00.000Z", "2026-12-02T09:00:00Z"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_what_is() {
        for text in [
            "",
            "soon",
            "10",
            "10x",
            "25:00",
            "tomorrow",
            "2026-13-01 09:00",
            "1é",
            "99999999999999999999d",
        ] {
            check_refused(text, "must be a span from now");
        }
        check_refused("tomorrow 09:00 Mars/Base", "time zone 'Mars/Base' must be");
    }

    #[test]
    fn a_local_time_that_is_not_one_instant_is_refused() {
        check_refused("2027-03-28 02:30", "does not exist, or exists twice");
        check_refused("2026-10-25 02:30", "does not exist, or exists twice");
    }

    #[test]
    fn times_are_shown_with_their_zone() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        assert_eq!(
            shown("2026-12-02T08:00:00.250Z", &zone),
            "2026-12-02 09:00:00.250 CET"
        );
        assert_eq!(shown("never", &zone), "never");
    }
}
