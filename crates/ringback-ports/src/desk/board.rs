//! How everything stands, in figures that indexes know: nothing is counted by walking.

use std::future::Future;

use ringback_core::event::CallbackState;
use ringback_core::ids::ServiceName;
use ringback_core::time::Timestamp;

use super::{Outlook, Refusal};

/// How everything stood.
#[derive(Clone, Debug)]
pub struct Board {
    /// When.
    pub at: Timestamp,
    /// The services, by name.
    pub services: Vec<ServiceRow>,
    /// The virtual queues, by name.
    pub queues: Vec<QueueRow>,
    /// How many targets have notifications that were given up.
    pub dead_targets: u64,
    /// How many targets fail, and are tried again.
    pub failing_targets: u64,
}

/// How a service stood.
#[derive(Clone, Debug)]
pub struct ServiceRow {
    /// Its name.
    pub name: ServiceName,
    /// Its virtual queue; empty when it has none.
    pub queue: String,
    /// Whether none of its callbacks is handed out.
    pub paused: bool,
    /// How many of its callbacks that have begun stood in each state.
    pub states: Vec<(CallbackState, u64)>,
}

/// How a virtual queue stood.
#[derive(Clone, Debug)]
pub struct QueueRow {
    /// Where a new caller would stand.
    pub outlook: Outlook,
    /// Since when the callback waits that comes first; `None` while none waits.
    pub first_since: Option<Timestamp>,
}

/// Tells how everything stands.
pub trait BoardDesk: Clone + Send + Sync + 'static {
    /// How everything stands now.
    ///
    /// # Errors
    /// When the store is away.
    fn board(&self) -> impl Future<Output = Result<Board, Refusal>> + Send;

    /// The present time, by the clock that decides.
    fn now(&self) -> Timestamp;

    /// Returns when this process is about to end: what has no end by itself ends with it.
    fn stopped(&self) -> impl Future<Output = ()> + Send + 'static;
}
