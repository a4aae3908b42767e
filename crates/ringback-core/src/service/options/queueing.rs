//! How callbacks wait.

use std::time::Duration;

use serde::Deserialize;

use crate::target::Target;

/// Options of the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queueing {
    /// Every target, when `_target` is a list.
    pub targets: Vec<ListedTarget>,
    /// `_cannot_dial_buffer_time`: so long before its wait in the queue is over a callback is no longer dialed, and given up.
    pub cannot_dial_buffer: Duration,
    /// `_min_queue_wait`: how long it waits in the queue before it is dialed, whoever is free.
    pub min_wait: Duration,
    /// `_max_queue_wait`: how long it waits for an agent before it is dialed without one; zero for as long as it takes. Only
    /// where the customer is called first.
    pub max_wait: Duration,
    /// `_eta_pos_threshold`: from an estimated wait in seconds on, the position at which the agent is as good as ready.
    pub eta_positions: Vec<(u64, u64)>,
    /// `_urs_ewt_estimation_method`. There is one method, see [`crate::ewt`]; with `ursdial` an agent is as good as ready
    /// only when one is reserved, whatever `_eta_pos_threshold` says.
    pub ewt_method: Option<String>,
    /// How the priority grows with the wait.
    pub aging: Aging,
}

/// One target of a `_target` list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedTarget {
    /// Whom.
    pub target: Target,
    /// Seconds until the next one is tried as well.
    #[serde(default)]
    pub timeout: u32,
    /// Whether this one is given up then.
    #[serde(default)]
    pub clear: bool,
}

/// The priority in the queue: `priority + increment × whole intervals waited`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aging {
    /// `_urs_vq_priority`.
    pub priority: u32,
    /// `_urs_vq_priority_increment`.
    pub increment: u32,
    /// `_urs_vq_priority_increment_interval`.
    pub interval: Duration,
}
