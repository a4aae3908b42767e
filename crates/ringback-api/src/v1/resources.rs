//! Office hours, capacities and resource groups.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use ringback_ports::desk::{Desk, Resource, ResourceView};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::services::Wish;
use super::version::{if_match, tag};
use crate::access::{Routes, Rule};
use crate::body::{JsonBody, NoParameters, QueryOf};
use crate::openapi::{Reads, Writes, shapes};
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Routes<D> {
    of("office-hours", Resource::OfficeHours)
        .merge(of("capacities", Resource::Capacity))
        .merge(of("resource-groups", Resource::ResourceGroup))
}

fn of<D: Desk>(kind: &'static str, what: Resource) -> Routes<D> {
    let change = Rule::configure().changes(kind);
    let (all, one) = (format!("/{kind}"), format!("/{kind}/{{name}}"));
    Routes::new()
        .get(&all, Rule::read(), resources::<D>)
        .get(&one, Rule::read(), resource::<D>)
        .put(&one, change, save::<D>)
        .delete(&one, change, remove::<D>)
        .telling(what)
}

/// What is read of a body: that of a GET can be sent back.
#[derive(Deserialize, ToSchema)]
#[schema(as = ResourceForm)]
pub struct ResourceBody {
    /// Options by name.
    #[schema(example = json!({ "_bh_regular1": "Mon-Fri 08:00-17:00" }))]
    options: Map<String, Value>,
}

/// List office hours, capacities, or resource groups
#[utoipa::path(
    get,
    path = "/office-hours",
    tag = "times",
    responses((status = 200, description = "By name", body = [shapes::ResourceView]), Reads)
)]
pub async fn resources<D: Desk>(
    State(desk): State<D>,
    _: QueryOf<NoParameters>,
    Extension(what): Extension<Resource>,
) -> Result<Json<Vec<ResourceView>>, Problem> {
    Ok(Json(desk.resources(what).await?))
}

/// Look at office hours, at a capacity, or at a resource group
#[utoipa::path(
    get,
    path = "/office-hours/{name}",
    tag = "times",
    params(("name" = String, Path, description = "Their name")),
    responses(
        (status = 200, description = "It", body = shapes::ResourceView, headers(("etag" = String, description = "Its version"))),
        Reads
    )
)]
pub async fn resource<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Resource>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(&desk.resource(what, &name).await?))
}

/// Save office hours, a capacity, or a resource group
#[utoipa::path(
    put,
    path = "/office-hours/{name}",
    tag = "times",
    params(
        ("name" = String, Path, description = "Their name"),
        ("If-Match" = Option<String>, Header, pattern = "^(\"?[0-9]{1,18}\"?|\\*)$", description = "The `ETag` that it must have"),
        ("If-None-Match" = Option<String>, Header, pattern = "^\\*$", description = "`*`: there must be none yet")
    ),
    request_body = ResourceBody,
    responses(
        (status = 200, description = "It", body = shapes::ResourceView, headers(("etag" = String, description = "Its version"))),
        Writes
    )
)]
pub async fn save<D: Desk>(
    State(desk): State<D>,
    Extension(what): Extension<Resource>,
    Path(name): Path<String>,
    headers: HeaderMap,
    JsonBody(ResourceBody { options }): JsonBody<ResourceBody>,
) -> Result<Response, Problem> {
    let version = if_match(&headers)?;
    Ok(tagged(
        &desk.put_resource(what, &name, options, version).await?,
    ))
}

/// Remove office hours, a capacity, or a resource group
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
    Extension(what): Extension<Resource>,
    Path(name): Path<String>,
    QueryOf(wish): QueryOf<Wish>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    desk.delete_resource(what, &name, if_match(&headers)?, wish.removal())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn tagged(resource: &ResourceView) -> Response {
    let mut response = Json(resource).into_response();
    tag(&mut response, resource.version);
    response
}
