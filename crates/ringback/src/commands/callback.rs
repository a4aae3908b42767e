//! `ringback callback …`

mod export;
mod import;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Method;
use ringback_core::event::Reason;
use ringback_core::time::Timestamp;
use serde_json::{Map, Value};

use super::client::{Api, text};
use super::once::once;
use crate::args::{CallbackCommand, Client};
use crate::print::{self, line};
use crate::when;

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
            let at = at.as_deref().map(read_time).transpose()?;
            let body = parameters_of(number, at.as_ref(), &parameters)?;
            let answer = start(&api, &service, body).await?;
            api.show(&answer, |answer| started(answer, at.as_ref()));
        }
        CallbackCommand::Show { id } => {
            let timeline = api
                .call(Method::GET, &["v1", "callbacks", &id], &[], None)
                .await?;
            api.show(&timeline, print::timeline);
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
            let records = api.call(Method::GET, &path, filter, None).await?;
            api.show(&records, print::records);
        }
        CallbackCommand::Cancel { service, id } => {
            let path = ["genesys", "1", "service", "callback", &service, &id];
            api.call(Method::DELETE, &path, &[], None).await?;
            line(&format!("{id} is cancelled"));
        }
        CallbackCommand::Reschedule { service, id, at } => {
            let at = read_time(&at)?.to_string();
            let shown = print::time(&at);
            let at = Map::from_iter([("_new_desired_time".to_owned(), at.into())]);
            change(&api, &service, &id, at).await?;
            line(&format!("{id} is rescheduled to {shown}"));
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
        CallbackCommand::Watch { id } => return watch(&api, &id).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_time(text: &str) -> anyhow::Result<Timestamp> {
    let now = jiff::Zoned::now();
    let time = when::parse(text, &now).context("--at")?;
    Ok(Timestamp::from_millis(time.as_millisecond()))
}

async fn start(api: &Api, service: &str, body: Map<String, Value>) -> anyhow::Result<Value> {
    let path = ["genesys", "1", "service", "callback", service];
    let body = Value::Object(body);
    api.call(Method::POST, &path, &[], Some(&body)).await
}

/// Its `_id`, alone on the first line for scripts; then what the customer is to do.
fn started(answer: &Value, at: Option<&Timestamp>) {
    line(&text(answer, "_id"));
    if let Some(at) = at {
        line(&format!(
            "the customer is called at {}",
            print::time(&at.to_string())
        ));
    }
    for (key, what) in [
        ("_start_chat_url", "the customer opens"),
        ("_tel_url", "the customer calls"),
        ("_access_code", "and enters"),
    ] {
        let value = text(answer, key);
        if !value.is_empty() {
            line(&format!("{what} {}", value.trim_start_matches("tel:")));
        }
    }
}

fn parameters_of(
    number: String,
    at: Option<&Timestamp>,
    more: &[String],
) -> anyhow::Result<Map<String, Value>> {
    let time = at.map(|at| ("_desired_time".to_owned(), at.to_string().into()));
    let number = ("_customer_number".to_owned(), number.into());
    let said = std::iter::once(number).chain(time);
    once(said.chain(pairs(more)?).map(Ok))
}

fn pairs(written: &[String]) -> anyhow::Result<Map<String, Value>> {
    once(written.iter().map(|pair| match pair.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.into())),
        None => bail!("parameter '{pair}' is not KEY=VALUE"),
    }))
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
///
/// Succeeds when the customer was connected to an agent.
async fn watch(api: &Api, id: &str) -> anyhow::Result<ExitCode> {
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
            progress.suspend(|| {
                if api.json {
                    line(&event.to_string());
                } else {
                    print::event(event);
                }
            });
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
            return Ok(ended(api, &timeline));
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn ended(api: &Api, timeline: &Value) -> ExitCode {
    let reason = timeline.pointer("/record/_callback_reason");
    let reason = reason.and_then(Value::as_str).unwrap_or_default();
    if reason == Reason::AgentConnected.as_str() {
        return ExitCode::SUCCESS;
    }
    if !api.json {
        line(&format!("the customer was not connected: {reason}"));
    }
    ExitCode::FAILURE
}
