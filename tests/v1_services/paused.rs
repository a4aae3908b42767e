//! Pausing and removing services that have callbacks.

use serde_json::json;

use super::{LIMIT, PACE, immediate, save};
use crate::harness::{Up, sales, until};

#[tokio::test]
async fn post_v1_services_pause_keeps_its_callbacks_and_nobody_elses() {
    let up = Up::start(&sales("", 2), PACE).await;
    save(&up, "desk", &immediate()).await;
    let (status, paused) = up
        .client
        .post("/v1/services/desk/pause", &json!(null))
        .await;
    assert_eq!((status, &paused["paused"]), (200, &json!(true)));
    let mut kept = Vec::new();
    for number in 0..70 {
        let number = json!({"_customer_number": format!("51{number:02}15")});
        kept.push(up.client.start("desk", number).await);
    }
    let others = up
        .client
        .start("now", json!({"_customer_number": "5115"}))
        .await;
    let over = up.client.until_over(&others, LIMIT).await;
    assert_eq!(over["record"]["_callback_reason"], "AGENT_CONNECTED");
    for id in &kept {
        let timeline = up.client.timeline(id).await;
        assert_eq!(
            timeline["record"]["_callback_state"], "PAUSED",
            "{timeline}"
        );
        assert_eq!(timeline["attempts"], 0);
    }
    let path = "/genesys/1/service/callback/desk?_callback_state=PAUSED";
    let (status, found) = up.client.get(path).await;
    assert_eq!((status, found.as_array().unwrap().len()), (200, kept.len()));
    let waits = up.client.timeline(&kept[0]).await["waits_for"].clone();
    assert_eq!(waits, "service desk to be resumed");
    let (status, resumed) = up
        .client
        .post("/v1/services/desk/resume", &json!(null))
        .await;
    assert_eq!((status, &resumed["paused"]), (200, &json!(false)));
    let over = up.client.until_over(&kept[0], LIMIT).await;
    assert_eq!(
        over["record"]["_callback_reason"], "AGENT_CONNECTED",
        "{over}"
    );
    for verb in ["pause", "resume"] {
        let path = format!("/v1/services/nowhere/{verb}");
        assert_eq!(up.client.post(&path, &json!(null)).await.0, 404);
    }
}

/// Those that wait already, though nobody is there for them; they come back to their places.
#[tokio::test]
async fn post_v1_services_pause_pauses_who_waits() {
    let up = Up::start("", PACE).await;
    let mut delayed = immediate();
    delayed["template"] = json!("User Terminated Delayed");
    delayed["options"]["_urs_virtual_queue"] = json!("VQ_Sales");
    save(&up, "desk", &delayed).await;
    let mut waiting = Vec::new();
    for number in ["5115", "5116", "5117"] {
        let number = json!({ "_customer_number": number });
        waiting.push(up.client.start("desk", number).await);
    }
    for (verb, state) in [
        ("pause", "PAUSED"),
        ("resume", "QUEUED"),
        ("pause", "PAUSED"),
    ] {
        let path = format!("/v1/services/desk/{verb}");
        assert_eq!(up.client.post(&path, &json!(null)).await.0, 200);
        for (place, id) in waiting.iter().enumerate() {
            until(&format!("{verb} of {id}"), LIMIT, || async {
                let timeline = up.client.timeline(id).await;
                (timeline["record"]["_callback_state"] == state).then_some(())
            })
            .await;
            let path = format!("/genesys/1/service/{id}/check-queue-position");
            assert_eq!(up.client.get(&path).await.1["_position"], place + 1);
        }
    }
    let timeline = up.client.timeline(&waiting[0]).await;
    let events = timeline["events"].as_array().unwrap().iter();
    let told: Vec<_> = events
        .filter(|it| it["event_id"] == "_cbe_on_callback_status_updated")
        .map(|it| it["_callback_state"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["PAUSED", "QUEUED", "PAUSED"]);
    let path = format!("/genesys/1/service/callback/desk/{}", waiting[0]);
    assert_eq!(up.client.delete(&path).await.0, 200);
}

/// `_paused_services_id`: one pause for several services.
#[tokio::test]
async fn services_with_one_id_are_paused_together() {
    let up = Up::start("", PACE).await;
    let mut night = immediate();
    night["options"]["_paused_services_id"] = json!("night");
    save(&up, "one", &night).await;
    save(&up, "other", &night).await;
    save(&up, "night", &immediate()).await;
    let paused = || async {
        let mut paused = Vec::new();
        for name in ["one", "other", "night"] {
            let (_, service) = up.client.get(&format!("/v1/services/{name}")).await;
            paused.push(service["paused"] == true);
        }
        paused
    };
    up.client.post("/v1/services/one/pause", &json!(null)).await;
    assert_eq!(paused().await, [true, true, true]);
    let id = up
        .client
        .start("other", json!({"_customer_number": "5115"}))
        .await;
    let timeline = up.client.timeline(&id).await;
    assert_eq!(timeline["record"]["_callback_state"], "PAUSED");
    up.client
        .post("/v1/services/other/resume", &json!(null))
        .await;
    assert_eq!(paused().await, [false, false, false]);
}

/// A service that is removed and added again begins anew.
#[tokio::test]
async fn a_pause_goes_with_its_service() {
    let up = Up::start("", PACE).await;
    save(&up, "desk", &immediate()).await;
    up.client
        .post("/v1/services/desk/pause", &json!(null))
        .await;
    assert_eq!(up.client.delete("/v1/services/desk").await.0, 204);
    save(&up, "desk", &immediate()).await;
    let (_, service) = up.client.get("/v1/services/desk").await;
    assert_eq!(service["paused"], false);
}

/// Where the agent is found first.
#[tokio::test]
async fn post_v1_services_pause_keeps_who_waits_for_an_agent() {
    let up = Up::start(&sales("", 1), PACE).await;
    let mut delayed = immediate();
    delayed["template"] = json!("User Terminated Delayed");
    save(&up, "desk", &delayed).await;
    save(&up, "other", &delayed).await;
    up.client
        .post("/v1/services/desk/pause", &json!(null))
        .await;
    let kept = up
        .client
        .start("desk", json!({"_customer_number": "5115"}))
        .await;
    let free = up
        .client
        .start("other", json!({"_customer_number": "5116"}))
        .await;
    let over = up.client.until_over(&free, LIMIT).await;
    assert_eq!(over["record"]["_callback_reason"], "AGENT_CONNECTED");
    assert_eq!(up.client.timeline(&kept).await["attempts"], 0);
    up.client
        .post("/v1/services/desk/resume", &json!(null))
        .await;
    let over = up.client.until_over(&kept, LIMIT).await;
    assert_eq!(over["record"]["_callback_reason"], "AGENT_CONNECTED");
}

#[tokio::test]
async fn delete_v1_services_lets_nobody_wait_for_ever() {
    let up = Up::start("", PACE).await;
    save(&up, "desk", &immediate()).await;
    up.client
        .post("/v1/services/desk/pause", &json!(null))
        .await;
    let id = up
        .client
        .start("desk", json!({"_customer_number": "5115"}))
        .await;
    let (status, answer) = up.client.delete("/v1/services/desk").await;
    assert_eq!(status, 409);
    let told = answer["detail"].as_str().unwrap();
    assert!(told.contains(&id) && told.contains("force=true"), "{told}");
    assert_eq!(
        up.client.delete("/v1/services/desk?force=maybe").await.0,
        400
    );
    assert_eq!(
        up.client.delete("/v1/services/desk?force=true").await.0,
        204
    );
    let over = up.client.until_over(&id, LIMIT).await;
    assert_eq!(over["record"]["_callback_reason"], "FAIL_ERROR");
    let path = "/genesys/1/service/callback/desk";
    let (status, answer) = up
        .client
        .post(path, &json!({"_customer_number": "5115"}))
        .await;
    assert_eq!(status, 404, "{answer}");
}

#[tokio::test]
async fn delete_v1_services_that_are_idle_needs_no_force() {
    let up = Up::start("", PACE).await;
    save(&up, "desk", &immediate()).await;
    let id = up
        .client
        .start("desk", json!({"_customer_number": "5115"}))
        .await;
    let path = format!("/genesys/1/service/callback/desk/{id}");
    until("its end", LIMIT, || async {
        (up.client.delete(&path).await.0 == 200).then_some(())
    })
    .await;
    up.client.until_over(&id, LIMIT).await;
    until("nothing to be done", LIMIT, || async {
        (up.client.delete("/v1/services/desk").await.0 == 204).then_some(())
    })
    .await;
    let (status, record) = up
        .client
        .get(&format!("/genesys/1/service/callback?_id={id}"))
        .await;
    assert_eq!(
        (status, &record[0]["_callback_state"]),
        (200, &json!("COMPLETED"))
    );
}
