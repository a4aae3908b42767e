//! `ringback callback …`

mod export;
mod import;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::{Map, Value};

use super::client::Api;
use crate::args::{CallbackCommand, Client};
use crate::print::{self, line};

/// How often a callback is looked at while it is watched.
const LOOK: Duration = Duration::from_millis(250);

pub async fn run(client: Client, command: CallbackCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        CallbackCommand::Start {
            service,
            number,
            at,
            parameters,
        } => {
            let body = parameters_of(number, at, &parameters)?;
            line(&start(&api, &service, body).await?);
        }
        CallbackCommand::Show { id } => {
            let timeline = api
                .call(Method::GET, &["v1", "callbacks", &id], &[], None)
                .await?;
            print::timeline(&timeline);
        }
        CallbackCommand::List { service, state } => {
            let state = state.unwrap_or_default();
            let filter = [("_callback_state", state.as_str())];
            let filter = if state.is_empty() {
                &[][..]
            } else {
                &filter[..]
            };
            let path = ["genesys", "1", "service", "callback", &service];
            print::records(&api.call(Method::GET, &path, filter, None).await?);
        }
        CallbackCommand::Cancel { service, id } => {
            let path = ["genesys", "1", "service", "callback", &service, &id];
            api.call(Method::DELETE, &path, &[], None).await?;
            line(&format!("{id} is cancelled"));
        }
        CallbackCommand::Reschedule { service, id, at } => {
            let at = Map::from_iter([("_new_desired_time".to_owned(), at.into())]);
            change(&api, &service, &id, at).await?;
            line(&format!("{id} is rescheduled"));
        }
        CallbackCommand::Update {
            service,
            id,
            parameters,
        } => {
            change(&api, &service, &id, pairs(&parameters)?).await?;
            line(&format!("{id} is updated"));
        }
        CallbackCommand::Import(file) => return import::run(&api, file).await,
        CallbackCommand::Export(file) => export::run(&api, file).await?,
        CallbackCommand::Watch { id } => watch(&api, &id).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Its `_id`.
async fn start(api: &Api, service: &str, body: Map<String, Value>) -> anyhow::Result<String> {
    let path = ["genesys", "1", "service", "callback", service];
    let body = Value::Object(body);
    let answer = api.call(Method::POST, &path, &[], Some(&body)).await?;
    let id = answer.get("_id").and_then(Value::as_str);
    Ok(id.context("the answer has no _id")?.to_owned())
}

fn parameters_of(
    number: String,
    at: Option<String>,
    more: &[String],
) -> anyhow::Result<Map<String, Value>> {
    let mut parameters = pairs(more)?;
    parameters.insert("_customer_number".to_owned(), number.into());
    if let Some(at) = at {
        parameters.insert("_desired_time".to_owned(), at.into());
    }
    Ok(parameters)
}

fn pairs(written: &[String]) -> anyhow::Result<Map<String, Value>> {
    let mut pairs = Map::new();
    for pair in written {
        let Some((key, value)) = pair.split_once('=') else {
            bail!("parameter '{pair}' is not KEY=VALUE");
        };
        pairs.insert(key.to_owned(), value.into());
    }
    Ok(pairs)
}

async fn change(
    api: &Api,
    service: &str,
    id: &str,
    parameters: Map<String, Value>,
) -> anyhow::Result<()> {
    let path = ["genesys", "1", "service", "callback", service, id];
    let body = Value::Object(parameters);
    api.call(Method::PUT, &path, &[], Some(&body)).await?;
    Ok(())
}

/// Prints each event as it happens, until the callback is over.
async fn watch(api: &Api, id: &str) -> anyhow::Result<()> {
    let progress = print::spinner();
    let mut seen = 0;
    loop {
        let timeline = api
            .call(Method::GET, &["v1", "callbacks", id], &[], None)
            .await?;
        let events = timeline
            .get("events")
            .and_then(Value::as_array)
            .context("no events")?;
        for event in events.iter().skip(seen) {
            progress.suspend(|| print::event(event));
        }
        seen = events.len();
        let state = timeline
            .pointer("/record/_callback_state")
            .and_then(Value::as_str);
        let waits = timeline.get("waits_for").and_then(Value::as_str);
        progress.set_message(match (state, waits) {
            (Some(state), Some(waits)) => format!("{state}: waits for {waits}"),
            (state, _) => state.unwrap_or_default().to_owned(),
        });
        progress.tick();
        if state == Some("COMPLETED") {
            progress.finish_and_clear();
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}
