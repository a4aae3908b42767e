//! Office hours when clocks change.

use super::hours;
use crate::zone::tests::time;

/// The periods of the days around a change, in UTC without the seconds.
fn check(options: &str, from: &str, until: &str, expected: &[(&str, &str)]) {
    let utc = |text: &str| time(&format!("{text}:00Z"));
    let found: Vec<_> = hours(options)
        .periods(utc(from), utc(until))
        .iter()
        .map(|period| (period.start, period.end))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(start, end)| (utc(start), utc(end)))
        .collect();
    assert_eq!(found, expected, "{options}");
}

/// New York's clock goes from 02:00 to 03:00 at 07:00 UTC.
#[test]
fn nothing_is_open_in_the_hour_that_is_left_out() {
    for (written, expected) in [
        (
            "01:00-05:00",
            &[("2026-03-08T06:00", "2026-03-08T09:00")][..],
        ),
        ("02:15-05:00", &[("2026-03-08T07:00", "2026-03-08T09:00")]),
        ("01:00-02:30", &[("2026-03-08T06:00", "2026-03-08T07:00")]),
        ("02:00-03:00", &[]),
        ("02:15-02:45", &[]),
    ] {
        let options = format!("_timezone=America/New_York\n_bh_regular1=Sun {written}");
        check(&options, "2026-03-08T00:00", "2026-03-09T00:00", expected);
    }
}

/// New York's clock goes from 02:00 to 01:00 at 06:00 UTC.
#[test]
fn a_repeated_hour_is_open_both_times() {
    for (written, expected) in [
        ("00:30-03:00", ("2026-11-01T04:30", "2026-11-01T08:00")),
        ("01:00-02:00", ("2026-11-01T05:00", "2026-11-01T07:00")),
        // It begins when the clock shows it first, and ends when it shows it last.
        ("01:30-03:00", ("2026-11-01T05:30", "2026-11-01T08:00")),
        ("00:00-01:30", ("2026-11-01T04:00", "2026-11-01T06:30")),
        // Neither of these is in the repeated hour.
        ("00:00-01:00", ("2026-11-01T04:00", "2026-11-01T05:00")),
        ("02:00-03:00", ("2026-11-01T07:00", "2026-11-01T08:00")),
    ] {
        let options = format!("_timezone=America/New_York\n_bh_regular1=Sun {written}");
        check(
            &options,
            "2026-11-01T00:00",
            "2026-11-02T00:00",
            &[expected],
        );
    }
}

#[test]
fn a_night_is_as_long_as_its_clock_says() {
    let options = "_timezone=Europe/London\n_bh_regular1=Sat 22:00-06:00";
    // 7 hours in March, 9 in October.
    check(
        options,
        "2026-03-28T12:00",
        "2026-03-29T12:00",
        &[("2026-03-28T22:00", "2026-03-29T05:00")],
    );
    check(
        options,
        "2026-10-24T12:00",
        "2026-10-25T12:00",
        &[("2026-10-24T21:00", "2026-10-25T06:00")],
    );
}

/// Lord Howe's clock changes by half an hour: from 02:00 to 02:30, and from 02:00 to 01:30, each at 15:00 or 15:30 UTC.
#[test]
fn half_hours_count() {
    let options = "_timezone=Australia/Lord_Howe\n_bh_regular1=Sun 01:45-02:45";
    check(
        options,
        "2026-10-03T00:00",
        "2026-10-04T00:00",
        &[("2026-10-03T15:15", "2026-10-03T15:45")],
    );
    check(
        options,
        "2026-04-04T00:00",
        "2026-04-05T00:00",
        &[("2026-04-04T14:45", "2026-04-04T16:15")],
    );
}

#[test]
fn offsets_may_be_odd() {
    check(
        "_timezone=Asia/Kathmandu\n_bh_regular1=Fri 00:00-24:00",
        "2026-11-18T00:00",
        "2026-11-25T00:00",
        &[("2026-11-19T18:15", "2026-11-20T18:15")],
    );
}

/// Samoa left out 30 December 2011; Santiago's clock goes from 00:00 to 01:00.
#[test]
fn days_may_be_missing_or_begin_late() {
    check(
        "_timezone=Pacific/Apia\n_bh_regular1=Mon-Sun 09:00-17:00",
        "2011-12-29T10:00",
        "2012-01-01T10:00",
        &[
            ("2011-12-29T19:00", "2011-12-30T03:00"),
            ("2011-12-30T19:00", "2011-12-31T03:00"),
            ("2011-12-31T19:00", "2012-01-01T03:00"),
        ],
    );
    check(
        "_timezone=America/Santiago\n_bh_regular1=Sun 00:00-02:00",
        "2026-09-05T12:00",
        "2026-09-06T12:00",
        &[("2026-09-06T04:00", "2026-09-06T05:00")],
    );
}
