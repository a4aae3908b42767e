//! The agent is called before the customer.

use super::{Line, NUMBERS, id, service};
use crate::harness::ready_agents;

const TEMPLATE: &str = "User Terminated Delayed";
const FIRST: &str = "_userterminated_first_connect_party = \"AGENT\"";

#[tokio::test]
async fn the_customer_is_dialed_once_the_agent_is_there() {
    let line = Line::open(TEMPLATE, FIRST, 1).await;
    let answer = line.start("5115").await;
    let (reason, events) = line.until_over(id(&answer)).await;
    assert_eq!(reason, "AGENT_CONNECTED");
    let place = |name: &str| events.iter().position(|it| it == name);
    assert!(place("target_found") < place("dial_init"), "{events:?}");
    let number = "5115".parse().unwrap();
    assert_eq!(line.network.dialed_number(&number).await.unwrap(), 1);
}

/// Nobody is rung for an agent who does not answer.
#[tokio::test]
async fn another_agent_is_called_when_one_does_not_answer() {
    let agents = ready_agents(2).replacen("7000", "7099", 1);
    let line = Line::with(&format!("{}{agents}", service("desk", TEMPLATE, FIRST))).await;
    let mut ids = Vec::new();
    for number in ["5115", "5116"] {
        ids.push(id(&line.start(number).await).to_owned());
    }
    for (id, number) in ids.iter().zip(["5115", "5116"]) {
        assert_eq!(line.until_over(id).await.0, "AGENT_CONNECTED");
        let number = number.parse().unwrap();
        assert_eq!(line.network.dialed_number(&number).await.unwrap(), 1);
    }
    let (_, agent) = line.up.client.get("/v1/agents/a0").await;
    assert_eq!(agent["state"], "not_ready", "{agent}");
}

#[tokio::test]
async fn a_customer_who_does_not_answer_is_dialed_again_later() {
    let options = format!("{FIRST}\n_max_dial_attempts = 2\n_dial_retry_timeout = 1");
    let config = service("desk", TEMPLATE, &options) + NUMBERS + &ready_agents(1);
    let line = Line::with(&config).await;
    let answer = line.start("5550101").await;
    let (reason, events) = line.until_over(id(&answer)).await;
    assert_eq!(reason, "FAIL_CALL_TO_CUSTOMER");
    let dialed = events.iter().filter(|it| *it == "dial_init");
    assert_eq!(dialed.count(), 2, "{events:?}");
    let (_, agent) = line.up.client.get("/v1/agents/a0").await;
    assert_eq!(agent["state"], "ready", "{agent}");
}
