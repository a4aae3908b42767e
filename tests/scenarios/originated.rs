//! The customer calls.

use std::process::Command;

use reqwest::Method;
use serde_json::json;

use super::{LIMIT, Line, NUMBERS, id, service};
use crate::harness::{RINGBACK, ready_agents, until};

const IMMEDIATE: &str = "User Originated Immediate";
const DELAYED: &str = "User Originated Delayed";

#[tokio::test]
async fn whoever_is_to_call_at_once_is_told_where_and_is_connected() {
    let line = Line::open(IMMEDIATE, "", 1).await;
    let answer = line.start("5115").await;
    assert_eq!(answer["_action"], "DialNumber", "{answer}");
    assert_eq!(answer["_access_number"], "8005550101");
    assert_eq!(answer["_tel_url"], "tel:8005550101");
    assert_eq!(answer.get("_access_code"), None);
    let waits = line.up.client.timeline(id(&answer)).await;
    let waits_for = waits["waits_for"].as_str().unwrap();
    assert!(waits_for.contains("call"), "{waits_for}");
    let call = line.call("8005550101", Some("5115"), None).await;
    assert!(line.until_hung_up(&call).await);
    let (reason, events) = line.until_over(id(&answer)).await;
    assert_eq!(reason, "AGENT_CONNECTED");
    let expected = [
        "callback_submitted",
        "callback_queued",
        "service_create",
        "virtual_ixn_create",
        "connect_treatment_start",
        "customer_queued",
        "callback_status_updated",
        "target_found",
        "route_to_agent",
        "callback_status_updated",
        "callback_status_updated",
        "service_exit",
    ];
    assert_eq!(events, expected);
}

/// The same from the command line.
#[tokio::test]
async fn a_customer_calls_from_the_command_line() {
    let line = Line::open(IMMEDIATE, "_provide_code = true", 1).await;
    let answer = line.start("5115").await;
    let code = answer["_access_code"].as_str().unwrap();
    let network = format!("sim://{}", line.address);
    let call = |code: &str| {
        let to = ["call-in", "--network", &network, "--to", "8005550101"];
        let mut command = Command::new(RINGBACK);
        let command = command.args(to).args(["--code", code, "--limit", "30"]);
        let output = command.env_clear().output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.success(), said)
    };
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    let (talked, said) = call(&wrong);
    assert!(!talked && said.contains("over without an agent"), "{said}");
    let (talked, said) = call(code);
    assert!(talked && said.ends_with("talking\nover\n"), "{said}");
    assert_eq!(line.until_over(id(&answer)).await.0, "AGENT_CONNECTED");
}

#[tokio::test]
async fn post_genesys_service_connect_tells_whoever_has_confirmed_where_to_call() {
    let line = Line::open(DELAYED, "", 1).await;
    let answer = line.start("5115").await;
    assert_eq!(answer.get("_action"), None, "{answer}");
    let id = id(&answer);
    let asked = line.until_told(id, "_cbe_on_user_confirm").await;
    assert_eq!(
        (&asked["_action"], &asked["_id"]),
        (&json!("confirm"), &json!(id))
    );
    let (status, early) = line.act(id, "connect").await;
    assert_eq!(status, 409, "{early}");
    let path = asked["_user_action_url"].as_str().unwrap();
    let (status, answer) = line.up.client.post(path, &json!({})).await;
    assert_eq!((status, &answer["_action"]), (200, &json!("DialNumber")));
    let again = line.act(id, "confirm").await;
    assert_eq!(again, (200, answer.clone()), "heard before");
    assert_eq!(
        line.act(id, "connect").await,
        (200, answer),
        "it still holds"
    );
    line.call("8005550101", Some("5115"), None).await;
    let (reason, events) = line.until_over(id).await;
    assert_eq!(reason, "AGENT_CONNECTED");
    let found = events.iter().position(|it| it == "target_found");
    let confirmed = events.iter().position(|it| it == "user_confirm");
    assert!(found < confirmed, "{events:?}");
}

/// It is known by the number that it calls from, however that is written.
#[tokio::test]
async fn a_call_of_somebody_else_is_ended() {
    let line = Line::open(IMMEDIATE, "_default_country = \"US\"", 1).await;
    let answer = line.start("+12025550114").await;
    let stranger = line.call("8005550101", Some("5116"), None).await;
    assert!(!line.until_hung_up(&stranger).await);
    let call = line.call("8005550101", Some("2025550114"), None).await;
    assert!(line.until_hung_up(&call).await);
    assert_eq!(line.until_over(id(&answer)).await.0, "AGENT_CONNECTED");
}

#[tokio::test]
async fn who_does_not_call_is_not_waited_for_for_ever() {
    let options = "_booking_expiration_timeout = 1\n_userorig_connect_limit = 2";
    let line = Line::open(DELAYED, options, 1).await;
    let answer = line.start("5115").await;
    let id = id(&answer);
    for time in 1..=2 {
        until("another question", LIMIT, || async {
            let timeline = line.up.client.timeline(id).await;
            let events = timeline["events"].as_array().unwrap();
            let asked = events
                .iter()
                .filter(|it| it["event_id"] == "_cbe_on_user_confirm");
            (asked.count() == time).then_some(())
        })
        .await;
        let (status, dialog) = line.act(id, "confirm").await;
        assert_eq!((status, &dialog["_action"]), (200, &json!("DialNumber")));
    }
    let (reason, _) = line.until_over(id).await;
    assert_eq!(reason, "NOT_AVAILABLE");
    let late = line.call("8005550101", Some("5115"), None).await;
    assert!(!line.until_hung_up(&late).await);
    let (_, agent) = line.up.client.get("/v1/agents/a0").await;
    assert_eq!(agent["state"], "ready", "{agent}");
}

/// A repeat is answered with the callback and the number that are there.
#[tokio::test]
async fn a_repeated_request_is_answered_with_the_same_number() {
    let line = Line::open(IMMEDIATE, "_provide_code = true", 0).await;
    let body = json!({"_customer_number": "5115"}).to_string();
    let mut answers = Vec::new();
    for _ in 0..2 {
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "k"),
        ];
        let path = "/genesys/1/service/callback/desk";
        let sent = line
            .up
            .client
            .send(Method::POST, path, &headers, body.clone());
        answers.push(sent.await.2);
    }
    assert_eq!(answers[0]["_action"], "DialNumber");
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn customers_are_spread_over_the_numbers() {
    let numbers = "[resource_groups.DNIS]\nnumbers = \"8005550101,8005550102,8005550103\"\n";
    let line = Line::with(&(service("desk", IMMEDIATE, "") + numbers)).await;
    let mut given = Vec::new();
    for number in ["5115", "5116", "5117"] {
        given.push(line.start(number).await["_access_number"].to_string());
    }
    given.sort();
    assert_eq!(
        given,
        ["\"8005550101\"", "\"8005550102\"", "\"8005550103\""]
    );
}

#[tokio::test]
async fn a_resource_group_that_does_not_exist_is_named() {
    let config = service("desk", IMMEDIATE, "_resource_group = \"Night\"") + NUMBERS;
    let line = Line::with(&config).await;
    let path = "/genesys/1/service/callback/desk";
    let body = json!({"_customer_number": "5115"});
    let (status, answer) = line.up.client.post(path, &body).await;
    let message = answer["message"].as_str().unwrap();
    assert_eq!(status, 400, "{answer}");
    assert!(
        message.contains("'Night'") && message.contains("_resource_group"),
        "{message}"
    );
    let (_, found) = line
        .up
        .client
        .get(&format!("{path}?_customer_number=5115"))
        .await;
    assert_eq!(found, json!([]), "nothing is half done");
}

#[tokio::test]
async fn an_agent_who_does_not_answer_is_no_end_of_the_call() {
    let line = Line::with(&{
        let agents = ready_agents(2).replacen("7000", "7099", 1);
        format!("{}{NUMBERS}{agents}", service("desk", IMMEDIATE, ""))
    })
    .await;
    let answer = line.start("5115").await;
    let call = line.call("8005550101", Some("5115"), None).await;
    assert!(line.until_hung_up(&call).await);
    assert_eq!(line.until_over(id(&answer)).await.0, "AGENT_CONNECTED");
}
