//! What mistakes are answered with.

use reqwest::Method;
use serde_json::{Value, json};

use super::{FORM, JSON, START, open, send};
use crate::harness::Up;

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
