//! Whole lives of callbacks, embedded: every outcome of dialing, waiting, cancelling, and the time they take place at.

use std::time::Duration;

use reqwest::Method;
use ringback_core::time::Timestamp;
use serde_json::{Value, json};

use crate::harness::{Up, after, ready_agents, until};

const LIMIT: Duration = Duration::from_secs(40);

const CONFIG: &str = r#"
[services.now]
template = "User Terminated Immediate"
_target = "Sales@Stat.GA"
_urs_virtual_queue = "VQ_Now"
_request_execution_time_buffer = 0
_max_dial_attempts = 2
_dial_retry_timeout = 1

[services.delayed]
template = "User Terminated Delayed"
_target = "Sales@Stat.GA"
_urs_virtual_queue = "VQ_Delayed"

[services.nobody]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ_Nobody"

[services.short]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_urs_queued_ttl = 1

[services.talk]
template = "User Terminated Immediate"
_target = "Sales@Stat.GA"
_retain_session_until_ixn_deleted = true

[services.lonely]
template = "User Terminated Immediate"
_target = "Nobody@Stat.GA"
"#;

/// On the store that it has by itself.
async fn open(pace: &str) -> Up {
    let config = CONFIG.to_owned() + &ready_agents(2);
    Up::start_with(&config, pace, &[]).await
}

async fn call(up: &Up, service: &str, number: &str) -> String {
    let body = json!({ "_customer_number": number });
    up.client.start(service, body).await
}

fn results(timeline: &Value) -> Vec<u64> {
    let events = timeline["events"].as_array().unwrap();
    events
        .iter()
        .filter_map(|event| event["c_call_result"].as_u64())
        .collect()
}

#[tokio::test]
async fn every_outcome_of_dialing() {
    let up = open("speed=40&talk=1").await;
    let cases: [(&str, &[u64], &str); 9] = [
        ("5550101", &[6, 6], "FAIL_CALL_TO_CUSTOMER"),
        ("5550102", &[7, 7], "FAIL_CALL_TO_CUSTOMER"),
        ("5550103", &[9, 9], "FAIL_CALL_TO_CUSTOMER"),
        ("5550104", &[17], "FAIL_CALL_TO_CUSTOMER"),
        ("5550105", &[11], "FAIL_CALL_TO_CUSTOMER"),
        ("5550106", &[10, 10], "FAIL_CALL_TO_CUSTOMER"),
        ("5550108", &[0], "AGENT_CONNECTED"),
        ("5550199", &[0], "AGENT_CONNECTED"),
        ("5550198", &[0], "AGENT_CONNECTED"),
    ];
    let mut started = Vec::new();
    for (number, expected, reason) in cases {
        started.push((call(&up, "now", number).await, number, expected, reason));
    }
    for (id, number, expected, reason) in started {
        let timeline = up.client.until_over(&id, LIMIT).await;
        assert_eq!(results(&timeline), expected, "{number}: {timeline}");
        assert_eq!(timeline["record"]["_callback_reason"], reason, "{number}");
    }
}

#[tokio::test]
async fn a_customer_hangs_up_while_waiting_on_the_line() {
    let up = open("speed=40").await;
    let id = call(&up, "lonely", "5550107").await;
    let timeline = up.client.until_over(&id, LIMIT).await;
    assert_eq!(
        timeline["record"]["_callback_reason"],
        "FAIL_INTERACTION_DELETED"
    );
    assert_eq!(results(&timeline), [0]);
}

#[tokio::test]
async fn with_wait_for_agent_the_agent_is_found_before_the_customer_is_dialed() {
    let up = open("speed=40&talk=1").await;
    let id = call(&up, "delayed", "5550199").await;
    let timeline = up.client.until_over(&id, LIMIT).await;
    let names: Vec<_> = timeline["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            event["event_id"]
                .as_str()
                .unwrap()
                .trim_start_matches("_cbe_on_")
        })
        .collect();
    let expected = [
        "callback_submitted",
        "callback_queued",
        "service_create",
        "virtual_ixn_create",
        "target_found",
        "dial_init",
        "dial_done",
        "connect_treatment_start",
        "customer_queued",
        "callback_status_updated",
        "route_to_agent",
        "callback_status_updated",
        "callback_status_updated",
        "service_exit",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_callback_that_waits_can_be_cancelled_once_and_again() {
    let up = open("speed=40").await;
    let id = call(&up, "nobody", "5550199").await;
    let path = format!("/genesys/1/service/callback/nobody/{id}");
    assert_eq!(up.client.delete(&path).await.0, 200);
    assert_eq!(up.client.delete(&path).await.0, 200);
    let timeline = up.client.timeline(&id).await;
    assert_eq!(timeline["record"]["_callback_reason"], "CANCELLED");
    assert_eq!(results(&timeline), [0; 0], "it was never dialed");
    let wrong = format!("/genesys/1/service/callback/now/{id}");
    assert_eq!(
        up.client.delete(&wrong).await.0,
        404,
        "it belongs to another service"
    );
}

#[tokio::test]
async fn a_ringing_callback_can_be_cancelled_and_a_talking_one_cannot() {
    let up = open("speed=1&talk=60").await;
    let ringing = call(&up, "now", "5550102").await;
    until("the dial", LIMIT, || async {
        let timeline = up.client.timeline(&ringing).await;
        timeline["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["event_id"] == "_cbe_on_dial_init")
            .then_some(())
    })
    .await;
    assert_eq!(
        up.client
            .delete(&format!("/genesys/service/callback/now/{ringing}"))
            .await
            .0,
        200
    );
    let timeline = up.client.timeline(&ringing).await;
    assert_eq!(timeline["record"]["_callback_reason"], "CANCELLED");
    assert_eq!(results(&timeline), [26], "the attempt was dropped");

    let talking = call(&up, "talk", "5550199").await;
    until("the talk", LIMIT, || async {
        let timeline = up.client.timeline(&talking).await;
        (timeline["record"]["_callback_state"] == "PROCESSING").then_some(())
    })
    .await;
    let (status, answer) = up
        .client
        .delete(&format!("/genesys/service/callback/talk/{talking}"))
        .await;
    assert_eq!(
        (status, &answer["exception"]),
        (409, &json!("CallbackExceptionConflict")),
        "{answer}"
    );
}

#[tokio::test]
async fn waiting_too_long_ends_it() {
    let up = open("speed=40").await;
    let id = call(&up, "short", "5550199").await;
    let timeline = up.client.until_over(&id, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "FAIL_TIMEOUT_TTL");
}

#[tokio::test]
async fn a_desired_time_is_kept() {
    let up = open("speed=40&talk=1").await;
    let desired = after(Duration::from_millis(2500));
    let body = json!({ "_customer_number": "5550199", "_desired_time": desired.to_string() });
    let id = up.client.start("now", body).await;
    assert_eq!(
        up.client.timeline(&id).await["record"]["_callback_state"],
        "SCHEDULED"
    );
    let timeline = up.client.until_over(&id, LIMIT).await;
    let events = timeline["events"].as_array().unwrap();
    let dialed = events
        .iter()
        .find(|event| event["event_id"] == "_cbe_on_dial_init")
        .unwrap();
    let dialed = Timestamp::parse(dialed["time"].as_str().unwrap()).unwrap();
    assert!(dialed >= desired, "dialed at {dialed}, before {desired}");
    assert!(
        dialed.since(desired) <= Duration::from_millis(250),
        "dialed at {dialed}, {:?} after {desired}",
        dialed.since(desired)
    );
}

#[tokio::test]
async fn position_and_waiting_time_follow_the_queue() {
    let up = open("speed=40").await;
    let first = call(&up, "nobody", "5550199").await;
    let second = call(&up, "nobody", "5550198").await;
    for (id, position) in [(&first, 1), (&second, 2)] {
        let path = format!("/genesys/1/service/{id}/check-queue-position");
        let (status, answer) = up.client.get(&path).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["_position"], position);
        assert_eq!(answer["_total_waiting"], 2);
        assert!(
            answer["_eta"].as_u64().unwrap() > 0,
            "nobody is there: {answer}"
        );
    }
    let (_, busy) = up
        .client
        .get("/genesys/1/service/ewt-for-vq?name=VQ_Nobody")
        .await;
    let (_, free) = up
        .client
        .get("/genesys/service/ewt-for-vq?name=VQ_Now")
        .await;
    assert_eq!((&busy["waiting"], &free["waiting"]), (&json!(2), &json!(0)));
    assert_eq!(
        (&free["ewt"], &free["ready_agents"]),
        (&json!(0), &json!(2))
    );
    assert!(busy["ewt"].as_u64().unwrap() > 0, "{busy}");
}

#[tokio::test]
async fn an_idempotency_key_starts_one_callback() {
    let up = open("speed=40").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let answer = up
            .client
            .request(Method::POST, "/genesys/1/service/callback/nobody")
            .header("idempotency-key", "ixn-42")
            .header("content-type", "application/x-www-form-urlencoded")
            .body("_customer_number=5550199")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        ids.push(answer["_id"].as_str().unwrap().to_owned());
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let (_, found) = up
        .client
        .get("/genesys/1/service/callback/nobody?_customer_number=5550199")
        .await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
}
