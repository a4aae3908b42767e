//! The HTTP API as callers meet it: what is accepted, and what every mistake is answered with.

mod mistakes;

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::Up;

const CONFIG: &str = r#"
[services.desk]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ_Desk"
_reject_past_desired_time = true
_request_execution_time_buffer = 0
_customer_lookup_keys = "_customer_number,account"
[agents.one]
groups = ["Sales"]
dn = "7001"
"#;

async fn open() -> Up {
    Up::start(CONFIG, "").await
}

/// Status, content type and answer.
async fn send(
    up: &Up,
    method: Method,
    path: &str,
    kind: &str,
    body: impl Into<reqwest::Body>,
) -> (StatusCode, String, Value) {
    let mut request = up.client.request(method, path).body(body);
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    let response = request.send().await.unwrap();
    let header = response.headers().get("content-type");
    let answered = header.map(|kind| kind.to_str().unwrap().to_owned());
    let status = response.status();
    let body = response.bytes().await.unwrap();
    let answer = serde_json::from_slice(&body).unwrap_or(Value::Null);
    (status, answered.unwrap_or_default(), answer)
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const START: &str = "/genesys/1/service/callback/desk";

/// Queries, and which of the three callbacks they find: one and three are of one number, one and two of one account,
/// three is cancelled.
const QUERIES: &[(&str, &[usize])] = &[
    ("?_customer_number=%2B15550101", &[0, 2]),
    ("?account=4711", &[0, 1]),
    ("?account=4711&_customer_number=%2B15550202", &[1]),
    (
        "?account=4711&_customer_number=%2B15550101&operand=OR",
        &[0, 1, 2],
    ),
    ("?_callback_state=QUEUED", &[0, 1]),
    (
        "?_callback_state=!COMPLETED&_customer_number=%2B15550101",
        &[0],
    ),
    ("?_customer_number=%2B15559999", &[]),
];

#[tokio::test]
async fn records_are_found_by_their_properties() {
    let up = open().await;
    let mut started = Vec::new();
    for (number, account) in [
        ("+15550101", "4711"),
        ("+15550202", "4711"),
        ("+15550101", ""),
    ] {
        let body = json!({"_customer_number": number, "account": account});
        started.push(up.client.start("desk", body).await);
    }
    let cancelled = &started[2];
    up.client.delete(&format!("{START}/{cancelled}")).await;
    for (query, expected) in QUERIES {
        let (status, found) = up.client.get(&format!("{START}{query}")).await;
        assert_eq!(status, 200, "{query}: {found}");
        let found = found.as_array().unwrap().iter();
        let ids: BTreeSet<_> = found
            .map(|record| record["_id"].as_str().unwrap())
            .collect();
        let expected: BTreeSet<_> = expected
            .iter()
            .map(|&place| started[place].as_str())
            .collect();
        assert_eq!(ids, expected, "{query}");
    }
    let (_, found) = up
        .client
        .get(&format!("/genesys/service/callback?_id={cancelled}"))
        .await;
    let record = &found[0];
    assert_eq!(record["_callback_state"], "COMPLETED");
    assert_eq!(record["_callback_reason"], "CANCELLED");
    assert_eq!(record["_service_name"], "desk");
    for key in [
        "_desired_time",
        "_expiration_time",
        "_customer_number",
        "url",
    ] {
        assert!(record[key].is_string(), "{key} is missing in {record}");
    }
}

#[tokio::test]
async fn agents_are_managed() {
    let up = open().await;
    let (status, agent) = up.client.get("/v1/agents/one").await;
    assert_eq!((status, &agent["state"]), (200, &json!("not_ready")));
    let put = |path: &'static str, body: &'static str| send(&up, Method::PUT, path, JSON, body);
    let (_, _, agent) = put("/v1/agents/one/state", r#"{"state":"ready"}"#).await;
    assert_eq!(agent["state"], "ready");
    let (_, _, agent) = put("/v1/agents/two", r#"{"groups":["Sales"],"dn":"7002"}"#).await;
    assert_eq!(
        (&agent["state"], &agent["dn"]),
        (&json!("not_ready"), &json!("7002"))
    );
    let (_, all) = up.client.get("/v1/agents").await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    for (path, body, part) in [
        ("/v1/agents/one/state", r#"{"state":"asleep"}"#, "`asleep`"),
        ("/v1/agents/one/state", r#"{"state":"ready","x":1}"#, "`x`"),
        ("/v1/agents/three", r#"{"groups":[]}"#, "`dn`"),
        (
            "/v1/agents/three",
            r#"{"dn":""}"#,
            "dn '': allowed are 1 to",
        ),
    ] {
        let (status, _, answer) = put(path, body).await;
        assert_eq!(status, 400, "{body}: {answer}");
        assert!(
            answer["detail"].as_str().unwrap().contains(part),
            "{body}: {answer}"
        );
    }
    assert_eq!(up.client.delete("/v1/agents/two").await.0, 204);
    assert_eq!(up.client.delete("/v1/agents/two").await.0, 404);
}

#[tokio::test]
async fn credentials_are_asked_for_when_they_are_configured() {
    let login = ["--api-user", "ivr", "--api-password", "secret"];
    let mut up = Up::start_with(CONFIG, "", &login).await;
    let ask = || up.client.request(Method::GET, "/v1/services");
    for (user, password, status) in [
        ("ivr", "secret", 200),
        ("ivr", "wrong", 401),
        ("", "", 401),
        ("x", "secret", 401),
    ] {
        let request = ask().basic_auth(user, Some(password));
        assert_eq!(
            request.send().await.unwrap().status(),
            status,
            "{user}:{password}"
        );
    }
    let answer = ask().send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(answer.headers().contains_key("www-authenticate"));
    up.process.assert_runs();
    assert!(!up.said().contains("secret"));
}
