//! What the API itself refuses, in both families.

mod gms;
mod v1;

use reqwest::Method;
use serde_json::Value;

use super::{Row, Section};
use crate::harness::{Up, sales};

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const TEXT: (&str, &str) = ("content-type", "text/plain");
const CSV: (&str, &str) = ("content-type", "text/csv");

/// Method, path, headers, body; and what the message names.
type Sent = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static [&'static str],
);

/// Right, but not there, or not in this way.
const ELSEWHERE: &[Sent] = &[
    (
        "GET",
        "/genesys/1/nothing",
        &[],
        "",
        &["/genesys/1/nothing"],
    ),
    ("GET", "/v1/nothing", &[], "", &["/v1/nothing"]),
    ("PATCH", "/v1/agents", &[], "", &["/v1/agents", "method"]),
    (
        "POST",
        "/genesys/1/service/callback/nowhere",
        &[JSON],
        r#"{"_customer_number":"5115"}"#,
        &["'nowhere'"],
    ),
    (
        "GET",
        "/genesys/1/service/callback?_id=07-x",
        &[],
        "",
        &["'07-x'"],
    ),
    (
        "GET",
        "/genesys/1/service/07-x/check-queue-position",
        &[],
        "",
        &["'07-x'"],
    ),
    (
        "GET",
        "/genesys/1/service/ewt-for-vq?name=Nobody",
        &[],
        "",
        &["'Nobody'"],
    ),
    (
        "DELETE",
        "/genesys/1/notification/subscription/x",
        &[],
        "",
        &["'x'"],
    ),
    ("GET", "/v1/callbacks/07-x", &[], "", &["'07-x'"]),
    ("GET", "/v1/agents/nobody", &[], "", &["'nobody'"]),
    ("GET", "/v1/services/nowhere", &[], "", &["'nowhere'"]),
    (
        "DELETE",
        "/v1/services/now",
        &[("if-match", "\"7\"")],
        "",
        &["'now'", "version", "7"],
    ),
    ("GET", "/v1/event-lists/None", &[], "", &["'None'"]),
    ("GET", "/v1/deliveries?callback=07-x", &[], "", &["'07-x'"]),
];

pub async fn sections() -> Vec<Section> {
    let up = Up::start(&sales("", 1), "speed=20").await;
    let (mut wrong, mut elsewhere) = (Vec::new(), Vec::new());
    for sent in gms::WRONG.iter().chain(v1::WRONG) {
        wrong.push(refused(&up, sent, &[400, 415]).await);
    }
    for sent in ELSEWHERE {
        elsewhere.push(refused(&up, sent, &[404, 405, 409, 412]).await.now());
    }
    vec![
        Section {
            title: "Requests that are wrong whatever there is",
            rows: wrong,
        },
        Section {
            title: "Requests for what is not there, or not in this way",
            rows: elsewhere,
        },
    ]
}

async fn refused(up: &Up, sent: &Sent, statuses: &[u16]) -> Row {
    let (method, path, headers, body, names) = *sent;
    let request: Method = method.parse().unwrap();
    let (status, _, answer) = up.client.send(request, path, headers, body).await;
    let told = [&answer["detail"], &answer["message"]];
    let says = told.into_iter().find_map(Value::as_str);
    let says = says.filter(|_| statuses.contains(&status));
    let says = says.map(|says| format!("{says} ({status})"));
    let headers = headers.iter().filter(|header| **header != JSON);
    let headers = headers.map(|(name, value)| format!(" {name}: {value}"));
    let headers = headers.collect::<String>();
    let sent = format!("{method} {path}{headers} {body}");
    Row::refused(sent.trim_end(), says, names)
}
