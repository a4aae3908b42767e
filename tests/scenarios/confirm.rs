//! The customer is asked before the phone rings.

use serde_json::json;

use super::{Line, id};

const TEMPLATE: &str = "User Terminated Delayed";
const ASK: &str = "_wait_for_user_confirm = true\n_user_confirm_timeout = ";

#[tokio::test]
async fn post_genesys_service_confirm_lets_it_be_dialed() {
    let line = Line::open(TEMPLATE, &format!("{ASK}600"), 1).await;
    let answer = line.start("5115").await;
    let id = id(&answer);
    let asked = line.until_told(id, "_cbe_on_user_confirm").await;
    assert_eq!(asked["_user_confirm_timeout"], 600);
    let (_, agent) = line.up.client.get("/v1/agents/a0").await;
    assert_eq!(agent["state"], "reserved");
    let (status, dialog) = line.act(id, "confirm").await;
    assert_eq!((status, &dialog["_id"]), (200, &json!(id)));
    assert_eq!(dialog["_text"], "You will receive the call shortly");
    let (status, _) = line.act(id, "confirm").await;
    assert!([200, 409].contains(&status), "it may be over by now");
    let (reason, events) = line.until_over(id).await;
    assert_eq!(reason, "AGENT_CONNECTED");
    let dialed = events.iter().position(|it| it == "dial_init");
    let confirmed = events.iter().position(|it| it == "user_confirm");
    assert!(confirmed < dialed, "{events:?}");
}

#[tokio::test]
async fn who_does_not_confirm_is_dialed_anyway_or_not_at_all() {
    for (otherwise, expected, dialed) in [
        ("CONNECT-ANYWAY", "AGENT_CONNECTED", true),
        ("FAIL", "FAIL_USER_NO_CONFIRM", false),
    ] {
        let options = format!("{ASK}1\n_on_user_confirm_timeout = \"{otherwise}\"");
        let line = Line::open(TEMPLATE, &options, 1).await;
        let answer = line.start("5115").await;
        let (reason, events) = line.until_over(id(&answer)).await;
        assert_eq!(reason, expected);
        assert_eq!(events.iter().any(|it| it == "dial_init"), dialed);
        let (status, refused) = line.act(id(&answer), "confirm").await;
        let message = refused["message"].as_str().unwrap();
        assert_eq!(status, 409, "{message}");
        assert!(message.contains("is COMPLETED"), "{message}");
    }
}
