//! What is away later makes a worker unready, not dead: it says so, keeps trying, and goes on when it is back.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Services, Workers, sales, until};

const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_store_that_is_away_makes_unready_a_broker_that_is_away_does_not() {
    let Some(services) = Services::start("outage") else {
        return;
    };
    let mut workers = Workers::start(&services, &sales("", 1), "speed=40&talk=1").await;

    services.kill("redis");
    until_unready(&workers, "the store is away").await;
    let body = json!({ "_customer_number": "5550199" });
    let (status, answer) = workers
        .client
        .post("/genesys/1/service/callback/now", &body)
        .await;
    assert_eq!(status, 503, "{answer}");
    assert_eq!(answer["exception"], "CallbackExceptionServiceUnavailable");
    services.start_again("redis");
    workers.client.until_ready().await;
    let first = workers.client.start("now", body.clone()).await;
    let timeline = workers.client.until_over(&first, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");

    services.kill("rabbitmq");
    until("the broker is missed", LIMIT, || async {
        let (_, metrics) = workers.client.get_text("/metrics").await;
        metrics
            .contains("\nringback_bus_connected 0\n")
            .then_some(())
    })
    .await;
    // Ingest does its work without it, so nobody may take callers away from it.
    let (status, said) = workers.client.get_text("/healthz/ready").await;
    assert_eq!((status, said.as_str()), (200, "ok"));
    let second = workers.client.start("now", body).await;
    services.start_again("rabbitmq");
    let timeline = workers.client.until_over(&second, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");

    for process in workers.all() {
        process.assert_runs();
    }
}

/// After a power cut workers are often there first: they neither end nor need anybody to start them again.
#[tokio::test]
async fn what_is_away_at_the_start_is_waited_for() {
    let Some(services) = Services::start("outage") else {
        return;
    };
    let mut workers = Workers::start(&services, &sales("", 1), "speed=40&talk=1").await;
    workers.phone.kill();
    for service in ["redis", "rabbitmq"] {
        services.kill(service);
    }
    let before = workers.all().map(|process| {
        let said = process.said().len();
        process.kill_and_restart();
        said
    });
    for (service, says) in [
        ("redis", "waiting for what is away"),
        // It is not waited for: what can be done without it, is.
        ("rabbitmq", "the broker is away"),
    ] {
        for (process, before) in workers.all().into_iter().zip(before) {
            until("a word about it", LIMIT, || async {
                process.said()[before..].contains(says).then_some(())
            })
            .await;
        }
        services.start_again(service);
    }
    workers.phone.start_again();
    workers.client.until_ready().await;
    let body = json!({ "_customer_number": "5550199" });
    let id = workers.client.start("now", body).await;
    let timeline = workers.client.until_over(&id, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");
    for process in workers.all() {
        process.assert_runs();
    }
}

async fn until_unready(workers: &Workers, reason: &str) {
    until(reason, LIMIT, || async {
        let (status, said) = workers.client.get_text("/healthz/ready").await;
        (status == 503 && said == reason).then_some(())
    })
    .await;
    let (status, _) = workers.client.get_text("/healthz/live").await;
    assert_eq!(status, 200, "away is not dead");
}
