//! What administrators and data people do with many callbacks at once.

mod callbacks;
mod customers;
mod gms;
mod numbers;

use serde_json::{Value, json};

use crate::harness::Up;

/// Two services that nobody serves: what is requested waits.
const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_throttle_callbacks_per_service_1 = 0
_throttle_callbacks_per_service_2 = 0
_reject_future_desired_time = "10y"
_max_request_by_time_bucket = 10000
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ_Desk"
_customer_lookup_keys = "_customer_number,account"
[services.shop]
template = "User Terminated Delayed"
_reject_future_desired_time = "10y"
_max_request_by_time_bucket = 10000
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ_Shop"
_throttle_callbacks_per_service_1 = 0
_throttle_callbacks_per_service_2 = 0
"#;

/// A time so many days after the first of January 2030.
fn day(n: u32) -> String {
    assert!(n < 28);
    format!("2030-01-{:02}T09:00:00.000Z", n + 1)
}

/// The `_id`s of records.
fn ids(records: &Value) -> Vec<&str> {
    let records = records.as_array().unwrap();
    records
        .iter()
        .map(|it| it["_id"].as_str().unwrap())
        .collect()
}

/// A callback on a day to come.
async fn scheduled(up: &Up, service: &str, number: &str, on: u32) -> String {
    let body = json!({ "_customer_number": number, "_desired_time": day(on) });
    up.client.start(service, body).await
}
