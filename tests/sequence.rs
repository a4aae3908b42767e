//! The sequence of notifications that the documentation shows for 5115, field by field: embedded, and over a broker and
//! a store with the four workers as separate processes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Process, Receiver, Services, Workers, free_port};

const LIMIT: Duration = Duration::from_secs(60);

/// What each event carries beside `event_id`, `timestamp`, `_service_id`, `_service_name` and `_callback_state`.
fn expected() -> Vec<(&'static str, &'static str, Value)> {
    let number = json!({"_customer_number": "5115", "c_dialed_number": "5115"});
    let on_line =
        json!({"_vq_for_outbound_calls": "VQ_GMS_REP_SIP_Switch", "c_dialed_number": "5115"});
    let agent = json!({"c_agent_id": "KSippola", "c_agent_extension": "7001"});
    let target = json!({
        "agent": "KSippola", "dn": "7001", "id": "Customer_Service", "place": "SIP_Server_Place1",
        "resource": "7001", "return": "target", "stat_value": "0", "switch": "SIP_Switch",
        "type": "GA", "vq": "SIP_VQ_SIP_Switch",
    });
    vec![
        (
            "_cbe_on_service_create",
            "QUEUED",
            json!({"_customer_number": "5115", "_urs_virtual_queue": "SIP_VQ_SIP_Switch"}),
        ),
        ("_cbe_on_virtual_ixn_create", "QUEUED", json!({})),
        ("_cbe_on_dial_init", "QUEUED", number.clone()),
        (
            "_cbe_on_dial_done",
            "QUEUED",
            with(number, json!({"c_call_result": 0, "c_call_num_attempt": 1})),
        ),
        ("_cbe_on_connect_treatment_start", "QUEUED", on_line.clone()),
        ("_cbe_on_customer_queued", "ROUTING", on_line),
        (
            "_cbe_on_target_found",
            "ROUTING",
            with(
                agent.clone(),
                json!({"_urs_virtual_queue": "SIP_VQ_SIP_Switch", "c_target": target}),
            ),
        ),
        ("_cbe_on_route_to_agent", "PROCESSING", agent),
        (
            "_cbe_on_service_exit",
            "COMPLETED",
            json!({
                "c_dialed_number": "5115", "c_termination_type": "COMPLETED.AGENT_CONNECTED",
            }),
        ),
    ]
}

/// The log, which also has the events that nobody is told who did not ask for them.
const LOG: [&str; 14] = [
    "_cbe_on_callback_submitted",
    "_cbe_on_callback_queued",
    "_cbe_on_service_create",
    "_cbe_on_virtual_ixn_create",
    "_cbe_on_dial_init",
    "_cbe_on_dial_done",
    "_cbe_on_connect_treatment_start",
    "_cbe_on_customer_queued",
    "_cbe_on_callback_status_updated",
    "_cbe_on_target_found",
    "_cbe_on_route_to_agent",
    "_cbe_on_callback_status_updated",
    "_cbe_on_callback_status_updated",
    "_cbe_on_service_exit",
];

fn with(mut one: Value, other: Value) -> Value {
    one.as_object_mut()
        .unwrap()
        .extend(other.as_object().unwrap().clone());
    one
}

async fn check(client: &Client, receiver: &Receiver) {
    let begun = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let parameters = json!({
        "_customer_number": "5115", "_status_notification_target": receiver.url,
    });
    let id = client.start("samples_dev", parameters).await;
    let told = receiver.until_exit(&id, LIMIT).await;
    let expected = expected();
    let names: Vec<_> = told
        .iter()
        .map(|told| told.message["event_id"].clone())
        .collect();
    let wanted: Vec<_> = expected
        .iter()
        .map(|(name, ..)| Value::from(*name))
        .collect();
    assert_eq!(names, wanted);
    for ((number, told), (name, state, fields)) in told.iter().enumerate().zip(expected) {
        assert_eq!(told.sequence, number as u64 + 1, "{name}");
        let mut message = told.message.clone();
        let timestamp = message
            .as_object_mut()
            .unwrap()
            .remove("timestamp")
            .unwrap();
        let seconds: u64 = timestamp
            .as_str()
            .expect("timestamp is a string")
            .parse()
            .unwrap();
        assert!(
            (begun..begun + LIMIT.as_secs()).contains(&seconds),
            "{name} at {seconds}"
        );
        let always = json!({
            "event_id": name, "_service_id": id, "_service_name": "samples_dev", "_callback_state": state,
        });
        assert_eq!(message, with(always, fields), "{name}");
    }
    let timeline = client.until_over(&id, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");
    let events = timeline["events"].as_array().unwrap();
    let names: Vec<_> = events.iter().map(|event| &event["event_id"]).collect();
    assert_eq!(names, LOG);
}

const SAMPLES: &str = include_str!("../samples/ringback.toml");

#[tokio::test]
async fn embedded() {
    let folder = tempfile::tempdir().unwrap();
    let (receiver, listen) = (Receiver::start().await, free_port());
    let api = listen.to_string();
    let mut up = Process::start(
        folder.path(),
        &["up", "--listen", &api, "--telephony", "sim:?speed=10"],
    );
    let client = Client::new(listen);
    client.until_ready().await;
    check(&client, &receiver).await;
    up.assert_runs();
    assert!(up.terminate().await.success(), "{}", up.said());
}

#[tokio::test]
async fn four_processes() {
    let Some(services) = Services::start("sequence::four_processes") else {
        return;
    };
    let receiver = Receiver::start().await;
    let mut workers = Workers::start(&services, SAMPLES, "speed=10").await;
    check(&workers.client, &receiver).await;
    for worker in [
        &mut workers.ingest,
        &mut workers.scheduler,
        &mut workers.dialer,
        &mut workers.notifier,
        &mut workers.phone,
    ] {
        worker.assert_runs();
        assert!(worker.terminate().await.success(), "{}", worker.said());
    }
}
