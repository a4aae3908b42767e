//! Agents of pools that no service names.

use std::time::Duration;

use ringback_core::agent::AgentWish;
use ringback_core::callback::State;
use ringback_core::ids::AgentId;
use ringback_ports::bus::memory::MemoryBus;
use ringback_ports::desk::Desk;
use ringback_workers::hint::Hints;
use ringback_workers::ingest::FrontDesk;
use ringback_workers::scheduler::{self, Limits};
use serde_json::json;

use crate::harness::{Rooms, Up, keep_services, request_with, rooms, until};

const LIMIT: Duration = Duration::from_secs(20);

/// The customer is on the line, and the agent gets ready a moment later.
#[tokio::test]
async fn a_customer_on_the_line_gets_an_agent_of_the_target_that_the_request_named() {
    let config = r#"
        [services.now]
        template = "User Terminated Immediate"
        _target = "Nobody@S.GA"
        _overwritable_options = "_target"
        _request_execution_time_buffer = 0

        [agents.rita]
        groups = ["Sales"]
        dn = "7001"
        state = "not_ready"
    "#;
    let up = Up::start(config, "speed=40&talk=1").await;
    let request = json!({ "_customer_number": "5115", "_target": "Sales@S.GA" });
    let id = up.client.start("now", request).await;
    until("the customer on the line", LIMIT, || async {
        let (_, timeline) = up.client.get(&format!("/v1/callbacks/{id}")).await;
        (timeline["record"]["_callback_state"] == "ROUTING").then_some(())
    })
    .await;
    let ready = json!({ "state": "ready" });
    let (status, answer) = up.client.put("/v1/agents/rita/state", &ready).await;
    assert_eq!(status, 200, "{answer}");
    let timeline = up.client.until_over(&id, LIMIT).await;
    assert_eq!(timeline["record"]["_callback_reason"], "AGENT_CONNECTED");
}

/// Whoever waits there has told another scheduler, or nobody: the hint was lost.
#[tokio::test]
async fn an_agent_is_found_by_whoever_waits_in_one_of_its_pools() {
    let options = [
        ("_overwritable_options", "_target"),
        ("_wait_for_agent", "true"),
    ];
    let house = rooms(&options);
    keep_services(&house).await;
    let unheard = Rooms {
        hints: Hints::over(MemoryBus::new(), house.counters.clone(), &house.pulse),
        ..house.clone()
    };
    let request = json!({ "_customer_number": "5115", "_target": "Sales@S.GA" });
    let id = request_with(&unheard, &request).await;
    let scheduling = tokio::spawn(scheduler::run(house.clone(), Limits::default()));
    let (desk, agent) = (FrontDesk::new(house.clone()), AgentId::new("rita"));
    let profile = json!({ "groups": ["Sales", "Back office"], "dn": "7001" });
    let profile = serde_json::from_value(profile).unwrap();
    desk.put_agent(agent.clone(), profile).await.unwrap();
    desk.wish(&agent, AgentWish::Ready).await.unwrap();
    until(
        "the agent for whoever waits",
        Duration::from_secs(3),
        || async {
            let held = house.hold(&id).await.unwrap()?;
            matches!(held.callback.state, State::HandedOut { agent: Some(_), .. }).then_some(())
        },
    )
    .await;
    house.stop.cancel();
    scheduling.await.unwrap();
}
