//! Who has changed what.

mod kept;
mod killed;
mod outcomes;

use reqwest::Method;
use serde_json::{Value, json};

use crate::access::{basic, call};
use crate::harness::{Up, sales};

const USERS: &str = r#"
[users.root]
role = "admin"
password = "admin"
[users.boss]
role = "supervisor"
password = "boss"
"#;
const SERVICE: (&str, &str) = ("PUT", "/v1/services/desk");

/// Who makes a change, by which call, and the route and the object that are told of it.
const CHANGES: [[&str; 6]; 9] = [
    [
        "root",
        "PUT",
        "/v1/services/desk",
        r#"{"template": "User Terminated Delayed", "options": {"_target": "Sales@Stat.GA"}}"#,
        "/v1/services/{service}",
        "services/desk",
    ],
    [
        "root",
        "POST",
        "/v1/services/desk/pause",
        "{}",
        "/v1/services/{service}/pause",
        "services/desk",
    ],
    [
        "root",
        "POST",
        "/v1/services/desk/resume",
        "{}",
        "/v1/services/{service}/resume",
        "services/desk",
    ],
    [
        "root",
        "DELETE",
        "/v1/services/desk",
        "{}",
        "/v1/services/{service}",
        "services/desk",
    ],
    [
        "root",
        "PUT",
        "/v1/event-lists/L",
        r#"{"events": {"_cbe_on_dial_init": {}}}"#,
        "/v1/event-lists/{name}",
        "event-lists/L",
    ],
    [
        "root",
        "DELETE",
        "/v1/event-lists/L",
        "{}",
        "/v1/event-lists/{name}",
        "event-lists/L",
    ],
    [
        "boss",
        "PUT",
        "/v1/agents/a9",
        r#"{"dn": "7001", "groups": ["Sales"]}"#,
        "/v1/agents/{id}",
        "agents/a9",
    ],
    [
        "boss",
        "DELETE",
        "/v1/agents/a9",
        "{}",
        "/v1/agents/{id}",
        "agents/a9",
    ],
    [
        "boss",
        "POST",
        "/v1/deliveries:replay",
        "{}",
        "/v1/deliveries:replay",
        "deliveries",
    ],
];

fn service() -> Value {
    json!({ "template": "User Terminated Delayed", "options": { "_target": "Sales@Stat.GA" } })
}

async fn open() -> Up {
    Up::start(&format!("{}{USERS}", sales("", 1)), "speed=20").await
}

/// A call by a user; its answer.
async fn by(up: &Up, who: &str, (method, path): (&str, &str), body: &Value) -> (u16, Value) {
    let credentials = match who {
        "root" => basic("root", "admin"),
        _ => basic("boss", "boss"),
    };
    let method: Method = method.parse().unwrap();
    call(up, &credentials, method, path, &body.to_string()).await
}

/// A page of entries.
async fn audit(up: &Up, query: &str) -> Value {
    let path = format!("/v1/audit{query}");
    let (status, page) = by(up, "root", ("GET", &path), &Value::Null).await;
    assert_eq!(status, 200, "{page}");
    page
}

/// What entries say under these keys, the oldest first.
fn told<const N: usize>(page: &Value, keys: [&str; N]) -> Vec<[String; N]> {
    let entries = page["entries"].as_array().unwrap();
    let text = |entry: &Value, key: &str| {
        let value = entry.pointer(key).unwrap();
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    entries
        .iter()
        .rev()
        .map(|entry| keys.map(|key| text(entry, key)))
        .collect()
}

#[tokio::test]
async fn get_v1_audit_tells_every_change() {
    let up = open().await;
    for [who, method, path, body, _, _] in CHANGES {
        let body = serde_json::from_str(body).unwrap();
        let (status, answer) = by(&up, who, (method, path), &body).await;
        assert!(status < 300, "{method} {path}: {answer}");
    }
    let page = audit(&up, "").await;
    let expected = CHANGES.map(|[who, method, _, _, route, object]| {
        [
            who.to_owned(),
            format!("{method} {route}"),
            object.to_owned(),
        ]
    });
    assert_eq!(told(&page, ["/who", "/what", "/object"]), expected);
    assert_eq!(page["entries"][0]["role"], "supervisor");
    assert_eq!(page["next"], Value::Null);
    for [status] in told(&page, ["/outcome/status"]) {
        assert!(["200", "204"].contains(&status.as_str()), "{status}");
    }
}

/// What machines and agents do all day is told by the callbacks themselves, and reading is no change.
#[tokio::test]
async fn the_daily_work_is_not_in_the_audit() {
    let up = open().await;
    let start = "/genesys/1/service/callback/now";
    let (status, answer) = by(
        &up,
        "boss",
        ("POST", start),
        &json!({ "_customer_number": "5550147" }),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let ready = json!({ "state": "not_ready" });
    let report = ("POST", "/genesys/1/admin/callback/reportcancelled");
    for (request, body) in [
        (("PUT", "/v1/agents/a0/state"), ready),
        (("GET", "/v1/services/now"), Value::Null),
        (report, json!({})),
    ] {
        let (status, answer) = by(&up, "boss", request, &body).await;
        assert_eq!(status, 200, "{request:?}: {answer}");
    }
    assert_eq!(audit(&up, "").await["entries"], json!([]));
}

/// Also who may not change something, once it is let in: the entry tells that it was refused.
#[tokio::test]
async fn a_change_that_is_refused_is_told_as_refused() {
    let up = open().await;
    let wrong = json!({ "template": "Carrier Pigeon", "options": {} });
    assert_eq!(by(&up, "root", SERVICE, &wrong).await.0, 400);
    assert_eq!(by(&up, "boss", SERVICE, &service()).await.0, 403);
    let page = audit(&up, "").await;
    let told = told(&page, ["/who", "/outcome/status"]);
    assert_eq!(
        told,
        [["root", "400"]],
        "who is turned away at the door changes nothing"
    );
}
