//! Availability: what is offered, proposed, refused and shown.

mod laws;
mod query;

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    MAX_SLOTS, Query, Refusal, Rules, SlotView, answer, proposals, slots_around, slots_to_ask,
    v1_json, v2_json,
};
use crate::calendar::OfficeHours;
use crate::calendar::tests::{given, hours};
use crate::capacity::Capacity;
use crate::capacity::tests::capacity;
use crate::slots::{Bucket, Slot};
use crate::span::Span;
use crate::time::Timestamp;
use crate::zone::tests::{time, zone};

/// A Friday afternoon in Paris.
const NOW: &str = "2026-11-20T12:02:00.000Z";

fn office() -> OfficeHours {
    hours("_timezone=Europe/Paris\n_bh_regular1=Mon-Fri 08:00-20:00")
}

fn rules<'a>(
    bucket: &str,
    hours: Option<&'a OfficeHours>,
    capacity: Option<&'a Capacity>,
) -> Rules<'a> {
    Rules {
        bucket: bucket.parse().unwrap(),
        places: 3,
        hours,
        capacity,
        earliest: time(NOW),
        latest: Span::parse("1M").unwrap().after(time(NOW)),
    }
}

fn query(parameters: &str) -> Query {
    Query::v2(&given(parameters), time(NOW)).unwrap()
}

/// Bookings by the start of their slot.
fn booked(bookings: &[(&str, u32)]) -> impl Fn(Slot) -> u32 {
    let bookings: BTreeMap<Timestamp, u32> = bookings
        .iter()
        .map(|(start, count)| (time(start), *count))
        .collect();
    move |slot| bookings.get(&slot.start()).copied().unwrap_or(0)
}

/// Starts without the seconds, and what is left.
fn left(views: &[SlotView]) -> Vec<(String, u32)> {
    views
        .iter()
        .map(|view| (view.from.to_string()[..16].to_owned(), view.free))
        .collect()
}

fn check(parameters: &str, rules: &Rules<'_>, bookings: &[(&str, u32)], expected: &[(&str, u32)]) {
    let query = query(parameters);
    let asked = slots_to_ask(&query, rules);
    let found = left(&answer(&query, &asked, booked(bookings)));
    let expected: Vec<_> = expected
        .iter()
        .map(|(start, free)| ((*start).to_owned(), *free))
        .collect();
    assert_eq!(found, expected, "{parameters}");
}

#[test]
fn open_slots_with_free_places_are_offered() {
    let office = office();
    let bookings = [
        ("2026-11-20T13:00:00Z", 1),
        ("2026-11-20T15:00:00Z", 3),
        ("2026-11-20T17:00:00Z", 9),
    ];
    // The slot of 12:00 has begun; the office closes at 19:00.
    let rules = rules("60", Some(&office), None);
    let afternoon = [
        ("2026-11-20T12:02", 3),
        ("2026-11-20T13:00", 2),
        ("2026-11-20T14:00", 3),
        ("2026-11-20T16:00", 3),
        ("2026-11-20T18:00", 3),
    ];
    check("", &rules, &bookings, &afternoon);
    check("max-time-slots=2", &rules, &bookings, &afternoon[..2]);
    check(
        "start=2020-01-01T00:00:00Z\nnumber-of-days=31",
        &rules,
        &bookings,
        &[],
    );
    check(
        "report-busy=true\nend=2026-11-20T18:00:00Z",
        &rules,
        &bookings,
        &[
            ("2026-11-20T12:02", 3),
            ("2026-11-20T13:00", 2),
            ("2026-11-20T14:00", 3),
            ("2026-11-20T15:00", 0),
            ("2026-11-20T16:00", 3),
            ("2026-11-20T17:00", 0),
        ],
    );
    check(
        "report-busy=true\nmax-time-slots=3",
        &rules,
        &bookings,
        &[
            ("2026-11-20T12:02", 3),
            ("2026-11-20T13:00", 2),
            ("2026-11-20T14:00", 3),
        ],
    );
}

#[test]
fn who_asks_for_an_instant_is_told_of_the_next_slot() {
    let rules = rules("30", None, None);
    let later = "start=2026-11-20T12:30:00Z\nend=2026-11-20T12:31:00Z";
    check(later, &rules, &[], &[("2026-11-20T12:30", 3)]);
    let both = [("2026-11-20T12:02", 3), ("2026-11-20T12:30", 3)];
    check("end=2026-11-20T12:02:00Z", &rules, &[], &both);
}

#[test]
fn slots_start_while_the_office_is_open() {
    let office = hours("_bh_regular1=Mon-Sun 14:30-16:30");
    check(
        "",
        &rules("60", Some(&office), None),
        &[],
        &[
            ("2026-11-20T14:30", 3),
            ("2026-11-20T15:00", 3),
            ("2026-11-20T16:00", 3),
        ],
    );
}

/// Ten minutes in a slot of two hours, and twice in one; the slot that has begun, from the next minute on.
#[test]
fn open_hours_shorter_than_the_bucket_are_offered() {
    let short = hours(
        "_bh_regular1=Mon-Sun 12:00-12:03\n_bh_regular2=Mon-Sun 15:10-15:20\n_bh_regular3=Mon-Sun 15:40-15:45",
    );
    let mut rules = rules("120", Some(&short), None);
    let offered = [
        ("2026-11-20T12:02", 3),
        ("2026-11-20T15:10", 3),
        ("2026-11-21T12:00", 3),
    ];
    check("", &rules, &[], &offered);
    rules.earliest = time("2026-11-20T15:15:30.500Z");
    check(
        "",
        &rules,
        &[],
        &[("2026-11-20T15:16", 3), ("2026-11-21T12:00", 3)],
    );
    rules.earliest = time("2026-11-20T15:20:00Z");
    check(
        "",
        &rules,
        &[],
        &[("2026-11-20T15:40", 3), ("2026-11-21T12:00", 3)],
    );
    rules.earliest = time("2026-11-20T15:44:00.001Z");
    let last = slots_to_ask(&query(""), &rules)[0];
    assert_eq!(last.from, rules.earliest, "no whole minute is left");
}

#[test]
fn a_capacity_gives_the_places() {
    let (office, team) = (
        office(),
        capacity(
            r#"_timezone=Europe/Paris
        _capacity={"0000":9,"1500":0,"1630":2}"#,
        ),
    );
    check(
        "",
        &rules("60", Some(&office), Some(&team)),
        &[("2026-11-20T17:00:00Z", 1)],
        &[
            ("2026-11-20T12:02", 9),
            ("2026-11-20T13:00", 9),
            ("2026-11-20T16:00", 2),
            ("2026-11-20T17:00", 1),
            ("2026-11-20T18:00", 2),
        ],
    );
}

#[test]
fn nothing_is_offered_beyond_the_last_time() {
    let mut rules = rules("60", None, None);
    rules.latest = time("2026-11-20T14:00:00Z");
    check(
        "",
        &rules,
        &[],
        &[
            ("2026-11-20T12:02", 3),
            ("2026-11-20T13:00", 3),
            ("2026-11-20T14:00", 3),
        ],
    );
    rules.latest = time("2026-11-20T13:59:59.999Z");
    check(
        "",
        &rules,
        &[],
        &[("2026-11-20T12:02", 3), ("2026-11-20T13:00", 3)],
    );
    check("start=2026-12-01T00:00:00Z", &rules, &[], &[]);
}

#[test]
fn slots_are_by_the_clock_of_the_office() {
    let kathmandu = hours("_timezone=Asia/Kathmandu\n_bh_regular1=Mon-Sun 00:00-24:00");
    let plan = capacity("_timezone=Asia/Kolkata\n_capacity={\"0000\":5}");
    for (hours, capacity, first) in [
        (Some(&kathmandu), Some(&plan), "2026-11-20T12:15"),
        (None, Some(&plan), "2026-11-20T12:30"),
        (None, None, "2026-11-20T13:00"),
    ] {
        let rules = rules("60", hours, capacity);
        let slots = slots_to_ask(&query(""), &rules);
        assert_eq!(slots[1].slot.to_string()[..16], *first);
    }
}

#[test]
fn what_is_asked_is_bounded() {
    let slots = slots_to_ask(&query("number-of-days=31"), &rules("5", None, None));
    assert_eq!(slots.len(), MAX_SLOTS);
    let slots = slots_to_ask(
        &query("number-of-days=31\nreport-busy=true\nmax-time-slots=7"),
        &rules("5", None, None),
    );
    assert_eq!(slots.len(), 7);
}

#[test]
fn a_time_is_admitted_or_refused() {
    let (office, team) = (office(), capacity(r#"_capacity={"0000":9,"1500":0}"#));
    let rules = rules("60", Some(&office), Some(&team));
    let open = rules.admit(time("2026-11-23T12:59:59.999Z")).unwrap();
    assert_eq!(
        (open.slot.start(), open.total),
        (time("2026-11-23T12:00:00Z"), 9)
    );
    assert!(
        rules.admit(time("2026-11-20T12:02:00.000Z")).is_ok(),
        "in the slot that has begun"
    );
    let last = Rules {
        latest: time("2026-11-23T12:00:00Z"),
        ..rules
    };
    assert!(last.admit(last.latest).is_ok(), "the last time of all");
    assert_eq!(open.view(4).free, 5);
    assert_eq!(open.view(10).free, 0);
    for (at, told) in [
        (
            "2026-11-20T19:00:00.000Z",
            "is outside the office hours 'desk', which begin next at 2026-11-23T07:00:00.000Z",
        ),
        (
            "2026-11-20T15:00:00.000Z",
            "is in a time slot that takes no callbacks",
        ),
        (
            "2026-12-20T12:02:00.001Z",
            "is too far ahead: allowed are times up to 2026-12-20T12:02:00.000Z",
        ),
    ] {
        let refusal = rules.admit(time(at)).unwrap_err();
        assert_eq!(refusal.to_string(), format!("{at} {told}"));
    }
    let at = time("2026-11-23T12:00:00.000Z");
    assert_eq!(
        Refusal::Full { at, total: 9 }.to_string(),
        "2026-11-23T12:00:00.000Z is in a time slot that is full: all 9 places are taken"
    );
    let once = hours("_bh_add1=2026-01-01 10:00-11:00");
    let refusal = super::Rules {
        hours: Some(&once),
        ..rules
    }
    .admit(at)
    .unwrap_err();
    assert!(
        refusal
            .to_string()
            .ends_with("'desk', which do not begin again"),
        "{refusal}"
    );
}

#[test]
fn the_nearest_free_slots_are_proposed() {
    let office = office();
    let rules = rules("60", Some(&office), None);
    let full = [
        ("2026-11-20T16:00:00Z", 3),
        ("2026-11-20T17:00:00Z", 3),
        ("2026-11-20T18:00:00Z", 3),
    ];
    for (at, expected) in [
        // It is full.
        (
            "2026-11-20T17:10:00Z",
            ["2026-11-20T13:00", "2026-11-20T14:00", "2026-11-20T15:00"],
        ),
        // A Saturday, and a Sunday evening.
        (
            "2026-11-21T02:00:00Z",
            ["2026-11-20T13:00", "2026-11-20T14:00", "2026-11-20T15:00"],
        ),
        (
            "2026-11-22T20:00:00Z",
            ["2026-11-23T07:00", "2026-11-23T08:00", "2026-11-23T09:00"],
        ),
        // Long ago, and too far ahead: 2026-12-20 is a Sunday.
        (
            "2020-01-01T00:00:00Z",
            ["2026-11-20T12:02", "2026-11-20T13:00", "2026-11-20T14:00"],
        ),
        (
            "2030-01-01T00:00:00Z",
            ["2026-12-18T16:00", "2026-12-18T17:00", "2026-12-18T18:00"],
        ),
    ] {
        let around = slots_around(time(at), &rules);
        let proposed = proposals(&around, booked(&full), 3);
        let starts: Vec<_> = left(&proposed)
            .into_iter()
            .map(|(start, _)| start)
            .collect();
        assert_eq!(starts, expected, "{at}");
    }
    let around = slots_around(time("2026-11-25T12:00:00Z"), &rules);
    assert!(around.len() <= 200);
    assert!(proposals(&around, |_| 3, 3).is_empty(), "all are full");
}

#[test]
fn versions_differ_in_what_they_show() {
    let office = office();
    let rules = rules("60", Some(&office), None);
    let query = query("timezone=america/new_york\nreport-busy=true\nend=2026-11-20T14:30:00");
    assert_eq!(
        query.window.end,
        time("2026-11-20T19:30:00Z"),
        "a local time"
    );
    let asked = slots_to_ask(&query, &rules);
    let views = answer(&query, &asked[1..3], booked(&[("2026-11-20T14:00:00Z", 3)]));
    assert_eq!(
        v1_json(&views),
        json!({ "2026-11-20T13:00:00.000Z": 3, "2026-11-20T14:00:00.000Z": 0 })
    );
    let shown = |answer| serde_json::to_value(answer).unwrap();
    let (bucket, new_york) = (Bucket::default(), zone("America/New_York"));
    assert_eq!(
        shown(v2_json(&views, bucket, Some(&new_york))),
        json!({
            "durationMin": 5,
            "timezone": "America/New_York",
            "slots": [
                { "utcTime": "2026-11-20T13:00:00.000Z", "localTime": "2026-11-20T08:00:00.000", "capacity": 3, "total": 3 },
                { "utcTime": "2026-11-20T14:00:00.000Z", "localTime": "2026-11-20T09:00:00.000", "capacity": 0, "total": 3 },
            ],
        })
    );
    assert_eq!(
        shown(v2_json(&views[..1], bucket, None)),
        json!({ "durationMin": 5, "slots": [{ "utcTime": "2026-11-20T13:00:00.000Z", "capacity": 3, "total": 3 }] })
    );
    assert_eq!(v1_json(&[]), json!({}));
}
