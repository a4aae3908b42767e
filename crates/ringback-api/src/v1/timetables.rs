//! Office hours and capacities.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use ringback_ports::desk::{Desk, Timetable, TimetableView};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::notifications::{if_match, tag};
use super::services::Wish;
use crate::body::{JsonBody, QueryOf};
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
#[derive(Deserialize)]
struct TimetableBody {
    options: Map<String, Value>,
}

async fn timetables<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Timetable>,
) -> Result<Json<Vec<TimetableView>>, Problem> {
    Ok(Json(desk.timetables(what).await?))
}

async fn timetable<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Timetable>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(&desk.timetable(what, &name).await?))
}

async fn save<D: Desk>(
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

async fn remove<D: Desk>(
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
