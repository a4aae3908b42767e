//! `ringback demo`: the main job on sample callers, embedded, from request to hand-over.

mod receiver;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Method;
use ringback_core::event::EventName;
use ringback_ports::clock::Clock;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::client::Api;
use super::up;
use crate::args::{Client, Limits, Listen, Phone, Serving, Shared, Up};
use crate::life::Life;
use crate::print::{self, line};
use receiver::Receiver;

/// The sample callers.
const CALLERS: &str = include_str!("../../../../samples/callers.json");
/// The simulated people and agents live this much faster.
const NETWORK: &str = "sim:?speed=20&talk=30";
/// The whole demo ends within this time.
const LIMIT: Duration = Duration::from_secs(55);
/// How often callbacks are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// One line of the file of callers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Caller {
    service: String,
    parameters: Map<String, Value>,
    /// Asks to be called this much later.
    #[serde(default)]
    in_seconds: u64,
    /// Changes his mind.
    #[serde(default)]
    cancel: bool,
}

pub async fn run() -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let mut life = Life::new()?;
    let receiver = Receiver::start(&mut life).await?;
    let Some(address) = up::start(&mut life, &options(folder.path())).await? else {
        return life.until_the_end().await;
    };
    line(&format!(
        "ringback runs at http://{address}, its notifications go to {}",
        receiver.url
    ));
    let url = format!("http://{address}").parse()?;
    let api = Api::new(Client {
        url,
        api_user: None,
        api_password: None,
        api_key: None,
        json: false,
    })?;
    let told = tokio::time::timeout(LIMIT, call_everybody(&api, &receiver)).await;
    life.stop.cancel();
    life.until_the_end().await?;
    match told {
        Ok(result) => result?,
        Err(_) => bail!("not every callback was over after {} s", LIMIT.as_secs()),
    }
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "ringback".to_owned());
    line(&format!(
        "\nTo keep it running:  {program} up          (API at http://127.0.0.1:8080)"
    ));
    line(&format!(
        "To ask for a call:   {program} callback start samples_dev --number 5115"
    ));
    line(&format!(
        "To follow it:        {program} callback watch <_id>"
    ));
    Ok(ExitCode::SUCCESS)
}

fn options(folder: &std::path::Path) -> Up {
    let database = folder.join("ringback.db");
    Up {
        shared: Shared {
            store: Some(format!("sqlite:{}", database.display())),
            bus: Some("memory:".to_owned()),
            config: None,
            health_listen: None,
            worker: None,
        },
        listen: Listen {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_user: None,
            api_password: None,
            serving: Serving::default(),
        },
        phone: Phone {
            telephony: NETWORK.to_owned(),
        },
        limits: Limits { max_calls: 2000 },
    }
}

async fn call_everybody(api: &Api, receiver: &Receiver) -> anyhow::Result<()> {
    let callers: Vec<Caller> = serde_json::from_str(CALLERS).context("the sample callers")?;
    let mut ids = Vec::new();
    for caller in &callers {
        ids.push(start(api, caller, receiver).await?);
    }
    line(&format!("{} callers asked to be called back\n", ids.len()));
    let progress = print::bar(ids.len() as u64, "callbacks");
    let mut reasons = Vec::new();
    for id in &ids {
        let timeline = until_over(api, id).await?;
        receiver.until_told(id, notified_events(&timeline)).await;
        progress.suspend(|| tell(id, &timeline, receiver));
        reasons.push(
            timeline["record"]["_callback_reason"]
                .as_str()
                .unwrap_or("?")
                .to_owned(),
        );
        progress.inc(1);
    }
    progress.finish_and_clear();
    reasons.sort_unstable();
    line("\nHow they ended:");
    for group in reasons.chunk_by(|one, other| one == other) {
        line(&format!("  {:3} {}", group.len(), group[0]));
    }
    line(&format!(
        "  {} notifications were received",
        receiver.count()
    ));
    Ok(())
}

async fn start(api: &Api, caller: &Caller, receiver: &Receiver) -> anyhow::Result<String> {
    let mut parameters = caller.parameters.clone();
    parameters.insert(
        "_status_notification_target".to_owned(),
        receiver.url.clone().into(),
    );
    if caller.in_seconds > 0 {
        let desired = Clock::system().now() + Duration::from_secs(caller.in_seconds);
        parameters.insert("_desired_time".to_owned(), desired.to_string().into());
    }
    let path = ["genesys", "1", "service", "callback", &caller.service];
    let answer = api
        .call(Method::POST, &path, &[], Some(&Value::Object(parameters)))
        .await?;
    let id = answer["_id"]
        .as_str()
        .context("the answer has no _id")?
        .to_owned();
    if caller.cancel {
        let path = ["genesys", "1", "service", "callback", &caller.service, &id];
        api.call(Method::DELETE, &path, &[], None).await?;
    }
    Ok(id)
}

async fn until_over(api: &Api, id: &str) -> anyhow::Result<Value> {
    loop {
        let timeline = api
            .call(Method::GET, &["v1", "callbacks", id], &[], None)
            .await?;
        if timeline["record"]["_callback_state"] == "COMPLETED" {
            return Ok(timeline);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How many of its events a subscriber who named none is told.
fn notified_events(timeline: &Value) -> usize {
    let events = timeline["events"].as_array().into_iter().flatten();
    let names = events.filter_map(|event| EventName::find(event["event_id"].as_str()?));
    names.filter(|name| name.is_in_default_set()).count()
}

fn tell(id: &str, timeline: &Value, receiver: &Receiver) {
    let record = &timeline["record"];
    let text = |key: &str| record[key].as_str().unwrap_or_default();
    line(&format!(
        "{} {} to {}: {}",
        text("_service_name"),
        id,
        text("_customer_number"),
        text("_callback_reason")
    ));
    for event in timeline["events"].as_array().into_iter().flatten() {
        print::event(event);
    }
    let told = receiver.told(id).join(" ");
    line(&format!("  notified: {}\n", told.replace("_cbe_on_", "")));
}
