//! Virtual queues.

use axum::Json;
use axum::extract::{Path, State};
use ringback_ports::desk::{Desk, QueueView, QueuedCallback};
use serde_json::{Map, Value, json};

use crate::access::{Routes, Rule};
use crate::body::{JsonBody, NoParameters, QueryOf};
use crate::ewt::outlook_view;
use crate::openapi::shapes::{LiveReport, Outlook, Queue};
use crate::openapi::{Reads, Writes};
use crate::refused::Problem;

type Answer = Result<Json<Value>, Problem>;

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new()
        .get("/queues", Rule::read(), queues::<D>)
        .get("/queues/{queue}", Rule::read(), queue::<D>)
        .put("/queues/{queue}/live", Rule::supervise(), live::<D>)
}

/// List the virtual queues
#[utoipa::path(
    get,
    path = "/queues",
    tag = "queues",
    responses((status = 200, description = "By name", body = [Outlook]), Reads)
)]
pub async fn queues<D: Desk>(State(desk): State<D>, _: QueryOf<NoParameters>) -> Answer {
    let queues = desk.queues().await?;
    Ok(Json(queues.iter().map(outlook_view).collect()))
}

/// Look at a virtual queue
#[utoipa::path(
    get,
    path = "/queues/{queue}",
    tag = "queues",
    params(("queue" = String, Path, description = "A virtual queue")),
    responses((status = 200, description = "It, and who comes first", body = Queue), Reads)
)]
pub async fn queue<D: Desk>(State(desk): State<D>, Path(name): Path<String>) -> Answer {
    Ok(Json(view(desk.queue(&name).await?)))
}

/// Report live calls and agents of a virtual queue
///
/// It counts for a while; then another is expected.
#[utoipa::path(
    put,
    path = "/queues/{queue}/live",
    tag = "queues",
    params(("queue" = String, Path, description = "A virtual queue")),
    request_body = LiveReport,
    responses((status = 200, description = "The queue", body = Outlook), Writes)
)]
pub async fn live<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    JsonBody(report): JsonBody<Map<String, Value>>,
) -> Answer {
    Ok(Json(outlook_view(&desk.report_live(&name, report).await?)))
}

fn view(queue: QueueView) -> Value {
    let QueueView {
        outlook,
        services,
        pools,
        order,
    } = queue;
    let mut view = outlook_view(&outlook);
    view["services"] = json!(services);
    view["agent_pools"] = json!(pools);
    view["order"] = order.iter().map(callback_view).collect();
    view
}

fn callback_view(queued: &QueuedCallback) -> Value {
    json!({
        "position": queued.position,
        "_id": queued.id,
        "_service_name": queued.service,
        "priority": queued.priority,
        "since": queued.since.to_string(),
    })
}
