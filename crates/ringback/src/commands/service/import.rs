//! Services of a file: TOML, or the options that the established product exports.

use std::path::Path;

use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::Api;
use super::{New, put};
use crate::config::Configuration;
use crate::print::{line, note};
use ringback_core::service::exported::{self, Exported, Section};

/// Nothing is saved when one of them cannot be read.
pub async fn run(api: &Api, file: &Path, force: bool) -> anyhow::Result<()> {
    let is_cfg = file
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("cfg"));
    if is_cfg {
        return exported_options(api, file, force).await;
    }
    let found = Configuration::read(Some(file))?;
    if found.services.is_empty() {
        bail!("{} has no [services.…]", file.display());
    }
    for service in found.services.values() {
        let given = service.given.iter();
        let options = given.map(|(name, value)| (name.clone(), Value::from(value.clone())));
        let new = New {
            name: service.name.as_str(),
            template: service.template.name(),
            options: options.collect(),
            force,
        };
        put(api, new, None).await?;
    }
    Ok(())
}

async fn exported_options(api: &Api, file: &Path, force: bool) -> anyhow::Result<()> {
    let place = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{place} cannot be read"))?;
    let Exported { sections, left_out } =
        exported::read(&text).with_context(|| place.to_string())?;
    for section in &left_out {
        note(&format!("left out: {section}"));
    }
    if sections.is_empty() {
        bail!("{place} has no [service.…] of a callback service, office hours or a capacity");
    }
    // Services name the others.
    let (services, others): (Vec<_>, Vec<_>) =
        sections.into_iter().partition(|it| it.template().is_some());
    for Section {
        name,
        kind,
        options,
    } in others
    {
        let options: Map<String, Value> = options
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        let path = ["v1", kind.path(), &name];
        let body = json!({ "options": options });
        api.call(Method::PUT, &path, &[], Some(&body)).await?;
        line(&format!("{} {name} saved", kind.words()));
    }
    for section in services {
        let Some(template) = section.template() else {
            continue;
        };
        let options = section.options.into_iter();
        let new = New {
            name: &section.name,
            template: template.name(),
            options: options.map(|(name, value)| (name, value.into())).collect(),
            force,
        };
        put(api, new, None).await?;
    }
    Ok(())
}
