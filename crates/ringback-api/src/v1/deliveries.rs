//! Deliveries of status notifications, and what was given up.

use axum::Json;
use axum::extract::State;
use ringback_core::ids::{BulletinId, CallbackId};
use ringback_ports::desk::{
    DeadLetterAction, DeadLetters, Deliveries, DeliveryQuery, DeliveryStatus, Desk, Done, Refusal,
};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Routes, Rule};
use crate::body::{JsonBody, QueryOf};
use crate::filter;
use crate::openapi::{DeliveryWord, Reads, Writes, shapes};
use crate::refused::Problem;

/// How many deliveries are on a page that does not say, and at the most.
const PAGE: (usize, usize) = (50, 200);

pub fn routes<D: Desk>() -> Routes<D> {
    Routes::new()
        .get("/deliveries", Rule::read(), deliveries::<D>)
        .post(
            "/deliveries:replay",
            Rule::replay().changes("deliveries"),
            replay::<D>,
        )
        .get("/dead-letters", Rule::read(), dead_letters::<D>)
        .delete(
            "/dead-letters",
            Rule::supervise().changes("dead-letters"),
            discard::<D>,
        )
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Those of one callback.
    callback: Option<String>,
    /// Those of one publication: the `id` that publishing answers with.
    publication: Option<String>,
    /// Those to targets that begin with this.
    target: Option<String>,
    #[param(inline, value_type = DeliveryWord, required = false)]
    status: Option<String>,
    /// At the most so many on a page; 50 when absent.
    #[param(value_type = u64, required = false, minimum = 1, maximum = 200)]
    limit: Option<String>,
    /// `next` of the page before.
    #[param(min_length = 1)]
    after: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedLetters {
    /// Those of one callback.
    callback: Option<String>,
    /// Those of one publication: the `id` that publishing answers with.
    publication: Option<String>,
    /// Those to targets that begin with this.
    target: Option<String>,
    /// At the most those of so many deliveries on a page; 50 when absent.
    #[param(value_type = u64, required = false, minimum = 1, maximum = 200)]
    limit: Option<String>,
    /// `next` of the page before.
    #[param(min_length = 1)]
    after: Option<String>,
}

fn page(limit: Option<&str>) -> Result<usize, Refusal> {
    limit.map_or(Ok(PAGE.0), |limit| filter::count("limit", limit, PAGE.1))
}

/// List deliveries
#[utoipa::path(
    get,
    path = "/deliveries",
    tag = "deliveries",
    params(Asked),
    responses((status = 200, description = "A page", body = shapes::Deliveries), Reads)
)]
pub async fn deliveries<D: Desk>(
    State(desk): State<D>,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Json<Deliveries>, Problem> {
    let status = match asked.status.as_deref() {
        None => None,
        Some("failing") => Some(DeliveryStatus::Failing),
        Some("dead") => Some(DeliveryStatus::Dead),
        Some(other) => {
            return Err(filter::not_allowed("status", other, &["failing", "dead"]).into());
        }
    };
    let query = DeliveryQuery {
        callback: asked.callback.map(CallbackId::new),
        publication: asked.publication.map(BulletinId::new),
        target: asked.target,
        status,
        limit: page(asked.limit.as_deref())?,
        after: asked.after,
    };
    Ok(Json(desk.deliveries(query).await?))
}

/// List what was given up
///
/// One entry for each notification.
#[utoipa::path(
    get,
    path = "/dead-letters",
    tag = "deliveries",
    params(AskedLetters),
    responses((status = 200, description = "A page", body = shapes::DeadLetterPage), Reads)
)]
pub async fn dead_letters<D: Desk>(
    State(desk): State<D>,
    QueryOf(asked): QueryOf<AskedLetters>,
) -> Result<Json<Value>, Problem> {
    let query = DeliveryQuery {
        callback: asked.callback.map(CallbackId::new),
        publication: asked.publication.map(BulletinId::new),
        target: asked.target,
        status: Some(DeliveryStatus::Dead),
        limit: page(asked.limit.as_deref())?,
        after: asked.after,
    };
    let page = desk.deliveries(query).await?;
    let mut letters = Vec::new();
    for delivery in &page.deliveries {
        for letter in &delivery.dead_letters {
            let mut shown = json!(letter);
            match &delivery.publication {
                Some(publication) => shown["publication"] = json!(publication),
                None => shown["callback"] = json!(delivery.callback),
            }
            shown["target"] = json!(delivery.target);
            letters.push(shown);
        }
    }
    Ok(Json(json!({ "dead_letters": letters, "next": page.next })))
}

/// Which dead letters; all of them when nothing is said.
#[derive(Default, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[schema(as = DeadLetters)]
pub struct Chosen {
    /// Those of one callback.
    callback: Option<String>,
    /// Those of one publication.
    publication: Option<String>,
    /// Only the one of this `ringback-sequence`; needs a callback or a publication.
    sequence: Option<u64>,
    /// Those to targets that begin with this.
    target: Option<String>,
}

impl From<Chosen> for DeadLetters {
    fn from(chosen: Chosen) -> Self {
        let Chosen {
            callback,
            publication,
            sequence,
            target,
        } = chosen;
        Self {
            callback: callback.map(CallbackId::new),
            publication: publication.map(BulletinId::new),
            sequence,
            target,
        }
    }
}

/// Deliver again what was given up
#[utoipa::path(
    post,
    path = "/deliveries:replay",
    tag = "deliveries",
    request_body = Chosen,
    responses((status = 200, description = "How many are on their way", body = shapes::Done), Writes)
)]
pub async fn replay<D: Desk>(
    State(desk): State<D>,
    JsonBody(chosen): JsonBody<Chosen>,
) -> Result<Json<Done>, Problem> {
    Ok(Json(
        desk.settle_dead_letters(chosen.into(), DeadLetterAction::Replay)
            .await?,
    ))
}

/// Forget what was given up
#[utoipa::path(
    delete,
    path = "/dead-letters",
    tag = "deliveries",
    params(Chosen),
    responses((status = 200, description = "How many are forgotten", body = shapes::Done), Writes)
)]
pub async fn discard<D: Desk>(
    State(desk): State<D>,
    QueryOf(chosen): QueryOf<Chosen>,
) -> Result<Json<Done>, Problem> {
    Ok(Json(
        desk.settle_dead_letters(chosen.into(), DeadLetterAction::Discard)
            .await?,
    ))
}
