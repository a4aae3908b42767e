//! What the document does not allow is refused, not passed over.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Up, sales};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Method, path, headers and body that are sent, and a part of the message that refuses them.
type Refused = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

const REFUSED: &[Refused] = &[
    (
        "PUT",
        "/v1/agents/a0",
        &[JSON],
        r#"{"dn":"7000","wrap_up":86401}"#,
        "agent 'a0': wrap_up 86401: allowed are 0 to 86400",
    ),
    (
        "PUT",
        "/v1/agents/a0",
        &[JSON],
        r#"["7000"]"#,
        "the body is not a JSON object",
    ),
    (
        "POST",
        "/genesys/1/admin/callback/reportcancelled",
        &[JSON],
        "[null,null]",
        "the body is not a JSON object",
    ),
    (
        "GET",
        "/v1/deliveries?limit=0",
        &[],
        "",
        "limit '0': allowed are 1 to 200",
    ),
    (
        "GET",
        "/v1/dead-letters?limit=201",
        &[],
        "",
        "limit '201': allowed are 1 to 200",
    ),
    ("GET", "/v1/dead-letters?status=dead", &[], "", "`status`"),
    (
        "PUT",
        "/v1/services/now",
        &[JSON, ("if-none-match", "\"1\"")],
        r#"{"template":"User Terminated Immediate","options":{}}"#,
        "If-None-Match '\"1\"': allowed is *",
    ),
    (
        "PUT",
        "/v1/services/now",
        &[JSON, ("if-none-match", "*"), ("if-match", "\"1\"")],
        r#"{"template":"User Terminated Immediate","options":{}}"#,
        "exclude each other",
    ),
    (
        "PUT",
        "/v1/services/now",
        &[JSON, ("if-match", "one")],
        r#"{"template":"User Terminated Immediate","options":{}}"#,
        "If-Match 'one': allowed is the ETag of an answer, or *",
    ),
];

#[tokio::test]
async fn what_the_document_does_not_allow_is_refused() {
    let up = Up::start(&sales("", 1), "speed=20").await;
    for (method, path, headers, body, part) in REFUSED {
        let method: Method = method.parse().unwrap();
        let (status, _, answer) = up.client.send(method, path, headers, *body).await;
        assert_eq!(status, 400, "{path}: {answer}");
        let told = [&answer["detail"], &answer["message"]];
        let told = told.into_iter().find_map(Value::as_str).unwrap();
        assert!(told.contains(part), "{path}: {told}");
    }
    let (_, agent) = up.client.get("/v1/agents/a0").await;
    assert_eq!(agent["wrap_up"], json!(0), "nothing was changed");
}
