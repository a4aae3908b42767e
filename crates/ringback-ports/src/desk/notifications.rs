//! What callers can ask about status notifications: event lists, subscriptions, deliveries.

use std::future::Future;

use ringback_core::ids::{BulletinId, CallbackId, SubscriptionId};
use ringback_core::subscription::Subscription;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Refusal;

/// An event list, in both its forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventListView {
    /// Its name.
    pub name: String,
    /// Counts its changes.
    pub version: u64,
    /// What it says.
    #[serde(flatten)]
    pub json: Map<String, Value>,
    /// As a `.cfg` file, the way it was saved.
    #[serde(skip)]
    pub cfg: String,
}

/// An event list to be saved.
#[derive(Clone)]
pub enum EventListForm {
    /// The text of a `.cfg` file.
    Cfg(String),
    /// JSON.
    Json(Value),
}

/// Which deliveries.
#[derive(Clone, Default)]
pub struct DeliveryQuery {
    /// Those of one callback.
    pub callback: Option<CallbackId>,
    /// Those of one publication.
    pub publication: Option<BulletinId>,
    /// Those to targets that begin with this.
    pub target: Option<String>,
    /// Those that are so.
    pub status: Option<DeliveryStatus>,
    /// At the most so many.
    pub limit: usize,
    /// After the last of the page before.
    pub after: Option<String>,
}

/// How deliveries stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// The target fails, and is tried again.
    Failing,
    /// Something was given up.
    Dead,
}

/// A page of deliveries.
#[derive(Clone, Debug, Serialize)]
pub struct Deliveries {
    /// One for each callback and target.
    pub deliveries: Vec<DeliveryView>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The deliveries of one callback, or publication, to one target.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryView {
    /// The callback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback: Option<CallbackId>,
    /// The publication, when it is none of a callback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication: Option<BulletinId>,
    /// The subscription; absent for the callback's own target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<SubscriptionId>,
    /// Where they go, without credentials.
    pub target: String,
    /// `idle`, `delivering`, `failing` or `ended`.
    pub state: &'static str,
    /// When the target is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try: Option<String>,
    /// Why it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How many notifications are behind it: delivered or given up.
    pub told: u64,
    /// How often the next one failed.
    pub failures: u32,
    /// What was given up.
    pub dead_letters: Vec<DeadLetterView>,
    /// Every attempt, when one callback was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptView>,
}

/// A notification that was given up.
#[derive(Clone, Debug, Serialize)]
pub struct DeadLetterView {
    /// `ringback-sequence`.
    pub sequence: u64,
    /// What happened.
    pub event_id: String,
    /// When it was given up.
    pub time: String,
    /// Why.
    pub reason: String,
    /// The beginning of the target's last answer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// Whether it is on its way again.
    pub replay: bool,
}

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptView {
    /// `ringback-sequence`.
    pub sequence: u64,
    /// When it began.
    pub time: String,
    /// How long it took.
    pub duration_ms: u64,
    /// The HTTP status, or one word.
    pub result: Value,
}

/// What is to be done with dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadLetterAction {
    /// Deliver them again.
    Replay,
    /// Forget them.
    Discard,
}

/// Which dead letters.
#[derive(Clone, Default)]
pub struct DeadLetters {
    /// Those of one callback; of all when unset.
    pub callback: Option<CallbackId>,
    /// Those of one publication.
    pub publication: Option<BulletinId>,
    /// Only this one; needs a callback or a publication.
    pub sequence: Option<u64>,
    /// Those to targets that begin with this.
    pub target: Option<String>,
}

/// How many dead letters something was done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Dead letters.
    pub letters: usize,
    /// Whether there are more: ask again.
    pub more: bool,
}

/// Answers callers about status notifications.
pub trait NotificationDesk: Clone + Send + Sync + 'static {
    /// The event lists by name.
    ///
    /// # Errors
    /// When the store is away.
    fn event_lists(&self) -> impl Future<Output = Result<Vec<EventListView>, Refusal>> + Send;

    /// One event list.
    ///
    /// # Errors
    /// When there is none.
    fn event_list(&self, name: &str)
    -> impl Future<Output = Result<EventListView, Refusal>> + Send;

    /// Saves an event list; `version` is the one it must have, 0 for a new one.
    ///
    /// # Errors
    /// Every mistake in it with section, option and reason; another version.
    fn put_event_list(
        &self,
        name: &str,
        form: EventListForm,
        version: Option<u64>,
    ) -> impl Future<Output = Result<EventListView, Refusal>> + Send;

    /// Removes an event list.
    ///
    /// # Errors
    /// When there is none, it has another version, or a service names it.
    fn delete_event_list(
        &self,
        name: &str,
        version: Option<u64>,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Subscribes, or renews the same subscription.
    ///
    /// # Errors
    /// With the parameter, its value and what is allowed.
    fn subscribe(
        &self,
        body: Map<String, Value>,
    ) -> impl Future<Output = Result<Subscription, Refusal>> + Send;

    /// Ends a subscription.
    ///
    /// # Errors
    /// When there is none.
    fn unsubscribe(&self, id: &SubscriptionId) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// The subscriptions that have not expired.
    ///
    /// # Errors
    /// When the store is away.
    fn subscriptions(&self) -> impl Future<Output = Result<Vec<Subscription>, Refusal>> + Send;

    /// Publishes something to every subscription whose filter fits its tag: `{tag, message}`. How many there are.
    ///
    /// # Errors
    /// With the parameter, its value and what is allowed.
    fn publish(
        &self,
        body: Map<String, Value>,
    ) -> impl Future<Output = Result<(BulletinId, usize), Refusal>> + Send;

    /// Deliveries.
    ///
    /// # Errors
    /// When the store is away or there is no such callback.
    fn deliveries(
        &self,
        query: DeliveryQuery,
    ) -> impl Future<Output = Result<Deliveries, Refusal>> + Send;

    /// Delivers dead letters again, or forgets them.
    ///
    /// # Errors
    /// When the store is away, there is no such callback, or a delivery to its target is under way.
    fn settle_dead_letters(
        &self,
        which: DeadLetters,
        action: DeadLetterAction,
    ) -> impl Future<Output = Result<Done, Refusal>> + Send;
}
