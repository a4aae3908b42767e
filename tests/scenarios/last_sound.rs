//! Those who get no conversation hear a last sound.

use ringback_core::call::CallId;

use super::{Line, id};

const TEMPLATE: &str = "User Terminated Immediate";

/// How a callback of a customer with this number ends, and how many sounds are heard in its call.
async fn heard(options: &str, number: &str) -> (String, u64) {
    let options =
        format!("_max_dial_attempts = 1\n_max_time_to_wait_for_agent_on_the_call = 1\n{options}");
    let line = Line::open(TEMPLATE, &options, 0).await;
    let started = line.start(number).await;
    let (reason, _) = line.until_over(id(&started)).await;
    let call = line
        .network
        .dialed(&CallId::of_attempt(id(&started), 1))
        .await;
    (reason, call.unwrap().sounds)
}

#[tokio::test]
async fn a_message_is_left_on_an_answering_machine() {
    let reason = "FAIL_CALL_TO_CUSTOMER".to_owned();
    assert_eq!(heard("", "511503").await, (reason.clone(), 0));
    let message = "_treatment_call_failure_answering_machine = \"message.wav\"";
    assert_eq!(heard(message, "511503").await, (reason, 1));
}

#[tokio::test]
async fn a_customer_to_whom_no_agent_comes_hears_so() {
    let reason = "FAIL_TARGET_NOT_FOUND".to_owned();
    assert_eq!(
        heard("", "511599").await,
        (reason.clone(), 1),
        "the greeting"
    );
    let sorry = "_treatment_find_agent_fail = \"sorry.wav\"";
    assert_eq!(heard(sorry, "511599").await, (reason, 2));
}
