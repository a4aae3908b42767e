//! Positions and waiting times.

use axum::Json;
use axum::extract::{Path, State};
use ringback_core::ewt::HandleFrom;
use ringback_core::ids::CallbackId;
use ringback_ports::desk::Desk;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::Answer;
use crate::body::QueryOf;
use crate::ewt::{inputs_view, outlook_view};
use crate::filter::invalid;
use crate::openapi::GmsReads;
use crate::openapi::shapes::{Outlook, QueuePosition, WaitingTime};

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
) -> Answer {
    let position = desk.position(&CallbackId::new(id)).await?;
    let eta = position.eta.as_secs();
    Ok(Json(json!({
        "_position": position.position,
        "_eta": eta,
        "_total_waiting": position.waiting,
        "_agent_ready_threshold_passed": position.is_agent_near,
        "ewt": eta,
        "inputs": inputs_view(&position.inputs),
    })))
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
) -> Answer {
    let outlook = desk.outlook(&named(queue)?).await?;
    let inputs = &outlook.inputs;
    Ok(Json(json!({
        "ewt": outlook.ewt.as_secs(),
        "name": outlook.name,
        "waiting": inputs.ahead(),
        "live_calls": inputs.live_calls,
        "ready_agents": inputs.ready,
        "agents": inputs.staff,
        "handle_time": inputs.handle_ms / 1000,
        "handle_time_measured": inputs.handle_from == HandleFrom::Measured,
        "inputs": inputs_view(inputs),
    })))
}

/// Ask how long a new caller would wait
#[utoipa::path(
    get,
    path = "/service/ewt-for-vq",
    tag = "queues",
    params(QueueName),
    responses((status = 200, description = "The queue, as `/v1/queues` has it", body = Outlook), GmsReads)
)]
pub async fn second_ewt_for_vq<D: Desk>(
    State(desk): State<D>,
    QueryOf(queue): QueryOf<QueueName>,
) -> Answer {
    Ok(Json(outlook_view(&desk.outlook(&named(queue)?).await?)))
}

/// Ask how long a new caller would wait
#[utoipa::path(
    get,
    path = "/ewt-for-vq",
    tag = "queues",
    params(QueueName),
    responses((status = 200, description = "The queue, as `/v1/queues` has it", body = Outlook), GmsReads)
)]
pub async fn short_ewt_for_vq<D: Desk>(desk: State<D>, name: QueryOf<QueueName>) -> Answer {
    second_ewt_for_vq(desk, name).await
}

fn named(queue: QueueName) -> Result<String, ringback_ports::desk::Refusal> {
    let name = queue.name.filter(|name| !name.is_empty());
    name.ok_or_else(|| invalid("mandatory parameter 'name' is missing: a virtual queue"))
}
