//! How callbacks wait.

use std::time::Duration;

use serde::Deserialize;

use crate::target::Target;

/// Options of the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queueing {
    /// The targets after the first, when `_target` is a list. Not used yet.
    pub next_targets: Vec<NextTarget>,
    /// `_cannot_dial_buffer_time`. Kept, without effect.
    pub cannot_dial_buffer: Duration,
    /// `_min_queue_wait`. Kept, without effect.
    pub min_wait: Duration,
    /// `_max_queue_wait`; zero for none. Kept, without effect.
    pub max_wait: Duration,
    /// `_eta_pos_threshold`: from an estimated wait in seconds on, the position at which the agent is as good as ready.
    pub eta_positions: Vec<(u64, u64)>,
    /// `_urs_ewt_estimation_method`: kept, and without effect: there is one method, see [`crate::ewt`].
    pub ewt_method: Option<String>,
    /// How the priority grows with the wait.
    pub aging: Aging,
}

/// One target of a `_target` list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextTarget {
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
