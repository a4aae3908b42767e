//! What services say about requests.

use std::time::Duration;

use ringback_core::time::Timestamp;
use serde_json::json;

use super::{LIMIT, PACE, immediate, save};
use crate::harness::{Up, after, ready_agents};

const START: &str = "/genesys/1/service/callback/desk";

#[tokio::test]
async fn post_service_callback_fills_tokens_and_sets_what_may_be_overwritten() {
    let up = Up::start("", PACE).await;
    let options = json!({
        "_target": "$dept$@Stat.GA", "_urs_virtual_queue": "VQ_$dept$",
        "_overwritable_options": "_ttl", "_mandatory_customer_lookup_keys": "_customer_number,dept",
    });
    let body = json!({"template": "User Terminated Delayed", "options": options});
    save(&up, "desk", &body).await;
    let request = json!({"_customer_number": "5115", "dept": "Night", "_ttl": 60});
    let id = up.client.start("desk", request).await;
    let timeline = up.client.timeline(&id).await;
    let waits = timeline["waits_for"].as_str().unwrap();
    assert!(waits.starts_with("a ready agent of GA:Night"), "{waits}");
    assert_eq!(timeline["user_data"]["dept"], "Night");
    for (request, part) in [
        (
            json!({"_customer_number": "5115"}),
            "mandatory parameter 'dept' is missing",
        ),
        (
            json!({"_customer_number": "5115", "dept": "a\nb"}),
            "option '_target' = 'ab@Stat.GA': allowed is",
        ),
        (
            json!({"_customer_number": "5115", "dept": "x", "_max_dial_attempts": 9}),
            "option '_max_dial_attempts' cannot be set by a request",
        ),
    ] {
        let (status, answer) = up.client.post(START, &request).await;
        let told = answer["message"].as_str().unwrap();
        assert_eq!(status, 400, "{told}");
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
}

#[tokio::test]
async fn post_service_callback_for_a_time_is_dialed_within_its_threshold() {
    let up = Up::start(&ready_agents(1), PACE).await;
    let mut desk = immediate();
    desk["options"]["_desired_connect_time_threshold"] = json!(1);
    save(&up, "desk", &desk).await;
    let desired = after(Duration::from_secs(3));
    let request = json!({"_customer_number": "5115", "_desired_time": desired.to_string()});
    let id = up.client.start("desk", request).await;
    let over = up.client.until_over(&id, LIMIT).await;
    let mut events = over["events"].as_array().unwrap().iter();
    let dialed = events
        .find(|event| event["event_id"] == "_cbe_on_dial_init")
        .unwrap();
    let dialed = Timestamp::parse(dialed["time"].as_str().unwrap()).unwrap();
    assert!(
        dialed >= desired - Duration::from_secs(1),
        "{dialed}, {desired}"
    );
    assert_eq!(over["record"]["_desired_time"], desired.to_string());
}

#[tokio::test]
async fn post_service_callback_for_a_time_too_far_ahead_is_refused() {
    let up = Up::start("", PACE).await;
    save(&up, "desk", &immediate()).await;
    let year = after(Duration::from_secs(365 * 86_400)).to_string();
    let request = json!({"_customer_number": "5115", "_desired_time": year});
    let (status, answer) = up.client.post(START, &request).await;
    assert_eq!(
        (status, &answer["exception"]),
        (400, &json!("CallbackExceptionAvailability"))
    );
    let told = answer["message"].as_str().unwrap();
    assert!(
        told.contains(&year) && told.contains("allowed is up to"),
        "{told}"
    );
    let soon = json!({"_customer_number": "5115", "_desired_time": after(Duration::from_secs(86_400)).to_string()});
    let id = up.client.start("desk", soon).await;
    let (status, answer) = up
        .client
        .put(
            &format!("{START}/{id}"),
            &json!({"_new_desired_time": year}),
        )
        .await;
    assert_eq!(
        (status, &answer["exception"]),
        (400, &json!("CallbackExceptionAvailability"))
    );
}
