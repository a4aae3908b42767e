//! One callback, changed by people: called off, put off, corrected.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use ringback_core::ids::{CallbackId, ServiceName};
use ringback_ports::desk::{Desk, Refusal, RefusalKind};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::version::if_match;
use crate::access::{Routes, Rule};
use crate::body::JsonBody;
use crate::openapi::Writes;
use crate::refused::Problem;

/// The parameter of the callback API that moves a callback.
pub const NEW_TIME: &str = "_new_desired_time";

pub fn routes<D: Desk>() -> Routes<D> {
    let rule = Rule::request().of_callback();
    Routes::new()
        .post("/callbacks/{id}/cancel", rule, cancel::<D>)
        .post("/callbacks/{id}/reschedule", rule, reschedule::<D>)
        .post("/callbacks/{id}/update", rule, update::<D>)
}

/// Another time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RescheduleForm)]
pub struct Move {
    /// RFC 3339.
    #[schema(format = DateTime)]
    time: String,
}

/// Call a callback off
///
/// Repeating it is fine. `If-Match` names the `sequence` of the last event that the caller has seen: when another has come
/// since, nothing is done.
#[utoipa::path(
    post,
    path = "/callbacks/{id}/cancel",
    tag = "many callbacks",
    params(("id" = String, Path, description = "Its `_id`")),
    responses((status = 204, description = "It is called off"), Writes)
)]
pub async fn cancel<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let (service, id) = unchanged(&desk, id, &headers).await?;
    desk.cancel(&service, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Move a callback to another time
#[utoipa::path(
    post,
    path = "/callbacks/{id}/reschedule",
    tag = "many callbacks",
    params(("id" = String, Path, description = "Its `_id`")),
    request_body = Move,
    responses((status = 204, description = "It is moved"), Writes)
)]
pub async fn reschedule<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(Move { time }): JsonBody<Move>,
) -> Result<StatusCode, Problem> {
    let (service, id) = unchanged(&desk, id, &headers).await?;
    desk.update(&service, &id, moved(time)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change what a callback says
///
/// As the callback API does it: user data by key, an empty text removes one.
#[utoipa::path(
    post,
    path = "/callbacks/{id}/update",
    tag = "many callbacks",
    params(("id" = String, Path, description = "Its `_id`")),
    request_body = std::collections::BTreeMap<String, Value>,
    responses((status = 204, description = "It is changed"), Writes)
)]
pub async fn update<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(parameters): JsonBody<Map<String, Value>>,
) -> Result<StatusCode, Problem> {
    let (service, id) = unchanged(&desk, id, &headers).await?;
    desk.update(&service, &id, parameters).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What moves a callback.
pub fn moved(time: String) -> Map<String, Value> {
    Map::from_iter([(NEW_TIME.to_owned(), time.into())])
}

/// The callback with its service, when nothing has happened since what the caller has seen.
async fn unchanged<D: Desk>(
    desk: &D,
    id: String,
    headers: &HeaderMap,
) -> Result<(ServiceName, CallbackId), Problem> {
    let id = CallbackId::new(id);
    let Some(service) = desk.service_of(&id).await? else {
        let shown: String = id.as_str().chars().take(80).collect();
        let message = format!("callback '{shown}' does not exist");
        return Err(Refusal::new(RefusalKind::NotFound, message).into());
    };
    if let Some(seen) = if_match(headers)? {
        let last = desk.events(&id, seen.saturating_sub(1), 2).await?;
        if last.len() != 1 {
            let message = format!("more has happened than event {seen}: look again");
            return Err(Refusal::new(RefusalKind::Version, message).into());
        }
    }
    Ok((service, id))
}
