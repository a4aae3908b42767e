//! `[office_hours.…]`, `[capacities.…]` and `[resource_groups.…]`.

use std::collections::BTreeMap;

use anyhow::Context;
use ringback_core::access::ResourceGroup;
use ringback_core::calendar::OfficeHours;
use ringback_core::capacity::Capacity;

use super::text_of;

/// Options of one of them, without a mistake.
pub type ResourceOptions = BTreeMap<String, String>;

pub fn office_hours(name: &str, table: toml::Table) -> anyhow::Result<ResourceOptions> {
    let options = texts("office hours", name, table)?;
    OfficeHours::parse(name, &options)?;
    Ok(options)
}

pub fn capacity(name: &str, table: toml::Table) -> anyhow::Result<ResourceOptions> {
    let options = texts("capacity", name, table)?;
    Capacity::parse(name, &options)?;
    Ok(options)
}

pub fn resource_group(name: &str, table: toml::Table) -> anyhow::Result<ResourceOptions> {
    let options = texts("resource group", name, table)?;
    ResourceGroup::parse(name, &options)?;
    Ok(options)
}

/// Places by times of day may be written as a table, numbers as a list.
fn texts(what: &str, name: &str, table: toml::Table) -> anyhow::Result<ResourceOptions> {
    let text = |(key, value): (String, toml::Value)| {
        let text = if value.is_table() || value.is_array() {
            serde_json::to_string(&value).map_err(anyhow::Error::from)
        } else {
            text_of(&value).with_context(|| format!("is a {}", value.type_str()))
        };
        let text = text.with_context(|| format!("{what} '{name}': option '{key}'"))?;
        Ok((key, text))
    };
    table.into_iter().map(text).collect()
}
