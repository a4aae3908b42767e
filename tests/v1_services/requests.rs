//! What services say about requests.

use serde_json::json;

use super::{PACE, save};
use crate::harness::Up;

const START: &str = "/genesys/1/service/callback/desk";

#[tokio::test]
async fn post_service_callback_of_a_scenario_that_is_not_built_is_refused_by_name() {
    let up = Up::start("", PACE).await;
    for (template, option, allowed) in [
        (
            "User Originated Immediate",
            "_call_direction",
            "USERTERMINATED",
        ),
        (
            "User Originated Delayed",
            "_call_direction",
            "USERTERMINATED",
        ),
        ("User Terminated Preview", "_agent_preview", "false"),
        ("Chat Immediate", "_media_type", "voice"),
        ("Chat Delayed", "_media_type", "voice"),
    ] {
        let body = json!({"template": template, "options": {"_target": "Sales@Stat.GA"}});
        let saved = save(&up, "desk", &body).await;
        assert_eq!(saved["template"], template);
        let (status, answer) = up
            .client
            .post(START, &json!({"_customer_number": "5115"}))
            .await;
        let told = answer["message"].as_str().unwrap();
        assert_eq!(status, 400, "{told}");
        for part in [template, option, allowed, "cannot be started yet"] {
            assert!(told.contains(part), "{part} is missing in: {told}");
        }
    }
}

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
