//! SIGHUP: the configuration file is read again, and nothing ends.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Up, sales, until};

const LIMIT: Duration = Duration::from_secs(20);
const MORE: &str =
    "\n[services.added]\ntemplate = \"User Terminated Immediate\"\n_target = \"Sales@Stat.GA\"\n";

fn write(up: &Up, config: &str) {
    std::fs::write(up.folder.path().join("ringback.toml"), config).unwrap();
    up.process.signal("-HUP");
}

async fn until_said(up: &Up, part: &str) {
    until(part, LIMIT, || async {
        up.said().contains(part).then_some(())
    })
    .await;
}

#[tokio::test]
async fn sighup_takes_over_what_the_file_says_and_never_kills() {
    let before = sales("", 1);
    let mut up = Up::start(&before, "speed=60").await;
    write(&up, &(before.clone() + MORE));
    until_said(&up, "the configuration file was read again").await;
    let (status, added) = up.client.get("/v1/services/added").await;
    assert_eq!(status, 200, "{added}");

    write(&up, "[services.added]\ntemplate = \"No Such Template\"\n");
    until_said(&up, "what held before still does").await;
    up.process.assert_runs();
    let (status, kept) = up.client.get("/v1/services/now").await;
    assert_eq!(status, 200, "{kept}");
    let request = json!({ "_customer_number": "5115" });
    up.client.start("added", request).await;
    assert!(up.process.terminate().await.success());
}
