//! Services as people manage them: saved, changed, paused and removed while everything runs.

mod command_line;
mod paused;
mod requests;
mod shared;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Up, ready_agents, sales};

const LIMIT: Duration = Duration::from_secs(30);
const PACE: &str = "speed=20&talk=1";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A service that dials at once for the agents of [`sales`].
fn immediate() -> Value {
    json!({"template": "User Terminated Immediate", "options": {"_target": "Sales@Stat.GA", "_max_dial_attempts": 2}})
}

async fn save(up: &Up, name: &str, body: &Value) -> Value {
    let (status, answer) = up.client.put(&format!("/v1/services/{name}"), body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test]
async fn put_v1_services_is_served_at_once() {
    let up = Up::start(&ready_agents(1), PACE).await;
    let saved = save(&up, "desk", &immediate()).await;
    assert_eq!(
        (&saved["version"], &saved["configured"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(
        saved["options"],
        json!({"_target": "Sales@Stat.GA", "_max_dial_attempts": "2"})
    );
    assert_eq!(saved["effective"]["_dial_retry_timeout"], "300");
    let id = up
        .client
        .start("desk", json!({"_customer_number": "5115"}))
        .await;
    let over = up.client.until_over(&id, LIMIT).await;
    assert_eq!(
        over["record"]["_callback_reason"], "AGENT_CONNECTED",
        "{over}"
    );
}

#[tokio::test]
async fn put_v1_services_tells_every_mistake() {
    let up = Up::start("", PACE).await;
    for (body, parts) in [
        (
            json!({"template": "User Terminated Immediate", "options": {
                "_targett": "x", "_ttl": 0, "_media_type": ["voice"], "_enable_in_queue_checking": "twice"
            }}),
            &[
                "unknown option '_targett', did you mean '_target'?",
                "option '_ttl' = '0': allowed is seconds from 1 to 31622400",
                "option '_media_type' = '[\"voice\"]': allowed is voice or chat",
                "option '_enable_in_queue_checking' = 'twice': allowed is true, strict or false",
                "option '_target' is missing",
            ][..],
        ),
        (
            json!({"template": "Carrier Pigeon", "options": {}}),
            &[
                "template 'Carrier Pigeon' is unknown",
                "'User Originated Delayed'",
            ],
        ),
        (
            json!({"template": "Chat Delayed", "options": {"_ttl": null}}),
            &["option '_ttl' is null"],
        ),
        (
            json!({"template": "Chat Delayed"}),
            &["missing field `options`"],
        ),
    ] {
        let (status, answer) = up.client.put("/v1/services/desk", &body).await;
        let told = answer["detail"].as_str().unwrap();
        assert_eq!(status, 400, "{told}");
        for part in parts {
            assert!(told.contains(part), "{part} is missing in: {told}");
        }
    }
    let (status, answer) = up.client.put("/v1/services/a%20b", &immediate()).await;
    assert_eq!(status, 400);
    assert!(
        answer["detail"]
            .as_str()
            .unwrap()
            .contains("'a b' is no service name"),
        "{answer}"
    );
    assert_eq!(up.client.get("/v1/services").await.1, json!([]));
}

#[tokio::test]
async fn get_v1_services_has_what_is_configured_and_what_is_saved() {
    let up = Up::start(&sales("_ttl = 60", 0), PACE).await;
    save(&up, "desk", &immediate()).await;
    let (_, listed) = up.client.get("/v1/services").await;
    let names: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["desk", "now"]);
    let (status, now) = up.client.get("/v1/services/now").await;
    assert_eq!(
        (status, &now["configured"], &now["options"]["_ttl"]),
        (200, &json!(true), &json!("60"))
    );
    assert_eq!(up.client.get("/v1/services/nowhere").await.0, 404);
}

#[tokio::test]
async fn put_v1_services_replaces_the_version_that_was_read() {
    let up = Up::start(&ready_agents(0), PACE).await;
    let path = "/v1/services/desk";
    let client = &up.client;
    let put = |condition: (&'static str, &'static str)| async move {
        let body = immediate().to_string();
        client
            .send(Method::PUT, path, &[JSON, condition], body)
            .await
    };
    let (status, tag, _) = put(("if-none-match", "*")).await;
    assert_eq!((status, tag.as_str()), (200, "\"1\""));
    assert_eq!(put(("if-none-match", "*")).await.0, 412);
    let (status, tag, _) = put(("if-match", "\"1\"")).await;
    assert_eq!((status, tag.as_str()), (200, "\"2\""));
    let (status, _, answer) = put(("if-match", "\"1\"")).await;
    assert_eq!(status, 412);
    assert!(
        answer["detail"]
            .as_str()
            .unwrap()
            .contains("service 'desk' has version 2, not 1"),
        "{answer}"
    );
    let delete = |tag: &'static str| async move {
        client
            .send(Method::DELETE, path, &[("if-match", tag)], "")
            .await
    };
    assert_eq!(delete("\"1\"").await.0, 412);
    assert_eq!(delete("\"2\"").await.0, 204);
    assert_eq!(up.client.get(path).await.0, 404);
    assert_eq!(up.client.delete(path).await.0, 404);
}

/// What was read can be sent back, and no credential was in it.
#[tokio::test]
async fn credentials_of_a_service_are_kept_and_not_shown() {
    let up = Up::start("", PACE).await;
    let mut body = immediate();
    body["options"]["username"] = json!("crm");
    body["options"]["password"] = json!("hunter2");
    save(&up, "desk", &body).await;
    let (_, mut read) = up.client.get("/v1/services/desk").await;
    assert_eq!(read["options"]["password"], "…");
    assert!(
        !read.to_string().contains("hunter2") && !read.to_string().contains("crm"),
        "{read}"
    );
    read["options"]["_ttl"] = json!(60);
    let saved = save(&up, "desk", &read).await;
    assert_eq!(
        (&saved["options"]["password"], &saved["options"]["_ttl"]),
        (&json!("…"), &json!("60"))
    );
    let options = read["options"].as_object_mut().unwrap();
    options.retain(|name, _| !["username", "password"].contains(&name.as_str()));
    let saved = save(&up, "desk", &read).await;
    assert_eq!(saved["effective"]["password"], "");
    let mut new = immediate();
    new["options"]["password"] = json!("…");
    let (status, answer) = up.client.put("/v1/services/other", &new).await;
    assert_eq!(status, 400, "there is none to keep: {answer}");
}
