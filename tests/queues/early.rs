//! Callbacks for a time, where the queue is long.

use std::time::{Duration, SystemTime};

use ringback_core::time::Timestamp;
use serde_json::{Value, json};

use super::{CONFIG, position, start};
use crate::harness::{Up, until};

const LIMIT: Duration = Duration::from_secs(30);
const THRESHOLD: Duration = Duration::from_secs(2);

fn after(span: Duration) -> Timestamp {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap()) + span
}

/// An agent who takes calls, and these options.
fn config(options: &str) -> String {
    let threshold = THRESHOLD.as_secs();
    format!(
        "{CONFIG}_desired_connect_time_threshold = {threshold}\n{options}\n\
         [agents.a]\ngroups = [\"Desk\"]\ndn = \"7001\"\nstate = \"ready\"\n"
    )
}

/// Ten minutes, in this queue.
async fn is_long(up: &Up, queue: &str) {
    let report = json!({"waiting": 100, "busy": 10, "handle_time": 60});
    let path = format!("/v1/queues/{queue}/live");
    assert_eq!(up.client.put(&path, &report).await.0, 200);
}

async fn start_at(up: &Up, desired: Timestamp) -> String {
    start(up, json!({"_desired_time": desired.to_string()})).await
}

async fn state(up: &Up, id: &str) -> Value {
    up.client.timeline(id).await["record"]["_callback_state"].clone()
}

async fn until_queued(up: &Up, id: &str) {
    until("the queue", LIMIT, || async {
        (state(up, id).await == "QUEUED").then_some(())
    })
    .await;
}

fn time_of(timeline: &Value, event: &str) -> Timestamp {
    let mut events = timeline["events"].as_array().unwrap().iter();
    let found = events.find(|found| found["event_id"] == event);
    Timestamp::parse(found.unwrap()["time"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn it_enters_a_long_queue_early_and_is_dialed_in_time() {
    let up = Up::start(&config(""), "speed=20&talk=1").await;
    is_long(&up, "VQ_Desk").await;
    let desired = after(Duration::from_secs(9));
    let id = start_at(&up, desired).await;
    until_queued(&up, &id).await;
    let timeline = up.client.timeline(&id).await;
    let earliest = desired - THRESHOLD;
    assert_eq!(
        timeline["waits_for"],
        format!("{earliest}: before that it may not be dialed")
    );
    assert_eq!(position(&up, &id).await["_position"], 101);
    let over = up.client.until_over(&id, LIMIT).await;
    assert_eq!(
        over["record"]["_callback_reason"], "AGENT_CONNECTED",
        "{over}"
    );
    assert!(
        time_of(&over, "_cbe_on_callback_queued") < earliest,
        "{over}"
    );
    assert!(time_of(&over, "_cbe_on_dial_init") >= earliest, "{over}");
}

#[tokio::test]
async fn it_does_not_leave_early_where_nobody_waits() {
    let up = Up::start(&config(""), "speed=20&talk=1").await;
    let desired = after(Duration::from_secs(2));
    let id = start_at(&up, desired).await;
    let over = up.client.until_over(&id, LIMIT).await;
    assert!(
        time_of(&over, "_cbe_on_callback_queued") >= desired,
        "{over}"
    );
}

/// The queue that counts may be another one.
#[tokio::test]
async fn the_statistic_names_the_queue() {
    let other = "[services.other]\ntemplate = \"User Terminated Delayed\"\n_target = \"Desk@Stat.GA\"\n\
                 _urs_virtual_queue = \"VQ_Other\"\n";
    for (option, queue) in [
        (
            "_request_queue_time_stat = \"ExpectedWaitTime;Queue;8999@Switch;Environment\"",
            "8999",
        ),
        ("_request_ewt_service = \"other\"", "VQ_Other"),
    ] {
        let up = Up::start(&(config(option) + other), "").await;
        is_long(&up, queue).await;
        let id = start_at(&up, after(Duration::from_secs(400))).await;
        until_queued(&up, &id).await;
    }
}

/// The wait is asked for again when the time changes.
#[tokio::test]
async fn another_time_is_estimated_anew() {
    let up = Up::start(&config(""), "").await;
    is_long(&up, "VQ_Desk").await;
    let id = start_at(&up, after(Duration::from_secs(9000))).await;
    assert_eq!(state(&up, &id).await, "SCHEDULED");
    let soon = json!({"_new_desired_time": after(Duration::from_secs(400)).to_string()});
    let path = format!("/genesys/1/service/callback/desk/{id}");
    assert_eq!(up.client.put(&path, &soon).await.0, 200);
    until_queued(&up, &id).await;
}
