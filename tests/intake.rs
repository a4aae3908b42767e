//! Requests over AMQP, from a client of another language.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use ringback_ports::clock::Clock;
use serde_json::{Value, json};

use crate::harness::{Services, Workers, messages, sales};

/// What the IVR publishes: its own name for the request, the routing key, the body.
const REQUESTS: &[(&str, &str, &str)] = &[
    ("good", "now.start", r#"{"_customer_number":"5115"}"#),
    ("to call", "in.start", r#"{"_customer_number":"5115"}"#),
    ("malformed", "now.start", r#"{"_customer_number":"#),
    ("not an object", "now.start", "[1]"),
    (
        "unknown service",
        "nowhere.start",
        r#"{"_customer_number":"5115"}"#,
    ),
    ("no number", "now.start", r#"{"name":"somebody"}"#),
    (
        "bad number",
        "now.start",
        r#"{"_customer_number":"call me"}"#,
    ),
    (
        "service option",
        "now.start",
        r#"{"_customer_number":"5115","_ttl":1}"#,
    ),
    ("cancel nobody", "now.cancel", r#"{"_id":"03-nobody"}"#),
    (
        "reschedule nobody",
        "now.reschedule",
        r#"{"_id":"03-nobody","_new_desired_time":"2100-01-01T00:00:00Z"}"#,
    ),
    ("reschedule what", "now.reschedule", "{}"),
];

/// A service whose customers call.
const IN: &str = "[services.in]\ntemplate = \"User Originated Immediate\"\n_target = \"Sales@Stat.GA\"\n\
                  [resource_groups.DNIS]\nnumbers = \"8005550101\"\n";

/// What becomes of the bad ones: the code and a part of the message, and the reason among the dead.
const REFUSED: &[(&str, u16, &str, &str)] = &[
    ("malformed", 400, "not a JSON object", "invalid-request"),
    ("not an object", 400, "not a JSON object", "invalid-request"),
    ("unknown service", 404, "'nowhere'", "not-found"),
    (
        "no number",
        400,
        "'_customer_number' is missing",
        "invalid-request",
    ),
    (
        "bad number",
        400,
        "_customer_number is not a phone number",
        "bad-number",
    ),
    ("service option", 400, "'_ttl'", "invalid-request"),
    ("cancel nobody", 404, "'03-nobody'", "not-found"),
    ("reschedule nobody", 404, "'03-nobody'", "not-found"),
    (
        "reschedule what",
        400,
        "'_id' is missing",
        "invalid-request",
    ),
];

/// What has a key that is no request's: it is answered and kept as well.
const MISROUTED: &[(&str, &str, &str)] = &[
    ("no service", "start", r#"{"_customer_number":"5115"}"#),
    (
        "unknown verb",
        "now.dance",
        r#"{"_customer_number":"5115","n":1}"#,
    ),
    (
        "wrong case",
        "now.START",
        r#"{"_customer_number":"5115","n":2}"#,
    ),
    (
        "key twice",
        "now.start",
        r#"{"_customer_number":"5115","_customer_number":"5116"}"#,
    ),
];

const MISROUTED_REFUSED: &[(&str, u16, &str, &str)] = &[
    ("no service", 400, "routing key 'start'", "invalid-request"),
    ("unknown verb", 400, "action 'dance'", "invalid-request"),
    ("wrong case", 400, "action 'START'", "invalid-request"),
    (
        "key twice",
        400,
        "'_customer_number' stands twice",
        "invalid-request",
    ),
];

/// By the document of the messages, what is refused for its shape has a wrong one, and what is done has a good one.
#[test]
fn the_document_knows_good_requests_from_bad_ones() {
    for (name, key, body) in REQUESTS {
        let verb = key.rsplit_once('.').unwrap().1;
        let Ok(body) = serde_json::from_str(body) else {
            continue;
        };
        let wrong = messages::wrong(verb, "payload", &body);
        let misshapen = ["not an object", "reschedule what"].contains(name);
        assert_eq!(!wrong.is_empty(), misshapen, "{name}: {wrong:?}");
    }
    assert!(!messages::wrong("cancel", "payload", &json!({"id": "03-nobody"})).is_empty());
    assert!(!messages::wrong("dead", "headers", &json!({"x-error": "who knows"})).is_empty());
}

#[tokio::test]
async fn an_ivr_in_another_language_gets_answers_and_bad_requests_are_kept() {
    let Some(services) = Services::start("intake") else {
        return;
    };
    let workers = Workers::start(
        &services,
        &(sales("_reject_future_desired_time = \"\"", 1) + IN),
        "speed=20&talk=1",
    )
    .await;
    let requests = [REQUESTS, MISROUTED].concat();
    let refused = [REFUSED, MISROUTED_REFUSED].concat();
    let said = ivr(&services.amqp, &requests);
    let good = &said["answers"]["good"];
    messages::holds("done", good, &Value::Null);
    let id = good["_id"].as_str().unwrap();
    let timeline = workers.client.until_over(id, Duration::from_secs(30)).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");
    let to_call = &said["answers"]["to call"];
    messages::holds("done", to_call, &Value::Null);
    assert_eq!(to_call["_tel_url"], "tel:8005550101", "{to_call}");
    let dead = said["dead"].as_array().unwrap();
    assert_eq!(dead.len(), refused.len(), "{said}");
    for (name, code, message, reason) in &refused {
        let answer = &said["answers"][name];
        messages::holds("refused", answer, &Value::Null);
        assert_eq!(answer["code"], *code, "{name}: {answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(message),
            "{name}: {answer}"
        );
        let (_, _, body) = requests
            .iter()
            .find(|(request, ..)| request == name)
            .unwrap();
        let buried = dead
            .iter()
            .find(|dead| dead["headers"]["x-reason"] == *reason && dead["body"] == **body);
        let buried = buried.unwrap_or_else(|| panic!("{name} is not among the dead: {said}"));
        messages::holds("dead", &buried["body"], &buried["headers"]);
        assert_eq!(buried["headers"]["x-error"], answer["message"], "{name}");
    }
    reschedule(&services, &workers).await;
    let (_, stored) = workers.client.get("/genesys/1/service/callback/now").await;
    assert_eq!(
        stored.as_array().unwrap().len(),
        2,
        "nothing bad is stored: {stored}"
    );
}

/// A callback that was to come much later comes at once; one that has begun does not move.
async fn reschedule(services: &Services, workers: &Workers) {
    let later = json!({"_customer_number": "5115", "_desired_time": "2100-01-01T00:00:00Z"});
    let id = workers.client.start("now", later).await;
    let time = Clock::system().now().to_string();
    let now = json!({"_id": id, "_new_desired_time": time, "account": "4711"});
    messages::holds("reschedule", &now, &json!({}));
    let said = ivr(
        &services.amqp,
        &[("now", "now.reschedule", &now.to_string())],
    );
    assert_eq!(said["answers"]["now"], json!({ "_id": id }), "{said}");
    let timeline = workers
        .client
        .until_over(&id, Duration::from_secs(30))
        .await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");
    assert_eq!(timeline["record"]["_desired_time"], time.as_str());
    assert_eq!(timeline["user_data"], json!({"account": "4711"}));
    let again = json!({"_id": id, "_new_desired_time": "2100-01-01T00:00:00Z"}).to_string();
    let said = ivr(&services.amqp, &[("again", "now.reschedule", &again)]);
    assert_eq!(said["answers"]["again"]["code"], 409, "{said}");
    let dead = &said["dead"][0];
    assert_eq!(dead["headers"]["x-reason"], "conflict", "{said}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test runner names the Python that has pika"
)]
pub fn ivr(amqp: &str, requests: &[(&str, &str, &str)]) -> Value {
    let python = std::env::var("RINGBACK_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/foreign/ivr.py");
    let mut ivr = Command::new(python)
        .arg(script)
        .arg(amqp)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = ivr.stdin.take().unwrap();
    for (id, key, body) in requests {
        writeln!(stdin, "{}", json!({ "id": id, "key": key, "body": body })).unwrap();
    }
    drop(stdin);
    let output = ivr.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
