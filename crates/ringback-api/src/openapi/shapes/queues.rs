//! Positions and waiting times.

use serde::Serialize;
use utoipa::ToSchema;

/// Where a callback stands.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueuePosition {
    /// From 1, behind live calls and callbacks that come first; 0 when it does not wait.
    #[serde(rename = "_position")]
    position: u64,
    /// The estimated wait in seconds.
    #[serde(rename = "_eta")]
    eta: u64,
    /// How many wait in all: callbacks and reported live calls.
    #[serde(rename = "_total_waiting")]
    total_waiting: u64,
    /// Whether the agent is as good as ready.
    #[serde(rename = "_agent_ready_threshold_passed")]
    agent_ready_threshold_passed: bool,
    /// The estimated wait in seconds.
    ewt: u64,
    inputs: EwtInputs,
}

/// How long a new caller would wait.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitingTime {
    /// The estimated wait in seconds.
    ewt: u64,
    /// The virtual queue.
    name: String,
    /// How many wait.
    waiting: u64,
    live_calls: u64,
    ready_agents: u64,
    agents: u64,
    /// How long a call takes, in seconds.
    handle_time: u64,
    /// Whether that was measured.
    handle_time_measured: bool,
    inputs: EwtInputs,
}

/// What an estimate is made from. Times in seconds.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EwtInputs {
    callbacks_ahead: u64,
    live_calls_ahead: u64,
    agents_ready: u64,
    agents_busy: u64,
    handle_time: u64,
    /// `report`, `measured` or `assumed`.
    handle_time_from: String,
    /// Null where no report counts.
    #[schema(required)]
    live_report_age: Option<u64>,
}

/// A virtual queue, and how long a new caller would wait there.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Outlook {
    name: String,
    /// The estimated wait in seconds.
    ewt: u64,
    waiting: u64,
    inputs: EwtInputs,
    /// What a switch reports of it, while that counts.
    #[schema(required)]
    live: Option<LiveCalls>,
}

/// A virtual queue, and who comes first.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    name: String,
    /// The estimated wait in seconds.
    ewt: u64,
    waiting: u64,
    inputs: EwtInputs,
    /// What a switch reports of it, while that counts.
    #[schema(required)]
    live: Option<LiveCalls>,
    /// Services whose callbacks wait there.
    services: Vec<String>,
    /// The pools of agents they find theirs in.
    agent_pools: Vec<String>,
    /// In order; not more than a page.
    order: Vec<QueuedCallback>,
}

/// A callback that waits.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueuedCallback {
    /// Among callbacks, from 1.
    position: u64,
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_service_name")]
    service: String,
    /// Its priority now.
    priority: u64,
    /// Since when it waits.
    #[schema(format = DateTime)]
    since: String,
}

/// What a switch reports of a virtual queue.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiveReport {
    /// Calls that wait.
    #[schema(maximum = 1_000_000)]
    waiting: u64,
    /// Agents that are ready.
    #[schema(maximum = 1_000_000)]
    ready: Option<u64>,
    /// Agents that are busy.
    #[schema(maximum = 1_000_000)]
    busy: Option<u64>,
    /// The mean handle time in seconds.
    #[schema(minimum = 1, maximum = 86_400)]
    handle_time: Option<u64>,
}

/// What a switch has reported.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiveCalls {
    waiting: u64,
    #[schema(required)]
    ready: Option<u64>,
    #[schema(required)]
    busy: Option<u64>,
    #[schema(required)]
    handle_time: Option<u64>,
    #[schema(format = DateTime)]
    reported: String,
    /// When it counts no longer.
    #[schema(format = DateTime)]
    expires: String,
}
