//! Dialers die while they have calls on a real Asterisk.

use std::time::Duration;

use serde_json::{Value, json};

use super::address;
use super::witness::Witness;
use crate::harness::{Client, FREELY, Process, Services, free_port, until};

const CALLBACKS: usize = 20;
const LIMIT: Duration = Duration::from_secs(150);

/// Agents answer at once; every customer is a person.
fn config() -> String {
    let service = "[services.now]\ntemplate = \"User Terminated Immediate\"\n_target = \"Sales@Stat.GA\"\n\
                   _treatment_customer_connect = \"hello-world\"\n_cpd_enable = false\n_max_dial_attempts = 4\n\
                   _dial_retry_timeout = 1\n";
    let agent = |nth| {
        format!("[agents.a{nth}]\ngroups = [\"Sales\"]\ndn = \"7{nth}200\"\nstate = \"ready\"\n")
    };
    let agents: String = (10..30).map(agent).collect();
    format!("{service}{FREELY}\n{agents}")
}

/// The workers, with two dialers.
struct House {
    client: Client,
    dialers: [Process; 2],
    _others: [Process; 3],
}

async fn start(services: &Services, telephony: &str) -> House {
    let path = services.folder().join("ringback.toml");
    std::fs::write(&path, config()).unwrap();
    let config = path.to_str().unwrap();
    let listen = free_port();
    let api = listen.to_string();
    let worker = |folder: &str, role, more: &[&str]| {
        let folder = services.folder().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Process::start(&folder, &services.worker(role, config, more))
    };
    let phone = ["--telephony", telephony];
    let house = House {
        client: Client::new(listen),
        dialers: [
            worker("one", "dialer", &phone),
            worker("two", "dialer", &phone),
        ],
        _others: [
            worker("", "ingest", &["--listen", &api]),
            worker("", "scheduler", &[]),
            worker("", "notifier", &[]),
        ],
    };
    house.client.until_ready().await;
    house
}

/// How many callbacks have come so far that this event has happened.
async fn until_event(client: &Client, ids: &[String], event: &str, count: usize) {
    until(event, LIMIT, || async {
        let mut seen = 0;
        for id in ids {
            let (_, timeline) = client.get(&format!("/v1/callbacks/{id}")).await;
            let events = timeline["events"].as_array().cloned().unwrap_or_default();
            seen += usize::from(events.iter().any(|it| it["event_id"] == event));
        }
        (seen >= count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn no_customer_is_dialed_twice_when_dialers_die_and_nothing_is_left_behind() {
    let Some(telephony) = address() else { return };
    let Some(services) = Services::start("asterisk faults") else {
        return;
    };
    let witness = Witness::start(&telephony).await;
    let mut house = start(&services, &telephony).await;
    let mut ids = Vec::new();
    for nth in 0..CALLBACKS {
        let request = json!({ "_customer_number": format!("+1650253{nth:02}20") });
        let request = Value::Object(request.as_object().unwrap().clone());
        ids.push(house.client.start("now", request).await);
    }
    // One dies while phones ring, the other while customers hear the greeting.
    until_event(&house.client, &ids, "_cbe_on_dial_init", 5).await;
    house.dialers[0].kill_and_restart();
    until_event(&house.client, &ids, "_cbe_on_connect_treatment_start", 8).await;
    house.dialers[1].kill_and_restart();
    for id in &ids {
        let timeline = house.client.until_over(id, LIMIT).await;
        let events = timeline["events"].as_array().unwrap();
        let exits = events
            .iter()
            .filter(|it| it["event_id"] == "_cbe_on_service_exit");
        assert_eq!(exits.count(), 1, "{timeline}");
        for (channel, times) in witness.made_for(id) {
            assert_eq!(times, 1, "{channel}: an attempt is dialed once");
        }
        let made = witness.made_for(id);
        let customers = made
            .iter()
            .filter(|(channel, _)| channel.starts_with("c00-"));
        let dials = events
            .iter()
            .filter(|it| it["event_id"] == "_cbe_on_dial_init");
        assert!(customers.count() <= dials.count(), "{made:?} {timeline}");
    }
    let connected = witness_connected(&house.client, &ids).await;
    assert!(
        connected >= CALLBACKS / 2,
        "{connected} of {CALLBACKS} were connected"
    );
    // Who talks is let talk: agents and customers of this test never hang up, so the callbacks' conversations are ended here.
    hang_up_all(&telephony, &ids).await;
    witness.until_nothing_is_left(&ids).await;
}

async fn witness_connected(client: &Client, ids: &[String]) -> usize {
    let mut connected = 0;
    for id in ids {
        let (_, timeline) = client.get(&format!("/v1/callbacks/{id}")).await;
        connected += usize::from(timeline["record"]["_callback_reason"] == "AGENT_CONNECTED");
    }
    connected
}

/// Every customer hangs up.
async fn hang_up_all(telephony: &str, ids: &[String]) {
    let base = telephony.strip_prefix("ari+").unwrap();
    let (base, _) = base.rsplit_once("/ringback?").unwrap();
    let http = reqwest::Client::builder().build().unwrap();
    let channels = http
        .get(format!("{base}/ari/channels"))
        .send()
        .await
        .unwrap();
    let channels: Vec<Value> = channels.json().await.unwrap();
    for channel in &channels {
        let id = channel["id"].as_str().unwrap();
        if id.starts_with("c00-") && ids.iter().any(|callback| id.contains(callback.as_str())) {
            http.delete(format!("{base}/ari/channels/{id}"))
                .send()
                .await
                .unwrap();
        }
    }
}
