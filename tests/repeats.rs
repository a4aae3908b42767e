//! Requests that come again, under their key or delivered twice by the broker.

use std::time::Duration;

use ringback_core::ids::ServiceName;
use ringback_ports::bus::{Address, Bus, Delivery, Disposition, Message, Queue, Subscription};
use ringback_ports::desk::{Channel, Desk, RefusalKind, Start, Started};
use ringback_ports::store::Store;
use ringback_workers::ingest::{self, FrontDesk};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::harness::{Rooms, rooms, until};

const LIMIT: Duration = Duration::from_secs(20);

fn start(key: Option<&str>, parameters: &Value) -> Start {
    Start {
        service: ServiceName::new("now"),
        parameters: parameters.as_object().unwrap().clone(),
        idempotency_key: key.map(str::to_owned),
        trace: None,
        channel: Channel::Http,
    }
}

#[tokio::test]
async fn a_key_that_comes_with_other_content_is_refused() {
    let desk = FrontDesk::new(rooms(&[]));
    let first = json!({"_customer_number": "5115", "account": "1"});
    let begun = desk.start(start(Some("k"), &first)).await.unwrap();
    let repeat = desk.start(start(Some("k"), &first)).await.unwrap();
    assert_eq!((repeat.id, repeat.known), (begun.id.clone(), true));
    for other in [
        json!({"_customer_number": "5115", "account": "2"}),
        json!({"_customer_number": "5115"}),
        // Refused for itself, and all the more for its key.
        json!({"_customer_number": "5115", "account": "1", "_desired_time": "2001-01-01T00:00:00Z"}),
    ] {
        let refused = desk.start(start(Some("k"), &other)).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict, "{refused}");
        assert!(refused.message.contains(begun.id.as_str()), "{refused}");
    }
    let new = desk.start(start(Some("l"), &first)).await.unwrap();
    assert!(!new.known && new.id != begun.id);
}

/// Publishes a request without a name of its own; marked as delivered before when somebody had it and broke off.
async fn publish(house: &Rooms, parameters: &Value, redelivered: bool) {
    let message = Message {
        body: parameters.to_string().into_bytes(),
        ..Message::default()
    };
    let to = Address::Requests("now.start".to_owned());
    for published in house.bus.publish(vec![(to, message)]).await {
        published.unwrap();
    }
    if redelivered {
        let mut broken = house.bus.subscribe(Queue::Requests, 1).await.unwrap();
        let delivery = broken.next().await;
        delivery.settle(Disposition::Later).await.unwrap();
    }
}

/// How many callbacks there are when all requests are read.
async fn callbacks_after(house: &Rooms, parameters: &Value, redelivered: bool) -> usize {
    publish(house, parameters, redelivered).await;
    let handled = house.counters.messages_handled.get();
    let mut own = house.clone();
    own.stop = CancellationToken::new();
    let ingest = tokio::spawn(ingest::run(own.clone()));
    until("the request is read", LIMIT, || async {
        (house.counters.messages_handled.get() > handled).then_some(())
    })
    .await;
    // Whoever is stopped finishes what is in hand.
    own.stop.cancel();
    ingest.await.unwrap();
    let index = ringback_core::callback::service_index("now");
    house
        .store
        .range(&index, i64::MIN, 100)
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_request_without_a_name_that_is_delivered_twice_is_one_callback() {
    let parameters = json!({"_customer_number": "5115", "account": "1"});
    let house = rooms(&[]);
    let Started { known, .. } = FrontDesk::new(house.clone())
        .start(start(None, &parameters))
        .await
        .unwrap();
    assert!(!known);
    for (parameters, redelivered, count) in [
        (&parameters, true, 1),
        (
            &json!({"_customer_number": "5115", "account": "2"}),
            true,
            2,
        ),
        (&parameters, false, 3),
    ] {
        let found = callbacks_after(&house, parameters, redelivered).await;
        assert_eq!(found, count, "{parameters} {redelivered}");
    }
}
