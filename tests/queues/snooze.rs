//! A customer who wants the call later.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CONFIG, position, start};
use crate::harness::{Up, until};

const LIMIT: Duration = Duration::from_secs(30);

async fn snooze(up: &Up, id: &str) -> (u16, Value) {
    up.client
        .post(&format!("/genesys/1/service/{id}/snooze"), &json!({}))
        .await
}

async fn state(up: &Up, id: &str) -> Value {
    up.client.timeline(id).await["record"]["_callback_state"].clone()
}

#[tokio::test]
async fn post_genesys_service_snooze_takes_it_out_of_the_queue_for_a_while() {
    let up = Up::start(&format!("{CONFIG}_snooze_duration = 1\n"), "").await;
    let first = start(&up, json!({})).await;
    let second = start(&up, json!({})).await;
    let (status, answer) = snooze(&up, &first).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        (&answer["_id"], &answer["_snooze_duration"]),
        (&json!(first), &json!(1))
    );
    assert_eq!(answer["_action"], "ConfirmationDialog");
    assert_eq!(position(&up, &second).await["_position"], 1);
    until("its return", LIMIT, || async {
        (state(&up, &first).await == "QUEUED").then_some(())
    })
    .await;
    let back = position(&up, &first).await;
    assert_eq!(
        (&back["_position"], &back["_total_waiting"]),
        (&json!(2), &json!(2))
    );
    let timeline = up.client.timeline(&first).await;
    let events = timeline["events"].as_array().unwrap().iter();
    let told: Vec<_> = events
        .skip(4)
        .map(|event| event["event_id"].as_str().unwrap())
        .collect();
    let expected = [
        "_cbe_on_callback_status_updated",
        "_cbe_on_callback_resubmitted",
        "_cbe_on_callback_queued",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn post_genesys_service_snooze_is_refused_outside_the_queue() {
    let up = Up::start(CONFIG, "").await;
    let id = start(&up, json!({})).await;
    assert_eq!(
        up.client
            .post(&format!("/genesys/service/{id}/snooze"), &json!(null))
            .await
            .0,
        200
    );
    assert_eq!(state(&up, &id).await, "SCHEDULED");
    let (status, answer) = snooze(&up, &id).await;
    assert_eq!((status, &answer["phrase"]), (409, &json!("Conflict")));
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.contains("is SCHEDULED") && message.contains("only one that is QUEUED"),
        "{message}"
    );
    let (status, answer) = snooze(&up, "07-nobody").await;
    assert_eq!(status, 404);
    assert!(
        answer["message"].as_str().unwrap().contains("'07-nobody'"),
        "{answer}"
    );
}

#[tokio::test]
async fn post_genesys_service_actions_that_nobody_waits_for_are_refused_by_name() {
    let up = Up::start(CONFIG, "").await;
    let id = start(&up, json!({})).await;
    for (action, status, says) in [
        ("confirm", 409, "QUEUED: its customer is not asked"),
        ("connect", 409, "QUEUED: its customer is not to call"),
        (
            "reject",
            400,
            "'reject' is unknown: allowed are snooze, confirm and connect",
        ),
    ] {
        let path = format!("/genesys/1/service/{id}/{action}");
        let (found, answer) = up.client.post(&path, &json!({})).await;
        assert_eq!(found, status, "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    assert_eq!(state(&up, &id).await, "QUEUED");
}
