//! A store that is full takes no new callbacks, and those it has go on.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Services, Workers, sales, until};

const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn full_store_refuses_new_starts_while_calls_in_progress_go_on() {
    let Some(services) = Services::start("store full") else {
        return;
    };
    let workers = Workers::start(&services, &sales("", 1), "speed=10&talk=1").await;
    let body = json!({ "_customer_number": "5550199" });
    let first = workers.client.start("now", body.clone()).await;
    services.configure_store("maxmemory", "1mb");
    let path = "/genesys/1/service/callback/now";
    let (status, answer) = workers.client.post(path, &body).await;
    assert_eq!(status, 503, "{answer}");
    let said = answer["message"].as_str().unwrap();
    assert!(said.contains("the store is full"), "{said}");

    let timeline = workers.client.until_over(&first, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");

    services.configure_store("maxmemory", "0");
    until("room for a new callback", LIMIT, || async {
        let (status, _) = workers.client.post(path, &body).await;
        (status == 200).then_some(())
    })
    .await;
}
