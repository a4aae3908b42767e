//! A notification that is given up is kept with its reason, and can be delivered again.

use std::sync::Arc;
use std::time::Duration;

use ringback_adapters::webhook::{WebhookOptions, WebhookSender};
use ringback_core::ids::CallbackId;
use ringback_core::outbound::{Allow, AllowList};
use ringback_ports::desk::{
    DeadLetterAction, DeadLetters, DeliveryQuery, DeliveryView, NotificationDesk,
};
use ringback_workers::ingest::FrontDesk;
use ringback_workers::notifier::{self, NotifierOptions};

use crate::harness::{Receiver, Rooms, request, rooms, until};

fn house(target: &str) -> Rooms {
    rooms(&[
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_target", target),
    ])
}

/// How the notifications of a callback stand, once so many of them are behind its lane.
async fn stand(house: &Rooms, id: &CallbackId, told: u64) -> DeliveryView {
    let desk = FrontDesk::new(house.clone());
    until(
        "notifications behind the lane",
        Duration::from_secs(10),
        || async {
            let callback = Some(id.clone());
            let found = desk
                .deliveries(DeliveryQuery {
                    callback,
                    ..DeliveryQuery::default()
                })
                .await
                .unwrap();
            let view = found.deliveries.into_iter().next().unwrap();
            (view.told == told && view.state != "delivering").then_some(view)
        },
    )
    .await
}

/// The front desk lets a target pass that the sender, by then, may not use any more.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_is_kept_with_its_reason_and_can_be_discarded() {
    let house = house("http://169.254.169.254/latest");
    let open = Rooms {
        allow: Arc::new(AllowList::new(vec![
            Allow::parse("169.254.0.0/16").unwrap(),
        ])),
        ..house.clone()
    };
    let sender = WebhookSender::new(WebhookOptions::default()).unwrap();
    let notifying = tokio::spawn(notifier::run(
        house.clone(),
        sender,
        NotifierOptions::default(),
    ));
    let id = request(&open, "5115").await;
    let view = stand(&house, &id, 2).await;
    let letters: Vec<_> = view
        .dead_letters
        .iter()
        .map(|it| (it.sequence, it.event_id.as_str()))
        .collect();
    assert_eq!(
        letters,
        [
            (1, "_cbe_on_service_create"),
            (2, "_cbe_on_virtual_ixn_create")
        ]
    );
    for letter in &view.dead_letters {
        assert!(
            letter
                .reason
                .contains("169.254.169.254 is neither public nor allowed"),
            "{letter:?}"
        );
    }
    assert_eq!(house.counters.notifications_dead.get(), 2);

    let desk = FrontDesk::new(house.clone());
    let one = DeadLetters {
        callback: Some(id.clone()),
        sequence: Some(1),
        ..DeadLetters::default()
    };
    assert_eq!(
        desk.settle_dead_letters(one.clone(), DeadLetterAction::Discard)
            .await
            .unwrap()
            .letters,
        1
    );
    assert_eq!(
        desk.settle_dead_letters(one, DeadLetterAction::Discard)
            .await
            .unwrap()
            .letters,
        0
    );
    assert_eq!(stand(&house, &id, 2).await.dead_letters.len(), 1);
    house.stop.cancel();
    notifying.await.unwrap();
}

/// A target that says it is gone ends the lane; what it was told then comes when somebody wants it to.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_delivered_again_on_demand() {
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    let receiver = Receiver::answering(|before, _| {
        let status = if before.is_empty() {
            StatusCode::GONE
        } else {
            StatusCode::NO_CONTENT
        };
        status.into_response()
    })
    .await;
    let house = house(&receiver.url);
    let allow = AllowList::new(vec![Allow::parse("127.0.0.0/8").unwrap()]);
    let sender = WebhookSender::new(WebhookOptions {
        allow,
        ..WebhookOptions::default()
    })
    .unwrap();
    let notifying = tokio::spawn(notifier::run(
        house.clone(),
        sender,
        NotifierOptions::default(),
    ));
    let id = request(&house, "5115").await;
    let view = stand(&house, &id, 1).await;
    assert_eq!(
        (view.state, view.why.as_deref()),
        ("ended", Some("the target answered 410"))
    );
    assert_eq!(
        receiver.all().len(),
        1,
        "nothing more is told to a target that is gone"
    );

    let desk = FrontDesk::new(house.clone());
    let all = DeadLetters::default();
    assert_eq!(
        desk.settle_dead_letters(all, DeadLetterAction::Replay)
            .await
            .unwrap()
            .letters,
        1
    );
    let view = stand(&house, &id, 2).await;
    assert!(view.dead_letters.is_empty(), "{view:?}");
    let told: Vec<_> = receiver
        .of(id.as_str())
        .iter()
        .map(|told| told.sequence)
        .collect();
    assert_eq!(told, [1, 2]);
    let results: Vec<_> = view
        .attempts
        .iter()
        .map(|it| (it.sequence, it.result.clone()))
        .collect();
    assert_eq!(results, [(1, 410.into()), (1, 204.into()), (2, 204.into())]);
    house.stop.cancel();
    notifying.await.unwrap();
}
