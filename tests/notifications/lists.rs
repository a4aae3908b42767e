//! Event lists: the documents' own, imported as printed, and what comes of them.

mod managed;

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::subscriptions::{call, subscribe};
use crate::harness::{Notification, Receiver, Up, after, sales};

const LIMIT: Duration = Duration::from_secs(30);
const SEED: &str = include_str!("../../samples/GMS_Events.cfg");

/// What every message has, and what the list adds word by word.
const ALWAYS: [&str; 7] = [
    "event_id",
    "timestamp",
    "_service_id",
    "_service_name",
    "_callback_state",
    "name1",
    "name2",
];

/// The seed's list: events in the order they happen, with the parameters that it lists beside those.
const LISTED: [(&str, &[&str]); 9] = [
    (
        "_cbe_on_service_create",
        &["_customer_number", "_urs_virtual_queue"],
    ),
    ("_cbe_on_virtual_ixn_create", &[]),
    (
        "_cbe_on_dial_init",
        &["_customer_number", "c_dialed_number"],
    ),
    (
        "_cbe_on_dial_done",
        &[
            "_customer_number",
            "c_dialed_number",
            "c_call_result",
            "c_call_num_attempt",
        ],
    ),
    (
        "_cbe_on_connect_treatment_start",
        &[
            "_customer_number",
            "_vq_for_outbound_calls",
            "c_dialed_number",
        ],
    ),
    (
        "_cbe_on_customer_queued",
        &[
            "_customer_number",
            "_vq_for_outbound_calls",
            "c_dialed_number",
        ],
    ),
    ("_cbe_on_target_found", &["c_target", "_urs_virtual_queue"]),
    (
        "_cbe_on_route_to_agent",
        &[
            "_customer_number",
            "_urs_virtual_queue",
            "c_agent_id",
            "c_agent_extension",
        ],
    ),
    (
        "_cbe_on_service_exit",
        &[
            "_customer_number",
            "c_last_dialed_number",
            "c_termination_type",
        ],
    ),
];

fn config(more: &str) -> String {
    let queues = "_urs_virtual_queue = \"VQ_In\"\n_vq_for_outbound_calls = \"VQ_Out\"\n";
    let notifier = "[notifier]\nallow = [\"127.0.0.0/8\"]\n";
    format!("{}{notifier}", sales(&format!("{queues}{more}"), 1))
}

fn told_as_listed(told: &[Notification]) {
    let names: Vec<_> = told
        .iter()
        .map(|told| told.message["event_id"].as_str().unwrap())
        .collect();
    assert_eq!(names, LISTED.map(|(name, _)| name));
    for (told, (name, parameters)) in told.iter().zip(LISTED) {
        let keys: BTreeSet<_> = told
            .message
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let listed: BTreeSet<_> = ALWAYS
            .into_iter()
            .chain(parameters.iter().copied())
            .collect();
        assert_eq!(keys, listed, "{name}");
        assert_eq!(
            (&told.message["name1"], &told.message["name2"]),
            (&json!("value1"), &json!("value2"))
        );
    }
    let sequences: Vec<_> = told.iter().map(|told| told.sequence).collect();
    assert_eq!(sequences, (1..=9).collect::<Vec<u64>>());
}

/// The list says `notify` and `<your URL>`: whoever subscribed before is told.
#[tokio::test]
async fn the_printed_list_tells_subscribers_what_it_lists() {
    let receiver = Receiver::start().await;
    let up = Up::start(
        &config("_callback_events_list = \"GMS_Events\""),
        "speed=20",
    )
    .await;
    std::fs::write(up.folder.path().join("GMS_Events.cfg"), SEED).unwrap();
    let (good, said) = up.say(&["events", "import", "GMS_Events.cfg"]);
    assert!(
        good && said.contains("GMS_Events saved, version 1"),
        "{said}"
    );
    let (good, exported) = up.say(&["events", "export", "GMS_Events"]);
    assert!(good);
    assert_eq!(exported, SEED, "what was imported comes out unchanged");

    subscribe(&up, "wallboard", "*", &receiver.url).await;
    let id = call(&up).await;
    told_as_listed(&receiver.until_exit(&id, LIMIT).await);
}

/// The service says whom to tell, over the list's own properties.
#[tokio::test]
async fn the_printed_list_tells_the_target_of_its_service() {
    let receiver = Receiver::start().await;
    let target = format!(
        "_callback_events_list = \"GMS_Events\"\n_enable_status_notifications = \"subscribe_notify\"\n\
         _status_notification_target = \"{}\"",
        receiver.url
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("GMS_Events.cfg"), SEED).unwrap();
    let config = config(&target) + "[event_lists.GMS_Events]\nfile = \"GMS_Events.cfg\"\n";
    let up = Up::start_in(folder, &config, "speed=20").await;
    let id = call(&up).await;
    told_as_listed(&receiver.until_exit(&id, LIMIT).await);
}

/// A list replaces the default set, also with events that it does not have.
#[tokio::test]
async fn a_list_of_two_sections_tells_these_two() {
    let receiver = Receiver::start().await;
    let up = Up::start(&config("_callback_events_list = \"Two\"\n_enable_notification_reminder = true\n_notification_reminder_buffer = 1"), "speed=20").await;
    let list = json!({
        "properties": {
            "_enable_status_notification": "subscribe_notify", "_status_notification_target": receiver.url,
        },
        "events": {
            "_cbe_on_callback_scheduled": {"notify_params": ["_desired_time", "_phone_number", "account"]},
            "_cbe_on_service_exit": {"notify_params": "c_termination_type, _max_dial_attempts, nothing_like_it"},
        },
    });
    let (status, tag, answer) = put(&up, "Two", &list, &[]).await;
    assert_eq!((status, tag.as_str()), (200, "\"1\""), "{answer}");
    let soon = after(Duration::from_millis(1500)).to_string();
    let asked = json!({"_customer_number": "5115", "_desired_time": soon, "account": "4711"});
    let id = up.client.start("now", asked).await;
    let told = receiver.until_exit(&id, LIMIT).await;
    let messages: Vec<_> = told
        .iter()
        .map(|told| without_time(&told.message))
        .collect();
    assert_eq!(
        messages,
        [
            json!({"event_id": "_cbe_on_callback_scheduled", "_service_id": id, "_service_name": "now",
            "_callback_state": "SCHEDULED", "_desired_time": soon, "_customer_number": "5115", "account": "4711"}),
            json!({"event_id": "_cbe_on_service_exit", "_service_id": id, "_service_name": "now",
            "_callback_state": "COMPLETED", "c_termination_type": "COMPLETED.AGENT_CONNECTED",
            "_max_dial_attempts": "3"}),
        ]
    );
    assert_eq!(
        told.iter().map(|told| told.sequence).collect::<Vec<_>>(),
        [1, 2]
    );
}

async fn put(up: &Up, name: &str, list: &Value, more: &[(&str, &str)]) -> (u16, String, Value) {
    let headers = [&[("content-type", "application/json")], more].concat();
    let path = format!("/v1/event-lists/{}", name.replace(' ', "%20"));
    up.client
        .send(Method::PUT, &path, &headers, list.to_string())
        .await
}

fn without_time(message: &Value) -> Value {
    let mut message = message.clone();
    message
        .as_object_mut()
        .unwrap()
        .remove("timestamp")
        .unwrap();
    message
}
