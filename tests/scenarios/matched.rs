//! An IVR asks whose call has arrived.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Line, NUMBERS, id, service};
use crate::harness::ready_agents;

const TEMPLATE: &str = "User Originated Immediate";
const PATH: &str = "/genesys/1/service/match-interaction";

async fn ask(line: &Line, body: Value) -> (u16, Value) {
    line.up.client.post(PATH, &body).await
}

#[tokio::test]
async fn post_genesys_service_match_interaction_finds_whose_call_it_is() {
    let line = Line::open(TEMPLATE, "", 0).await;
    let body = json!({"_customer_number": "5115", "topic": "a refund"});
    let started = line.up.client.start("desk", body).await;
    for (sent, data) in [
        (
            json!({"_access_number": "8005550101", "_customer_number": "5115"}),
            false,
        ),
        (
            json!({"_access_number": 8_005_550_101_u64, "_phone_number": 5115}),
            false,
        ),
        (
            json!({"_access_number": "8005550101", "_customer_number": "5115", "_return_user_data": "true"}),
            true,
        ),
    ] {
        let (status, answer) = ask(&line, sent).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(
            (&answer["_id"], &answer["_data_id"]),
            (&json!(started), &json!(started))
        );
        assert_eq!(answer["_service_name"], "desk");
        let topic = data.then_some(json!({"topic": "a refund"}));
        assert_eq!(answer.get("_user_data"), topic.as_ref());
    }
    let (_, record) = line
        .up
        .client
        .get(&format!("/genesys/service/callback?_id={started}"))
        .await;
    assert_eq!(record[0]["_callback_state"], "QUEUED");
}

#[tokio::test]
async fn post_genesys_service_match_interaction_of_nobody_tells_nothing() {
    let line = Line::open(TEMPLATE, "_provide_code = true", 0).await;
    let started = line.start("5115").await;
    let code = started["_access_code"].as_str().unwrap();
    let by_code = json!({"_access_number": "8005550101", "_access_code": code});
    assert_eq!(ask(&line, by_code).await.0, 200);
    for (sent, status, says) in [
        (json!({}), 400, "'_access_number' is missing"),
        (
            json!({"_access_number": "800555"}),
            400,
            "'_customer_number' is missing",
        ),
        (
            json!({"_access_number": "call me", "_access_code": "1"}),
            400,
            "_access_number is not a phone number",
        ),
        (json!({"_access_number": ["1"]}), 400, "allowed is a text"),
        (
            json!({"_access_number": "8005550101", "_customer_number": "5115"}),
            404,
            "_access_code",
        ),
        (
            json!({"_access_number": "8005550101", "_customer_number": "5115", "_access_code": "x"}),
            404,
            "_access_code",
        ),
        (
            json!({"_access_number": "8005550102", "_access_code": code}),
            404,
            "_access_number",
        ),
        (
            json!({"_access_number": "8005550101", "_access_code": code, "_return_user_data": "some"}),
            400,
            "true and false",
        ),
        (
            json!({"_access_number": "8005550101", "_access_code": code, "_call_id": "c".repeat(300)}),
            400,
            "256 bytes",
        ),
    ] {
        let (found, answer) = ask(&line, sent).await;
        let message = answer["message"].as_str().unwrap();
        assert_eq!(found, status, "{message}");
        assert!(message.contains(says), "{message}");
    }
}

/// The IVR has a number of its own, which is no number of a resource group: its calls are its own until it gives them.
#[tokio::test]
async fn a_call_of_an_ivr_is_given_to_its_callback() {
    let line = Line::open(TEMPLATE, "", 1).await;
    let started = line.start("5115").await;
    let call = line.call("4711", Some("5115"), None).await;
    let sent = json!({
        "_access_number": "8005550101", "_customer_number": "5115", "_call_id": call.as_str(),
    });
    let (status, answer) = ask(&line, sent.clone()).await;
    assert_eq!((status, &answer["_id"]), (200, &started["_id"]), "{answer}");
    assert!(line.until_hung_up(&call).await);
    assert_eq!(line.until_over(id(&started)).await.0, "AGENT_CONNECTED");
    assert_eq!(ask(&line, sent).await.0, 404, "it is over");
}

/// Whoever has no login of the service does not learn whose call it is.
#[tokio::test]
async fn a_service_with_a_login_is_not_told_of() {
    let options = "username = \"crm\"\npassword = \"hunter2\"";
    let config = service("desk", TEMPLATE, options) + NUMBERS + &ready_agents(1);
    let line = Line::with(&config).await;
    let path = "/genesys/1/service/callback/desk";
    let request = line.up.client.request(Method::POST, path);
    let request = request.basic_auth("crm", Some("hunter2"));
    let request = request.json(&json!({"_customer_number": "5115"}));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let sent = json!({"_access_number": "8005550101", "_customer_number": "5115"});
    let (status, answer) = ask(&line, sent).await;
    assert_eq!(status, 404, "{answer}");
}
