//! A notification that is given up is kept where somebody can find it, or it is not given up.

use std::time::Duration;

use ringback_adapters::webhook::{WebhookOptions, WebhookSender};
use ringback_core::ids::CallbackId;
use ringback_core::lane::{Lane, LaneState};
use ringback_ports::bus::{Address, Bus, Delivery, Disposition, Message, Queue, Subscription};
use ringback_ports::store::Store;
use ringback_workers::notifier;
use serde_json::json;

use crate::harness::{Rooms, request, rooms, until};

/// A target that is never allowed: what goes there is given up at once.
const FORBIDDEN: &str = "http://169.254.169.254/latest";

fn house() -> Rooms {
    rooms(&[
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_target", FORBIDDEN),
    ])
}

/// The lane of a callback once a notifier has looked at it.
async fn looked_at(house: &Rooms, id: &CallbackId) -> Lane {
    until("a look at the lane", Duration::from_secs(10), || async {
        let found = house
            .store
            .get(&[Lane::key(id)])
            .await
            .unwrap()
            .pop()
            .flatten();
        let document = found.unwrap();
        let lane: Lane = serde_json::from_slice(&document.body).unwrap();
        let done = document.version > 2 && !lane.is_held();
        done.then_some(lane)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_not_given_up() {
    let house = house();
    let message = (Address::Queue(Queue::Dead), Message::default());
    while house
        .bus
        .publish(vec![message.clone(); 1000])
        .await
        .iter()
        .all(Result::is_ok)
    {}
    let sender = WebhookSender::new(WebhookOptions::default()).unwrap();
    let notifying = tokio::spawn(notifier::run(house.clone(), sender));
    let id = request(&house, "5115").await;
    let lane = looked_at(&house, &id).await;
    assert_eq!(
        (lane.cursor, lane.dead),
        (0, 0),
        "the dead letters take nothing: {lane:?}"
    );
    assert!(
        matches!(lane.state, LaneState::BackingOff { .. }),
        "{lane:?}"
    );
    house.stop.cancel();
    notifying.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_is_kept_with_its_reason() {
    let house = house();
    let sender = WebhookSender::new(WebhookOptions::default()).unwrap();
    let notifying = tokio::spawn(notifier::run(house.clone(), sender));
    let id = request(&house, "5115").await;
    let lane = looked_at(&house, &id).await;
    assert_eq!((lane.cursor, lane.dead), (2, 2), "{lane:?}");
    let mut dead = house.bus.subscribe(Queue::Dead, 10).await.unwrap();
    for event in ["_cbe_on_service_create", "_cbe_on_virtual_ixn_create"] {
        let delivery = dead.next().await;
        let message = delivery.message();
        assert_eq!(message.headers["x-reason"], "delivery-failed");
        assert!(
            message.headers["x-error"].contains("not allowed"),
            "{:?}",
            message.headers
        );
        let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
        assert_eq!(
            (&body["event_id"], &body["_service_id"]),
            (&json!(event), &json!(id))
        );
        delivery.settle(Disposition::Done).await.unwrap();
    }
    house.stop.cancel();
    notifying.await.unwrap();
}
