//! Callbacks over a real Asterisk, with SIPp as carrier, customers and agents' phones.

mod faults;
mod ivr;
mod restart;
mod witness;

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Client, Process, free_port, until};

const LIMIT: Duration = Duration::from_secs(60);

const CONFIG: &str = r#"
[services.now]
template = "User Terminated Immediate"
_target = "Sales@Stat.GA"
_max_dial_attempts = 2
_dial_retry_timeout = 1
_treatment_customer_connect = "hello-world"
_treatment_waiting_for_agent = "music"

[services.first]
template = "User Terminated Delayed"
_target = "Sales@Stat.GA"
_userterminated_first_connect_party = "AGENT"

[services.patient]
template = "User Terminated Immediate"
_target = "Sales@Stat.GA"
_max_dial_attempts = 2
_dial_retry_timeout = 1
_call_timeguard_timeout = 5000

[services.classic]
template = "IVR Classic Callback"
_target = "Sales@Stat.GA"
_urs_virtual_queue = "VQ_Classic"

[agents.a1]
groups = ["Sales"]
dn = "7200"
state = "ready"
"#;

/// Where the Asterisk is that the tests were given; nowhere, and a word about it, without one.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says where it is"
)]
fn address() -> Option<String> {
    let address = std::env::var("RINGBACK_TEST_ASTERISK").ok();
    let address = address.filter(|address| !address.is_empty());
    if address.is_none() {
        eprintln!("left out: a real Asterisk needs RINGBACK_TEST_ASTERISK (./tests/run sets it)");
    }
    address
}

/// One Ringback on the Asterisk that the tests were given.
struct Real {
    client: Client,
    _process: Process,
    _folder: tempfile::TempDir,
}

impl Real {
    async fn start() -> Option<Self> {
        let address = address()?;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ringback.toml"), CONFIG).unwrap();
        let listen = free_port();
        let api = listen.to_string();
        let up = [
            "up",
            "--store",
            "memory:",
            "--listen",
            &api,
            "--telephony",
            &address,
        ];
        let process = Process::start(
            folder.path(),
            &[&up[..], &["--config", "ringback.toml"]].concat(),
        );
        let client = Client::new(listen);
        client.until_ready().await;
        Some(Self {
            client,
            _process: process,
            _folder: folder,
        })
    }

    /// The events of a callback that is over, and why it is.
    async fn life(&self, service: &str, number: &str) -> (Vec<String>, Value) {
        let id = self
            .client
            .start(service, json!({ "_customer_number": number }))
            .await;
        let path = format!("/v1/callbacks/{id}");
        let timeline = until("the end of the callback", LIMIT, || async {
            let (_, timeline) = self.client.get(&path).await;
            (timeline["record"]["_callback_state"] == "COMPLETED").then_some(timeline)
        })
        .await;
        let events = timeline["events"].as_array().unwrap();
        let names = events
            .iter()
            .map(|event| event["event_id"].as_str().unwrap().to_owned());
        let names = names.filter(|name| !name.starts_with("_cbe_on_callback"));
        (
            names.collect(),
            timeline["record"]["_callback_reason"].clone(),
        )
    }
}

#[tokio::test]
async fn a_customer_is_dialed_greeted_and_connected() {
    let Some(real) = Real::start().await else {
        return;
    };
    let (events, reason) = real.life("now", "5200").await;
    assert_eq!(reason, "AGENT_CONNECTED", "{events:?}");
    let expected = [
        "_cbe_on_service_create",
        "_cbe_on_virtual_ixn_create",
        "_cbe_on_dial_init",
        "_cbe_on_dial_done",
        "_cbe_on_connect_treatment_start",
        "_cbe_on_customer_queued",
        "_cbe_on_target_found",
        "_cbe_on_route_to_agent",
        "_cbe_on_service_exit",
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn a_busy_customer_is_dialed_again_and_given_up() {
    let Some(real) = Real::start().await else {
        return;
    };
    let (events, reason) = real.life("now", "5486").await;
    assert_eq!(reason, "FAIL_CALL_TO_CUSTOMER", "{events:?}");
    let dials = events.iter().filter(|name| *name == "_cbe_on_dial_init");
    assert_eq!(dials.count(), 2, "{events:?}");
}

#[tokio::test]
async fn an_agent_is_rung_before_the_customer() {
    let Some(real) = Real::start().await else {
        return;
    };
    let (events, reason) = real.life("first", "5200").await;
    assert_eq!(reason, "AGENT_CONNECTED", "{events:?}");
    let place = |name: &str| events.iter().position(|event| event == name).unwrap();
    assert!(
        place("_cbe_on_target_found") < place("_cbe_on_dial_init"),
        "{events:?}"
    );
}
