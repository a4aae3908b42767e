//! Sessions, on two processes over one store.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use axum::http::response::Parts;
use ringback_api::{Access, Role, Users};
use ringback_core::session::SessionLimits;
use ringback_core::time::Timestamp;
use ringback_ports::clock::Clock;
use ringback_workers::ingest::FrontDesk;
use serde_json::Value;
use tower::ServiceExt;

use crate::harness::{Rooms, rooms_at};

const MINUTE: Duration = Duration::from_secs(60);
const PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");
const SCRIPT: (&str, &str) = ("sec-fetch-dest", "empty");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A process that knows these users.
fn process(house: &Rooms, names: &[&str]) -> Router {
    let mut users = Users::default();
    for name in names {
        users.add(name, Role::Supervisor, "secret").unwrap();
    }
    users.add("somebody else", Role::Ivr, "secret").unwrap();
    let access = Access {
        users,
        sessions: SessionLimits {
            longest: MINUTE * 60,
            unused: MINUTE * 20,
        },
        ..Access::default()
    };
    ringback_api::api(FrontDesk::new(house.clone()), access)
}

fn house() -> (Rooms, Clock) {
    let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
    (rooms_at(clock.clone(), &[]), clock)
}

async fn ask(
    process: &Router,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> (Parts, Value) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in [("host", "localhost:8080")].iter().chain(headers) {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    let peer: SocketAddr = "127.0.0.1:5000".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = process.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts, serde_json::from_slice(&body).unwrap_or_default())
}

/// Logs in; the cookie that is kept.
async fn log_in(process: &Router) -> String {
    let body = "{\"name\":\"ada\",\"password\":\"secret\"}";
    let session = ("POST", "/v1/session");
    let (parts, who) = ask(process, session, &[PAGE, JSON], body).await;
    assert_eq!(parts.status, StatusCode::OK, "{who}");
    assert_eq!(who["role"], "supervisor");
    assert_eq!(parts.headers["cache-control"], "no-store");
    let cookie = parts.headers["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn status(process: &Router, cookie: &str) -> u16 {
    let cookie = ("cookie", cookie);
    let (parts, _) = ask(process, ("GET", "/v1/services"), &[cookie], "").await;
    parts.status.as_u16()
}

#[tokio::test]
async fn every_process_knows_a_session_until_it_is_ended() {
    let (house, _) = house();
    let [one, other] = [(); 2].map(|()| process(&house, &["ada"]));
    let cookie = log_in(&one).await;
    assert_eq!(
        [status(&one, &cookie).await, status(&other, &cookie).await],
        [200; 2]
    );
    let (_, who) = ask(&other, ("GET", "/v1/session"), &[("cookie", &cookie)], "").await;
    assert_eq!(who["name"], "ada");
    assert!(who["may"].as_array().unwrap().contains(&"supervise".into()));
    assert_eq!(who["until"], "2027-01-15T09:00:00.000Z");

    let with = ("cookie", cookie.as_str());
    let session = ("DELETE", "/v1/session");
    let (forged, _) = ask(&one, session, &[with], "").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let (parts, _) = ask(&one, session, &[with, PAGE], "").await;
    assert_eq!(parts.status, StatusCode::NO_CONTENT);
    assert_eq!(parts.headers.get_all("set-cookie").iter().count(), 2);
    assert_eq!(status(&one, &cookie).await, 401);
    // A process that has not seen it lately knows it no longer.
    assert_eq!(status(&process(&house, &["ada"]), &cookie).await, 401);
}

#[tokio::test]
async fn a_session_ends_unused_or_after_its_time_and_with_its_user() {
    let (house, clock) = house();
    // Each process looks anew: none remembers what it has seen.
    let seen = async |cookie: &str| status(&process(&house, &["ada"]), cookie).await;
    let cookie = log_in(&process(&house, &["ada"])).await;
    for _ in 0..5 {
        clock.advance(MINUTE * 11);
        assert_eq!(seen(&cookie).await, 200);
    }
    assert_eq!(status(&process(&house, &["eve"]), &cookie).await, 401);
    clock.advance(MINUTE * 5);
    assert_eq!(seen(&cookie).await, 401, "an hour has passed");
    let cookie = log_in(&process(&house, &["ada"])).await;
    clock.advance(MINUTE * 26);
    assert_eq!(seen(&cookie).await, 401, "nobody has used it");
}

#[tokio::test]
async fn no_box_of_the_browser_opens_for_a_script() {
    let (house, _) = house();
    let process = process(&house, &["ada"]);
    let challenges = |parts: &Parts| {
        let all = parts.headers.get_all("www-authenticate").iter();
        all.map(|it| it.to_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (parts, _) = ask(&process, ("GET", "/v1/session"), &[SCRIPT], "").await;
    assert_eq!(parts.status, StatusCode::UNAUTHORIZED);
    assert_eq!(challenges(&parts), ["Bearer realm=\"ringback\""]);
    let (parts, _) = ask(&process, ("GET", "/v1/services"), &[], "").await;
    assert_eq!(challenges(&parts).len(), 2);
    let body = "{\"name\":\"ada\",\"password\":\"wrong\"}";
    let session = ("POST", "/v1/session");
    let (parts, _) = ask(&process, session, &[PAGE, JSON], body).await;
    assert_eq!(challenges(&parts), ["Bearer realm=\"ringback\""]);
    let (parts, _) = ask(
        &process,
        session,
        &[("sec-fetch-site", "cross-site"), JSON],
        body,
    )
    .await;
    assert_eq!(parts.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn one_logs_in_over_https_unless_on_the_computer_itself() {
    let (house, _) = house();
    let process = process(&house, &["ada"]);
    let body = "{\"name\":\"ada\",\"password\":\"secret\"}";
    let session = ("POST", "/v1/session");
    let through = ("x-forwarded-proto", "https");
    let (parts, told) = ask(&process, session, &[PAGE, JSON, through], body).await;
    assert_eq!(parts.status, StatusCode::FORBIDDEN);
    assert!(
        told["detail"]
            .as_str()
            .unwrap()
            .contains("--trusted-proxies"),
        "{told}"
    );
    let body = "{\"name\":\"somebody else\",\"password\":\"secret\"}";
    let (parts, told) = ask(&process, session, &[PAGE, JSON], body).await;
    assert_eq!(parts.status, StatusCode::FORBIDDEN);
    assert!(
        told["detail"].as_str().unwrap().contains("role ivr"),
        "{told}"
    );
    assert!(!parts.headers.contains_key("set-cookie"));
}
