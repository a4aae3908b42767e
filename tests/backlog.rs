//! A backlog does not feed itself: many waiting callbacks and no dialer leave short queues, and all are dialed when one
//! comes.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Services, Workers, sales, until};

const CALLBACKS: usize = 1500;
/// What the scheduler hands out before a dialer takes any.
const HANDED_OUT: u64 = 256;
const LIMIT: Duration = Duration::from_secs(90);

#[tokio::test]
async fn without_a_dialer_the_queues_stay_short() {
    let Some(services) = Services::start("backlog") else {
        return;
    };
    let mut workers = Workers::start(
        &services,
        &sales("_max_dial_attempts = 1", 1),
        "instant=true",
    )
    .await;
    workers.dialer.kill();
    let (mut ids, begun) = (Vec::new(), Instant::now());
    for number in 0..CALLBACKS {
        // Every number ends in 05: there is no such number, so one attempt is the end.
        let body = json!({ "_customer_number": format!("1555{number:05}05") });
        ids.push(workers.client.start("now", body).await);
    }
    until("the hand-out", LIMIT, || async {
        (depth(&services.amqp) > 0).then_some(())
    })
    .await;
    let depth = depth(&services.amqp);
    let most = HANDED_OUT * hints_within(begun.elapsed());
    assert!(
        depth <= most,
        "{depth} messages wait for a dialer, at most {most} may"
    );
    workers.dialer.kill_and_restart();
    for id in &ids {
        let timeline = workers.client.until_over(id, LIMIT).await;
        assert_eq!(
            timeline["record"]["_callback_reason"],
            "FAIL_CALL_TO_CUSTOMER"
        );
        assert_eq!(timeline["attempts"], 1);
    }
}

/// How often the dialers hear of one callback in this time: when it is handed out, 2 s later, 4 s after that, 8 s after
/// that, and so on: reminder number n comes 2 * (2^n - 1) seconds after the hand-out.
fn hints_within(passed: Duration) -> u64 {
    1 + u64::from((passed.as_secs() / 2 + 1).ilog2())
}

/// How many messages wait in the queue of the dialers, as the broker says.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner names the Python that has pika"
)]
fn depth(amqp: &str) -> u64 {
    let python = std::env::var("RINGBACK_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/depth.py");
    let output = Command::new(python)
        .arg(script)
        .args([amqp, "ringback.dial"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    str::from_utf8(&output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}
