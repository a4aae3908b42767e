//! What customers and agents do about a callback before the call.

use std::future::Future;

use ringback_core::access::Arrival;
use ringback_core::agent::Agent;
use ringback_core::call::CallId;
use ringback_core::dialog::Dialog;
use ringback_core::ids::{AgentId, CallbackId, ServiceName};
use ringback_core::time::Timestamp;
use serde_json::{Map, Value};

use super::Refusal;

/// What came of a customer's action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// What the device does next, if anything.
    pub dialog: Option<Dialog>,
    /// Keys that only this action has.
    pub further: Map<String, Value>,
}

/// The callback that a call belongs to.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Which.
    pub id: CallbackId,
    /// Its record.
    pub record: Map<String, Value>,
    /// What else its request said.
    pub user_data: Map<String, Value>,
}

/// A callback that an agent is asked to look at.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Which.
    pub callback: CallbackId,
    /// Its service.
    pub service: ServiceName,
    /// Until when the agent may answer.
    pub until: Timestamp,
    /// Whether it may be rejected.
    pub may_reject: bool,
    /// `_agent_preview_data`: what the agent sees of it.
    pub data: Map<String, Value>,
}

/// Answers customers and agents.
pub trait DialogDesk: Clone + Send + Sync + 'static {
    /// Does what a customer wants of a callback: `snooze`, `confirm` or `connect`.
    ///
    /// # Errors
    /// When there is none, or it does not stand where that can be done; another action.
    fn act(
        &self,
        id: &CallbackId,
        action: &str,
    ) -> impl Future<Output = Result<Acted, Refusal>> + Send;

    /// The callback whose customer is expected with a call.
    ///
    /// # Errors
    /// When nobody is expected with it.
    fn match_call(
        &self,
        arrival: &Arrival,
    ) -> impl Future<Output = Result<Matched, Refusal>> + Send;

    /// Gives a call that has arrived to the callback it belongs to.
    ///
    /// # Errors
    /// When that callback expects no call.
    fn give_call(
        &self,
        id: &CallbackId,
        call: CallId,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// What an agent is asked to look at now, if anything.
    ///
    /// # Errors
    /// When the store is away.
    fn preview_of(
        &self,
        agent: &Agent,
    ) -> impl Future<Output = Result<Option<Preview>, Refusal>> + Send;

    /// An agent has looked at a callback, and takes it or does not.
    ///
    /// # Errors
    /// When it is not asked to, or may not reject it.
    fn previewed(
        &self,
        agent: &AgentId,
        id: &CallbackId,
        takes: bool,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}
