//! `ringback events …`

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use reqwest::Method;
use ringback_core::event_list::EventList;
use serde_json::Value;

use super::client::Api;
use crate::args::{Client, EventsCommand, ListForm};
use crate::print::{line, raw};

/// Content types of the two forms.
const CFG: &str = "text/plain";
const JSON: &str = "application/json";

pub async fn run(client: Client, command: EventsCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        EventsCommand::Import { file, name } => {
            let (form, text, _) = read(&file)?;
            let of_file = || Some(file.file_stem()?.to_str()?.to_owned());
            let name = name.or_else(of_file).context("--name is missing")?;
            let kind = if form == ListForm::Cfg { CFG } else { JSON };
            let saved = api
                .put_file(&["v1", "event-lists", &name], kind, text.into_bytes())
                .await?;
            let version = saved
                .get("version")
                .and_then(Value::as_u64)
                .unwrap_or_default();
            line(&format!("event list {name} saved, version {version}"));
        }
        EventsCommand::Export { name, format } => {
            let kind = if format == ListForm::Cfg { CFG } else { JSON };
            let text = api.get_text(&["v1", "event-lists", &name], kind).await?;
            raw(&pretty(format, text));
        }
        EventsCommand::Check { file } => {
            let (_, _, list) = read(&file)?;
            let events: Vec<_> = list.events().keys().map(|event| event.as_str()).collect();
            line(&format!(
                "{} is an event list of {} events: {}",
                file.display(),
                events.len(),
                events.join(", ")
            ));
        }
        EventsCommand::List => {
            let lists = api.get(&["v1", "event-lists"]).await?;
            api.show_rows(&lists, |list| {
                let name = list.get("name").and_then(Value::as_str).unwrap_or_default();
                let events = list
                    .get("events")
                    .and_then(Value::as_object)
                    .map_or(0, serde_json::Map::len);
                line(&format!("{name:24} {events} events"));
            });
        }
        EventsCommand::Delete { name } => {
            api.call(Method::DELETE, &["v1", "event-lists", &name], &[], None)
                .await?;
            line(&format!("event list {name} removed"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A list that was checked, with its text and form.
fn read(file: &Path) -> anyhow::Result<(ListForm, String, EventList)> {
    let place = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{place} cannot be read"))?;
    let (form, list) = match file.extension().and_then(|it| it.to_str()) {
        Some("json") => {
            let value =
                serde_json::from_str(&text).with_context(|| format!("{place} is not JSON"))?;
            (ListForm::Json, EventList::parse_json(&value))
        }
        Some("cfg" | "ini" | "txt") => (ListForm::Cfg, EventList::parse_cfg(&text)),
        _ => bail!("{place}: allowed are .cfg and .json files"),
    };
    let list = list.with_context(|| format!("{place} is no event list"))?;
    Ok((form, text, list))
}

fn pretty(form: ListForm, text: String) -> String {
    let value: Option<Value> = serde_json::from_str(&text)
        .ok()
        .filter(|_| form == ListForm::Json);
    let Some(mut value) = value else {
        return text;
    };
    if let Some(list) = value.as_object_mut() {
        list.retain(|key, _| matches!(key.as_str(), "properties" | "events"));
    }
    serde_json::to_string_pretty(&value).map_or(text, |text| text + "\n")
}
