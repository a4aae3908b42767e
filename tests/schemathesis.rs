//! A tool of others reads the document and sends what it allows, and what it does not: no answer is a server error, none
//! is of another shape than the document says, and what the document forbids is refused.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use ringback_api::new_key;
use serde_json::json;
use tokio::process::Command;

use crate::harness::{Up, sales};

const LIMIT: Duration = Duration::from_secs(120);
const SETTINGS: &str = include_str!("foreign/schemathesis.toml");

#[tokio::test]
async fn schemathesis_finds_no_answer_that_the_document_does_not_have() {
    let Some(program) = program() else {
        let told = "left out: schemathesis needs RINGBACK_TEST_SCHEMATHESIS (./tests/run sets it)";
        writeln!(std::io::stderr(), "{told}").unwrap();
        return;
    };
    let (key, sum) = new_key().unwrap();
    let key_of_all = format!("[keys.probe]\nrole = \"admin\"\nsha256 = \"{sum}\"\n");
    let more = "[services.spare]\ntemplate = \"User Terminated Delayed\"\n_target = \"Sales@Stat.GA\"\n\
                [event_lists.Ends.events._cbe_on_service_exit]\nnotify_params = \"_customer_number\"\n";
    let options = "_urs_virtual_queue = \"VQ\"\n_reject_future_desired_time = \"\"";
    let up = Up::start(&(sales(options, 1) + more + &key_of_all), "speed=20").await;
    let callback = json!({"_customer_number": "5115", "_desired_time": "2100-01-01T00:00:00Z"});
    let callback = post(
        &up,
        &key,
        "/genesys/1/service/callback/now",
        &callback,
        "_id",
    )
    .await;
    let details = json!({"type": "amqp"});
    let subscription = json!({"subscriberId": "crm", "notificationDetails": details});
    let path = "/genesys/1/notification/subscription";
    let subscription = post(&up, &key, path, &subscription, "id").await;
    let settings = SETTINGS
        .replace("KEY", &key)
        .replace("CALLBACK", &callback)
        .replace("SUBSCRIPTION", &subscription);
    let file = up.folder.path().join("schemathesis.toml");
    std::fs::write(&file, settings).unwrap();
    let mut tool = Command::new(program);
    tool.arg("--config-file").arg(&file).arg("run");
    tool.args([up.client.url("/openapi.json"), "--no-color".to_owned()]);
    tool.current_dir(up.folder.path()).stdin(Stdio::null());
    let run = tool.kill_on_drop(true).output();
    let run = tokio::time::timeout(LIMIT, run).await;
    let output = run
        .unwrap_or_else(|_| panic!("not done within {LIMIT:?}"))
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{output:?}");
    assert!(said.contains("No issues found"), "{said}");
    assert!(!up.said().contains("panicked"), "{}", up.said());
}

async fn post(up: &Up, key: &str, path: &str, body: &serde_json::Value, name: &str) -> String {
    let bearer = format!("Bearer {key}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let method = reqwest::Method::POST;
    let (status, _, answer) = up
        .client
        .send(method, path, &headers, body.to_string())
        .await;
    assert_eq!(status, 200, "{answer}");
    answer[name].as_str().unwrap().to_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment what is installed"
)]
fn program() -> Option<String> {
    std::env::var("RINGBACK_TEST_SCHEMATHESIS").ok()
}
