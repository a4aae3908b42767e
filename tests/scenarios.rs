//! Scenarios in which somebody else acts before the call: the customer who calls or confirms, the agent who looks first.

mod agent_first;
mod chat;
mod confirm;
mod groups;
mod last_sound;
mod matched;
mod originated;
mod preview;

use std::net::SocketAddr;
use std::time::Duration;

use ringback_adapters::simulator::client::SimulatorClient;
use ringback_core::access::{AccessCode, Arrival};
use ringback_core::call::{CallId, CallStatus};
use serde_json::{Value, json};

use crate::harness::{Up, free_port, ready_agents, until};

const LIMIT: Duration = Duration::from_secs(30);
/// A call that ends by itself.
const PACE: &str = "speed=20&talk=1";
/// The numbers that customers are told to call.
const NUMBERS: &str = "[resource_groups.DNIS]\nnumbers = [\"8005550101\"]\n";

/// A Ringback whose phone network customers can call on.
struct Line {
    up: Up,
    address: SocketAddr,
    network: SimulatorClient,
}

impl Line {
    /// With a service `desk` of this template, these lines of options, and so many agents.
    async fn open(template: &str, options: &str, agents: usize) -> Self {
        let service = service("desk", template, options);
        Self::with(&format!("{service}{NUMBERS}{}", ready_agents(agents))).await
    }

    async fn with(config: &str) -> Self {
        let address = free_port();
        let up = Up::start(config, &format!("{PACE}&listen={address}")).await;
        let at = format!("sim://{address}");
        let network = SimulatorClient::connect(&at).await.unwrap();
        Self {
            up,
            address,
            network,
        }
    }

    /// Requests a callback; the answer.
    async fn start(&self, number: &str) -> Value {
        let body = json!({ "_customer_number": number });
        let path = "/genesys/1/service/callback/desk";
        let (status, answer) = self.up.client.post(path, &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// A customer calls.
    async fn call(&self, to: &str, from: Option<&str>, code: Option<&str>) -> CallId {
        let call = CallId::from_wire(format!("in-{}", uuid::Uuid::now_v7()));
        let arrival = Arrival {
            to: to.parse().unwrap(),
            from: from.map(|from| from.parse().unwrap()),
            code: code.map(AccessCode::entered),
        };
        self.network.call_in(&call, arrival).await.unwrap();
        call
    }

    /// Waits until a call of a customer is over; whether it was connected.
    async fn until_hung_up(&self, call: &CallId) -> bool {
        until("the end of a call", LIMIT, || async {
            match self.network.dialed(call).await.unwrap().status {
                CallStatus::Over { connected } => Some(connected),
                CallStatus::Failed { .. } => Some(false),
                CallStatus::Unknown
                | CallStatus::Ringing
                | CallStatus::Summoned { .. }
                | CallStatus::Up { .. } => None,
            }
        })
        .await
    }

    async fn act(&self, id: &str, action: &str) -> (u16, Value) {
        let path = format!("/genesys/1/service/{id}/{action}");
        self.up.client.post(&path, &json!({})).await
    }

    /// Waits for an event of a callback.
    async fn until_told(&self, id: &str, event: &str) -> Value {
        until(event, LIMIT, || async {
            let timeline = self.up.client.timeline(id).await;
            let events = timeline["events"].as_array().unwrap();
            events.iter().find(|it| it["event_id"] == event).cloned()
        })
        .await
    }

    /// Why it ended, and its events, by name.
    async fn until_over(&self, id: &str) -> (String, Vec<String>) {
        let over = self.up.client.until_over(id, LIMIT).await;
        let reason = over["record"]["_callback_reason"].as_str().unwrap();
        let events = over["events"].as_array().unwrap().iter();
        let name = |event: &Value| {
            let name = event["event_id"].as_str().unwrap();
            name.trim_start_matches("_cbe_on_").to_owned()
        };
        (reason.to_owned(), events.map(name).collect())
    }
}

fn service(name: &str, template: &str, options: &str) -> String {
    format!(
        "[services.{name}]\ntemplate = \"{template}\"\n_target = \"Sales@Stat.GA\"\n_urs_virtual_queue = \"VQ\"\n\
         _request_execution_time_buffer = 0\n_push_notification_target = \"https://crm.example/ask\"\n{options}\n"
    )
}

fn id(answer: &Value) -> &str {
    answer["_id"].as_str().unwrap()
}
