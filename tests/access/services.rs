//! Services with a login of their own.

mod open_house;

use reqwest::Method;

use super::{START as NOW, basic, call};
use crate::harness::{Up, sales};

/// Two services with a login beside one without.
const SERVICES: &str = r#"
[services.vip]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
_reject_future_desired_time = "10y"
username = "vip-ivr"
password = "vip-secret"
[services.gold]
template = "User Terminated Delayed"
_target = "Nobody@Stat.GA"
username = "gold-ivr"
password = "gold-secret"
"#;
const USERS: &str = r#"
[users.ivr1]
role = "ivr"
password = "ivr"
[users.wall]
role = "readonly"
password = "wall"
[users.a0]
role = "agent"
password = "agent"
[users.boss]
role = "supervisor"
password = "boss"
[users.root]
role = "admin"
password = "admin"
"#;
const START: &str = r#"{"_customer_number":"5115","_desired_time":"2030-01-01T09:00:00.000Z"}"#;
const VIP: &str = "/genesys/1/service/callback/vip";

/// With users, or for anybody.
async fn open(users: &str) -> Up {
    let config = format!("{}{SERVICES}{users}", sales("", 1));
    Up::start(&config, "speed=20").await
}

fn vip() -> String {
    basic("vip-ivr", "vip-secret")
}

/// A callback of the service, by its login.
async fn started(up: &Up) -> String {
    let (status, answer) = call(up, &vip(), Method::POST, VIP, START).await;
    assert_eq!(status, 200, "{answer}");
    answer["_id"].as_str().unwrap().to_owned()
}

/// Every call about one callback of the service, the last of which ends it.
fn calls(id: &str) -> Vec<(Method, String, &'static str)> {
    let one = format!("{VIP}/{id}");
    let unversioned = one.replace("/1/", "/").replace("/vip/", "/%76ip/");
    let later = r#"{"_new_desired_time":"2030-01-02T09:00:00.000Z"}"#;
    vec![
        (Method::GET, format!("{VIP}?_customer_number=5115"), ""),
        (
            Method::GET,
            format!("/genesys/service/callback?_id={id}"),
            "",
        ),
        (
            Method::GET,
            format!("/genesys/1/service/{id}/check-queue-position"),
            "",
        ),
        (
            Method::POST,
            format!("/genesys/service/{id}/check-queue-position"),
            "",
        ),
        (Method::GET, format!("/v1/callbacks/{id}"), ""),
        (Method::GET, format!("/v1/callbacks/{id}/events"), ""),
        (Method::PUT, one, later),
        (Method::DELETE, unversioned, ""),
    ]
}

#[tokio::test]
async fn a_service_with_a_login_is_for_who_has_it() {
    let up = open(USERS).await;
    let (gold, key) = (
        basic("gold-ivr", "gold-secret"),
        "Bearer rbk_nobody".to_owned(),
    );
    let mixed = basic("vip-ivr", "gold-secret");
    let users = ["ivr1:ivr", "wall:wall", "a0:agent"].map(|it| {
        let (name, password) = it.split_once(':').unwrap();
        basic(name, password)
    });
    let id = started(&up).await;
    for (method, path, body) in calls(&id) {
        for wrong in users.iter().chain([&String::new()]) {
            let (status, answer) = call(&up, wrong, method.clone(), &path, body).await;
            assert_eq!(status, 401, "{method} {path}: {answer}");
        }
    }
    for wrong in [&gold, &mixed, &key] {
        let (status, answer) = call(&up, wrong, Method::POST, VIP, START).await;
        assert_eq!(status, 401, "{answer}");
    }
    for right in [vip(), basic("boss", "boss"), basic("root", "admin")] {
        let id = started(&up).await;
        for (method, path, body) in calls(&id) {
            let (status, answer) = call(&up, &right, method.clone(), &path, body).await;
            assert_eq!(status, 200, "{method} {path}: {answer}");
        }
    }
    let said = up.said();
    for secret in ["vip-ivr", "vip-secret", "5115"] {
        let mut log = said.lines().filter(|line| line.starts_with('{'));
        let leaks = log.find(|line| line.contains(secret));
        assert_eq!(leaks, None, "{secret} is in the log");
    }
}

#[tokio::test]
async fn the_login_of_a_service_opens_nothing_else() {
    let up = open(USERS).await;
    let gold = basic("gold-ivr", "gold-secret");
    let (status, other) = call(&up, &basic("ivr1", "ivr"), Method::POST, NOW.0, NOW.1).await;
    assert_eq!(status, 200, "{other}");
    let other = other["_id"].as_str().unwrap();
    for (method, path) in [
        (Method::POST, NOW.0.to_owned()),
        (
            Method::GET,
            format!("/genesys/1/service/callback?_id={other}"),
        ),
        (
            Method::GET,
            "/genesys/1/service/callback?_customer_number=5115".to_owned(),
        ),
        (Method::GET, "/genesys/1/admin/callback/queues".to_owned()),
    ] {
        let (status, answer) = call(&up, &gold, method, &path, START).await;
        assert_eq!(status, 401, "{path}: {answer}");
    }
    started(&up).await;
    for (method, path) in [
        (Method::GET, "/v1/callbacks".to_owned()),
        (Method::GET, format!("/v1/callbacks/{other}")),
        (Method::GET, "/v1/services/vip".to_owned()),
        (
            Method::POST,
            "/genesys/1/notification/subscription".to_owned(),
        ),
    ] {
        let (status, answer) = call(&up, &vip(), method, &path, START).await;
        assert_eq!(status, 401, "{path}: {answer}");
    }
    // By its own path a login reaches no callback of another service.
    let path = format!("{VIP}/{other}");
    let (status, answer) = call(&up, &vip(), Method::DELETE, &path, "").await;
    assert_eq!(status, 404, "{answer}");
}

/// Those of a number, by who asks.
async fn found(up: &Up, credentials: &str) -> Vec<String> {
    let path = "/genesys/1/service/callback?_customer_number=5115";
    let (status, answer) = call(up, credentials, Method::GET, path, "").await;
    assert_eq!(status, 200, "{answer}");
    let records = answer.as_array().unwrap().iter();
    let mut services: Vec<_> = records
        .map(|it| it["_service_name"].as_str().unwrap().to_owned())
        .collect();
    services.sort();
    services
}

#[tokio::test]
async fn a_search_over_all_services_leaves_out_those_with_a_login() {
    let up = open(USERS).await;
    started(&up).await;
    let (status, answer) = call(&up, &basic("ivr1", "ivr"), Method::POST, NOW.0, NOW.1).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(found(&up, &basic("ivr1", "ivr")).await, ["now"]);
    assert_eq!(found(&up, &basic("boss", "boss")).await, ["now", "vip"]);
}

/// As for users; each login counts alone.
#[tokio::test]
async fn guessing_the_login_of_a_service_costs_time() {
    let up = open(USERS).await;
    let query = format!("{VIP}?_customer_number=5115");
    for _ in 0..5 {
        let (status, answer) = call(&up, &basic("vip-ivr", "guess"), Method::GET, &query, "").await;
        assert_eq!(status, 401, "{answer}");
    }
    let (status, answer) = call(&up, &vip(), Method::GET, &query, "").await;
    assert_eq!(status, 429, "{answer}");
    let gold = query.replace("/vip", "/gold");
    for (credentials, path) in [
        (basic("gold-ivr", "gold-secret"), &gold),
        (basic("boss", "boss"), &query),
    ] {
        let (status, answer) = call(&up, &credentials, Method::GET, path, "").await;
        assert_eq!(status, 200, "{answer}");
    }
}
