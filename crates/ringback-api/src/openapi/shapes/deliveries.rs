//! Deliveries.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deliveries {
    /// One for each callback and target.
    deliveries: Vec<DeliveryView>,
    /// Where the next page begins; absent on the last.
    #[schema(required = false)]
    next: String,
}

/// The deliveries of one callback, or publication, to one target.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    /// Absent for a publication.
    #[schema(required = false)]
    callback: String,
    /// The `id` of a publication; absent for a callback.
    #[schema(required = false)]
    publication: String,
    /// Absent for the callback's own target.
    #[schema(required = false)]
    subscription: String,
    /// Where they go, without credentials.
    target: String,
    /// `idle`, `delivering`, `failing` or `ended`.
    state: String,
    /// When the target is tried again.
    #[schema(required = false, format = DateTime)]
    next_try: String,
    /// Why it has ended.
    #[schema(required = false)]
    why: String,
    /// How many notifications are behind it: delivered or given up.
    told: u64,
    /// How often the next one failed.
    failures: u32,
    /// What was given up.
    dead_letters: Vec<DeadLetter>,
    /// Every attempt, when one callback was asked for.
    #[schema(required = false)]
    attempts: Vec<Attempt>,
}

/// A notification that was given up.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadLetter {
    /// Its `ringback-sequence`.
    sequence: u64,
    #[schema(example = "_cbe_on_service_exit")]
    event_id: String,
    #[schema(format = DateTime)]
    time: String,
    reason: String,
    /// The beginning of the target's last answer.
    #[schema(required = false)]
    answer: String,
    /// Whether it is on its way again.
    replay: bool,
}

/// One attempt.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Its `ringback-sequence`.
    sequence: u64,
    #[schema(format = DateTime)]
    time: String,
    duration_ms: u64,
    /// The HTTP status, or one word.
    result: Value,
}

/// A page of dead letters.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadLetterPage {
    dead_letters: Vec<PlacedLetter>,
    /// Where the next page begins; none on the last.
    #[schema(required)]
    next: Option<String>,
}

/// A notification that was given up, and where.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeadLetterOfTarget)]
pub struct PlacedLetter {
    /// Absent for a publication.
    #[schema(required = false)]
    callback: String,
    /// The `id` of a publication; absent for a callback.
    #[schema(required = false)]
    publication: String,
    target: String,
    /// Its `ringback-sequence`.
    sequence: u64,
    #[schema(example = "_cbe_on_service_exit")]
    event_id: String,
    #[schema(format = DateTime)]
    time: String,
    reason: String,
    /// The beginning of the target's last answer.
    #[schema(required = false)]
    answer: String,
    /// Whether it is on its way again.
    replay: bool,
}

/// How many dead letters something was done with.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Done {
    letters: usize,
    /// Whether there are more: ask again.
    more: bool,
}
