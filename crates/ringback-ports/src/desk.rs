//! The front desk: what callers of the API can ask, whichever way they come.

mod admin;
mod audit;
mod booking;
mod chats;
mod dialogs;
mod live;
mod notifications;
mod queues;
mod reports;
mod resources;
mod services;

use std::future::Future;
use std::time::Duration;

use ringback_core::agent::{Agent, AgentWish, Profile};
pub use ringback_core::callback::Operand;
use ringback_core::dialog::Dialog;
use ringback_core::ids::{AgentId, CallbackId, ServiceName};
use serde::Serialize;
use serde_json::{Map, Value};

pub use admin::{AdminDesk, CallbackPage, CallbackQuery, FoundCallback, Watermark};
pub use audit::{AuditDesk, AuditEnd, AuditPage, AuditQuery};
pub use booking::{AvailabilityForm, BookingDesk};
pub use chats::{AgentChat, ChatDesk, ChatView, Chatter};
pub use dialogs::{Acted, DialogDesk, Matched, Preview};
pub use live::{LiveDesk, LiveEvent, LiveNews, LiveQuery, Watcher};
pub use notifications::{
    AttemptView, DeadLetterAction, DeadLetterView, DeadLetters, Deliveries, DeliveryQuery,
    DeliveryStatus, DeliveryView, Done, EventListForm, EventListView, NotificationDesk,
};
pub use queues::{Outlook, Position, QueueDesk, QueueView, QueuedCallback};
pub use reports::{CallbackReport, RecordPage, ReportDesk, ReportQuery};
pub use resources::{Resource, ResourceDesk, ResourceView};
pub use services::{Removal, ServiceDesk, ServiceForm, ServiceView};

/// A request to call somebody back.
#[derive(Clone)]
pub struct Start {
    /// The service.
    pub service: ServiceName,
    /// Its parameters, as sent.
    pub parameters: Map<String, Value>,
    /// A key that makes repeats of this request harmless.
    pub idempotency_key: Option<String>,
    /// The W3C trace context that came with it.
    pub trace: Option<String>,
    /// Which way it came.
    pub channel: Channel,
}

/// Ways that requests come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The HTTP API.
    Http,
    /// The queue of requests.
    Amqp,
    /// A file.
    Import,
}

impl Channel {
    /// As metrics name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Amqp => "amqp",
            Self::Import => "import",
        }
    }
}

/// A request was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The callback's name.
    pub id: CallbackId,
    /// What the customer's device does now; `None` while it waits for a time or an agent.
    pub dialog: Option<Dialog>,
    /// Whether the same idempotency key came before: nothing was accepted anew.
    pub known: bool,
}

impl Started {
    /// As callers are answered, over HTTP and over AMQP alike.
    pub fn answer(&self) -> Map<String, Value> {
        let mut answer = self.dialog.as_ref().map(Dialog::keys).unwrap_or_default();
        answer.insert("_id".to_owned(), self.id.as_str().into());
        answer
    }
}

/// What is known of one callback, for people who look into it.
#[derive(Clone, Debug, Serialize)]
pub struct Timeline {
    /// The record, as the callback API returns it.
    pub record: Map<String, Value>,
    /// What else the request said.
    pub user_data: Map<String, Value>,
    /// How many attempts were made.
    pub attempts: u32,
    /// Its events in order: sequence, name, time, state, attributes.
    pub events: Vec<Map<String, Value>>,
    /// The sequence of the last of these events, when there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// When it goes on, while it waits for a time: its own, that of its next attempt, or the end of a snooze.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// What it waits for, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// How its notifications stand, one for each target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<DeliveryView>,
}

/// Records that were looked for.
#[derive(Clone, Default)]
pub struct FoundRecords {
    /// Them, newest first.
    pub records: Vec<Map<String, Value>>,
    /// Why there may be more than these; `None` when there are not.
    pub cut: Option<String>,
}

/// Agents by name.
#[derive(Clone, Debug)]
pub struct AgentPage {
    /// Those of the page.
    pub agents: Vec<Agent>,
    /// The last of these, when there are more.
    pub next: Option<AgentId>,
}

/// Answers callers of the API.
pub trait Desk:
    NotificationDesk
    + ServiceDesk
    + AdminDesk
    + AuditDesk
    + BookingDesk
    + ResourceDesk
    + QueueDesk
    + DialogDesk
    + ChatDesk
    + LiveDesk
    + ReportDesk
{
    /// Accepts a request; durable once it returns.
    ///
    /// # Errors
    /// With nothing stored.
    fn start(&self, start: Start) -> impl Future<Output = Result<Started, Refusal>> + Send;

    /// Calls it off. Repeating it is fine.
    ///
    /// # Errors
    /// When there is no such callback, or customer and agent talk.
    fn cancel(
        &self,
        service: &ServiceName,
        id: &CallbackId,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Changes its time, its state or its user data, all at once.
    ///
    /// # Errors
    /// With nothing changed.
    fn update(
        &self,
        service: &ServiceName,
        id: &CallbackId,
        parameters: Map<String, Value>,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// The record of one callback.
    ///
    /// # Errors
    /// When there is none.
    fn record(
        &self,
        id: &CallbackId,
    ) -> impl Future<Output = Result<Map<String, Value>, Refusal>> + Send;

    /// Records by properties: lookup keys, `_callback_state` (`!STATE` for any other) and others, the newest of them.
    ///
    /// # Errors
    /// When a condition is unknown, or nothing can be looked up by.
    fn query(
        &self,
        service: Option<&ServiceName>,
        conditions: Vec<(String, String)>,
        operand: Operand,
    ) -> impl Future<Output = Result<FoundRecords, Refusal>> + Send;

    /// The events of a callback after the first `after` ones, at most `limit`, in order.
    ///
    /// # Errors
    /// See [`Refusal`].
    fn events(
        &self,
        id: &CallbackId,
        after: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Map<String, Value>>, Refusal>> + Send;

    /// Everything about one callback.
    ///
    /// # Errors
    /// When there is none.
    fn timeline(&self, id: &CallbackId) -> impl Future<Output = Result<Timeline, Refusal>> + Send;

    /// A page of at the most `limit` agents by name: those behind `after`.
    ///
    /// # Errors
    /// When the store is away.
    fn agents(
        &self,
        after: Option<AgentId>,
        limit: usize,
    ) -> impl Future<Output = Result<AgentPage, Refusal>> + Send;

    /// One agent.
    ///
    /// # Errors
    /// When there is none.
    fn agent(&self, id: &AgentId) -> impl Future<Output = Result<Agent, Refusal>> + Send;

    /// Adds an agent, or changes its profile.
    ///
    /// # Errors
    /// When the profile is wrong.
    fn put_agent(
        &self,
        id: AgentId,
        profile: Profile,
    ) -> impl Future<Output = Result<Agent, Refusal>> + Send;

    /// Removes an agent.
    ///
    /// # Errors
    /// When there is none, or it is in a call.
    fn delete_agent(&self, id: &AgentId) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// An agent asks for another state.
    ///
    /// # Errors
    /// When there is none.
    fn wish(
        &self,
        id: &AgentId,
        wish: AgentWish,
    ) -> impl Future<Output = Result<Agent, Refusal>> + Send;
}

/// Why something is not done. The message names the field, its value and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The kind of refusal.
    pub kind: RefusalKind,
    /// For the caller.
    pub message: String,
    /// When the same may work, if that is known.
    pub retry_after: Option<Duration>,
    /// Times to take in place of one that is refused: the start of a slot and what is left of it.
    pub availability: Option<Value>,
}

/// Kinds of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The number cannot be dialed.
    Number,
    /// The time is not available.
    Availability,
    /// Anything else wrong with the request.
    Invalid,
    /// There is nothing of that name.
    NotFound,
    /// Not in the present state.
    Conflict,
    /// Not in the version that was named.
    Version,
    /// Not now: the store or the broker is away.
    Unavailable,
    /// Not now: there are too many.
    Limit,
}

impl Refusal {
    /// A refusal of a kind.
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            availability: None,
            retry_after: None,
        }
    }

    /// The same, to somebody who may come again.
    #[must_use]
    pub fn come_again(self, retry_after: Duration) -> Self {
        let retry_after = Some(retry_after);
        Self {
            retry_after,
            ..self
        }
    }

    /// The `exception` of the callback API's error body.
    pub const fn exception(&self) -> &'static str {
        match self.kind {
            RefusalKind::Number => "CallbackExceptionNumber",
            RefusalKind::Availability => "CallbackExceptionAvailability",
            RefusalKind::Invalid => "CallbackExceptionInvalid",
            RefusalKind::NotFound => "CallbackExceptionNotFound",
            RefusalKind::Conflict | RefusalKind::Version => "CallbackExceptionConflict",
            RefusalKind::Unavailable | RefusalKind::Limit => "CallbackExceptionServiceUnavailable",
        }
    }

    /// The reason phrase of that status.
    pub const fn phrase(&self) -> &'static str {
        match self.kind {
            RefusalKind::Number | RefusalKind::Availability | RefusalKind::Invalid => "Bad Request",
            RefusalKind::NotFound => "Not Found",
            RefusalKind::Conflict => "Conflict",
            RefusalKind::Version => "Precondition Failed",
            RefusalKind::Unavailable | RefusalKind::Limit => "Service Unavailable",
        }
    }

    /// The HTTP status that says the same.
    pub const fn status(&self) -> u16 {
        match self.kind {
            RefusalKind::Number | RefusalKind::Availability | RefusalKind::Invalid => 400,
            RefusalKind::NotFound => 404,
            RefusalKind::Conflict => 409,
            RefusalKind::Version => 412,
            RefusalKind::Unavailable | RefusalKind::Limit => 503,
        }
    }
}
