//! What callers can ask about virtual queues.

use std::future::Future;
use std::time::Duration;

use ringback_core::ewt::Inputs;
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::live::LiveReport;
use ringback_core::time::Timestamp;
use serde_json::{Map, Value};

use super::Refusal;

/// Where a callback stands in its virtual queue.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// Its place from 1, behind live calls and callbacks that come first; 0 when it does not wait.
    pub position: u64,
    /// How many wait in all: callbacks and reported live calls.
    pub waiting: u64,
    /// How long it still waits.
    pub eta: Duration,
    /// Whether the agent is as good as ready, by `_eta_pos_threshold`.
    pub is_agent_near: bool,
    /// What the estimate is made from.
    pub inputs: Inputs,
}

/// Where a new caller would stand.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The virtual queue.
    pub name: String,
    /// How long a new caller would wait.
    pub ewt: Duration,
    /// What the estimate is made from: before him is whoever waits now.
    pub inputs: Inputs,
    /// What a switch reports of it, while that counts.
    pub report: Option<LiveReport>,
}

/// A virtual queue with those who wait in it.
#[derive(Clone, Debug)]
pub struct QueueView {
    /// The queue.
    pub outlook: Outlook,
    /// Services whose callbacks wait there.
    pub services: Vec<ServiceName>,
    /// The pools of agents they find theirs in.
    pub pools: Vec<String>,
    /// Who comes first, in order; not more than a page.
    pub order: Vec<QueuedCallback>,
}

/// A callback at its place.
#[derive(Clone, Debug)]
pub struct QueuedCallback {
    /// Its place among callbacks, from 1.
    pub position: u64,
    /// Which.
    pub id: CallbackId,
    /// Its service.
    pub service: ServiceName,
    /// Its priority now.
    pub priority: u64,
    /// Since when it waits.
    pub since: Timestamp,
}

/// Answers callers about virtual queues.
pub trait QueueDesk: Clone + Send + Sync + 'static {
    /// Where a callback stands.
    ///
    /// # Errors
    /// When there is none.
    fn position(&self, id: &CallbackId) -> impl Future<Output = Result<Position, Refusal>> + Send;

    /// How long a new caller would wait in a virtual queue.
    ///
    /// # Errors
    /// When no service uses that queue, and nobody reports on it.
    fn outlook(&self, queue: &str) -> impl Future<Output = Result<Outlook, Refusal>> + Send;

    /// The queues of services, and those that are reported on, by name.
    ///
    /// # Errors
    /// When the store is away.
    fn queues(&self) -> impl Future<Output = Result<Vec<Outlook>, Refusal>> + Send;

    /// One queue with those who wait in it.
    ///
    /// # Errors
    /// When no service uses that queue, and nobody reports on it.
    fn queue(&self, queue: &str) -> impl Future<Output = Result<QueueView, Refusal>> + Send;

    /// Takes a switch's report on a queue in place of the last one.
    ///
    /// # Errors
    /// With the field, its value and what is allowed.
    fn report_live(
        &self,
        queue: &str,
        report: Map<String, Value>,
    ) -> impl Future<Output = Result<Outlook, Refusal>> + Send;
}
