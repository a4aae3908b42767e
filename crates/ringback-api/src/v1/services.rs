//! Services.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use ringback_core::ids::ServiceName;
use ringback_ports::desk::{Desk, Removal, ServiceForm, ServiceView};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::version::{if_match, tag};
use crate::access::{Routes, Rule};
use crate::body::{JsonBody, QueryOf};
use crate::openapi::{Reads, TemplateWord, Writes, shapes};
use crate::refused::Problem;

pub fn routes<D: Desk>() -> Routes<D> {
    let (one, change) = ("/services/{service}", Rule::configure().changes("services"));
    let pausing = Rule::pause().changes("services");
    Routes::new()
        .get("/services", Rule::read(), services::<D>)
        .get(one, Rule::read(), service::<D>)
        .put(one, change, put_service::<D>)
        .delete(one, change, delete_service::<D>)
        .post("/services/{service}/pause", pausing, pause::<D>)
        .post("/services/{service}/resume", pausing, resume::<D>)
}

/// What is read of a body: that of a GET can be sent back.
#[derive(Deserialize, ToSchema)]
#[schema(as = ServiceForm)]
pub struct ServiceBody {
    #[schema(value_type = TemplateWord)]
    template: String,
    /// Options by name: texts, numbers, true or false; a credential may be left as it was shown.
    #[schema(example = json!({ "_target": "Customer_Service@Stat_Server.GA" }))]
    options: Map<String, Value>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wish {
    /// Saves it although what it names is not there, or removes it while it is used; callbacks of a service that is gone end
    /// as failed when their time comes.
    force: Option<bool>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listed {
    /// Those with this name among their `_service_groups`.
    group: Option<String>,
}

impl Wish {
    pub const fn removal(&self) -> Removal {
        match self.force {
            Some(true) => Removal::Forced,
            Some(false) | None => Removal::IfIdle,
        }
    }
}

/// List the services
#[utoipa::path(
    get,
    path = "/services",
    tag = "services",
    params(Listed),
    responses((status = 200, description = "By name", body = [shapes::ServiceView]), Reads)
)]
pub async fn services<D: Desk>(
    State(desk): State<D>,
    QueryOf(Listed { group }): QueryOf<Listed>,
) -> Result<Json<Vec<ServiceView>>, Problem> {
    let mut services = desk.services().await?;
    services.retain(|service| group.as_ref().is_none_or(|it| service.groups.contains(it)));
    Ok(Json(services))
}

/// Look at a service
#[utoipa::path(
    get,
    path = "/services/{service}",
    tag = "services",
    params(("service" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The service", body = shapes::ServiceView, headers(("etag" = String, description = "Its version"))),
        Reads
    )
)]
pub async fn service<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(&desk.service(&ServiceName::new(name)).await?))
}

/// Save a service
///
/// Every process knows within seconds. What it names must be there; `warnings` of the answer tell what else it lacks.
#[utoipa::path(
    put,
    path = "/services/{service}",
    tag = "services",
    params(
        ("service" = String, Path, description = "Its name"),
        Wish,
        ("If-Match" = Option<String>, Header, pattern = "^(\"?[0-9]{1,18}\"?|\\*)$", description = "The `ETag` that it must have"),
        ("If-None-Match" = Option<String>, Header, pattern = "^\\*$", description = "`*`: there must be none yet")
    ),
    request_body = ServiceBody,
    responses(
        (status = 200, description = "The service", body = shapes::ServiceView, headers(("etag" = String, description = "Its version"))),
        Writes
    )
)]
pub async fn put_service<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    QueryOf(wish): QueryOf<Wish>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<ServiceBody>,
) -> Result<Response, Problem> {
    let ServiceBody { template, options } = body;
    let force = wish.removal() == Removal::Forced;
    let form = ServiceForm {
        template,
        options,
        force,
    };
    let name = ServiceName::new(name);
    let saved = desk.put_service(&name, form, if_match(&headers)?).await?;
    Ok(tagged(&saved))
}

/// Remove a service
#[utoipa::path(
    delete,
    path = "/services/{service}",
    tag = "services",
    params(
        ("service" = String, Path, description = "Its name"),
        Wish,
        ("If-Match" = Option<String>, Header, pattern = "^(\"?[0-9]{1,18}\"?|\\*)$", description = "The `ETag` that it must have")
    ),
    responses((status = 204, description = "It is gone"), Writes)
)]
pub async fn delete_service<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
    QueryOf(wish): QueryOf<Wish>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let name = ServiceName::new(name);
    desk.delete_service(&name, if_match(&headers)?, wish.removal())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pause a service
///
/// Its callbacks wait, and none is handed out.
#[utoipa::path(
    post,
    path = "/services/{service}/pause",
    tag = "services",
    params(("service" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The service", body = shapes::ServiceView, headers(("etag" = String, description = "Its version"))),
        Writes
    )
)]
pub async fn pause<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(
        &desk.pause_service(&ServiceName::new(name), true).await?,
    ))
}

/// Resume a service
#[utoipa::path(
    post,
    path = "/services/{service}/resume",
    tag = "services",
    params(("service" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The service", body = shapes::ServiceView, headers(("etag" = String, description = "Its version"))),
        Writes
    )
)]
pub async fn resume<D: Desk>(
    State(desk): State<D>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    Ok(tagged(
        &desk.pause_service(&ServiceName::new(name), false).await?,
    ))
}

fn tagged(service: &ServiceView) -> Response {
    let mut response = Json(service).into_response();
    tag(&mut response, service.version);
    response
}
