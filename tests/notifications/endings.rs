//! What ends notifications: expiry, the end of a callback's time, a service that is gone.

use std::time::Duration;

use ringback_adapters::webhook::{WebhookOptions, WebhookSender};
use ringback_core::ids::{CallbackId, LaneId};
use ringback_core::outbound::{Allow, AllowList};
use ringback_core::subscription::{Subscription, read_subscription};
use ringback_ports::desk::{Desk, NotificationDesk};
use ringback_ports::store::Store;
use ringback_workers::house::{Committed, HouseError, NewSetting};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::notifier::{self, NotifierOptions};
use ringback_workers::scheduler::{self, Limits};
use ringback_workers::settings::{Register, SettingKind};
use serde_json::json;

use crate::harness::{Receiver, Rooms, keep_services, request, rooms, until};

const LIMIT: Duration = Duration::from_secs(20);

fn work(house: &Rooms) -> [tokio::task::JoinHandle<()>; 2] {
    let allow = AllowList::new(vec![Allow::parse("127.0.0.0/8").unwrap()]);
    let sender = WebhookSender::new(WebhookOptions {
        allow,
        ..WebhookOptions::default()
    })
    .unwrap();
    [
        tokio::spawn(notifier::run(
            house.clone(),
            sender,
            NotifierOptions::default(),
        )),
        tokio::spawn(scheduler::run(house.clone(), Limits::default())),
    ]
}

async fn stop(house: &Rooms, workers: [tokio::task::JoinHandle<()>; 2]) {
    house.stop.cancel();
    for worker in workers {
        worker.await.unwrap();
    }
}

fn subscription(house: &Rooms, url: &str, life: Duration) -> Subscription {
    let body = json!({
        "subscriberId": "short", "notificationDetails": {"deviceId": url, "type": "httpcb"},
    });
    let now = house.clock.now();
    let subscription = read_subscription(body.as_object().unwrap().clone(), now).unwrap();
    Subscription {
        expires: now + life,
        ..subscription
    }
}

/// The store's alarm takes it away, and everybody knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_ends_by_its_alarm() {
    let receiver = Receiver::start().await;
    let house = rooms(&[("_enable_status_notification", "notify")]);
    keep_services(&house).await;
    let workers = work(&house);
    let short = subscription(&house, &receiver.url, Duration::from_secs(1));
    let (body, alarm) = (serde_json::to_vec(&short).unwrap(), Some(short.expires));
    let set = |_: Option<&_>| {
        Ok::<_, HouseError>(Some(NewSetting {
            body: body.clone(),
            alarm,
        }))
    };
    house
        .set(SettingKind::Subscription, short.id.as_str(), set)
        .await
        .unwrap();
    let first = request(&house, "5115").await;
    until("two events", LIMIT, || async {
        (receiver.of(first.as_str()).len() == 2).then_some(())
    })
    .await;
    until("the end of the subscription", LIMIT, || async {
        house
            .setting(SettingKind::Subscription, short.id.as_str())
            .await
            .unwrap()
            .is_none()
            .then_some(())
    })
    .await;
    let desk = FrontDesk::new(house.clone());
    assert!(desk.subscriptions().await.unwrap().is_empty());
    let second = request(&house, "5116").await;
    let head = LaneId::head(&second).key();
    until("a look at the second", LIMIT, || async {
        let lane = house
            .store
            .get(std::slice::from_ref(&head))
            .await
            .unwrap()
            .pop()
            .flatten()
            .unwrap();
        (lane.version > 1).then_some(())
    })
    .await;
    assert!(receiver.of(second.as_str()).is_empty());
    stop(&house, workers).await;
}

/// Whatever waits in the lanes of a callback goes with it.
#[tokio::test(flavor = "multi_thread")]
async fn lanes_go_with_their_callback() {
    let house = rooms(&[
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_target", "http://127.0.0.1:9/"),
    ]);
    let desk = FrontDesk::new(house.clone());
    keep_services(&house).await;
    let workers = work(&house);
    let body = json!({"subscriberId": "s", "notificationDetails": {"deviceId": "http://127.0.0.1:9/x", "type": "httpcb"}});
    desk.subscribe(body.as_object().unwrap().clone())
        .await
        .unwrap();
    let id = request(&house, "5115").await;
    let lanes = until("two failing lanes", LIMIT, || async {
        let lanes = house.lanes(&id).await.unwrap();
        (lanes.len() == 2 && lanes.iter().all(|(lane, _)| lane.failures > 0)).then_some(lanes)
    })
    .await;
    // A purge that meets a delivery is a conflict, and is tried again.
    until("the purge", LIMIT, || async {
        let held = house.hold(&id).await.unwrap()?;
        (house.purge(&held).await.unwrap() == Committed::Yes).then_some(())
    })
    .await;
    for (lane, _) in lanes {
        assert_eq!(house.store.get(&[lane.key()]).await.unwrap(), [None]);
    }
    stop(&house, workers).await;
}

/// Notifications of a service that is no longer configured are delivered all the same, and nothing turns in circles.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_gone_is_told_of_to_the_end() {
    let receiver = Receiver::start().await;
    let house = rooms(&[
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_target", &receiver.url),
    ]);
    let id: CallbackId = request(&house, "5115").await;
    let orphaned = Rooms {
        settings: Register::default(),
        ..house.clone()
    };
    let workers = work(&orphaned);
    let told = receiver.until_exit(id.as_str(), LIMIT).await;
    let exit = &told.last().unwrap().message;
    assert_eq!(exit["c_termination_type"], "COMPLETED.FAIL_ERROR");
    until("rest", LIMIT, || async {
        let lanes = house.lanes(&id).await.unwrap();
        lanes
            .iter()
            .all(|(lane, _)| lane.alarm().is_none())
            .then_some(())
    })
    .await;
    let record = FrontDesk::new(orphaned.clone()).record(&id).await.unwrap();
    assert_eq!(record["_callback_state"], "COMPLETED");
    stop(&orphaned, workers).await;
}
