//! Callbacks whose service is not configured any more, or no longer takes what their request set: they can be read and
//! cancelled, they end, and no alarm of theirs comes again and again.

use std::time::Duration;

use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_ports::desk::{Desk, RefusalKind, Timeline};
use ringback_ports::store::Store;
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use ringback_workers::settings::Register;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::harness::{Rooms, request, request_with, rooms_at, services, until};

const LIMIT: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_secs(3600);

/// A house at a certain time, in which nothing happens by itself.
fn house(options: &[(&str, &str)]) -> Rooms {
    let now = Timestamp::parse("2026-12-01T09:00:00.000Z").unwrap();
    rooms_at(Clock::manual(now), options)
}

/// The same house after a start with another configuration.
fn without_services(house: &Rooms) -> Rooms {
    Rooms {
        settings: Register::default(),
        ..house.clone()
    }
}

async fn scheduled(house: &Rooms) -> CallbackId {
    let desired = (house.clock.now() + HOUR).to_string();
    let parameters = json!({ "_customer_number": "5115", "_desired_time": desired });
    request_with(house, &parameters).await
}

async fn timeline(house: &Rooms, id: &CallbackId) -> Timeline {
    FrontDesk::new(house.clone()).timeline(id).await.unwrap()
}

fn names(timeline: &Timeline) -> Vec<&str> {
    let names = timeline
        .events
        .iter()
        .map(|event| event["event_id"].as_str().unwrap());
    names
        .map(|name| name.trim_start_matches("_cbe_on_"))
        .collect()
}

/// Waits until its log has so many events.
async fn until_events(house: &Rooms, id: &CallbackId, count: usize) -> Timeline {
    until(&format!("{count} events of {id}"), LIMIT, || async {
        (timeline(house, id).await.events.len() >= count).then_some(())
    })
    .await;
    // The record and the log of one timeline may be a commit apart.
    timeline(house, id).await
}

async fn version(house: &Rooms, id: &CallbackId) -> Option<u64> {
    let found = house.hold(id).await.unwrap();
    found.map(|held| held.version)
}

#[tokio::test(flavor = "multi_thread")]
async fn its_submission_fails_and_it_ends() {
    let known = house(&[]);
    let id = scheduled(&known).await;
    let house = without_services(&known);
    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    for (wait, events) in [
        (HOUR, 2),
        (Duration::from_secs(30), 3),
        (Duration::from_secs(60), 7),
    ] {
        house.clock.advance(wait);
        until_events(&house, &id, events).await;
    }
    let over = timeline(&house, &id).await;
    let expected = [
        "callback_scheduled",
        "callback_submit_failed",
        "callback_submit_failed",
        "callback_submit_failed",
        "callback_processing_failed",
        "callback_status_updated",
        "service_exit",
    ];
    assert_eq!(names(&over), expected);
    assert_eq!(over.record["_callback_reason"], "FAIL_ERROR");
    house.clock.advance(24 * HOUR);
    until("its end", LIMIT, || async {
        version(&house, &id).await.is_none().then_some(())
    })
    .await;
    house.stop.cancel();
    scheduling.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_in_the_queue_ends() {
    let known = house(&[]);
    let id = request(&known, "5115").await;
    let house = without_services(&known);
    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    house.clock.advance(Duration::from_secs(5));
    let over = until_events(&house, &id, 7).await;
    assert_eq!(over.record["_callback_reason"], "FAIL_ERROR");
    assert_eq!(
        names(&over)[4..],
        [
            "callback_processing_failed",
            "callback_status_updated",
            "service_exit"
        ]
    );
    house.stop.cancel();
    scheduling.await.unwrap();
}

/// Its service is there, but has no target any more, while its request wants a subscription.
#[tokio::test(flavor = "multi_thread")]
async fn one_whose_request_no_longer_fits_is_submitted_again_when_it_does() {
    let target = ("_status_notification_target", "http://127.0.0.1:1/test");
    let known = house(&[target]);
    let desired = (known.clock.now() + HOUR).to_string();
    let parameters = json!({
        "_customer_number": "5115", "_desired_time": desired,
        "_enable_status_notification": "subscribe_notify",
    });
    let id = request_with(&known, &parameters).await;
    let changed = Rooms {
        settings: services(&[]),
        stop: CancellationToken::new(),
        ..known.clone()
    };
    let scheduling = tokio::spawn(scheduler::run(changed.clone(), Limits::default()));
    changed.clock.advance(HOUR);
    until_events(&changed, &id, 2).await;
    changed.stop.cancel();
    scheduling.await.unwrap();
    let scheduling = tokio::spawn(scheduler::run(known.clone(), Limits::default()));
    known.clock.advance(Duration::from_secs(30));
    let submitted = until_events(&known, &id, 6).await;
    assert_eq!(
        names(&submitted)[1..],
        [
            "callback_submit_failed",
            "callback_resubmitted",
            "callback_queued",
            "service_create",
            "virtual_ixn_create"
        ]
    );
    known.stop.cancel();
    scheduling.await.unwrap();
}

#[tokio::test]
async fn it_can_be_read_changed_and_cancelled() {
    let known = house(&[]);
    let id = scheduled(&known).await;
    let house = without_services(&known);
    let (desk, now) = (FrontDesk::new(house.clone()), ServiceName::new("now"));
    let record = desk.record(&id).await.unwrap();
    assert_eq!(
        (&record["_callback_state"], &record["_service_name"]),
        (&json!("SCHEDULED"), &json!("now"))
    );
    assert_eq!(record["_expiration_time"], "2026-12-02T10:00:00.000Z");
    let later = json!({"_new_desired_time": "2026-12-01T12:00:00Z"});
    desk.update(&now, &id, later.as_object().unwrap().clone())
        .await
        .unwrap();
    desk.cancel(&now, &id).await.unwrap();
    desk.cancel(&now, &id).await.unwrap();
    let over = timeline(&house, &id).await;
    assert_eq!(over.record["_callback_reason"], "CANCELLED");
    assert_eq!(
        names(&over),
        [
            "callback_scheduled",
            "callback_rescheduled",
            "callback_cancelled",
            "service_exit"
        ]
    );
    let elsewhere = desk
        .cancel(&ServiceName::new("elsewhere"), &id)
        .await
        .unwrap_err();
    assert_eq!(elsewhere.kind, RefusalKind::NotFound);
    assert!(
        elsewhere
            .message
            .contains("service 'elsewhere' does not exist"),
        "{elsewhere}"
    );
}

/// It was to be purged after the service's `_ttl`; now the default one holds, and its alarm does not come until then.
#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_of_another_day_is_put_off() {
    let known = house(&[("_ttl", "60")]);
    let id = request(&known, "5115").await;
    FrontDesk::new(known.clone())
        .cancel(&ServiceName::new("now"), &id)
        .await
        .unwrap();
    let written = version(&known, &id).await.unwrap();
    let house = without_services(&known);
    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    house.clock.advance(HOUR);
    until("its alarm", LIMIT, || async {
        (version(&house, &id).await > Some(written)).then_some(())
    })
    .await;
    house.stop.cancel();
    scheduling.await.unwrap();
    let left = house
        .store
        .claim_due(10, Duration::from_secs(5))
        .await
        .unwrap();
    assert!(left.due.is_empty(), "{left:?}");
    assert_eq!(
        left.next,
        Some(Timestamp::parse("2026-12-02T09:00:00.000Z").unwrap())
    );
    assert_eq!(version(&house, &id).await, Some(written + 1));
}
