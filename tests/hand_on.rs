//! A dialer that is told to end hands its calls on: the customers stay on the line, and no attempt is counted twice.

use std::time::Duration;

use ringback_adapters::simulator::client::SimulatorClient;
use serde_json::json;

use crate::harness::{Services, Workers, sales, until};

const CALLBACKS: usize = 12;
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn calls_in_progress_go_on_with_the_next_dialer() {
    let Some(services) = Services::start("hand_on") else {
        return;
    };
    let mut workers = Workers::start(&services, &sales("", 2), "speed=4&talk=4").await;
    let mut ids = Vec::new();
    for number in 0..CALLBACKS {
        let body = json!({ "_customer_number": format!("1555{number:05}99") });
        ids.push(workers.client.start("now", body).await);
    }
    // Two talk, the others wait on the line or hear the greeting.
    until("the first hand-over", LIMIT, || async {
        let timeline = workers.client.timeline(&ids[0]).await;
        (timeline["record"]["_callback_state"] == "COMPLETED").then_some(())
    })
    .await;
    assert!(
        workers.dialer.terminate().await.success(),
        "{}",
        workers.dialer.said()
    );
    workers.dialer.kill_and_restart();
    for id in &ids {
        let timeline = workers.client.until_over(id, LIMIT).await;
        assert_eq!(
            timeline["record"]["_callback_reason"], "AGENT_CONNECTED",
            "{timeline}"
        );
        assert_eq!(timeline["attempts"], 1, "{timeline}");
    }
    let phone = SimulatorClient::connect(&format!("sim://{}", workers.phone_address))
        .await
        .unwrap();
    let tally = phone.tally().await.unwrap();
    assert_eq!((tally.dials, tally.dialed_twice), (CALLBACKS as u64, 0));
}
