//! `ringback office-hours …`, `ringback capacity …` and `ringback resource-group …`

use std::process::ExitCode;

use anyhow::Context;
use reqwest::Method;
use reqwest::header::IF_MATCH;
use ringback_core::unique_keys;
use serde_json::{Map, Value, json};

use super::client::{Api, text};
use super::once::once;
use crate::args::{Client, ResourceCommand};
use crate::print::line;

/// Runs a command on the settings that stand under `/v1/{kind}`.
pub async fn run(
    client: Client,
    kind: &'static str,
    command: ResourceCommand,
) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        ResourceCommand::List => {
            let all = api.get(&["v1", kind]).await?;
            api.show_rows(&all, |one| line(&text(one, "name")));
        }
        ResourceCommand::Show { name } => {
            let one = api.get(&["v1", kind, &name]).await?;
            api.show(&one, show);
        }
        ResourceCommand::Set {
            name,
            unset,
            options,
        } => set(&api, kind, &name, &unset, &options).await?,
        ResourceCommand::Delete { name, force } => {
            let force = [("force", if force { "true" } else { "false" })];
            api.call(Method::DELETE, &["v1", kind, &name], &force, None)
                .await?;
            line(&format!("{name} removed"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is not said stays as it is; nothing is saved over somebody else's change.
async fn set(
    api: &Api,
    kind: &str,
    name: &str,
    unset: &[String],
    said: &[String],
) -> anyhow::Result<()> {
    let path = ["v1", kind, name];
    let known = api.find(&path).await?;
    let options = known.as_ref().and_then(|known| known.get("options"));
    let mut options = options
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for key in unset {
        options.remove(key);
    }
    options.extend(pairs(said)?);
    let version = known.as_ref().map_or(0, |known| {
        known.get("version").and_then(Value::as_u64).unwrap_or(0)
    });
    let condition = (version > 0).then(|| (IF_MATCH, format!("\"{version}\"")));
    let saved = api
        .put(&path, &[], condition, &json!({ "options": options }))
        .await?;
    api.show(&saved, |saved| {
        line(&format!("{name} saved, version {}", text(saved, "version")));
    });
    Ok(())
}

/// A value that is a JSON object stands for one: a capacity's slots.
fn pairs(said: &[String]) -> anyhow::Result<Map<String, Value>> {
    let pair = |option: &String| {
        let (name, value) = option
            .split_once('=')
            .with_context(|| format!("'{option}' must be KEY=VALUE"))?;
        let object = unique_keys::from_slice(value.as_bytes()).ok();
        let object = object.filter(Value::is_object);
        let value = object.unwrap_or_else(|| Value::from(value));
        anyhow::Ok((name.trim().to_owned(), value))
    };
    once(said.iter().map(pair))
}

fn show(one: &Value) {
    line(&format!(
        "{} (version {})",
        text(one, "name"),
        text(one, "version")
    ));
    let options = one.get("options").and_then(Value::as_object);
    for (name, _) in options.into_iter().flatten() {
        let options = one.get("options").unwrap_or(&Value::Null);
        line(&format!("  {name:24} {}", text(options, name)));
    }
}
