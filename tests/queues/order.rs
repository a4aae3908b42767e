//! Who comes next: priorities, and how they grow.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CONFIG, position, start};
use crate::harness::{Up, until};

const LIMIT: Duration = Duration::from_secs(30);
const PACE: &str = "speed=20&talk=1";

/// The service with one agent of its group, who takes no calls yet.
fn with_agent(options: &str) -> String {
    let agent = "[agents.a]\ngroups = [\"Desk\"]\ndn = \"7001\"\nstate = \"not_ready\"\n";
    format!("{CONFIG}{options}\n{agent}")
}

async fn lets_agent_work(up: &Up) {
    let (status, answer) = up
        .client
        .put("/v1/agents/a/state", &json!({"state": "ready"}))
        .await;
    assert_eq!(status, 200, "{answer}");
}

/// The callbacks in the order in which they were dialed, once all are over.
async fn dialed(up: &Up, ids: &[String]) -> Vec<usize> {
    let mut times = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let over = up.client.until_over(id, LIMIT).await;
        let events = over["events"].as_array().unwrap().iter();
        let mut dialed = events.filter(|event| event["event_id"] == "_cbe_on_dial_init");
        let time = dialed.next().unwrap()["time"].as_str().unwrap().to_owned();
        times.push((time, place));
    }
    times.sort();
    times.into_iter().map(|(_, place)| place).collect()
}

async fn order(up: &Up) -> Vec<(String, u64)> {
    let (_, queue) = up.client.get("/v1/queues/VQ_Desk").await;
    let order = queue["order"].as_array().unwrap().iter();
    let shown = |it: &Value| {
        let id = it["_id"].as_str().unwrap().to_owned();
        (id, it["priority"].as_u64().unwrap())
    };
    order.map(shown).collect()
}

#[tokio::test]
async fn a_higher_priority_overtakes() {
    let up = Up::start(&with_agent("_urs_vq_priority = 3"), PACE).await;
    let mut ids = Vec::new();
    for request in [
        json!({}),
        json!({"_urs_vq_priority": 5}),
        json!({"_urs_vq_priority": "1"}),
        json!({"_urs_vq_priority": 5}),
    ] {
        ids.push(start(&up, request).await);
    }
    for (id, place) in ids.iter().zip([3, 1, 4, 2]) {
        let found = position(&up, id).await;
        assert_eq!(
            (&found["_position"], &found["_total_waiting"]),
            (&json!(place), &json!(4))
        );
    }
    let expected = [(1, 5), (3, 5), (0, 3), (2, 1)];
    let expected: Vec<_> = expected
        .map(|(place, priority)| (ids[place].clone(), priority))
        .into();
    assert_eq!(order(&up).await, expected);
    lets_agent_work(&up).await;
    assert_eq!(dialed(&up, &ids).await, [1, 3, 0, 2]);
}

/// The others have a higher priority when they come; the first grows, and is dialed before them.
#[tokio::test]
async fn an_aged_callback_is_not_starved() {
    let up = Up::start(&with_agent(""), PACE).await;
    let aging = json!({"_urs_vq_priority_increment": 40, "_urs_vq_priority_increment_interval": 1});
    let first = start(&up, aging).await;
    let second = start(&up, json!({"_urs_vq_priority": 60})).await;
    let ids = [first, second];
    until("the first to grow", LIMIT, || async {
        (position(&up, &ids[0]).await["_position"] == 1).then_some(())
    })
    .await;
    assert_eq!(position(&up, &ids[1]).await["_position"], 2);
    let third = start(&up, json!({"_urs_vq_priority": 60})).await;
    let ids = [&ids[..], &[third]].concat();
    lets_agent_work(&up).await;
    assert_eq!(dialed(&up, &ids).await, [0, 1, 2]);
}

/// Those who wait for a line, of several services and paces.
#[tokio::test]
async fn priorities_hold_over_services() {
    let line = |name: &str, options: &str| {
        format!(
            "[services.{name}]\ntemplate = \"User Terminated Delayed\"\n_target = \"Desk@Stat.GA\"\n\
             _urs_virtual_queue = \"VQ_Desk\"\n_enable_in_queue_checking = false\n{options}\n"
        )
    };
    let config = with_agent("")
        + &line(
            "gold",
            "_urs_vq_priority = 100\n_urs_vq_priority_increment = 1\n_urs_vq_priority_increment_interval = 60",
        )
        + &line("silver", "_urs_vq_priority = 50");
    let up = Up::start(&config, PACE).await;
    let mut ids = Vec::new();
    for service in ["desk", "silver", "gold", "silver", "gold"] {
        let number = json!({"_customer_number": "5115"});
        ids.push(up.client.start(service, number).await);
    }
    for (id, place) in ids.iter().zip([5, 3, 1, 4, 2]) {
        assert_eq!(position(&up, id).await["_position"], place);
    }
    lets_agent_work(&up).await;
    assert_eq!(dialed(&up, &ids).await, [2, 4, 1, 3, 0]);
    let empty = up.client.get("/v1/queues/VQ_Desk").await.1;
    assert_eq!(
        (&empty["waiting"], &empty["order"]),
        (&json!(0), &json!([]))
    );
}

#[tokio::test]
async fn ways_in_which_priorities_grow_are_bounded() {
    let up = Up::start(CONFIG, "").await;
    let growing = |seconds: u32| {
        json!({
            "_customer_number": format!("51{seconds:03}"), "_urs_vq_priority_increment": 1,
            "_urs_vq_priority_increment_interval": 100 + seconds,
        })
    };
    for seconds in 0..64 {
        up.client.start("desk", growing(seconds)).await;
    }
    up.client.start("desk", growing(0)).await;
    let path = "/genesys/1/service/callback/desk";
    let (status, answer) = up.client.post(path, &growing(99)).await;
    assert_eq!(status, 400, "{answer}");
    let message = answer["message"].as_str().unwrap();
    for part in ["_urs_vq_priority_increment 1 in", "199 s", "64 other ways"] {
        assert!(message.contains(part), "{part:?} in {message:?}");
    }
    let (_, queue) = up.client.get("/v1/queues/VQ_Desk").await;
    assert_eq!(queue["waiting"], 65);
    for (key, value) in [
        ("_urs_vq_priority", "high"),
        ("_urs_vq_priority_increment", "-1"),
    ] {
        let (status, answer) = up
            .client
            .post(path, &json!({"_customer_number": "5115", key: value}))
            .await;
        assert_eq!(status, 400, "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(
            message.contains(key) && message.contains("0 to 1000000"),
            "{message}"
        );
    }
}
