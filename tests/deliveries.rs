//! Deliveries of callbacks and publications to their end: by which name a receiver knows them, and how long they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringback_core::ids::{BulletinId, CallbackId, ServiceName};
use ringback_core::lane::DEAD_KEPT;
use ringback_ports::desk::{
    DeadLetterAction, DeadLetters, Deliveries, DeliveryQuery, DeliveryStatus, Desk,
    NotificationDesk, RefusalKind,
};
use ringback_ports::sender::{Post, Receipt, SendError, Sender};
use ringback_ports::store::Store;
use ringback_workers::house::Committed;
use ringback_workers::ingest::FrontDesk;
use ringback_workers::notifier::{self, NotifierOptions};
use serde_json::{Value, json};

use crate::harness::{Rooms, keep_services, request, rooms, until};

const LIMIT: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_secs(86_400);

/// Takes every post, or forbids its target.
#[derive(Clone, Default)]
struct PostOffice {
    forbids: Arc<AtomicBool>,
    taken: Arc<Mutex<Vec<Post>>>,
}

impl Sender for PostOffice {
    async fn post(&self, post: Post) -> Result<Receipt, SendError> {
        if self.forbids.load(Ordering::SeqCst) {
            return Err(SendError::Forbidden("closed".to_owned()));
        }
        self.taken.lock().unwrap().push(post);
        Ok(Receipt {
            status: 204,
            retry_after: None,
            answer: String::new(),
        })
    }
}

/// A house that tells this target of its callbacks.
async fn house() -> Rooms {
    let house = rooms(&[
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_target", "http://127.0.0.1:9/crm"),
    ]);
    keep_services(&house).await;
    house
}

async fn subscribe(house: &Rooms, filter: &str) {
    let body = json!({
        "subscriberId": "s", "filter": filter,
        "notificationDetails": {"deviceId": "http://127.0.0.1:9/crm", "type": "httpcb"},
    });
    let body = body.as_object().unwrap().clone();
    FrontDesk::new(house.clone()).subscribe(body).await.unwrap();
}

fn notify(house: &Rooms, office: &PostOffice) {
    let notifying = notifier::run(house.clone(), office.clone(), NotifierOptions::default());
    tokio::spawn(notifying);
}

/// A callback that is over.
async fn ended(house: &Rooms) -> CallbackId {
    let id = request(house, "5115").await;
    let service = ServiceName::new("now");
    let desk = FrontDesk::new(house.clone());
    desk.cancel(&service, &id).await.unwrap();
    id
}

async fn dead(house: &Rooms, query: DeliveryQuery) -> Deliveries {
    let query = DeliveryQuery {
        status: Some(DeliveryStatus::Dead),
        limit: 10,
        ..query
    };
    FrontDesk::new(house.clone())
        .deliveries(query)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_also_a_subscriber_gets_each_event_under_one_id() {
    let (house, office) = (house().await, PostOffice::default());
    subscribe(&house, "_cbe_on_service_*").await;
    notify(&house, &office);
    ended(&house).await;
    let posts = until("all posts", LIMIT, || async {
        let posts = office.taken.lock().unwrap().clone();
        (posts.len() == 5).then_some(posts)
    })
    .await;
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for post in &posts {
        let told: Value = serde_json::from_slice(&post.body).unwrap();
        let event = told["event_id"].as_str().unwrap().to_owned();
        ids.entry(event).or_default().insert(post.id.clone());
    }
    assert!(
        ids.values().all(|ids| ids.len() == 1),
        "one event, one id: {ids:?}"
    );
    let different: BTreeSet<_> = ids.values().flatten().collect();
    assert_eq!(
        (ids.len(), different.len()),
        (3, 3),
        "another event, another id: {ids:?}"
    );
    house.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn purge_waits_for_every_delivery_and_keeps_dead_letters() {
    let (house, office) = (house().await, PostOffice::default());
    let id = ended(&house).await;
    let now = house.clock.now() + DAY * 2;
    // Nobody has delivered anything so far.
    let held = house.hold(&id).await.unwrap().unwrap();
    assert_eq!(
        house.retire(&held, DEAD_KEPT, now).await.unwrap(),
        Committed::Yes
    );
    assert!(house.hold(&id).await.unwrap().is_some(), "it waits");
    office.forbids.store(true, Ordering::SeqCst);
    notify(&house, &office);
    let letters = until("dead letters", LIMIT, || async {
        let lanes = house.lanes(&id).await.unwrap();
        let (lane, _) = lanes.first().unwrap();
        (lane.alarm().is_none() && lane.dead.len() == 3).then_some(lane.dead.len())
    })
    .await;
    let retired = async |now| {
        until("the end", LIMIT, || async {
            let held = house.hold(&id).await.unwrap()?;
            let retired = house.retire(&held, DEAD_KEPT, now).await.unwrap();
            (retired == Committed::Yes).then_some(())
        })
        .await;
        house.hold(&id).await.unwrap().is_none()
    };
    assert!(
        !retired(house.clock.now() + DAY * 6).await,
        "letters are kept"
    );
    assert_eq!(house.counters.dead_letters_dropped.get(), 0);
    assert!(retired(house.clock.now() + DAY * 8).await, "not for ever");
    assert_eq!(house.counters.dead_letters_dropped.get(), letters as u64);
    house.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_of_publications_are_seen_and_replayed() {
    let (house, office) = (house().await, PostOffice::default());
    office.forbids.store(true, Ordering::SeqCst);
    subscribe(&house, "news.*").await;
    notify(&house, &office);
    let desk = FrontDesk::new(house.clone());
    let news = json!({"tag": "news.weather", "message": {"rain": true}});
    let news = news.as_object().unwrap().clone();
    let (id, _) = desk.publish(news).await.unwrap();
    let of = |id: &BulletinId| DeliveryQuery {
        publication: Some(id.clone()),
        ..DeliveryQuery::default()
    };
    let seen = until("the dead letter", LIMIT, || async {
        let seen = dead(&house, DeliveryQuery::default()).await;
        seen.deliveries.into_iter().next()
    })
    .await;
    assert_eq!(
        (&seen.publication, &seen.callback),
        (&Some(id.clone()), &None)
    );
    assert_eq!(seen.dead_letters[0].event_id, "news.weather");
    let asked = dead(&house, of(&id)).await.deliveries;
    assert_eq!((asked.len(), asked[0].attempts.len()), (1, 1));
    let nobody = desk
        .deliveries(of(&BulletinId::new("07-x")))
        .await
        .unwrap_err();
    assert_eq!(nobody.kind, RefusalKind::NotFound);
    // It outlives its time as long as the letter is kept.
    house
        .retire_bulletin(&id, DEAD_KEPT, house.clock.now() + DAY * 2)
        .await
        .unwrap();
    office.forbids.store(false, Ordering::SeqCst);
    let which = DeadLetters {
        publication: Some(id.clone()),
        ..DeadLetters::default()
    };
    let done = desk
        .settle_dead_letters(which, DeadLetterAction::Replay)
        .await
        .unwrap();
    assert_eq!(done.letters, 1);
    let post = until("the replay", LIMIT, || async {
        office.taken.lock().unwrap().first().cloned()
    })
    .await;
    assert_eq!(post.id, format!("{id}/1"));
    until("the end", LIMIT, || async {
        let late = house.clock.now() + DAY * 2;
        house.retire_bulletin(&id, DEAD_KEPT, late).await.unwrap();
        let found = house.store.get(&[id.key()]).await.unwrap();
        found[0].is_none().then_some(())
    })
    .await;
    house.stop.cancel();
}
