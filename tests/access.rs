//! Who may do what, as callers meet it.

mod routes;
mod services;

use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::Value;

use crate::harness::{RINGBACK, Up, sales};

/// Runs `ringback user …`; what it says.
fn user(arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(RINGBACK);
    command
        .arg("user")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn word_after<'a>(text: &'a str, what: &str) -> &'a str {
    text.split(what)
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .trim_matches('"')
}

struct House {
    up: Up,
    key: String,
}

impl House {
    async fn open() -> Self {
        let hash = user(&["hash"], "ivr-password\n");
        let made = user(&["key", "wall", "--role", "readonly"], "");
        let (key, sum) = (word_after(&made, "key:"), word_after(&made, "sha256 ="));
        let users = format!(
            "[users.ivr1]\nrole = \"ivr\"\npassword = \"{}\"\n[users.a0]\nrole = \"agent\"\npassword = \"agent\"\n\
             [users.root]\nrole = \"admin\"\npassword = \"admin\"\n[users.boss]\nrole = \"supervisor\"\npassword = \"boss\"\n\
             [keys.wall]\nrole = \"readonly\"\nsha256 = \"{sum}\"\n",
            hash.trim()
        );
        let up = Up::start(&format!("{}{users}", sales("", 1)), "speed=20").await;
        Self {
            up,
            key: key.to_owned(),
        }
    }

    async fn call(
        &self,
        credentials: &str,
        method: Method,
        path: &str,
        body: &str,
    ) -> (u16, Value) {
        call(&self.up, credentials, method, path, body).await
    }
}

/// Calls with these credentials and a JSON body.
pub async fn call(
    up: &Up,
    credentials: &str,
    method: Method,
    path: &str,
    body: &str,
) -> (u16, Value) {
    let headers = [
        ("authorization", credentials),
        ("content-type", "application/json"),
    ];
    let sent = up.client.send(method, path, &headers, body.to_owned());
    let (status, _, answer) = sent.await;
    (status, answer)
}

/// HTTP Basic.
pub fn basic(user: &str, password: &str) -> String {
    use base64::Engine;
    let shown = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Basic {shown}")
}

const START: (&str, &str) = (
    "/genesys/1/service/callback/now",
    r#"{"_customer_number":"5115"}"#,
);
const LIST: (&str, &str) = (
    "/v1/event-lists/L",
    r#"{"events":{"_cbe_on_dial_init":{}}}"#,
);
const STATE: (&str, &str) = ("/v1/agents/a0/state", r#"{"state":"not_ready"}"#);

#[tokio::test]
async fn each_role_may_what_is_its() {
    let house = House::open().await;
    let (ivr, agent) = (basic("ivr1", "ivr-password"), basic("a0", "agent"));
    let (boss, root, wall) = (
        basic("boss", "boss"),
        basic("root", "admin"),
        format!("Bearer {}", house.key),
    );
    for (who, [start, list, state, read]) in [
        (&ivr, [200, 403, 403, 403]),
        (&agent, [403, 403, 200, 200]),
        (&wall, [403, 403, 403, 200]),
        (&boss, [200, 403, 200, 200]),
        (&root, [200, 200, 200, 200]),
    ] {
        assert_eq!(
            house.call(who, Method::POST, START.0, START.1).await.0,
            start,
            "start"
        );
        assert_eq!(
            house.call(who, Method::PUT, LIST.0, LIST.1).await.0,
            list,
            "list"
        );
        assert_eq!(
            house.call(who, Method::PUT, STATE.0, STATE.1).await.0,
            state,
            "state"
        );
        assert_eq!(
            house.call(who, Method::GET, "/v1/agents", "").await.0,
            read,
            "read"
        );
    }
    let (_, answer) = house
        .call(&agent, Method::PUT, "/v1/agents/a1/state", STATE.1)
        .await;
    assert_eq!(answer["detail"], "role agent may not act for this agent");
    let (_, answer) = house.call(&wall, Method::POST, START.0, START.1).await;
    assert_eq!(
        (&answer["code"], &answer["exception"]),
        (&403.into(), &"CallbackExceptionForbidden".into())
    );
    let said = house.up.said();
    assert!(
        said.contains("ringback::audit") && said.contains("\"user\":\"root\""),
        "changes are told"
    );
    for secret in ["ivr-password", house.key.as_str(), "5115"] {
        let mut log = said.lines().filter(|line| line.starts_with('{'));
        let leaks = log.find(|line| line.contains(secret));
        assert_eq!(leaks, None, "{secret} is in the log");
    }
}

/// Also with a right password, until the wait is over; others are not locked out with them.
#[tokio::test]
async fn guessing_costs_time() {
    let house = House::open().await;
    let right = basic("ivr1", "ivr-password");
    for _ in 0..5 {
        let (status, answer) = house
            .call(&basic("ivr1", "guess"), Method::GET, "/v1/agents", "")
            .await;
        assert_eq!(status, 401, "{answer}");
    }
    let (status, answer) = house.call(&right, Method::POST, START.0, START.1).await;
    assert_eq!(status, 429, "{answer}");
    assert_eq!(
        house
            .call(&basic("root", "admin"), Method::GET, "/v1/agents", "")
            .await
            .0,
        200
    );
    for wrong in ["", "Basic", "Basic !!!", "Digest x", "Bearer rbk_wrong"] {
        assert_eq!(
            house.call(wrong, Method::GET, "/v1/agents", "").await.0,
            401,
            "{wrong}"
        );
    }
}
