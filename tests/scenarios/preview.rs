//! The agent looks at the callback before anybody is called.

use serde_json::{Value, json};

use super::{LIMIT, Line, id};
use crate::harness::until;

const TEMPLATE: &str = "User Terminated Preview";

/// The agent who is shown a callback.
async fn shown(line: &Line) -> (String, Value) {
    until("a preview", LIMIT, || async {
        for agent in ["a0", "a1"] {
            let path = format!("/v1/agents/{agent}");
            let (status, known) = line.up.client.get(&path).await;
            if status == 200 && known.get("preview").is_some() {
                return Some((agent.to_owned(), known["preview"].clone()));
            }
        }
        None
    })
    .await
}

async fn answer(line: &Line, agent: &str, id: &str, verdict: &str) -> (u16, String) {
    let path = format!("/v1/agents/{agent}/preview/{id}/{verdict}");
    let (status, answer) = line.up.client.post(&path, &json!({})).await;
    (
        status,
        answer["detail"].as_str().unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn post_v1_agents_preview_accept_lets_the_customer_be_dialed() {
    let options = "_agent_preview_data = \"_customer_number,topic\"";
    let line = Line::open(TEMPLATE, options, 1).await;
    let body = json!({"_customer_number": "5115", "topic": "a refund", "secret": "x"});
    let id = line.up.client.start("desk", body).await;
    let (agent, preview) = shown(&line).await;
    assert_eq!(preview["callback"], json!(id));
    assert_eq!(
        (&preview["service"], &preview["may_reject"]),
        (&json!("desk"), &json!(true))
    );
    assert_eq!(
        preview["data"],
        json!({"_customer_number": "5115", "topic": "a refund"})
    );
    let waits = line.up.client.timeline(&id).await["waits_for"].clone();
    assert!(waits.as_str().unwrap().contains(&agent), "{waits}");
    assert_eq!(line.up.client.timeline(&id).await["attempts"], 0);
    let (status, told) = answer(&line, &agent, &id, "maybe").await;
    assert_eq!(status, 400);
    assert!(
        told.contains("'maybe'") && told.contains("accept, reject"),
        "{told}"
    );
    let (status, told) = answer(&line, "somebody", &id, "accept").await;
    assert_eq!(status, 409, "{told}");
    let (status, told) = answer(&line, &agent, "07-nobody", "accept").await;
    assert_eq!(status, 404, "{told}");
    assert_eq!(answer(&line, &agent, &id, "accept").await.0, 204);
    let (reason, _) = line.until_over(&id).await;
    assert_eq!(reason, "AGENT_CONNECTED");
    let number = "5115".parse().unwrap();
    assert_eq!(line.network.dialed_number(&number).await.unwrap(), 1);
}

#[tokio::test]
async fn post_v1_agents_preview_reject_too_often_ends_it() {
    let options = "_agent_preview_allow_reject = 2\n_agent_reject_retry_timeout = 0";
    let line = Line::open(TEMPLATE, options, 1).await;
    let started = line.start("5115").await;
    let id = id(&started);
    for _ in 0..2 {
        let (agent, _) = shown(&line).await;
        let rejected = until("a rejection", LIMIT, || async {
            let (status, _) = answer(&line, &agent, id, "reject").await;
            (status == 204).then_some(())
        });
        rejected.await;
    }
    let (reason, events) = line.until_over(id).await;
    assert_eq!(reason, "AGENT_PREVIEW_CANCEL_AFTER_2REJECTS");
    let found = events.iter().filter(|it| *it == "target_found");
    assert_eq!(found.count(), 2, "{events:?}");
    until("the agent", LIMIT, || async {
        let (_, agent) = line.up.client.get("/v1/agents/a0").await;
        (agent["state"] == "ready").then_some(())
    })
    .await;
    let (status, told) = answer(&line, "a0", id, "accept").await;
    assert_eq!(status, 409);
    assert!(told.contains("COMPLETED"), "{told}");
}

#[tokio::test]
async fn post_v1_agents_preview_reject_is_refused_where_nobody_may() {
    let line = Line::open(TEMPLATE, "_agent_preview_allow_reject = false", 1).await;
    let started = line.start("5115").await;
    let (agent, preview) = shown(&line).await;
    assert_eq!(preview["may_reject"], false);
    let (status, told) = answer(&line, &agent, id(&started), "reject").await;
    assert_eq!(status, 409);
    assert!(told.contains("_agent_preview_allow_reject"), "{told}");
    assert_eq!(answer(&line, &agent, id(&started), "accept").await.0, 204);
    assert_eq!(line.until_over(id(&started)).await.0, "AGENT_CONNECTED");
}

/// Whoever does not look is not asked again until it says that it is ready.
#[tokio::test]
async fn an_agent_who_does_not_look_is_passed_over() {
    let line = Line::open(TEMPLATE, "_agent_preview_timeout = 1", 2).await;
    let started = line.start("5115").await;
    let (first, _) = shown(&line).await;
    let other = if first == "a0" { "a1" } else { "a0" };
    until("the other one's preview", LIMIT, || async {
        let path = format!("/v1/agents/{other}");
        let known = line.up.client.get(&path).await.1;
        known.get("preview").is_some().then_some(())
    })
    .await;
    let (_, known) = line.up.client.get(&format!("/v1/agents/{first}")).await;
    assert_eq!(known["state"], "not_ready", "{known}");
    assert_eq!(answer(&line, other, id(&started), "accept").await.0, 204);
    assert_eq!(line.until_over(id(&started)).await.0, "AGENT_CONNECTED");
}
