//! The store comes back without what was in it.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::harness::{FREELY, RINGBACK, Services, Workers, sales, until};

const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_store_that_comes_back_empty_is_noticed_and_what_is_configured_is_written_again() {
    let Some(services) = Services::start("lost_store") else {
        return;
    };
    let lonely = format!(
        "[services.lonely]\ntemplate = \"User Terminated Immediate\"\n_target = \"Nobody@Stat.GA\"\n\
         _request_execution_time_buffer = 0\n{FREELY}"
    );
    let config = sales("", 1) + &lonely;
    let mut workers = Workers::start(&services, &config, "speed=40&talk=1").await;
    for process in workers.all() {
        until("the marks", LIMIT, || async {
            process.said().contains("the store is marked").then_some(())
        })
        .await;
    }
    let (well, said) = doctor(&services, &workers);
    assert!(well && said.contains("whole since"), "{said}");
    let body = json!({ "_customer_number": "5550199" });
    let waiting = workers.client.start("lonely", body.clone()).await;
    until("a customer on the line", LIMIT, || async {
        let (_, timeline) = workers
            .client
            .get(&format!("/v1/callbacks/{waiting}"))
            .await;
        (timeline["record"]["_callback_state"] == "ROUTING").then_some(())
    })
    .await;

    services.empty_store();
    for process in workers.all() {
        until("a word about the loss", LIMIT, || async {
            process
                .said()
                .contains("come back without what was in it")
                .then_some(())
        })
        .await;
    }
    until(
        "the customer nobody could serve to be let go",
        LIMIT,
        || async {
            let said = workers.dialer.said();
            said.contains("the record of a call in progress is gone: hanging up")
                .then_some(())
        },
    )
    .await;
    workers.client.until_ready().await;
    // Services and agents are there again, and calls come to an end.
    let id = workers.client.start("now", body).await;
    let timeline = workers.client.until_over(&id, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");
    let (well, said) = doctor(&services, &workers);
    assert!(
        !well && said.contains("the store came back empty at"),
        "{said}"
    );
}

fn doctor(services: &Services, workers: &Workers) -> (bool, String) {
    let telephony = format!("sim://{}", workers.phone_address);
    let doctor = Command::new(RINGBACK)
        .args([
            "doctor",
            "--store",
            &services.redis,
            "--bus",
            &services.amqp,
        ])
        .args(["--telephony", &telephony])
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8(doctor.stdout).unwrap();
    let about = said.lines().find(|line| line.contains("installation"));
    let about = about.unwrap_or(&said).to_owned();
    (about.starts_with("ok"), about)
}
