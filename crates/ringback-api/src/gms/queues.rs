//! Positions and waiting times.

use axum::Json;
use axum::extract::{Path, State};
use ringback_core::ewt::estimate;
use ringback_core::ids::CallbackId;
use ringback_ports::desk::{Desk, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Answer;
use crate::body::QueryOf;
use crate::openapi::GmsReads;

/// Where a callback stands.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueuePosition {
    /// From 1; 0 when it does not wait.
    #[serde(rename = "_position")]
    position: u64,
    /// The estimated wait in seconds.
    #[serde(rename = "_eta")]
    eta: u64,
    /// How many wait in all.
    #[serde(rename = "_total_waiting")]
    total_waiting: u64,
    /// Whether more agents are ready than callbacks wait before this one.
    #[serde(rename = "_agent_ready_threshold_passed")]
    agent_ready_threshold_passed: bool,
    /// The estimated wait in seconds.
    ewt: u64,
}

/// How long a new caller would wait, and what the estimate is made from.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitingTime {
    /// The estimated wait in seconds.
    ewt: u64,
    /// The virtual queue.
    name: String,
    /// How many callbacks wait.
    waiting: u64,
    /// How many agents are ready.
    ready_agents: u64,
    /// How many agents there are.
    agents: u64,
    /// How long a call takes, in seconds.
    handle_time: u64,
    /// Whether that was measured.
    handle_time_measured: bool,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QueueName {
    /// A virtual queue.
    #[param(required, min_length = 1)]
    name: Option<String>,
}

/// Ask where a callback stands in its virtual queue
#[utoipa::path(
    method(get, post),
    path = "/service/{id}/check-queue-position",
    tag = "queues",
    params(("id" = String, Path, description = "Its `_id`")),
    responses((status = 200, description = "Its place and the estimated wait", body = QueuePosition), GmsReads)
)]
pub async fn check_queue_position<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Answer<QueuePosition> {
    let position = desk.position(&CallbackId::new(id)).await?;
    let ewt = estimate(position.inputs).as_secs();
    Ok(Json(QueuePosition {
        position: position.position,
        eta: ewt,
        total_waiting: position.waiting,
        agent_ready_threshold_passed: position.inputs.ready > position.inputs.ahead,
        ewt,
    }))
}

/// Ask how long a new caller would wait
#[utoipa::path(
    get,
    path = "/service/ewt-for-vq",
    tag = "queues",
    params(QueueName),
    responses((status = 200, description = "The estimated wait", body = WaitingTime), GmsReads)
)]
pub async fn ewt_for_vq<D: Desk>(
    State(desk): State<D>,
    QueryOf(queue): QueryOf<QueueName>,
) -> Answer<WaitingTime> {
    let name = queue.name.filter(|name| !name.is_empty()).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "mandatory parameter 'name' is missing: a virtual queue",
        )
    })?;
    let outlook = desk.outlook(&name).await?;
    Ok(Json(WaitingTime {
        ewt: estimate(outlook.inputs).as_secs(),
        name,
        waiting: outlook.inputs.ahead,
        ready_agents: outlook.inputs.ready,
        agents: outlook.inputs.staff,
        handle_time: outlook.inputs.handle_ms / 1000,
        handle_time_measured: outlook.measured,
    }))
}

/// Ask how long a new caller would wait
#[utoipa::path(
    get,
    path = "/ewt-for-vq",
    tag = "queues",
    params(QueueName),
    responses((status = 200, description = "The estimated wait", body = WaitingTime), GmsReads)
)]
pub async fn ewt_for_vq_short<D: Desk>(
    desk: State<D>,
    name: QueryOf<QueueName>,
) -> Answer<WaitingTime> {
    ewt_for_vq(desk, name).await
}
