//! Changes that are refused.

use serde_json::{Value, json};

use super::{HOUR, change, open, scheduled};
use crate::harness::after;

/// What is asked for, the answer's status and exception, and what its message says.
fn mistakes() -> Vec<(Value, u16, &'static str, &'static [&'static str])> {
    let invalid = "CallbackExceptionInvalid";
    vec![
        (
            json!({}),
            400,
            invalid,
            &["nothing to change", "_new_desired_time"],
        ),
        (
            json!({"_new_desired_time": "soon"}),
            400,
            invalid,
            &["_new_desired_time", "'soon'"],
        ),
        (
            json!({"_new_desired_time": "2020-01-01T00:00:00.000Z", "account": "1"}),
            400,
            "CallbackExceptionAvailability",
            &["_new_desired_time 2020-01-01", "has passed"],
        ),
        (
            json!({"_customer_number": "abc"}),
            400,
            "CallbackExceptionNumber",
            &["_customer_number"],
        ),
        (
            json!({"_status_notification_target": "http://127.0.0.1/", "account": "1"}),
            400,
            invalid,
            &["'_status_notification_target' cannot be changed"],
        ),
        (
            json!({"_ttl": "1"}),
            400,
            invalid,
            &["'_ttl' cannot be changed"],
        ),
        (
            json!({"_callback_state": "QUEUED", "account": "1"}),
            400,
            invalid,
            &["'QUEUED'", "COMPLETED"],
        ),
        (
            json!({"_callback_state": "COMPLETED", "_new_desired_time": after(HOUR).to_string()}),
            400,
            invalid,
            &["exclude each other"],
        ),
        (
            json!({"long": "x".repeat(65_500)}),
            400,
            invalid,
            &["bytes", "65536"],
        ),
    ]
}

#[tokio::test]
async fn a_change_that_is_refused_changes_nothing() {
    let up = open().await;
    let id = scheduled(&up).await;
    let before = up.client.timeline(&id).await;
    for (body, status, exception, says) in mistakes() {
        let (found, answer) = change(&up, &id, &body).await;
        assert_eq!(
            (found, &answer["exception"]),
            (status, &json!(exception)),
            "{answer}"
        );
        assert_eq!(answer["code"], status, "{answer}");
        let message = answer["message"].as_str().unwrap();
        for part in says {
            assert!(message.contains(part), "{part:?} is missing in {message:?}");
        }
        assert!(
            !message.contains("555"),
            "a number is not repeated: {message}"
        );
    }
    let change = json!({"account": "1"});
    for (path, part) in [
        ("desk/07-x", "'07-x'"),
        (&format!("talk/{id}"), id.as_str()),
        (&format!("nowhere/{id}"), "'nowhere' does not exist"),
    ] {
        let path = format!("/genesys/1/service/callback/{path}");
        let (status, answer) = up.client.put(&path, &change).await;
        assert_eq!(status, 404, "{path}: {answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(part),
            "{path}: {answer}"
        );
    }
    assert_eq!(up.client.timeline(&id).await, before);
}
