//! Shapes of bodies that are read key by key, or made by the front desk.
#![expect(
    dead_code,
    reason = "they are described, not made: tests hold answers against them"
)]

mod deliveries;
mod dialogs;
mod queues;
mod reports;
mod services;
mod times;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{NumberWord, ReasonWord, StateWord};
pub use deliveries::{DeadLetterPage, Deliveries, Done};
pub use dialogs::{Dialog, MatchParameters, MatchedCallback};
pub use queues::{LiveReport, Outlook, Queue, QueuePosition, WaitingTime};
pub use reports::ReportedCallback;
pub use services::{EventListForm, EventListView, ResourceView, ServiceView};
pub use times::{Availability, OpenTimes};

/// Who is to be called, when, and how. Options that the service lets requests set, values for `$token$`s of the
/// service, and any other key: user data, which is kept and attached to the call.
#[derive(Serialize, ToSchema)]
pub struct StartParameters {
    /// Digits, with `+` before a country code; punctuation between them does not matter.
    #[serde(rename = "_customer_number")]
    #[schema(value_type = NumberWord, required = false, example = "5115")]
    number: String,
    /// RFC 3339; now when absent.
    #[serde(rename = "_desired_time")]
    #[schema(required = false, example = "2030-01-31T09:00:00.000Z")]
    desired: String,
    /// Told only of events: `false`, `subscribe_notify` or `notify`.
    #[serde(rename = "_enable_status_notification")]
    #[schema(required = false, example = "notify")]
    notification: String,
    /// Where status notifications go.
    #[serde(rename = "_status_notification_target")]
    #[schema(required = false, example = "https://crm.example/events")]
    target: String,
    /// `httpcb`, `customhttp`, `orscb` or `amqp`.
    #[serde(rename = "_status_notification_type")]
    #[schema(required = false, example = "httpcb")]
    kind: String,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// What changes of a callback. Any other key is user data; an empty text removes it.
#[derive(Serialize, ToSchema)]
#[schema(min_properties = 1)]
pub struct UpdateParameters {
    /// RFC 3339; only while it is SCHEDULED.
    #[serde(rename = "_new_desired_time")]
    #[schema(required = false, example = "2030-01-31T09:00:00.000Z")]
    desired: String,
    /// `COMPLETED` ends it.
    #[serde(rename = "_callback_state")]
    #[schema(required = false, example = "COMPLETED")]
    state: String,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// A callback: its own keys, and the lookup keys of its service.
#[derive(Serialize, ToSchema)]
pub struct Record {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_service_name")]
    service: String,
    /// As it was given; absent for a chat whose customer is known by something else.
    #[serde(rename = "_customer_number")]
    #[schema(required = false)]
    number: String,
    #[serde(rename = "_desired_time")]
    #[schema(format = DateTime)]
    desired: String,
    /// When it ends if nothing came of it.
    #[serde(rename = "_expiration_time")]
    #[schema(format = DateTime)]
    expires: String,
    #[serde(rename = "_callback_state")]
    #[schema(value_type = StateWord)]
    state: String,
    /// Present when it is over.
    #[serde(rename = "_callback_reason")]
    #[schema(required = false, value_type = ReasonWord)]
    reason: String,
    /// Where the callback API has it.
    url: String,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// Everything about one callback.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    record: Record,
    /// What else its request said.
    user_data: BTreeMap<String, Value>,
    /// How many attempts were made.
    attempts: u32,
    /// In order.
    events: Vec<TimelineEvent>,
    /// The `sequence` of the last of these events, when there are more of them: `GET /v1/callbacks/{id}/events?after=` has
    /// the rest.
    #[schema(required = false)]
    next: u64,
    /// When it goes on, while it waits for a time: its own, that of its next attempt, or the end of a snooze.
    #[schema(required = false, format = DateTime)]
    due: String,
    /// What it waits for, while it waits.
    #[schema(required = false)]
    waits_for: String,
    /// How its notifications stand, one entry for each target; absent when there is none.
    #[schema(required = false)]
    deliveries: Vec<deliveries::DeliveryView>,
}

/// Something that happened, with its attributes.
#[derive(Serialize, ToSchema)]
pub struct TimelineEvent {
    /// From 1.
    sequence: u64,
    #[schema(example = "_cbe_on_dial_init")]
    event_id: String,
    #[schema(format = DateTime)]
    time: String,
    #[serde(rename = "_callback_state")]
    #[schema(value_type = StateWord)]
    state: String,
    #[serde(flatten)]
    attributes: BTreeMap<String, Value>,
}

/// An event as it is watched, with its attributes.
#[derive(Serialize, ToSchema)]
pub struct LiveEvent {
    #[serde(rename = "_service_id")]
    id: String,
    #[serde(rename = "_service_name")]
    service: String,
    #[serde(flatten)]
    event: TimelineEvent,
}

/// A line of an import's answer: the callback, or why there is none.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportedLine {
    line: u64,
    #[serde(rename = "_id")]
    #[schema(required = false)]
    id: String,
    /// Whether it was there before.
    #[schema(required = false)]
    known: bool,
    /// Why nothing was requested: where the callback stood that the line was exported from.
    #[schema(required = false)]
    skipped: String,
    #[schema(required = false)]
    error: String,
}

/// A subscription call.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscriptionRequest {
    #[schema(min_length = 1, max_length = 2048, example = "crm")]
    subscriber_id: String,
    /// Which events: a name, with `*` for any rest; every event when absent.
    #[schema(example = "_cbe_on_dial_*")]
    filter: Option<String>,
    /// Seconds; a day when absent.
    #[schema(minimum = 30, maximum = 31_622_400)]
    expire: Option<u64>,
    /// A configured provider.
    provider_name: Option<String>,
    notification_details: NotificationDetails,
}

/// How the subscriber is told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationDetails {
    /// A URL, a session id, a device id, or `exchange/key`; mandatory but for `amqp`.
    #[schema(example = "https://crm.example/events")]
    device_id: Option<String>,
    /// `httpcb`, `customhttp`, `orscb` or `amqp`.
    #[serde(rename = "type")]
    #[schema(example = "httpcb")]
    kind: String,
    properties: Option<NotificationProperties>,
}

/// What else is said about it.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationProperties {
    debug: Option<bool>,
    language: Option<String>,
    /// Whether the message is sent in `{deviceId, message}`.
    envelope: Option<bool>,
}

/// Something published.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulletin {
    /// What the filters of subscriptions are held against.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[A-Za-z0-9_.:/-]+$",
        example = "news.weather"
    )]
    tag: String,
    message: BTreeMap<String, Value>,
}

/// An agent's profile.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    /// Agent groups it belongs to.
    #[schema(required = false)]
    groups: Vec<String>,
    /// The directory number calls reach it at.
    #[schema(example = "7001")]
    dn: String,
    #[schema(required = false)]
    place: String,
    #[schema(required = false)]
    switch: String,
    /// How long it is left alone after a call, in seconds.
    #[schema(required = false, maximum = 86_400)]
    wrap_up: u64,
    /// How long it is not ready after it did not answer, in seconds; absent for until somebody asks for another state.
    #[schema(required = false, maximum = 86_400)]
    no_answer_pause: u64,
}
