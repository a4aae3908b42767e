//! Capacities: tables of what they say, mistakes, and laws.

mod laws;
mod mistakes;

use serde_json::json;

use super::Capacity;
use crate::availability::Window;
use crate::calendar::tests::given;
use crate::time::Timestamp;
use crate::zone::tests::time;

/// A capacity from options written as `name=value`, one a line.
pub fn capacity(options: &str) -> Capacity {
    Capacity::parse("team", &given(options)).unwrap()
}

/// The places of slots that start at local times.
fn check(options: &str, expected: &[(&str, u32)]) {
    let capacity = capacity(options);
    for (local, places) in expected {
        let at = capacity.zone().local_time(local).unwrap();
        assert_eq!(capacity.places(at), *places, "{options} {local}");
    }
}

#[test]
fn places_hold_from_their_time_on() {
    check(
        r#"_timezone=Asia/Kathmandu
           _capacity={"0830":10,"1200":0,"1300":5}"#,
        &[
            ("2026-11-20T00:00", 0),
            ("2026-11-20T08:29:59.999", 0),
            ("2026-11-20T08:30", 10),
            ("2026-11-20T12:30", 0),
            ("2026-11-20T23:59", 5),
            ("2026-11-21T00:00", 0),
        ],
    );
}

#[test]
fn the_first_day_is_sunday() {
    // 2026-11-22 is a Sunday.
    check(
        r#"_capacity={"0000":9}
           _capacity_1={"0000":1}
           _capacity_2={"2":{"0000":2}}
           _capacity_7={"0000":7}"#,
        &[
            ("2026-11-21T12:00", 7),
            ("2026-11-22T12:00", 1),
            ("2026-11-23T12:00", 2),
            ("2026-11-24T12:00", 9),
        ],
    );
}

#[test]
fn a_list_names_the_days() {
    for list in ["[Mon, Tue, Wed, Thu, Fri, Sat, Sun]", r#"["monday","Tue"]"#] {
        check(
            &format!(
                "_capacity={list}\n_capacity_1={{\"1\":{{\"0000\":1,\"0100\":3}}}}\n_capacity_2={{\"0100\":4}}"
            ),
            &[
                ("2026-11-22T12:00", 0),
                ("2026-11-23T00:30", 1),
                ("2026-11-23T12:00", 3),
                ("2026-11-24T00:30", 0),
                ("2026-11-24T12:00", 4),
            ],
        );
    }
}

#[test]
fn dates_go_before_days_of_the_week() {
    check(
        r#"_capacity={"0000":9}
           _capacity_5={"0000":5}
           _capacity_add={}
           _capacity_add1=12-24 {"0000":3,"1200":0}
           _capacity_add2=2026-12-24{"0000":0}
           _capacity_add3=2026-12-25 {}"#,
        &[
            ("2026-12-23T10:00", 9),
            ("2026-12-24T10:00", 0),
            ("2026-12-25T10:00", 0),
            ("2026-12-31T10:00", 5),
            ("2027-12-24T10:00", 3),
            ("2027-12-24T13:00", 0),
        ],
    );
}

#[test]
fn what_another_product_writes_is_read() {
    check(
        r#"_capacity=[Mon, Tue, Wed, Thu, Fri, Sat, Sun]
           _capacity_1={"1":{"1000":1000,"1100":1000,"0900":1000}}
           _capacity_7={"7":{"0000":1,"0100":3}}
           _capacity_add=[]
           _service=capacity
           _timezone=UTC
           _type=builtin"#,
        &[
            ("2026-11-23T08:00", 0),
            ("2026-11-23T09:00", 1000),
            ("2026-11-22T02:00", 3),
        ],
    );
}

/// New York's clock goes from 02:00 to 03:00 and from 02:00 to 01:00.
#[test]
fn places_are_by_the_clock_when_it_changes() {
    let capacity =
        capacity("_timezone=America/New_York\n_capacity={\"0130\":1,\"0230\":2,\"0330\":3}");
    for (from, until, expected) in [
        (
            "2026-03-08T05:00:00Z",
            "2026-03-08T09:00:00Z",
            &[
                ("2026-03-08T05:00:00Z", 0),
                ("2026-03-08T06:30:00Z", 1),
                ("2026-03-08T07:00:00Z", 2),
                ("2026-03-08T07:30:00Z", 3),
            ][..],
        ),
        (
            "2026-11-01T05:00:00Z",
            "2026-11-01T08:00:00Z",
            &[
                ("2026-11-01T05:00:00Z", 0),
                ("2026-11-01T05:30:00Z", 1),
                ("2026-11-01T06:00:00Z", 0),
                ("2026-11-01T06:30:00Z", 1),
                ("2026-11-01T07:30:00Z", 2),
            ],
        ),
    ] {
        let periods = capacity.periods(time(from), time(until));
        let found: Vec<_> = periods
            .iter()
            .map(|period| (period.start, period.places))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(start, places)| (time(start), *places))
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_asked_for_is_bounded() {
    let capacity = capacity(r#"_capacity={"0000":1,"1200":2}"#);
    let start = time("2026-11-20T00:00:00Z");
    assert_eq!(
        capacity
            .periods(start, Timestamp::from_millis(i64::MAX))
            .len(),
        2 * 3660
    );
    assert!(capacity.periods(start, start).is_empty());
    for at in [i64::MIN, i64::MAX].map(Timestamp::from_millis) {
        capacity.places(at);
    }
}

#[test]
fn who_asks_is_told_of_periods_with_places() {
    let capacity = capacity(r#"_capacity={"0800":5,"1800":0}"#);
    let ask = |start: &str, end: &str| {
        let (start, end) = (time(start), time(end));
        capacity.answer(Window { start, end })
    };
    let period = |start: &str, end: &str| json!({ "start": start, "end": end, "capacity": 5 });
    assert_eq!(
        ask("2026-11-20T00:00:00Z", "2026-11-21T12:00:00Z"),
        json!([
            period("2026-11-20T08:00:00.000Z", "2026-11-20T18:00:00.000Z"),
            period("2026-11-21T08:00:00.000Z", "2026-11-21T12:00:00.000Z"),
        ])
    );
    let now = "2026-11-20T12:34:56.000Z";
    assert_eq!(
        ask(now, now),
        json!([period(now, "2026-11-20T18:00:00.000Z")])
    );
    let now = "2026-11-20T18:00:00.000Z";
    assert_eq!(ask(now, now), json!([]));
}
