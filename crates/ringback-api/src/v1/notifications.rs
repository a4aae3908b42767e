//! Event lists, subscriptions, deliveries.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ringback_core::ids::CallbackId;
use ringback_ports::desk::{
    DeadLetterAction, DeadLetters, Deliveries, DeliveryQuery, DeliveryStatus, Desk, Done,
    EventListForm, EventListView, Refusal, RefusalKind,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::body::{JsonBody, QueryOf, content_type};
use crate::refused::{Problem, as_family};
use crate::subscription_view;

/// How an event list's `.cfg` form travels.
const CFG: &str = "text/plain";
/// How many deliveries are on a page that does not say.
const PAGE: usize = 50;

pub fn routes<D: Desk>() -> Router<D> {
    let list = get(event_list::<D>)
        .put(put_event_list::<D>)
        .delete(delete_event_list::<D>);
    Router::new()
        .route("/event-lists", get(event_lists::<D>))
        .route("/event-lists/{name}", list)
        .route("/subscriptions", get(subscriptions::<D>))
        .route("/deliveries", get(deliveries::<D>))
        .route("/deliveries:replay", post(replay::<D>))
        .route("/dead-letters", get(dead_letters::<D>).delete(discard::<D>))
}

async fn event_lists<D: Desk>(State(desk): State<D>) -> Result<Json<Vec<EventListView>>, Problem> {
    Ok(Json(desk.event_lists().await?))
}

/// JSON, or the `.cfg` form for whoever accepts text.
async fn event_list<D: Desk>(
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

async fn put_event_list<D: Desk>(
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
            serde_json::from_slice(&body)
                .map_err(|error| invalid(&format!("the body is not JSON: {error}")))?,
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

async fn delete_event_list<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    desk.delete_event_list(&name, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn subscriptions<D: Desk>(State(desk): State<D>) -> Result<Json<Value>, Problem> {
    let found = desk.subscriptions().await?;
    let shown: Vec<Value> = found.iter().map(subscription_view).collect();
    Ok(Json(
        json!({ "total": shown.len(), "subscriptions": shown }),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    callback: Option<String>,
    target: Option<String>,
    status: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
}

async fn deliveries<D: Desk>(
    State(desk): State<D>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Json<Deliveries>, Problem> {
    let status = match asked.status.as_deref() {
        None => None,
        Some("failing") => Some(DeliveryStatus::Failing),
        Some("dead") => Some(DeliveryStatus::Dead),
        Some(other) => {
            let other: String = other.chars().take(80).collect();
            return Err(invalid(&format!(
                "status '{other}': allowed are failing and dead"
            )));
        }
    };
    let query = DeliveryQuery {
        callback: asked.callback.map(CallbackId::new),
        target: asked.target,
        status,
        limit: asked.limit.unwrap_or(PAGE),
        after: asked.after,
    };
    Ok(Json(desk.deliveries(query).await?))
}

/// What was given up, one entry for each notification.
async fn dead_letters<D: Desk>(
    State(desk): State<D>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Json<Value>, Problem> {
    let query = DeliveryQuery {
        callback: asked.callback.map(CallbackId::new),
        target: asked.target,
        status: Some(DeliveryStatus::Dead),
        limit: asked.limit.unwrap_or(PAGE),
        after: asked.after,
    };
    let page = desk.deliveries(query).await?;
    let mut letters = Vec::new();
    for delivery in &page.deliveries {
        for letter in &delivery.dead_letters {
            let mut shown = json!(letter);
            shown["callback"] = json!(delivery.callback);
            shown["target"] = json!(delivery.target);
            letters.push(shown);
        }
    }
    Ok(Json(json!({ "dead_letters": letters, "next": page.next })))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    callback: Option<String>,
    sequence: Option<u64>,
    target: Option<String>,
}

impl From<Chosen> for DeadLetters {
    fn from(chosen: Chosen) -> Self {
        let Chosen {
            callback,
            sequence,
            target,
        } = chosen;
        Self {
            callback: callback.map(CallbackId::new),
            sequence,
            target,
        }
    }
}

async fn replay<D: Desk>(
    State(desk): State<D>,
    JsonBody(chosen): JsonBody<Chosen>,
) -> Result<Json<Done>, Problem> {
    Ok(Json(
        desk.settle_dead_letters(chosen.into(), DeadLetterAction::Replay)
            .await?,
    ))
}

async fn discard<D: Desk>(
    State(desk): State<D>,
    QueryOf(chosen): QueryOf<Chosen>,
) -> Result<Json<Done>, Problem> {
    Ok(Json(
        desk.settle_dead_letters(chosen.into(), DeadLetterAction::Discard)
            .await?,
    ))
}

/// The version as an entity tag (RFC 9110, 8.8.3).
pub(super) fn tag(response: &mut Response, version: u64) {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}

/// The version that the caller wants to replace; `If-None-Match: *` for none at all.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|tag| tag == "*")
    {
        return Ok(Some(0));
    }
    let Some(tag) = headers.get(header::IF_MATCH).filter(|tag| *tag != "*") else {
        return Ok(None);
    };
    let version = tag
        .to_str()
        .ok()
        .and_then(|tag| tag.trim().trim_matches('"').parse().ok());
    version
        .map(Some)
        .ok_or_else(|| invalid("If-Match: allowed is the ETag of an answer"))
}

fn invalid(message: &str) -> Problem {
    Problem(Refusal::new(RefusalKind::Invalid, message))
}
