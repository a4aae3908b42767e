//! An Asterisk is restarted while phones ring. It forgets its calls: each counts as an attempt, and none is dialed again by itself.

use std::io::{Read, Write};

use serde_json::{Value, json};

use super::{LIMIT, Real, address};
use crate::harness::until;

/// Rings until the caller gives up.
const CUSTOMERS: [&str; 3] = ["51180", "52180", "53180"];

/// Where the manager interface of the Asterisk is.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says where it is"
)]
fn manager() -> Option<String> {
    let address = std::env::var("RINGBACK_TEST_AMI").ok();
    let Some(address) = address.filter(|address| !address.is_empty()) else {
        eprintln!("left out: a real Asterisk needs RINGBACK_TEST_AMI (./tests/run sets it)");
        return None;
    };
    let (_, place) = address.split_once('@')?;
    Some(place.split_once('/')?.0.to_owned())
}

/// It forgets every call, and everything that it was told.
fn restart(manager: &str) {
    let mut stream = std::net::TcpStream::connect(manager).unwrap();
    let login = "Action: Login\r\nUsername: admin\r\nSecret: admin\r\n\r\n";
    let restart = "Action: Command\r\nCommand: core restart now\r\n\r\n";
    stream
        .write_all(format!("{login}{restart}").as_bytes())
        .unwrap();
    // Until it is gone.
    let mut said = Vec::new();
    drop(stream.read_to_end(&mut said));
}

/// The channels that are there; none while it is away.
async fn channels() -> Vec<Value> {
    let address = address().unwrap_or_default();
    let base = address
        .strip_prefix("ari+")
        .and_then(|rest| rest.split_once("/ringback?"));
    let url = format!("{}/ari/channels", base.unwrap_or_default().0);
    match reqwest::get(url).await {
        Ok(answer) => answer.json().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

#[tokio::test]
async fn calls_that_an_asterisk_forgets_count_as_attempts_and_are_dialed_once_each() {
    let (Some(manager), Some(real)) = (manager(), Real::start().await) else {
        return;
    };
    let mut ids = Vec::new();
    for number in CUSTOMERS {
        let request = json!({ "_customer_number": number });
        ids.push(real.client.start("patient", request).await);
    }
    let of_ours = |channel: &Value| {
        let name = channel["id"].as_str().unwrap_or_default();
        ids.iter().any(|id| name.contains(id.as_str()))
    };
    until("ringing", LIMIT, || async {
        let there = channels().await;
        let ringing = |channel: &&Value| of_ours(channel) && channel["state"] == "Ringing";
        (there.iter().filter(ringing).count() == CUSTOMERS.len()).then_some(())
    })
    .await;
    restart(&manager);
    for id in &ids {
        let timeline = real.client.until_over(id, LIMIT).await;
        let events = timeline["events"].as_array().unwrap();
        let of = |name: &str| -> Vec<&Value> {
            events
                .iter()
                .filter(|event| event["event_id"] == name)
                .collect()
        };
        // What it says of them while it ends, or nothing: unknown, no answer, refused while it starts.
        let results = of("_cbe_on_dial_done");
        assert_eq!(results.len(), 2, "{timeline}");
        for result in results {
            let code = result["c_call_result"].as_u64().unwrap_or_default();
            assert!([3, 7, 28].contains(&code), "{timeline}");
        }
        assert_eq!(of("_cbe_on_dial_init").len(), 2, "{timeline}");
        assert_eq!(of("_cbe_on_service_exit").len(), 1, "{timeline}");
    }
    until("nothing left behind", LIMIT, || async {
        let there = channels().await;
        (!there.iter().any(of_ours)).then_some(())
    })
    .await;
}
