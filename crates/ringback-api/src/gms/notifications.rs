//! Subscriptions to status notifications.

use axum::Json;
use axum::extract::{Path, State};
use ringback_core::ids::SubscriptionId;
use ringback_ports::desk::Desk;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Answer;
use crate::body::JsonBody;
use crate::openapi::GmsWrites;
use crate::openapi::shapes::{Bulletin, SubscriptionRequest};
use crate::subscription::SubscriptionView;

/// The subscription that was spoken of.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionName {
    id: String,
}

/// What was published.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The name of the publication.
    id: String,
    /// How many subscriptions it goes to.
    subscriptions: usize,
}

/// Subscribe to status notifications
///
/// The same subscriber asking for the same again renews its subscription.
#[utoipa::path(
    post,
    path = "/notification/subscription",
    tag = "notifications",
    request_body = SubscriptionRequest,
    responses((status = 200, description = "It is subscribed", body = SubscriptionView), GmsWrites)
)]
pub async fn subscribe<D: Desk>(
    State(desk): State<D>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Answer<SubscriptionView> {
    Ok(Json((&desk.subscribe(body).await?).into()))
}

/// End a subscription
#[utoipa::path(
    delete,
    path = "/notification/subscription/{id}",
    tag = "notifications",
    params(("id" = String, Path, description = "A subscription")),
    responses((status = 200, description = "It has ended", body = SubscriptionName), GmsWrites)
)]
pub async fn unsubscribe<D: Desk>(
    State(desk): State<D>,
    Path(id): Path<String>,
) -> Answer<SubscriptionName> {
    desk.unsubscribe(&SubscriptionId::new(id.clone())).await?;
    Ok(Json(SubscriptionName { id }))
}

/// Publish something to every subscription whose filter fits its tag
#[utoipa::path(
    post,
    path = "/notification/publish",
    tag = "notifications",
    request_body = Bulletin,
    responses((status = 200, description = "It is on its way", body = Published), GmsWrites)
)]
pub async fn publish<D: Desk>(
    State(desk): State<D>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Answer<Published> {
    let (id, subscriptions) = desk.publish(body).await?;
    let id = id.to_string();
    Ok(Json(Published { id, subscriptions }))
}
