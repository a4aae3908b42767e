//! `ringback service …`

mod import;
mod options;

use std::process::ExitCode;

use anyhow::Context;
use reqwest::Method;
use reqwest::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use ringback_core::service::OptionSpec;
use serde_json::{Map, Value, json};

use super::client::{Api, rows};
use super::once::once;
use crate::args::{Client, ExplainOptions, OptionsForm, ServiceCommand};
use crate::print::{self, line};

/// Explains options.
///
/// # Errors
/// When there is none of that name.
pub fn explain(options: &ExplainOptions, as_json: bool) -> anyhow::Result<ExitCode> {
    let form = if as_json {
        OptionsForm::Json
    } else {
        options.format
    };
    options::run(options.name.as_deref(), form)?;
    Ok(ExitCode::SUCCESS)
}

pub async fn run(client: Client, command: ServiceCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        ServiceCommand::List { group } => list(&api, group.as_deref()).await?,
        ServiceCommand::Show { service } => api.show(&get(&api, &service).await?, print::service),
        ServiceCommand::Options(options) => return explain(&options, api.json),
        ServiceCommand::Add {
            service,
            template,
            force,
            options,
        } => {
            let options = pairs(&options)?;
            let is_new = Some((IF_NONE_MATCH, "*".to_owned()));
            let new = New {
                name: &service,
                template: &template,
                options,
                force,
            };
            put(&api, new, is_new).await?;
        }
        ServiceCommand::Set {
            service,
            template,
            force,
            unset,
            options,
        } => {
            let change = Change {
                template,
                force,
                unset,
                options: pairs(&options)?,
            };
            set(&api, &service, change).await?;
        }
        ServiceCommand::Delete { service, force } => {
            let query = [("force", if force { "true" } else { "false" })];
            let path = ["v1", "services", &service];
            api.call(Method::DELETE, &path, &query, None).await?;
            line(&format!("service {service} removed"));
        }
        ServiceCommand::Pause { service } => pause(&api, &service, "pause").await?,
        ServiceCommand::Resume { service } => pause(&api, &service, "resume").await?,
        ServiceCommand::Import { file, force } => import::run(&api, &file, force).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(api: &Api, group: Option<&str>) -> anyhow::Result<()> {
    let narrow: Vec<_> = group.map(|group| ("group", group)).into_iter().collect();
    let path = ["v1", "services"];
    let services = api.call(Method::GET, &path, &narrow, None).await?;
    api.show_rows(&services, |service| {
        let text = |key| service.get(key).and_then(Value::as_str).unwrap_or_default();
        let paused = service.get("paused") == Some(&Value::Bool(true));
        let paused = if paused { "  paused" } else { "" };
        line(&format!("{:24} {}{paused}", text("name"), text("template")));
    });
    Ok(())
}

async fn get(api: &Api, service: &str) -> anyhow::Result<Value> {
    let path = ["v1", "services", service];
    api.call(Method::GET, &path, &[], None).await
}

/// A service to be saved.
struct New<'a> {
    name: &'a str,
    template: &'a str,
    options: Map<String, Value>,
    /// Also while what it names is not there.
    force: bool,
}

async fn put(
    api: &Api,
    new: New<'_>,
    condition: Option<(HeaderName, String)>,
) -> anyhow::Result<()> {
    let New {
        name: service,
        template,
        options,
        force,
    } = new;
    let body = json!({ "template": template, "options": options });
    let path = ["v1", "services", service];
    let query = [("force", if force { "true" } else { "false" })];
    let saved = api.put(&path, &query, condition, &body).await?;
    for warning in rows(&saved, "warnings") {
        let warning = warning.as_str().unwrap_or_default();
        print::note(&format!("service {service}: {warning}"));
    }
    let version = saved.get("version").and_then(Value::as_u64);
    let version = version.unwrap_or_default();
    line(&format!("service {service} saved, version {version}"));
    Ok(())
}

/// What is to be different.
struct Change {
    template: Option<String>,
    force: bool,
    unset: Vec<String>,
    options: Map<String, Value>,
}

async fn set(api: &Api, service: &str, change: Change) -> anyhow::Result<()> {
    let known = get(api, service).await?;
    let text = |key: &str| known.get(key).and_then(Value::as_str);
    let options = known.get("options").and_then(Value::as_object);
    let mut options = options.cloned().context("the answer has no options")?;
    for name in &change.unset {
        options.remove(own_name(name));
    }
    options.extend(change.options);
    let template = change.template.as_deref().or_else(|| text("template"));
    let template = template.context("the answer has no template")?;
    let version = known.get("version").and_then(Value::as_u64);
    let version = version.context("the answer has no version")?;
    let unchanged = Some((IF_MATCH, format!("\"{version}\"")));
    let new = New {
        name: service,
        template,
        options,
        force: change.force,
    };
    put(api, new, unchanged).await
}

async fn pause(api: &Api, service: &str, verb: &str) -> anyhow::Result<()> {
    let path = ["v1", "services", service, verb];
    api.call(Method::POST, &path, &[], None).await?;
    line(&format!("service {service} {verb}d"));
    Ok(())
}

/// Options by their own names.
fn pairs(options: &[String]) -> anyhow::Result<Map<String, Value>> {
    let pair = |option: &String| {
        let (name, value) = option
            .split_once('=')
            .with_context(|| format!("'{option}': allowed is KEY=VALUE"))?;
        Ok((own_name(name.trim()).to_owned(), Value::from(value)))
    };
    once(options.iter().map(pair))
}

fn own_name(name: &str) -> &str {
    OptionSpec::find(name).map_or(name, |spec| spec.name)
}
