//! Subscriptions to status notifications.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use ringback_core::ids::SubscriptionId;
use ringback_ports::desk::Desk;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Answer;
use crate::access::{self, Told};
use crate::body::JsonBody;
use crate::openapi::GmsWrites;
use crate::openapi::shapes::{Bulletin, SubscriptionRequest};
use crate::refused::GmsError;
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
) -> Result<(Extension<Told>, Json<SubscriptionView>), GmsError> {
    let subscription = desk.subscribe(body).await?;
    let told = Told {
        object: Some(access::object("subscriptions", subscription.id.as_str())),
        ..Told::default()
    };
    Ok((Extension(told), Json((&subscription).into())))
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
