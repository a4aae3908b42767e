//! Priorities that grow, by a clock that is moved by hand.

use std::time::Duration;

use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::key::Kind;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Channel, Desk, QueueDesk, Start};
use ringback_ports::store::Store;
use ringback_workers::ingest::FrontDesk;
use serde_json::{Value, json};

use crate::harness::{Rooms, keep_services, rooms_at};

async fn house() -> Rooms {
    let clock = Clock::manual(Timestamp::from_millis(1_700_000_000_000));
    let house = rooms_at(
        clock,
        &[
            ("_urs_virtual_queue", "VQ"),
            ("_enable_in_queue_checking", "false"),
        ],
    );
    keep_services(&house).await;
    house
}

async fn start(house: &Rooms, parameters: Value) -> CallbackId {
    let start = Start {
        service: ServiceName::new("now"),
        parameters: serde_json::from_value(parameters).unwrap(),
        idempotency_key: None,
        trace: None,
        channel: Channel::Http,
    };
    FrontDesk::new(house.clone()).start(start).await.unwrap().id
}

/// 10 points a minute from 0 on.
async fn aging(house: &Rooms) -> CallbackId {
    let request = json!({
        "_customer_number": "5115", "_urs_vq_priority_increment": 10,
        "_urs_vq_priority_increment_interval": 60,
    });
    start(house, request).await
}

async fn places<const N: usize>(house: &Rooms, ids: [&CallbackId; N]) -> [u64; N] {
    let desk = FrontDesk::new(house.clone());
    let mut places = [0; N];
    for (place, id) in places.iter_mut().zip(ids) {
        *place = desk.position(id).await.unwrap().position;
    }
    places
}

#[tokio::test]
async fn who_ages_overtakes_when_his_priority_does() {
    let house = house().await;
    let plain = start(&house, json!({"_customer_number": "5115"})).await;
    let high = json!({"_customer_number": "5115", "_urs_vq_priority": 25});
    let high = start(&house, high).await;
    let old = aging(&house).await;
    house.clock.advance(Duration::from_secs(60));
    let young = aging(&house).await;
    let all = [&plain, &high, &old, &young];
    // 0, 25, 10 and 0: of the same priority, whoever has had it longer comes first.
    assert_eq!(places(&house, all).await, [3, 1, 2, 4]);
    house.clock.advance(Duration::from_secs(60));
    assert_eq!(places(&house, all).await, [4, 1, 2, 3]);
    house.clock.advance(Duration::from_secs(59));
    assert_eq!(places(&house, all).await, [4, 1, 2, 3], "it grows in steps");
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(places(&house, all).await, [4, 2, 1, 3]);
    let queue = FrontDesk::new(house.clone()).queue("VQ").await.unwrap();
    let order: Vec<_> = queue.order.iter().map(|it| (&it.id, it.priority)).collect();
    assert_eq!(order, [(&old, 30), (&high, 25), (&young, 20), (&plain, 0)]);
}

/// The alarms of settings that are due, handled.
async fn alarms(house: &Rooms) {
    let claim = house.store.claim_due(100, Duration::from_secs(5)).await;
    let claim = claim.unwrap();
    for (key, _) in claim.due {
        if key.kind() == Kind::Setting {
            house.look_at_setting(key.id(), claim.now).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_pace_is_known_as_long_as_it_has_callbacks() {
    let house = house().await;
    assert_eq!(house.paces().len(), 1);
    let id = aging(&house).await;
    for _ in 0..3 {
        assert_eq!(house.paces().len(), 2);
        house.clock.advance(Duration::from_secs(3600));
        alarms(&house).await;
    }
    let desk = FrontDesk::new(house.clone());
    desk.cancel(&ServiceName::new("now"), &id).await.unwrap();
    house.clock.advance(Duration::from_secs(3600));
    alarms(&house).await;
    assert_eq!(house.paces().len(), 1);
    aging(&house).await;
    assert_eq!(house.paces().len(), 2);
}
