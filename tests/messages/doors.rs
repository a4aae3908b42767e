//! What the API itself refuses, in both families.

use reqwest::Method;
use serde_json::Value;

use super::{Row, Section};
use crate::harness::{Up, sales};

const JSON: (&str, &str) = ("content-type", "application/json");
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

/// Wrong whatever there is.
const WRONG: &[Sent] = &[
    (
        "POST",
        "/genesys/1/service/callback/now",
        &[JSON],
        "{",
        &["the body", "JSON object"],
    ),
    (
        "POST",
        "/genesys/1/service/callback/now",
        &[TEXT],
        "x",
        &["content-type", "text/plain"],
    ),
    (
        "POST",
        "/genesys/1/service/callback/now",
        &[JSON, ("idempotency-key", "")],
        "{}",
        &["idempotency key", "0 bytes"],
    ),
    (
        "GET",
        "/genesys/1/service/callback?operand=XOR",
        &[],
        "",
        &["operand", "'XOR'", "AND"],
    ),
    ("GET", "/genesys/1/service/ewt-for-vq", &[], "", &["'name'"]),
    ("GET", "/genesys/1/phonenumber", &[], "", &["'number'"]),
    (
        "GET",
        "/genesys/1/phonenumber?number=call&country=FI",
        &[],
        "",
        &["number", "FI"],
    ),
    (
        "GET",
        "/genesys/1/phonenumber?number=1&country=XX",
        &[],
        "",
        &["country", "'XX'"],
    ),
    (
        "GET",
        "/genesys/1/phonenumber?number=1&colour=red",
        &[],
        "",
        &["`colour`", "`number`"],
    ),
    (
        "GET",
        "/genesys/1/admin/callback/queues?states=LATE",
        &[],
        "",
        &["states", "'LATE'", "SCHEDULED"],
    ),
    (
        "GET",
        "/genesys/1/admin/callback/queues?start_time=soon",
        &[],
        "",
        &["start_time", "'soon'"],
    ),
    (
        "GET",
        "/genesys/1/admin/callback/queues?max=0",
        &[],
        "",
        &["max", "'0'", "1000"],
    ),
    (
        "GET",
        "/genesys/1/admin/callback/queues?start_time=2030-01-02T00:00:00Z&end_time=2030-01-01T00:00:00Z",
        &[],
        "",
        &["end_time", "start_time"],
    ),
    (
        "GET",
        "/genesys/1/admin/callback/watermarks?service=now",
        &[],
        "",
        &["'service'", "service_name"],
    ),
    (
        "POST",
        "/genesys/1/admin/callback/cancel",
        &[JSON],
        r#"{"ids":[]}"#,
        &["ids", "0", "1000"],
    ),
    (
        "POST",
        "/genesys/1/admin/callback/cancel",
        &[JSON],
        r#"{"ids":["07-x"],"reason":"BORED"}"#,
        &["reason", "'BORED'"],
    ),
    (
        "POST",
        "/genesys/1/admin/callback/cancel",
        &[JSON],
        r#"{"id":["07-x"]}"#,
        &["`id`", "`ids`"],
    ),
    (
        "POST",
        "/genesys/1/admin/callback/reportcancelled",
        &[JSON],
        r#"{"callback_reason":"BORED"}"#,
        &["callback_reason", "'BORED'"],
    ),
    (
        "GET",
        "/v1/callbacks?limit=501",
        &[],
        "",
        &["limit", "'501'", "500"],
    ),
    (
        "GET",
        "/v1/callbacks?number=call",
        &[],
        "",
        &["number", "24 digits"],
    ),
    (
        "GET",
        "/v1/callbacks?after=there",
        &[],
        "",
        &["after", "'there'"],
    ),
    (
        "GET",
        "/v1/callbacks?colour=red",
        &[],
        "",
        &["'colour'", "service"],
    ),
    (
        "GET",
        "/v1/callbacks:export?format=pdf",
        &[],
        "",
        &["format", "'pdf'", "csv"],
    ),
    (
        "POST",
        "/v1/callbacks:import?run=",
        &[CSV],
        "",
        &["run", "0 bytes", "200"],
    ),
    (
        "POST",
        "/v1/callbacks:import",
        &[JSON],
        "{}",
        &["content-type", "application/json", "text/csv"],
    ),
    (
        "DELETE",
        "/v1/customers/call",
        &[],
        "",
        &["number", "24 digits"],
    ),
    (
        "PUT",
        "/v1/agents/a0",
        &[JSON],
        r#"{"dn":""}"#,
        &["'a0'", "dn", "''"],
    ),
    (
        "PUT",
        "/v1/agents/a0",
        &[JSON],
        r#"{"dn":"7000","wrap_up":86401}"#,
        &["'a0'", "wrap_up", "86401", "86400"],
    ),
    (
        "PUT",
        "/v1/agents/a0/state",
        &[JSON],
        r#"{"state":"asleep"}"#,
        &["`asleep`", "`ready`"],
    ),
    (
        "PUT",
        "/v1/services/now",
        &[JSON],
        r#"{"template":"Call Me","options":{}}"#,
        &["'Call Me'"],
    ),
    (
        "PUT",
        "/v1/services/now",
        &[JSON, ("if-match", "one")],
        r#"{"template":"","options":{}}"#,
        &["If-Match", "'one'"],
    ),
    (
        "PUT",
        "/v1/services/now",
        &[JSON, ("if-none-match", "1")],
        r#"{"template":"","options":{}}"#,
        &["If-None-Match", "'1'"],
    ),
    ("PUT", "/v1/event-lists/a%20b", &[JSON], "{}", &["'a b'"]),
    (
        "PUT",
        "/v1/event-lists/Ends",
        &[JSON],
        "[]",
        &["event list"],
    ),
    (
        "PUT",
        "/v1/event-lists/Ends",
        &[CSV],
        "x",
        &["content-type", "text/csv", "text/plain"],
    ),
    (
        "GET",
        "/v1/deliveries?status=late",
        &[],
        "",
        &["status", "'late'", "failing"],
    ),
    (
        "GET",
        "/v1/deliveries?after=there",
        &[],
        "",
        &["after", "'there'"],
    ),
    (
        "GET",
        "/v1/dead-letters?limit=0",
        &[],
        "",
        &["limit", "'0'", "200"],
    ),
    (
        "DELETE",
        "/v1/dead-letters?sequence=1",
        &[],
        "",
        &["'sequence'", "'callback'"],
    ),
    (
        "GET",
        "/v1/audit?limit=0",
        &[],
        "",
        &["limit", "'0'", "500"],
    ),
];

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
    for sent in WRONG {
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
