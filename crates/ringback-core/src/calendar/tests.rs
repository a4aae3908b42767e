//! Office hours: tables of what they say, mistakes, and laws.

mod changes;
mod laws;
mod mistakes;

use std::collections::BTreeMap;

use serde_json::json;

use super::{OfficeHours, Period};
use crate::availability::Window;
use crate::time::Timestamp;
use crate::zone::tests::time;

/// Office hours from options written as `name=value`, one a line, in UTC unless they say otherwise.
pub fn hours(options: &str) -> OfficeHours {
    OfficeHours::parse("desk", &given(options)).unwrap()
}

pub fn given(options: &str) -> BTreeMap<String, String> {
    let lines = options.lines().filter_map(|line| line.split_once('='));
    lines
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .collect()
}

/// The periods between two days, as local times without the seconds.
fn check(options: &str, from: &str, until: &str, expected: &[(&str, &str)]) {
    let hours = hours(options);
    let midnight = |day: &str| hours.zone().local_time(day).unwrap();
    let local = |at: Timestamp| hours.zone().local_text(at)[..16].to_owned();
    let periods: Vec<_> = hours
        .periods(midnight(from), midnight(until))
        .iter()
        .map(|period| (local(period.start), local(period.end)))
        .collect();
    let found: Vec<_> = periods
        .iter()
        .map(|(start, end)| (start.as_str(), end.as_str()))
        .collect();
    assert_eq!(found, expected, "{options}");
}

#[test]
fn a_week_repeats() {
    // 2026-11-20 is a Friday.
    check(
        "_timezone=Europe/Paris
         _bh_regular1=Mon-Fri 08:00-20:00
         _bh_regular2=Sat 10:00-14:00",
        "2026-11-20",
        "2026-11-24",
        &[
            ("2026-11-20T08:00", "2026-11-20T20:00"),
            ("2026-11-21T10:00", "2026-11-21T14:00"),
            ("2026-11-23T08:00", "2026-11-23T20:00"),
        ],
    );
}

#[test]
fn hours_that_touch_are_one_period() {
    check(
        "_bh_regular1=Mon-Sun 00:00-24:00",
        "2026-11-20",
        "2026-11-24",
        &[("2026-11-20T00:00", "2026-11-24T00:00")],
    );
    check(
        "_bh_regular1=Fri 08:00-12:00
         _bh_regular2=Mon-Fri 12:00-13:00
         _bh_add1=2026-11-20 12:30-15:00",
        "2026-11-20",
        "2026-11-21",
        &[("2026-11-20T08:00", "2026-11-20T15:00")],
    );
}

#[test]
fn hours_over_midnight_belong_to_the_day_they_begin() {
    check(
        "_bh_regular1=Fri 22:00-02:00",
        "2026-11-19",
        "2026-11-29",
        &[
            ("2026-11-20T22:00", "2026-11-21T02:00"),
            ("2026-11-27T22:00", "2026-11-28T02:00"),
        ],
    );
}

#[test]
fn a_holiday_closes_its_day() {
    let week = "_bh_regular1=Mon-Sun 22:00-02:00";
    let open = |day: &str, next: &str| (format!("{day}T22:00"), format!("{next}T02:00"));
    let (thursday, saturday) = (
        open("2026-11-19", "2026-11-20"),
        open("2026-11-21", "2026-11-22"),
    );
    for holiday in ["2026-11-20", "11-20"] {
        check(
            &format!("{week}\n_holiday1={holiday}"),
            "2026-11-19T12:00",
            "2026-11-22T12:00",
            &[
                // It closes the night that begins before it, and the whole night that begins on it.
                (&thursday.0, "2026-11-20T00:00"),
                (&saturday.0, &saturday.1),
            ],
        );
    }
}

#[test]
fn dated_hours_open_what_is_closed() {
    let options = "_timezone=America/New_York
         _bh_regular1=Mon-Fri 09:00-17:00
         _holiday1=07-14
         _bh_add1=07-14 12:00-14:30
         _bh_add2=2026-07-14 22:00-01:00
         _bh_add3=07-15 16:00-18:00
         _bh_add4=2026-07-18 10:00-11:00
         _holiday2=2026-07-15";
    check(
        options,
        "2026-07-13",
        "2026-07-20",
        &[
            ("2026-07-13T09:00", "2026-07-13T17:00"),
            ("2026-07-14T12:00", "2026-07-14T14:30"),
            ("2026-07-14T22:00", "2026-07-15T01:00"),
            ("2026-07-15T16:00", "2026-07-15T18:00"),
            ("2026-07-16T09:00", "2026-07-16T17:00"),
            ("2026-07-17T09:00", "2026-07-17T17:00"),
            ("2026-07-18T10:00", "2026-07-18T11:00"),
        ],
    );
    check(
        options,
        "2027-07-14",
        "2027-07-16",
        &[
            ("2027-07-14T12:00", "2027-07-14T14:30"),
            ("2027-07-15T09:00", "2027-07-15T18:00"),
        ],
    );
}

#[test]
fn the_29th_of_february_is_in_leap_years() {
    let options = "_bh_add1=02-29 10:00-11:00";
    check(options, "2027-01-01", "2028-01-01", &[]);
    check(
        options,
        "2028-01-01",
        "2029-01-01",
        &[("2028-02-29T10:00", "2028-02-29T11:00")],
    );
}

#[test]
fn what_another_product_writes_is_left_alone() {
    check(
        "_service=office-hours
         _type=builtin
         _ttl=30
         _timezone=UTC
         _bh_add1=
         _bh_regular1=Mon-Fri 08:00-20:00
         _holiday1=2026-07-15",
        "2026-07-15",
        "2026-07-17",
        &[("2026-07-16T08:00", "2026-07-16T20:00")],
    );
}

#[test]
fn periods_are_cut_to_what_is_asked_for() {
    let hours = hours("_bh_regular1=Mon-Sun 08:00-20:00");
    let ask = |from: &str, until: &str| hours.periods(time(from), time(until));
    assert_eq!(
        ask("2026-11-20T09:00:00Z", "2026-11-20T09:30:00Z"),
        [Period {
            start: time("2026-11-20T09:00:00Z"),
            end: time("2026-11-20T09:30:00Z")
        }]
    );
    assert!(ask("2026-11-20T20:00:00Z", "2026-11-21T08:00:00Z").is_empty());
    assert!(ask("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z").is_empty());
    assert!(ask("2026-11-20T10:00:00Z", "2026-11-20T09:00:00Z").is_empty());
    assert_eq!(
        ask("2026-11-20T00:00:00Z", "2126-11-20T00:00:00Z").len(),
        3660
    );
    for at in [i64::MIN, i64::MAX].map(Timestamp::from_millis) {
        hours.is_open(at);
        hours.next_opening(at);
    }
}

#[test]
fn the_next_opening_is_found() {
    let week =
        hours("_timezone=Europe/Paris\n_bh_regular1=Mon-Fri 08:00-20:00\n_holiday1=2026-11-23");
    let once = hours("_bh_add1=2028-02-29 10:00-11:00");
    for (hours, at, expected) in [
        (&week, "2026-11-20T09:00:00Z", Some("2026-11-20T09:00:00Z")),
        (
            &week,
            "2026-11-20T18:59:59.999Z",
            Some("2026-11-20T18:59:59.999Z"),
        ),
        (&week, "2026-11-20T19:00:00Z", Some("2026-11-24T07:00:00Z")),
        (&once, "2026-11-20T00:00:00Z", Some("2028-02-29T10:00:00Z")),
        (&once, "2028-02-29T11:00:00Z", None),
    ] {
        assert_eq!(hours.next_opening(time(at)), expected.map(time), "{at}");
        assert_eq!(hours.is_open(time(at)), expected == Some(at), "{at}");
    }
}

#[test]
fn who_asks_is_told_of_periods() {
    let hours = hours("_timezone=Europe/Paris\n_bh_regular1=Mon-Fri 08:00-20:00");
    let ask = |start: &str, end: &str| {
        let (start, end) = (time(start), time(end));
        hours.answer(Window { start, end })
    };
    let period = |start: &str, end: &str| json!({ "error": null, "periods": [{ "start": start, "end": end }] });
    assert_eq!(
        ask("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z"),
        period("2026-11-20T07:00:00.000Z", "2026-11-20T19:00:00.000Z")
    );
    let now = "2026-11-20T12:34:56.000Z";
    assert_eq!(
        ask(now, now),
        period(now, "2026-11-20T19:00:00.000Z"),
        "open now"
    );
    let now = "2026-11-20T19:00:00.000Z";
    assert_eq!(
        ask(now, now),
        json!({ "error": null, "periods": [] }),
        "closed now"
    );
}
