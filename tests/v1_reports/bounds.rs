//! What a report does not count, and by whose day it counts.

use std::time::Duration;

use ringback_core::callback::service_index;
use ringback_core::ids::ServiceName;
use ringback_core::key::{Key, Kind};
use ringback_core::reporting::Interval;
use ringback_core::time::Timestamp;
use ringback_core::zone::Zone;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{RefusalKind, ReportDesk, ReportQuery};
use ringback_ports::store::{Change, Commit, Put, Store};
use ringback_workers::ingest::FrontDesk;
use serde_json::json;

use crate::harness::{Rooms, request, request_with, rooms, rooms_at};

/// More than one service takes at once.
const FREE: &[(&str, &str)] = &[
    ("_max_queued_callbacks_per_service", "100000"),
    ("_throttle_callbacks_per_service_1", "0"),
    ("_throttle_callbacks_per_service_2", "0"),
];

fn asked(interval: Interval, zone: &str) -> ReportQuery {
    ReportQuery {
        services: Vec::new(),
        from: None,
        until: None,
        interval,
        zone: zone.parse::<Zone>().unwrap(),
    }
}

/// Lists so many callbacks of the service, which are none, by the time they are wanted at.
async fn list(house: &Rooms, count: i64) {
    let put = |number: i64| {
        Change::Put(Put {
            key: Key::new(Kind::Callback, format!("07-{number:06}")),
            version: 0,
            body: Vec::new(),
            alarm: None,
            log: Vec::new(),
            indexes: vec![(service_index("now"), Some(number))],
        })
    };
    for first in (0..count).step_by(1000) {
        let changes = (first..count.min(first + 1000)).map(put).collect();
        let token = u64::try_from(first).unwrap() + 1;
        house
            .store
            .commit(Commit::new(token, changes))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn v1_reports_callbacks_count_no_more_than_a_hundred_thousand() {
    let house = rooms(&[]);
    list(&house, 100_001).await;
    let asked = ReportQuery {
        from: Some(Timestamp::from_millis(0)),
        ..asked(Interval::Day, "UTC")
    };
    let desk = FrontDesk::new(house.clone());
    let refused = desk.report(asked.clone()).await.unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Invalid);
    let message = refused.message;
    assert!(
        message.contains("100001 callbacks: allowed are 100000: narrow service, from or to"),
        "{message}"
    );
    let within = ReportQuery {
        until: Some(Timestamp::from_millis(1)),
        services: vec![ServiceName::new("now")],
        ..asked
    };
    let report = desk.report(within).await.unwrap();
    assert!(report.rows.is_empty(), "what cannot be read is not counted");
    let metrics = house.counters.render_prometheus();
    let looked = "ringback_unreadable_total{kind=\"cb\"}";
    assert!(
        metrics.contains(looked),
        "it looks at those within: {metrics}"
    );
}

#[tokio::test]
async fn v1_reports_callbacks_have_no_more_than_a_thousand_rows() {
    let house = rooms(&[
        ("_reject_future_desired_time", "1y"),
        FREE[0],
        FREE[1],
        FREE[2],
    ]);
    let now = house.clock.now();
    for hour in 1..=1001_u32 {
        let desired = (now + Duration::from_hours(u64::from(hour))).to_string();
        let parameters =
            json!({ "_customer_number": format!("{}", 10_000 + hour), "_desired_time": desired });
        request_with(&house, &parameters).await;
    }
    let desk = FrontDesk::new(house.clone());
    let asked = |interval| ReportQuery {
        until: Some(now + Duration::from_hours(2000)),
        ..asked(interval, "UTC")
    };
    let refused = desk.report(asked(Interval::Hour)).await.unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Invalid);
    let message = refused.message;
    assert!(
        message.contains("more than 1000 rows") && message.contains("interval=day"),
        "{message}"
    );
    let report = desk.report(asked(Interval::Day)).await.unwrap();
    let counted: u64 = report.rows.iter().map(|row| row.callbacks).sum();
    assert_eq!(counted, 1001);
    assert!(
        (42..=44).contains(&report.rows.len()),
        "{}",
        report.rows.len()
    );
}

/// The day has 25 hours there, and is another one here.
#[tokio::test]
async fn v1_reports_callbacks_are_of_today_where_nothing_is_said() {
    let clock = Clock::manual(Timestamp::parse("2026-10-24T21:30:00Z").unwrap());
    let house = rooms_at(clock.clone(), FREE);
    let desk = FrontDesk::new(house.clone());
    for (number, hours) in [("5115", 1), ("5116", 23), ("5117", 1)] {
        request(&house, number).await;
        clock.advance(Duration::from_hours(hours));
    }
    let of = async |zone: &str, interval: Interval| {
        let report = desk.report(asked(interval, zone)).await.unwrap();
        let rows = report.rows.iter();
        let rows: Vec<_> = rows
            .map(|row| format!("{} {}", row.local, row.callbacks))
            .collect();
        (report.from.to_string(), rows)
    };
    assert_eq!(clock.now().to_string(), "2026-10-25T22:30:00.000Z");
    let (from, rows) = of("Europe/Paris", Interval::Day).await;
    assert_eq!(from, "2026-10-24T22:00:00.000Z");
    assert_eq!(rows, ["2026-10-25T00:00:00.000 2"]);
    let (from, rows) = of("UTC", Interval::Hour).await;
    assert_eq!(from, "2026-10-25T00:00:00.000Z");
    assert_eq!(rows, ["2026-10-25T21:00:00.000 1"]);
}
