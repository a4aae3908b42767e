//! Reports of a switch, and what is estimated from them.

use serde_json::{Value, json};

use super::{CONFIG, position, start};
use crate::harness::Up;

async fn get(up: &Up, path: &str) -> Value {
    let (status, answer) = up.client.get(path).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

const LIVE: &str = "/v1/queues/VQ_Desk/live";
const EWT: &str = "ewt-for-vq?name=VQ_Desk";

#[tokio::test]
async fn put_v1_queues_live_is_estimated_from_at_once() {
    let up = Up::start(CONFIG, "").await;
    let id = start(&up, json!({})).await;
    let alone = position(&up, &id).await;
    assert_eq!(
        (&alone["_position"], &alone["_total_waiting"]),
        (&json!(1), &json!(1))
    );
    assert_eq!((&alone["_eta"], &alone["ewt"]), (&json!(180), &json!(180)));
    assert_eq!(alone["inputs"]["handle_time_from"], "assumed");
    assert_eq!(alone["inputs"]["live_report_age"], json!(null));
    let report = json!({"waiting": 4, "ready": 0, "busy": 10, "handle_time": 100});
    let (status, answer) = up.client.put(LIVE, &report).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        (&answer["ewt"], &answer["waiting"]),
        (&json!(60), &json!(5)),
        "{answer}"
    );
    assert_eq!(answer["live"]["busy"], 10);
    let found = position(&up, &id).await;
    assert_eq!(
        (&found["_position"], &found["_total_waiting"]),
        (&json!(5), &json!(5))
    );
    assert_eq!((&found["_eta"], &found["ewt"]), (&json!(50), &json!(50)));
    let inputs = &found["inputs"];
    assert_eq!(
        (&inputs["live_calls_ahead"], &inputs["callbacks_ahead"]),
        (&json!(4), &json!(0))
    );
    assert_eq!(
        (&inputs["agents_ready"], &inputs["agents_busy"]),
        (&json!(0), &json!(10))
    );
    assert_eq!(inputs["handle_time_from"], "report");
    assert!(inputs["live_report_age"].as_u64().is_some(), "{inputs}");
}

#[tokio::test]
async fn get_v1_queues_shows_what_waits_and_who_works() {
    let config =
        format!("{CONFIG}[agents.a]\ngroups = [\"Desk\"]\ndn = \"7001\"\nstate = \"not_ready\"\n");
    let up = Up::start(&config, "").await;
    let busy = json!({"state": "busy"});
    assert_eq!(up.client.put("/v1/agents/a/state", &busy).await.0, 200);
    let first = start(&up, json!({})).await;
    let second = start(&up, json!({})).await;
    let (_, reported) = up
        .client
        .put("/v1/queues/Other/live", &json!({"waiting": 1}))
        .await;
    assert_eq!(
        (&reported["waiting"], &reported["ewt"]),
        (&json!(1), &json!(360))
    );
    let queues = get(&up, "/v1/queues").await;
    let names: Vec<_> = queues
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["Other", "VQ_Desk"]);
    let queue = get(&up, "/v1/queues/VQ_Desk").await;
    assert_eq!(
        (&queue["waiting"], &queue["ewt"]),
        (&json!(2), &json!(540)),
        "{queue}"
    );
    assert_eq!(
        (&queue["services"], &queue["agent_pools"]),
        (&json!(["desk"]), &json!(["GA:Desk"]))
    );
    assert_eq!(queue["inputs"]["agents_busy"], 1);
    let order = queue["order"].as_array().unwrap();
    let order: Vec<_> = order
        .iter()
        .map(|it| (it["position"].clone(), it["_id"].clone()))
        .collect();
    assert_eq!(order, [(json!(1), json!(first)), (json!(2), json!(second))]);
    let (status, answer) = up.client.get("/v1/queues/VQ_X").await;
    assert_eq!(status, 404);
    assert!(
        answer["detail"].as_str().unwrap().contains("'VQ_X'"),
        "{answer}"
    );
}

#[tokio::test]
async fn get_genesys_service_ewt_for_vq_answers_in_both_versions() {
    let up = Up::start(CONFIG, "").await;
    let report = json!({"waiting": 7, "busy": 4, "handle_time": 60});
    assert_eq!(up.client.put(LIVE, &report).await.0, 200);
    let first = get(&up, &format!("/genesys/1/service/{EWT}")).await;
    assert_eq!(first, get(&up, &format!("/genesys/service/{EWT}")).await);
    assert_eq!((&first["ewt"], &first["waiting"]), (&json!(120), &json!(7)));
    assert_eq!(
        (&first["agents"], &first["live_calls"]),
        (&json!(4), &json!(7))
    );
    for path in ["/genesys/2/service", "/genesys/2"] {
        let second = get(&up, &format!("{path}/{EWT}")).await;
        assert_eq!(
            (&second["ewt"], &second["name"]),
            (&json!(120), &json!("VQ_Desk"))
        );
        assert_eq!(second["inputs"]["handle_time_from"], "report");
        assert_eq!(second["live"]["handle_time"], 60);
        let (status, answer) = up.client.get(&format!("{path}/ewt-for-vq")).await;
        assert_eq!(status, 400);
        assert!(
            answer["message"].as_str().unwrap().contains("'name'"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn check_queue_position_tells_whether_the_agent_is_near() {
    let config = CONFIG.replace(
        "_request",
        "_eta_pos_threshold = \"0:10,10:3,40:1\"\n_request",
    );
    let up = Up::start(&config, "").await;
    let id = start(&up, json!({})).await;
    // With nobody at work the wait is 180 s, and the first is near by the last pair.
    assert_eq!(
        position(&up, &id).await["_agent_ready_threshold_passed"],
        true
    );
    for (waiting, near) in [(2, true), (3, false), (1, true)] {
        let report = json!({"waiting": waiting, "busy": 10, "handle_time": 100});
        assert_eq!(up.client.put(LIVE, &report).await.0, 200);
        let found = position(&up, &id).await;
        assert_eq!(found["_agent_ready_threshold_passed"], near, "{found}");
    }
    let ready = json!({"waiting": 3, "ready": 5, "busy": 5});
    assert_eq!(up.client.put(LIVE, &ready).await.0, 200);
    let found = position(&up, &id).await;
    assert_eq!(
        (&found["_eta"], &found["_position"]),
        (&json!(0), &json!(4))
    );
    assert_eq!(found["_agent_ready_threshold_passed"], true, "{found}");
}

#[tokio::test]
async fn put_v1_queues_live_names_what_is_wrong() {
    let up = Up::start(CONFIG, "").await;
    for (path, body, part) in [
        (LIVE, json!({}), "'waiting' is missing"),
        (
            LIVE,
            json!({"waiting": "many"}),
            "'waiting' is \"many\": allowed is a whole number from 0 to",
        ),
        (
            LIVE,
            json!({"waiting": 1, "ewt": 3}),
            "'ewt' is unknown: allowed are waiting, ready",
        ),
        (
            "/v1/queues/a%0Ab/live",
            json!({"waiting": 1}),
            "control characters",
        ),
    ] {
        let (status, answer) = up.client.put(path, &body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer["detail"].as_str().unwrap().contains(part),
            "{answer}"
        );
    }
    assert_eq!(get(&up, "/v1/queues/VQ_Desk").await["live"], json!(null));
}
