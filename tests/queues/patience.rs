//! How long a callback waits for whom, as a user meets it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Up, ready_agents, until};

const LIMIT: Duration = Duration::from_secs(30);
const PACE: &str = "speed=20&talk=1";

/// A service that finds the agent first, with these lines of options.
fn delayed(options: &str) -> String {
    format!(
        "[services.desk]\ntemplate = \"User Terminated Delayed\"\n{options}\n{}",
        ready_agents(1)
    )
}

fn event<'a>(timeline: &'a Value, name: &str) -> &'a Value {
    let events = timeline["events"].as_array().unwrap();
    events.iter().find(|it| it["event_id"] == name).unwrap()
}

/// `_target` as a list: nobody is in the first group, and after a second the next one is asked as well.
#[tokio::test]
async fn the_next_target_of_a_list_is_asked_after_its_timeout() {
    let list =
        r#"_target = '[{"target": "Nobody@Stat.GA", "timeout": 1}, {"target": "Sales@Stat.GA"}]'"#;
    let up = Up::start(&delayed(list), PACE).await;
    let number = json!({"_customer_number": "5115"});
    let id = up.client.start("desk", number).await;
    let timeline = up.client.timeline(&id).await;
    let waits = timeline["waits_for"].as_str().unwrap();
    assert!(
        waits.contains("GA:Nobody") && !waits.contains("Sales"),
        "{waits}"
    );
    let over = up.client.until_over(&id, LIMIT).await;
    assert_eq!(over["record"]["_callback_reason"], "AGENT_CONNECTED");
    let target = &event(&over, "_cbe_on_target_found")["c_target"];
    assert_eq!(
        (&target["id"], &target["type"]),
        (&json!("Sales"), &json!("GA"))
    );
}

/// `_max_queue_wait`: nobody is there, and the customer is called all the same.
#[tokio::test]
async fn who_has_waited_long_enough_is_dialed_without_an_agent() {
    let options = "_target = \"Nobody@Stat.GA\"\n_max_queue_wait = 1";
    let up = Up::start(&delayed(options), PACE).await;
    let number = json!({"_customer_number": "5115"});
    let id = up.client.start("desk", number).await;
    until("the customer on the line", LIMIT, || async {
        let timeline = up.client.timeline(&id).await;
        (timeline["record"]["_callback_state"] == "ROUTING").then_some(())
    })
    .await;
    let timeline = up.client.timeline(&id).await;
    let dialed = event(&timeline, "_cbe_on_dial_done");
    assert_eq!(dialed["c_call_result"], 0, "{timeline}");
}
