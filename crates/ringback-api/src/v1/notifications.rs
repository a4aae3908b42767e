//! Event lists and subscriptions.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ringback_core::untrusted::{MAX_SHAPE_DEPTH, read_value};
use ringback_ports::desk::{Desk, EventListForm, EventListView};
use serde::Serialize;
use utoipa::ToSchema;

use super::version::{if_match, tag};
use crate::access::{Routes, Rule};
use crate::body::{NoParameters, QueryOf, content_type};
use crate::filter::invalid;
use crate::openapi::{Reads, Writes, shapes};
use crate::refused::{Problem, as_family};
use crate::subscription::SubscriptionView;

/// How an event list's `.cfg` form travels.
const CFG: &str = "text/plain";

pub fn routes<D: Desk>() -> Routes<D> {
    let (one, change) = (
        "/event-lists/{name}",
        Rule::configure().changes("event-lists"),
    );
    Routes::new()
        .get("/event-lists", Rule::read(), event_lists::<D>)
        .get(one, Rule::read(), event_list::<D>)
        .put(one, change, put_event_list::<D>)
        .delete(one, change, delete_event_list::<D>)
        .get("/subscriptions", Rule::read(), subscriptions::<D>)
}

/// List the event lists
#[utoipa::path(
    get,
    path = "/event-lists",
    tag = "event lists",
    responses((status = 200, description = "By name", body = [shapes::EventListView]), Reads)
)]
pub async fn event_lists<D: Desk>(
    State(desk): State<D>,
    _: QueryOf<NoParameters>,
) -> Result<Json<Vec<EventListView>>, Problem> {
    Ok(Json(desk.event_lists().await?))
}

/// Look at an event list
///
/// JSON, or the `.cfg` form for whoever accepts text.
#[utoipa::path(
    get,
    path = "/event-lists/{name}",
    tag = "event lists",
    params(("name" = String, Path, description = "Its name")),
    responses(
        (
            status = 200,
            description = "The event list: JSON, or a `.cfg` file for who accepts `text/plain`",
            content((shapes::EventListView = "application/json"), (String = "text/plain")),
            headers(("etag" = String, description = "Its version"))
        ),
        Reads
    )
)]
pub async fn event_list<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let list = desk.event_list(&name).await?;
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let wants_text = accepts.is_some_and(|accept| accept.trim_start().starts_with(CFG));
    let mut response = if wants_text {
        list.cfg.clone().into_response()
    } else {
        Json(&list).into_response()
    };
    tag(&mut response, list.version);
    Ok(response)
}

/// Save an event list
///
/// As JSON, or as the `.cfg` file that the established product exports.
#[utoipa::path(
    put,
    path = "/event-lists/{name}",
    tag = "event lists",
    params(
        ("name" = String, Path, description = "Its name"),
        ("If-Match" = Option<String>, Header, pattern = "^(\"?[0-9]{1,18}\"?|\\*)$", description = "The `ETag` that it must have"),
        ("If-None-Match" = Option<String>, Header, pattern = "^\\*$", description = "`*`: there must be none yet")
    ),
    request_body(content((shapes::EventListForm = "application/json"), (Value = "text/plain"))),
    responses(
        (
            status = 200, description = "The event list", body = shapes::EventListView,
            headers(("etag" = String, description = "Its version"))
        ),
        Writes
    )
)]
pub async fn put_event_list<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let version = if_match(&headers)?;
    let form = match content_type(&headers).as_deref() {
        Some(CFG) => EventListForm::Cfg(
            String::from_utf8(body.into()).map_err(|_| invalid("the body is not UTF-8"))?,
        ),
        Some("application/json") => EventListForm::Json(
            read_value(&body, MAX_SHAPE_DEPTH)
                .map_err(|error| invalid(format!("the body cannot be read: {error}")))?,
        ),
        other => {
            let other: String = other.unwrap_or("nothing").chars().take(80).collect();
            let message = format!(
                "content-type is {other}: allowed are text/plain for a .cfg file and application/json"
            );
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Ok(as_family("/v1", status, "UnsupportedMediaType", message));
        }
    };
    let list = desk.put_event_list(&name, form, version).await?;
    let mut response = Json(&list).into_response();
    tag(&mut response, list.version);
    Ok(response)
}

/// Remove an event list
#[utoipa::path(
    delete,
    path = "/event-lists/{name}",
    tag = "event lists",
    params(
        ("name" = String, Path, description = "Its name"),
        ("If-Match" = Option<String>, Header, pattern = "^(\"?[0-9]{1,18}\"?|\\*)$", description = "The `ETag` that it must have")
    ),
    responses((status = 204, description = "It is gone"), Writes)
)]
pub async fn delete_event_list<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    desk.delete_event_list(&name, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every subscription that has not expired.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscriptions {
    total: usize,
    subscriptions: Vec<SubscriptionView>,
}

/// List the subscriptions
#[utoipa::path(
    get,
    path = "/subscriptions",
    tag = "notifications",
    responses((status = 200, description = "Those that have not expired", body = Subscriptions), Reads)
)]
pub async fn subscriptions<D: Desk>(
    State(desk): State<D>,
    _: QueryOf<NoParameters>,
) -> Result<Json<Subscriptions>, Problem> {
    let found = desk.subscriptions().await?;
    let subscriptions: Vec<_> = found.iter().map(SubscriptionView::from).collect();
    let total = subscriptions.len();
    Ok(Json(Subscriptions {
        total,
        subscriptions,
    }))
}
