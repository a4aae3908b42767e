//! `/v1/customers/{number}`

use std::time::Duration;

use ringback_core::callback::{NUMBER_KEY, begun_index, found_by_index, service_index};
use ringback_core::ids::LaneId;
use ringback_core::key::IndexName;
use ringback_core::phone::PhoneNumber;
use ringback_ports::desk::AdminDesk;
use ringback_ports::store::Store;
use ringback_workers::ingest::FrontDesk;
use serde_json::{Value, json};

use super::scheduled;
use crate::harness::{Up, ready_agents, request_with, rooms, until};

/// One service that dials at once, and one that nobody serves.
const CONFIG: &str = r#"
[services.now]
template = "User Terminated Immediate"
_reject_future_desired_time = "10y"
_target = "Sales@Stat.GA"
_retain_session_until_ixn_deleted = true
_callable_countries = "*"
[services.desk]
template = "User Terminated Delayed"
_reject_future_desired_time = "10y"
_target = "Nobody@Stat.GA"
_urs_virtual_queue = "VQ_Desk"
_enable_in_queue_checking = "false"
_callable_countries = "US,DE"
"#;

async fn until_state(up: &Up, id: &str, wanted: &str, sign: &str) {
    until(wanted, Duration::from_secs(30), || async {
        let timeline = up.client.timeline(id).await;
        let events = timeline["events"].as_array().unwrap();
        let seen = events.iter().any(|event| event["event_id"] == sign);
        (seen && timeline["record"]["_callback_state"] == wanted).then_some(())
    })
    .await;
}

/// The log says that so many records were erased, and not whose.
fn check_audit(up: &Up, records: u64) {
    let said = up.said();
    let audit = said
        .lines()
        .filter(|line| line.contains("records of a customer were erased"));
    let audit: Vec<Value> = audit
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(audit.len(), 1, "{said}");
    assert_eq!(
        (&audit[0]["records"], &audit[0]["complete"]),
        (&json!(records), &json!(true))
    );
    assert!(!said.contains("555108"), "no number: {said}");
}

#[tokio::test]
async fn v1_customers_are_erased_with_all_their_records() {
    let up = Up::start(&format!("{CONFIG}{}", ready_agents(1)), "").await;
    let ringing = up
        .client
        .start("now", json!({ "_customer_number": "+49 30 555108" }))
        .await;
    let waiting = up
        .client
        .start("desk", json!({ "_customer_number": "+4930555108" }))
        .await;
    let later = scheduled(&up, "desk", "+4930555108", 3).await;
    let over = scheduled(&up, "desk", "+4930555108", 4).await;
    up.client
        .delete(&format!("/genesys/1/service/callback/desk/{over}"))
        .await;
    let other = scheduled(&up, "desk", "4930555108", 3).await;
    until_state(&up, &ringing, "QUEUED", "_cbe_on_dial_init").await;

    let (status, answer) = up.client.delete("/v1/customers/+49-30-555108").await;
    assert_eq!((status, answer), (200, json!({ "erased": 4 })));
    for id in [&ringing, &waiting, &later, &over] {
        assert_eq!(up.client.get(&format!("/v1/callbacks/{id}")).await.0, 404);
    }
    let (_, left) = up.client.get("/v1/callbacks").await;
    assert_eq!(
        super::ids(&left["callbacks"]),
        [&*other],
        "another number is another customer"
    );
    let (_, marks) = up.client.get("/genesys/1/admin/callback/watermarks").await;
    assert_eq!(marks["total"], 0);
    let (_, position) = up
        .client
        .get("/genesys/1/service/ewt-for-vq?name=VQ_Desk")
        .await;
    assert_eq!(position["waiting"], 0);
    until("the agent", Duration::from_secs(20), || async {
        let (_, agent) = up.client.get("/v1/agents/a0").await;
        (agent["state"] == "ready").then_some(())
    })
    .await;
    check_audit(&up, 4);
    let (_, again) = up.client.delete("/v1/customers/+4930555108").await;
    assert_eq!(again, json!({ "erased": 0 }));
    let (status, answer) = up.client.delete("/v1/customers/somebody").await;
    assert_eq!(status, 400, "{answer}");
    assert!(
        answer["detail"]
            .as_str()
            .unwrap()
            .contains("1 to 24 digits"),
        "{answer}"
    );
}

/// The conversation goes on; the rest is gone.
#[tokio::test]
async fn v1_customers_who_talk_are_erased_later() {
    let up = Up::start(&format!("{CONFIG}{}", ready_agents(1)), "speed=20&talk=600").await;
    let later = scheduled(&up, "desk", "5115", 3).await;
    let talking = up
        .client
        .start("now", json!({ "_customer_number": "5115" }))
        .await;
    until_state(&up, &talking, "PROCESSING", "_cbe_on_route_to_agent").await;
    let (status, answer) = up.client.delete("/v1/customers/5115").await;
    let detail = answer["detail"].as_str().unwrap();
    assert_eq!(status, 409, "{detail}");
    assert!(
        detail.contains("1 records are erased, not all") && detail.contains("PROCESSING"),
        "{detail}"
    );
    assert_eq!(
        up.client.get(&format!("/v1/callbacks/{later}")).await.0,
        404
    );
    assert_eq!(
        up.client.timeline(&talking).await["record"]["_callback_state"],
        "PROCESSING"
    );
}

/// Nothing of it is left in the store: neither logs, nor lanes, nor lists.
#[tokio::test]
async fn v1_customers_leave_nothing_in_the_store() {
    let house = rooms(&[
        ("_enable_status_notification", "subscribe_notify"),
        ("_status_notification_type", "httpcb"),
        ("_status_notification_target", "http://127.0.0.1:9/hook"),
        ("_urs_virtual_queue", "VQ"),
        ("_customer_lookup_keys", "_customer_number,account"),
    ]);
    let mut ids = Vec::new();
    for n in 0..300 {
        let body = json!({ "_customer_number": "5115", "account": "7", "n": n });
        ids.push(request_with(&house, &body).await);
    }
    let lanes: Vec<_> = ids.iter().map(|id| LaneId::head(id).key()).collect();
    let keys: Vec<_> = ids.iter().map(|id| id.key()).chain(lanes).collect();
    let there = house.store.get(&keys).await.unwrap();
    assert!(there.iter().all(Option::is_some), "callbacks and lanes");

    let number: PhoneNumber = "5115".parse().unwrap();
    let erased = FrontDesk::new(house.clone()).erase(&number).await.unwrap();
    assert_eq!(erased, 300);
    let left = house.store.get(&keys).await.unwrap();
    assert!(left.iter().all(Option::is_none));
    for id in &ids {
        assert!(house.store.log(&id.key(), 0, 10).await.unwrap().is_empty());
    }
    for index in [
        found_by_index(NUMBER_KEY, "5115"),
        found_by_index("account", "7"),
        service_index("now"),
        begun_index("now"),
        IndexName::new("vq", "VQ"),
        IndexName::new("dial", "default"),
    ] {
        assert_eq!(
            house.store.count(&index, i64::MIN, i64::MAX).await.unwrap(),
            0,
            "{index:?}"
        );
    }
}
