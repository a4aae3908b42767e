//! Reports of many callbacks.

use super::log;
use crate::callback::{Callback, Decision, Input};
use crate::event::Reason;
use crate::ids::ServiceName;
use crate::reporting::summary::Waits;
use crate::reporting::{Facts, Interval, Report, Row};
use crate::service::Template;
use crate::tests::sample::{at, request, service};
use crate::time::Timestamp;

/// A callback that was requested at that time.
fn callback(requested: Timestamp) -> Callback {
    let service = service(Template::UserTerminatedImmediate, "");
    Callback::accept(request(None), &service, None, requested)
        .unwrap()
        .0
}

fn called_off(callback: &Callback, reason: Reason) -> Callback {
    let service = service(Template::UserTerminatedImmediate, "");
    let cancel = Input::Cancel(reason);
    let Decision::Step(step) = callback.step(cancel, &service.options, callback.created) else {
        panic!("not called off");
    };
    step.callback
}

fn report(zone: &str, interval: Interval, counted: &[(Callback, Facts)]) -> Vec<Row> {
    let mut report = Report::new(zone.parse().unwrap(), interval);
    for (callback, facts) in counted {
        report.count(callback, facts);
    }
    assert_eq!(report.is_empty(), counted.is_empty());
    report.rows()
}

#[test]
fn callbacks_are_counted_by_what_became_of_them() {
    let new = callback(at(0));
    let facts = |lines: &str| Facts::of(&log(lines));
    let mut other = new.clone();
    other.service = ServiceName::new("desk");
    let mut tried = called_off(&new, Reason::Cancelled);
    tried.attempts = 2;
    let dialed = "1 QUEUED dial_init\n2 QUEUED dial_done 1 busy\n3 QUEUED dial_init\n4 QUEUED dial_done 2 ok";
    let counted = [
        (new.clone(), Facts::default()),
        (tried.clone(), facts(dialed)),
        (
            tried,
            facts(&format!("{dialed}\n9 PROCESSING route_to_agent")),
        ),
        (called_off(&new, Reason::CancelledByAdmin), Facts::default()),
        (other, Facts::default()),
    ];
    let rows = report("UTC", Interval::Hour, &counted);
    let [desk, samples] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(
        (desk.service.as_str(), desk.callbacks, desk.completed),
        ("desk", 1, 0)
    );
    assert_eq!((desk.connected, desk.waits), (0, None));
    assert_eq!(
        (samples.callbacks, samples.completed, samples.attempts),
        (4, 3, 4)
    );
    let count = |of: &std::collections::BTreeMap<&'static str, u64>| format!("{of:?}");
    assert_eq!(
        count(&samples.reasons),
        r#"{"CANCELLED": 2, "CANCELLED_BY_ADMIN": 1}"#
    );
    assert_eq!(
        count(&samples.dial_results),
        r#"{"BUSY": 2, "CONNECTED": 1, "PERSON": 1}"#
    );
    assert_eq!(samples.connected, 1);
    let waits = Waits {
        mean: 9,
        p50: 9,
        p95: 9,
        max: 9,
    };
    assert_eq!(samples.waits, Some(waits));
}

#[test]
fn rows_are_of_days_and_hours_of_the_zone() {
    let requested = |time: &str| (callback(Timestamp::parse(time).unwrap()), Facts::default());
    let counted = [
        "2026-10-24T21:59:59Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
        "2026-10-25T01:40:00Z",
        "2026-10-25T22:59:59Z",
    ]
    .map(requested);
    let shown = |interval| {
        let rows = report("Europe/Paris", interval, &counted);
        let shown = rows.iter().map(|row| {
            let hours = row.time.end.since(row.time.start).as_secs() / 3600;
            format!(
                "{} {hours} h: {}",
                row.local.trim_end_matches(":00.000"),
                row.callbacks
            )
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(
        shown(Interval::Day),
        ["2026-10-24T00:00 24 h: 1", "2026-10-25T00:00 25 h: 5"]
    );
    assert_eq!(
        shown(Interval::Hour),
        [
            "2026-10-24T23:00 1 h: 1",
            "2026-10-25T00:00 1 h: 1",
            // The same hour on the clock, twice.
            "2026-10-25T02:00 1 h: 1",
            "2026-10-25T02:00 1 h: 2",
            "2026-10-25T23:00 1 h: 1",
        ]
    );
}

/// The wait counts from the time the customer wanted the call; who is called a little early has not waited.
#[test]
fn waits_count_from_the_wanted_time() {
    let mut callback = callback(at(0));
    let waits = |callback: &Callback, connected: i64| {
        let facts = Facts {
            connected: Some(at(connected)),
            ..Facts::default()
        };
        let rows = report("UTC", Interval::Day, &[(callback.clone(), facts)]);
        rows[0].waits.unwrap().max
    };
    assert_eq!(waits(&callback, 90), 90);
    callback.desired = Some(at(600));
    assert_eq!(waits(&callback, 690), 90);
    assert_eq!(waits(&callback, 500), 0);
}

#[test]
fn ranks_are_of_waits_that_there_were() {
    let of = |waits: Vec<u64>| Waits::of(waits).map(|it| [it.mean, it.p50, it.p95, it.max]);
    for (waits, expected) in [
        (vec![], None),
        (vec![7], Some([7, 7, 7, 7])),
        (vec![4, 1], Some([3, 1, 4, 4])),
        ((1..=100).collect(), Some([51, 50, 95, 100])),
        ((1..=20).collect(), Some([11, 10, 19, 20])),
        (vec![u64::MAX; 3], Some([u64::MAX; 4])),
    ] {
        assert_eq!(of(waits.clone()), expected, "{waits:?}");
    }
}
