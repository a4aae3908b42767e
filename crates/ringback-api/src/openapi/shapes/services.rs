//! Services and event lists.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::openapi::TemplateWord;

/// A service. Credentials of its own show only that there are some.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Service)]
pub struct ServiceView {
    name: String,
    /// Counts its changes; the `ETag`.
    version: u64,
    #[schema(value_type = TemplateWord)]
    template: String,
    /// The options that were given.
    options: BTreeMap<String, String>,
    /// Every option with the value that holds.
    effective: BTreeMap<String, String>,
    /// Whether none of its callbacks is handed out.
    paused: bool,
    /// Whether it is as the configuration file has it.
    configured: bool,
    /// What it needs and does not have; absent in lists, and when there is nothing.
    #[schema(required = false)]
    warnings: Vec<String>,
}

/// Office hours or a capacity.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Resource)]
pub struct ResourceView {
    name: String,
    /// Counts their changes; the `ETag`.
    version: u64,
    /// The options that were given.
    options: BTreeMap<String, String>,
    /// Whether they are as the configuration file has them.
    configured: bool,
}

/// An event list.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EventList)]
pub struct EventListView {
    name: String,
    /// Counts its changes; the `ETag`.
    version: u64,
    /// Options that hold where neither service nor request says otherwise.
    #[schema(required = false)]
    properties: BTreeMap<String, String>,
    /// The events that are told.
    events: BTreeMap<String, Told>,
}

/// An event list to be saved.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventListForm {
    /// Options that hold where neither service nor request says otherwise.
    #[schema(required = false, example = json!({ "_enable_status_notification": "notify" }))]
    properties: BTreeMap<String, String>,
    /// The events that are told.
    #[schema(example = json!({ "_cbe_on_service_exit": { "notify_params": "_customer_number" } }))]
    events: BTreeMap<String, ToldForm>,
}

/// What is told of an event.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Record keys, options, event attributes and user data keys.
    #[schema(required = false)]
    notify_params: Vec<String>,
    /// Merged into the message last.
    #[schema(required = false)]
    notify_custom: BTreeMap<String, Value>,
}

/// What shall be told of an event.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldForm {
    /// Record keys, options, event attributes and user data keys: a list, or a text with commas between them.
    #[schema(required = false)]
    notify_params: Names,
    /// Merged into the message last: an object, or its JSON as a text.
    #[schema(required = false)]
    notify_custom: Custom,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Names {
    List(Vec<String>),
    Text(String),
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Custom {
    Members(BTreeMap<String, Value>),
    Text(String),
}
