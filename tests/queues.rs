//! Virtual queues: who waits, for how long, and in what order.

mod early;
mod expiry;
mod lines;
mod live;
mod order;
mod paces;
mod patience;
mod pools;
mod snooze;

use serde_json::{Value, json};

use crate::harness::Up;

/// Callbacks of `desk` wait in `VQ_Desk` for agents that nobody is.
const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_target = "Desk@Stat.GA"
_urs_virtual_queue = "VQ_Desk"
_request_execution_time_buffer = 0
_enable_in_queue_checking = false
"#;

async fn start(up: &Up, further: Value) -> String {
    let mut request = json!({"_customer_number": "5115"});
    for (key, value) in further.as_object().unwrap() {
        request[key] = value.clone();
    }
    up.client.start("desk", request).await
}

async fn position(up: &Up, id: &str) -> Value {
    let path = format!("/genesys/1/service/{id}/check-queue-position");
    let (status, answer) = up.client.get(&path).await;
    assert_eq!(status, 200, "{answer}");
    answer
}
