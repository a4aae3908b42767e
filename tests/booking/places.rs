//! Places are taken and given back.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use ringback_core::ids::ServiceName;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::desk::Resource::Capacity;
use ringback_ports::desk::{AvailabilityForm, BookingDesk, Desk};
use ringback_workers::ingest::FrontDesk;
use serde_json::{Value, json};

use super::House;
use crate::harness::{request_with, rooms_at};

const NOON: &str = "2026-11-21T12:00:00.000Z";
const LATER: &str = "2026-11-21T13:00:00.000Z";

async fn three_places() -> House {
    House::start(&[("_max_request_by_time_bucket", "3")]).await
}

#[tokio::test]
async fn a_place_is_taken_until_its_callback_is_called_off() {
    let house = three_places().await;
    let first = house.book("2026-11-21T12:04:59.999Z").await;
    let second = house.book(NOON).await;
    house.book(NOON).await;
    assert_eq!(house.left(NOON).await, 0);
    assert_eq!(house.left("2026-11-21T12:05:00.000Z").await, 3);
    let (status, answer) = house.ask("now", NOON).await;
    assert_eq!(
        (status, &answer["exception"]),
        (400, &json!("CallbackExceptionAvailability"))
    );
    house.cancel(&first).await;
    house.cancel(&first).await;
    assert_eq!(house.left(NOON).await, 1);
    let over = json!({"_callback_state": "COMPLETED"});
    let path = format!("/genesys/1/service/callback/now/{second}");
    assert_eq!(house.client.put(&path, &over).await.0, 200);
    assert_eq!(house.left(NOON).await, 2);
    // The alarms find nothing to mend.
    house.advance(61);
    house.until_left(NOON, 2).await;
    let (status, answer) = house.client.delete("/v1/customers/5115").await;
    assert_eq!((status, &answer["erased"]), (200, &json!(3)), "{answer}");
    assert_eq!(house.left(NOON).await, 3);
}

#[tokio::test]
async fn sixty_four_at_once_get_ten_places() {
    let house = House::start(&[("_max_request_by_time_bucket", "10")]).await;
    let starts = (0..64).map(|_| house.ask("now", NOON));
    let answers = join_all(starts).await;
    let taken: BTreeSet<_> = answers
        .iter()
        .filter_map(|(_, answer)| answer["_id"].as_str())
        .collect();
    assert_eq!(taken.len(), 10, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|(status, answer)| *status == if answer["_id"].is_string() { 200 } else { 400 })
    );
    assert_eq!(house.left(NOON).await, 0);
    house.advance(61);
    house.until_left(NOON, 0).await;
    let listed = house.client.get("/v1/callbacks?service=now").await.1;
    assert_eq!(
        listed["callbacks"].as_array().unwrap().len(),
        10,
        "nothing is stored of the others"
    );
}

#[tokio::test]
async fn a_repeated_start_takes_no_second_place_and_succeeds_when_the_slot_is_full() {
    let house = House::start(&[("_max_request_by_time_bucket", "2")]).await;
    let body = json!({"_customer_number": "5115", "_desired_time": NOON});
    let start = |key: &'static str| house.client.try_start("now", &body, key);
    let first = start("one").await.unwrap();
    assert_eq!(start("one").await, Some(first.clone()));
    assert_eq!(house.left(NOON).await, 1);
    start("two").await.unwrap();
    assert_eq!(start("three").await, None);
    assert_eq!(
        start("one").await,
        Some(first.clone()),
        "the slot is full, by itself among others"
    );
    house.cancel(&first).await;
    start("three").await.unwrap();
    assert_eq!(
        start("one").await,
        Some(first.clone()),
        "its place is somebody else's"
    );
    assert_eq!(house.left(NOON).await, 0);
}

/// What a repeat took for a callback that was called off is found out.
#[tokio::test]
async fn a_place_that_nobody_needs_is_free_again_after_a_minute() {
    let house = three_places().await;
    let body = json!({"_customer_number": "5115", "_desired_time": NOON});
    let id = house.client.try_start("now", &body, "one").await.unwrap();
    house.cancel(&id).await;
    assert_eq!(house.client.try_start("now", &body, "one").await, Some(id));
    assert_eq!(house.left(NOON).await, 2);
    house.advance(61);
    house.until_left(NOON, 3).await;
}

/// Whoever is refused for another reason holds no place, not for a minute either.
#[tokio::test]
async fn a_customer_who_waits_already_takes_no_second_place() {
    let house = House::start(&[("_enable_in_queue_checking", "strict")]).await;
    house.book(NOON).await;
    for _ in 0..5 {
        assert_eq!(house.ask("now", NOON).await.0, 409);
        assert_eq!(house.left(NOON).await, 99);
    }
}

#[tokio::test]
async fn a_callback_that_moves_takes_its_new_place_and_gives_the_old_one_back() {
    let house = three_places().await;
    let id = house.book(NOON).await;
    assert_eq!(house.move_to(&id, LATER).await.0, 200);
    assert_eq!((house.left(NOON).await, house.left(LATER).await), (3, 2));
    // Within its slot, and where it is: nothing changes.
    for time in ["2026-11-21T13:04:00.000Z", LATER, LATER] {
        assert_eq!(house.move_to(&id, time).await.0, 200);
        assert_eq!(house.left(LATER).await, 2);
    }
    for _ in 0..3 {
        house.book(NOON).await;
    }
    let (status, answer) = house.move_to(&id, NOON).await;
    assert_eq!(
        (status, &answer["exception"]),
        (400, &json!("CallbackExceptionAvailability"))
    );
    assert_eq!(
        answer["availability"]["2026-11-21T11:55:00.000Z"], 3,
        "{answer}"
    );
    let (_, record) = house
        .client
        .get(&format!("/genesys/1/service/callback?_id={id}"))
        .await;
    assert_eq!(record[0]["_desired_time"], LATER, "it has kept its time");
    house.advance(61);
    house.until_left(LATER, 2).await;
    assert_eq!(house.left(NOON).await, 0);
    // At once: it has begun, and needs no place.
    assert_eq!(house.move_to(&id, super::NOW).await.0, 200);
    assert_eq!(house.left(LATER).await, 3);
}

#[tokio::test]
async fn a_thousand_moves_at_once_lose_no_place_and_find_none() {
    let house = three_places().await;
    let ids = join_all((0..3).map(|_| house.book(NOON))).await;
    let times = [NOON, LATER, "2026-11-21T14:00:00.000Z"];
    let moves = (0..999).map(|n| house.move_to(&ids[n % 3], times[n / 3 % 3]));
    let refused = join_all(moves)
        .await
        .into_iter()
        .filter(|(status, _)| *status != 200);
    let refused: Vec<_> = refused.collect();
    assert!(
        refused.iter().all(|(status, _)| *status == 400),
        "{refused:?}"
    );
    house.advance(61);
    let mut expected = [3; 3];
    for id in &ids {
        let (_, record) = house
            .client
            .get(&format!("/genesys/1/service/callback?_id={id}"))
            .await;
        let place = times
            .iter()
            .position(|time| record[0]["_desired_time"] == *time);
        expected[place.unwrap()] -= 1;
    }
    for (time, expected) in times.into_iter().zip(expected) {
        house.until_left(time, expected).await;
    }
}

#[tokio::test]
async fn services_with_the_same_capacity_share_its_places() {
    let options = [
        ("_capacity_service", "team"),
        ("_max_request_by_time_bucket", "50"),
    ];
    let house = House::start(&options).await;
    let team = json!({"_capacity": {"0000": 0, "1200": 2, "1300": 1}});
    house.save(Capacity, "team", team).await;
    let other = json!({"template": "User Terminated Immediate", "options": {
        "_target": "Sales@Stat.GA", "_capacity_service": "team", "_enable_in_queue_checking": "false"
    }});
    for (name, capacity) in [("other", "team"), ("team", "")] {
        let mut body: Value = other.clone();
        body["options"]["_capacity_service"] = json!(capacity);
        assert_eq!(
            house
                .client
                .put(&format!("/v1/services/{name}"), &body)
                .await
                .0,
            200
        );
    }
    house.book(NOON).await;
    assert_eq!(house.ask("other", NOON).await.0, 200);
    assert_eq!(house.ask("other", NOON).await.0, 400);
    assert_eq!(
        (
            house.left(NOON).await,
            super::left(&house.client, "other", NOON).await
        ),
        (0, 0)
    );
    assert_eq!(
        house.ask("team", NOON).await.0,
        200,
        "a service of that name is not meant"
    );
    assert_eq!(house.ask("other", LATER).await.0, 200);
    let (status, answer) = house.ask("now", "2026-11-21T11:59:00.000Z").await;
    assert_eq!(status, 400);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("takes no callbacks"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_over_is_forgotten() {
    let house = three_places().await;
    house.book("2026-11-20T13:00:00.000Z").await;
    let count = || async {
        let index = ringback_core::key::IndexName::new("places", "now");
        use ringback_ports::store::Store;
        house
            .rooms
            .store
            .count(&index, i64::MIN, i64::MAX)
            .await
            .unwrap()
    };
    assert_eq!(count().await, 1);
    for _ in 0..3 {
        house.advance(4 * 3600);
        tokio::task::yield_now().await;
    }
    crate::harness::until("the end of the slot", super::LIMIT, || async {
        (count().await == 0).then_some(())
    })
    .await;
}

/// Reads and writes of the store. The alarm of a slot asks about all that was booked within a minute.
#[tokio::test]
async fn what_a_place_costs() {
    let now = Timestamp::parse(super::NOW).unwrap();
    // Windows are counted by themselves.
    let unlimited = [
        ("_throttle_callbacks_per_service_1", "0"),
        ("_throttle_callbacks_per_service_2", "0"),
    ];
    let rooms = rooms_at(Clock::manual(now), &unlimited);
    let desk = FrontDesk::new(rooms.clone());
    let (service, calls) = (ServiceName::new("now"), || rooms.counters.store_calls.get());
    let parameters = json!({"_customer_number": "5115", "_desired_time": NOON});
    let before = calls();
    let id = request_with(&rooms, &parameters).await;
    assert_eq!(
        calls() - before,
        4,
        "whether numbers of an earlier build are left (until a scheduler has looked), the book is read and written, the \
         callback is written"
    );
    let before = calls();
    desk.availability(&service, AvailabilityForm::First, BTreeMap::new())
        .await
        .unwrap();
    assert_eq!(
        calls() - before,
        1,
        "one look at the index, however many slots there are"
    );
    let before = calls();
    let later = json!({"_new_desired_time": LATER})
        .as_object()
        .unwrap()
        .clone();
    desk.update(&service, &id, later).await.unwrap();
    assert_eq!(
        calls() - before,
        8,
        "the callback, one book, the other twice"
    );
    let before = calls();
    desk.cancel(&service, &id).await.unwrap();
    assert_eq!(calls() - before, 6, "the callback, its book twice");
}
