//! `ringback service …`

mod options;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use reqwest::Method;
use reqwest::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use ringback_core::service::OptionSpec;
use serde_json::{Map, Value, json};

use super::client::Api;
use crate::args::{Client, OptionsForm, ServiceCommand};
use crate::config::Configuration;
use crate::print::{self, line};

pub async fn run(client: Client, command: ServiceCommand) -> anyhow::Result<ExitCode> {
    let api = Api::new(client)?;
    match command {
        ServiceCommand::List => list(&api).await?,
        ServiceCommand::Show { service } => api.show(&get(&api, &service).await?, print::service),
        ServiceCommand::Options { name, format } => {
            let format = if api.json { OptionsForm::Json } else { format };
            options::run(name.as_deref(), format)?;
        }
        ServiceCommand::Add {
            service,
            template,
            options,
        } => {
            let options = pairs(&options)?;
            let is_new = Some((IF_NONE_MATCH, "*".to_owned()));
            put(&api, &service, &template, options, is_new).await?;
        }
        ServiceCommand::Set {
            service,
            template,
            unset,
            options,
        } => {
            let change = Change {
                template,
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
        ServiceCommand::Import { file } => import(&api, &file).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(api: &Api) -> anyhow::Result<()> {
    let services = api.get(&["v1", "services"]).await?;
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

async fn put(
    api: &Api,
    service: &str,
    template: &str,
    options: Map<String, Value>,
    condition: Option<(HeaderName, String)>,
) -> anyhow::Result<()> {
    let body = json!({ "template": template, "options": options });
    let path = ["v1", "services", service];
    let saved = api.put(&path, condition, &body).await?;
    let version = saved.get("version").and_then(Value::as_u64);
    let version = version.unwrap_or_default();
    line(&format!("service {service} saved, version {version}"));
    Ok(())
}

/// What is to be different.
struct Change {
    template: Option<String>,
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
    put(api, service, template, options, unchanged).await
}

async fn pause(api: &Api, service: &str, verb: &str) -> anyhow::Result<()> {
    let path = ["v1", "services", service, verb];
    api.call(Method::POST, &path, &[], None).await?;
    line(&format!("service {service} {verb}d"));
    Ok(())
}

/// Nothing is saved when one of them is wrong.
async fn import(api: &Api, file: &Path) -> anyhow::Result<()> {
    let found = Configuration::read(Some(file))?;
    if found.services.is_empty() {
        bail!("{} has no [services.…]", file.display());
    }
    for service in found.services.values() {
        let given = service.given.iter();
        let options = given.map(|(name, value)| (name.clone(), Value::from(value.clone())));
        let (name, template) = (service.name.as_str(), service.template.name());
        put(api, name, template, options.collect(), None).await?;
    }
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
    options.iter().map(pair).collect()
}

fn own_name(name: &str) -> &str {
    OptionSpec::find(name).map_or(name, |spec| spec.name)
}
