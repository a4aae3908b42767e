//! Events: what happened to a callback, as subscribers know it.

mod message;
mod reason;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Timestamp;
pub use message::message;
pub use reason::{Reason, Rejects};

/// The name of an event (document "Enable Status Notifications", reference table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventName {
    /// The callback service has started.
    #[serde(rename = "_cbe_on_service_create")]
    ServiceCreate,
    /// The callback has its place in the virtual queue.
    #[serde(rename = "_cbe_on_virtual_ixn_create")]
    VirtualIxnCreate,
    /// The customer is being dialed.
    #[serde(rename = "_cbe_on_dial_init")]
    DialInit,
    /// The result of dialing is known.
    #[serde(rename = "_cbe_on_dial_done")]
    DialDone,
    /// A person answered and hears the greeting.
    #[serde(rename = "_cbe_on_connect_treatment_start")]
    ConnectTreatmentStart,
    /// The greeting is over; the customer waits for an agent.
    #[serde(rename = "_cbe_on_customer_queued")]
    CustomerQueued,
    /// An agent is reserved.
    #[serde(rename = "_cbe_on_target_found")]
    TargetFound,
    /// The agent and the customer are connected.
    #[serde(rename = "_cbe_on_route_to_agent")]
    RouteToAgent,
    /// The callback is over.
    #[serde(rename = "_cbe_on_service_exit")]
    ServiceExit,
    /// The customer is asked to confirm, or to call. Ringback's own: the original pushes it to the device besides its events.
    #[serde(rename = "_cbe_on_user_confirm")]
    UserConfirm,
    /// It was accepted and waits for its time.
    #[serde(rename = "_cbe_on_callback_scheduled")]
    CallbackScheduled,
    /// It has another desired time.
    #[serde(rename = "_cbe_on_callback_rescheduled")]
    CallbackRescheduled,
    /// It was called off.
    #[serde(rename = "_cbe_on_callback_cancelled")]
    CallbackCancelled,
    /// Its `_callback_state` has changed in a way that no other of these events tells, or it is held back from being dialed:
    /// by `_held_by`, until `_held_until`.
    #[serde(rename = "_cbe_on_callback_status_updated")]
    CallbackStatusUpdated,
    /// Its time has come: it is submitted for execution.
    #[serde(rename = "_cbe_on_callback_submitted")]
    CallbackSubmitted,
    /// It is submitted again, after a submission or an attempt that failed.
    #[serde(rename = "_cbe_on_callback_resubmitted")]
    CallbackResubmitted,
    /// Its time has come, but it could not be submitted.
    #[serde(rename = "_cbe_on_callback_submit_failed")]
    CallbackSubmitFailed,
    /// It ends without customer and agent having talked, and nobody called it off.
    #[serde(rename = "_cbe_on_callback_processing_failed")]
    CallbackProcessingFailed,
    /// It was submitted and is QUEUED.
    #[serde(rename = "_cbe_on_callback_queued")]
    CallbackQueued,
    /// Its time comes soon.
    #[serde(rename = "_cbe_on_callback_reminder")]
    CallbackReminder,
}

impl EventName {
    /// Every event: first the nine of a call and the question to the customer, which are the default set, then those of a
    /// callback's life.
    pub const ALL: [Self; 20] = [
        Self::ServiceCreate,
        Self::VirtualIxnCreate,
        Self::DialInit,
        Self::DialDone,
        Self::ConnectTreatmentStart,
        Self::CustomerQueued,
        Self::TargetFound,
        Self::RouteToAgent,
        Self::ServiceExit,
        Self::UserConfirm,
        Self::CallbackScheduled,
        Self::CallbackRescheduled,
        Self::CallbackCancelled,
        Self::CallbackStatusUpdated,
        Self::CallbackSubmitted,
        Self::CallbackResubmitted,
        Self::CallbackSubmitFailed,
        Self::CallbackProcessingFailed,
        Self::CallbackQueued,
        Self::CallbackReminder,
    ];

    /// The event of that name; the `_` that it begins with may be left out, as the original's screens do.
    pub fn find(name: &str) -> Option<Self> {
        let bare = name.strip_prefix('_').unwrap_or(name);
        Self::ALL
            .into_iter()
            .find(|event| event.as_str().strip_prefix('_') == Some(bare))
    }

    /// Whether it is told when nobody has said which events are.
    pub const fn is_in_default_set(self) -> bool {
        (self as usize) <= (Self::UserConfirm as usize)
    }

    /// As notifications spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceCreate => "_cbe_on_service_create",
            Self::VirtualIxnCreate => "_cbe_on_virtual_ixn_create",
            Self::DialInit => "_cbe_on_dial_init",
            Self::DialDone => "_cbe_on_dial_done",
            Self::ConnectTreatmentStart => "_cbe_on_connect_treatment_start",
            Self::CustomerQueued => "_cbe_on_customer_queued",
            Self::TargetFound => "_cbe_on_target_found",
            Self::RouteToAgent => "_cbe_on_route_to_agent",
            Self::ServiceExit => "_cbe_on_service_exit",
            Self::UserConfirm => "_cbe_on_user_confirm",
            Self::CallbackScheduled => "_cbe_on_callback_scheduled",
            Self::CallbackRescheduled => "_cbe_on_callback_rescheduled",
            Self::CallbackCancelled => "_cbe_on_callback_cancelled",
            Self::CallbackStatusUpdated => "_cbe_on_callback_status_updated",
            Self::CallbackSubmitted => "_cbe_on_callback_submitted",
            Self::CallbackResubmitted => "_cbe_on_callback_resubmitted",
            Self::CallbackSubmitFailed => "_cbe_on_callback_submit_failed",
            Self::CallbackProcessingFailed => "_cbe_on_callback_processing_failed",
            Self::CallbackQueued => "_cbe_on_callback_queued",
            Self::CallbackReminder => "_cbe_on_callback_reminder",
        }
    }
}

/// One entry of a callback's log. Its sequence number is its place there, from 1.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    #[serde(rename = "n")]
    pub name: EventName,
    /// When.
    #[serde(rename = "t")]
    pub at: Timestamp,
    /// The callback's state from then on.
    #[serde(rename = "s")]
    pub state: CallbackState,
    /// The attributes that only this event has, by their names in notifications.
    #[serde(rename = "a", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
}

/// Shows what happened, nothing of the person.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Event({} {} {})",
            self.name.as_str(),
            self.state,
            self.at
        )
    }
}

/// `_callback_state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CallbackState {
    /// Waits for its time.
    Scheduled,
    /// Waits for its turn, or is being dialed.
    Queued,
    /// Keeps its place while its service is paused.
    Paused,
    /// The customer is on the line and waits for the agent.
    Routing,
    /// Customer and agent talk.
    Processing,
    /// Over.
    Completed,
}

impl CallbackState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Scheduled,
        Self::Queued,
        Self::Paused,
        Self::Routing,
        Self::Processing,
        Self::Completed,
    ];

    /// As the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::Queued => "QUEUED",
            Self::Paused => "PAUSED",
            Self::Routing => "ROUTING",
            Self::Processing => "PROCESSING",
            Self::Completed => "COMPLETED",
        }
    }
}

impl fmt::Display for CallbackState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
