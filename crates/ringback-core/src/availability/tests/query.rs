//! What is asked for, right and wrong.

use super::super::{MAX_SLOTS, Query, Window};
use super::NOW;
use crate::calendar::tests::given;
use crate::zone::tests::time;

const TIME: &str = "allowed is a time, as 2026-11-20T12:00:00.000Z; without an offset it is local to the 'timezone', which is \
     UTC if not given";

/// The window that both versions read.
fn check(parameters: &str, start: &str, end: &str) {
    let (start, end) = (time(start), time(end));
    for read in [Query::v1, Query::v2] {
        let query = read(&given(parameters), time(NOW)).unwrap();
        assert_eq!(query.window, Window { start, end }, "{parameters}");
    }
}

fn refused(parameters: &str) -> String {
    Query::v2(&given(parameters), time(NOW))
        .unwrap_err()
        .to_string()
}

#[test]
fn the_next_day_is_asked_for_without_more() {
    check("", NOW, "2026-11-21T12:02:00Z");
    check("start=\nend= ", NOW, "2026-11-21T12:02:00Z");
    let query = Query::v1(&given("colour=red"), time(NOW)).unwrap();
    assert_eq!(
        (query.max_slots, query.report_busy, query.zone),
        (MAX_SLOTS, false, None)
    );
}

#[test]
fn windows_have_a_start_and_an_end_or_days() {
    check(
        "start=2026-12-01T00:00:00.000Z\nnumber-of-days=2",
        "2026-12-01T00:00:00Z",
        "2026-12-03T00:00:00Z",
    );
    check("number-of-days=31", NOW, "2026-12-21T12:02:00Z");
    check(
        "start=2026-12-01T00:00:00+02:00\nend=2026-12-01T12:00",
        "2026-11-30T22:00:00Z",
        "2026-12-01T12:00:00Z",
    );
    check("end=2026-11-20T12:02:00Z", NOW, NOW);
}

#[test]
fn the_second_version_knows_more() {
    let parameters = "start-ms=1795176000000\nend-ms=1795179600000\ntimezone=Europe/Paris\nreport-busy=true\nmax-time-slots=9";
    let query = Query::v2(&given(parameters), time(NOW)).unwrap();
    let (start, end) = (time("2026-11-20T12:00:00Z"), time("2026-11-20T13:00:00Z"));
    assert_eq!(query.window, Window { start, end });
    assert_eq!((query.max_slots, query.report_busy), (9, true));
    assert_eq!(query.zone.unwrap().name(), "Europe/Paris");

    let query = Query::v1(&given(parameters), time(NOW)).unwrap();
    assert_eq!(
        query.window.start,
        time(NOW),
        "the first version leaves them alone"
    );
    assert_eq!(
        (query.max_slots, query.report_busy, query.zone),
        (9, false, None)
    );

    let parameters = "timezone=Europe/Paris\nstart=2026-11-20T13:00\nend=2026-11-20T14:00:00+01:00";
    let query = Query::v2(&given(parameters), time(NOW)).unwrap();
    assert_eq!(query.window, Window { start, end });
}

#[test]
fn wrong_parameters_are_named() {
    for (parameters, told) in [
        ("start=tomorrow", format!("'start' = 'tomorrow': {TIME}")),
        (
            "end=2026-11-31T00:00:00Z",
            format!("'end' = '2026-11-31T00:00:00Z': {TIME}"),
        ),
        (
            "end=2026-11-21T00:00:00[Asia/Tokyo]",
            format!("'end' = '2026-11-21T00:00:00[Asia/Tokyo]': {TIME}"),
        ),
        (
            "start-ms=1.5",
            "'start-ms' = '1.5': allowed is milliseconds since 1970, as 1795176000000".to_owned(),
        ),
        (
            "end-ms=253370764800000",
            "'end-ms' = '253370764800000': allowed is milliseconds since 1970, as 1795176000000"
                .to_owned(),
        ),
        (
            "number-of-days=0",
            "'number-of-days' = '0': allowed is a number from 1 to 31".to_owned(),
        ),
        (
            "number-of-days=32",
            "'number-of-days' = '32': allowed is a number from 1 to 31".to_owned(),
        ),
        (
            "max-time-slots=5001",
            "'max-time-slots' = '5001': allowed is a number from 1 to 5000".to_owned(),
        ),
        (
            "report-busy=yes",
            "'report-busy' = 'yes': allowed is true or false".to_owned(),
        ),
        (
            "start-ms=0\nstart=2026-11-20T12:00:00Z",
            "'start' and 'start-ms' are given: allowed is one of them".to_owned(),
        ),
        (
            "end-ms=1795179600000\nnumber-of-days=1",
            "'end-ms' and 'number-of-days' are given: allowed is one of them".to_owned(),
        ),
    ] {
        assert_eq!(refused(parameters), told);
    }
    let told = refused("timezone=Mars");
    assert!(
        told.starts_with("'timezone': 'Mars' is no time zone: allowed are IANA names"),
        "{told}"
    );
}

#[test]
fn windows_are_in_order_and_bounded() {
    let allowed =
        |days| format!("allowed is at most {days} days after the start, {NOW}, and not before it");
    for end in ["2026-11-20T12:01:59.999Z", "2026-12-21T12:02:00.001Z"] {
        assert_eq!(
            refused(&format!("end={end}")),
            format!("'end' = '{end}': {}", allowed(31))
        );
    }
    let end = "2027-11-21T12:02:00.001Z";
    let error = Window::parse(&given(&format!("end={end}")), time(NOW)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("'end' = '{end}': {}", allowed(366))
    );
}

#[test]
fn who_asks_for_hours_without_more_asks_for_now() {
    for (parameters, start, end) in [
        ("", NOW, NOW),
        ("number-of-days=5", NOW, "2026-11-25T12:02:00Z"),
        (
            "start=2026-12-01T09:00\nend=2026-12-02T09:00\ntimezone=Europe/Paris",
            "2026-12-01T08:00:00Z",
            "2026-12-02T08:00:00Z",
        ),
    ] {
        let window = Window::parse(&given(parameters), time(NOW)).unwrap();
        assert_eq!(
            (window.start, window.end),
            (time(start), time(end)),
            "{parameters}"
        );
    }
}
