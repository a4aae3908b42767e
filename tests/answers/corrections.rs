//! What was asked for is put right; what is counted is what was asked for.

use serde_json::json;

use crate::harness::Up;

const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ"
_enable_in_queue_checking = "strict"
_throttle_callbacks_per_service_1 = 4
_ttl = 3600
[agents.one]
groups = ["Sales"]
dn = "7001"
"#;
const DESK: &str = "/genesys/1/service/callback/desk";

#[tokio::test]
async fn put_corrects_number_priority_and_queue_with_the_checks_of_a_start() {
    let up = Up::start(CONFIG, "").await;
    let id = up
        .client
        .start("desk", json!({"_customer_number": "5115"}))
        .await;
    up.client
        .start("desk", json!({"_customer_number": "5117"}))
        .await;
    let path = format!("{DESK}/{id}");
    let body =
        json!({"_customer_number": "5116", "_urs_vq_priority": "9", "_urs_virtual_queue": "VIP"});
    let (status, answer) = up.client.put(&path, &body).await;
    assert_eq!(status, 200, "{answer}");
    for (query, found) in [
        ("_customer_number=5116", 1),
        ("_customer_number=5115", 0),
        ("_vq=VIP", 1),
    ] {
        let (_, records) = up.client.get(&format!("{DESK}?{query}")).await;
        assert_eq!(
            records.as_array().unwrap().len(),
            found,
            "{query}: {records}"
        );
    }
    let (_, place) = up
        .client
        .get(&format!("/genesys/1/service/{id}/check-queue-position"))
        .await;
    assert_eq!(place["_position"], 1, "{place}");
    for (body, status, says) in [
        (
            json!({"_customer_number": "5117"}),
            409,
            "_customer_number has 1",
        ),
        (
            json!({"_customer_number": "nobody"}),
            400,
            "_customer_number",
        ),
        (json!({"_urs_vq_priority": "high"}), 400, "_urs_vq_priority"),
        (json!({"_target": "Sales@Stat.GA"}), 400, "_target"),
    ] {
        let (found, answer) = up.client.put(&path, &body).await;
        let message = answer["message"].as_str().unwrap();
        assert_eq!(found, status, "{message}");
        assert!(message.contains(says), "{message}");
    }
    up.client.delete(&path).await;
    let (status, answer) = up
        .client
        .put(&path, &json!({"_customer_number": "5118"}))
        .await;
    assert_eq!(status, 409, "{answer}");
}

/// Requests for later count as well, and are refused as well.
#[tokio::test]
async fn rate_windows_count_what_is_asked_for_later() {
    let up = Up::start(CONFIG, "").await;
    let later = crate::harness::after(std::time::Duration::from_secs(7200)).to_string();
    for number in ["5111", "5112", "5113", "5114"] {
        up.client
            .start(
                "desk",
                json!({"_customer_number": number, "_desired_time": later}),
            )
            .await;
    }
    for body in [
        json!({"_customer_number": "5115"}),
        json!({"_customer_number": "5116", "_desired_time": later}),
    ] {
        let (status, answer) = up.client.post(DESK, &body).await;
        let message = answer["message"].as_str().unwrap();
        assert!(
            status == 503 && message.contains("_throttle_callbacks_per_service_1"),
            "{answer}"
        );
    }
}

/// What a report does not count any more is said.
#[tokio::test]
async fn reports_say_from_when_on_they_are_complete() {
    let up = Up::start(CONFIG, "").await;
    let (status, report) = up.client.get("/v1/reports/callbacks?service=desk").await;
    assert_eq!(status, 200, "{report}");
    let (complete, to) = (
        report["complete_from"].as_str().unwrap(),
        report["to"].as_str().unwrap(),
    );
    assert!(complete < to, "{report}");
    let path = "/v1/reports/records?service=desk";
    let answer = up
        .client
        .exchange(reqwest::Method::GET, path, &[], "")
        .await;
    assert!(
        answer.1.contains_key("ringback-complete-from"),
        "{:?}",
        answer.1
    );
    let (worked, said) = up.say(&["report", "callbacks", "--from", "2020-01-01T00:00:00Z"]);
    assert!(worked && said.contains("complete from"), "{said}");
}
