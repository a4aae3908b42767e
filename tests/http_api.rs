//! The HTTP API as callers meet it: what is accepted, and what every mistake is answered with.

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

/// A request that is refused.
struct Mistake {
    name: &'static str,
    kind: &'static str,
    body: &'static str,
    status: u16,
    exception: &'static str,
    /// What the message says.
    says: &'static [&'static str],
}

macro_rules! mistake {
    ($name:literal, $kind:expr, $body:literal, $status:literal, $exception:literal, $says:expr) => {
        Mistake {
            name: $name,
            kind: $kind,
            body: $body,
            status: $status,
            exception: $exception,
            says: $says,
        }
    };
}

const MISTAKES: &[Mistake] = &[
    mistake!(
        "no number",
        JSON,
        "{}",
        400,
        "Invalid",
        &["'_customer_number' is missing"]
    ),
    mistake!(
        "empty",
        FORM,
        "_customer_number=",
        400,
        "Invalid",
        &["'_customer_number' is missing"]
    ),
    mistake!(
        "bad number",
        JSON,
        r#"{"_customer_number":"call me"}"#,
        400,
        "Number",
        &["_customer_number", "digits"]
    ),
    mistake!(
        "list",
        JSON,
        r#"{"_customer_number":["5115"]}"#,
        400,
        "Invalid",
        &["_customer_number", "a list"]
    ),
    mistake!("no JSON", JSON, "{", 400, "Invalid", &["not a JSON object"]),
    mistake!("array", JSON, "[]", 400, "Invalid", &["not a JSON object"]),
    mistake!(
        "bad time",
        JSON,
        r#"{"_customer_number":"1","_desired_time":"soon"}"#,
        400,
        "Invalid",
        &["_desired_time", "'soon'", "yyyy-MM-dd"]
    ),
    mistake!(
        "past",
        JSON,
        r#"{"_customer_number":"1","_desired_time":"2020-01-01T00:00:00.000Z"}"#,
        400,
        "Availability",
        &["2020-01-01", "has passed"]
    ),
    mistake!(
        "service option",
        JSON,
        r#"{"_customer_number":"1","_target":"x@y.GA"}"#,
        400,
        "Invalid",
        &["'_target'", "service"]
    ),
    mistake!(
        "bad option",
        JSON,
        r#"{"_customer_number":"1","_wait_for_agent":"maybe"}"#,
        400,
        "Invalid",
        &["_wait_for_agent", "'maybe'", "true or false"]
    ),
    mistake!(
        "type",
        "text/xml",
        "<a/>",
        415,
        "UnsupportedMediaType",
        &["text/xml", JSON]
    ),
    mistake!(
        "no type",
        "",
        "x=1",
        415,
        "UnsupportedMediaType",
        &["nothing", FORM]
    ),
];

#[tokio::test]
async fn every_mistake_in_a_start_names_what_is_wrong() {
    let up = open().await;
    for mistake in MISTAKES {
        check(&up, mistake, mistake.body.to_owned()).await;
    }
    let many: serde_json::Map<_, _> = (0..70).map(|n| (format!("k{n}"), json!(n))).collect();
    let many = Value::Object(many).to_string();
    check(
        &up,
        &mistake!("many", JSON, "", 400, "Invalid", &["64", "70"]),
        many,
    )
    .await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(70_000));
    check(
        &up,
        &mistake!("large", JSON, "", 413, "TooLarge", &["65536"]),
        large,
    )
    .await;
    let (_, stored) = up.client.get(START).await;
    assert_eq!(stored, json!([]), "nothing is stored on an error");
}

async fn check(up: &Up, mistake: &Mistake, body: String) {
    let Mistake {
        name,
        kind,
        status,
        exception,
        says,
        ..
    } = mistake;
    let (found, _, answer) = send(up, Method::POST, START, kind, body).await;
    assert_eq!(found.as_u16(), *status, "{name}: {answer}");
    assert_eq!(answer["code"], *status, "{name}: {answer}");
    assert_eq!(
        answer["exception"],
        format!("CallbackException{exception}"),
        "{name}"
    );
    assert_eq!(
        answer["phrase"],
        found.canonical_reason().unwrap(),
        "{name}"
    );
    let message = answer["message"].as_str().unwrap();
    for part in *says {
        assert!(
            message.contains(part),
            "{name}: {part:?} is missing in {message:?}"
        );
    }
    assert!(
        !message.contains("call me"),
        "{name}: a number is not repeated"
    );
}

/// Calls of the callback API that find nothing, and what their answers say.
const NOTHING: &[(&str, &str, u16, &str)] = &[
    (
        "POST",
        "/genesys/1/service/callback/nowhere",
        404,
        "'nowhere' does not exist; known are: desk",
    ),
    (
        "GET",
        "/genesys/1/service/callback/nowhere",
        404,
        "'nowhere'",
    ),
    ("GET", "/genesys/1/service/callback?_id=07-x", 404, "'07-x'"),
    ("GET", "/genesys/1/service/callback", 400, "lookup key"),
    (
        "GET",
        "/genesys/1/service/callback/desk?operand=XOR",
        400,
        "'XOR'",
    ),
    (
        "DELETE",
        "/genesys/1/service/callback/desk/07-x",
        404,
        "'07-x'",
    ),
    (
        "GET",
        "/genesys/1/service/07-x/check-queue-position",
        404,
        "'07-x'",
    ),
    ("GET", "/genesys/1/service/ewt-for-vq", 400, "'name'"),
    (
        "GET",
        "/genesys/1/service/ewt-for-vq?name=VQ_X",
        404,
        "'VQ_X'",
    ),
    (
        "GET",
        "/genesys/1/nothing/here",
        404,
        "/genesys/1/nothing/here",
    ),
    ("PATCH", START, 405, "does not take this method"),
];

#[tokio::test]
async fn what_does_not_exist_is_said_in_the_shape_of_its_family() {
    let up = open().await;
    for (method, path, status, part) in NOTHING {
        let body = if *method == "POST" {
            r#"{"_customer_number":"5115"}"#
        } else {
            ""
        };
        let (found, _, answer) = send(&up, method.parse().unwrap(), path, JSON, body).await;
        assert_eq!(found.as_u16(), *status, "{method} {path}: {answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(part),
            "{method} {path}: {answer}"
        );
    }
    for path in [
        "/v1/callbacks/07-x",
        "/v1/agents/nobody",
        "/v1/services/nowhere",
        "/v1/nothing",
    ] {
        let (found, kind, answer) = send(&up, Method::GET, path, "", "").await;
        assert_eq!(
            (found.as_u16(), kind.as_str()),
            (404, "application/problem+json"),
            "{path}"
        );
        assert_eq!(
            (&answer["status"], &answer["title"]),
            (&json!(404), &json!("Not Found")),
            "{path}"
        );
        assert!(answer["detail"].is_string(), "{path}: {answer}");
    }
}

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
        ("/v1/agents/three", r#"{"dn":""}"#, "dn has 1 to"),
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
