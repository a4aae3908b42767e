//! The callback API, as the established product's clients know it.

mod admin;
mod numbers;
mod times;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::routing::{delete, get, post};
use axum::{Extension, Json, Router};
use ringback_core::ewt::estimate;
use ringback_core::ids::{CallbackId, ServiceName, SubscriptionId};
use ringback_ports::desk::{Desk, Operand, Refusal, RefusalKind, Start};
use ringback_telemetry::propagation;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::access::{self, Caller, Told};
use crate::body::{JsonBody, Parameters, QueryOf};
use crate::refused::GmsError;
use crate::subscription_view;

type Answer = Result<Json<Value>, GmsError>;

/// What stands under `/genesys` and `/genesys/1`.
pub fn routes<D: Desk>() -> Router<D> {
    Router::new()
        .route("/service/callback", get(query::<D>))
        .route(
            "/service/callback/{service}",
            post(start::<D>).get(query_service::<D>),
        )
        .route(
            "/service/callback/{service}/{id}",
            delete(cancel::<D>).put(update::<D>),
        )
        .route(
            "/service/{id}/check-queue-position",
            get(check_queue_position::<D>).post(check_queue_position::<D>),
        )
        .route("/service/ewt-for-vq", get(ewt_for_vq::<D>))
        .route("/notification/subscription", post(subscribe::<D>))
        .route("/notification/subscription/{id}", delete(unsubscribe::<D>))
        .route("/notification/publish", post(publish::<D>))
        .route("/phonenumber", get(numbers::phone_number))
        .merge(admin::routes::<D>())
        .merge(times::routes::<D>())
}

/// What stands under `/genesys/2`.
pub fn second<D: Desk>() -> Router<D> {
    Router::new()
        .route("/service/ewt-for-vq", get(ewt_for_vq::<D>))
        .route("/ewt-for-vq", get(ewt_for_vq::<D>))
        .merge(times::second::<D>())
}

async fn start<D: Desk>(
    State(desk): State<D>,
    Path(service): Path<String>,
    headers: HeaderMap,
    Parameters(parameters): Parameters,
) -> Answer {
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    let start = Start {
        service: ServiceName::new(service),
        parameters,
        idempotency_key: key.map(str::to_owned),
        trace: propagation::received_traceparent(&access::trace_headers(&headers)),
    };
    let started = desk.start(start).await?;
    if !started.immediate {
        return Ok(Json(json!({ "_id": started.id })));
    }
    Ok(Json(json!({
        "_id": started.id,
        "_dialog_id": "0",
        "_action": "ConfirmationDialog",
        "_text": "You will receive the call shortly",
        "_ok_title": "Ok",
    })))
}

async fn cancel<D: Desk>(
    State(desk): State<D>,
    Path((service, id)): Path<(String, String)>,
) -> Answer {
    let id = CallbackId::new(id);
    desk.cancel(&ServiceName::new(service), &id).await?;
    Ok(Json(json!({ "_id": id })))
}

async fn subscribe<D: Desk>(
    State(desk): State<D>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<(Extension<Told>, Json<Value>), GmsError> {
    let subscription = desk.subscribe(body).await?;
    let told = Told {
        object: Some(access::object("subscriptions", subscription.id.as_str())),
        ..Told::default()
    };
    Ok((Extension(told), Json(subscription_view(&subscription))))
}

async fn publish<D: Desk>(
    State(desk): State<D>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Answer {
    let (id, subscriptions) = desk.publish(body).await?;
    Ok(Json(json!({ "id": id, "subscriptions": subscriptions })))
}

async fn unsubscribe<D: Desk>(State(desk): State<D>, Path(id): Path<String>) -> Answer {
    desk.unsubscribe(&SubscriptionId::new(id.clone())).await?;
    Ok(Json(json!({ "id": id })))
}

async fn update<D: Desk>(
    State(desk): State<D>,
    Path((service, id)): Path<(String, String)>,
    Parameters(parameters): Parameters,
) -> Answer {
    let id = CallbackId::new(id);
    desk.update(&ServiceName::new(service), &id, parameters)
        .await?;
    Ok(Json(json!({ "_id": id })))
}

async fn query<D: Desk>(
    State(desk): State<D>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (conditions, operand) = conditions(query.as_deref())?;
    if let Some((_, id)) = conditions.iter().find(|(key, _)| key == "_id") {
        let record = desk.record(&CallbackId::new(id)).await?;
        return Ok(Json(json!([record])));
    }
    let found = desk.query(None, conditions, operand).await?;
    records(caller.may_see(&desk, found).await?)
}

async fn query_service<D: Desk>(
    State(desk): State<D>,
    Path(service): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (conditions, operand) = conditions(query.as_deref())?;
    records(
        desk.query(Some(&ServiceName::new(service)), conditions, operand)
            .await?,
    )
}

fn records(found: Vec<Map<String, Value>>) -> Answer {
    Ok(Json(Value::Array(
        found.into_iter().map(Value::Object).collect(),
    )))
}

fn conditions(query: Option<&str>) -> Result<(Vec<(String, String)>, Operand), Refusal> {
    const MOST: usize = 16;
    let mut operand = Operand::And;
    let mut conditions = Vec::new();
    for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match (key.as_ref(), value.as_ref()) {
            ("operand", "AND") => operand = Operand::And,
            ("operand", "OR") => operand = Operand::Or,
            ("operand", other) => {
                let other: String = other.chars().take(80).collect();
                let message = format!("operand '{other}': allowed are AND and OR");
                return Err(Refusal::new(RefusalKind::Invalid, message));
            }
            _ => conditions.push((key.into_owned(), value.into_owned())),
        }
    }
    if conditions.len() > MOST {
        let message = format!("{} conditions: allowed are {MOST}", conditions.len());
        return Err(Refusal::new(RefusalKind::Invalid, message));
    }
    Ok((conditions, operand))
}

async fn check_queue_position<D: Desk>(State(desk): State<D>, Path(id): Path<String>) -> Answer {
    let position = desk.position(&CallbackId::new(id)).await?;
    let ewt = estimate(position.inputs).as_secs();
    Ok(Json(json!({
        "_position": position.position,
        "_eta": ewt,
        "_total_waiting": position.waiting,
        "_agent_ready_threshold_passed": position.inputs.ready > position.inputs.ahead,
        "ewt": ewt,
    })))
}

#[derive(Deserialize)]
struct QueueName {
    name: Option<String>,
}

async fn ewt_for_vq<D: Desk>(State(desk): State<D>, QueryOf(queue): QueryOf<QueueName>) -> Answer {
    let name = queue.name.filter(|name| !name.is_empty()).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "mandatory parameter 'name' is missing: a virtual queue",
        )
    })?;
    let outlook = desk.outlook(&name).await?;
    Ok(Json(json!({
        "ewt": estimate(outlook.inputs).as_secs(),
        "name": name,
        "waiting": outlook.inputs.ahead,
        "ready_agents": outlook.inputs.ready,
        "agents": outlook.inputs.staff,
        "handle_time": outlook.inputs.handle_ms / 1000,
        "handle_time_measured": outlook.measured,
    })))
}
