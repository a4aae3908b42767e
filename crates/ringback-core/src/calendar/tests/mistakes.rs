//! Office hours: what can be wrong with them.

use std::collections::BTreeMap;

use super::super::OfficeHours;
use super::given;
use crate::timetable::{MAX_OPTIONS, Mistake};

const WEEKLY: &str = "days and hours, as 'Mon-Fri 08:00-20:00', 'Sat 10:00-14:00', 'Mon,Wed 09:00-12:00', 'Fri 22:00-02:00' \
     or 'Mon-Sun 00:00-24:00'";

fn mistakes(name: &str, options: &str) -> String {
    OfficeHours::parse(name, &given(options))
        .unwrap_err()
        .to_string()
}

#[test]
fn all_are_told_at_once() {
    let told = mistakes(
        "desk",
        "_timezone=Europe/Pariss
         _bh_regular1=Mon-Fri 8-20
         _bh_add1=14.07. 12:00-14:30
         _holiday1=2026-02-29
         _holidays=12-25
         colour=red",
    );
    let expected = [
        "'_bh_add1' = '14.07. 12:00-14:30': allowed is a date and hours, as '07-14 12:00-14:30' or '2026-07-14 12:00-14:30'",
        &format!("'_bh_regular1' = 'Mon-Fri 8-20': allowed is {WEEKLY}"),
        "'_holiday1' = '2026-02-29': allowed is a date, as '2026-12-25' or '12-25'",
        "'_timezone' = 'Europe/Pariss': allowed is an IANA time zone, as Europe/Paris, did you mean 'Europe/Paris'?",
    ]
    .map(|mistake| format!("option {mistake}"));
    assert!(told.starts_with("office hours 'desk': "), "{told}");
    for mistake in &expected {
        assert!(told.contains(mistake), "{mistake}\n{told}");
    }
    for unknown in ["'_holidays', did you mean '_holiday'?", "'colour'"] {
        let all = "allowed are _timezone, _bh_regularN, _bh_addN and _holidayN";
        assert!(
            told.contains(&format!("unknown option {unknown}; {all}")),
            "{told}"
        );
    }
    assert_eq!(
        told.matches("; ").count() - 2,
        5,
        "no more than these: {told}"
    );
}

#[test]
fn hours_that_never_begin_are_a_mistake() {
    for options in ["", "_timezone=UTC\n_holiday1=12-25", "_bh_add1= "] {
        assert_eq!(
            mistakes("desk", options),
            "office hours 'desk': missing: expected is at least one of _bh_regularN and _bh_addN"
        );
    }
}

#[test]
fn wrong_regular_hours_are_named() {
    for value in [
        "08:00-20:00",
        "Mon-Fri",
        "Mon-Fri 08:00",
        "Mon-Fri 08:00-08:00",
        "Mon-Fri 08:00-24:01",
        "Mon-Foo 08:00-20:00",
        "Mon Tue 08:00-20:00",
        "Mon-Fri 08:00-12:00 13:00-20:00",
    ] {
        assert_eq!(
            mistakes("desk", &format!("_bh_regular1={value}")),
            format!("office hours 'desk': option '_bh_regular1' = '{value}': allowed is {WEEKLY}")
        );
    }
}

#[test]
fn names_stand_in_urls() {
    let told = mistakes("a desk", "_bh_regular1=Mon 08:00-20:00");
    assert!(told.contains("'a desk' is no name: allowed are"), "{told}");
}

#[test]
fn options_are_bounded() {
    let options: BTreeMap<_, _> = (0..=MAX_OPTIONS)
        .map(|n| (format!("_bh_regular{n}"), "Mon 08:00-20:00".to_owned()))
        .collect();
    let error = OfficeHours::parse("desk", &options).unwrap_err();
    assert_eq!(
        error.mistakes,
        [Mistake::TooMany(MAX_OPTIONS + 1, MAX_OPTIONS)]
    );
}
