//! Office hours and capacities.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use ringback_ports::desk::{Desk, Timetable, TimetableView};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::services::Wish;
use super::version::{if_match, tag};
use crate::body::{JsonBody, QueryOf};
use crate::openapi::{Reads, Writes, shapes};
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Router<D> {
    let hours = of("/office-hours", Timetable::OfficeHours);
    hours.merge(of("/capacities", Timetable::Capacity))
}

fn of<D: Desk>(path: &str, what: Timetable) -> Router<D> {
    let one = get(timetable::<D>).put(save::<D>).delete(remove::<D>);
    Router::new()
        .route(path, get(timetables::<D>))
        .route(&format!("{path}/{{name}}"), one)
        .layer(Extension(what))
}

/// What is read of a body: that of a GET can be sent back.
#[derive(Deserialize, ToSchema)]
#[schema(as = TimetableForm)]
pub struct TimetableBody {
    /// Options by name.
    #[schema(example = json!({ "_bh_regular1": "Mon-Fri 08:00-17:00" }))]
    options: Map<String, Value>,
}

/// List office hours, or capacities
#[utoipa::path(
    get,
    path = "/office-hours",
    tag = "times",
    responses((status = 200, description = "By name", body = [shapes::TimetableView]), Reads)
)]
pub async fn timetables<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Timetable>,
) -> Result<Json<Vec<TimetableView>>, Problem> {
    Ok(Json(desk.timetables(what).await?))
}

/// Look at office hours, or at a capacity
#[utoipa::path(
    get,
    path = "/office-hours/{name}",
    tag = "times",
    params(("name" = String, Path, description = "Their name")),
    responses(
        (status = 200, description = "It", body = shapes::TimetableView, headers(("etag" = String, description = "Its version"))),
        Reads
    )
)]
pub async fn timetable<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Timetable>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(&desk.timetable(what, &name).await?))
}

/// Save office hours, or a capacity
#[utoipa::path(
    put,
    path = "/office-hours/{name}",
    tag = "times",
    params(
        ("name" = String, Path, description = "Their name"),
        ("If-Match" = Option<String>, Header, pattern = "^(\"?[0-9]{1,18}\"?|\\*)$", description = "The `ETag` that it must have"),
        ("If-None-Match" = Option<String>, Header, pattern = "^\\*$", description = "`*`: there must be none yet")
    ),
    request_body = TimetableBody,
    responses(
        (status = 200, description = "It", body = shapes::TimetableView, headers(("etag" = String, description = "Its version"))),
        Writes
    )
)]
pub async fn save<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Timetable>,
    Path(name): Path<String>,
    headers: HeaderMap,
    JsonBody(TimetableBody { options }): JsonBody<TimetableBody>,
) -> Result<Response, Problem> {
    let version = if_match(&headers)?;
    Ok(tagged(
        &desk.put_timetable(what, &name, options, version).await?,
    ))
}

/// Remove office hours, or a capacity
#[utoipa::path(
    delete,
    path = "/office-hours/{name}",
    tag = "times",
    params(
        ("name" = String, Path, description = "Their name"),
        Wish,
        ("If-Match" = Option<String>, Header, pattern = "^(\"?[0-9]{1,18}\"?|\\*)$", description = "The `ETag` that it must have")
    ),
    responses((status = 204, description = "They are gone"), Writes)
)]
pub async fn remove<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Timetable>,
    Path(name): Path<String>,
    QueryOf(wish): QueryOf<Wish>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    desk.delete_timetable(what, &name, if_match(&headers)?, wish.removal())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn tagged(timetable: &TimetableView) -> Response {
    let mut response = Json(timetable).into_response();
    tag(&mut response, timetable.version);
    response
}
