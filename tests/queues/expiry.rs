//! A report that nobody renews.

use std::time::Duration;

use ringback_core::key::Kind;
use ringback_core::live::{LIFETIME, report_key, reports_index};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::desk::QueueDesk;
use ringback_ports::store::Store;
use ringback_workers::ingest::FrontDesk;
use serde_json::{Map, json};

use crate::harness::{Rooms, rooms_at};

async fn report(desk: &FrontDesk<impl Store, impl ringback_ports::bus::Bus>, waiting: u32) {
    let report = Map::from_iter([("waiting".to_owned(), json!(waiting))]);
    desk.report_live("VQ", report).await.unwrap();
}

/// The alarms that are due, handled.
async fn alarms(house: &Rooms) -> usize {
    let claim = house.store.claim_due(10, Duration::from_secs(5)).await;
    let claim = claim.unwrap();
    for (key, _) in &claim.due {
        assert_eq!(key.kind(), Kind::Live);
        house.look_at_report(key.id(), claim.now).await.unwrap();
    }
    claim.due.len()
}

#[tokio::test]
async fn a_report_goes_when_it_is_not_renewed() {
    let house = rooms_at(Clock::manual(Timestamp::from_millis(1_000_000)), &[]);
    let desk = FrontDesk::new(house.clone());
    report(&desk, 3).await;
    house.clock.advance(LIFETIME / 2);
    let outlook = desk.outlook("VQ").await.unwrap();
    assert_eq!(outlook.inputs.report_age, Some(LIFETIME / 2));
    report(&desk, 5).await;
    house.clock.advance(LIFETIME / 2);
    assert_eq!(alarms(&house).await, 0, "a renewed one stays");
    assert_eq!(desk.outlook("VQ").await.unwrap().inputs.live_calls, 5);
    house.clock.advance(LIFETIME / 2);
    let message = desk.outlook("VQ").await.unwrap_err().message;
    assert!(message.contains("no live report on it counts"), "{message}");
    assert_eq!(alarms(&house).await, 1);
    assert_eq!(house.store.get(&[report_key("VQ")]).await.unwrap(), [None]);
    let listed = house
        .store
        .count(&reports_index(), i64::MIN, i64::MAX)
        .await;
    assert_eq!(listed.unwrap(), 0);
}
